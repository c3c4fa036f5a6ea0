"""The words for groups of peers, and the sentences of the benchmark pages: each states what the figures carry."""

from collections.abc import Callable, Mapping, Sequence

from palier.benchmarks.rules.across import Across, Summit
from palier.benchmarks.rules.cohorts import NEAREST
from palier.benchmarks.rules.lines import LEAST_EFFECT, Line, standing_out
from palier.benchmarks.rules.standing import Refusal, Standing
from palier.foundation.language import gettext as _
from palier.foundation.language import joined, ngettext, points
from palier.network.wording import label

_IN_WORDS = ("sector", "family", "size", "country", "legal_kind")
Namer = Callable[[str], str]
"""From the code of a variable to its name."""


def cohort_in_words(cohort: Mapping[str, str]) -> str:
    """A cohort as people say it: "Passenger transport, 250 to 999 people, France"; the whole network for {}."""
    if NEAREST in cohort:
        return _("the nearest peers")
    known = [label(dimension, cohort[dimension]) for dimension in _IN_WORDS if dimension in cohort]
    return ", ".join(known) if known else _("the whole network")


def band_in_words(band: str) -> str:
    """A band of n: "40 to 79", "160 and more"; empty stays empty."""
    if band.endswith(" and more"):
        return _("%(least)s and more") % {"least": band.removesuffix(" and more")}
    least, _dash, most = band.partition("-")
    return _("%(least)s to %(most)s") % {"least": least, "most": most} if most else band


def overall() -> str:
    """What the total is called."""
    return _("Overall maturity")


def whole_family(family: str) -> str:
    """A family of sectors taken whole, in a list of its sectors."""
    return _("%(family)s, all sectors") % {"family": label("family", family)}


def refusal_in_words(refusal: Refusal) -> str:
    """Why a group is not shown; never how many it holds."""
    match refusal:
        case Refusal.NOT_PUBLISHED:
            return _("this crossing is never published.")
        case Refusal.TOO_FEW:
            return _("too few organisations to be shown without recognising one.")
        case Refusal.REPRESENTATION:
            return _("less than half of it could be shown.")
        case Refusal.PORTFOLIO:
            return _("too large a part of it is known to you already.")


def fallback_in_words(standing: Standing) -> str:
    """Which group was asked, why it is not shown, and which one is; empty when the asked one is shown."""
    if standing.refusal is None or standing.cohort is None:
        return ""
    asked = _("“%(cohort)s”: %(reason)s") % {
        "cohort": cohort_in_words(standing.asked), "reason": refusal_in_words(standing.refusal),
    }  # fmt: skip
    shown = _("Shown instead: %(cohort)s.") % {"cohort": cohort_in_words(standing.cohort)}
    return f"{asked} {shown}"


def quarter_in_words(quarter: int) -> str:
    """A place among peers."""
    return {
        1: _("Bottom quarter"), 2: _("Second quarter"), 3: _("Third quarter"), 4: _("Top quarter"),
    }[quarter]  # fmt: skip


def position_title(total: Line) -> str:
    """Where the whole stands: the quarter, and the side of the median when it is 4 points away or more."""
    quarter, gap = total.figure.quarter, total.gap
    if quarter is None or gap is None:
        return _("Your position cannot be told")
    if quarter in (1, 4):
        return (
            _("In the top quarter of your peers")
            if quarter == 4
            else _("In the bottom quarter of your peers")
        )
    if quarter == 3:
        return (
            _("Above the median, in the third quarter")
            if gap >= LEAST_EFFECT
            else _("Near the median, in the third quarter")
        )
    return (
        _("Below the median, in the second quarter")
        if gap <= -LEAST_EFFECT
        else _("Near the median, in the second quarter")
    )


