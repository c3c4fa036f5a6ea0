"""The one file that talks to Stripe: five verbs, plain dictionaries, three errors, and the proof of a webhook.

The library is loaded at the first call, in a thread: it takes most of a second and 30 MB, which a web process that sells
nothing does not pay. The API version is pinned to the one whose schema the tests use.
"""

import asyncio
import hashlib
import importlib
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Offers
from palier.foundation.clock import now
from palier.foundation.settings import Settings

VERSION = "2026-08-26.dahlia"
TIMEOUT = 15.0
"""Seconds for one try; the library would wait 80."""
RETRIES = 2
TOLERANCE = 300
"""Seconds by which the clock of a signature may differ from ours, either way."""
PAGE = 100

Json = dict[str, Any]


class TillAway(Exception):
    """Stripe could not be reached or failed, three times over, or asked us to wait. Nothing is known of what was asked."""


class CardDeclined(Exception):
    """The bank refused, or asks the payer to confirm (`code` subscription_payment_intent_requires_action)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Refused(Exception):
    """Stripe understood and said no: `code` and `param` in its own words; the message is for the log, not for people."""

    def __init__(self, code: str, message: str = "", param: str = "") -> None:
        super().__init__(code, message, param)
        self.code, self.message, self.param = code, message, param

    @property
    def missing(self) -> bool:
        """What was asked for does not exist there, or no longer."""
        return self.code == "resource_missing"


class Stripe:
    """The account at Stripe that sells. One for a process; `close` it."""

    def __init__(self, settings: Settings, transport: Any = None) -> None:
        """`transport`: an httpx transport that answers instead of the network (tests: an ASGITransport)."""
        self._key = settings.stripe_key or ""
        self._address = settings.stripe_api
        self._transport = transport
        self._client: Any = None
        self._http: Any = None
        self.offers: Offers = offers_in(settings.offers_file)
        self.tax = settings.stripe_tax
        self.live = "_live_" in self._key[:9]

    async def read(self, path: str, **asked: Any) -> Json:
        """One object. `path` as in the reference, without the version: "subscriptions/sub_1"."""
        return await self._call("get", path, asked)

    async def find(self, path: str, **asked: Any) -> Json | None:
        """One object, or None where Stripe knows none of that name."""
        try:
            return await self.read(path, **asked)
        except Refused as refusal:
            if refusal.missing:
                return None
            raise

    async def all(self, path: str, **asked: Any) -> AsyncIterator[Json]:
        """Every object of a list, page by page."""
        after: Json = {}
        while True:
            page = await self._call("get", path, {"limit": PAGE} | asked | after)
            for one in page["data"]:
                yield one
            if not page["data"] or not page.get("has_more"):
                return
            after = {"starting_after": page["data"][-1]["id"]}

    async def post(self, path: str, asked: Json, key: str) -> Json:
        """Make or change something, once for each `key` however often it is tried."""
        return await self._call("post", path, asked | {"idempotency_key": key})

    async def remove(self, path: str) -> Json:
        """End or delete something. Twice does no harm: the second time it is missing."""
        return await self._call("delete", path, {})

    async def close(self) -> None:
        """Let go of the connections."""
        http, self._http, self._client = self._http, None, None
        if http is not None:
            await http.close_async()

    async def _call(self, method: str, path: str, asked: Json) -> Json:
        stripe = await _library()
        if self._client is None:
            self._client = self._connect(stripe)
        with _in_our_words(stripe):
            answer = await self._client.raw_request_async(method, f"/v1/{path}", **asked)
        data: Json = answer.data
        return data

    def _connect(self, stripe: Any) -> Any:
        http = stripe.HTTPXClient(timeout=TIMEOUT)
        if self._transport is not None:  # the library hands no argument through to httpx
            http._client_async = http.httpx.AsyncClient(transport=self._transport)
        self._http = http
        return stripe.StripeClient(
            self._key, stripe_version=VERSION, max_network_retries=RETRIES, http_client=http,
            base_addresses={"api": self._address} if self._address else {},
        )  # fmt: skip


def till_from(settings: Settings, transport: Any = None) -> Stripe | None:
    """The account that sells, or None where no key is set."""
    return Stripe(settings, transport) if settings.stripe_key else None


def key_of(*parts: object) -> str:
    """An idempotency key that names what is asked, row by row: the same parts, the same key, within its 255 characters."""
    told = json.dumps(parts, default=str, sort_keys=True).encode()
    return f"palier-{parts[0]}-{hashlib.sha256(told).hexdigest()[:40]}"


async def proved(body: bytes, signature: str, secrets: tuple[str, ...]) -> bool:
    """Whether one of our secrets signed `body`, at most five minutes ago and not in the future.

    Several secrets stand side by side while one replaces the other. The library accepts signatures of the future: we do not.
    """
    stripe = await _library()
    return _timely(signature) and any(_signed(stripe, body, signature, secret) for secret in secrets)


def _timely(signature: str) -> bool:
    """One moment only, near ours: of two the library would take the first, whatever the second says."""
    moments = [part[2:] for part in signature.split(",") if part.startswith("t=")]
    if len(moments) != 1 or not signature.isascii() or not moments[0].isdigit():
        return False
    return abs(now().timestamp() - int(moments[0][:12])) <= TOLERANCE


def _signed(stripe: Any, body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body, signature, secret)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


async def _library() -> Any:
    return _load() if _load.cache_info().currsize else await asyncio.to_thread(_load)


@cache
def _load() -> Any:
    """The library, telling its makers nothing about us and our log nothing about every call."""
    stripe: Any = importlib.import_module("stripe")
    stripe.enable_telemetry = False
    logging.getLogger("stripe").setLevel(logging.WARNING)
    return stripe


@contextmanager
def _in_our_words(stripe: Any) -> Iterator[None]:
    try:
        yield
    except stripe.CardError as error:
        decline = getattr(error.error, "decline_code", None)
        raise CardDeclined(decline or error.code or "card_declined") from None
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise TillAway(type(error).__name__) from None
    except stripe.StripeError as error:
        if (error.http_status or 500) >= 500:
            raise TillAway(type(error).__name__) from None
        code = error.code or type(error).__name__
        raise Refused(code, error.user_message or "", getattr(error, "param", None) or "") from None
