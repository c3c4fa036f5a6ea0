"""The pictures of a document: each an SVG and the words that say the same thing to somebody who cannot see it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from palier.foundation.charts.bars import progress as progress_bar
from palier.foundation.charts.drawing import Box
from palier.foundation.charts.shapes import Axis
from palier.foundation.charts.shapes import radar as radar_chart
from palier.foundation.charts.standing import Mark, projection
from palier.foundation.charts.standing import ladder as ladder_chart
from palier.foundation.charts.standing import strip as strip_chart
from palier.foundation.language import gettext as _
from palier.foundation.language import points, with_percent
from palier.reports.bulletin_wording import strip_words
from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.bulletins import Bulletin, BulletinRow
from palier.reports.rules.documents import (
    Comparison,
    DimensionRow,
    ElementRow,
    Level,
    Plan,
    ResultsAndPlan,
)
from palier.reports.rules.kinds import Document
from palier.reports.rules.options import Section

FEWEST_AXES, MOST_AXES = 3, 9
WHOLE_LINE = 634
"""Pixels (96 to the inch) of a drawing as wide as the text, its margins aside."""

STRIP, RADAR = 168, 380
LONGEST_AXIS_NAME = 18


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture at the address `chart:<key>`; `alt` is its title, a full stop, and the data in words."""

    key: str
    svg: str
    alt: str

    @property
    def address(self) -> str:
        """Where a page finds the picture."""
        return f"chart:{self.key}"


def draw_figures(document: Document) -> dict[str, Figure]:
    """Every figure of `document` by its key: `ladder`, `radar`, `track`, and `strip-<n>` for the n-th element."""
    return {figure.key: figure for figure in _figures(document)}


def _figures(document: Document) -> Iterator[Figure]:
    if isinstance(document, ResultsAndPlan):
        yield from _result_figures(document)
    if isinstance(document, BoardSummary):
        yield from _board_figures(document)
    if isinstance(document, Bulletin):
        yield from (published_strip(f"strip-{place}", row) for place, row in enumerate(document.rows))
    if isinstance(document, ActionSheet):
        yield from advance(document)
    if document.plan is not None:
        yield from track(document.plan)


def _result_figures(document: ResultsAndPlan) -> Iterator[Figure]:
    shows = document.options.shows
    if shows(Section.SUMMARY):
        yield from _ladder(document)
    if shows(Section.ELEMENTS):
        yield from (strip(f"strip-{place}", row) for place, row in enumerate(document.elements))
    if shows(Section.SCORE):
        yield from radar(document.elements, document.dimensions)


def _board_figures(document: BoardSummary) -> Iterator[Figure]:
    yield from _ladder(document)
    yield from (strip(f"strip-{place}", row) for place, row in enumerate(document.dimensions))
    yield from radar(document.dimensions)


def _ladder(document: ResultsAndPlan | BoardSummary) -> Iterator[Figure]:
    if document.headline.score is not None and len(document.levels) == 5:
        yield ladder(document.headline.score, document.levels)


def ladder(score: Fraction, levels: Sequence[Level]) -> Figure:
    """Where the score stands on the ladder of the five levels."""
    alt = _("Score on the ladder of levels. %(score)s out of 100; levels start at %(levels)s.") % {
        "score": points(score),
        "levels": ", ".join(f"{level.name} {points(level.starts_at)}" for level in levels),
    }
    names = [level.name for level in levels]
    starts = [level.starts_at for level in levels[1:]]
    return Figure("ladder", ladder_chart(score, names, label=alt, thresholds=starts, width=WHOLE_LINE), alt)


def track(plan: Plan) -> Iterator[Figure]:
    """From the score of today to the one the plan aims at; nothing where either is unknown."""
    if plan.score is None or plan.projected is None:
        return
    now, then = points(plan.score), points(plan.projected)
    alt = _("Score today and once the plan has worked. %(now)s today, %(then)s projected, out of 100.") % {
        "now": now,
        "then": then,
    }
    today = Mark(plan.score, _("today %(score)s") % {"score": now})
    aim = Mark(plan.projected, _("aim %(score)s") % {"score": then})
    yield Figure("track", projection(today, aim, label=alt, width=WHOLE_LINE), alt)


def advance(sheet: ActionSheet) -> Iterator[Figure]:
    """How far the indicator of an action has come; nothing where that cannot be said."""
    if sheet.kpi_share is not None:
        alt = _("On the way to the target. %(share)s.") % {"share": with_percent(str(sheet.kpi_share))}
        yield Figure("advance", progress_bar(sheet.kpi_share, label=alt, width=WHOLE_LINE), alt)


def strip(key: str, row: ElementRow | DimensionRow) -> Figure:
    """One element or dimension beside its peers."""
    alt = f"{row.label}. {'; '.join(row_words(row))}."
    svg = strip_chart(row.score, _box(row.comparison), label=alt, last=row.previous, width=STRIP, height=24)
    return Figure(key, svg, alt)


def published_strip(key: str, row: BulletinRow) -> Figure:
    """The published figures of one variable, nobody's score among them."""
    alt = strip_words(row) + "."
    box = _box(Comparison(row.quartiles))
    return Figure(key, strip_chart(None, box, label=alt, width=STRIP, height=24), alt)


def _box(comparison: Comparison) -> Box | None:
    figures = comparison.quartiles
    return None if figures is None else Box(figures.q1, figures.median, figures.q3, figures.p10, figures.p90)


def row_words(row: ElementRow | DimensionRow) -> Iterator[str]:
    """The figures of an element, its peers' among them, in words."""
    yield _("you %(score)s") % {"score": points(row.score)} if row.score is not None else _("no score")
    if row.previous is not None:
        yield _("last round %(score)s") % {"score": points(row.previous)}
    if box := row.comparison.quartiles:
        yield _("median of peers %(median)s, middle half from %(q1)s to %(q3)s") % {
            "median": box.median,
            "q1": box.q1,
            "q3": box.q3,
        }
        if box.p10 is not None and box.p90 is not None:
            yield _("eight in ten from %(p10)s to %(p90)s") % {"p10": box.p10, "p90": box.p90}


def radar(*choices: Sequence[ElementRow | DimensionRow]) -> Iterator[Figure]:
    """The shape of the whole: the first of `choices` with three to nine rows, elements before dimensions, else nothing."""
    rows = next((rows for rows in choices if FEWEST_AXES <= len(rows) <= MOST_AXES), ())
    if not rows:
        return
    words = "; ".join(f"{row.label} {points(row.score)}" for row in rows)
    alt = _("Profile, out of 100. %(words)s.") % {"words": words}
    names = [_axis_name(row) for row in rows]
    named = all(names)  # some names and some codes alone would look like a mistake
    axes = [
        Axis(row.code, name if named else "", row.score, _box(row.comparison))
        for row, name in zip(rows, names, strict=True)
    ]
    yield Figure("radar", radar_chart(axes, label=alt, width=RADAR), alt)


def _axis_name(row: ElementRow | DimensionRow) -> str:
    """The short name, or nothing beside the code: a long one would run out of the picture."""
    return next((name for name in (row.short, row.label) if 0 < len(name) <= LONGEST_AXIS_NAME), "")
