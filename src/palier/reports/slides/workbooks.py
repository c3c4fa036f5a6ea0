"""The workbook inside a native chart: what opens under “Edit data”. Words stay words, whatever they start with."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pptx.chart.data import CategoryChartData
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

SHEET = "Sheet1"
"""The name the chart's own references are written with."""

Value = float | int | date | None


@dataclass(frozen=True, slots=True)
class Series:
    """A column of the workbook and a series of the chart. `formulas` compute its cells from the columns beside, where set."""

    name: str
    values: tuple[Value, ...]
    formulas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChartSheet:
    """The figures of a chart. `beside` are columns only the workbook holds; `number` is a spreadsheet's format of figures."""

    corner: str
    categories: tuple[str, ...]
    series: tuple[Series, ...]
    beside: tuple[Series, ...] = ()
    number: str = "0.0"


def chart_data(sheet: ChartSheet) -> CategoryChartData:
    """The figures as the library takes them."""
    data = CategoryChartData(number_format=sheet.number)
    data.categories = sheet.categories
    for series in sheet.series:
        data.add_series(series.name, series.values)
    return data


def workbook(sheet: ChartSheet, created: datetime) -> bytes:
    """The figures as a workbook, dated like the data: the same figures, the same bytes."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = Workbook(out, options)
    book.set_properties({"created": created.replace(tzinfo=None)})
    page = book.add_worksheet(SHEET)
    page.set_column(0, 0, 44)
    page.set_column(1, len(sheet.series) + len(sheet.beside), 16)
    for row, words in enumerate((sheet.corner, *sheet.categories)):
        page.write_string(row, 0, words)
    shown = book.add_format({"num_format": sheet.number})
    for place, series in enumerate((*sheet.series, *sheet.beside), start=1):
        _write(page, place, series, shown)
    book.close()
    return out.getvalue()


def _write(page: Worksheet, place: int, series: Series, shown: object) -> None:
    page.write_string(0, place, series.name)
    formulas: Sequence[str] = series.formulas or ("",) * len(series.values)
    for row, (value, formula) in enumerate(zip(series.values, formulas, strict=True), start=1):
        if value is None:
            continue
        if formula:
            page.write_formula(row, place, formula, shown, value)
        else:
            page.write(row, place, value, shown)
