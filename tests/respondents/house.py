"""The house in which the machine plays: its people, one round, the judging of every step, and looking around."""

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any, ClassVar

import asyncpg
from httpx import Response
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.actor import Person as Member
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from tests.conftest import Visitor, plant_member, plant_organisation
from tests.respondents.people import STATUS, Person, standing, told, words_on
from tests.respondents.record import Letter, Phase, Record, Said
from tests.respondents.stored import Stored, stored

HOUSEHOLD = {
    "claire": Role.OWNER, "ines": Role.LEAD, "malik": Role.CONTRIBUTOR, "hugo": Role.CONTRIBUTOR, "sophie": Role.READER,
    "nora": None,
}  # fmt: skip
"""Who is what in the house. Hugo leaves it now and then; Nora owns another one."""

ANSWERING = st.sampled_from(["malik", "claire", "hugo", "ines"])
RUNNING = st.sampled_from(["claire", "ines"])
MOSTLY_RUNNING = st.sampled_from(["claire", "ines", "claire", "ines", "malik", "sophie", "nora"])
ANYBODY = st.sampled_from(list(HOUSEHOLD))
PLACE = st.integers(0, 3)
CHOICE = st.sampled_from(["3", "2", "4", "3", "2", "1", "5", "na", "dk", ""])
LEVEL = st.sampled_from(["3", "2", "4"])
RARELY = st.sampled_from([False, False, False, True])


