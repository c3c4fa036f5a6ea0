"""Paying at Stripe and coming back: one page for one order, nothing twice, and what is held before and after the events."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from tortoise.exceptions import DoesNotExist

from palier.billing import store
from palier.billing.flows import buying, changing, customers, projecting
from palier.billing.payers import Payer, account_for, payer_of
from palier.billing.rules.orders import CannotBuy, Order, Why
from palier.billing.rules.states import CheckoutState
from palier.billing.stripe import Refused, TillAway
from palier.entitlements.rules.offers import Interval
from palier.foundation import actor as acting
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from tests.billing.counter import MEMBER, TRIAL, Tables, at_stripe, bought
from tests.billing.selling import ADDRESS, Selling
from tests.billing.stripe_peer.methods import CONFIRM, DECLINED, GOOD, IBAN_BAD, IBAN_GOOD, INSUFFICIENT
from tests.billing.stripe_peer.world import Trouble
from tests.conftest import Cast


@pytest.fixture
def payer(claire: acting.Actor) -> Payer:
    return payer_of(claire)


@pytest.fixture
def tables(owner: asyncpg.Connection) -> Tables:
    return Tables(owner)


async def begun(selling: Selling, payer: Payer, order: Order = MEMBER) -> str:
    return await buying.begin(payer, selling.till, order, ADDRESS)


async def refused(why: Why, act: Any) -> None:
    with pytest.raises(CannotBuy) as refusal:
        await act
    assert refusal.value.why is why


async def test_whoever_paid_holds_the_offer_before_any_event_and_the_events_change_nothing(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(
        selling, payer, name="Transports du Val SA", country="FR", tax_id="FR40303265045"
    )
    assert await tables.count("stripe_event") == 0
    row = await tables.one("subscription")
    assert (row["id"], row["status"], row["offer"], row["quantity"]) == (
        subscription,
        "active",
        "organisation",
        25,
    )
    assert (row["method"], row["amount"]) == ("visa 4242", 240_000)
    assert await tables.held() == [("stripe", "organisation")]
    invoice = await tables.one("invoice")
    assert (invoice["state"], invoice["net"], invoice["issuer"]) == ("paid", 240_000, "stripe")
    assert invoice["number"]
    assert invoice["pdf_url"]
    account = await tables.one("billing_account")
    assert account["vat_number"] == "FR40303265045"
    trail = await tables.trail()
    await selling.told(times=2, shuffle=1)
    assert await tables.waiting() == []
    assert await tables.held() == [("stripe", "organisation")]
    assert await tables.trail() == trail == [
        "billing.checkout_begun", "billing.checkout_paid", "billing.subscribed", "billing.invoice_paid",
    ]  # fmt: skip
    await refused(Why.SUBSCRIBED, begun(selling, payer))
    customer = selling.world.of("customer")[0]
    assert customer["metadata"]["holder"] == str(payer.id)
    session = selling.world.of("checkout.session")[0]
    assert session["success_url"].startswith(f"{ADDRESS}/o/transports-du-val/billing/checkout/")


async def test_the_events_may_come_before_the_browser(selling: Selling, payer: Payer, tables: Tables) -> None:
    url = await begun(selling, payer)
    place = (await selling.pay(url, GOOD)).headers["location"]
    await selling.told(shuffle=7)
    assert await tables.held() == [("stripe", "organisation")]
    trail = await tables.trail()
    checkout = await buying.returned(payer, selling.till, UUID(place.rpartition("/")[2]))
    assert checkout.state is CheckoutState.PAID
    assert await tables.trail() == trail


async def test_a_double_click_is_one_customer_one_row_one_page(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    first, second, third = await asyncio.gather(*(begun(selling, payer) for _ in range(3)))
    assert first == second == third == await begun(selling, payer)
    assert await tables.count("checkout") == 1
    assert [len(selling.world.of(kind)) for kind in ("customer", "checkout.session")] == [1, 1]


async def test_two_tabs_with_different_orders_can_never_both_be_paid(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    yearly = await begun(selling, payer)
    monthly = await begun(selling, payer, Order("organisation", Interval.MONTH, 30))
    assert yearly != monthly
    assert (await selling.pay(yearly, GOOD)).status_code != 303
    assert (await selling.pay(monthly, GOOD)).status_code == 303
    await refused(
        Why.SUBSCRIBED, begun(selling, payer)
    )  # paid a moment ago, and nobody came back from it yet
    assert (await tables.one("subscription"))["quantity"] == 30
    assert await tables.count("checkout", "state = 'expired'") == 1


async def test_what_breaks_off_on_the_way_is_taken_up_again(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    for troubles in ([Trouble.REFUSED] * 3, [Trouble.UNAVAILABLE] * 3, [Trouble.THROTTLED]):
        selling.in_trouble(*troubles)
        with pytest.raises(TillAway):
            await begun(selling, payer)
    selling.in_trouble(Trouble.LOST, Trouble.BROKEN)
    url = await begun(selling, payer)
    assert [len(selling.world.of(kind)) for kind in ("customer", "checkout.session")] == [1, 1]
    assert await tables.count("checkout") == 1
    place = (await selling.pay(url, GOOD)).headers["location"]
    checkout = UUID(place.rpartition("/")[2])
    selling.in_trouble(*[Trouble.UNAVAILABLE] * 3)
    with pytest.raises(TillAway):
        await buying.returned(payer, selling.till, checkout)
    assert await tables.held() == []
    assert (await buying.returned(payer, selling.till, checkout)).state is CheckoutState.PAID


@pytest.mark.parametrize("look", ["the page it led back to", "another order"])
async def test_what_was_paid_as_stripe_went_away_is_written_down_by_the_next_look(
    selling: Selling, payer: Payer, tables: Tables, monkeypatch: pytest.MonkeyPatch, look: str
) -> None:
    async def gone(*_: object) -> str:
        raise TillAway

    place = (await selling.pay(await begun(selling, payer), GOOD)).headers["location"]
    checkout = UUID(place.rpartition("/")[2])
    with monkeypatch.context() as away:
        away.setattr(projecting, "project", gone)
        with pytest.raises(TillAway):
            await buying.returned(payer, selling.till, checkout)
    assert (await tables.one("checkout"))["state"] == "paid"
    assert await tables.held() == []
    if look == "another order":
        await refused(Why.SUBSCRIBED, begun(selling, payer, replace(MEMBER, quantity=40)))
    else:
        await buying.returned(payer, selling.till, checkout)
    assert await tables.held() == [("stripe", "organisation")]
    assert len(selling.world.of("checkout.session")) == 1


async def test_declined_abandoned_and_expired_pages_open_nothing(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    url = await begun(selling, payer)
    checkout = (await tables.one("checkout"))["id"]
    for number in (DECLINED, INSUFFICIENT):
        assert (await selling.pay(url, number)).status_code == 402
    assert (await buying.returned(payer, selling.till, checkout)).state is CheckoutState.OPEN
    assert await tables.held() == []
    selling.days_pass(2)
    assert (await buying.returned(payer, selling.till, checkout)).state is CheckoutState.EXPIRED
    await selling.told()
    fresh = await begun(selling, payer)
    assert fresh != url
    answer = await selling.pay(fresh, CONFIRM)
    assert "bank" in answer.text  # 3-D Secure: the holder is asked, and nothing is paid until they answer
    assert await tables.held() == []
    assert (await selling.pay(fresh, CONFIRM, do="confirm")).status_code == 303
    await selling.told()
    assert await tables.held() == [("stripe", "organisation")]


async def test_nobody_sees_or_settles_a_page_of_others(
    selling: Selling, payer: Payer, nora: acting.Actor, tables: Tables
) -> None:
    await begun(selling, payer)
    checkout = (await tables.one("checkout"))["id"]
    for stranger in (payer_of(nora), payer_of(nora.person)):
        with pytest.raises(DoesNotExist):
            await buying.returned(stranger, selling.till, checkout)


@pytest.mark.parametrize(("iban", "last"), [(IBAN_GOOD, "paid"), (IBAN_BAD, "failed")])
async def test_a_debit_opens_for_a_while_and_for_good_once_it_arrived(
    selling: Selling, payer: Payer, tables: Tables, iban: str, last: str
) -> None:
    await bought(selling, payer, number=iban)
    assert (await tables.one("checkout"))["state"] == "pending"
    held = await tables.one("entitlement")
    assert 13 <= (held["valid_to"] - held["valid_from"]).days <= 14
    await selling.told(shuffle=2)
    assert await tables.held() == [("stripe", "organisation")]
    selling.days_pass(6)
    await selling.told(shuffle=3, times=2)
    assert (await tables.one("checkout"))["state"] == last
    row = await tables.one("entitlement")
    if last == "paid":
        assert row["valid_to"] is None
        assert (await tables.one("subscription"))["method"].startswith("sepa_debit")
    else:
        assert await tables.held() == []
        assert "billing.checkout_failed" in await tables.trail()


async def test_a_trial_asks_for_no_card_is_given_once_and_pauses(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    subscription = await bought(selling, payer, TRIAL, number="")
    assert await tables.held() == [("trial", "organisation")]
    row = await tables.one("entitlement")
    assert (row["valid_to"] - row["valid_from"]).days in (29, 30)
    selling.days_pass(20)
    there = at_stripe(selling, subscription)
    selling.world.change("customer.subscription.updated", there, trial_end=there["trial_end"] + 10 * 86_400)
    await selling.told()
    assert "billing.trial_moved" in await tables.trail()
    selling.days_pass(15)
    assert await tables.held() == [("trial", "organisation")]
    selling.days_pass(10)
    await selling.told()
    assert (await tables.one("subscription"))["status"] == "paused"
    assert await tables.held() == []
    await refused(Why.TRIAL_USED, begun(selling, payer, TRIAL))
    assert await bought(selling, payer) != subscription
    assert await tables.held() == [("stripe", "organisation")]
    assert at_stripe(selling, subscription)["status"] == "canceled"


async def test_only_what_is_sold_to_whom_it_is_sold(selling: Selling, payer: Payer, tables: Tables) -> None:
    await refused(Why.NOTHING_SOLD, buying.begin(payer, None, MEMBER, ADDRESS))
    for wrong in (
        Order("flash", Interval.YEAR, 3), Order("consultant", Interval.YEAR, 10), Order("nothing", Interval.YEAR, 1),
        replace(MEMBER, quantity=0), replace(MEMBER, quantity=10**9),
    ):  # fmt: skip
        await refused(Why.NOT_OFFERED, begun(selling, payer, wrong))
    member = Order("member", Interval.YEAR, 10)
    await refused(Why.MEMBERS_ONLY, begun(selling, payer, member))
    network = await tables.network("cercle")
    await tables.run(
        "insert into network_member (id, network_id, organisation_id, joined_on) values ($1, $2, $3, now())", new_id(), network, payer.id
    )  # fmt: skip
    await refused(Why.MEMBERS_ONLY, begun(selling, payer, member))
    await tables.run("update network_member set verified_at = now()")
    assert await begun(selling, payer, member)


async def test_what_the_account_says_stands_on_the_customer_and_its_invoices(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    async with transaction(payer.tenant):
        account = await account_for(payer)
        details = {
            "legal_name": "Ville du Val", "address_line1": "1 place", "city": "Rennes", "postal_code": "35000", "siret": "73282932000074",
            "service_code": "SG-01", "commitment_number": "EJ 2026", "vat_number": "FR40303265045",
        }  # fmt: skip
        await store.BillingAccount.filter(id=account.id).update(**details)
    customer = await customers.keep(payer, selling.till)
    there = selling.world.get("customer", customer)
    assert (there["name"], there["address"]["city"], there["preferred_locales"]) == (
        "Ville du Val",
        "Rennes",
        ["fr"],
    )
    fields = {one["name"]: one["value"] for one in there["invoice_settings"]["custom_fields"]}
    assert fields == {"SIRET": "73282932000074", "Code service": "SG-01", "Numéro d’engagement": "EJ 2026"}
    async with transaction(payer.tenant):
        await store.BillingAccount.filter(id=account.id).update(
            vat_number="BE0403019261", siret="", service_code="", commitment_number=""
        )
    assert await customers.keep(payer, selling.till) == customer
    assert [row["value"] for row in selling.world.of("tax_id")] == ["BE0403019261"]
    assert not selling.world.get("customer", customer)["invoice_settings"]["custom_fields"]
    async with transaction(payer.tenant):
        await store.BillingAccount.filter(id=account.id).update(vat_number="FR1")
    with pytest.raises(Refused, match="tax_id_invalid"):
        await customers.keep(payer, selling.till)
    async with transaction(payer.tenant):
        await store.BillingAccount.filter(id=account.id).update(vat_number="")
    await selling.till.remove(f"customers/{customer}")  # deleted in Stripe's dashboard
    await selling.told()
    assert "billing.customer_deleted" in await tables.trail()
    assert await customers.keep(payer, selling.till) != customer
    assert await begun(selling, payer)


async def test_a_public_body_subscribes_by_invoice_and_pays_by_transfer(
    selling: Selling, payer: Payer, tables: Tables
) -> None:
    ordered = datetime.fromtimestamp(selling.world.now(), UTC).date()
    selling.in_trouble(*[Trouble.UNAVAILABLE] * 3)
    with pytest.raises(TillAway):
        await changing.by_invoice(payer, selling.till, MEMBER)
    first, second = await asyncio.gather(
        *(changing.by_invoice(payer, selling.till, MEMBER) for _ in range(2))
    )
    assert first.id == second.id
    assert (first.status, first.collection) == ("active", "send_invoice")
    there = at_stripe(selling, first.id)
    transfer = there["payment_settings"]["payment_method_options"]["customer_balance"]["bank_transfer"]
    assert transfer == {"type": "eu_bank_transfer", "eu_bank_transfer": {"country": "FR"}}
    assert await tables.held() == [("stripe", "organisation")]
    await refused(Why.SUBSCRIBED, changing.by_invoice(payer, selling.till, replace(MEMBER, quantity=40)))
    selling.days_pass(1)
    await selling.told()
    invoice = await tables.one("invoice")
    assert (invoice["state"], invoice["due_on"] - ordered) == ("open", timedelta(days=30))


async def test_an_order_by_invoice_that_is_not_written_down_yet_is_still_the_same_order(
    selling: Selling, payer: Payer, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken_off(*_: object) -> store.Subscription:
        raise TillAway

    page = await begun(selling, payer)
    with monkeypatch.context() as interrupted:
        interrupted.setattr(changing, "_written", broken_off)
        with pytest.raises(TillAway):
            await changing.by_invoice(payer, selling.till, MEMBER)
    assert not await tables.held()
    await refused(Why.ANOTHER, changing.by_invoice(payer, selling.till, replace(MEMBER, quantity=40)))
    again = await changing.by_invoice(payer, selling.till, MEMBER)
    assert [one["id"] for one in selling.world.of("subscription")] == [again.id]
    assert page
    assert await tables.count("checkout", "state = 'expired'") == 1, "the payment page that stood open"


async def test_a_second_click_while_the_first_order_is_being_written_down_is_the_same_order(
    selling: Selling, payer: Payer, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, look = changing._written, changing._asked_before
    ordered, looking = asyncio.Event(), asyncio.Event()

    async def late(*given: Any) -> store.Subscription:
        ordered.set()
        await looking.wait()
        return await write(*given)

    async def while_it_is_written(*given: Any) -> store.Checkout | None:
        looking.set()
        await first
        return await look(*given)

    monkeypatch.setattr(changing, "_written", late)
    first = asyncio.create_task(changing.by_invoice(payer, selling.till, MEMBER))
    await ordered.wait()
    monkeypatch.setattr(changing, "_asked_before", while_it_is_written)
    second = await changing.by_invoice(payer, selling.till, MEMBER)
    assert second.id == (await first).id
    assert [one["id"] for one in selling.world.of("subscription")] == [second.id]


async def test_a_consultant_and_a_network_pay_for_themselves(
    selling: Selling, cast: Cast, tables: Tables
) -> None:
    hugo = payer_of(cast.people["hugo"])
    await bought(selling, hugo, Order("consultant", Interval.MONTH, 12))
    row = await tables.one("entitlement")
    assert (row["person_id"], row["offer"], row["quantity"]) == (
        cast.people["hugo"].person_id,
        "consultant",
        12,
    )
    network = await tables.network("cercle")
    ines = payer_of(acting.NetworkActor(cast.people["ines"], network, "cercle", "Cercle"))
    await bought(selling, ines, Order("network", Interval.YEAR, 10))
    row = await tables.one("entitlement", f"network_id = '{network}'")
    assert (row["offer"], row["quantity"]) == ("network", 20)  # what is included, though fewer were asked for
    await selling.told(shuffle=5)
    assert await tables.waiting() == []
    assert len(await tables.held()) == 2
