"""What the slides about the plan draw: what it is to bring, and when."""

from collections.abc import Sequence
from datetime import date

from pptx.slide import Slide

from palier.foundation.language import day
from palier.foundation.language import gettext as _
from palier.reports.rules.documents import Action, ActionStatus, Plan
from palier.reports.rules.slides import (
    MOST_BARS,
    Bar,
    Slides,
    coming_next,
    due_by_quarter,
    largest_gains,
    roadmap,
)
from palier.reports.slides import charts
from palier.reports.slides import wording as said
from palier.reports.slides.areas import BODY, Area
from palier.reports.slides.canvas import STRONG, write, write_key
from palier.reports.slides.score_scenes import tenth
from palier.reports.slides.tables import Column, draw_table
from palier.reports.slides.workbooks import ChartSheet, Series
from palier.reports.wording import status_words

MOST_NOTED = 40
"""Actions a note lists; beyond, it would be longer than the plan is read."""

FEW_BARS, LONGEST_LINE = 6, 60
"""Up to so many actions, a name takes two lines of so many characters; beyond, one."""

_FIRST_DAY = date(1899, 12, 30)
"""Day 0 of every spreadsheet."""


def draw_gains(document: Slides, plan: Plan, slide: Slide) -> None:
    """The score of today beside the one aimed at, and the actions that are to bring most; else what comes next."""
    left, right = BODY.columns(1, 2)
    if is_projected(plan):
        _projection(document, plan, left, slide)
    else:
        right = BODY
    gains = largest_gains(plan.actions)
    if gains:
        _gains(document, gains, right, slide)
    else:
        _next(slide, right, plan.actions)


def is_projected(plan: Plan) -> bool:
    """Whether the plan is to raise the score."""
    return plan.score is not None and plan.projected is not None and plan.projected > plan.score


def _gains(document: Slides, gains: Sequence[Action], area: Area, slide: Slide) -> None:
    write(slide, area.first(0.32), _("Largest expected gains, in points of the total"), STRONG)
    most = LONGEST_LINE if len(gains) > FEW_BARS else 2 * LONGEST_LINE
    names = tuple(said.on_axis(action.code, action.title, most) for action in gains)
    values = Series(_("Expected gain"), tuple(_hundredth(action) for action in gains))
    told = charts.Told(said.gains_words(gains), document.cover.as_of)
    sheet = ChartSheet(_("Action"), names, (values,), number="+0.00")
    charts.bars(slide, area.under(0.4), sheet, told, hundred=False)


def _hundredth(action: Action) -> float:
    return round(float(action.gain or 0), 2)


def _projection(document: Slides, plan: Plan, area: Area, slide: Slide) -> None:
    write(slide, area.first(0.32), _("Score out of 100"), STRONG)
    values = (tenth(plan.score), tenth(plan.projected))
    sheet = ChartSheet(_("Score"), (_("Today"), _("Once the plan has worked")), (Series(_("Score"), values),))
    charts.columns(
        slide, area.under(0.4), sheet, charts.Told(said.projection_words(plan), document.cover.as_of)
    )


def gains_notes(plan: Plan) -> str:
    """The projection and the gains in words."""
    parts = [said.projection_words(plan)] if is_projected(plan) else []
    gains = largest_gains(plan.actions)
    return "\n".join([*parts, *([said.gains_words(gains)] if gains else [])])


def draw_roadmap(document: Slides, plan: Plan, slide: Slide) -> None:
    """The actions along the calendar; many of them are counted by quarter, with what comes next beside."""
    on = document.cover.as_of.date()
    bars = roadmap(plan.actions, on)
    if not bars:
        _next(slide, BODY, plan.actions)
    elif len(bars) <= MOST_BARS:
        _gantt(document, bars, slide)
    else:
        left, right = BODY.columns(1, 1)
        _by_quarter(document, plan, left, slide)
        _next(slide, right, plan.actions)


def _gantt(document: Slides, bars: Sequence[Bar], slide: Slide) -> None:
    starts = tuple((bar.start - _FIRST_DAY).days for bar in bars)
    lengths = [
        Series(status_words(status), tuple(bar.days if bar.action.status is status else 0 for bar in bars))
        for status in ActionStatus
    ]
    most = LONGEST_LINE if len(bars) > FEW_BARS else 2 * LONGEST_LINE
    names = tuple(said.on_axis(bar.action.code, bar.action.title, most) for bar in bars)
    sheet = ChartSheet(_("Action"), names, (Series(_("First day"), starts), *lengths), number="0")
    told = charts.Told("; ".join(said.action_words(bar.action) for bar in bars) + ".", document.cover.as_of)
    first = min(bar.start for bar in bars)
    last = max(start + bar.days for start, bar in zip(starts, bars, strict=True))
    opens = (date(first.year, (first.month - 1) // 3 * 3 + 1, 1) - _FIRST_DAY).days
    write_key(
        slide,
        BODY.first(0.3),
        [(fill, layer.name) for fill, layer in zip(charts.STATUS_FILLS, lengths, strict=True)],
    )
    charts.gantt(slide, BODY.under(0.2), sheet, told, opens, last, said.month_format())


def _by_quarter(document: Slides, plan: Plan, area: Area, slide: Slide) -> None:
    quarters = due_by_quarter(plan.actions, document.cover.as_of.date())
    names = tuple(said.due_quarter(quarter) for quarter in quarters)
    layers = tuple(
        Series(status_words(status), tuple(quarter.counts[place] for quarter in quarters))
        for place, status in enumerate(ActionStatus)
    )
    write(slide, area.first(0.32), _("Actions by the quarter they are due in"), STRONG)
    told = charts.Told(said.quarters_in_words(quarters), document.cover.as_of)
    charts.stacked_columns(slide, area.under(0.4), ChartSheet(_("Quarter"), names, layers, number="0"), told)


def _next(slide: Slide, area: Area, actions: Sequence[Action]) -> None:
    """What is due first."""
    columns = (Column(_("What comes next"), 5), Column(_("Owner"), 2), Column(_("Due date"), 2))
    rows = [[f"{one.code}  {one.title}", one.owner, day(one.due, "medium")] for one in coming_next(actions)]
    if rows:
        draw_table(slide, area, columns, rows, _("What comes next"))


def roadmap_notes(plan: Plan) -> str:
    """The actions in words, as many as a note may hold."""
    return "\n".join(said.action_words(action) for action in plan.actions[:MOST_NOTED])
