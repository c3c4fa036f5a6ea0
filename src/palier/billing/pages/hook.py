"""Where Stripe's events arrive: proved, put down as they were signed, answered. The worker follows them later.

No session, no cookie, no page of ours stands behind this address: the signature alone says who sends. It does not exist
where no key or no secret is set.
"""

import json
import re
from typing import Any

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency

from palier.billing.store import StripeEvent, put_down
from palier.billing.stripe import Stripe, proved
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.jobs import enqueue
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings

LARGEST = 512 * 1024
"""Bytes; an event of a long invoice has some tens of thousands."""
BY_SIGNATURE = PUBLIC | {"exclude_from_csrf": True}

_WORD = re.compile(r"[\w.]{1,80}", re.ASCII)
_LATEST = 1 << 40  # seconds, far beyond any clock


class Hook(Controller):
    """The one address that is given to Stripe."""

    path = "/webhooks/stripe"
    opt = BY_SIGNATURE
    include_in_schema = False

    @post(status_code=200, request_max_body_size=LARGEST)
    async def arrive(
        self, request: Request, till: NamedDependency[Stripe | None], settings: NamedDependency[Settings]
    ) -> Response[str]:
        """200: it is kept, or was before. 400: nobody signed it lately, or it is no event of this account's mode. 404: not set."""
        if till is None or not settings.stripe_webhook_secrets:
            return _refusal("nothing", 404)
        body = await request.body()
        signature = request.headers.get("stripe-signature", "")
        if not await proved(body, signature, settings.stripe_webhook_secrets):
            return _refusal("signature")
        if (event := _event(body)) is None:
            return _refusal("event")
        if event.livemode is not till.live:
            return _refusal("mode")
        async with transaction(None):
            await put_down(event)
            await enqueue("billing.drain", once="billing.drain")
        return Response("", media_type="text/plain")


def _refusal(what: str, status: int = 400) -> Response[str]:
    """In one word: a page of ours would know who is signed in."""
    return Response(what, status_code=status, media_type="text/plain")


def _event(body: bytes) -> StripeEvent | None:
    """What was signed, as a row; None where it is no event, or a thin one that bears no object."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or not isinstance(told.get("data"), dict) or not _is_event(told):
        return None
    return StripeEvent(
        id=told["id"], type=told["type"], created=told["created"], livemode=told["livemode"], payload=body, received_at=now()
    )  # fmt: skip


def _is_event(told: dict[str, Any]) -> bool:
    words = (told.get("id"), told.get("type"))
    named = all(isinstance(word, str) and _WORD.fullmatch(word) for word in words)
    made, mode = told.get("created"), told.get("livemode")
    timed = isinstance(made, int) and not isinstance(made, bool) and 0 <= made < _LATEST
    return named and timed and isinstance(mode, bool) and isinstance(told["data"].get("object"), dict)


PAGES = [Hook]
