"""The sentences of the results pages: each states a finding the figures carry, or stays neutral."""

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from textwrap import shorten

from palier.assessments.rules.confidence import Trust
from palier.assessments.rules.reading import Against, Finding, Row, Table, count_movement, find
from palier.foundation.charts.shapes import Round as TrendPoint
from palier.foundation.language import (
    current,
    joined,
    ngettext,
    number,
    percent,
    pgettext,
    points,
    with_percent,
)
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Aggregation, Element, Grade, Missing, Questionnaire
from palier.scoring.rules import Node, Result
from palier.scoring.rules.answers import State
from palier.scoring.rules.result import Kind, Withheld
from palier.scoring.rules.rounds import LeftOut
from palier.scoring.rules.uncertainty import DRAWS, WEIGHT_SWING, Uncertainty

LEAST_UNSUPPORTED = 4
"""Points declared without support from which a title says so."""


def named(row: Row) -> str:
    """The row's name between the quotation marks of the language."""
    return _("“%(label)s”") % {"label": row.part.label.in_(current()) if row.part else _("Overall maturity")}


def reading_sentence(table: Table) -> str:
    """What to remember of the result: who stands out; neutral when nobody does by four points or more."""
    finding = find(table)
    if finding is None:
        return ""
    said = [*_ahead(finding), *_behind(finding)]
    return " ".join(said) or _all_close(finding)


def _ahead(finding: Finding) -> list[str]:
    if not finding.ahead:
        return []
    names, count = joined(map(named, finding.ahead)), len(finding.ahead)
    if finding.against is Against.PEERS:
        words = ngettext(
            "%(names)s stands above the median of peers.", "%(names)s stand above the median of peers.", count
        )
    else:
        words = ngettext(
            "%(names)s stands above the overall score.", "%(names)s stand above the overall score.", count
        )
    return [words % {"names": names}]


def _behind(finding: Finding) -> list[str]:
    if not finding.behind:
        return []
    names, count = joined(map(named, finding.behind)), len(finding.behind)
    if finding.ahead:
        words = ngettext("%(names)s stays behind.", "%(names)s stay behind.", count)
    elif finding.against is Against.PEERS:
        words = ngettext(
            "%(names)s stands below the median of peers.", "%(names)s stand below the median of peers.", count
        )
    else:
        words = ngettext(
            "%(names)s stands below the overall score.", "%(names)s stand below the overall score.", count
        )
    return [words % {"names": names}]


def _all_close(finding: Finding) -> str:
    if finding.against is Against.PEERS:
        return _("Every element stands within 4 points of the median of peers.")
    return _("Every element stands within 4 points of the overall score.")


def elements_title(table: Table) -> str:
    """What moved since last round; else who stands above peers; else a neutral title."""
    moved = count_movement(table.elements)
    counts = {"up": moved.up, "down": moved.down, "all": moved.compared}
    if moved.up:
        return (
            ngettext("%(up)s element of %(all)s rises", "%(up)s elements of %(all)s rise", moved.up) % counts
        )
    if moved.down:
        return (
            ngettext("%(down)s element of %(all)s drops", "%(down)s elements of %(all)s drop", moved.down)
            % counts
        )
    if moved.compared:
        return _("No element moves by 4 points or more")
    return _peers_title([row for row in table.elements if row.gap is not None])


def _peers_title(rows: Sequence[Row]) -> str:
    above = sum((row.gap or 0) >= LEAST_UNSUPPORTED for row in rows)
    if not above:
        return _("The score of each element")
    return ngettext(
        "%(n)s element of %(all)s stands above peers", "%(n)s elements of %(all)s stand above peers", above
    ) % {"n": above, "all": len(rows)}


def profile_label(rows: Sequence[Row], best: Row | None, worst: Row | None) -> str:
    """The radar in words."""
    count = ngettext("Profile on %(n)s axis.", "Profile on %(n)s axes.", len(rows)) % {"n": len(rows)}
    where = _("The table gives every figure.")
    if best is None or worst is None or best is worst:
        return f"{count} {where}"
    extremes = _("Highest: %(best)s, %(high)s. Lowest: %(worst)s, %(low)s.") % {
        "best": named(best), "high": points(best.score), "worst": named(worst), "low": points(worst.score),
    }  # fmt: skip
    return f"{count} {extremes} {where}"


