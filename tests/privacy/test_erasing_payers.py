"""Whoever is erased is charged no more, and nothing about money names them but the invoices the law keeps."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from palier.billing import store
from palier.billing.flows.closing import StillRuns
from palier.billing.rules.states import Collection, InvoiceState, Issuer, SponsorshipState
from palier.billing.stripe import Refused, Stripe
from palier.entitlements.flows.granting import grant
from palier.entitlements.rules.offers import Interval, Kind, Source
from palier.foundation import actor as acting
from palier.foundation.clock import now, today
from palier.foundation.database import reading, select, transaction
from palier.foundation.files import shelves
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.privacy.flows import erasing, keeping
from palier.privacy.flows.houses import _rows
from palier.privacy.rules.register import INVENTORY
from palier.privacy.rules.taking import steps_for_a_parcel, tables_of_a_parcel
from tests.conftest import Browser, Cast
from tests.privacy.everywhere import dump_of
from tests.privacy.test_erasing_organisations import make_due
from tests.roles import as_the_worker

NAME, CITY = "SEM Ürsprüng du Val", "Quellec-sur-Mer"


class Till(Stripe):
    """Stripe as far as a cancellation goes: `known` are its subscriptions; what it does not know is missing."""

    def __init__(self, settings: Settings, known: tuple[str, ...]) -> None:
        super().__init__(settings)
        self.known, self.cancelled = set(known), list[str]()

    async def _call(self, method: str, path: str, asked: Any) -> Any:
        subscription = path.partition("/")[2]
        if subscription not in self.known:
            raise Refused("resource_missing")
        self.known.discard(subscription)
        self.cancelled.append(subscription)
        return {"id": subscription, "status": "canceled"}


async def plant_payer(tenant: acting.Actor | acting.Person, sub: str) -> store.BillingAccount:
    """An account with one of everything that hangs on it, an issued invoice of ours among them."""
    house = tenant.organisation_id if isinstance(tenant, acting.Actor) else None
    person = None if house else tenant.person_id
    account = await store.BillingAccount.create(
        id=new_id(), organisation_id=house, person_id=person, legal_name=NAME, city=CITY, email=f"{sub}@quellec.example",
        stripe_customer=f"cus_{sub}",
    )  # fmt: skip
    dates = {"created_at": now(), "synced_at": now()}
    await store.Subscription.create(
        id=sub, account_id=account.id, item="si", offer="member", interval=Interval.YEAR, quantity=10, status="active",
        collection=Collection.CHARGE, **dates,
    )  # fmt: skip
    await store.Checkout.create(
        id=new_id(), account_id=account.id, offer="member", interval=Interval.YEAR, quantity=10, begun_by=tenant.person_id,
        begun_at=now(), expires_at=now(),
    )  # fmt: skip
    await store.OfferAgreement.create(
        id=new_id(), account_id=account.id, offer="member", interval=Interval.YEAR, quantity=1, note=f"Vu {NAME}",
        asked_at=now(),
    )  # fmt: skip
    await store.BillingNotice.create(
        id=new_id(), account_id=account.id, kind="invoice", about=sub, sent_at=now()
    )
    for state, number in ((InvoiceState.OPEN, f"F-{sub}"), (InvoiceState.DRAFT, "")):
        await store.Invoice.create(
            id=new_id(), account_id=account.id, issuer=Issuer.PALIER, state=state, number=number, issued_on=today(),
            content={"buyer": NAME},
        )  # fmt: skip
    kind, holder = (Kind.ORGANISATION, house) if house else (Kind.PERSON, person)
    assert holder is not None
    await grant(kind, holder, "member", Source.STRIPE, sub)
    await store.StripeEvent.create(
        id=f"evt_{sub}", type="customer.updated", created=1, livemode=False, received_at=now(), processed_at=now(),
        payload=json.dumps({"customer": f"cus_{sub}", "name": NAME}).encode(),
    )  # fmt: skip
    return account


GONE = ("billing_account", "subscription", "checkout", "offer_agreement", "billing_notice", "entitlement", "stripe_event", "sponsorship")  # fmt: skip


async def left_of_it(owner: Any) -> dict[str, int]:
    return {table: await owner.fetchval(f"select count(*) from {table}") for table in GONE}


async def test_an_organisation_is_charged_no_more_before_it_is_erased_and_its_invoices_stay(
    claire: acting.Actor, settings: Settings, owner: Any, migrated: str
) -> None:
    row = await erasing.ask_for_an_organisation(claire, "http://palier.test")
    await make_due(owner)
    till = Till(settings, ("sub_val",))
    async with as_the_worker(settings):
        async with transaction(None):
            await plant_payer(claire, "sub_val")
            await store.Sponsorship.create(
                id=new_id(), network_id=new_id(), network_name="Réseau", organisation_id=claire.organisation_id,
                organisation_name="Transports du Val", offer="member", state=SponsorshipState.ACTIVE,
                invited_by=claire.person_id, invited_at=now(),
            )  # fmt: skip
        with pytest.raises(StillRuns):  # no key: nobody could be sure that nothing is charged any more
            await erasing.carry_out(row.id, shelves(settings), None)
        with pytest.raises(asyncpg.PostgresError, match="still runs"):
            await owner.execute("select forget_payer($1)", row.id)
        assert (await left_of_it(owner))["billing_account"] == 1
        await erasing.carry_out(row.id, shelves(settings), till)
        await erasing.carry_out(row.id, shelves(settings), till)
    assert till.cancelled == ["sub_val"]
    assert set((await left_of_it(owner)).values()) == {0}
    kept = await owner.fetch("select number, account_id, content::text as says from invoice")
    assert [(one["number"], one["account_id"]) for one in kept] == [("F-sub_val", None)]
    assert NAME in kept[0]["says"]
    dump = await asyncio.to_thread(dump_of, migrated)
    assert [line for line in dump.splitlines() if CITY in line or "quellec.example" in line] == []


async def test_a_consultant_s_own_account_goes_with_them_and_stripe_s_forgotten_subscription_hinders_nothing(
    cast: Cast, claire: acting.Actor, settings: Settings, owner: Any
) -> None:
    hugo = cast.people["hugo"]
    row = await erasing.ask_for_a_person(hugo, "http://palier.test")
    await make_due(owner)
    async with as_the_worker(settings):
        async with transaction(None):
            await plant_payer(hugo, "sub_hugo")
            mine = await plant_payer(claire, "sub_val")
            await store.BillingAccount.filter(id=mine.id).update(
                email=hugo.email, legal_name=f"Chez {hugo.name}"
            )
        await erasing.carry_out(row.id, shelves(settings), Till(settings, ()))
    assert await owner.fetchval("select count(*) from billing_account where person_id is not null") == 0
    assert await owner.fetchval("select status from subscription") == "active"
    email = await owner.fetchval("select email from billing_account")
    assert email.endswith("@erased.invalid")
    assert (
        await owner.fetchval("select count(*) from invoice where account_id is null and state = 'open'") == 1
    )


async def test_the_pages_say_what_becomes_of_money(claire: acting.Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        house = (await browser.get("/o/transports-du-val/settings/data/close")).text
        own = (await browser.get("/account/data/delete")).text
    for page in (house, own):
        assert "L123-22" in page
        assert "d’abord résilié chez Stripe" in page


async def test_what_stripe_told_is_emptied_after_ninety_days_and_invoices_go_after_ten_years(
    claire: acting.Actor, settings: Settings, owner: Any
) -> None:
    async with as_the_worker(settings):
        async with transaction(None):
            await plant_payer(claire, "sub_val")
            for name, at in (("old", 91), ("young", 89)):
                await store.StripeEvent.create(
                    id=name, type="t", created=1, livemode=False, payload=b"{}", received_at=now() - timedelta(days=at),
                    processed_at=now() - timedelta(days=at),
                )  # fmt: skip
            await store.StripeEvent.create(
                id="waits",
                type="t",
                created=1,
                livemode=False,
                payload=b"{}",
                received_at=now() - timedelta(days=400),
            )
        assert await keeping.purge_billing() == (1, 0)
        assert await keeping.purge_billing() == (0, 0)
        empty = "select id from stripe_event where payload = ''"
        assert [one["id"] for one in await owner.fetch(empty)] == ["old"]
        with pytest.raises(Exception, match="never deleted"):
            await owner.execute("delete from invoice where number = 'F-sub_val'")
        await owner.execute("set session_replication_role = replica")
        await owner.execute(
            "update invoice set issued_on = current_date - interval '10 years 1 day' where number <> ''"
        )
        await owner.execute("set session_replication_role = origin")
        assert await keeping.purge_billing() == (0, 1)


async def test_who_pays_takes_it_all_away_and_nobody_else_s(
    cast: Cast, claire: acting.Actor, nora: acting.Actor, settings: Settings, owner: Any
) -> None:
    hugo = cast.people["hugo"]
    async with as_the_worker(settings), transaction(None):
        await plant_payer(claire, "sub_val")
        await plant_payer(hugo, "sub_hugo")
    parcel = new_id()
    await owner.execute(
        "insert into parcel (id, person_id, state, locale, asked_at, done, size, sha256, failure) values ($1, $2, 'running', 'fr', now(), 0, 0, '', '')",
        parcel, hugo.person_id,
    )  # fmt: skip
    async with as_the_worker(settings), reading(None):
        found = await select(
            "select * from held_about($1, $2::jsonb)", parcel, json.dumps(steps_for_a_parcel())
        )
    tables = {one["held_in"]: str(one["found"]) for one in found}
    assert {"billing_account", "subscription", "invoice", "checkout", "entitlement"} <= set(tables)
    assert "sub_hugo" in tables["subscription"]
    assert "sub_val" not in str(found)
    subscriptions = next(one for one in INVENTORY if one.table == "subscription")
    async with as_the_worker(settings):
        async with reading(claire):
            house = {one.table: await _rows(claire, one) for one in tables_of_a_parcel()}
        async with reading(nora):
            assert await _rows(nora, subscriptions) == []
    assert [one["id"] for one in house["subscription"]] == ["sub_val"]
    assert [one["number"] for one in house["invoice"] if one["number"]] == ["F-sub_val"]
    assert "url" not in house["checkout"][0]
