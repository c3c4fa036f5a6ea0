"""A submitted round is reopened for a reason, answered further, submitted again or given up."""

import asyncio

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.respondents.deciding import Deciding
from tests.respondents.house import MOSTLY_RUNNING, RARELY, RUNNING
from tests.respondents.record import Phase, Record


class Reopening(Deciding):
    """What was submitted holds until it is submitted again; every state is kept."""

    @rule(who=MOSTLY_RUNNING, times=st.sampled_from([1, 1, 2]), silent=RARELY)
    def reopens(self, who: str, times: int, silent: bool) -> None:
        """With a reason, mostly; sent twice at once, both are led to the one reopening."""
        self.do(self.reopens_it(who, times, "" if silent else self.word(who)))

    async def reopens_it(self, who: str, times: int, reason: str) -> None:
        record, browser = self.record, self.people[who].browser
        sent = (browser.send_form(self.address("/reopen"), {"reason": reason}) for _ in range(times))
        answers = await asyncio.gather(*sent)
        allowed = {self.may_run(who, answer) for answer in answers}
        if False in allowed:
            return
        possible = record.frozen or record.supersedes is not None
        expected = 422 if not reason else 303 if possible else 409
        assert [answer.status_code for answer in answers] == [expected] * times, (
            f"reopening {record.phase}: {answers}"
        )
        if expected == 303:
            slugs = {answer.headers["location"].rsplit("/", 1)[1] for answer in answers}
            assert len(slugs) == 1, f"reopened as {slugs}"
            self.note("reopened" if record.frozen else "reopened again")
            self._goes_on(record.reopened(slugs.pop(), reason) if record.frozen else record)

    def _goes_on(self, record: Record) -> None:
        """From now on, `record` is the round that people answer."""
        self.record = record
        if all(record is not known for known in self.records):
            self.records.append(record)

    @rule(who=MOSTLY_RUNNING, really=RARELY)
    def gives_the_reopening_up(self, who: str, really: bool) -> None:
        if really:
            self.do(self.gives_up(who))

    async def gives_up(self, who: str) -> None:
        record, before = self.record, self.record.supersedes
        answer = await self.people[who].browser.send_form(self.address("/reopen/give-up"))
        if not self.may_run(who, answer):
            return
        if record.frozen or before is None:
            assert answer.status_code == 409, f"giving up {record.phase}: {answer.status_code}"
            return
        assert answer.headers["location"] == self.address("", record=before)
        record.phase = Phase.GIVEN_UP
        self._goes_on(before)
        self.note("given up")

    @rule(who=RUNNING, other=RUNNING, really=RARELY)
    def submits_while_another_gives_up(self, who: str, other: str, really: bool) -> None:
        if self.record.supersedes and not self.record.frozen and really:
            self.do(self.submits_and_gives_up(who, other))

    async def submits_and_gives_up(self, who: str, other: str) -> None:
        """One of the two, never both: what is submitted holds, what is given up was never submitted."""
        record, before = self.record, self.record.supersedes
        assert before is not None
        submitting = self.people[who].browser.send_form(self.address("/submit"), {"name": who})
        giving_up = self.people[other].browser.send_form(self.address("/reopen/give-up"))
        _, given_up = await asyncio.gather(submitting, giving_up)
        if given_up.status_code == 303:
            record.phase = Phase.GIVEN_UP
            self._goes_on(before)
        else:
            assert given_up.status_code == 409, f"giving up: {given_up.status_code}"
            assert record.submit(), "neither submitted nor given up"
        self.note(f"{record.phase} in a race")
