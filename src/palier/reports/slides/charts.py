"""Native charts: a presentation program opens their figures, changes them and draws them again."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime

from pptx.chart.axis import _BaseAxis
from pptx.chart.chart import Chart
from pptx.chart.series import _BaseSeries
from pptx.enum.chart import (
    XL_CHART_TYPE,
    XL_LABEL_POSITION,
    XL_LEGEND_POSITION,
    XL_MARKER_STYLE,
    XL_TICK_LABEL_POSITION,
    XL_TICK_MARK,
)
from pptx.enum.dml import MSO_LINE
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.slide import Slide
from pptx.util import Pt

from palier.reports.slides.areas import Area
from palier.reports.slides.canvas import Fill, Tone, describe, fill_in, paint, place
from palier.reports.slides.workbooks import ChartSheet, chart_data, workbook

LETTERS = 11
THICKEST_BAR = 0.55
"""Inches, or nearly: of a bar, or of two that stand together."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a chart is called and says, and when its figures were taken."""

    words: str
    on: datetime


def strips(slide: Slide, area: Area, sheet: ChartSheet, told: Told) -> None:
    """Own scores as dots over the middle half of peers, as the screen's strips, on end.

    Series: first quartile (not drawn), from it to the median, from the median to the third quartile, then the marks: the
    round before where there is one, and the own score.
    """
    chart = _chart(slide, area, XL_CHART_TYPE.COLUMN_STACKED, sheet, told)
    _scale(chart.value_axis)
    _quiet(chart.category_axis)
    chart.category_axis.tick_labels.font.size = Pt(LETTERS - 1)
    _level(chart.category_axis)
    chart.plots[0].gap_width = 90
    hidden, lower, upper, *marks = chart.plots[0].series
    hidden.format.fill.background()
    _fill(lower, Tone.MIDDLE)
    _fill(upper, Tone.PALE)
    _as_marks(chart, marks)
    *last, own = chart.plots[1].series
    _mark(own, XL_MARKER_STYLE.CIRCLE, 11, Tone.ACCENT)
    _label(own, sheet.number, position=XL_LABEL_POSITION.RIGHT)
    for series in last:
        _mark(series, XL_MARKER_STYLE.DIAMOND, 7, Tone.SOFT)
    _legend(chart, without=(0,))


def bars(
    slide: Slide, area: Area, sheet: ChartSheet, told: Told, *, hundred: bool = True, names: float = 0.36
) -> None:
    """Bars side by side, the first series in the accent; on the scale of points where `hundred`. `names` is their share of the width."""
    chart = _chart(slide, area, XL_CHART_TYPE.BAR_CLUSTERED, sheet, told)
    _lie_down(chart, names, hundred=hundred)
    several = len(sheet.series) > 1
    chart.plots[0].gap_width, chart.plots[0].overlap = _gap(area, sheet), -5
    for series, tone in zip(chart.plots[0].series, (Tone.ACCENT, Tone.MIDDLE), strict=False):
        _fill(series, tone)
        _label(series, sheet.number)
    if several:
        _legend(chart)


def columns(slide: Slide, area: Area, sheet: ChartSheet, told: Told) -> None:
    """Two columns on the scale of points: the first pale, the second in the accent."""
    chart = _chart(slide, area, XL_CHART_TYPE.COLUMN_CLUSTERED, sheet, told)
    _scale(chart.value_axis)
    chart.plots[0].gap_width = 60
    series = chart.plots[0].series[0]
    _fill(series, Tone.ACCENT)
    point = series.points[0]
    point.format.fill.solid()
    paint(point.format.fill.fore_color, Tone.MIDDLE)
    _label(series, sheet.number, LETTERS + 5)


