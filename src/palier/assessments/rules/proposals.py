"""Two speeds: what a flash already said about the criteria of a full questionnaire. Pure.

A proposal is never an answer: somebody confirms it or not. Source: docs/method.md#two-speeds.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from palier.questionnaires.rules import Criterion, Questionnaire
from palier.questionnaires.rules.kinds import Kind
from palier.questionnaires.rules.versions import changed_between


@dataclass(frozen=True, slots=True)
class Proposal:
    """The level that the answer to `source` suggests for `criterion`, counted from 1 on its own scale."""

    criterion: Criterion
    source: Criterion
    level: int


def proposals(
    questionnaire: Questionnaire, flash: Questionnaire, newest: Questionnaire, levels: Mapping[str, int]
) -> dict[str, Proposal]:
    """What answers to `flash` (`levels` by its codes) propose for `questionnaire`, by code, in its order.

    `newest` is the flash's newest version: it says what matches what, for the criteria it has not changed since. Where
    several match, the first answered one counts. Only rungs worth the same points on both scales are carried over.
    """
    changed = changed_between(flash, newest)
    found: dict[str, Proposal] = {}
    for source in newest.criteria:
        if source.code in levels and source.code not in changed and source.code in flash.index.positions:
            for one in _carried(questionnaire, source, levels[source.code]):
                found.setdefault(one.criterion.code, one)
    order = questionnaire.index.positions
    return dict(sorted(found.items(), key=lambda item: order[item[0]]))


def _carried(questionnaire: Questionnaire, source: Criterion, level: int) -> Iterator[Proposal]:
    points = source.scale.points(level)
    for code in source.matches:
        if code not in questionnaire.index.positions:
            continue
        criterion = questionnaire.criterion(code)
        if criterion.answer.kind is Kind.CHOICE and points in criterion.scale.values:
            yield Proposal(criterion, source, criterion.scale.level(points))
