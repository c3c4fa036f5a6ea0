"""What somebody of the staff is told when their second factor is missing or old."""

from typing import Any

from litestar import Request, Response

from palier.foundation.language import gettext as _
from palier.foundation.web import is_htmx, page
from palier.network.duty import SecondFactorNeeded


def show_second_factor_needed(request: Request, _error: SecondFactorNeeded) -> Response:
    """A page that says why and leads to the proof. Strangers never see it: they get 404."""
    if is_htmx(request):
        return Response("", status_code=401)
    return page(
        request, "platform/second_factor.html", status_code=403, title=_("A second factor is needed here")
    )


HANDLERS: dict[type[Exception] | int, Any] = {SecondFactorNeeded: show_second_factor_needed}
