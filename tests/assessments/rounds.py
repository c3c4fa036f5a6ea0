"""Rounds with known answers, submitted or open, and peers that somebody might publish."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from fractions import Fraction

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.peers import PeerFigure, Peers, PeerView
from palier.assessments.store import Assessment
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Grade
from palier.scoring.rules import Result
from palier.scoring.rules.answers import State
from palier.scoring.rules.record import from_plain

LEVELS_2024 = "221 212 321 22233 321 32222 12 232 211 2122"
LEVELS_2025 = "332 222 322 33233 432 33323 11 333 212 2223"
LEVELS_2026 = "433 323 332 43344 543 44334 12 443 322 3333"
"""Levels of the 34 criteria of SX, in order; a hyphen stands for "don't know yet", n for "not applicable"."""


def drafts(levels: str, questionnaire: str = "SX", grade: Grade = Grade.DOCUMENTED) -> dict[str, Draft]:
    """One draft for each criterion, from a string of levels."""
    signs = levels.replace(" ", "")
    criteria = latest(questionnaire).criteria
    return {c.code: _draft(sign, grade) for c, sign in zip(criteria, signs, strict=False) if sign != "."}


def _draft(sign: str, grade: Grade) -> Draft:
    if sign == "-":
        return Draft(state=State.DK)
    if sign == "n":
        return Draft(state=State.NA, reason="Aucun guichet dans ce périmètre")
    return Draft(
        state=State.ANSWERED, level=int(sign), evidence_grade=grade, rationale=f"Constat au niveau {sign}"
    )


async def plant(
    actor: Actor,
    name: str,
    answers: Mapping[str, Draft],
    *,
    questionnaire: str = "SX",
    submitted: bool = True,
) -> Assessment:
    """A round called by its year, opened in October, answered, and submitted in November unless told otherwise."""
    year = int(name)
    clock.freeze(datetime(year, 11, 20, 9, tzinfo=UTC))
    try:
        assessment = await open_assessment(
            actor, latest(questionnaire), name=name, opens_on=date(year, 10, 1), closes_on=date(year, 12, 15)
        )
        for code, draft in answers.items():
            await answer_criterion(actor, assessment.slug, code, draft, op=new_id(), base=0)
        return await submit(actor, assessment.slug, name=actor.person.name) if submitted else assessment
    finally:
        clock.freeze(None)


def figure(score: Fraction | None, q1: int, median: int, q3: int, **tails: int) -> PeerFigure:
    """A published line, with the place `score` has in it."""
    quarter = None if score is None else 1 + sum(score >= edge for edge in (q1, median, q3))
    return PeerFigure("40-79", q1, median, q3, quarter=quarter, **tails)


def peer_view(result: Result, hidden: Collection[str] = ()) -> PeerView:
    """Peers whose middle half lies around 50 points, for whoever has `result`; `hidden` variables are masked."""
    figures = {"total": figure(result.score, 40, 52, 60, p10=31, p90=71)}
    for n, node in enumerate(result.elements):
        shift = n % 3 * 3
        figures[node.code] = figure(node.score, 38 + shift, 50 + shift, 62 + shift, p10=25, p90=78)
    figures |= {node.code: figure(node.score, 40, 51, 63) for node in result.dimensions}
    figures |= {node.code: figure(node.score, 30, 50, 70) for node in result.criteria}
    shown = {code: line for code, line in figures.items() if code not in hidden}
    return PeerView("Transport de voyageurs, France", "2026", date(2026, 12, 18), shown)


def peers_for(*names: str, hidden: Collection[str] = ()) -> Peers:
    """A publisher that knows peers for the rounds called `names` and nobody else's."""

    async def peers(_actor: Actor, assessment: Assessment) -> PeerView | None:
        return peer_view(from_plain(assessment.result), hidden) if assessment.name in names else None

    return peers
