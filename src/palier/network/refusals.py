"""What a member without the role for an act is told: who can do it."""

from litestar import Request, Response

from palier.foundation.language import gettext as _
from palier.foundation.web import page
from palier.network.entrance import NotYours


def show_refusal(request: Request, _error: NotYours) -> Response:
    """A page that says reading is open and who may change things. Never for strangers: they get 404."""
    return page(
        request, "layout/error.html", status_code=403, status=403, title=_("You can read here, not change"),
        advice=_("Ask an owner or the assessment lead of your organisation to do this, or to change your role."),
    )  # fmt: skip
