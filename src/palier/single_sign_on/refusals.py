"""Those who are sent to their organisation's provider: members by a session begun elsewhere, addresses whose password is closed."""

from typing import Any

from litestar import Request
from litestar.response import Template

from palier.accounts.elsewhere import SignInElsewhere
from palier.foundation.web import SAFE, page
from palier.network.entrance import SignOnDue


def show_due(request: Request, error: SignOnDue) -> Template:
    """The provider's button instead of the organisation. Strangers get 404 as ever."""
    onward = request.url.path if request.method in SAFE else f"/o/{error.slug}"
    return page(
        request, "single_sign_on/due.html", status_code=403, house=error.slug, organisation=error.name, spare=error.spare,
        next=onward,
    )  # fmt: skip


def show_elsewhere(request: Request, error: SignInElsewhere) -> Template:
    """The same page for every address of the domain, whatever the password, account or none."""
    return page(
        request, "single_sign_on/elsewhere.html", status_code=403, elsewhere=error.elsewhere, next="/home"
    )


HANDLERS: dict[type[Exception] | int, Any] = {SignOnDue: show_due, SignInElsewhere: show_elsewhere}
