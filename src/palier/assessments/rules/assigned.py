"""Which criteria somebody is asked, by what was assigned to them. Pure."""

from collections.abc import Collection, Iterable

from palier.questionnaires.rules import Questionnaire


def assigned(questionnaire: Questionnaire, codes: Collection[str]) -> frozenset[str]:
    """The criteria behind `codes`, each an element's or a criterion's; what is not asked is left out."""
    return frozenset(
        criterion.code
        for criterion in questionnaire.criteria
        if criterion.code in codes or criterion.element_code in codes
    )


def assignable(questionnaire: Questionnaire, codes: Iterable[str]) -> tuple[str, ...]:
    """Those of `codes` that name an element or a criterion, in the questionnaire's order; a criterion whose whole
    element is among them adds nothing and is left out."""
    wanted = set(codes)
    kept: list[str] = []
    for element in questionnaire.elements:
        if element.code in wanted:
            kept.append(element.code)
        else:
            kept += [criterion.code for criterion in element.criteria if criterion.code in wanted]
    return tuple(kept)
