"""Rounds with known answers, submitted or open, and peers that somebody might publish."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.peers import PeerFigure, PeerView
from palier.assessments.store import Assessment
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.questionnaires.rules import Grade
from palier.scoring.rules.answers import State

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
    return Draft(state=State.ANSWERED, level=int(sign), evidence_grade=grade, rationale=f"Constat au niveau {sign}")


async def plant(
    actor: Actor, name: str, answers: Mapping[str, Draft], *, questionnaire: str = "SX", submitted: bool = True
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


def figure(q1: int, median: int, q3: int, quarter: int, band: str = "40-79", **tails: Any) -> PeerFigure:
    return PeerFigure(band, q1, median, q3, quarter=quarter, **tails)


def peer_view(**hidden: None) -> PeerView:
    """Peers who stand at 45 to 62 nearly everywhere, higher where we innovate."""
    questionnaire = latest("SX")
    figures = {"total": figure(40, 52, 60, 3, p10=31, p90=71)}
    for n, element in enumerate(questionnaire.elements):
        shift = n % 3 * 3
        figures[element.code] = figure(38 + shift, 50 + shift, 62 + shift, 1 if element.code == "SX3.3" else 3 + n % 2, p10=25, p90=78)
        for criterion in element.criteria:
            figures[criterion.code] = figure(30, 50, 70, 2)
    for dimension in questionnaire.dimensions:
        figures[dimension.code] = figure(40, 51, 63, 3)
    kept = {code: value for code, value in figures.items() if code not in hidden}
    return PeerView("Transport de voyageurs, France", "2026", date(2026, 12, 18), kept)


def peers_for(*names: str) -> Any:
    """A fake publisher: peers for the rounds called `names`, nobody else's."""

    async def peers(_actor: Actor, assessment: Assessment) -> PeerView | None:
        return peer_view() if assessment.name in names else None

    return peers
