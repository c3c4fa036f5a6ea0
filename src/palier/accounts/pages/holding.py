"""What pages behind a link have in common whose code alone decides: they know no session and set no cookie.

They keep nothing in caches or indexes, and tell no site where their reader comes from.
"""

from typing import Any

from litestar import Request

from palier.foundation.language import LOCALES, language_name, use
from palier.foundation.permissions import PUBLIC
from palier.foundation.web import page

KEY_ALONE = PUBLIC | {"exclude_from_csrf": True}
"""Route option: the code in the address decides and no session does, so there is no token to ask for, nor a cookie to set."""

_DISCREET = {
    "cache-control": "private, no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
}


def speak(request: Request) -> None:
    """The language asked for in the address: these pages set no cookie that would remember it."""
    asked = request.query_params.get("language", "")
    if asked in LOCALES:
        use(asked)


def page_for_holder(request: Request, template: str, **context: Any) -> Any:
    """The page as nobody sees it, whoever is signed in; `template` extends `layout/by_link.html`."""
    tongues = [(each, language_name(each)) for each in LOCALES]
    return discreet(page(request, template, person=None, notice="", tongues=tongues, **context))


def discreet(answer: Any) -> Any:
    """`answer` with the headers of such pages."""
    answer.headers |= _DISCREET
    return answer
