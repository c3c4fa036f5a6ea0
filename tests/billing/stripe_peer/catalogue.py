"""Products, prices, coupons and promotion codes."""

from typing import Any

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.calls import call, included, only, page, with_metadata
from tests.billing.stripe_peer.refusals import bad_request, missing_parameter
from tests.billing.stripe_peer.world import Thing, World


@call("POST", "/v1/products")
def create_product(world: World, asked: Thing) -> Thing:
    if "id" in asked and asked["id"] in world.things.get("product", {}):
        raise bad_request("Product already exists.", "resource_already_exists", "id")
    said = {key: asked[key] for key in ("id", "description", "statement_descriptor", "tax_code", "unit_label", "url") if key in asked}  # fmt: skip
    product = world.make(
        "product", "prod", name=asked["name"], active=asked.get("active", True), images=[], marketing_features=[],
        metadata=with_metadata({}, asked.get("metadata")), updated=world.now(), **said,
    )  # fmt: skip
    world.tell("product.created", product)
    return product


@call("POST", "/v1/products/{id}")
def update_product(world: World, asked: Thing, ident: str) -> Thing:
    product = world.get("product", ident)
    keys = ("active", "name", "description", "unit_label", "tax_code")
    changes: dict[str, Any] = {key: asked[key] for key in keys if key in asked}
    if "metadata" in asked:
        changes["metadata"] = with_metadata(product["metadata"], asked["metadata"])
    return world.change("product.updated", product, **changes)


@call("GET", "/v1/products/{id}")
def product(world: World, asked: Thing, ident: str) -> Thing:
    return world.get("product", ident)


@call("GET", "/v1/products")
def products(world: World, asked: Thing) -> Thing:
    rows = [row for row in world.of("product") if row["id"] in asked.get("ids", [row["id"]])]
    return page(only(rows, asked, "active", "url"), asked, "/v1/products")


# --- prices ---------------------------------------------------------------------------------------------------------


@call("POST", "/v1/prices")
def create_price(world: World, asked: Thing) -> Thing:
    if "product" not in asked and "product_data" not in asked:
        raise missing_parameter("product")
    ident = (
        asked["product"] if "product" in asked else create_product(world, dict(asked["product_data"]))["id"]
    )
    world.get("product", ident, "product")
    _free_lookup_key(world, asked)
    scheme = asked.get("billing_scheme", "per_unit")
    amount = asked.get("unit_amount")
    if scheme == "per_unit" and amount is None:
        raise missing_parameter("unit_amount")
    recurring = asked.get("recurring")
    price = world.make(
        "price", "price", active=asked.get("active", True), billing_scheme=scheme, currency=asked["currency"].lower(),
        lookup_key=asked.get("lookup_key"), nickname=asked.get("nickname"), product=ident,
        metadata=with_metadata({}, asked.get("metadata")), type="recurring" if recurring else "one_time",
        tax_behavior=asked.get("tax_behavior", "unspecified"), tiers_mode=asked.get("tiers_mode"), unit_amount=amount,
        recurring={"interval_count": 1, "usage_type": "licensed", **recurring} if recurring else None,
        unit_amount_decimal=None if amount is None else str(amount),
    )  # fmt: skip
    if scheme == "tiered":
        world.tiers[price["id"]] = _tiers(asked)
    world.tell("price.created", price)
    return price


def _tiers(asked: Thing) -> list[Thing]:
    if not asked.get("tiers") or "tiers_mode" not in asked:
        raise missing_parameter("tiers" if "tiers_mode" in asked else "tiers_mode")
    if asked["tiers"][-1]["up_to"] != "inf":
        raise bad_request("The last tier goes up to infinity", None, "tiers")
    return [
        spec.made(
            "price_tier", up_to=None if tier["up_to"] == "inf" else tier["up_to"],
            **{name: tier[name] for name in ("flat_amount", "unit_amount") if name in tier},
            **{f"{name}_decimal": str(tier[name]) for name in ("flat_amount", "unit_amount") if name in tier},
        )
        for tier in asked["tiers"]
    ]  # fmt: skip


def _free_lookup_key(world: World, asked: Thing) -> None:
    """A key is one price's: another may only take it over when it says so."""
    key = asked.get("lookup_key")
    for price in [row for row in world.of("price") if key and row["lookup_key"] == key]:
        if not asked.get("transfer_lookup_key"):
            raise bad_request(f"A price (`{price['id']}`) already uses that lookup key.", None, "lookup_key")
        world.change("price.updated", price, lookup_key=None)


