"""A round to take away: as a workbook that comes back, as CSV and as JSON with columns that stay.

Source: docs/data.md.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from palier.assessments.data_wording import asked_words, choosable, filled_by, heads
from palier.assessments.flows.filled_files import mark_of_round
from palier.assessments.flows.rounds import Round
from palier.assessments.flows.sheets import draft_of
from palier.assessments.results_file import results_lines
from palier.assessments.results_wording import grade_words, state_words
from palier.assessments.rules.answer_lines import COLUMNS, FIGURES, WRITTEN, mark_of
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.reading import Table
from palier.assessments.rules.value_fields import cell_of
from palier.assessments.scope_wording import scope_in_words
from palier.assessments.store import Written
from palier.evidence.store import Evidence, EvidenceUse
from palier.foundation.actor import Organisation
from palier.foundation.clock import now
from palier.foundation.language import current, day
from palier.foundation.language import gettext as _
from palier.foundation.sheets import Column, Content, Format, Sheet, write_sheets
from palier.foundation.spreadsheets import Cell, csv_file
from palier.questionnaires.rules import Criterion, Grade
from palier.scoring.rules.answers import State
from palier.scoring.rules.record import rounded, to_plain

FORMAT = "palier.round/1"
"""What the JSON calls itself; a change that breaks its readers takes the next number."""

_WIDTHS = {
    "section": 22, "criterion": 34, "asked": 60, "rationale": 50, "evidence_text": 40, "evidence_link": 30, "reason": 28,
    "value": 22,
}  # fmt: skip


def round_workbook(organisation: Organisation, one: Round, table: Table) -> bytes:
    """The workbook: what it is, the answers to fill in and bring back, the results to read."""
    lines = results_lines(one.questionnaire, one.result, table)
    titles = [str(title) for title in lines[0]]
    columns = tuple(Column(title, _width_of(title), told=True, format=Format.NUMBER) for title in titles)
    results = Sheet(_("Results"), columns, [[_rounded(cell) for cell in line] for line in lines[1:]], fixed=3)
    return write_sheets([_about(organisation, one), _answers(one), results])


def _width_of(title: str) -> int:
    return 40 if title in (_("Label"), _("Note")) else max(12, len(title) + 2)


def _rounded(cell: Cell) -> Content:
    return rounded(cell, 2) if isinstance(cell, Fraction) else cell


def _about(organisation: Organisation, one: Round) -> Sheet:
    round_ = one.assessment
    facts = [
        (_("Organisation"), organisation.name),
        (_("Questionnaire"), f"{one.questionnaire.title.in_(current())} ({one.questionnaire.key})"),
        (_("Scope"), scope_in_words(one.questionnaire)),
        (_("Round"), round_.name),
        (_("State"), _stands(one)),
        (_("Taken away on"), day(now())),
    ]  # fmt: skip
    rules = [
        _("The sheet “%(answers)s” has one line a criterion. Grey columns are for reading; the others come back.")
        % {"answers": _("Answers")},
        _("Give the figure of a level, or a value as the column “What to answer” shows. Leave both empty without an answer."),
        _("Beside “%(filled_by)s” whoever fills it in without an account may write their name: the history keeps it.")
        % {"filled_by": filled_by()},
        _("Save as .xlsx and bring the workbook back on the page “Data” of the round. What it would change is shown first."),
        _("An answer a colleague changed meanwhile is never overwritten unseen: both versions are shown and you choose."),
        _("Keep the heads. Their order, and that of the lines, does not matter; lines may be left out."),
    ]  # fmt: skip
    rows = [
        *([name, text] for name, text in facts if text),
        [filled_by()],
        [],
        *([str(n), text] for n, text in enumerate(rules, 1)),
    ]
    return Sheet(_("About"), (Column(_("About"), 26), Column("", 100)), rows, table=False)


def _stands(one: Round) -> str:
    if one.provisional:
        return _("In progress")
    return _("Submitted on %(day)s") % {"day": day(one.assessment.submitted_at)}


def _answers(one: Round) -> Sheet:
    named, words = heads(), choosable()
    columns = tuple(
        Column(
            named[key], _WIDTHS.get(key, 14), words.get(key, ()), _FORMATS.get(key, Format.TEXT),
            told=key not in WRITTEN, hidden=key == "mark",
        )
        for key in COLUMNS
    )  # fmt: skip
    mark = mark_of_round(one.assessment)
    rows = [_line(one, criterion, mark) for criterion in one.questionnaire.criteria]
    return Sheet(_("Answers"), columns, rows, fixed=1)


_FORMATS = {"level": Format.NUMBER, "updated_at": Format.DATE}


def _line(one: Round, criterion: Criterion, mark: str) -> list[Content]:
    row = one.answers.get(criterion.code)
    draft = draft_of(row)
    said = draft.state in (State.NA, State.DK)
    return [
        criterion.code, one.questionnaire.element_of(criterion.code).label.in_(current()), criterion.label.in_(current()),
        asked_words(criterion), _level(draft), _value(criterion, draft), state_words(draft.state) if said else None,
        draft.reason, draft.rationale,
        None if draft.evidence_grade is Grade.NONE else grade_words(draft.evidence_grade), draft.evidence,
        draft.evidence_link, _("yes") if draft.to_review else None, row.updated_name if row else None,
        row.updated_at.date() if row else None, mark_of(mark, row.revision if row else 0),
    ]  # fmt: skip


def _level(draft: Draft) -> int | None:
    """The rung chosen; one that only follows from a value is not written beside it."""
    return draft.level if draft.value is None else None


def _value(criterion: Criterion, draft: Draft) -> str | Decimal | None:
    """The value as an answers file writes it, a number where it is one."""
    told = cell_of(draft.value)
    if criterion.answer.kind in FIGURES and told:
        try:
            return Decimal(told)
        except InvalidOperation:
            return told
    return told or None


# --- for other programs -----------------------------------------------------------------------------------------------

_STABLE = (
    "code", "section", "criterion", "state", "level", "value", "reason", "rationale", "evidence", "evidence_text",
    "evidence_link", "to_review", "revision", "updated_by", "updated_at",
)  # fmt: skip
"""The columns of the CSV: named in English whatever the reader's language, and never renamed."""