def withheld_reason(node: Node, questionnaire: Questionnaire) -> str:
    """Why `node` has no score, with what it would take; empty when it has one."""
    match node.withheld:
        case Withheld.COVERAGE:
            coverage = questionnaire.coverage
            needed = coverage.total if node.kind is Kind.TOTAL else coverage.node
            return _("%(answered)s answered; a score needs %(needed)s.") % {
                "answered": percent(_floored(node.coverage or Fraction(0))), "needed": percent(needed),
            }  # fmt: skip
        case Withheld.NOTHING_APPLICABLE:
            return _("Nothing here applies to the organisation.")
        case Withheld.NO_SCORED_CHILD:
            return _("None of its parts has a score.")
        case Withheld.INCOMPLETE_SUM:
            return _("A sum needs all its parts, and one has no score.")
    return ""


def _floored(share: Fraction) -> Fraction:
    """To the percent below: 79.6 % must not be shown as the 80 % it misses."""
    return Fraction(floor(share * 100), 100)


def calculation_words(questionnaire: Questionnaire, result: Result) -> str:
    """How the total is made, and what takes no part in it."""
    parts = (_method(questionnaire), _left_out_count(result, State.NA), _unanswered(questionnaire, result))
    return " ".join(part for part in parts if part)


def _method(questionnaire: Questionnaire) -> str:
    dimensions = questionnaire.dimensions
    count = {"n": len(dimensions)}
    match questionnaire.aggregation:
        case Aggregation.WEIGHTED_MEAN if len({d.weight for d in dimensions}) == 1:
            return _("Mean of %(n)s dimensions of equal weight.") % count
        case Aggregation.WEIGHTED_MEAN:
            return _("Weighted mean of %(n)s dimensions.") % count
        case Aggregation.GEOMETRIC_MEAN:
            return _("Weighted geometric mean of %(n)s dimensions.") % count
        case Aggregation.MINIMUM:
            return _("The lowest of %(n)s dimensions.") % count
        case Aggregation.SUM:
            return _("Sum of %(n)s dimensions.") % count


def _left_out_count(result: Result, *states: State) -> str:
    count = sum(node.answer is not None and node.answer.state in states for node in result.criteria)
    if not count:
        return ""
    return ngettext(
        "%(n)s criterion that does not apply is left out.",
        "%(n)s criteria that do not apply are left out.",
        count,
    ) % {"n": count}


def _unanswered(questionnaire: Questionnaire, result: Result) -> str:
    open_states = (State.DK, State.BLANK)
    count = sum(node.answer is not None and node.answer.state in open_states for node in result.criteria)
    if not count:
        return _("Every criterion that applies is answered.")
    if questionnaire.missing is Missing.ZERO:
        return ngettext(
            "%(n)s criterion without an answer counts as zero.",
            "%(n)s criteria without an answer count as zero.",
            count,
        ) % {"n": count}
    return ngettext(
        "%(n)s criterion without an answer is left out, not counted as zero.",
        "%(n)s criteria without an answer are left out, none counted as zero.",
        count,
    ) % {"n": count}


def range_words(drawn: Uncertainty | None) -> str:
    """The range of the score in a few words, whole points; empty where there is none, or none to speak of."""
    if drawn is None or drawn.low == drawn.high:
        return ""
    return _("between %(low)s and %(high)s") % {"low": drawn.low, "high": drawn.high}


def range_sentence(drawn: Uncertainty | None) -> str:
    """What the range of the score and of the level comes from; empty without a score."""
    if drawn is None:
        return ""
    return " ".join(part for part in (_range(drawn), _drawn_for(drawn), _range_of_levels(drawn)) if part)


def _range(drawn: Uncertainty) -> str:
    if drawn.low == drawn.high:
        said = _(
            "Computed %(draws)s times with every weight up to %(swing)s higher or lower, the score stays at %(low)s points."
        )
    else:
        said = _(
            "Computed %(draws)s times with every weight up to %(swing)s higher or lower, the score lies nine times in ten "
            "between %(low)s and %(high)s points."
        )
    figures = {"draws": number(DRAWS), "swing": percent(WEIGHT_SWING), "low": drawn.low, "high": drawn.high}
    return said % figures


def _drawn_for(drawn: Uncertainty) -> str:
    if not drawn.missing:
        return ""
    return ngettext(
        "The criterion without an answer is taken anywhere between 0 and 100.",
        "The %(n)s criteria without an answer are taken anywhere between 0 and 100.",
        drawn.missing,
    ) % {"n": drawn.missing}


def _range_of_levels(drawn: Uncertainty) -> str:
    if drawn.low_level == drawn.high_level:
        return _("The maturity level stays at %(level)s.") % {"level": drawn.low_level}
    return _("The maturity level goes from %(low)s to %(high)s.") % {
        "low": drawn.low_level,
        "high": drawn.high_level,
    }


