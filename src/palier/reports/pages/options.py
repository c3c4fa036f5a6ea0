"""The options of a document as a form sends them: every form that asks for one includes `reports/_options.html`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from palier.foundation.language import gettext as _
from palier.reports.rules.options import LONGEST_FOOTER, Mark, Options, PageSize, People, Section

Choice = TypeVar("Choice", bound=StrEnum)

CHOSEN = "yes"


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen, as the form's macros take it: value and words. Sections come with the name of their field."""

    papers: list[tuple[str, str]]
    people: list[tuple[str, str, str]]
    marks: list[tuple[str, str]]
    sections: list[tuple[str, str]]
    longest_footer: int = LONGEST_FOOTER


def from_form(raw: Mapping[str, str]) -> tuple[Options, dict[str, str]]:
    """The options in a form's fields, and what is wrong by field, in words; what is wrong or not given is plain.

    Fields: `paper`, `people`, `mark`, `footer`, and `section-<name>` = "yes" for each section. Others are not looked at.
    """
    errors: dict[str, str] = {}
    footer = " ".join(raw.get("footer", "").split())
    if len(footer) > LONGEST_FOOTER:
        errors["footer"] = _("Use at most %(n)s characters") % {"n": LONGEST_FOOTER}
        footer = ""
    options = Options(
        page=_chosen(raw, "paper", PageSize.A4, errors),
        people=_chosen(raw, "people", People.NAMES, errors),
        mark=_chosen(raw, "mark", Mark.NONE, errors),
        footer=footer,
        sections=_sections(raw),
    )
    return options, errors


def _chosen(raw: Mapping[str, str], field: str, plain: Choice, errors: dict[str, str]) -> Choice:
    value = raw.get(field, "") or plain.value
    try:
        return type(plain)(value)
    except ValueError:
        errors[field] = _("This value cannot be used here")
        return plain


def _sections(raw: Mapping[str, str]) -> tuple[Section, ...]:
    """Those ticked, in the order they are printed; all of them and none of them are the same whole document."""
    ticked = tuple(section for section in Section if raw.get(field_of(section)) == CHOSEN)
    return () if len(ticked) == len(Section) else ticked


def field_of(section: Section) -> str:
    """The name of a section's field."""
    return f"section-{section.value}"


def fields_of(options: Options) -> dict[str, str]:
    """The form's fields that `from_form` reads as `options`."""
    return {
        "paper": options.page.value,
        "people": options.people.value,
        "mark": options.mark.value,
        "footer": options.footer,
        **_ticks(section for section in Section if options.shows(section)),
    }


def _ticks(sections: Iterable[Section]) -> dict[str, str]:
    return {field_of(section): CHOSEN for section in sections}


def choices() -> Choices:
    """Every choice of the form, in the language in use."""
    return Choices(
        papers=[(PageSize.A4, _("A4")), (PageSize.LETTER, _("US Letter"))],
        people=[
            (People.NAMES, _("By name"), ""),
            (
                People.ROLES, _("By role"),
                _("Owner, sponsor: no name of a person, the attached data included. Texts somebody wrote stay as written."),
            ),
        ],
        marks=[
            (Mark.NONE, _("No mark")),
            (Mark.INTERNAL, _("Internal")),
            (Mark.CONFIDENTIAL, _("Confidential")),
        ],
        sections=[(field_of(section), words) for section, words in section_words().items()],
    )  # fmt: skip


def section_words() -> dict[Section, str]:
    """The sections in the order they are printed, with what stands in them."""
    return {
        Section.SUMMARY: _("Summary"),
        Section.ELEMENTS: _("Results by element"),
        Section.SCORE: _("How the score is made"),
        Section.PRIORITIES: _("Strengths and priorities"),
        Section.PLAN: _("Action plan"),
        Section.CRITERIA: _("Criteria"),
        Section.METHOD: _("About this document"),
    }