class House(RuleBasedStateMachine):
    """One round from its opening on, in a house of its own."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    members: ClassVar[dict[str, Member]]
    browsers: ClassVar[dict[str, Visitor]]
    database: ClassVar[asyncpg.Connection]
    houses: ClassVar[int] = 0
    alone: ClassVar[bool] = False
    """Whether everybody answers alone first."""
    steps = 0
    seen: ClassVar[Counter[str]] = Counter()
    """How often what happened: a machine that only ever walks along the wall is noticed."""

    @initialize(names=st.booleans(), sections=st.sampled_from([1, 1, 2]))
    def a_round_is_opened(self, names: bool, sections: int) -> None:
        House.houses += 1
        self.day, self.words, self.sound = datetime.now(UTC), 0, False
        self.story: list[str] = []
        self.gone: set[str] = set()
        self.sealed: dict[str, Any] = {}
        self.do(self.opens_round(names, sections))

    async def opens_round(self, names: bool, sections: int) -> None:
        self.owner = await found_house(House.houses, self.members)
        self.house = f"/o/{self.owner.organisation.slug}"
        self.people = {
            key: Person(key, self.members[key].name, self.browsers[key], role)
            for key, role in HOUSEHOLD.items()
        }
        for person in self.people.values():
            person.browser.cookies.delete("notice")  # of the house before
        codes = tuple(f"FL{section}.1.{n}" for section in range(1, sections + 1) for n in (1, 2))
        form = {
            "op": str(new_id()), "name": "2026", "scoped": "yes", "mode": "individual" if self.alone else "together",
            **({"names": "yes"} if names else {}), **{f"dimension-FL{n}": "yes" for n in range(1, sections + 1)},
        }  # fmt: skip
        answer = await self.people["claire"].browser.send_form(f"{self.house}/assessments/new/FL", form)
        assert answer.status_code == 303, f"the round does not open: {answer.text[:400]}"
        slug = answer.headers["location"].rsplit("/", 1)[1]
        self.record = Record(slug, {key: one.name for key, one in self.people.items()}, codes, self.alone)
        self.records = [self.record]

    # --- the machinery ------------------------------------------------------------------------------------------------

    def do(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work` in the application's loop, at this machine's own hour, and look what is on record after it."""
        type(self).steps += 1
        self.day += timedelta(minutes=1)
        self.sound = False
        self.story.append(told_as(work))
        self.run(work)
        self.run(self._compare())
        self.sound = True

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run `work`; whatever fails tells what had happened before."""

        async def at_that_hour() -> None:
            clock.freeze(self.day)
            await work

        try:
            asyncio.run_coroutine_threadsafe(at_that_hour(), self.loop).result(60)
        except AssertionError as failure:
            failure.add_note("\n".join([f"Step {type(self).steps}, after:", *self.story]))
            raise

    def note(self, what: str) -> None:
        type(self).seen[what] += 1

    async def _compare(self) -> None:
        """The database holds what was promised, no more and no less, of every state of the round."""
        ids = {key: str(one.person_id) for key, one in self.members.items()}
        for record in self.records:
            found = await self.stored(record)
            found.compare(record, ids)
            if record.frozen:
                seal = self.sealed.setdefault(record.slug, found.seal)
                assert seal == found.seal, (
                    f"{record.phase}, and changed: {json.dumps(seal)} -> {json.dumps(found.seal)}"
                )

    async def stored(self, record: Record) -> Stored:
        return await stored(self.database, self.owner.organisation_id, record.slug)

    # --- judging ------------------------------------------------------------------------------------------------------

    def judge(self, record: Record, sent: Sequence[tuple[Letter, Response]]) -> None:
        """Whether the answers are those that the letters deserve; where they were under way at once, in some order."""
        if len(sent) == 1:
            self.deserves(record, *sent[0])
        else:
            acts = [partial(self.deserves, letter=letter, answer=answer) for letter, answer in sent]
            self.in_some_order(record, acts)

    def in_some_order(
        self, record: Record, acts: Sequence[Callable[[Record], object]], stands: object = None
    ) -> None:
        """Find the order in which `acts` happened (after which the round `stands` so), and keep what came of it."""
        wrong = []
        for order in permutations(acts):
            trial = deepcopy(record)
            try:
                for act in order:
                    act(trial)
                assert stands in (None, trial.state), f"the round would be {trial.state}, and is {stands}"
            except AssertionError as impossible:
                wrong.append(str(impossible))
            else:
                self._keep(record, trial)
                return
        raise AssertionError("in no order does this make sense:\n" + "\n".join(wrong))

    def _keep(self, record: Record, trial: Record) -> None:
        """`record` is what `trial` became; the state it supersedes too."""
        if record.supersedes and trial.supersedes:
            record.supersedes.phase = trial.supersedes.phase
            trial.supersedes = record.supersedes
        record.__dict__.update(trial.__dict__)

    def deserves(self, record: Record, letter: Letter, answer: Response) -> None:
        """`answer` is what `letter` deserves; puts it on record."""
        if (refusal := self.refusal(letter.author)) is not None:
            assert answer.status_code == refusal, f"{letter.author} may not save: {answer.status_code}"
            return
        verdict, revision = record.take(letter)
        expected = STATUS.get(verdict, 303 if answer.status_code == 303 else 200)
        assert answer.status_code == expected, (
            f"{letter} is {verdict}: {expected} expected, {answer.status_code} came; "
            f"on record {record.line(letter.author, letter.code)}"
        )
        if answer.status_code == 200:
            heard = told(answer, letter.code)
            assert heard == revision, f"{letter} is {verdict} at {revision}, and heard {heard}"
        if answer.status_code == 409:
            assert standing(answer) == revision, f"the conflict screen of {letter} names another revision"
        self.note(verdict)

    def refusal(self, who: str) -> int | None:
        """What somebody hears who may not answer: 404 outside the house, 403 for a reader."""
        if self.outside(who):
            return 404
        return None if self.people[who].answers else 403

    def outside(self, who: str) -> bool:
        return who in self.gone or self.people[who].role is None

    def is_runner(self, who: str) -> bool:
        return self.people[who].runs and who not in self.gone

    def may_run(self, who: str, answer: Response) -> bool:
        """Whether `who` runs the round; whoever does not is turned away."""
        if not self.is_runner(who):
            expected = 404 if self.outside(who) else 403
            assert answer.status_code == expected, f"{who} runs the round: {answer.status_code}"
        return self.is_runner(who)

    # --- words and pages ------------------------------------------------------------------------------------------------

    def code(self, place: int) -> str:
        return self.record.codes[place % len(self.record.codes)]

    def said(self, who: str, choice: str, *, evidence: bool = False, review: bool = False) -> Said:
        """An answer with a word nobody has ever written."""
        return Said(choice, self.word(who), evidence, review)

    def word(self, who: str) -> str:
        self.words += 1
        return f"mot-{who}-{self.words}"

    def address(self, page: str, code: str = "", record: Record | None = None) -> str:
        section = code.rpartition(".")[0]
        return f"{self.house}/e/{(record or self.record).slug}{page.format(code=code, section=section)}"

    async def looks(self, who: str, address: str) -> Response:
        """Nobody outside finds anything; nobody inside finds a word that is not theirs to read."""
        shown = await self.people[who].browser.get(address)
        assert shown.status_code < 500, f"{address} fails for {who}"
        assert not self.outside(who) or shown.status_code == 404, (
            f"{who} finds {address}: {shown.status_code}"
        )
        leaked = words_on(shown) - self.readable(who)
        assert not leaked, f"{who} reads {sorted(leaked)} on {address}"
        return shown

    def readable(self, who: str) -> set[str]:
        """Every word `who` may find anywhere in the house."""
        if self.outside(who):
            return set()
        return set().union(*(record.readable(who) for record in self.records))

    def submitted(self) -> bool:
        return self.record.phase is Phase.SUBMITTED


def told_as(work: Coroutine[Any, Any, Any]) -> str:
    """What is about to be done: the name of the act, and who and what it is about."""
    about = {name: value for name, value in work.cr_frame.f_locals.items() if name not in ("self", "record")}  # type: ignore[attr-defined]
    return f"  {work.__name__.strip('_')} {', '.join(f'{name} {value}' for name, value in about.items())}"


async def found_house(number: int, members: dict[str, Member]) -> Actor:
    """A house of its own for each round: nothing of an earlier one is in the way, and no table needs emptying."""
    house = await plant_organisation(f"Maison {number}", f"maison-{number}", members["claire"])
    owner = Actor(members["claire"], house, Role.OWNER)
    for key, role in HOUSEHOLD.items():
        if role not in (None, Role.OWNER):
            await plant_member(owner, members[key], role)
    return owner