def answers_csv(one: Round) -> bytes:
    """One line a criterion; words as they are stored, numbers with the reader's decimal mark."""
    return csv_file([list(_STABLE), *(_stable(one, criterion) for criterion in one.questionnaire.criteria)])


def _stable(one: Round, criterion: Criterion) -> Sequence[Cell]:
    plain = _plain_answer(criterion, one.answers.get(criterion.code))
    words = {
        "section": criterion.element_code, "criterion": criterion.label.in_(current()),
        "value": _value(criterion, draft_of(one.answers.get(criterion.code))),
        "to_review": "yes" if plain["to_review"] else "no",
    }  # fmt: skip
    return [{**plain, **words}[name] for name in _STABLE]


def _plain_answer(criterion: Criterion, row: Written | None) -> dict[str, Any]:
    draft = draft_of(row)
    return {
        "code": criterion.code, "state": draft.state.value, "level": draft.level, "value": draft.value,
        "reason": draft.reason, "rationale": draft.rationale, "evidence": draft.evidence_grade.value,
        "evidence_text": draft.evidence, "evidence_link": draft.evidence_link, "to_review": draft.to_review,
        "revision": row.revision if row else 0, "updated_by": row.updated_name if row else "",
        "updated_at": _moment(row.updated_at) if row else "",
    }  # fmt: skip


def _once(attached: Sequence[EvidenceUse]) -> list[tuple[str, Evidence]]:
    """What is attached to each criterion, once though several people attached it, in the order of the codes."""
    pieces = {(use.code, use.evidence_id): use.evidence for use in attached}
    return [
        (code, row)
        for (code, _id), row in sorted(pieces.items(), key=lambda pair: (pair[0][0], pair[1].title))
    ]


def _plain_evidence(code: str, row: Evidence) -> dict[str, Any]:
    """One attachment: whoever has the file finds by its SHA-256 whether it is the one. Without names of people."""
    file = row.file
    return {
        "code": code, "title": row.title, "link": row.link or None, "file": row.file_name or None,
        "sha256": file.sha256 if file else None, "size": file.size if file else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
    }  # fmt: skip


def _moment(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def round_json(organisation: Organisation, one: Round, attached: Sequence[EvidenceUse]) -> bytes:
    """The round, every answer and the whole result, fractions exact: what a program needs to compute it again."""
    return json.dumps(dict(_plain_round(organisation, one, attached)), ensure_ascii=False, indent=1).encode()


def _plain_round(
    organisation: Organisation, one: Round, attached: Sequence[EvidenceUse]
) -> Iterator[tuple[str, Any]]:
    round_ = one.assessment
    yield "format", FORMAT
    yield "taken_at", _moment(now())
    yield "organisation", {"slug": organisation.slug, "name": organisation.name}
    yield "round", {
        "slug": round_.slug, "name": round_.name, "state": round_.state.value, "opens_on": round_.opens_on.isoformat(),
        "closes_on": round_.closes_on.isoformat() if round_.closes_on else None,
        "submitted_at": _moment(round_.submitted_at) or None, "submitted_by": round_.submitted_name, "receipt": round_.receipt,
    }  # fmt: skip
    yield "questionnaire", {
        "id": round_.questionnaire, "version": round_.version, "hash": round_.definition_hash, "scope": list(round_.scope),
    }  # fmt: skip
    yield "answers", [_plain_answer(c, one.answers.get(c.code)) for c in one.questionnaire.criteria]
    yield "evidence", [_plain_evidence(code, row) for code, row in _once(attached)]
    yield "provisional", one.provisional
    yield "result", to_plain(one.result)
    yield "result_hash", round_.result_hash
    yield "engine_version", round_.engine_version
