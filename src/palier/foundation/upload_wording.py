"""Why a file is not taken, in words that say what to do; and how heavy a file is."""

from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.foundation.refused_files import Reason
from palier.foundation.uploads import ENDINGS, HEAVIEST


def taken_words() -> str:
    """What may be attached, for the hint of the field."""
    values = {"kinds": kinds(), "most": weight(HEAVIEST)}
    return (
        _("%(kinds)s, at most %(most)s. Pictures are kept without the place and camera they came from.")
        % values
    )


def kinds() -> str:
    """The endings that are taken, in short."""
    return _("PDF, Word, Excel, PowerPoint, OpenDocument, picture (PNG, JPEG, WebP, GIF), text or CSV")


def accept() -> str:
    """For the browser’s own file chooser."""
    return ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings) + ",.gif"


def refusal_words(reason: Reason) -> str:
    """What is wrong with a file and what to do about it."""
    return {
        Reason.EMPTY: _("Choose a file that is not empty"),
        Reason.TOO_HEAVY: _("This file is too heavy: %(most)s at most") % {"most": weight(HEAVIEST)},
        Reason.UNKNOWN: _("This kind of file is not taken. Choose: %(kinds)s") % {"kinds": kinds()},
        Reason.NOT_UTF8: _("This text is not in UTF-8. Save it again as “CSV UTF-8” or as text in UTF-8"),
        Reason.DAMAGED: _("This file is damaged or not what its name says. Open it, save it again and retry"),
        Reason.DISGUISED: _("This file hides another one. Open it, save it again under a new name and retry"),
        Reason.PROGRAM: _("This file carries macros or programs. Save it without them, or as a PDF"),
        Reason.LOCKED: _("This file is locked by a password. Save it without one"),
        Reason.BOMB: _("This file is too large once it is unpacked. Make it smaller"),
        Reason.INFECTED: _("The malware scanner refuses this file. Nothing of it was kept"),
        Reason.NOT_SCANNED: _(
            "The malware scanner does not answer, so nothing was kept. Try again in a few minutes"
        ),
    }[reason]


def weight(size: int) -> str:
    """Bytes as people say them: "340 kB", "2.4 MB"."""
    if size < 1_000_000:
        return _("%(n)s kB") % {"n": number(max(1, round(size / 1000)))}
    whole = size % 1_000_000 < 50_000
    return _("%(n)s MB") % {"n": number(size / 1_000_000, 0 if whole else 1)}


def too_heavy() -> str:
    """What the browser says before it sends for nothing."""
    return refusal_words(Reason.TOO_HEAVY)
