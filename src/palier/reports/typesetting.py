"""From a document's plain data to the sheet WeasyPrint reads."""

import dataclasses
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import TypeVar

from palier.foundation import language, templates
from palier.reports import bulletin_wording, datafiles, dressing, figures, pdf, wording
from palier.reports.keys import content_key
from palier.reports.rules import findings
from palier.reports.rules.accent import check_accent
from palier.reports.rules.action_sheets import MEASURES, ActionSheet, may_fit, shortened
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.documents import Cover, ResultsAndPlan
from palier.reports.rules.kinds import Document

CARDS_AT_MOST = 24
"""Actions printed one by one; a longer plan is printed as a table, with all its words in the attached data."""

_ROOT = Path(__file__).resolve().parents[3]
STYLE = _ROOT / "static" / "css" / "report.css"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Data = TypeVar("Data")


def print_document(document: Document, locale: str) -> bytes:
    """`document` as PDF/A-3a and PDF/UA-1, in `locale`. CPU-bound. Raises pdf.Unprintable."""
    language.use(locale)
    sheet = legible(document, locale)
    if not isinstance(sheet, ActionSheet):
        return _printed(sheet, document, locale)
    for measure in MEASURES[:-1]:
        shorter = shortened(sheet, measure)
        content = _printed(shorter, document, locale) if may_fit(shorter) else b""
        if content and pdf.count_pages(content) == 1:
            return content
    return _printed(shortened(sheet, MEASURES[-1]), document, locale)


def _printed(sheet: Document, document: Document, locale: str) -> bytes:
    """The pages of `sheet`, with the data of the whole `document` attached."""
    drawn = figures.draw_figures(sheet)
    return pdf.render_pdf(
        _html(sheet, drawn),
        (
            STYLE.read_text("utf-8"),
            f":root{{--accent:{check_accent(sheet.cover.issuer.accent)}}}{dressing.sheet_of(sheet.options)}",
        ),
        _images(sheet.cover, drawn) | dressing.drawings_of(sheet.options),
        [pdf.Attachment(*file) for file in datafiles.data_files(document)],
        _metadata(sheet, content_key(document, locale)),
        locale,
    )


def document_html(document: Document, locale: str) -> str:
    """The page source of `document`; its pictures stand at `chart:` and `image:` addresses."""
    language.use(locale)
    sheet = legible(document, locale)
    return _html(sheet, figures.draw_figures(sheet))


def warm_up() -> None:
    """Load templates, styles and faces, so that the first reader waits no longer than the next."""
    pdf.render_pdf(
        "<!doctype html><html lang=en><title>·</title><p>a<b>b</b><i>c</i><h1>d</h1><h2>e</h2>",
        (STYLE.read_text("utf-8"),),
        {},
        (),
        pdf.Metadata("·", "·", "·", _EPOCH, b"0"),
        "en",
    )
    for name in ("results.html", "action_plan.html", "action_sheet.html", "bulletin.html"):
        templates.environment().get_template(f"reports/document/{name}")


def legible(value: Data, locale: str) -> Data:
    """`value` with every text in it reduced to what the fonts can draw, and French punctuation kept off line starts."""
    if isinstance(value, Enum | bytes):
        return value
    if isinstance(value, str):
        return _spaced(pdf.printable(value), locale)  # type: ignore[return-value]
    if isinstance(value, tuple):
        return tuple(legible(item, locale) for item in value)  # type: ignore[return-value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {
            field.name: legible(getattr(value, field.name), locale) for field in dataclasses.fields(value)
        }
        return dataclasses.replace(value, **parts)
    return value


def _spaced(text: str, locale: str) -> str:
    """In French, ordinary spaces before high punctuation become the ones that do not break."""
    if locale != "fr" or " " not in text:
        return text
    text = re.sub(r" (?=[;!?](?:\s|$))", "\u202f", text)
    return re.sub(r"(?<=«) | (?=(?:[:%](?:\s|$))|»)", "\u00a0", text)


def _html(document: Document, drawn: Mapping[str, figures.Figure]) -> str:
    on = document.cover.as_of.date()
    plan = document.plan
    chapters = _chapters(document)
    return templates.render(
        _template(document),
        document=document,
        cover=document.cover,
        plan=plan,
        counts=findings.count_actions(plan.actions, on) if plan else None,
        actions=findings.in_reading_order(plan.actions) if plan else (),
        cards_at_most=CARDS_AT_MOST,
        on=on,
        chapters={chapter.anchor: chapter for chapter in chapters},
        figures=drawn,
        words=wording,
        said=bulletin_wording,
    )


def _template(document: Document) -> str:
    if isinstance(document, Bulletin):
        return "reports/document/bulletin.html"
    if isinstance(document, ResultsAndPlan):
        return "reports/document/results.html"
    if isinstance(document, ActionSheet):
        return "reports/document/action_sheet.html"
    return "reports/document/action_plan.html"


def _chapters(document: Document) -> tuple[wording.Chapter, ...]:
    if isinstance(document, ResultsAndPlan):
        return wording.result_chapters(document)
    if isinstance(document, Bulletin):
        return wording.bulletin_chapters(document)
    if isinstance(document, ActionSheet):
        return ()
    return *wording.plan_chapters(document.plan, document.cover.as_of.date()), wording.about_chapter()


def _images(cover: Cover, drawn: Mapping[str, figures.Figure]) -> dict[str, str | bytes]:
    pictures: dict[str, str | bytes] = {figure.address: figure.svg for figure in drawn.values()}
    for place, head in enumerate(cover.letterhead(), start=1):
        if head.logo is not None:
            pictures[f"image:logo-{place}"] = head.logo.content
    return pictures


def _metadata(document: Document, key: str) -> pdf.Metadata:
    cover = document.cover
    return pdf.Metadata(
        title=wording.document_title(document),
        author=cover.issuer.name,
        description=f"{cover.questionnaire}, {cover.round}",
        created=cover.as_of,
        identifier=key[:32].encode(),
    )