def elements_title(lines: Sequence[Line], named: Namer, *, pillars: bool = False) -> str:
    """Which elements (or `pillars`) widen the gap by 4 points or more; else which stand ahead; else that none does."""
    under, over = standing_out(lines)
    if under:
        return _widening(len(under), pillars) % {"num": len(under), "names": _some(under, named)}
    if over:
        return _above(len(over), pillars) % {"num": len(over), "names": _some(over, named)}
    if any(one.gap is not None for one in lines):
        return (
            _("Every pillar stands within 4 points of the median")
            if pillars
            else _("Every element stands within 4 points of the median")
        )
    return _("Your pillars") if pillars else _("Your elements")


def _widening(number: int, pillars: bool) -> str:
    if pillars:
        return ngettext(
            "%(num)s pillar widens the gap: %(names)s", "%(num)s pillars widen the gap: %(names)s", number
        )
    return ngettext(
        "%(num)s element widens the gap: %(names)s", "%(num)s elements widen the gap: %(names)s", number
    )


def _above(number: int, pillars: bool) -> str:
    if pillars:
        return ngettext(
            "%(num)s pillar stands above the median: %(names)s",
            "%(num)s pillars stand above the median: %(names)s",
            number,
        )
    return ngettext(
        "%(num)s element stands above the median: %(names)s",
        "%(num)s elements stand above the median: %(names)s",
        number,
    )


def _some(lines: Sequence[Line], named: Namer) -> str:
    """At most two names, then how many are left."""
    names = [_("“%(label)s”") % {"label": named(one.code)} for one in lines[:2]]
    left = len(lines) - len(names)
    return joined(
        [*names, *([ngettext("%(num)s other", "%(num)s others", left) % {"num": left}] if left else [])]
    )


def across_title(summit: Summit | None, across: Across, named: Namer) -> str:
    """Where the median stands farthest above that of the group shown: published figures only."""
    if not across.others:
        return _("No other family of sectors is published in this edition")
    if summit is None:
        return _("No other family’s median stands above your group’s")
    where = joined([_("“%(label)s”") % {"label": label("family", one)} for one in summit.families])
    words = _("Elsewhere, the median of %(family)s reaches %(median)s on %(name)s")
    return words % {
        "family": where,
        "median": summit.median,
        "name": _("“%(label)s”") % {"label": named(summit.code)},
    }


def movers_title(lines: Sequence[Line], *, pillars: bool = False) -> str:
    """On how many elements (or `pillars`) the own change leads or trails the group's by 4 points or more."""
    ahead = sum((one.lead or 0) >= LEAST_EFFECT for one in lines)
    behind = sum((one.lead or 0) <= -LEAST_EFFECT for one in lines)
    if ahead:
        return _leading(ahead, pillars) % {"num": ahead}
    if behind:
        return _trailing(behind, pillars) % {"num": behind}
    return _("You and the group move alike")


def _leading(number: int, pillars: bool) -> str:
    if pillars:
        return ngettext(
            "You move ahead of the median on %(num)s pillar",
            "You move ahead of the median on %(num)s pillars",
            number,
        )
    return ngettext(
        "You move ahead of the median on %(num)s element",
        "You move ahead of the median on %(num)s elements",
        number,
    )


def _trailing(number: int, pillars: bool) -> str:
    if pillars:
        return ngettext(
            "The median moves ahead of you on %(num)s pillar",
            "The median moves ahead of you on %(num)s pillars",
            number,
        )
    return ngettext(
        "The median moves ahead of you on %(num)s element",
        "The median moves ahead of you on %(num)s elements",
        number,
    )


def figure_label(name: str, one: Line) -> str:
    """A strip in words: every figure it draws."""
    said = [_("%(name)s: you %(score)s") % {"name": name, "score": points(one.score)}]
    figure = one.figure
    if figure.median is None:
        said.append(_("peers hidden"))
    else:
        said.append(
            _("median %(median)s, middle half from %(q1)s to %(q3)s")
            % {"median": figure.median, "q1": figure.q1, "q3": figure.q3}
        )
    if figure.p10 is not None:
        said.append(
            _("from the 10th to the 90th percentile %(p10)s to %(p90)s")
            % {"p10": figure.p10, "p90": figure.p90}
        )
    if one.last is not None:
        said.append(_("at the round before %(score)s") % {"score": points(one.last)})
    return ", ".join(said)
