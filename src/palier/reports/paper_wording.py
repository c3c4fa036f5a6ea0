"""The sentences of what goes on paper alone: the certificate of submission and the questionnaire to be filled by hand."""

from datetime import datetime

from palier.foundation.language import day, joined, ngettext, number
from palier.foundation.language import gettext as _
from palier.reports.rules.certificates import AnswerCount, Certificate
from palier.reports.rules.options import People
from palier.reports.rules.paper_questionnaires import PaperQuestionnaire

LONGEST_NAME, LONGEST_SUBJECT, LONGEST_ROUND = 120, 100, 60


def statement(document: Certificate) -> str:
    """What is certified, in one paragraph."""
    told = _(
        "%(organisation)s submitted its assessment “%(questionnaire)s” (%(round)s) on %(moment)s. "
        "Since then its answers are locked, and the result computed from them cannot change without this being seen."
    )
    part = 2 if document.small else 1
    return told % {
        "organisation": _cut(document.cover.organisation, LONGEST_NAME // part),
        "questionnaire": _cut(document.cover.questionnaire, LONGEST_SUBJECT // part),
        "round": _cut(document.cover.round, LONGEST_ROUND // part),
        "moment": moment(document.submitted_at),
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def moment(at: datetime) -> str:
    """A day and an hour that can be read anywhere: "20 November 2026 at 10:00 (UTC+01:00)"."""
    zone = "UTC" + at.isoformat(timespec="minutes")[16:].replace("-", "\u2212")
    words = {"day": day(at.date()).replace(" ", "\u00a0"), "hour": at.strftime("%H:%M"), "zone": zone}
    return _("%(day)s at %(hour)s (%(zone)s)") % words


def answers(count: AnswerCount) -> str:
    """ "32 of 34 criteria answered, 1 not applicable, 1 not known yet" """
    given = ngettext(
        "%(answered)s of %(asked)s criterion answered",
        "%(answered)s of %(asked)s criteria answered",
        count.asked,
    ) % {"answered": number(count.answered), "asked": number(count.asked)}
    left_out, unknown = count.not_applicable, count.not_known
    others = (
        (left_out, ngettext("%(num)s not applicable", "%(num)s not applicable", left_out)),
        (unknown, ngettext("%(num)s not known yet", "%(num)s not known yet", unknown)),
    )
    return joined([given, *(told % {"num": number(num)} for num, told in others if num)])


def who(document: PaperQuestionnaire) -> list[str]:
    """What whoever fills it in writes first; no name where people are named by their role."""
    name = [] if document.options.people is People.ROLES else [_("Filled in by")]
    return [*name, _("Function"), _("Team or site"), _("Date")]


def how(document: PaperQuestionnaire) -> list[str]:
    """How to fill it in, sentence by sentence."""
    rules = [
        ngettext(
            "%(num)s criterion, about %(minutes)s minutes. Several sittings and several people are welcome.",
            "%(num)s criteria, about %(minutes)s minutes. Several sittings and several people are welcome.",
            document.criteria,
        ) % {"num": number(document.criteria), "minutes": number(document.minutes)},
        _("Tick the highest level whose whole content is true and can be shown. Other kinds of answers say how they are given."),
        _("Tick “Not applicable” if a criterion is not about you, and say why: it leaves the calculation."),
        _("Rather than guess, tick “Don’t know yet”."),
        _("Rationale: what was seen, where and when. Evidence: the document or the figure that shows it, with its date and source."),
    ]  # fmt: skip
    if document.last_round:
        rules.append(
            _("A dashed mark shows what was answered in %(round)s: to compare with, not to copy.")
            % {"round": _cut(document.last_round, LONGEST_ROUND)}
        )
    return [
        *rules,
        _sent_back()
        if document.form
        else _("Then enter the answers on screen: each criterion has the same code there."),
    ]


def _sent_back() -> str:
    return _(
        "Save the file and send it back: its answers are brought in on the page “Data” of the round. "
        "Do not print it to a PDF, which would take its fields away."
    )


def last_round(document: PaperQuestionnaire) -> str:
    """ "In 2025: " """
    return _("In %(round)s:") % {"round": _cut(document.last_round, LONGEST_ROUND)}


def grades() -> list[str]:
    """How an answer is supported, as one can tick it on paper."""
    return [_("Described"), _("Documented"), _("Measured")]
