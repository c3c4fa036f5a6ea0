"""The address of a demonstration that is over: a new one is offered instead of "not found" or a form to sign in."""

import re
from typing import Any

from litestar import Request, Response
from litestar.exceptions import NotFoundException
from litestar.response import Template

from palier.foundation.web import SignInNeeded, is_htmx, page, show_http_error, show_sign_in

_COPY = re.compile(r"/o/demo-[0-9a-f]{12}(/|$)")


def show_not_found(request: Request, error: NotFoundException) -> Response | Template:
    """404. The same page whether the copy is over, somebody else's or never was."""
    return _over(request) if _is_copy(request) else show_http_error(request, error)


def show_sign_in_or_over(request: Request, error: SignInNeeded) -> Response | Template:
    """Nobody can sign in to a demonstration."""
    return _over(request) if _is_copy(request) else show_sign_in(request, error)


def _is_copy(request: Request) -> bool:
    return bool(_COPY.match(request.url.path)) and not is_htmx(request)


def _over(request: Request) -> Template:
    return page(request, "demo/over.html", status_code=404)


HANDLERS: dict[type[Exception] | int, Any] = {
    NotFoundException: show_not_found,
    SignInNeeded: show_sign_in_or_over,
}
