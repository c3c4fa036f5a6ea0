"""What a questionnaire to be filled on screen has to fill in: every field, and what a screen reader says of it."""

from collections.abc import Iterator

from palier.assessments.results_wording import grade_words
from palier.assessments.rules.drafts import CHOOSABLE, LONGEST
from palier.assessments.rules.form_fields import MARK, NAME, ROLE, field_name
from palier.assessments.rules.value_fields import TICKED
from palier.foundation.language import gettext as _
from palier.reports import paper_wording
from palier.reports.rules.form_fields import FormField, Place, Shape
from palier.reports.rules.paper_questionnaires import Asked, Fillable, PaperQuestionnaire
from palier.scoring.rules.answers import State

_WHO = (NAME, ROLE, "team", "day")
"""The fields at the head, as many of the last as the paper asks for."""

_LONGEST_FIGURE, _LONGEST_WHO = 40, 120


def place(code: str, part: str, means: str = "") -> str:
    """What the place of a field is called on the page, where it stands for `means`."""
    return f"{field_name(code, part)}={means}"


def whose(place: int, asked: int) -> str:
    """The field of the `place`th (from 1) of `asked` things that are asked at the head of the form."""
    return _WHO[len(_WHO) - asked + place - 1]


def others(asked: Asked) -> list[tuple[str, str, str]]:
    """What may be said instead of an answer: the field, what it then holds, the words."""
    said = ((State.NA.value, _("Not applicable")), (State.DK.value, _("Don’t know yet")))
    return [("answer", state, words) if asked.by_rung else (state, TICKED, words) for state, words in said]


def grades() -> list[tuple[str, str]]:
    """How an answer is supported, as one can choose it in a form: the grade, the words."""
    return [(grade.value, grade_words(grade)) for grade in CHOOSABLE]


def fields_of(document: PaperQuestionnaire, form: Fillable) -> tuple[FormField, ...]:
    """Every field of the form, in the order of the pages, with what `form` has it hold at first."""
    values = dict(form.values) | {MARK: form.mark}
    return tuple(
        FormField(name, shape, label, places, values.get(name, ""), longest)
        for name, shape, label, places, longest in _every(document)
    )


_Field = tuple[str, Shape, str, tuple[Place, ...], int]


def _every(document: PaperQuestionnaire) -> Iterator[_Field]:
    asked = paper_wording.who(document)
    for number, label in enumerate(asked, 1):
        name = whose(number, len(asked))
        yield name, Shape.LINE, label, (Place(name, "", label),), _LONGEST_WHO
    for part in document.parts:
        for section in part.sections:
            for one in section.criteria:
                yield from _of(one)
    label = _("Mark of this form: leave it as it is")
    yield MARK, Shape.TOLD, label, (Place(MARK, "", label),), 0


def _of(asked: Asked) -> Iterator[_Field]:
    yield from _answer(asked)
    yield _line(asked, "reason", _("Why it does not apply"), LONGEST["reason"])
    yield _line(asked, "rationale", _("Rationale"), LONGEST["rationale"], Shape.LINES)
    yield _one_of(asked, "grade", _("Kind of evidence"), grades())
    yield _line(asked, "evidence", _("Evidence"), LONGEST["evidence"], Shape.LINES)


def _answer(asked: Asked) -> Iterator[_Field]:
    """What was asked: one choice where it is a rung, else every box, figure and line by itself."""
    if asked.by_rung:
        rungs = [(box.means, f"{box.number}, {box.label}") for box in asked.boxes]
        instead = [(means, words) for _part, means, words in others(asked)]
        yield _one_of(asked, "answer", _("Level"), [*rungs, *instead])
        return
    for box in asked.boxes:
        label = f"{box.number}, {box.label}" if box.number else box.label
        yield _tick(asked, box.part, box.means, label)
    for field in asked.fields:
        yield _line(asked, field.part, f"{field.label} {field.unit}".strip(), _LONGEST_FIGURE)
    if asked.grid:
        rungs = [(str(n), f"{n}, {name}") for n, name in enumerate(asked.grid.rungs, 1)]
        for row in asked.grid.rows:
            yield _one_of(asked, row.part, row.label, rungs)
    for part, means, words in others(asked):
        yield _tick(asked, part, means, words)


def _one_of(asked: Asked, part: str, what: str, choices: list[tuple[str, str]]) -> _Field:
    places = tuple(Place(place(asked.code, part, means), means, words) for means, words in choices)
    return field_name(asked.code, part), Shape.ONE_OF, _label(asked, what), places, 0


def _tick(asked: Asked, part: str, means: str, what: str) -> _Field:
    label = _label(asked, what)
    return (
        field_name(asked.code, part), Shape.TICK, label, (Place(place(asked.code, part, means), means, label),), 0
    )  # fmt: skip


def _line(asked: Asked, part: str, what: str, longest: int, shape: Shape = Shape.LINE) -> _Field:
    label = _label(asked, what)
    return field_name(asked.code, part), shape, label, (Place(place(asked.code, part), "", label),), longest


def _label(asked: Asked, what: str) -> str:
    """ "SX1.1.1 We survey our customers: rationale" """
    return "".join((asked.code, " ", asked.label, _(": "), what))
