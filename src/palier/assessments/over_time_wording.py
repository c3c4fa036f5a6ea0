"""What is said of a change: whether it exceeds measurement error, and what peers did meanwhile."""

from palier.assessments.rules.over_time import CERTAIN, Beside, ReliableChange, Trend
from palier.assessments.rules.peers import PeerView
from palier.foundation.language import gettext as _
from palier.foundation.language import number, signed


def reliable_words(change: ReliableChange | None) -> str:
    """The reliable change in a sentence; empty where no group of peers is published."""
    if change is None:
        return ""
    words = (
        _(
            "Reliable change: more than measuring twice would give by chance (index %(index)s, %(least)s needed)."
        )
        if change.beyond_error
        else _(
            "Within measurement error: measuring twice could give as much by chance (index %(index)s, %(least)s needed)."
        )
    )
    return words % {"index": _index(change), "least": number(CERTAIN, 2)}


def reliable_tag(change: ReliableChange | None) -> str:
    """The same in two words, with the index."""
    if change is None:
        return ""
    words = _("reliable (%(index)s)") if change.beyond_error else _("within error (%(index)s)")
    return words % {"index": _index(change)}


def _index(change: ReliableChange) -> str:
    return signed(round(change.index, 4), 2)


def group_words(total: Beside, before: PeerView | None, after: PeerView | None) -> str:
    """What the median of peers did between the two editions, and what remains; empty where either is hidden."""
    if total.group is None or total.corrected is None or before is None or after is None:
        return ""
    words = _(
        "The median of %(cohort)s moved by %(group)s pts between the editions %(before)s and %(after)s: "
        "corrected for peers, your change is %(own)s pts."
    )
    return words % {
        "cohort": after.cohort_label, "group": signed(total.group, 0), "own": signed(total.corrected, 0),
        "before": before.edition_name, "after": after.edition_name,
    }  # fmt: skip


def trend_words(trend: Trend | None) -> str:
    """Points gained a year, and by how many rounds; empty under three."""
    if trend is None:
        return ""
    return _("%(points)s pts a year, by %(rounds)s rounds") % {
        "points": signed(trend.per_year), "rounds": number(trend.rounds)
    }  # fmt: skip
