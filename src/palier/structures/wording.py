"""The words for units and territory groups, in the reader's language."""

from palier.assessments.results_wording import state_words
from palier.assessments.value_wording import value_words
from palier.foundation.language import current, ngettext, points
from palier.foundation.language import gettext as _
from palier.questionnaires.rules.questionnaire import Criterion
from palier.scoring.rules.answers import State
from palier.scoring.rules.result import Node
from palier.scoring.rules.rollup import Rolled
from palier.structures.rules.overview import Overview


def unit_kinds() -> dict[str, str]:
    """What a unit may be."""
    return {
        "site": _("Site"), "branch": _("Branch"), "agency": _("Agency"), "department": _("Department"),
        "subsidiary": _("Subsidiary"), "other": _("Other unit"),
    }  # fmt: skip


def coverage(rolled: Rolled) -> str:
    """How many units a figure rests on: "7 of 9 units"."""
    words = ngettext("%(n)s of %(num)s unit", "%(n)s of %(num)s units", rolled.units)
    return words % {"n": rolled.counted, "num": rolled.units}


def spread(rolled: Rolled) -> str:
    """From the lowest unit to the highest: "41,2 to 67,0"; empty without a score."""
    if rolled.lowest is None or rolled.highest is None:
        return ""
    return _("%(low)s to %(high)s") % {"low": points(rolled.lowest), "high": points(rolled.highest)}


def names(overview: Overview, locale: str) -> dict[str, str]:
    """The name of every code of the table."""
    asked = overview.questionnaire
    dimensions = {part.code: part.label.in_(locale) for part in asked.dimensions}
    return (
        {"total": _("Total score")}
        | dimensions
        | {part.code: part.label.in_(locale) for part in asked.elements}
    )


def said(criterion: Criterion, node: Node | None) -> str:
    """What was answered to one criterion: the rung's words or the value, never the reasons somebody wrote."""
    answer = node.answer if node else None
    state = answer.state if answer else State.HIDDEN
    if answer and state is State.ANSWERED:
        value = value_words(criterion, answer.plain_value()) if answer.value is not None else ""
        rung = f"{answer.level}. {criterion.descriptor(answer.level, current())}" if answer.level else ""
        return value or rung
    return state_words(state)


def territory_kinds() -> dict[str, str]:
    """What holds the members of a group together."""
    return {
        "municipality": _("Municipality"), "intercommunal": _("Group of municipalities"), "department": _("Department, province"),
        "region": _("Region"), "living_area": _("Living or employment area"), "other": _("Other territory"),
    }  # fmt: skip
