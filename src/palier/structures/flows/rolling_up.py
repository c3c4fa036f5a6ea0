"""What a parent reads of its units, through the database's own doors: scores of submitted rounds, progress of open ones.

Everything here only reads: call it inside `reading(actor)`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from palier.affiliations.store import Unit, units_of
from palier.assessments.flows.definitions import LostDefinition, definition_by
from palier.assessments.flows.rounds import rounds_of
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.record import from_plain
from palier.scoring.rules.result import TOTAL, Kind, Result
from palier.structures.rules.overview import Line, Overview, Scored, line_in


@dataclass(frozen=True, slots=True)
class Open:
    """A round of a unit that is under way. `asked` is None where some criteria are asked only after others."""

    unit: Unit
    name: str
    questionnaire: str
    closes_on: date | None
    answered: int
    asked: int | None


@dataclass(frozen=True, slots=True)
class Units:
    """Everything on the page of a parent's units."""

    units: Sequence[Unit]
    under_way: Sequence[Open]
    questionnaires: Mapping[str, Questionnaire]
    """Those on which a unit submitted a round, by code; the newest version seen."""
    overview: Overview | None


class AnswersClosed(LookupError):
    """The unit does not open its answers, or there is no such round."""


async def load_units(actor: Actor, code: str = "", year: int | None = None) -> Units:
    """The organisation's units and their scores on the questionnaire `code`, in `year`; the last of both by default."""
    units = await units_of(actor)
    rows = await select("select * from unit_rounds()") if units else []
    questionnaires = await _questionnaires(rows)
    under_way = [await _open(one, units) for one in rows if one["state"] == "draft"]
    chosen = questionnaires.get(code) or next(iter(questionnaires.values()), None)
    overview = await _overview(actor, units, chosen, year) if chosen else None
    return Units(units, under_way, questionnaires, overview)


async def _questionnaires(rows: Sequence[Mapping[str, Any]]) -> dict[str, Questionnaire]:
    """Those of submitted rounds, the last submitted first. One a unit wrote for itself is not the parent's to read."""
    found: dict[str, Questionnaire] = {}
    submitted = [row for row in rows if row["state"] == "submitted"]
    for row in sorted(submitted, key=lambda row: row["submitted_at"], reverse=True):
        if row["questionnaire"] not in found:
            try:
                found[row["questionnaire"]] = await _asked(row)
            except LostDefinition:
                continue
    return found


async def _asked(row: Mapping[str, Any]) -> Questionnaire:
    return await definition_by(row["questionnaire"], row["version"], row["definition_hash"])


async def _open(row: Mapping[str, Any], units: Sequence[Unit]) -> Open:
    unit = next(unit for unit in units if unit.id == row["unit_id"])
    try:
        criteria = (await _asked(row)).within(tuple(_plain(row["scope"]))).criteria
        asked = None if any(criterion.shown_if for criterion in criteria) else len(criteria)
    except LostDefinition:
        asked = None
    return Open(unit, row["name"], row["questionnaire"], row["closes_on"], row["answered"], asked)


async def _overview(
    actor: Actor, units: Sequence[Unit], questionnaire: Questionnaire, wanted: int | None
) -> Overview:
    rounds: dict[UUID, list[Scored]] = {unit.id: [] for unit in units}
    for row in await select("select * from unit_scores($1)", questionnaire.id):
        rounds[row["unit_id"]].append(_scored(row))
    years = tuple(sorted({one.year for found in rounds.values() for one in found}, reverse=True))
    year = wanted if wanted in years else years[0]
    lines = [_line(unit, line_in(year, rounds[unit.id])) for unit in units]
    return Overview(questionnaire, year, years, tuple(lines), await _own(actor, questionnaire.id, year))


def _line(unit: Unit, found: tuple[Scored | None, Scored | None]) -> Line:
    shown, before = found
    return Line(
        unit.id, unit.organisation.name, unit.kind, unit.place, unit.weight, unit.answers_open, shown, before
    )


def _scored(row: Mapping[str, Any]) -> Scored:
    scores = {code: None if text is None else Fraction(text) for code, text in _plain(row["scores"]).items()}
    return Scored(
        row["assessment_id"], row["name"], row["definition_hash"], tuple(_plain(row["scope"])), row["opens_on"].year,
        row["submitted_at"], row["level"], scores,
    )  # fmt: skip


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


async def _own(actor: Actor, code: str, year: int) -> Line | None:
    """The parent's own round of that year, if it submitted one."""
    rounds = [_as_scored(one.assessment, one.result) for one in await rounds_of(actor, code)]
    shown, before = line_in(year, rounds)
    line = Line(None, actor.organisation.name, "", "", None, answers_open=True, shown=shown, before=before)
    return line if shown else None


def _as_scored(row: Assessment, result: Result) -> Scored:
    scores = {
        TOTAL if node.kind is Kind.TOTAL else node.code: node.score
        for node in result.total.walk()
        if node.kind is not Kind.CRITERION
    }
    return Scored(
        row.id, row.name, row.definition_hash, tuple(row.scope), row.opens_on.year, row.submitted_at, result.level, scores
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OpenedRound:
    """A unit's submitted round with its answers, where the unit opened them."""

    unit: Unit
    name: str
    questionnaire: Questionnaire
    result: Result


async def open_round(actor: Actor, unit: Unit, assessment_id: UUID) -> OpenedRound:
    """The answers of a unit's round: what was chosen, no comment and no evidence. Raises AnswersClosed."""
    rows = await select("select * from open_result($1, $2)", unit.id, assessment_id)
    if not rows:
        raise AnswersClosed(assessment_id)
    result = from_plain(_plain(rows[0]["result"]))
    questionnaire = (await _asked(rows[0])).within(result.scope)
    return OpenedRound(unit, rows[0]["name"], questionnaire, result)
