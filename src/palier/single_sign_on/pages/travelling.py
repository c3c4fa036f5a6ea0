"""Sending a browser to another site. A form may not lead there (form-action 'self'): a page goes on by itself."""

from litestar import Request
from litestar.datastructures import Cookie
from litestar.response import Template

from palier.foundation.settings import Settings
from palier.foundation.web import page
from palier.single_sign_on.flows.beginning import Journey
from palier.single_sign_on.rules.journeys import cookie_name, state_of
from palier.single_sign_on.rules.states import ATTEMPT

LINKING = "linking"
"""In place of a state, for the cookie of somebody who signs in to link their account."""


def hop(request: Request, settings: Settings, journey: Journey, provider: str) -> Template:
    """Off to the provider, with the cookie that alone can come back."""
    answer = go_on(request, journey.address, provider)
    answer.set_cookie(journey_cookie(state_of(journey.secret), journey.secret, settings))
    return answer


def go_on(request: Request, address: str, provider: str) -> Template:
    """A page that goes on to `address` by itself, and has a link for browsers that do not."""
    return page(request, "single_sign_on/hop.html", address=address, provider=provider)


def journey_cookie(state: str, secret: str, settings: Settings) -> Cookie:
    """The cookie of a journey; an empty secret ends it."""
    age = int(ATTEMPT.total_seconds()) if secret else 0
    return Cookie(
        key=cookie_name(state, secure=settings.secure), value=secret, httponly=True, secure=settings.secure, samesite="lax",
        path="/", max_age=age,
    )  # fmt: skip


def secret_in(request: Request, state: str, settings: Settings) -> str:
    """What the browser kept for this journey; "" without it."""
    return request.cookies.get(cookie_name(state, secure=settings.secure), "")
