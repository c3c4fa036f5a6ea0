"""The portfolio in words."""

from palier.foundation.language import gettext as _
from palier.network.rules.mandates import OVERLAPS
from palier.portfolio.rules.shown import Show


def shows() -> dict[Show, str]:
    """The filter by state."""
    return {
        Show.ALL: _("All"),
        Show.LATE: _("Overdue actions"),
        Show.OPEN: _("Round to submit"),
        Show.ENDING: _("Mandate ending within 30 days"),
    }


def file_name() -> str:
    """What the file of the portfolio is called."""
    return _("portfolio")


def quarter_in_words(quarter: int | None) -> str:
    """A position, 1 (bottom) to 4 (top); empty where none may be shown."""
    if quarter is None:
        return ""
    return (_("Bottom quarter"), _("Second quarter"), _("Third quarter"), _("Top quarter"))[quarter - 1]


def overlaps() -> list[tuple[str, str]]:
    """When the outgoing mandate ends, as a list to choose from."""
    later = [(str(days), _("In %(days)s days") % {"days": days}) for days in OVERLAPS if days]
    return [("0", _("At once")), *later]