def balance_sentence(result: Result) -> str:
    """How even the dimensions are; empty without a score, or with a single dimension."""
    if result.score is None or result.balance is None or len(result.dimensions) < 2:
        return ""
    return _("Balance between dimensions: %(share)s (100%% when all stand at the same score).") % {
        "share": percent(result.balance)
    }


def evidence_title(result: Result) -> str:
    """Whether the evidence carries what is declared."""
    if result.gap is None:
        return _("What the answers rest on")
    if result.gap < LEAST_UNSUPPORTED:
        return _("The evidence carries the declared score")
    return _("%(gap)s points are declared but not yet supported by evidence") % {"gap": points(result.gap)}


def trust_words(trust: Trust) -> str:
    """Confidence in one word."""
    return {Trust.GOOD: _("Good"), Trust.FAIR: _("Fair"), Trust.LOW: _("Limited")}[trust]


def grade_words(grade: Grade) -> str:
    """The grade of evidence."""
    return {
        Grade.NONE: pgettext("evidence", "None"),
        Grade.DECLARED: _("Declared"),
        Grade.DOCUMENTED: _("Documented"),
        Grade.MEASURED: _("Measured"),
        Grade.VERIFIED: _("Verified"),
    }[grade]


def state_words(state: State) -> str:
    """What became of a criterion; "not asked" where a condition hides it."""
    return {
        State.ANSWERED: _("Answered"),
        State.NA: _("Not applicable"),
        State.DK: _("Don’t know yet"),
        State.BLANK: _("Unanswered"),
        State.HIDDEN: _("Not asked"),
    }[state]


def kind_words(kind: Kind) -> str:
    """What a node is."""
    return {
        Kind.TOTAL: _("Total"),
        Kind.DIMENSION: _("Dimension"),
        Kind.ELEMENT: _("Element"),
        Kind.CRITERION: _("Criterion"),
    }[kind]


def left_out_words(reason: LeftOut) -> str:
    """Why a criterion takes no part in a comparison."""
    return {
        LeftOut.ONLY_BEFORE: _("No longer asked"),
        LeftOut.ONLY_AFTER: _("Not asked then"),
        LeftOut.CHANGED: _("Worded differently"),
        LeftOut.NOT_SCORED_BEFORE: _("No score in the earlier round"),
        LeftOut.NOT_SCORED_AFTER: _("No score in the later round"),
    }[reason]


def band_words(n_band: str) -> str:
    """The size of a group in words: "40-79" becomes "40 to 79 organisations"; empty when hidden."""
    low, dash, high = n_band.partition("-")
    if dash:
        return _("%(low)s to %(high)s organisations") % {"low": low, "high": high}
    most = n_band.partition(" ")[0]
    return _("%(n)s organisations or more") % {"n": most} if most else ""


def share_words(share: Fraction | None) -> str:
    """A weight as a percentage, with one decimal unless it is whole; an en dash where there is none."""
    if share is None:
        return "\u2013"
    figure = number(share * 100, 0 if (share * 100).denominator == 1 else 1)
    return with_percent(figure)


def short_name(row: Row) -> str:
    """At most 18 characters, for the axis of a radar."""
    if isinstance(row.part, Element):
        return row.part.short.in_(current())
    label = row.part.label.in_(current()) if row.part else ""
    return shorten(label, 18, placeholder="\u2026")


def trend_label(trend: Sequence[TrendPoint]) -> str:
    """A line over the rounds in words."""
    scores = joined(_("%(score)s in %(name)s") % {"score": points(p.you), "name": p.words} for p in trend)
    medians = joined(
        _("%(score)s in %(name)s") % {"score": number(p.median), "name": p.words}
        for p in trend
        if p.median is not None
    )
    words = _("Your score: %(scores)s.") % {"scores": scores}
    peers = _("Median of peers: %(medians)s.") % {"medians": medians}
    return f"{words} {peers}" if medians else words


def ladder_label(questionnaire: Questionnaire, result: Result) -> str:
    """The ladder of maturity in words."""
    if result.score is None or result.level is None:
        return ""
    here = _("Scale of maturity from 1 to 5. Score %(score)s, level %(n)s, %(name)s.") % {
        "score": points(result.score), "n": result.level,
        "name": questionnaire.level_name(result.level).in_(current()),
    }  # fmt: skip
    above = next((level for level in questionnaire.levels if level.start > result.score), None)
    if above is None:
        return here
    starts = _("Level %(n)s starts at %(points)s points.") % {"n": above.level, "points": number(above.start)}
    return f"{here} {starts}"
