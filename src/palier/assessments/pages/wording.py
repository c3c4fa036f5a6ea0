"""The words of answering: faults, grades and remarks as a reader is told them."""

from dataclasses import dataclass

from palier.assessments.flows.answering import Unacceptable
from palier.assessments.rules.checking import Remark
from palier.assessments.rules.drafts import CHOOSABLE, LONGEST, Fault
from palier.assessments.value_wording import refusal
from palier.foundation.language import current, ngettext, number, percent, points
from palier.foundation.language import gettext as _
from palier.questionnaires.rules import Grade, Questionnaire
from palier.scoring.rules.flags import Flag, FlagKind

FIELDS = {
    "reason": "reason", "answer": "a1", "rationale": "rationale", "evidence": "evidence", "evidence_link": "link"
}  # fmt: skip
"""The id of the form field in which each fault is corrected."""


def sentences(refused: Unacceptable) -> dict[str, str]:
    """What is wrong, by the id of the field that can put it right."""
    return {FIELDS[fault.field]: _sentence(fault, refused) for fault in refused.faults}


def _sentence(fault: Fault, refused: Unacceptable) -> str:
    match fault.rule:
        case "unreadable":
            return refusal(refused.criterion, refused.sent.value)
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
        Grade.DOCUMENTED: _("A document shows it: the link above, or what is attached below"),
        Grade.MEASURED: _("A figure shows it, with its date and source"),
    }
    return [(grade.value, words[grade]) for grade in CHOOSABLE]


def remark_reasons() -> list[tuple[Remark, str, str]]:
    """What may be listed in the check besides what blocks: its name, and why it is worth a second look."""
    return [
        (
            Remark.DONT_KNOW, _("Don’t know yet"),
            _("It gives no points and lowers the share of answers; somebody else may know."),
        ),
        (
            Remark.NOT_APPLICABLE, _("Not applicable"),
            _("It leaves the calculation. Whoever reads the results will look for the reason."),
        ),
        (
            Remark.UNBACKED, _("Level 4 or 5 without evidence"),
            _("At these levels a reader expects something to look at; a link or a figure is enough."),
        ),
        (
            Remark.EXPIRED, _("Evidence that has expired"),
            _("All that is attached was valid until a day that is over: it may still hold, or have a successor."),
        ),
        (
            Remark.JUMPED, _("Two levels or more since the last round"),
            _("Such moves happen; a line of comment helps to understand this one later."),
        ),
        (Remark.FLAGGED, _("To review"), _("Somebody asked for it to be read again.")),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A flag in words: what was noticed, why that may matter, and the criteria worth opening."""

    title: str
    why: str
    codes: tuple[str, ...] = ()


def second_look(flag: Flag, questionnaire: Questionnaire) -> SecondLook:
    """What a person is told of `flag`: a question with its figures, never a reproach."""
    match flag.kind:
        case FlagKind.LONG_RUN:
            return _long_run(flag)
        case FlagKind.TINY_SPREAD:
            return _tiny_spread(flag)
        case FlagKind.TOP_WITHOUT_EVIDENCE:
            return _top_without_evidence(flag, questionnaire)
        case FlagKind.JUMP_WITHOUT_ACTION:
            return _jump(flag)
        case FlagKind.MANY_NOT_APPLICABLE:
            return _not_applicable(flag, questionnaire)


def _long_run(flag: Flag) -> SecondLook:
    count = len(flag.codes)
    title = ngettext(
        "%(n)s answer in a row has the same value", "%(n)s answers in a row have the same value", count
    )
    why = _(
        "From %(first)s to %(last)s. A whole chapter may well stand on one level; it also happens that it was answered "
        "in one go. A second look is suggested from %(limit)s answers on."
    )
    ends = {"first": flag.codes[0], "last": flag.codes[-1], "limit": number(flag.limit)}
    return SecondLook(title % {"n": count}, why % ends)


def _tiny_spread(flag: Flag) -> SecondLook:
    why = _(
        "Over %(n)s answers the standard deviation is %(figure)s points. Under %(limit)s points nearly all of them stand "
        "on the same level, and neither strengths nor priorities show."
    )
    figures = {"n": len(flag.codes), "figure": points(flag.figure), "limit": number(flag.limit)}
    return SecondLook(_("The answers hardly differ from each other"), why % figures)


def _top_without_evidence(flag: Flag, questionnaire: Questionnaire) -> SecondLook:
    count = len(flag.codes)
    title = ngettext(
        "%(n)s answer at the highest level carries no evidence",
        "%(n)s answers at the highest level carry no evidence",
        count,
    )
    why = _(
        "Without evidence such an answer counts for at most %(cap)s points in the supported score. A document, or a figure "
        "with its date and source, carries it."
    )
    cap = number(questionnaire.evidence_caps.none)
    return SecondLook(title % {"n": count}, why % {"cap": cap}, flag.codes)


def _jump(flag: Flag) -> SecondLook:
    count = len(flag.codes)
    title = ngettext(
        "%(n)s criterion gained more than %(limit)s points, and no finished action serves it",
        "%(n)s criteria gained more than %(limit)s points, and no finished action serves them",
        count,
    )
    why = _(
        "Since the last round, up to %(figure)s points. What was done outside the plan can be told in the comment of the "
        "answer, so that the rise is understood later."
    )
    said = title % {"n": count, "limit": number(flag.limit)}
    return SecondLook(said, why % {"figure": points(flag.figure)}, flag.codes)


def _not_applicable(flag: Flag, questionnaire: Questionnaire) -> SecondLook:
    title = _("%(share)s of “%(label)s” does not apply")
    why = _(
        "Above %(limit)s a dimension is hard to compare: it and the overall score take no part in the benchmark. Each "
        "reason deserves to be read again."
    )
    label = questionnaire.dimension(flag.part).label.in_(current())
    return SecondLook(
        title % {"share": percent(flag.figure), "label": label},
        why % {"limit": percent(flag.limit)},
        flag.codes,
    )
