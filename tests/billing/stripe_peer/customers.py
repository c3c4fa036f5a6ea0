"""Customers and their tax ids."""

from typing import Any

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.calls import call, included, only, page, with_metadata
from tests.billing.stripe_peer.refusals import bad_request
from tests.billing.stripe_peer.world import Thing, World, listed

PLAIN = ("description", "email", "name", "phone", "preferred_locales", "tax_exempt")
VAT = {"eu_vat": (8, 14)}


def living(world: World, ident: str, param: str = "customer") -> Thing:
    """A customer that was not deleted.

    :raises Refusal: resource_missing.
    """
    customer = world.get("customer", ident, param)
    if customer.get("deleted"):
        raise bad_request(f"No such customer: '{ident}'", "resource_missing", param)
    return customer


@call("POST", "/v1/customers")
def create(world: World, asked: Thing) -> Thing:
    customer = world.make(
        "customer", "cus", metadata=with_metadata({}, asked.get("metadata")), balance=0, delinquent=False,
        invoice_prefix=f"PAL{len(world.of('customer')) + 1:05}", next_invoice_sequence=1, tax_exempt="none",
        invoice_settings=spec.made("invoice_setting_customer_setting"), preferred_locales=[],
    )  # fmt: skip
    del customer["cash_balance"]  # only shown when asked for
    customer.update(_changes(world, customer, asked))
    world.tell("customer.created", customer)
    for tax_id in asked.get("tax_id_data", []):
        create_tax_id(world, tax_id, customer=customer["id"])
    return customer


@call("GET", "/v1/customers/{customer}")
def retrieve(world: World, asked: Thing, customer: str) -> Thing:
    return world.get("customer", customer)


@call("GET", "/v1/customers")
def find(world: World, asked: Thing) -> Thing:
    return page([row for row in only(world.of("customer"), asked, "email") if not row.get("deleted")], asked, "/v1/customers")  # fmt: skip


@call("POST", "/v1/customers/{customer}")
def update(world: World, asked: Thing, customer: str) -> Thing:
    found = living(world, customer, "id")
    return world.change("customer.updated", found, **_changes(world, found, asked))


@call("DELETE", "/v1/customers/{customer}")
def delete(world: World, asked: Thing, customer: str) -> Thing:
    """Its subscriptions are canceled at once, without an invoice."""
    found = living(world, customer, "id")
    for subscription in only(world.of("subscription"), {"customer": customer}, "customer"):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            now = world.now()
            changes = {"status": "canceled", "canceled_at": now, "ended_at": now}
            subscription.update(changes)
            world.tell("customer.subscription.deleted", subscription)
    world.tell("customer.deleted", found)
    return world.keep({"id": customer, "object": "customer", "deleted": True})


def _changes(world: World, customer: Thing, asked: Thing) -> dict[str, Any]:
    changes = {key: asked[key] or None for key in PLAIN if key in asked}
    if "metadata" in asked:
        changes["metadata"] = with_metadata(customer["metadata"], asked["metadata"])
    if "address" in asked:
        changes["address"] = spec.made("address", **asked["address"]) if asked["address"] else None
    if "invoice_settings" in asked:
        settings = {key: value or None for key, value in asked["invoice_settings"].items()}
        if method := settings.get("default_payment_method"):
            world.get("payment_method", method, "invoice_settings[default_payment_method]")
        changes["invoice_settings"] = customer["invoice_settings"] | settings
    return changes


# --- tax ids --------------------------------------------------------------------------------------------------------


@call("POST", "/v1/customers/{customer}/tax_ids")
def create_tax_id(world: World, asked: Thing, customer: str) -> Thing:
    living(world, customer, "id")
    shortest, longest = VAT.get(asked["type"], (1, 40))
    if not shortest <= len(asked["value"]) <= longest:
        raise bad_request(f"Invalid value for {asked['type']}.", "tax_id_invalid", "value")
    tax_id = world.make(
        "tax_id", "txi", customer=customer, type=asked["type"], value=asked["value"], country=asked["value"][:2],
        owner={"type": "customer", "customer": customer}, verification=_verification("pending"),
    )  # fmt: skip
    world.tell("customer.tax_id.created", tax_id)
    return tax_id


@call("GET", "/v1/customers/{customer}/tax_ids")
def tax_ids(world: World, asked: Thing, customer: str) -> Thing:
    living(world, customer, "id")
    return page(tax_ids_of(world, customer), asked, f"/v1/customers/{customer}/tax_ids")


@call("GET", "/v1/customers/{customer}/tax_ids/{id}")
def tax_id(world: World, asked: Thing, customer: str, ident: str) -> Thing:
    return world.get("tax_id", ident)


@call("DELETE", "/v1/customers/{customer}/tax_ids/{id}")
def delete_tax_id(world: World, asked: Thing, customer: str, ident: str) -> Thing:
    world.tell("customer.tax_id.deleted", world.get("tax_id", ident))
    del world.things["tax_id"][ident]
    return {"id": ident, "object": "tax_id", "deleted": True}


def tax_ids_of(world: World, customer: str) -> list[Thing]:
    return [row for row in world.of("tax_id") if row["customer"] == customer]


def verify_tax_id(world: World, ident: str, status: str) -> None:
    """The register of numbers answered: "verified", "unverified" or "unavailable"."""
    world.change("customer.tax_id.updated", world.get("tax_id", ident), verification=_verification(status))


def _verification(status: str) -> Thing:
    return spec.made("tax_id_verification", status=status)


@included("customer", "tax_ids")
def _tax_ids_in(world: World, customer: Thing) -> Thing:
    return listed(tax_ids_of(world, customer["id"]), f"/v1/customers/{customer['id']}/tax_ids")


@included("customer", "subscriptions")
def _subscriptions_in(world: World, customer: Thing) -> Thing:
    rows = only(world.of("subscription"), {"customer": customer["id"]}, "customer")
    return listed(
        [row for row in rows if row["status"] != "canceled"],
        f"/v1/customers/{customer['id']}/subscriptions",
    )
