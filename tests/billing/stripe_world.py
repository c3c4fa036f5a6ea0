"""Stripe World, started for a run, and the front that gives it what it lacks: Checkout, the portal, tax ids, previews, signed events.

Stripe World keeps customers, prices, subscriptions, invoices and events. What it does not know is answered by our own peer, which is
shown the objects of Stripe World that a call names; what a payment page does is done in Stripe World.
"""

import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

from tests.billing.stripe_peer import checkout, parameters, spec
from tests.billing.stripe_peer.app import Peer, route
from tests.billing.stripe_peer.methods import known
from tests.billing.stripe_peer.world import Thing, World

ROOT = Path(__file__).parents[2]
RUNNER, SITE = ROOT / "tests/billing/stripe_world.mjs", ROOT / ".venv/stripe-world/site"
PYODIDE = ROOT / "node_modules/pyodide"
OURS = re.compile(r"/v1/(checkout/|billing_portal/|invoices/create_preview|customers/\w+/tax_ids)")
NAMED = re.compile(r"\b(?:cus|price|prod|sub)_[A-Za-z0-9]+")
KINDS = {"cus": "customers", "price": "prices", "prod": "products", "sub": "subscriptions", "in": "invoices"}


def missing() -> str:
    """Why Stripe World cannot run here; empty when it can."""
    if not shutil.which("node"):
        return "STRIPE WORLD IS NOT ASKED: no node here"
    if not PYODIDE.exists():
        return "STRIPE WORLD IS NOT ASKED: no pyodide in node_modules (python3 bin/setup.py test fetches it)"
    if not spec.available():
        return spec.MISSING
    return ""


@contextmanager
def running() -> Iterator[str]:
    """Stripe World on a port of its own; its address. It ends with its standard input."""
    command = ["node", str(RUNNER), "0", str(SITE)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT
    ) as process:
        assert process.stdout
        assert process.stdin
        try:
            told = []
            for line in process.stdout:
                told.append(line)
                if line.startswith("ready "):
                    yield f"http://127.0.0.1:{line.split()[1]}"
                    break
            else:
                raise RuntimeError("Stripe World did not start:\n" + "".join(told[-30:]))
        finally:
            process.stdin.close()


