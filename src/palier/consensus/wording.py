"""What opened answers are told as: who said it, how far apart, how much agreement."""

from fractions import Fraction

from palier.assessments.store import Assessment
from palier.consensus.rules.opened import Opened, Spoken
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext, number, points
from palier.questionnaires.rules.kinds import Kind
from palier.scoring.rules.respondents import AGREED, RUNGS

RELIABLE, TENTATIVE = Fraction(8, 10), Fraction(2, 3)
"""Krippendorff's own limits for alpha: rely on it, conclude with care."""


def author(assessment: Assessment, one: Opened, spoken: Spoken) -> str:
    """Whose answer it is, as the round shows it: a name, else a role, else a number that changes with the criterion."""
    if assessment.names_shown:
        return f"{spoken.name} ({spoken.role})" if spoken.role else spoken.name
    return spoken.role or _("Person %(n)s") % {"n": one.spoken.index(spoken) + 1}


def apart(one: Opened) -> str:
    """How far the answers to one criterion lie from each other."""
    if one.tally.split:
        return _("Some say that it does not apply, others answered it")
    if len(one.spoken) == 1:
        return _("One answer")
    if one.tally.low is None or one.tally.high is None:
        return _("Nobody gave a level")
    if one.criterion.answer.kind in RUNGS:
        levels = [spoken.draft.level for spoken in one.spoken if spoken.draft.level is not None]
        gap = max(levels) - min(levels)
        return ngettext("%(num)s level apart", "%(num)s levels apart", gap) % {"num": gap}
    return _("%(points)s points apart") % {"points": points(one.tally.spread)}


def agreement(one: Opened) -> str:
    """r_wg in a plain sentence; empty where fewer than two answers can be compared."""
    value = one.tally.agreement
    if value is None:
        return ""
    figures = {"value": number(value, 2), "limit": number(AGREED, 2)}
    if value < AGREED:
        return _("Agreement r_wg %(value)s: under %(limit)s, worth talking about.") % figures
    return _("Agreement r_wg %(value)s: %(limit)s or more, the answers point the same way.") % figures


def reliability(alpha: Fraction | None) -> str:
    """Krippendorff's alpha over the whole round in a plain sentence; empty where there is none."""
    if alpha is None:
        return ""
    figures = {"value": number(alpha, 2)}
    if alpha >= RELIABLE:
        return _("Over all criteria, Krippendorff’s α is %(value)s: people read the levels alike.") % figures
    if alpha >= TENTATIVE:
        return (
            _("Over all criteria, Krippendorff’s α is %(value)s: people read the levels nearly alike.")
            % figures
        )
    return (
        _(
            "Over all criteria, Krippendorff’s α is %(value)s, under 0.67: people see the organisation differently, or read the "
            "levels differently. Read the descriptors aloud before you compare."
        )
        % figures
    )


def summary(assessment: Assessment, one: Opened) -> str:
    """Everybody's answer in one sentence: what the drawing shows."""
    said = [
        _("%(who)s: level %(n)s") % {"who": author(assessment, one, spoken), "n": spoken.draft.level}
        for spoken in one.spoken
        if spoken.draft.level is not None
    ]
    return "; ".join(said)


def is_drawn(one: Opened) -> bool:
    """Whether the answers are levels that can be drawn as dots on the five rungs."""
    fits = one.criterion.answer.kind is Kind.CHOICE and len(one.criterion.scale.values) == 5
    return fits and any(spoken.draft.level is not None for spoken in one.spoken)
