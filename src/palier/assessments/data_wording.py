"""The words of a round taken away and brought back: columns, what may be chosen, what is wrong with a line."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from palier.assessments.results_wording import grade_words, state_words
from palier.assessments.rules.answer_lines import Fault, Reason, Words
from palier.assessments.rules.answer_merging import Change
from palier.assessments.rules.drafts import CHOOSABLE, LONGEST, Draft
from palier.assessments.value_wording import hint, row_label, value_words
from palier.foundation.filled_sheets import Heads, folded
from palier.foundation.language import LOCALES, current, ngettext, number, speaking
from palier.foundation.language import gettext as _
from palier.foundation.pdf_forms import Trouble
from palier.questionnaires.rules import Criterion, Questionnaire
from palier.questionnaires.rules.kinds import Kind, Matrix, Options
from palier.scoring.rules.answers import State
from palier.scoring.rules.kinds import NONE

SAID = (State.NA, State.DK)
"""What the column of states says; an answer and its absence say themselves."""


def heads() -> dict[str, str]:
    """What the columns of a round's answers are called."""
    return {
        "code": _("Code"), "section": _("Section"), "criterion": _("Criterion"), "asked": _("What to answer"),
        "level": _("Level"), "value": _("Value"), "state": _("State"),
        "reason": _("Why it does not apply"), "rationale": _("Rationale"), "evidence": _("Kind of evidence"),
        "evidence_text": _("Description of the evidence"), "evidence_link": _("Link to the evidence"), "to_review": _("To review"),
        "updated_by": _("Answered by"), "updated_at": _("Answered on"), "mark": _("Mark (leave as it is)"),
    }  # fmt: skip


def filled_by() -> str:
    """What stands beside the name of whoever filled a workbook in."""
    return _("Filled in by")


def choosable() -> dict[str, tuple[str, ...]]:
    """The words of the columns with a closed list."""
    return {
        "state": tuple(state_words(state) for state in SAID),
        "evidence": tuple(grade_words(grade) for grade in CHOOSABLE),
        "to_review": (_("yes"), _("no")),
    }


@dataclass(frozen=True, slots=True)
class Known:
    """The heads and words a file may use, in any language of the interface or as they are stored."""

    heads: Heads
    words: Words
    fillers: frozenset[str]


@cache
def known_words() -> Known:
    """What a file may say."""
    states = {State.BLANK.value: State.BLANK, State.ANSWERED.value: State.ANSWERED}
    grades = {grade.value: grade for grade in CHOOSABLE}
    truths = {"yes": True, "no": False, "x": True, "1": True, "0": False, "true": True, "false": False}
    named, fillers = [], set()
    for locale in LOCALES:
        with speaking(locale):
            named.append(heads())
            fillers.add(folded(filled_by()))
            for state in (*SAID, State.ANSWERED, State.BLANK):
                states |= {folded(state.value): state, folded(state_words(state)): state}
            grades |= {folded(grade_words(grade)): grade for grade in CHOOSABLE}
            truths |= {folded(_("yes")): True, folded(_("no")): False}
    return Known(Heads(named), Words(states, grades, truths), frozenset(fillers))


# --- what is asked ----------------------------------------------------------------------------------------------------


def asked_words(criterion: Criterion) -> str:
    """What may be answered, one choice a line, and how it is written in the cell."""
    return "\n".join([*_conditions(criterion), *_choices(criterion), *_how(criterion)])


def _conditions(criterion: Criterion) -> Iterator[str]:
    for wanted in criterion.shown_if:
        yield _("Asked only from level %(level)s of %(code)s on.") % {
            "level": wanted.level,
            "code": wanted.criterion,
        }


def _choices(criterion: Criterion) -> Iterator[str]:
    match criterion.answer:
        case Options() as asked:
            yield from (f"{option.id}: {option.label.in_(current())}" for option in asked.options)
        case Matrix() as asked:
            yield from (f"{row.id}: {row_label(row)}" for row in asked.rows)
    if criterion.answer.kind not in (Kind.RANGE, Kind.KPI, Kind.NPS, Kind.OPTIONS):
        yield from (
            f"{level}: {criterion.descriptor(level, current()) or name}"
            for level, name in enumerate(criterion.scale.labels.in_(current()), 1)
        )


def _how(criterion: Criterion) -> Iterator[str]:
    if criterion.answer.kind is Kind.CHOICE:
        return
    yield hint(criterion)
    if example := _example(criterion):
        yield _("In the column “%(column)s”, for example: %(example)s") % {
            "column": _("Value"), "example": example
        }  # fmt: skip


def _example(criterion: Criterion) -> str:
    match criterion.answer:
        case Options() as asked:
            return "; ".join(option.id for option in asked.options[:2]) + f" / {NONE}"
        case Matrix() as asked:
            return "; ".join(f"{row.id}=3" for row in asked.rows)
    return {Kind.LADDER: "2; 3", Kind.NPS: "45 / promoters=60; passives=25; detractors=15"}.get(
        criterion.answer.kind, ""
    )


# --- what a file changes ----------------------------------------------------------------------------------------------


