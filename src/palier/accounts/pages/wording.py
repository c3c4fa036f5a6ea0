"""Sentences several account pages say."""

from palier.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD, Method, PasswordFault
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


def began(method: str, *, second_factor: bool) -> str:
    """How a session began, for its owner."""
    match method:
        case Method.PASSKEY:
            return _("by passkey")
        case Method.PROVIDER:
            return _("by your organisation’s sign-in")
        case Method.DEMONSTRATION:
            return _("as a visitor")
        case Method.LINK:
            return _("by a mailed link and a second factor") if second_factor else _("by a mailed link")
        case _:
            return _("by password and a second factor") if second_factor else _("by password")
