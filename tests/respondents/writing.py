"""What people do with an answer: open it, save it, take it back; heard or not, now or later, alone or at once."""

import asyncio
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from palier.foundation.identifiers import new_id
from tests.respondents.house import ANSWERING, ANYBODY, CHOICE, LEVEL, PLACE, RARELY, House
from tests.respondents.people import told, words_on
from tests.respondents.record import WORDS, Letter, Record, Said

WRONG = {"level": {"answer": "9"}, "no reason": {"answer": "na", "reason": ""}, "grade": {"grade": "verified"}, "revision": {"rev": "first"}}  # fmt: skip


class Writing(House):
    """Everything about one's own form."""

    @rule(who=ANSWERING, place=PLACE, next_day=RARELY)
    def opens_a_criterion(self, who: str, place: int, next_day: bool) -> None:
        """Now, or the next day; at most ten days after the round was opened, or their sessions end."""
        if next_day and self.day - datetime.now(UTC) < timedelta(days=10):
            self.day += timedelta(days=1)
        self.do(self.opens(who, self.code(place)))

    async def opens(self, who: str, code: str) -> None:
        person, record = self.people[who], self.record
        shown = await self.looks(who, self.address("/q/{code}", code))
        if self.refusal(who):
            return
        line = record.line(who, code)
        assert set(WORDS.findall(line.content["rationale"])) <= words_on(shown), (
            f"{who} does not find {line.content}"
        )
        if not record.frozen and not record.opened:
            desk = person.desk(record, code)
            desk.rev, desk.tried = told(shown, code), []
            assert desk.rev == line.revision, f"{who} is told revision {desk.rev} of {line}"
            person.refused.pop((record.slug, code), None)

    @rule(who=ANSWERING, place=PLACE, choice=CHOICE, evidence=st.booleans(), review=st.booleans())
    def saves(self, who: str, place: int, choice: str, evidence: bool, review: bool) -> None:
        self.do(
            self.saves_as(who, self.code(place), self.said(who, choice, evidence=evidence, review=review))
        )

    @rule(who=ANSWERING, choice=LEVEL)
    def saves_where_nothing_stands(self, who: str, choice: str) -> None:
        blank = [code for code in self.record.codes if not self.record.line(who, code).answered]
        self.do(self.saves_as(who, blank[0] if blank else self.record.codes[-1], self.said(who, choice)))

    async def saves_as(
        self, who: str, code: str, said: Said, keep: int | None = None, heard: bool = True
    ) -> None:
        person, record = self.people[who], self.record
        letter = person.write(record, code, said, keep)
        answer = await person.send(self.house, record, letter)
        self.judge(record, [(letter, answer)])
        assert words_on(answer) <= self.readable(who) | {said.word}, f"{who} reads too much in {answer.text}"
        if heard:
            person.hear(record, letter, answer)

    @rule(who=ANSWERING, place=PLACE, choice=CHOICE)
    def saves_and_hears_nothing(self, who: str, place: int, choice: str) -> None:
        """The answer is lost on the way back."""
        self.do(self.saves_as(who, self.code(place), self.said(who, choice), heard=False))

    @rule(who=ANSWERING, place=PLACE)
    def takes_the_answer_back(self, who: str, place: int) -> None:
        self.do(self.saves_as(who, self.code(place), Said("")))

    @rule(who=ANSWERING, place=PLACE, choice=CHOICE, row=st.booleans())
    def presses_continue(self, who: str, place: int, choice: str, row: bool) -> None:
        """A page without scripts, of a criterion or of a row of the section: a form, and the page after it."""
        self.do(self.continues(who, self.code(place), self.said(who, choice), row))

    async def continues(self, who: str, code: str, said: Said, row: bool) -> None:
        person, record = self.people[who], self.record
        letter = person.write(record, code, said)
        answer = await person.submit(self.house, record, letter, **({"row": "yes"} if row else {}))
        self.judge(record, [(letter, answer)])
        if answer.status_code == 303:
            await self.opens(who, code)
        else:
            person.hear(record, letter, answer)

    @rule(who=ANSWERING, place=PLACE, choice=CHOICE)
    def writes_offline(self, who: str, place: int, choice: str) -> None:
        """The letter stays in the outbox: `a_letter_arrives` may send it, in whatever order."""
        self.people[who].write(self.record, self.code(place), self.said(who, choice))
        self.note("offline")

    @rule(who=ANSWERING, back=st.integers(0, 9), twice=RARELY)
    def a_letter_arrives(self, who: str, back: int, twice: bool) -> None:
        """One of the last letters: of those that wait, of those that came and were not heard, of those long settled."""
        if letters := self.people[who].letters:
            record, letter = letters[-1 - back % len(letters)]
            self.do(self.arrives(record, letter, 2 if twice else 1))

    async def arrives(self, record: Record, letter: Letter, times: int) -> None:
        person = self.people[letter.author]
        answers = await asyncio.gather(*(person.send(self.house, record, letter) for _ in range(times)))
        self.judge(record, [(letter, answer) for answer in answers])

    @rule(who=ANSWERING)
    def the_outbox_is_sent(self, who: str) -> None:
        """Online again: the last letters one after the other, whether they had arrived or not."""
        if letters := self.people[who].letters[-4:]:
            self.do(self.sends_all(letters))

    async def sends_all(self, letters: list[tuple[Record, Letter]]) -> None:
        for record, letter in letters:
            await self.arrives(record, letter, 1)

    @rule(who=ANSWERING, back=st.integers(0, 4), choice=CHOICE)
    def sends_an_old_form_again_with_other_words(self, who: str, back: int, choice: str) -> None:
        """Back in the browser, something else typed, sent: the same operation id, another operation."""
        if letters := self.people[who].letters:
            record, old = letters[-1 - back % len(letters)]
            letter = Letter(who, old.code, self.said(who, choice), old.op, old.rev, old.tried, old.keep)
            self.do(self.arrives(record, letter, 1))

    @rule(who=ANSWERING)
    def keeps_one_s_own_version(self, who: str) -> None:
        """A conflict on the screen is settled: mine, over the revision that was shown."""
        found = [
            (code, *kept)
            for (slug, code), kept in self.people[who].refused.items()
            if slug == self.record.slug
        ]
        if found:
            code, keep, said = found[0]
            self.note("kept mine")
            self.do(self.saves_as(who, code, said, keep))

    @rule(one=ANSWERING, other=ANSWERING, place=PLACE, choices=st.tuples(LEVEL, LEVEL))
    def two_save_at_once(self, one: str, other: str, place: int, choices: tuple[str, str]) -> None:
        code = self.code(place)
        written = [(who, self.said(who, choice)) for who, choice in zip((one, other), choices, strict=True)]
        self.do(self.at_once([self.people[who].write(self.record, code, said) for who, said in written]))

    async def at_once(self, letters: list[Letter]) -> None:
        sent = (self.people[letter.author].send(self.house, self.record, letter) for letter in letters)
        self.judge(self.record, list(zip(letters, await asyncio.gather(*sent), strict=True)))
        self.note("at once")

    @rule(who=ANYBODY, place=PLACE, how=st.sampled_from(list(WRONG)))
    def sends_something_impossible(self, who: str, place: int, how: str) -> None:
        self.do(self.sends_wrong(who, self.code(place), WRONG[how]))

    async def sends_wrong(self, who: str, code: str, wrong: dict[str, str]) -> None:
        person, record = self.people[who], self.record
        letter = Letter(who, code, self.said(who, "3"), new_id(), person.desk(record, code).rev)
        answer = await person.submit(self.house, record, letter, **wrong)
        expected = self.refusal(who) or (422 if "answer" in wrong else 404)
        assert answer.status_code == expected, f"{who} sent {wrong}: {answer.status_code}, not {expected}"
