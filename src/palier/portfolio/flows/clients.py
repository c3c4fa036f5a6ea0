"""A consultant's clients side by side. Each is read as its own tenant: nothing is ever mixed.

What every client shows is read at a glance; what has to be computed, for the clients that are shown. How often the database is
asked does not depend on how many there are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from palier.assessments.rules.asked import asked
from palier.assessments.rules.progress import Count, progress
from palier.assessments.store import AssessmentState
from palier.benchmarks.flows.contributing import comparable_scores
from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.rules.resolving import rights_from
from palier.foundation.actor import Person
from palier.foundation.clock import now, today
from palier.foundation.database import reading
from palier.foundation.kept import Kept
from palier.foundation.rights import EVERYTHING, Rights
from palier.network import store
from palier.network.flows.mandating import actor_by
from palier.network.rules.mandates import NEARLY_OVER
from palier.network.store import Mandate
from palier.portfolio.flows import glancing, placing
from palier.portfolio.flows.glancing import Contents, Document, Glance, Latest, Submitted
from palier.portfolio.flows.placing import Place
from palier.portfolio.rules.shown import COMPUTED, Counts, Query, counts_of, page_of, passing, sorted_by
from palier.questionnaires.rules.versions import changed_between
from palier.scoring.rules import Result
from palier.scoring.rules.record import from_plain
from palier.scoring.rules.result import TOTAL
from palier.scoring.rules.rounds import compare


@dataclass(frozen=True, slots=True)
class Score:
    """The last submitted round: total in points, and points gained since the round before; None where there is none."""

    round_name: str
    points: Fraction | None
    change: Fraction | None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a client is. `quarter` is None where the consultant may not be shown one; dates are the client's nearest.

    At a glance, `count`, `score` and `quarter` are still None.
    """

    round: Latest | None = None
    count: Count | None = None
    score: Score | None = None
    quarter: int | None = None
    late: int = 0
    next_on: date | None = None
    document: Document | None = None


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
        return self._here.round is not None and _is_open(self._here.round)

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


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What the reader asked to see: one page of the clients their filters leave, and the whole in figures."""

    shown: Sequence[Client]
    counts: Counts
    any: bool
    """Whether there is any client, whatever was asked."""
    number: int
    pages: int


async def load_portfolio(person: Person, offers: Offers | None = None) -> list[Client]:
    """Every client of a consultant, in order of name."""
    desk = await _open(person, offers)
    return await desk.in_full(desk.clients)


async def load_found(person: Person, query: Query, offers: Offers | None = None) -> list[Client]:
    """The clients the query leaves, in its order, on one page."""
    desk = await _open(person, offers)
    return sorted_by(await desk.in_full(passing(desk.clients, query)), query)


async def load_page(person: Person, query: Query, offers: Offers | None = None) -> Portfolio:
    """The page that the query asks for."""
    desk = await _open(person, offers)
    found = passing(desk.clients, query)
    if query.key in COMPUTED:  # where somebody comes is known once everybody is
        found = await desk.in_full(found)
    shown, number, pages = page_of(sorted_by(found, query), query.page)
    if query.key not in COMPUTED:
        shown = await desk.in_full(shown)
    return Portfolio(shown, counts_of(desk.clients), bool(desk.clients), number, pages)


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


def _is_open(latest: Latest) -> bool:
    return latest.state == AssessmentState.DRAFT


async def _open(person: Person, offers: Offers | None) -> "_Desk":
    on = today(person.time_zone)
    async with reading(person):
        mandates = _latest(await store.mandates_held_by(person), person)
        seen = await glancing.glances(on, sold=offers is not None) if mandates else {}
    clients = []
    for mandate in mandates:
        glance = seen.get(mandate.organisation.id) if _is_live(mandate, person) else None
        clients.append(Client(mandate, _at_a_glance(glance, on) if glance else None, on))
    return _Desk(person, on, clients, seen, offers)


def _at_a_glance(glance: Glance, on: date) -> Standing:
    closing = _closing(glance.latest, on) if glance.latest else None
    return Standing(
        glance.latest, late=glance.late, next_on=_nearest(glance.next_on, closing), document=glance.document
    )


def _closing(latest: Latest, on: date) -> date | None:
    """The last day of a round that is still answered."""
    return latest.closes_on if _is_open(latest) and latest.closes_on and latest.closes_on >= on else None


def _nearest(*days: date | None) -> date | None:
    return min((one for one in days if one), default=None)


@dataclass(frozen=True, slots=True)
class _Figures:
    """What two submitted rounds come to: the later one's name and total, points gained, the total where it may be compared."""

    round_name: str
    points: Fraction | None
    change: Fraction | None
    own: Fraction | None