@dataclass
class Account(httpx.AsyncBaseTransport):
    """One account: a transport that answers as api.stripe.com would. `shadow` holds what Stripe World does not know."""

    address: str
    name: str
    key: str
    shadow: World = field(default_factory=lambda: World(time.time))
    unmodelled: set[str] = field(default_factory=set)
    """Parameters that Stripe knows and Stripe World does not: left out, and told by the tests."""
    _http: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(trust_env=False, timeout=60))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        if OURS.match(request.url.path):
            await self._show(f"{request.url.path} {request.content.decode()}")
            return await httpx.ASGITransport(app=Peer(self.shadow, self.key)).handle_async_request(request)
        return await self._forward(request.method, request.url.path, request.url.query.decode(), request.content.decode(), dict(request.headers))  # fmt: skip

    async def aclose(self) -> None:
        await self._http.aclose()

    async def _forward(self, method: str, path: str, query: str, body: str, headers: dict[str, str]) -> httpx.Response:  # fmt: skip
        """Ask Stripe World; what it does not model of what Stripe knows is left out."""
        if (method, path) == ("POST", "/v1/prices"):
            body = _by_unit(body)
        kept = {name: headers[name] for name in ("authorization", "idempotency-key", "stripe-version", "content-type") if name in headers}  # fmt: skip
        while True:
            url = f"{self.address}/worlds/{self.name}{path}"
            answer = await self._http.request(method, url, params=query, content=body, headers=kept)
            name = _unknown(answer)
            if name is None or not _is_stripes(method, path, body or query):
                break
            self.unmodelled.add(f"{path.rpartition('/v1/')[2].split('/')[0]} {name}")
            body, query = _without(body, name), _without(query, name)
        more = {key: value for key, value in answer.headers.items() if key in ("request-id", "idempotent-replayed")}  # fmt: skip
        return httpx.Response(answer.status_code, content=answer.content, headers={"content-type": "application/json", **more})  # fmt: skip

    async def ask(self, method: str, path: str, **asked: Any) -> Thing:
        """For the test itself: one call to Stripe World, whatever comes back."""
        form = urlencode(asked)
        query, body = (form, "") if method == "GET" else ("", form)
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/x-www-form-urlencoded"}
        answer = await self._forward(method, f"/v1/{path}", query, body, headers)
        return dict(answer.json())

    async def act(self, name: str, subscription: str) -> None:
        """What time would do: "renew", "end_dunning"."""
        answer = await self._http.post(f"{self.address}/worlds/{self.name}/_/{name}/{subscription}")
        assert answer.status_code == 200, answer.text

    # --- what the front adds ---

    async def _show(self, text: str) -> None:
        """Show our peer the objects that a call names."""
        for ident in NAMED.findall(text):
            await self.show(ident)

    async def show(self, ident: str) -> Thing:
        """One object of Stripe World, as it is now, in our peer; with what it hangs on."""
        kind = ident.partition("_")[0]
        thing = await self.ask("GET", f"{KINDS[kind]}/{ident}")
        if "error" in thing:
            return thing
        if kind == "price":
            await self.show(thing["product"])
        if kind == "sub":
            for item in thing["items"]["data"]:
                await self.show(item["price"]["id"])
            await self.show(thing["customer"])
        return self.shadow.keep(thing)

    async def give_card(self, customer: str, number: str) -> str | None:
        """A card for a customer, its default from now on; None when it is declined."""
        known(number)
        card = {"card[number]": number, "card[exp_month]": 12, "card[exp_year]": 2034, "card[cvc]": 123}
        method = await self.ask("POST", "payment_methods", type="card", **card)
        attached = await self.ask("POST", f"payment_methods/{method['id']}/attach", customer=customer)
        if "error" in attached:
            return None
        default = {"invoice_settings[default_payment_method]": method["id"]}
        await self.ask("POST", f"customers/{customer}", **default)
        return str(method["id"])

    async def pay(self, session_id: str, number: str) -> bool:
        """What the payment page does; False when the card is declined and the page stays open."""
        session = self.shadow.get("checkout.session", session_id)
        terms = self.shadow.terms[session_id]
        method = await self.give_card(session["customer"], number)
        if method is None:
            return False
        asked: dict[str, Any] = {"customer": session["customer"], "default_payment_method": method}
        for place, row in enumerate(terms["line_items"]):
            asked |= {f"items[{place}][price]": row["price"], f"items[{place}][quantity]": row["quantity"]}
        for key, value in terms.get("subscription_data", {}).get("metadata", {}).items():
            asked[f"metadata[{key}]"] = value
        subscription = await self.ask("POST", "subscriptions", **asked)
        assert "error" not in subscription, subscription
        await self.show(subscription["latest_invoice"])
        checkout.complete(self.shadow, session, await self.show(session["customer"]), await self.show(subscription["id"]))  # fmt: skip
        return True

    async def fetch_events(self) -> None:
        """Bring the events of Stripe World, oldest first, to those our peer has already told."""
        seen = {event["id"] for event in self.shadow.events}
        page = await self.ask("GET", "events", limit=100)
        new = [event for event in reversed(page["data"]) if event["id"] not in seen]
        for event in new:
            spec.check_object(event)
            thing = event["data"]["object"]
            # Stripe World's one slip: these options are an object, or are not there.
            if thing.get("radar_options", "") is None:
                thing = {key: value for key, value in thing.items() if key != "radar_options"}
            spec.check_object(thing)
        self.shadow.events += new


def _unknown(answer: httpx.Response) -> str | None:
    """The parameter that Stripe World does not know."""
    error = answer.json().get("error", {}) if answer.status_code == 400 else {}
    return str(error["param"]) if error.get("code") == "parameter_unknown" else None


def _is_stripes(method: str, path: str, text: str) -> bool:
    """Whether Stripe's schema knows all of what was asked: then it is Stripe World that lacks something."""
    operation, _, _ = route(method, path)
    parameters.read(text, operation.asked)
    return True


def _by_unit(form: str) -> str:
    """Stripe World charges nothing for prices in tiers: the price of each further unit stands for the whole."""
    asked = parameters.read(form, spec.operation("POST", "/v1/prices").asked)
    if "tiers" not in asked:
        return form
    pairs = [
        (key, value) for key, value in parse_qsl(form) if not key.startswith(("tiers", "billing_scheme"))
    ]
    return urlencode([*pairs, ("unit_amount", str(asked["tiers"][-1]["unit_amount"]))])


def _without(form: str, name: str) -> str:
    pairs = parse_qsl(form, keep_blank_values=True)
    return urlencode([(key, value) for key, value in pairs if key != name and not key.startswith(f"{name}[")])
