"""From a document's plain data to the sheet WeasyPrint reads."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from palier.foundation import language, templates
from palier.reports import (
    board_wording,
    bulletin_wording,
    datafiles,
    dressing,
    figures,
    form_wording,
    legibility,
    paper_wording,
    pdf,
    wording,
)
from palier.reports.keys import content_key
from palier.reports.rules import action_sheets, boards, findings
from palier.reports.rules.accent import check_accent
from palier.reports.rules.action_sheets import ActionSheet
from palier.reports.rules.boards import BoardSummary
from palier.reports.rules.bulletins import Bulletin
from palier.reports.rules.certificates import Certificate, smaller
from palier.reports.rules.documents import Cover, ResultsAndPlan
from palier.reports.rules.form_fields import FormField
from palier.reports.rules.kinds import Document
from palier.reports.rules.paper_questionnaires import PaperQuestionnaire
from palier.reports.rules.sections import shown_only

CARDS_AT_MOST = 24
"""Actions printed one by one; a longer plan is printed as a table, with all its words in the attached data."""

SHORT_PLAN = 12
"""Actions that stand on a page together; more are listed by quarter."""

_ROOT = Path(__file__).resolve().parents[3]
STYLE = _ROOT / "static" / "css" / "report.css"
ON_PAPER = STYLE.with_name("report-paper.css")
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Data = TypeVar("Data")


def print_document(document: Document, locale: str) -> bytes:
    """`document` as PDF/A-3a and PDF/UA-1, in `locale`. CPU-bound. Raises pdf.Unprintable."""
    language.use(locale)
    whole = _asked_for(document)
    *tries, last = _sizes(legible(whole, locale))
    for sheet in tries:
        content = _printed(sheet, whole, locale)
        if pdf.count_pages(content) <= PAGES[type(sheet)]:
            return content
    return _printed(last, whole, locale)


PAGES: Mapping[type, int] = {ActionSheet: 1, BoardSummary: boards.PAGES, Certificate: 1}
"""How many pages a document may take; the others take what they need."""


def _asked_for(document: Document) -> Document:
    """`document` without the sections somebody left out."""
    return shown_only(document) if isinstance(document, ResultsAndPlan) else document


def _sizes(sheet: Document) -> Iterator[Document]:
    """`sheet` with as much as may fit its pages, then with less and less; the last always fits."""
    if isinstance(sheet, ActionSheet):
        every = [action_sheets.shortened(sheet, measure) for measure in action_sheets.MEASURES]
        yield from (each for each in every[:-1] if action_sheets.may_fit(each))
        yield every[-1]
    elif isinstance(sheet, BoardSummary):
        shorter = [boards.shortened(sheet, measure) for measure in boards.MEASURES]
        yield from (each for each in shorter[:-1] if boards.may_fit(each))
        yield shorter[-1]
    elif isinstance(sheet, Certificate):
        yield from (sheet, smaller(sheet))
    else:
        yield sheet


def _printed(sheet: Document, document: Document, locale: str) -> bytes:
    """The pages of `sheet`, with the data of the whole `document` attached."""
    drawn = figures.draw_figures(sheet)
    return pdf.render_pdf(
        _html(sheet, drawn),
        (
            *_styles(sheet),
            f":root{{--accent:{check_accent(sheet.cover.issuer.accent)}}}{dressing.sheet_of(sheet.options)}",
        ),
        _images(sheet.cover, drawn) | dressing.drawings_of(sheet.options),
        [pdf.Attachment(*file) for file in datafiles.data_files(document)],
        _metadata(sheet, content_key(document, locale)),
        locale,
        _fields(sheet, document),
    )


def _fields(sheet: Document, document: Document) -> tuple[FormField, ...]:
    """What can be filled in on screen: called as on the `sheet`, holding what the `document` says to the letter."""
    if isinstance(sheet, PaperQuestionnaire) and isinstance(document, PaperQuestionnaire) and document.form:
        return form_wording.fields_of(sheet, document.form)
    return ()


def _styles(document: Document) -> Iterator[str]:
    yield STYLE.read_text("utf-8")
    if isinstance(document, Certificate | PaperQuestionnaire):
        yield ON_PAPER.read_text("utf-8")


def document_html(document: Document, locale: str) -> str:
    """The page source of `document`; its pictures stand at `chart:` and `image:` addresses."""
    language.use(locale)
    sheet = legible(_asked_for(document), locale)
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
    for name in (
        "results.html",
        "action_plan.html",
        "action_sheet.html",
        "bulletin.html",
        "certificate.html",
        "paper.html",
    ):
        templates.environment().get_template(f"reports/document/{name}")


def legible(value: Data, locale: str) -> Data:
    """`value` with every text in it reduced to what the fonts can draw, and French punctuation kept off line starts."""
    return legibility.legible(value, locale, pdf.printable)


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
        quarters=findings.by_quarter(plan.actions) if plan else (),
        short_plan=SHORT_PLAN,
        cards_at_most=CARDS_AT_MOST,
        on=on,
        chapters={chapter.anchor: chapter for chapter in chapters},
        figures=drawn,
        words=wording,
        said=bulletin_wording,
        board=board_wording,
        on_paper=paper_wording,
        forms=form_wording,
    )


def _template(document: Document) -> str:
    if isinstance(document, Bulletin):
        return "reports/document/bulletin.html"
    if isinstance(document, ResultsAndPlan):
        return "reports/document/results.html"
    if isinstance(document, BoardSummary):
        return "reports/document/board.html"
    if isinstance(document, ActionSheet):
        return "reports/document/action_sheet.html"
    if isinstance(document, Certificate):
        return "reports/document/certificate.html"
    if isinstance(document, PaperQuestionnaire):
        return "reports/document/paper.html"
    return "reports/document/action_plan.html"


def _chapters(document: Document) -> tuple[wording.Chapter, ...]:
    if isinstance(document, ResultsAndPlan):
        return wording.result_chapters(document)
    if isinstance(document, Bulletin):
        return wording.bulletin_chapters(document)
    if isinstance(document, BoardSummary):
        return board_wording.board_chapters(document)
    if isinstance(document, ActionSheet | Certificate | PaperQuestionnaire):
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