def choice_words(criterion: Criterion, draft: Draft) -> str:
    """ "Level 3", "55 %", "Not applicable: no counter"."""
    if draft.value is not None and (told := value_words(criterion, draft.value)):
        return told
    if draft.state is State.ANSWERED:
        return _("Level %(n)s") % {"n": draft.level}
    if draft.state is State.NA and draft.reason:
        return _("Not applicable: %(reason)s") % {"reason": draft.reason}
    return state_words(draft.state)


def told_changes(change: Change, asked: Questionnaire) -> list[tuple[str, str, str]]:
    """Each part a line changes: what it is called, what stands, what it becomes."""
    criterion = asked.criterion(change.line.code)
    before, after = change.before.draft, change.after
    return [
        (_part(name), _told(name, criterion, before), _told(name, criterion, after)) for name in change.parts
    ]


def _part(name: str) -> str:
    return _("Answer given") if name == "choice" else heads()[name]


def _told(name: str, criterion: Criterion, draft: Draft) -> str:
    match name:
        case "choice":
            return choice_words(criterion, draft)
        case "evidence":
            return grade_words(draft.evidence_grade)
        case "to_review":
            return _("yes") if draft.to_review else _("no")
        case "evidence_text":
            return draft.evidence or "\u2013"
    return getattr(draft, name) or "\u2013"


def brought_words(saved: int, kept: int) -> str:
    """What a file has done."""
    done = ngettext("%(num)s answer saved from the file.", "%(num)s answers saved from the file.", saved) % {
        "num": saved
    }
    if not kept:
        return done
    left = ngettext(
        "%(num)s answer stays as it is: somebody else changed it too.",
        "%(num)s answers stay as they are: somebody else changed them too.", kept,
    )  # fmt: skip
    return f"{done} {left % {'num': kept}}"


def form_fault_words(one: Fault) -> str:
    """What is wrong in a form and what to do about it: it has no lines and no cells."""
    told = {
        Reason.UNREADABLE: _("This cannot be used here. Answer as the form asks below the criterion."),
        Reason.NOT_A_LEVEL: _("Not a level of this criterion. Choose one of the form’s."),
        Reason.CHOSEN_BESIDE_STATE: _(
            "Either an answer, or “Not applicable”, or “Don’t know yet”. Keep one."
        ),
    }.get(one.reason)
    return told or fault_words(one)


def trouble_words(trouble: Trouble) -> str:
    """Why nothing can be read from a PDF, and what to do."""
    return {
        Trouble.NO_FIELDS: _(
            "This PDF has no fields left: it was printed or scanned. Fill the form in and save it, without printing it to a PDF."
        ),
        Trouble.LOCKED: _("This PDF is locked by a password. Save it without one."),
        Trouble.DAMAGED: _("This PDF is damaged. Open it, save it again and retry."),
        Trouble.TOO_MUCH: _("This PDF holds more than a form of ours. Fill in the form as it was made."),
    }[trouble]


def no_file() -> str:
    """Told of a file that is neither."""
    return _("This is neither a workbook nor a PDF. Bring an .xlsx workbook, or the form as a PDF.")


def not_for_here() -> str:
    """Told of a form of another round, of another version, or with another mark."""
    return _(
        "This form was not made for this round, or its mark was changed. Make one from this round and fill that in."
    )


def fault_words(one: Fault) -> str:
    """What is wrong and what to do about it."""
    told = {
        Reason.NO_CODE_COLUMN: _("No column holds the codes of the criteria beside answers. Keep the heads of the workbook."),
        Reason.REPEATED_COLUMN: _("Two columns have this head. Keep one."),
        Reason.NO_CODE: _("The code of the criterion is missing. Write it."),
        Reason.UNKNOWN_CODE: _("This round does not ask this criterion. Correct the code or take the line out."),
        Reason.REPEATED: _("The same criterion as on line %(value)s. Keep one line."),
        Reason.FORMULA: _("A formula is not read. Type its result as text."),
        Reason.DATE: _("The cell holds a date. Format it as text, then type it again."),
        Reason.ERROR: _("The cell holds an error of the spreadsheet. Type what it should say."),
        Reason.TOO_LONG: _too_long(one.column),
        Reason.NOT_A_LEVEL: _("Not a level of this criterion. Write the figure of one of the levels listed."),
        Reason.UNREADABLE: _("This value cannot be used here. Write it as the column “What to answer” shows."),
        Reason.UNKNOWN_STATE: _("Choose one of the words listed, or leave the cell empty."),
        Reason.NOTHING_CHOSEN: _("Give the level or the value, or empty the state."),
        Reason.CHOSEN_BESIDE_STATE: _("Either a level or a value, or this state. Empty one of them."),
        Reason.TWO_ANSWERS: _("Level and value say two things. Empty one of them."),
        Reason.UNKNOWN_GRADE: _("Choose one of the words listed, or leave the cell empty."),
        Reason.NO_REASON: _("Say in a line why this criterion does not apply"),
        Reason.NOT_A_LINK: _("A link starts with https://"),
        Reason.NOT_YES_OR_NO: _("Write yes or no, or leave the cell empty."),
    }  # fmt: skip
    return told[one.reason] % {"value": one.value}


def _too_long(column: str) -> str:
    most = LONGEST.get("evidence" if column == "evidence_text" else column, 500)
    words = _("This text is too long: %(most)s characters at most") % {"most": number(most)}
    return words.replace("%", "%%")
