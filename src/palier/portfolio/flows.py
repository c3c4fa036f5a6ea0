"""A consultant's clients side by side. Each is read as its own tenant: nothing is ever mixed."""

from dataclasses import dataclass
from fractions import Fraction

from palier.action_plans.store import late_count
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.rounds import rounds_of
from palier.assessments.rules.asked import asked
from palier.assessments.rules.progress import Count, progress
from palier.assessments.store import Assessment, AssessmentState, states_of, visible_assessments
from palier.foundation import actor as acting
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.permissions import Role
from palier.network import store
from palier.network.store import ConsultantFirm, Mandate
from palier.questionnaires.rules.versions import changed_between
from palier.scoring.rules.rounds import compare


@dataclass(frozen=True, slots=True)
class Score:
    """The last submitted round: total in points, and points gained since the round before; None where there is none."""

    round_name: str
    points: Fraction | None
    change: Fraction | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client is: the latest round and how far it is, the last score, actions past their date."""

    round: Assessment | None = None
    count: Count | None = None
    score: Score | None = None
    late: int = 0


@dataclass(frozen=True, slots=True)
class Client:
    """One organisation and the mandate for it. `standing` is None once the mandate has ended: nothing is read."""

    mandate: Mandate
    standing: Standing | None

    @property
    def organisation(self) -> store.Organisation:
        found: store.Organisation = self.mandate.organisation
        return found


async def load_portfolio(person: Person) -> tuple[list[Client], ConsultantFirm | None]:
    """Every client of a consultant, those whose mandate ended last, and the consultant's firm."""
    async with reading(person):
        mandates = _latest(await store.mandates_held_by(person), person)
        firm = await store.firm_of(person)
    clients = [await _client(person, mandate) for mandate in mandates]
    return sorted(clients, key=lambda client: client.standing is None), firm


def _latest(mandates: list[Mandate], person: Person) -> list[Mandate]:
    """One mandate a client: a live one before an ended one, the newest first."""
    found: dict[object, Mandate] = {}
    for mandate in mandates:
        before = found.get(mandate.organisation.id)
        if before is None or (_is_live(mandate, person) and not _is_live(before, person)):
            found[mandate.organisation.id] = mandate
    return list(found.values())


def _is_live(mandate: Mandate, person: Person) -> bool:
    return mandate.revoked_at is None and mandate.ends_on >= today(person.time_zone)


async def _client(person: Person, mandate: Mandate) -> Client:
    if not _is_live(mandate, person):
        return Client(mandate, None)
    row = mandate.organisation
    organisation = acting.Organisation(row.id, row.slug, row.name)
    actor = Actor(person, organisation, Role.CONSULTANT, mandate.id)
    async with reading(actor):
        return Client(mandate, await _standing(actor))


async def _standing(actor: Actor) -> Standing:
    late = await late_count(actor, today(actor.person.time_zone))
    latest = await visible_assessments(actor).first()
    if latest is None:
        return Standing(late=late)
    return Standing(latest, await _progress(latest), await _score(actor, latest.questionnaire), late)


async def _progress(latest: Assessment) -> Count | None:
    if latest.state is not AssessmentState.DRAFT:
        return None
    states = await states_of(latest.id)
    return progress(asked(await definition_of(latest), states), states).total


async def _score(actor: Actor, questionnaire: str) -> Score | None:
    rounds = await rounds_of(actor, questionnaire)
    if not rounds:
        return None
    last, before = rounds[-1], rounds[-1].previous
    if before is None or last.result.score is None or before.result.score is None:
        return Score(last.name, last.result.score, None)
    changed = changed_between(before.questionnaire, last.questionnaire)
    return Score(last.name, last.result.score, compare(before.result, last.result, changed).total.delta)
