"""Several assessments in one plan: read as one questionnaire, scored each on its own."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from palier.questionnaires.rules import Questionnaire


@lru_cache(maxsize=64)
def one_of(questionnaires: tuple[Questionnaire, ...]) -> Questionnaire:
    """The questionnaires as one, to look criteria and levers up in; never to score by. Their codes differ."""
    first, *others = questionnaires
    if not others:
        return first
    dimensions = tuple(dimension for one in questionnaires for dimension in one.dimensions)
    content = "+".join(one.content_hash for one in questionnaires)
    return replace(first, dimensions=dimensions, content_hash=content, gates=(), pyramid=None, scope=())


def codes_of(questionnaire: Questionnaire) -> set[str]:
    """Every code and lever name: two questionnaires of one plan may share none."""
    index = questionnaire.index
    return {*index.positions, *index.elements, *index.dimensions, *index.levers}


def may_join(known: Sequence[Questionnaire], other: Questionnaire) -> bool:
    """Whether `other` can be told apart from all that the plan draws on already."""
    return not any(codes_of(one) & codes_of(other) for one in known)
