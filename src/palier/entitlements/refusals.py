"""What is said where an offer does not hold something: what it is, which offers do, who can change it. Nothing is lost."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.response import Template

from palier.entitlements.holders import holder_in
from palier.entitlements.missing import Missing, missing_feature, missing_questionnaire
from palier.entitlements.rules.offers import Offers
from palier.foundation.rights import Holder, NotOpened, NotSold
from palier.foundation.web import is_htmx, own_path, page

IN_PLACE = {"HX-Retarget": "#content", "HX-Reselect": "#content", "HX-Reswap": "outerHTML"}
"""For htmx: the whole refusal takes the place of the page, as if its address had been opened."""


def handlers(offers: Offers) -> dict[type[Exception] | int, Any]:
    """What the application answers when a flow or the entrance says that something is not sold to this holder."""
    return {
        NotSold: _shown(lambda holder, error: missing_feature(offers, holder, error.feature)),
        NotOpened: _shown(lambda holder, error: missing_questionnaire(offers, holder, error.questionnaire)),
    }


def _shown(told: Callable[[Holder, Any], Missing]) -> Callable[[Request, Exception], Template]:
    def show(request: Request, error: Exception) -> Template:
        holder = holder_in(request.scope["state"])
        if holder is None:
            raise error
        answer = page(
            request, "entitlements/refused.html", status_code=403, missing=told(holder, error), back=_back(request)
        )  # fmt: skip
        answer.headers |= IN_PLACE if is_htmx(request) else {}
        return answer

    return show


def _back(request: Request) -> str:
    """The page one came from, when it is one of ours and not this very address."""
    came = urlsplit(request.headers.get("referer", ""))
    ours = came.netloc == request.headers.get("host", "")
    path = own_path(came.path, "/home") if ours else "/home"
    return "/home" if path == request.url.path and request.method == "GET" else path
