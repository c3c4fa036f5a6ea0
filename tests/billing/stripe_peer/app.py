"""The peer at its door, an ASGI application: who asks, in which version, whether it was asked before, and what comes back."""

import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from traceback import format_exc
from typing import Any

import httpx

from tests.billing.stripe_peer import (  # noqa: F401  (each brings its calls)
    catalogue,
    changing,
    checkout,
    customers,
    events,
    invoices,
    methods,
    parameters,
    portal,
    spec,
    subscriptions,
)
from tests.billing.stripe_peer.calls import CALLS, Handler, expanded
from tests.billing.stripe_peer.pages import answer_page
from tests.billing.stripe_peer.refusals import Refusal, bad_request
from tests.billing.stripe_peer.world import Seen, Thing, Trouble, World

Answer = tuple[int, str, bytes, dict[str, str]]
"""Status, content type, body, further headers."""
OURS = ("parameter_unknown", "parameter_missing", "parameter_invalid")
"""Refusals that only a slip of the asking program brings about."""


class Peer:
    """`Peer(World(...))` is an ASGI application that speaks as api.stripe.com, checkout.stripe.com and invoice.stripe.com."""

    def __init__(self, world: World, key: str = "sk_test_palier") -> None:
        self.world, self.key = world, key

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        request = httpx.Request(
            scope["method"], f"{self.world.base}{scope['path']}?{scope['query_string'].decode()}", headers=headers, content=body
        )  # fmt: skip
        await _send(send, await self.answer(request))

    async def answer(self, request: httpx.Request) -> Answer:
        """A fault of the peer is kept in `world.faults` and answered as a refusal: the library would try again and tell nobody.

        :raises httpx.TransportError: when the wire is in trouble.
        """
        try:
            if not request.url.path.startswith("/v1/"):
                return answer_page(self.world, request)
            return self._asked(request)
        except httpx.TransportError:
            raise
        except Exception:  # noqa: BLE001  (kept, and told when the test ends)
            self.world.faults.append(f"{request.method} {request.url}\n{format_exc()}")
            return _json(400, {"error": {"type": "api_error", "message": "the peer failed"}}, self.world)

    def _asked(self, request: httpx.Request) -> Answer:
        trouble = self.world.troubles.pop(0) if self.world.troubles else None
        if trouble is Trouble.REFUSED:
            raise httpx.ConnectError("the peer is down", request=request)
        if said := SAID.get(trouble):
            return _json(
                said[0], {"error": {"type": said[1], "message": "Stripe is not well today."}}, self.world
            )
        status, body, more = self._known(request)
        if trouble is Trouble.LOST:
            raise httpx.ReadTimeout("the answer never came", request=request)
        return _json(status, body, self.world, more)

    def _known(self, request: httpx.Request) -> tuple[int, Thing, dict[str, str]]:
        """Through the doors: key, version, idempotency; then the call itself."""
        try:
            self._let_in(request)
            key = request.headers.get("idempotency-key")
            same = (request.method, request.url.path, request.content)
            if request.method == "POST" and key in self.world.answered:
                return self._replayed(key, same)
            status, body = self._called(request, key)
        except Refusal as refusal:
            return self._refused(request, refusal)
        if request.method == "POST" and key:
            self.world.answered[key] = (same, status, deepcopy(body))
        return status, body, {}

    def _let_in(self, request: httpx.Request) -> None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            raise Refusal(401, "invalid_request_error", "Invalid API Key provided.")
        if request.headers.get("stripe-version") != spec.version():
            raise bad_request(
                f"Say Stripe-Version: {spec.version()}, the version of the schema these tests use."
            )

    def _replayed(self, key: str, same: Any) -> tuple[int, Thing, dict[str, str]]:
        before, status, body = self.world.answered[key]
        if before != same:
            raise Refusal(
                400, "idempotency_error",
                "Keys for idempotent requests can only be used with the same parameters they were first used with.",
            )  # fmt: skip
        return status, body, {"idempotent-replayed": "true"}

    def _refused(self, request: httpx.Request, refusal: Refusal) -> tuple[int, Thing, dict[str, str]]:
        if str(refusal.more.get("code", "")).startswith(OURS):
            self.world.slips.append(f"{request.method} {request.url.path}: {refusal.message}")
        spec.check(refusal.body(), {"$ref": "#/components/schemas/error"}, "error")
        return refusal.status, refusal.body(), {}

    def _called(self, request: httpx.Request, key: str | None) -> tuple[int, Thing]:
        operation, handler, parts = route(request.method, request.url.path)
        raw = request.content.decode() if request.method == "POST" else request.url.query.decode()
        asked = parameters.read(raw, operation.asked)
        self.world.calls.append(Seen(request.method, request.url.path, asked, key))
        self.world.request = {"id": self.world.new_id("req"), "idempotency_key": key}
        try:
            answer = handler(self.world, {**asked}, **parts)
        except Refusal as refusal:
            if refusal.status != 402 or key is None:
                raise
            status, answer = 402, refusal.body()
            return status, answer
        finally:
            self.world.request = {"id": None, "idempotency_key": None}
        answer = expanded(self.world, answer, asked.get("expand", []))
        if answer["object"] != "list":
            spec.check_object(answer)  # says more exactly what is wrong than a choice of shapes does
        spec.check(answer, operation.answered, f"the answer to {request.method} {request.url.path}")
        return 200, answer


SAID: dict[Trouble | None, tuple[int, str]] = {
    Trouble.UNAVAILABLE: (503, "api_error"),
    Trouble.BROKEN: (500, "api_error"),
    Trouble.THROTTLED: (429, "invalid_request_error"),
}


def route(method: str, path: str) -> tuple[spec.Operation, Handler, dict[str, str]]:
    """A path without names is more exact than one with: /v1/invoices/create_preview is no invoice."""
    for operation, handler in sorted(CALLS, key=lambda call: call[0].path.count("{")):
        match = operation.pattern.fullmatch(path)
        if match and operation.method == method:
            return operation, handler, match.groupdict()
    raise Refusal(404, "invalid_request_error", f"Unrecognized request URL ({method}: {path}).")


def _json(status: int, body: Thing, world: World, more: dict[str, str] | None = None) -> Answer:
    headers = {"request-id": world.new_id("req"), "stripe-version": spec.version(), **(more or {})}
    return status, "application/json", json.dumps(body).encode(), headers


async def _send(send: Callable[[Any], Awaitable[None]], answer: Answer) -> None:
    status, kind, body, more = answer
    headers = {"content-type": kind, "content-length": str(len(body)), **more}
    await send({"type": "http.response.start", "status": status,
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()]})  # fmt: skip
    await send({"type": "http.response.body", "body": body})