def radar(slide: Slide, area: Area, sheet: ChartSheet, told: Told) -> None:
    """The profile: own scores as a line with marks, the median of peers dashed."""
    chart = _chart(slide, area, XL_CHART_TYPE.RADAR_MARKERS, sheet, told)
    _scale(chart.value_axis)
    chart.value_axis.tick_labels.font.size = Pt(LETTERS - 2)
    for series, tone in zip(chart.plots[0].series, (Tone.ACCENT, Tone.SOFT), strict=False):
        for old in series._element.findall(qn("c:smooth")):  # which a radar has no place for
            series._element.remove(old)
        series.format.line.width = Pt(2.25 if tone is Tone.ACCENT else 1.5)
        paint(series.format.line.color, tone)
        series.marker.format.fill.solid()
        paint(series.marker.format.fill.fore_color, tone)
        series.marker.format.line.fill.background()
        series.marker.size = 7 if tone is Tone.ACCENT else 4
        if tone is Tone.SOFT:
            series.format.line.dash_style = MSO_LINE.DASH
    if len(sheet.series) > 1:
        _legend(chart)


STATUS_FILLS = (Fill(Tone.PALE), Fill(Tone.ACCENT), Fill(Tone.SOFT, hatched=True))
"""Planned, in progress, done: told apart without colours too."""


QUARTER = 92
"""Days of the longest quarter: ticks so far apart never fall back into the month before."""


