"""The words of answering: faults, grades and remarks as a reader is told them."""

from palier.assessments.rules.drafts import CHOOSABLE, LONGEST, Fault
from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.questionnaires.rules import Grade

FIELDS = {
    "reason": "reason", "answer": "a1", "rationale": "rationale", "evidence": "evidence", "evidence_link": "link"
}  # fmt: skip
"""The id of the form field in which each fault is corrected."""


def sentences(faults: list[Fault]) -> dict[str, str]:
    """What is wrong, by the id of the field that can put it right."""
    return {FIELDS[fault.field]: _sentence(fault) for fault in faults}


def _sentence(fault: Fault) -> str:
    match fault.rule:
        case "missing":
            return _("Say in a line why this criterion does not apply")
        case "too_long":
            most = number(LONGEST[fault.field])
            return _("This text is too long: %(most)s characters at most") % {"most": most}
        case "not_a_link":
            return _("A link starts with https://")
        case _:
            return _("Choose one of the levels")


def grades() -> list[tuple[str, str]]:
    """The grades a respondent may claim, in plain words."""
    words = {
        Grade.NONE: _("Nothing to show yet"),
        Grade.DECLARED: _("Described in the text above"),
        Grade.DOCUMENTED: _("A document shows it: the link above opens it"),
        Grade.MEASURED: _("A figure shows it, with its date and source"),
    }
    return [(grade.value, words[grade]) for grade in CHOOSABLE]
