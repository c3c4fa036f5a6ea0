"""A questionnaire as it is printed to be filled by hand, in the language in use, with last round's answers or without."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from palier.assessments.rules.value_fields import NUMBER_FIELD, PART, TICKED
from palier.assessments.store import Answer, AnswerState
from palier.assessments.value_wording import (
    count_label,
    has_own_none,
    hint,
    question,
    row_label,
    value_words,
)
from palier.foundation.language import current
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Criterion, Dimension, Element, Questionnaire
from palier.questionnaires.rules.kinds import Choice, Indicator, Ladder, Matrix, NetPromoter, Options, Range
from palier.reports.rules.documents import Cover, Provenance
from palier.reports.rules.paper_questionnaires import (
    WIDEST_GRID,
    Asked,
    Box,
    Field,
    Fillable,
    Grid,
    GridRow,
    LastAnswer,
    PaperQuestionnaire,
    Part,
    Section,
)
from palier.scoring.rules.kinds import COUNTS, NONE


@dataclass(frozen=True, slots=True)
class LastAnswers:
    """The answers of the round `name`, by criterion code."""

    name: str
    answers: Mapping[str, Answer]


NOTHING_BEFORE = LastAnswers("", {})


def paper_of(
    questionnaire: Questionnaire, cover: Cover, last: LastAnswers = NOTHING_BEFORE, *, draft: bool = False,
    form: Fillable | None = None,
) -> PaperQuestionnaire:  # fmt: skip
    """`questionnaire` within its scope, every criterion of it: on paper nothing hides what a condition may ask."""
    return PaperQuestionnaire(
        cover=cover,
        introduction=questionnaire.introduction.in_(current()),
        minutes=questionnaire.minutes,
        parts=tuple(_part(dimension, last) for dimension in questionnaire.dimensions),
        provenance=definition_provenance(questionnaire),
        last_round=last.name,
        draft=draft,
        form=form,
    )


def definition_provenance(questionnaire: Questionnaire) -> Provenance:
    """Where a questionnaire comes from: there are no figures yet."""
    return Provenance(
        questionnaire_id=questionnaire.id,
        questionnaire_version=questionnaire.version,
        questionnaire_hash=questionnaire.content_hash,
        licence=questionnaire.licence,
        sources=tuple(source.name for source in questionnaire.sources),
    )


def _part(dimension: Dimension, last: LastAnswers) -> Part:
    sections = tuple(_section(element, last) for element in dimension.elements)
    return Part(dimension.code, dimension.label.in_(current()), sections)


def _section(element: Element, last: LastAnswers) -> Section:
    criteria = tuple(_asked(criterion, last.answers.get(criterion.code)) for criterion in element.criteria)
    return Section(element.code, element.label.in_(current()), criteria)


def _asked(criterion: Criterion, last: Answer | None) -> Asked:
    """Choosing a rung is explained once, at the head of the paper; every other way to answer, where it is asked."""
    by_rung = isinstance(criterion.answer, Choice)
    return Asked(
        code=criterion.code,
        label=criterion.label.in_(current()),
        question="" if by_rung else question(criterion),
        hint="" if by_rung else hint(criterion),
        covers=criterion.covers.in_(current()),
        conditions=tuple(_conditions(criterion)),
        boxes=tuple(_boxes(criterion, last)),
        fields=tuple(_fields(criterion)),
        grid=_grid(criterion, last),
        examples=criterion.evidence.in_(current()),
        last=_last(criterion, last) if last else None,
        by_rung=by_rung,
    )


def _conditions(criterion: Criterion) -> Iterator[str]:
    for condition in criterion.shown_if:
        words = {"code": condition.criterion, "level": condition.level}
        yield _("Asked only if %(code)s stands at level %(level)s or above.") % words


def _boxes(criterion: Criterion, last: Answer | None) -> Iterator[Box]:
    match criterion.answer:
        case Choice():
            chosen = last.level if last else None
            yield from (_rung(criterion, n, chosen == n, "answer", str(n)) for n in _rungs(criterion))
        case Ladder():
            met = _value(criterion, last) or []
            yield from (_rung(criterion, n, n in met, f"{PART}{n}") for n in _rungs(criterion))
        case Options() as asked:
            ticked = _value(criterion, last)
            for option in asked.options:
                was = option.id in (ticked or ())
                yield Box(option.label.in_(current()), last=was, part=f"{PART}{option.id}")
            if not has_own_none(criterion):
                yield Box(_("None of these"), last=ticked == [], part=NUMBER_FIELD, means=NONE)


def _rungs(criterion: Criterion) -> range:
    return range(1, len(criterion.scale.values) + 1)


def _rung(criterion: Criterion, level: int, last: bool, part: str, means: str = TICKED) -> Box:
    names = criterion.scale.labels.in_(current())
    return Box(names[level - 1], criterion.descriptor(level, current()), level, last, part, means)


def _fields(criterion: Criterion) -> Iterator[Field]:
    match criterion.answer:
        case Range() | Indicator() as asked:
            yield Field(_("Figure"), asked.unit.in_(current()), NUMBER_FIELD)
        case NetPromoter():
            yield Field(_("Score, from −100 to +100"), part=NUMBER_FIELD)
            yield from (Field(count_label(name), part=f"{PART}{name}") for name in COUNTS)
        case Matrix() as asked if len(_rungs(criterion)) > WIDEST_GRID:
            top = len(_rungs(criterion))
            unit = _("level, 1 to %(top)s") % {"top": top}
            yield from (Field(row_label(row), unit, f"{PART}{row.id}") for row in asked.rows)


def _grid(criterion: Criterion, last: Answer | None) -> Grid | None:
    if not isinstance(criterion.answer, Matrix) or len(_rungs(criterion)) > WIDEST_GRID:
        return None
    before = _value(criterion, last) or {}
    rows = (GridRow(row_label(row), before.get(row.id), f"{PART}{row.id}") for row in criterion.answer.rows)
    return Grid(criterion.scale.labels.in_(current()), tuple(rows))


def _value(criterion: Criterion, last: Answer | None) -> Any:
    """The value of last round, where this version of the criterion still takes it."""
    return last.value if last and value_words(criterion, last.value) else None


def _last(criterion: Criterion, row: Answer) -> LastAnswer | None:
    words = _last_words(criterion, row)
    return LastAnswer(words, row.rationale) if words else None


def _last_words(criterion: Criterion, row: Answer) -> str:
    """What was answered; empty for a blank, and for an answer this version of the criterion does not take."""
    if row.state is AnswerState.NOT_APPLICABLE:
        return _not_applicable(row.reason)
    if row.state is AnswerState.DONT_KNOW:
        return _("Don’t know yet")
    names = criterion.scale.labels.in_(current())
    if row.value is None and row.level and row.level <= len(names):
        return _("Level %(n)s, %(name)s") % {"n": row.level, "name": names[row.level - 1]}
    return value_words(criterion, row.value)


def _not_applicable(reason: str) -> str:
    words = _("Not applicable")
    return f"{words} ({reason})" if reason else words
