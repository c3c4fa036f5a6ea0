"""What a round's team is called in words."""

from palier.foundation.language import gettext as _
from palier.team.rules.pasted import Verdict
from palier.team.rules.standing import Standing


def standing_words(standing: Standing) -> tuple[str, str]:
    """The words of a tag and its kind; nothing to say of somebody who is here."""
    words = {
        Standing.HERE: ("", ""),
        Standing.READS: (_("May only read"), "warn"),
        Standing.GONE: (_("No longer has access"), "warn"),
        Standing.INVITED: (_("Invitation sent"), "accent"),
        Standing.EXPIRED: (_("Invitation expired"), "warn"),
        Standing.WITHDRAWN: (_("Not invited any more"), "warn"),
    }
    return words[standing]


def verdict_words(verdict: Verdict) -> tuple[str, str]:
    """What becomes of a pasted piece, and the kind of its tag."""
    words = {
        Verdict.NEW: (_("Gets an invitation"), "ok"),
        Verdict.JOINS: (_("Colleague: asked at once"), "ok"),
        Verdict.READS: (_("May only read: give them another role first"), "warn"),
        Verdict.THERE: (_("Already in the team"), ""),
        Verdict.TWICE: (_("Pasted twice"), ""),
        Verdict.BAD: (_("Not an e-mail address"), "warn"),
        Verdict.OUT_OF_REACH: (_("Not a colleague yet: an owner or a lead invites them"), "warn"),
    }
    return words[verdict]