_kept: Kept[tuple[tuple[UUID, str], ...], _Figures] = Kept(4096)
"""Figures of rounds by their ids and the hashes of their frozen results. Only asked for rounds the database just showed."""


def _key(submitted: Sequence[Submitted]) -> tuple[tuple[UUID, str], ...]:
    return tuple((one.id, one.result_hash) for one in submitted)


@dataclass(frozen=True, slots=True)
class _Desk:
    """A consultant's clients at a glance, and what it takes to know more."""

    person: Person
    on: date
    clients: list[Client]
    seen: dict[UUID, Glance]
    offers: Offers | None
    """What is sold here; None: everybody holds everything."""

    async def in_full(self, clients: Sequence[Client]) -> list[Client]:
        """These clients with what has to be computed, in the same order."""
        running = [one for one in clients if one.runs]
        if not running:
            return list(clients)
        asked_for = {one.organisation.id: self.seen[one.organisation.id] for one in running}
        async with reading(self.person):
            known = await placing.known_to(actor_by(self.person, running[0].mandate))
            held = await glancing.contents_of(self.on, asked_for, list(_unread(asked_for.values())))
        figures = {
            organisation: _figures(glance.submitted, held)
            for organisation, glance in asked_for.items()
            if glance.submitted
        }
        places = [place for one in running if (place := self._place(one, figures))]
        quarters = await placing.quarters(places, known)
        full = {one.organisation.id: _in_full(one, held, figures, quarters) for one in running}
        return [full.get(one.organisation.id, one) for one in clients]

    def _place(self, one: Client, figures: dict[UUID, _Figures]) -> Place | None:
        row = one.organisation
        found, rights = figures.get(row.id), self._rights(one)
        edition = self.seen[row.id].edition(rights)
        if edition is None or found is None:
            return None
        declared = {"sector": row.sector, "size": row.size, "country": row.country}
        natural = {name: value for name, value in declared.items() if value}
        return Place(actor_by(self.person, one.mandate), edition, natural, found.own)

    def _rights(self, one: Client) -> Rights:
        """As at the client's own entrance: by its offer, and everything in a demonstration."""
        if self.offers is None or one.organisation.sandbox_until is not None:
            return EVERYTHING
        return rights_from(self.seen[one.organisation.id].held, Kind.ORGANISATION, self.offers, now())


def _unread(glances: Iterable[Glance]) -> Iterable[Any]:
    """The rounds without which nothing can be said of these clients."""
    for glance in glances:
        if glance.latest and _is_open(glance.latest):
            yield glance.latest
        if glance.submitted and _kept.get(_key(glance.submitted)) is None:
            yield from glance.submitted


def _in_full(one: Client, held: Contents, figures: dict[UUID, _Figures], quarters: dict[UUID, int]) -> Client:
    here, found = one.standing or Standing(), figures.get(one.organisation.id)
    count = _progress(here.round, held) if here.round and _is_open(here.round) else None
    score = Score(found.round_name, found.points, found.change) if found else None
    return replace(
        one, standing=replace(here, count=count, score=score, quarter=quarters.get(one.organisation.id))
    )


def _progress(latest: Latest, held: Contents) -> Count:
    states = held.states.get(latest.id, {})
    return progress(asked(held.questionnaires[latest.id], states), states).total


def _figures(submitted: Sequence[Submitted], held: Contents) -> _Figures:
    key = _key(submitted)
    return _kept.get(key) or _kept.put(key, _computed(submitted, held))


def _computed(submitted: Sequence[Submitted], held: Contents) -> _Figures:
    results = [from_plain(held.results[one.id]) for one in submitted]
    own = comparable_scores(results[0]).get(TOTAL)
    return _Figures(submitted[0].name, results[0].score, _change(submitted, results, held), own)


def _change(submitted: Sequence[Submitted], results: Sequence[Result], held: Contents) -> Fraction | None:
    if len(results) == 1 or any(one.score is None for one in results):
        return None
    after, before = (held.questionnaires[one.id] for one in submitted)
    return compare(results[1], results[0], changed_between(before, after)).total.delta
