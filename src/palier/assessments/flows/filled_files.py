"""What somebody filled in outside, in a workbook or in the fields of a PDF, read as answers. Nothing is written here."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from palier.assessments.data_wording import known_words
from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.answer_lines import CHOICE, AnswerLine, Fault, read_lines
from palier.assessments.rules.drafts import Draft
from palier.assessments.rules.form_fields import MARK, FormMark, NotForHere, filler, mark_in, read_form
from palier.assessments.store import Assessment
from palier.foundation.filled_sheets import FilledSheet, filled_sheet, folded
from palier.foundation.pdf_forms import is_pdf, read_pdf_form
from palier.foundation.sheets import ReadSheet, read_sheets
from palier.questionnaires.rules import Questionnaire

Fields = Mapping[str, str]
Content = Sequence[ReadSheet] | Fields
"""The sheets of a workbook, or the fields of a form."""

_HEAD_LINES = 40
"""Lines of a sheet that may say who filled it in."""


@dataclass(frozen=True, slots=True)
class Filled:
    """The answers of a file, its faults, the heads passed over, and who says they filled it in."""

    lines: Sequence[AnswerLine]
    faults: Sequence[Fault]
    ignored: Sequence[str]
    by: str


def mark_of_round(assessment: Assessment) -> str:
    """What the lines of a round are marked with: the last digits of its id, which no other round shares."""
    return assessment.id.hex[-16:]


async def content_of(data: bytes) -> Content:
    """What is in the file. Raises BadWorkbook, BadForm."""
    return await read_pdf_form(data) if is_pdf(data) else await asyncio.to_thread(read_sheets, data)


async def check_content(content: Content, assessment: Assessment) -> None:
    """A form is brought back where it was made for, and as it was made. Raises NotForHere."""
    if isinstance(content, Mapping):
        read_form(content, await definition_of(assessment), {}, _mark(content, assessment))


def filled_in(
    content: Content, assessment: Assessment, asked: Questionnaire, stands: Mapping[str, Draft]
) -> Filled:
    """The answers in `content`; what it does not ask stays as it `stands`."""
    if isinstance(content, Mapping):
        lines, faults = read_form(content, asked, stands, _mark(content, assessment))
        return Filled(lines, faults, (), filler(content))
    sheet = _answers_in(content)
    lines, faults = read_lines(sheet, asked, stands, known_words().words, mark_of_round(assessment))
    return Filled(lines, faults, sheet.ignored, _told_by(content))


def _mark(fields: Fields, assessment: Assessment) -> FormMark:
    mark = mark_in(fields.get(MARK, ""))
    if mark.round != mark_of_round(assessment):
        raise NotForHere
    return mark


def _answers_in(sheets: Sequence[ReadSheet]) -> FilledSheet:
    """The first sheet that holds answers, else the first one, whose faults then say what is missing."""
    found = [filled_sheet(sheet, known_words().heads) for sheet in sheets]
    wanted = (one for one in found if "code" in one.columns and set(CHOICE) & set(one.columns))
    return next(wanted, found[0] if found else FilledSheet((), (), (), ()))


def _told_by(sheets: Sequence[ReadSheet]) -> str:
    """Who says they filled a workbook in: what stands beside these words on the sheet about it."""
    for sheet in sheets:
        for number in sorted(sheet.rows)[:_HEAD_LINES]:
            cells = sheet.rows[number]
            if folded(cells.get(1, "")) in known_words().fillers:
                return " ".join(cells.get(2, "").split())[:80]
    return ""