def gantt(slide: Slide, area: Area, sheet: ChartSheet, told: Told, first: int, last: int, dates: str) -> None:
    """Actions from their first to their last day, on an axis of the days `first` to `last` written as `dates` says.

    Series: first day (not drawn), then days by status. The key is the caller's: programs differ on keys with gaps.
    """
    chart = _chart(slide, area, XL_CHART_TYPE.BAR_STACKED, sheet, told)
    _lie_down(chart, 0.4, hundred=False)
    chart.category_axis.tick_labels.font.size = Pt(LETTERS - 1)
    axis = chart.value_axis
    axis.visible = axis.has_major_gridlines = True
    _quiet(axis)
    axis.minimum_scale, axis.maximum_scale = first, last
    axis.major_unit = QUARTER * -(-(last - first) // (8 * QUARTER))
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = dates, False
    chart.plots[0].gap_width = _gap(area, sheet)
    hidden, *layers = chart.plots[0].series
    hidden.format.fill.background()
    _statuses(layers)


def stacked_columns(slide: Slide, area: Area, sheet: ChartSheet, told: Told) -> None:
    """Counts by quarter, one layer for each status."""
    chart = _chart(slide, area, XL_CHART_TYPE.COLUMN_STACKED, sheet, told)
    chart.plots[0].gap_width = 45
    axis = chart.value_axis
    axis.minimum_scale = 0
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    _quiet(axis)
    _statuses(list(chart.plots[0].series))
    _legend(chart)


def _gap(area: Area, sheet: ChartSheet) -> int:
    """Room between bars, in per cent of a bar: few bars do not grow into blocks."""
    return min(500, max(60, round((area.height / len(sheet.categories) / THICKEST_BAR - 1) * 100)))


def _statuses(series: Sequence[_BaseSeries]) -> None:
    for one, fill in zip(series, STATUS_FILLS, strict=True):
        fill_in(one.format, fill)


def _chart(slide: Slide, area: Area, kind: XL_CHART_TYPE, sheet: ChartSheet, told: Told) -> Chart:
    """A chart in the letters of the deck, with its own workbook."""
    frame = slide.shapes.add_chart(kind, *place(area), chart_data(sheet))
    describe(frame, sheet.corner, told.words)
    chart: Chart = frame.chart
    chart.part.chart_workbook.update_from_xlsx_blob(workbook(sheet, told.on))
    chart.has_title = chart.has_legend = False
    chart.font.size = Pt(LETTERS)
    _name_all(chart)
    _number_axes(chart)
    paint(chart.font.color, Tone.INK)
    return chart


def _lie_down(chart: Chart, names: float, *, hundred: bool = True) -> None:
    """Bars from the first category above to the last below, `names` (a share of the width) beside them."""
    _room_for_names(chart, names)
    chart.category_axis.reverse_order = True
    _quiet(chart.category_axis)
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    if hundred:
        _scale(chart.value_axis)
    else:
        _quiet(chart.value_axis)
        chart.value_axis.has_major_gridlines = False
        chart.value_axis.minimum_scale = 0
        chart.value_axis.visible = False


def _scale(axis: _BaseAxis) -> None:
    """0 to 100, a line at each level."""
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, 100, 20
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = "0", False
    _quiet(axis)


def _quiet(axis: _BaseAxis) -> None:
    """Thin lines, and no marks on them."""
    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE
    axis.format.line.width = Pt(0.75)
    paint(axis.format.line.color, Tone.PALE)
    if axis.has_major_gridlines:
        axis.major_gridlines.format.line.width = Pt(0.5)
        paint(axis.major_gridlines.format.line.color, Tone.PALE)


def _fill(series: _BaseSeries, tone: Tone) -> None:
    fill_in(series.format, Fill(tone))


def _label(
    series: _BaseSeries,
    number: str,
    size: int = LETTERS,
    position: XL_LABEL_POSITION = XL_LABEL_POSITION.OUTSIDE_END,
) -> None:
    """Its figures at the end of its bars, or beside its marks."""
    labels = series.data_labels
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = number, False
    labels.position = position
    labels.font.size, labels.font.bold = Pt(size), True


def _legend(chart: Chart, without: Sequence[int] = ()) -> None:
    """The key above the bars, but for the series nobody sees."""
    chart.has_legend = True
    legend = chart.legend
    legend.position, legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    legend.font.size = Pt(LETTERS)
    for place_ in without:
        entry = f'<c:legendEntry {nsdecls("c")}><c:idx val="{place_}"/><c:delete val="1"/></c:legendEntry>'
        legend._element.find(qn("c:legendPos")).addnext(parse_xml(entry))


def _as_marks(chart: Chart, marks: Sequence[_BaseSeries]) -> None:
    """Take the series `marks` out of the columns and into a line chart on the same axes."""
    columns = chart._chartSpace.find(f".//{qn('c:barChart')}")
    lines = parse_xml(
        f'<c:lineChart {nsdecls("c")}><c:grouping val="standard"/><c:varyColors val="0"/></c:lineChart>'
    )
    for series in marks:
        element = series._element
        for old in element.findall(qn("c:invertIfNegative")):
            element.remove(old)
        lines.append(element)
    lines.append(parse_xml(f'<c:marker {nsdecls("c")} val="1"/>'))
    for axis in columns.findall(qn("c:axId")):
        lines.append(deepcopy(axis))
    columns.addnext(lines)


def _mark(series: _BaseSeries, shape: XL_MARKER_STYLE, size: int, tone: Tone) -> None:
    """Marks without a line between them."""
    series.smooth = False
    series.format.line.fill.background()
    series.marker.style, series.marker.size = shape, size
    series.marker.format.fill.solid()
    paint(series.marker.format.fill.fore_color, tone)
    series.marker.format.line.fill.background()


def _name_all(chart: Chart) -> None:
    """Every category is named, however close they stand."""
    for after in chart._chartSpace.findall(f".//{qn('c:catAx')}/{qn('c:lblOffset')}"):
        after.addnext(parse_xml(f'<c:tickLblSkip {nsdecls("c")} val="1"/>'))


def _number_axes(chart: Chart) -> None:
    """The library numbers axes below zero, where the format has no numbers."""
    for element in chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        element.set("val", element.get("val").lstrip("-"))


def _level(axis: _BaseAxis) -> None:
    """Names under columns stay level and break into lines."""
    axis._element.find(f"{qn('c:txPr')}/{qn('a:bodyPr')}").attrib.update({"rot": "0", "vert": "horz"})


def _room_for_names(chart: Chart, share: float) -> None:
    """Keep `share` of the width for the names beside the bars: programs guess it each in their own way."""
    inner = {
        "layoutTarget": "inner",
        "xMode": "edge",
        "yMode": "edge",
        "x": share,
        "y": 0.12,
        "w": 0.94 - share,
        "h": 0.86,
    }
    parts = "".join(f'<c:{name} val="{value}"/>' for name, value in inner.items())
    plot = chart._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in plot.findall(qn("c:layout")):
        plot.remove(old)
    plot.insert(0, parse_xml(f"<c:layout {nsdecls('c')}><c:manualLayout>{parts}</c:manualLayout></c:layout>"))
