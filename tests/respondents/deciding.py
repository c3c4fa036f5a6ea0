"""What those who run a round do: open the answers, agree, adopt medians, submit, reopen, give the reopening up."""

import asyncio
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import rule

from palier.foundation.identifiers import new_id
from tests.respondents.house import ANSWERING, CHOICE, LEVEL, MOSTLY_RUNNING, PLACE, RARELY, RUNNING
from tests.respondents.record import BLANK, Letter, Phase, Record, Said
from tests.respondents.writing import Writing


class Deciding(Writing):
    """From everybody's answers to the organisation's, and back."""

    @rule(who=MOSTLY_RUNNING)
    def opens_the_answers(self, who: str) -> None:
        """Not before people had some time to answer: earlier, only those try who may not."""
        self.do(self.opens_answers(who if self.late else "malik"))

    @property
    def late(self) -> bool:
        return len(self.story) > 15

    async def opens_answers(self, who: str) -> None:
        address = self.address("/consensus")
        answer = await self.people[who].browser.send_form(f"{address}/open")
        if self.may_run(who, answer) and self.record.alone:
            assert answer.headers["location"] == address
            self.note("opened" if self.record.blind else "opened again")
            self.record.open(who)
        elif self.is_runner(who):
            assert answer.status_code == 404, "a round answered together has no answers to open"

    @rule(who=RUNNING, place=PLACE, choice=CHOICE, stale=RARELY, times=st.sampled_from([1, 1, 2]))
    def agrees(self, who: str, place: int, choice: str, stale: bool, times: int) -> None:
        """On the next criterion that is open, or on one agreed on before; sometimes from an old page, or sent twice."""
        left = [code for code in self.record.codes if not self.record.shared[code].answered]
        code = self.code(place) if place > 1 or not left else left[0]
        self.do(self.agrees_on(who, code, self.said(who, choice), stale, times))

    async def agrees_on(self, who: str, code: str, said: Said, stale: bool = False, times: int = 1) -> None:
        record, line, op = self.record, self.record.shared[code], new_id()
        base = max(line.revision - 1, 0) if stale else line.revision
        why, dissent, spoken = self.word(who), self.word("dissent"), record.spoken(code)
        form = said.fields() | {"op": str(op), "rev": str(base), "why": why}
        if spoken:
            form[f"dissent-{self.members[spoken[0][0]].person_id}"] = dissent
        expected = self._agreement(said, base, code)
        for again in range(times):
            answer = await self.people[who].browser.send_form(self.address("/consensus/{code}", code), form)
            assert answer.status_code == expected, (
                f"{said} on {code} from {base}: {answer.status_code}, not {expected}"
            )
            if expected == 303 and record.opened and not record.frozen and not again:
                record.agree(who, code, said.plain(), op, f"{why} {dissent}" if spoken else why)
                self.note("agreed")

    def _agreement(self, said: Said, base: int, code: str) -> int:
        """The status of an agreement put forward."""
        record = self.record
        if not record.alone:
            return 404
        if not record.opened or record.frozen:
            return 303
        if not said.choice:
            return 422
        return 303 if base == record.shared[code].revision else 409

    @rule(who=RUNNING)
    def adopts_the_medians(self, who: str) -> None:
        if self.record.opened:
            self.do(self.adopts(who))

    async def adopts(self, who: str) -> None:
        record, browser, address = self.record, self.people[who].browser, self.address("/consensus/medians")
        offered = await browser.get(address)
        gaps = record.gaps()
        assert [code for code in record.codes if f"adopt-{code}" in offered.text] == list(gaps), gaps
        form = {"op": str(new_id())} | {f"adopt-{code}": "yes" for code in record.codes}
        for _ in range(2):
            assert (await browser.send_form(address, form)).status_code == 303
        for code, level in ({} if record.frozen else gaps).items():
            record.agree(who, code, BLANK | {"state": "answered", "level": level})
            self.note("median")

    # --- submitting -----------------------------------------------------------------------------------------------------

    @rule(who=MOSTLY_RUNNING)
    def submits(self, who: str) -> None:
        self.do(self.submits_it(who))

    async def submits_it(self, who: str) -> None:
        record, was = self.record, self.record.phase
        answer = await self.people[who].browser.send_form(
            self.address("/submit"), {"name": self.people[who].name}
        )
        if self.may_run(who, answer):
            place = "receipt" if record.submit() else "check"
            assert answer.headers["location"] == self.address(f"/{place}"), (
                f"{answer.headers['location']}: {record}"
            )
            self.note(
                "unfinished" if place == "check" else "submitted" if was is Phase.DRAFT else "submitted again"
            )

    @rule(who=RUNNING, choice=LEVEL)
    def finishes(self, who: str, choice: str) -> None:
        """After a while, what is left is settled in one sitting, and the round submitted."""
        if self.late and not self.record.frozen and (self.record.given or not self.record.alone):
            self.do(self.finishes_it(who, choice))

    async def finishes_it(self, who: str, choice: str) -> None:
        if self.record.blind:
            await self.opens_answers(who)
        for code in [code for code in self.record.codes if not self.record.shared[code].answered]:
            if self.record.alone:
                await self.agrees_on(who, code, self.said(who, choice))
            else:
                await self.opens(who, code)
                await self.saves_as(who, code, self.said(who, choice))
        await self.submits_it(who)

    @rule(who=RUNNING, other=ANSWERING, place=PLACE, choice=LEVEL, act=st.sampled_from(["submits", "opens"]))
    def saves_while_another_closes(self, who: str, other: str, place: int, choice: str, act: str) -> None:
        """A save and a submission, or a save and the opening of the answers, at the same time."""
        if self.record.frozen:
            return
        letter = self.people[other].write(self.record, self.code(place), self.said(other, choice))
        self.do(self.saves_and_closes(who, letter, act if self.late else "submits"))

    async def saves_and_closes(self, who: str, letter: Letter, act: str) -> None:
        record, was = self.record, self.record.phase
        close = self.address("/submit" if act == "submits" else "/consensus/open")
        sent = self.people[letter.author].send(self.house, record, letter)
        closed = self.people[who].browser.send_form(close, {"name": who})
        answer = (await asyncio.gather(sent, closed))[0]
        closing = Record.submit if act == "submits" else partial(Record.open, author=who)
        stands = (await self.stored(record)).state
        self.in_some_order(record, [partial(self.deserves, letter=letter, answer=answer), closing], stands)
        self.note(f"{act} at once" if was is not record.phase or act == "opens" else "submits in vain")
