"""A consultant's clients side by side. Each is read as its own tenant: nothing is ever mixed."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from palier.action_plans.rules.life import ActionStatus
from palier.assessments.flows.definitions import definition_of
from palier.assessments.flows.rounds import Round, rounds_of
from palier.assessments.rules.asked import asked
from palier.assessments.rules.progress import Count, progress
from palier.assessments.store import Assessment, AssessmentState, states_of, visible_assessments
from palier.benchmarks.flows.comparing import peers
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading, select
from palier.network import store
from palier.network.flows.mandating import actor_by
from palier.network.rules.mandates import NEARLY_OVER
from palier.network.store import Mandate
from palier.questionnaires.rules.versions import changed_between
from palier.reports.store import Report, ReportState, visible_reports
from palier.scoring.rules.rounds import compare


@dataclass(frozen=True, slots=True)
class Score:
    """The last submitted round: total in points, and points gained since the round before; None where there is none."""

    round_name: str
    points: Fraction | None
    change: Fraction | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client is. `quarter` is None where the consultant may not be shown one; dates are the client's nearest."""

    round: Assessment | None = None
    count: Count | None = None
    score: Score | None = None
    quarter: int | None = None
    late: int = 0
    next_on: date | None = None
    document: Report | None = None
    """The last one the consultant had made."""


@dataclass(frozen=True, slots=True)
class Client:
    """One organisation and the mandate for it. `standing` is None once the mandate has ended: nothing is read.

    What a column sorts by is a property of its name (`rules.shown`).
    """

    mandate: Mandate
    standing: Standing | None
    today: date

    @property
    def organisation(self) -> store.Organisation:
        found: store.Organisation = self.mandate.organisation
        return found

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def runs(self) -> bool:
        return self.standing is not None

    @property
    def ends_on(self) -> date:
        return self.mandate.ends_on

    @property
    def ended_on(self) -> date:
        """The day it ended: its last, unless somebody ended it before."""
        return self.mandate.revoked_at.date() if self.mandate.revoked_at else self.mandate.ends_on

    @property
    def ending(self) -> bool:
        return self.runs and self.ends_on <= self.today + NEARLY_OVER

    @property
    def _here(self) -> Standing:
        return self.standing or Standing()

    @property
    def round_name(self) -> str | None:
        found = self._here.round
        return f"{found.questionnaire} – {found.name}" if found else None

    @property
    def open(self) -> bool:
        """Whether a round is still to submit."""
        return self._here.round is not None and self._here.count is not None

    @property
    def progress(self) -> Fraction | None:
        count = self._here.count
        return Fraction(count.answered, count.asked) if count and count.asked else None

    @property
    def points(self) -> Fraction | None:
        return self._here.score.points if self._here.score else None

    @property
    def change(self) -> Fraction | None:
        return self._here.score.change if self._here.score else None

    @property
    def quarter(self) -> int | None:
        return self._here.quarter

    @property
    def late(self) -> int:
        return self._here.late

    @property
    def next_on(self) -> date | None:
        return self._here.next_on

    @property
    def document_at(self) -> datetime | None:
        return self._here.document.created_at if self._here.document else None


async def load_portfolio(person: Person) -> list[Client]:
    """Every client of a consultant, in order of name."""
    async with reading(person):
        mandates = _latest(await store.mandates_held_by(person), person)
    return [await _client(person, mandate) for mandate in mandates]


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
    on = today(person.time_zone)
    if not _is_live(mandate, person):
        return Client(mandate, None, on)
    actor = actor_by(person, mandate)
    async with reading(actor):
        return Client(mandate, await _standing(actor, on), on)


async def _standing(actor: Actor, on: date) -> Standing:
    late, due = await _due(actor, on)
    document = await visible_reports(actor).filter(state=ReportState.DONE).first()
    latest = await visible_assessments(actor).first()
    if latest is None:
        return Standing(late=late, next_on=due, document=document)
    rounds = await rounds_of(actor, latest.questionnaire)
    last = rounds[-1] if rounds else None
    return Standing(
        latest, await _progress(latest), _score(last) if last else None, await _quarter(actor, last) if last else None,
        late, _nearest(due, _closing(latest, on)), document,
    )  # fmt: skip


async def _due(actor: Actor, on: date) -> tuple[int, date | None]:
    """How many actions are past their date, and the next date of another."""
    sql = (
        "select count(*) filter (where due_on < $2) as late, min(due_on) filter (where due_on >= $2) as next "
        "from action where organisation_id = $1 and status <> $3"
    )
    (row,) = await select(sql, actor.organisation_id, on, ActionStatus.DONE.value)
    return row["late"], row["next"]


def _closing(latest: Assessment, on: date) -> date | None:
    """The last day of a round that is still answered."""
    open_still = latest.state is AssessmentState.DRAFT and latest.closes_on and latest.closes_on >= on
    return latest.closes_on if open_still else None


def _nearest(*days: date | None) -> date | None:
    return min((one for one in days if one), default=None)


async def _progress(latest: Assessment) -> Count | None:
    if latest.state is not AssessmentState.DRAFT:
        return None
    states = await states_of(latest.id)
    return progress(asked(await definition_of(latest), states), states).total


async def _quarter(actor: Actor, last: Round) -> int | None:
    """Among the natural peers, or the first wider group that this consultant may be shown: as the results page says."""
    view = await peers(actor, last.assessment)
    figure = view.figures.get("total") if view else None
    return figure.quarter if figure else None


def _score(last: Round) -> Score:
    before = last.previous
    if before is None or last.result.score is None or before.result.score is None:
        return Score(last.name, last.result.score, None)
    changed = changed_between(before.questionnaire, last.questionnaire)
    return Score(last.name, last.result.score, compare(before.result, last.result, changed).total.delta)
