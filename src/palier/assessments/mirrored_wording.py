"""The sentences about a mirror: who was asked, what the figures say, why some are hidden."""

from fractions import Fraction

from palier.assessments.rules.mirrored import MirrorView, ThemeRow
from palier.foundation.language import current, joined, pgettext, points
from palier.foundation.language import gettext as _
from palier.scoring.rules.mirror import PASS_EACH, PASS_MEAN, Audience

CLOSE = 10
"""Points of a theme from which a title says that two audiences live it differently."""


def audience_words(audience: Audience, people: str) -> str:
    """An audience with a capital: customers are called by the organisation's word `people`."""
    words = {
        Audience.CUSTOMERS: people[:1].upper() + people[1:],
        Audience.STAFF: pgettext("audience", "Staff"),
        Audience.LEADERS: pgettext("audience", "Leaders"),
    }
    return words[audience]


def mirror_title(view: MirrorView) -> str:
    """What the mirror finds, or why it finds nothing yet."""
    widest, people = view.widest, view.people
    if widest is None:
        return _("The mirror shows nothing yet")
    if (widest.gap or 0) < CLOSE:
        return _("Staff and %(people)s live the same themes alike") % {"people": people}
    words = {"people": people, "theme": widest.name.in_(current()), "gap": points(widest.gap)}
    if widest.points[Audience.STAFF] < widest.points[Audience.CUSTOMERS]:
        return _("On “%(theme)s”, staff stand %(gap)s points below %(people)s") % words
    return _("On “%(theme)s”, staff stand %(gap)s points above %(people)s") % words


def mirror_verdict(view: MirrorView) -> str:
    """Whether the mirror is passed, with the figures; empty before both sides answered."""
    mirror, mean = view.mirror, view.mirror.mean
    if mirror.passed is None or mean is None:
        return ""
    words = {"mean": points(mean), "least": PASS_MEAN, "each": PASS_EACH}
    if mirror.passed:
        return (
            _("Passed: the mean of the audiences is %(mean)s, above %(least)s, and none is under %(each)s.")
            % words
        )
    if mirror.under:
        names = joined(audience_words(one, view.people) for one in mirror.under)
        return _("Not passed: under %(each)s stand %(names)s.") % (words | {"names": names})
    return _("Not passed: the mean of the audiences is %(mean)s, and has to be above %(least)s.") % words


def counted_words(people: int) -> str:
    """How many answers the figures rest on: never a number that one person moves."""
    if not people:
        return _("Fewer than five answers: nothing is shown")
    return _("%(num)s answers counted") % {"num": people}


def theme_label(row: ThemeRow, people: str) -> str:
    """The drawing of one theme in words."""
    said = [
        _("%(audience)s %(points)s") % {"audience": audience_words(audience, people), "points": points(value)}
        for audience, value in row.points.items()
    ]
    return _("%(theme)s: %(figures)s") % {"theme": row.name.in_(current()), "figures": joined(said)}


def audit_of(view: MirrorView, audience: Audience) -> Fraction | None:
    """The mean of what an audience answered, None where it is hidden."""
    return view.mirror.audits.get(audience)


WORDS = {
    "audience_words": audience_words,
    "mirror_title": mirror_title,
    "mirror_verdict": mirror_verdict,
    "counted_words": counted_words,
    "theme_label": theme_label,
    "audit_of": audit_of,
}
"""What the section of a mirror asks for."""
