"""The meeting: everybody's opened answers, criterion by criterion, and how far the agreement is.

They only read: call them inside `reading(actor)` or `transaction(actor)`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from uuid import UUID

from palier.assessments.flows.sheets import Desk, draft_of, load_desk
from palier.assessments.rules.progress import NOTHING
from palier.assessments.store import Assessment, Mode, Unknown, states_up_to
from palier.consensus.rules.opened import Opened, Spoken, opened
from palier.foundation.actor import Actor
from palier.questionnaires.rules import Questionnaire
from palier.respondents import store
from palier.respondents.store import Agreement
from palier.scoring.rules.agreement import Metric, krippendorff_alpha
from palier.scoring.rules.respondents import RUNGS, consensus_list


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who answers alone, by how many of the criteria asked of them they have answered."""

    id: UUID
    name: str
    answered: int


@dataclass(frozen=True)
class Meeting:
    """An individual round with everything said in it. While everybody still answers alone, `criteria` is empty.

    Reopened, it goes on from what was said and agreed on in its first state.
    """

    desk: Desk
    people: tuple[Person, ...]
    criteria: Mapping[str, Opened]
    agreements: Mapping[str, Agreement]

    @property
    def assessment(self) -> Assessment:
        return self.desk.assessment

    @property
    def questionnaire(self) -> Questionnaire:
        return self.desk.questionnaire

    def is_agreed(self, code: str) -> bool:
        """Whether the criterion has an answer that stands for the organisation."""
        return self.desk.states.get(code, NOTHING).state != "blank"

    @cached_property
    def apart(self) -> tuple[Opened, ...]:
        """What to talk about: the widest spread times weight first."""
        counted = {code: one.tally for code, one in self.criteria.items()}
        listed = consensus_list(self.questionnaire, counted)
        return tuple(self.criteria[one.code] for one in listed if not self.is_agreed(one.code))

    @cached_property
    def silent(self) -> tuple[Opened, ...]:
        """Criteria that nobody answered."""
        return tuple(
            one for one in self.criteria.values() if not one.spoken and not self.is_agreed(one.criterion.code)
        )

    @cached_property
    def close(self) -> tuple[Opened, ...]:
        """Answers that differ by less than a level and are not agreed on yet."""
        seen = {one.criterion.code for one in (*self.apart, *self.silent)}
        return tuple(
            one for code, one in self.criteria.items() if code not in seen and not self.is_agreed(code)
        )

    @property
    def open_codes(self) -> tuple[str, ...]:
        """The order of the day: what is not agreed on yet."""
        return tuple(one.criterion.code for one in (*self.apart, *self.close, *self.silent))

    @property
    def one_level_gaps(self) -> tuple[Opened, ...]:
        """Gaps of one level, whose median can be adopted in one go."""
        return tuple(one for one in self.apart if one.one_level)

    @cached_property
    def alpha(self) -> Fraction | None:
        """Krippendorff's alpha of all levels given, ordinal; None where no two people answered the same criterion."""
        asked = [one for one in self.criteria.values() if one.criterion.answer.kind in RUNGS]
        rows = [
            [next((s.draft.level for s in one.spoken if s.person == person.id), None) for one in asked]
            for person in self.people
        ]
        return krippendorff_alpha(rows, Metric.ORDINAL) if rows else None


async def load_meeting(actor: Actor, slug: str) -> Meeting:
    """The round `slug` and what was said in it. Raises DoesNotExist, for a round answered together as well."""
    desk = await load_desk(actor, slug)
    assessment = desk.assessment
    if assessment.mode is not Mode.INDIVIDUAL:
        raise Unknown("consensus")
    criteria = {} if assessment.blind else await _criteria(desk)
    agreements = await store.agreements_of(*await states_up_to(assessment.id))
    return Meeting(desk, await _people(desk), criteria, agreements)


async def _people(desk: Desk) -> tuple[Person, ...]:
    """Everybody who answered something, by name."""
    asked, counts, names = desk.whole.index.positions, dict[UUID, int](), dict[UUID, str]()
    for row in await store.given_to(desk.assessment.round_id):
        names[row.person_id] = row.person_name
        counts[row.person_id] = counts.get(row.person_id, 0) + (row.code in asked)
    return tuple(Person(person, names[person], count) for person, count in counts.items())


async def _criteria(desk: Desk) -> dict[str, Opened]:
    roles = {
        person: row.voice for person, row in (await store.respondents_of(desk.assessment.round_id)).items()
    }
    spoken: dict[str, list[Spoken]] = {criterion.code: [] for criterion in desk.questionnaire.criteria}
    for row in await store.responses_to(desk.assessment.round_id):
        if row.code in spoken:
            said = Spoken(row.person_id, row.updated_name, roles.get(row.person_id, ""), draft_of(row))
            spoken[row.code].append(said)
    return {c.code: opened(c, spoken[c.code]) for c in desk.questionnaire.criteria}
