"""Sentences several account pages say."""

from palier.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, PasswordFault
from palier.foundation.language import gettext as _


def password_sentence(fault: PasswordFault) -> str:
    """Why a password is refused, and what would do."""
    match fault:
        case PasswordFault.SHORT:
            return _("Use at least %(n)s characters. Several words in a row are easy to remember.") % {
                "n": SHORTEST_PASSWORD
            }
        case PasswordFault.LONG:
            return _("Use at most %(n)s characters.") % {"n": LONGEST_PASSWORD}
        case PasswordFault.GUESSABLE:
            return _("This password is among the first that would be tried. Take several unrelated words.")
