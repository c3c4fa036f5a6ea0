"""What Stripe tells: proved, put down as it was signed, followed once in whatever order it came."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import asyncpg
import httpx
import pytest
from litestar import Litestar

from palier.app import create_app
from palier.billing.flows import projecting
from palier.billing.payers import Payer, payer_of
from palier.foundation import actor as acting
from palier.foundation import clock
from palier.foundation.settings import Settings
from tests.billing.counter import Tables, at_stripe, bought
from tests.billing.selling import ADDRESS, FORMER_SECRET, HOOK, SECRET, Selling
from tests.billing.stripe_peer import happenings, methods
from tests.billing.stripe_peer.methods import GOOD
from tests.billing.stripe_peer.post import body_of, signed
from tests.billing.stripe_peer.world import Thing, Trouble
from tests.conftest import Cast
from tests.roles import as_the_worker

NOBODY = "nothing was put down"


@pytest.fixture
def payer(claire: acting.Actor) -> Payer:
    return payer_of(claire)


@pytest.fixture
def tables(owner: asyncpg.Connection) -> Tables:
    return Tables(owner)


def event(**changes: Any) -> Thing:
    told = {"object": {"object": "customer", "id": "cus_nobody"}}
    return {
        "id": "evt_1", "object": "event", "type": "customer.updated", "created": 1, "livemode": False, "data": told,
    } | changes  # fmt: skip


async def send(app: Litestar, body: str | bytes, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=ADDRESS) as client:
        return await client.post(HOOK, content=body, headers=headers)


async def test_only_what_stripe_signed_lately_is_put_down(selling: Selling, tables: Tables) -> None:
    body, now = body_of(event()), int(clock.now().timestamp())
    right = signed(body, SECRET, now)["stripe-signature"]
    stolen = f"t={now},{signed(body, SECRET, now - 900)['stripe-signature']}"
    for headers in (
        {},
        {"stripe-signature": ""},
        {"stripe-signature": "t=,v1="},
        {"stripe-signature": right.replace("v1=", "v0=")},
        {"stripe-signature": right[:-1] + ("0" if right[-1] != "0" else "1")},
        {"stripe-signature": stolen},
        {"stripe-signature": f"{right},t={now}"},
        {"stripe-signature": b"t=1,v1=\xe9"},  # type: ignore[dict-item]
        signed(body, "whsec_somebody_else", now),
        signed(body, "", now),
        signed(body, SECRET, now - 301),
        signed(body, SECRET, now + 301),
        signed(body + " ", SECRET, now),
    ):
        assert (await send(selling.app, body, headers)).status_code == 400, headers
    assert (await send(selling.app, b"\xff", signed("\u00ff", SECRET, now))).status_code == 400
    assert await tables.count("stripe_event") == 0, NOBODY
    assert (await send(selling.app, body, signed(body, FORMER_SECRET, now - 299))).status_code == 200
    answer = await send(
        selling.app,
        body,
        signed(body, SECRET, now) | {"origin": "https://stripe.example", "cookie": "session=x"},
    )
    assert (answer.status_code, answer.text, answer.headers.get("set-cookie")) == (200, "", None)
    row = await tables.one("stripe_event")
    assert bytes(row["payload"]) == body.encode()
    assert row["processed_at"] is None


async def test_what_was_signed_and_is_no_event_is_refused(selling: Selling, tables: Tables) -> None:
    thin = {
        "id": "evt_2",
        "object": "v2.core.event",
        "type": "v1.billing.meter",
        "created": "2026-01-01",
        "livemode": False,
    }
    deep: str = "[" * 100_000 + "]" * 100_000
    bodies = [
        "", "nothing", "[]", "null", "{}", deep, json.dumps(thin), json.dumps(event(livemode=True)), json.dumps(event(livemode=None)),
        json.dumps(event(id=None)), json.dumps(event(id="evt_\u0000")), json.dumps(event(id="e" * 81)), json.dumps(event(type={})),
        json.dumps(event(created=10**30)), json.dumps(event(created=True)), json.dumps(event(data=None)), json.dumps(event(data={"object": 1})),
    ]  # fmt: skip
    for body in bodies:
        answer = await send(selling.app, body, signed(body, SECRET, int(clock.now().timestamp())))
        assert answer.status_code == 400, body[:80]
    huge = json.dumps(event(request="x" * 600_000))
    answer = await send(selling.app, huge, signed(huge, SECRET, int(clock.now().timestamp())))
    assert answer.status_code == 413
    assert await tables.count("stripe_event") == 0, NOBODY


async def test_where_stripe_is_not_set_the_address_does_not_exist(
    app: Litestar, selling_settings: Settings, stage: Litestar, tables: Tables
) -> None:
    body = body_of(event())
    no_secret = create_app(replace(selling_settings, stripe_webhook_secrets=()))
    for installation, secret in ((stage, SECRET), (no_secret, SECRET), (no_secret, "")):
        answer = await send(installation, body, signed(body, secret, int(clock.now().timestamp())))
        assert answer.status_code == 404
    assert await tables.count("stripe_event") == 0, NOBODY


async def test_the_same_event_at_once_and_afterwards_is_one(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    await bought(selling, payer)
    one = selling.world.events[-1]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=selling.app), base_url=ADDRESS) as client:
        answers = await asyncio.gather(*(selling.post.hand(client, HOOK, one) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(await tables.waiting()) == 1
    await selling.told(times=3, shuffle=4)
    trail, calls = await tables.trail(), len(selling.world.calls)
    seen = await tables.count("stripe_event")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=selling.app), base_url=ADDRESS) as client:
        for again in selling.world.events:
            assert (await selling.post.hand(client, HOOK, again)).status_code == 200
    await selling.run_jobs()
    assert (await tables.count("stripe_event"), len(selling.world.calls)) == (seen, calls)
    assert await tables.trail() == trail


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
async def test_a_whole_life_told_in_any_order_ends_the_same(
    selling: Selling, payer: Payer, tables: Tables, seed: int
) -> None:
    subscription = await bought(selling, payer)
    selling.days_pass(366)
    await selling.till.remove(f"subscriptions/{subscription}")
    await selling.told(times=2, shuffle=seed)
    assert await tables.waiting() == []
    row = await tables.one("subscription")
    assert (row["status"], row["ended_at"].date()) == ("canceled", clock.now().date())
    assert await tables.held() == []
    assert await tables.count("invoice", "state = 'paid'") == 2


async def test_strangers_are_noted_and_nothing_is_written(
    selling: Selling, payer: Payer, nora: acting.Actor, tables: Tables
) -> None:
    await bought(selling, payer)
    await selling.told()
    world = selling.world
    other = await selling.till.post("customers", {"name": "Another shop", "metadata": {"account": "x"}}, "k1")
    method = methods.attach(world, methods.new(world, GOOD), other["id"])
    price = world.of("price")[0]["id"]
    asked = {"customer": other["id"], "items": [{"price": price}], "default_payment_method": method["id"]}
    foreign = await selling.till.post("subscriptions", asked, "k2")
    before = [
        await tables.count(table) for table in ("subscription", "entitlement", "invoice", "audit_entry")
    ]
    ghost = event(id="evt_ghost", type="customer.subscription.updated", data={"object": {"id": "sub_ghost"}})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=selling.app), base_url=ADDRESS) as client:
        assert (await selling.post.hand(client, HOOK, ghost)).status_code == 200
    await selling.told()
    assert [
        await tables.count(table) for table in ("subscription", "entitlement", "invoice", "audit_entry")
    ] == before
    assert await tables.waiting() == []
    assert await tables.count("stripe_event", f"note = '{projecting.STRANGER}'") > 2
    assert await tables.count("stripe_event", "id = 'evt_ghost' and note like 'Stripe knows no such%'") == 1
    # The same customer as ours, bought by another installation that shares the account at Stripe.
    mine = (await tables.one("billing_account"))["stripe_customer"]
    there = world.get("subscription", foreign["id"])
    there.update(customer=mine, metadata={"account": "somebody else's"})
    world.tell("customer.subscription.updated", there)
    await selling.told()
    assert await tables.count("subscription") == before[0]
    assert await tables.count("stripe_event", f"note = '{projecting.FOREIGN}'") == 1


async def test_while_stripe_is_away_events_wait_and_are_followed_later(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(selling, payer)
    await selling.told()
    await selling.till.post(f"subscriptions/{subscription}", {"cancel_at_period_end": True}, "k")
    assert {answer.status_code for answer in await selling.deliver()} == {
        200
    }  # put down; then the power goes
    assert (await tables.one("subscription"))["cancel_at_period_end"] is False
    selling.in_trouble(*[Trouble.UNAVAILABLE] * 3)
    async with as_the_worker(selling.settings):
        outcome = await projecting.drain(selling.till)
    assert (outcome.followed, outcome.away) == (0, True)
    waiting = await tables.waiting()
    assert max(row["attempts"] for row in waiting) == 1
    assert {row["error"] for row in waiting} <= {"", "Stripe could not be reached"}
    await selling.run_jobs()
    assert await tables.waiting() == []
    assert (await tables.one("subscription"))["cancel_at_period_end"] is True
    assert (await tables.one("entitlement"))["valid_to"] is not None


async def test_what_cannot_be_followed_stays_and_hinders_nobody(
    selling: Selling, payer: Payer, tables: Tables, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    subscription = await bought(selling, payer)
    await selling.told()
    there = at_stripe(selling, subscription)
    selling.world.tell("customer.subscription.updated", there)
    read = selling.till.read

    async def in_a_new_version(path: str, **asked: Any) -> Any:
        told = await read(path, **asked)
        return told | {"status": "shimmering"} if path == f"subscriptions/{subscription}" else told

    with monkeypatch.context() as patch:
        patch.setattr(selling.till, "read", in_a_new_version)
        await bought(selling, payer_of(cast.actor("nora", "clinic")))
        await selling.told()
    waiting = await tables.waiting()
    assert {row["error"] for row in waiting} == {"a status nobody here knows: shimmering"}
    assert len(await tables.held()) == 2  # nothing was taken from anybody
    await selling.run_jobs()
    clock.freeze(clock.now())
    async with as_the_worker(selling.settings):
        await projecting.drain(selling.till)
    assert await tables.waiting() == []

    async def fails(*_: Any, **__: Any) -> None:
        raise KeyError("secret words of a payload")

    selling.world.tell("customer.subscription.updated", there)
    await selling.deliver()
    async with as_the_worker(selling.settings):
        monkeypatch.setattr(projecting, "project", fails)
        await projecting.drain(selling.till)
    assert [row["error"] for row in await tables.waiting()] == ["a fault of ours: KeyError"]


async def test_an_older_answer_never_overwrites_a_newer_one(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(selling, payer)
    asked_before = clock.now()
    old = await selling.till.read(f"subscriptions/{subscription}")
    selling.days_pass(1)
    await selling.till.post(f"subscriptions/{subscription}", {"cancel_at_period_end": True}, "k")
    await selling.told()
    async with as_the_worker(selling.settings):
        await projecting.project_told(selling.till, old, asked_before)
    assert (await tables.one("subscription"))["cancel_at_period_end"] is True


async def test_what_happens_around_a_payer_stands_on_the_trail(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(selling, payer, tax_id="FR40303265045")
    await selling.told()
    world, there = selling.world, at_stripe(selling, subscription)
    selling.world.change(
        "customer.tax_id.updated", world.of("tax_id")[0],
        verification={"status": "unverified", "verified_address": None, "verified_name": None},
    )  # fmt: skip
    happenings.refund(world, there["latest_invoice"])
    happenings.dispute(world, there["latest_invoice"])
    await selling.told()
    since = (await tables.one("billing_account"))["disputed_at"]
    assert since
    happenings.dispute(world, there["latest_invoice"], "won")
    happenings.remove_mandate(world, there["default_payment_method"])
    await selling.told()
    assert (await tables.one("billing_account"))["disputed_at"] is None
    happenings.detach(world, there["default_payment_method"])
    await selling.told()
    trail = await tables.trail()
    for verb in (
        "billing.tax_id_refused", "billing.payment_refunded", "billing.payment_disputed", "billing.dispute_closed",
        "billing.mandate_changed", "billing.method_removed",
    ):  # fmt: skip
        assert trail.count(verb) == 1, trail
    assert await tables.waiting() == []
    assert await tables.held() == [("stripe", "organisation")]
    assert (await tables.one("subscription"))["method"] == ""
    happenings.delete_customer(world, there["customer"])
    await selling.told(shuffle=1)
    assert "billing.customer_deleted" in await tables.trail()
    assert (await tables.one("subscription"))["status"] == "canceled"
    assert await tables.held() == []