@call("POST", "/v1/prices/{price}")
def update_price(world: World, asked: Thing, price: str) -> Thing:
    found = world.get("price", price)
    _free_lookup_key(world, asked)
    keys = ("active", "lookup_key", "nickname", "tax_behavior")
    changes: dict[str, Any] = {key: asked[key] for key in keys if key in asked}
    if "metadata" in asked:
        changes["metadata"] = with_metadata(found["metadata"], asked["metadata"])
    return world.change("price.updated", found, **changes)


@call("GET", "/v1/prices/{price}")
def price(world: World, asked: Thing, price: str) -> Thing:
    return world.get("price", price)


@call("GET", "/v1/prices")
def prices(world: World, asked: Thing) -> Thing:
    keys = asked.get("lookup_keys")
    rows = [row for row in world.of("price") if keys is None or row["lookup_key"] in keys]
    return page(only(rows, asked, "active", "product", "currency", "type"), asked, "/v1/prices")


@included("price", "tiers")
def _tiers_in(world: World, price: Thing) -> Any:
    return world.tiers.get(price["id"], [])


# --- coupons and codes ----------------------------------------------------------------------------------------------


@call("POST", "/v1/coupons")
def create_coupon(world: World, asked: Thing) -> Thing:
    if ("percent_off" in asked) == ("amount_off" in asked):
        raise bad_request("You must pass either amount_off or percent_off.", None, "percent_off")
    said = {key: asked[key] for key in ("id", "name", "percent_off", "amount_off", "currency", "max_redemptions", "redeem_by", "duration_in_months") if key in asked}  # fmt: skip
    coupon = world.make(
        "coupon", "co", duration=asked.get("duration", "once"), times_redeemed=0, valid=True,
        metadata=with_metadata({}, asked.get("metadata")), **said,
    )  # fmt: skip
    world.tell("coupon.created", coupon)
    return coupon


@call("GET", "/v1/coupons/{coupon}")
def coupon(world: World, asked: Thing, coupon: str) -> Thing:
    return world.get("coupon", coupon)


@call("POST", "/v1/promotion_codes")
def create_code(world: World, asked: Thing) -> Thing:
    world.get("coupon", asked["promotion"]["coupon"], "promotion[coupon]")
    said = {key: asked[key] for key in ("customer", "expires_at", "max_redemptions") if key in asked}
    code = world.make(
        "promotion_code", "promo", active=asked.get("active", True), code=asked.get("code", "CODE").upper(),
        promotion=asked["promotion"], times_redeemed=0, metadata=with_metadata({}, asked.get("metadata")),
        restrictions={"first_time_transaction": False, **asked.get("restrictions", {})}, **said,
    )  # fmt: skip
    world.tell("promotion_code.created", code)
    return code


@call("POST", "/v1/promotion_codes/{promotion_code}")
def update_code(world: World, asked: Thing, promotion_code: str) -> Thing:
    found = world.get("promotion_code", promotion_code)
    changes = {key: asked[key] for key in ("active",) if key in asked}
    return world.change("promotion_code.updated", found, **changes)


@call("GET", "/v1/promotion_codes/{promotion_code}")
def code(world: World, asked: Thing, promotion_code: str) -> Thing:
    return world.get("promotion_code", promotion_code)


@call("GET", "/v1/promotion_codes")
def codes(world: World, asked: Thing) -> Thing:
    rows = [row for row in world.of("promotion_code") if row["code"] == asked.get("code", row["code"]).upper()]  # fmt: skip
    return page(only(rows, asked, "active", "customer"), asked, "/v1/promotion_codes")


def usable_code(world: World, *, code: str | None = None, ident: str | None = None) -> Thing:
    """
    :raises Refusal: when it is unknown, used up or too old.
    """
    for row in world.of("promotion_code"):
        if row["id"] == ident or (code and row["code"] == code.upper()):
            if row["active"] and world.get("coupon", row["promotion"]["coupon"])["valid"]:
                return row
            raise bad_request("This promotion code is no longer valid.", "coupon_expired", "discounts")
    raise bad_request(f"No such promotion code: '{code or ident}'", "resource_missing", "discounts")


def redeemed(world: World, discount: Thing) -> None:
    """Count one use; what is used up is no longer valid."""
    coupon = world.get("coupon", discount["source"]["coupon"])
    coupon["times_redeemed"] += 1
    coupon["valid"] = _is_left(coupon)
    if ident := discount["promotion_code"]:
        code = world.get("promotion_code", ident)
        code["times_redeemed"] += 1
        code["active"] = _is_left(code) and coupon["valid"]


def _is_left(thing: Thing) -> bool:
    most = thing["max_redemptions"]
    return most is None or thing["times_redeemed"] < most
