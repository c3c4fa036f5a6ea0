"""What the pages of the staff share: their frame, a page number, a reason."""

from typing import Any

from litestar import Request
from litestar.response import Template

from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page
from palier.network.rules.visiting import LONGEST_REASON, SHORTEST_REASON
from palier.platform import wording

STAFF = needs(Permission.RUN_PLATFORM)


def framed(request: Request, template: str, here: str, **context: Any) -> Template:
    """A page of the staff; `here` is its entry in the list at its side."""
    return page(request, template, nav="admin", side=wording.sections(), section=here, **context)


def number_in(request: Request) -> int:
    """Which page of a list is asked for: 1 unless it says a sensible number."""
    text = request.query_params.get("page", "1")
    return min(int(text), 10_000) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) else 1


def reason_in(raw: dict[str, str]) -> tuple[str, str]:
    """The reason somebody typed, and what is wrong with it."""
    reason = " ".join(raw.get("reason", "").split())
    if len(reason) < SHORTEST_REASON:
        return reason, _("Say why in at least %(n)s characters") % {"n": SHORTEST_REASON}
    if len(reason) > LONGEST_REASON:
        return reason, _("Say why in at most %(n)s characters") % {"n": LONGEST_REASON}
    return reason, ""
