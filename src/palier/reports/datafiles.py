"""The data of a document as CSV, attached to it so that its tables can be checked and reused."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from palier.foundation.language import decimal_mark, number
from palier.foundation.language import gettext as _
from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.certificates import Certificate
from palier.reports.rules.documents import Action, DimensionRow, ElementRow, ResultsAndPlan
from palier.reports.rules.kinds import Document
from palier.reports.rules.options import Section
from palier.reports.rules.paper_questionnaires import Asked, PaperQuestionnaire
from palier.reports.wording import evidence_words, state_words, status_words

Cell = str | int | Fraction | date | None


def data_files(document: Document) -> Iterator[tuple[str, str, bytes]]:
    """Name, description and bytes of each file: results and actions, or actions alone."""
    if isinstance(document, ResultsAndPlan) and (rows := list(_results(document))):
        yield "results.csv", _("Results: dimensions, elements and criteria"), _csv(_result_head(), rows)
    if isinstance(document, BoardSummary):
        yield (
            "results.csv",
            _("Results: dimensions"),
            _csv(_result_head(), _dimension_rows(document.dimensions)),
        )
    if isinstance(document, Bulletin):
        yield (
            "edition.csv",
            _("Published figures of the whole network"),
            _csv(_published_head(), _published(document)),
        )
        yield "families.csv", _("Published medians by family of sectors"), _csv(*_by_family(document))
    if isinstance(document, ActionSheet):
        yield "action.csv", _("The action, field by field"), _csv([_("Field"), _("Value")], _sheet(document))
    if isinstance(document, Certificate):
        yield (
            "certificate.csv",
            _("The certificate, field by field"),
            _csv([_("Field"), _("Value")], _certified(document)),
        )
    if isinstance(document, PaperQuestionnaire):
        yield (
            "questionnaire.csv",
            _("The criteria, with what they ask"),
            _csv(_asked_head(), _asked(document)),
        )
    if document.plan is not None:
        yield (
            "actions.csv",
            _("Actions of the plan"),
            _csv(_action_head(), map(_action, document.plan.actions)),
        )


def _result_head() -> list[str]:
    return [
        _("Kind"), _("Code"), _("Label"), _("Score"), _("Last round"), _("Weight"), _("Contribution"), _("Q1"),
        _("Median"), _("Q3"), _("Level"), _("Level last round"), _("State"), _("Evidence"), _("Note"),
    ]  # fmt: skip


def _dimension_rows(dimensions: Iterable[DimensionRow]) -> Iterator[Sequence[Cell]]:
    for row in dimensions:
        figures = (row.score, row.previous, row.weight * 100, row.contribution)
        yield _("Dimension"), row.code, row.label, *figures, *[None] * 8


def _results(document: ResultsAndPlan) -> Iterator[Sequence[Cell]]:
    """What the sections shown print of the scores, no more."""
    shows = document.options.shows
    by_element = shows(Section.ELEMENTS) or shows(Section.SCORE)
    if by_element:
        yield from _dimension_rows(document.dimensions)
    for element in document.elements if by_element else ():
        yield (
            _("Element"),
            element.code,
            element.label,
            element.score,
            element.previous,
            None,
            None,
            *_element_end(element),
        )
    for criterion in document.criteria:
        words = (state_words(criterion.state), evidence_words(criterion.evidence), criterion.note)
        yield (
            _("Criterion"),
            criterion.code,
            criterion.label,
            *[None] * 7,
            criterion.level,
            criterion.previous_level,
            *words,
        )


def _element_end(row: ElementRow) -> tuple[Cell, ...]:
    box = row.comparison.quartiles
    peers = (box.q1, box.median, box.q3) if box else (None, None, None)
    return *peers, None, None, None, None, row.withheld or row.comparison.hidden


def _published_head() -> list[str]:
    return [
        _("Code"), _("Label"), _("Organisations"), _("P10"), _("Q1"), _("Median"), _("Q3"), _("P90"),
        _("Change of the median"),
    ]  # fmt: skip


def _published(document: Bulletin) -> Iterator[Sequence[Cell]]:
    for row in document.rows:
        box = row.quartiles
        figures = (box.p10, box.q1, box.median, box.q3, box.p90) if box else (None,) * 5
        yield row.code, row.label, row.size, *figures, row.moved


def _by_family(document: Bulletin) -> tuple[list[str], list[Sequence[Cell]]]:
    head = [_("Family"), _("Organisations"), *(code for code, _label in document.columns)]
    return head, [(row.label, row.size, *row.medians) for row in document.families]


def _action_head() -> list[str]:
    return [
        _("Code"), _("Title"), _("Criteria"), _("Why"), _("Steps"), _("Owner"), _("Sponsor"), _("Start"), _("Due date"),
        _("Status"), _("Progress (%)"), _("KPI"), _("Baseline"), _("Target"), _("Latest"), _("Unit"),
        _("Effort (1 to 5)"), _("Expected gain"),
    ]  # fmt: skip


def _action(action: Action) -> Sequence[Cell]:
    kpi = action.kpi
    indicator = (kpi.name, kpi.baseline, kpi.target, kpi.latest, kpi.unit) if kpi else (None,) * 5
    return (
        action.code, action.title, ", ".join(action.criteria), action.why, "\n".join(action.steps), action.owner,
        action.sponsor, action.start, action.due, status_words(action.status), action.progress, *indicator,
        action.effort, action.gain,
    )  # fmt: skip


def _sheet(sheet: ActionSheet) -> Iterator[Sequence[Cell]]:
    """Everything the page may have shortened, whole."""
    action = replace(sheet.action, steps=tuple(step.text for step in sheet.steps))
    yield from zip(_action_head(), _action(action), strict=True)
    yield from (
        (_("Cause"), sheet.cause), (_("Evidence"), sheet.evidence), (_("Stage"), sheet.stage), (_("Impact"), sheet.impact),
        (_("Cost"), sheet.cost), (_("Channels"), sheet.channels), (_("Blocked"), sheet.blocked),
        (_("Starts after"), "\n".join(sheet.after)), (_("Next review"), sheet.review), (_("Source of the KPI"), sheet.kpi_source),
    )  # fmt: skip
    for step in sheet.steps:
        yield (_("Step done") if step.done else _("Step to do")), step.text
    for aim in sheet.aims:
        yield aim.code, f"{aim.label}: {aim.start or '–'} → {aim.target}"
    for reading in sheet.readings:
        yield reading.on.isoformat(), reading.value


def _certified(document: Certificate) -> Iterator[Sequence[Cell]]:
    """Everything the page says, whole."""
    cover, origin = document.cover, document.provenance
    yield from (
        (_("Organisation"), cover.organisation), (_("Questionnaire"), cover.questionnaire),
        (_("Code and version"), f"{origin.questionnaire_id} {origin.questionnaire_version}"), (_("Round"), cover.round),
        (_("What was assessed"), cover.scope or _("The whole questionnaire")),
        (_("Submitted on"), document.submitted_at.isoformat()), (_("Committed by"), document.submitted_by),
        (_("Criteria asked"), document.answers.asked), (_("Answered"), document.answers.answered),
        (_("Not applicable"), document.answers.not_applicable), (_("Don’t know yet"), document.answers.not_known),
        (_("Coverage (%)"), None if document.coverage is None else document.coverage * 100),
        (_("Receipt"), document.receipt), (_("Fingerprint of the result"), origin.result_hash),
        (_("Scoring engine"), origin.engine_version), (_("Fingerprint of the questionnaire"), origin.questionnaire_hash),
        (_("Head of the audit chain"), origin.audit_head),
    )  # fmt: skip
    if document.result:
        yield _("Score"), document.result.score
        yield _("Level"), document.result.level.number if document.result.level else None


def _asked_head() -> list[str]:
    return [
        _("Dimension"), _("Element"), _("Code"), _("Criterion"), _("What it covers"), _("Conditions"), _("Answers"),
        _("Answer of the last round"), _("Rationale of the last round"),
    ]  # fmt: skip


def _asked(document: PaperQuestionnaire) -> Iterator[Sequence[Cell]]:
    for part in document.parts:
        for section in part.sections:
            for one in section.criteria:
                last = (one.last.words, one.last.rationale) if one.last else (None, None)
                conditions = "\n".join(one.conditions)
                yield (
                    part.label,
                    section.label,
                    one.code,
                    one.label,
                    one.covers,
                    conditions,
                    _ways(one),
                    *last,
                )


def _ways(asked: Asked) -> str:
    """How the criterion can be answered, a line each."""
    boxes = (
        f"{box.number or ''} {box.label}{': ' if box.text else ''}{box.text}".strip() for box in asked.boxes
    )
    fields = (f"{field.label} {field.unit}".strip() for field in asked.fields)
    lines = (row.label for row in asked.grid.rows) if asked.grid else ()
    return "\n".join((asked.hint, *boxes, *fields, *lines)).strip()


def _csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """As a spreadsheet of the language opens it: a byte order mark, its decimal mark, semicolons where that is a comma."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if decimal_mark() == "," else ",")
    writer.writerow(head)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig", errors="replace")


def _cell(value: Cell) -> str:
    """Text that starts like a formula gets an apostrophe: a spreadsheet must not run what somebody typed."""
    if value is None:
        return ""
    if isinstance(value, Fraction):
        return number(value, 2).replace("\u2212", "-")
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
    return value.isoformat() if isinstance(value, date) else str(value)
