"""What is said where an offer does not hold something."""

from typing import Any

from litestar import Request
from litestar.response import Template

from palier.foundation.language import gettext as _
from palier.foundation.rights import NotSold
from palier.foundation.web import page


def show_not_sold(request: Request, _error: NotSold) -> Template:
    """What it is, which offer holds it, who can change it. Nothing is lost, and reading goes on."""
    return page(
        request, "layout/error.html", status_code=403, status=403, title=_("Your offer does not hold this"),
        advice=_("Everything that is there stays, can be read and taken away. An owner changes the offer on the billing page."),
    )  # fmt: skip


HANDLERS: dict[type[Exception] | int, Any] = {NotSold: show_not_sold}
