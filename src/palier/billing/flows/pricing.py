"""The prices at Stripe, made from the file of offers and found by their lookup keys: no id of theirs stands anywhere here.

What Stripe has for an offer of ours is compared and never changed: a price that was used keeps those who pay it, and is
replaced by a new one that takes over its key.
"""

from dataclasses import dataclass
from enum import StrEnum

from palier.billing.rules.orders import CannotBuy, Why
from palier.billing.stripe import Json, Stripe, key_of
from palier.entitlements.rules.offers import Interval, Offer, Price


class State(StrEnum):
    """How a price at Stripe stands to the file."""

    SAME = "same"
    MISSING = "missing"
    DIFFERENT = "different"
    MADE = "made"


@dataclass(frozen=True, slots=True)
class Priced:
    """One price of the file beside Stripe's; `differs` names what is not the same there."""

    lookup_key: str
    state: State
    differs: tuple[str, ...] = ()


async def price_of(till: Stripe, offer: Offer, interval: Interval) -> str:
    """The id at Stripe of what an offer costs now. Raises CannotBuy."""
    key = offer.lookup_key(interval)
    async for found in till.all("prices", lookup_keys=[key], active=True):
        return str(found["id"])
    raise CannotBuy(Why.NO_PRICE)


async def compare(till: Stripe) -> list[Priced]:
    """Every price of the file beside Stripe's."""
    return [
        _compared(till, offer, interval, await _found(till, offer, interval))
        for offer, interval in _all(till)
    ]


async def make(till: Stripe, *, replace: bool = False) -> list[Priced]:
    """Make the prices Stripe has none for; with `replace` also new ones where they differ. Subscribers stay on theirs."""
    return [await _made(till, offer, interval, replace=replace) for offer, interval in _all(till)]


def _all(till: Stripe) -> list[tuple[Offer, Interval]]:
    return [(offer, interval) for offer in till.offers.every.values() for interval in offer.prices]


async def _found(till: Stripe, offer: Offer, interval: Interval) -> Json | None:
    """The price that bears the key, archived or not."""
    async for one in till.all("prices", lookup_keys=[offer.lookup_key(interval)], expand=["data.tiers"]):
        return one
    return None


def _compared(till: Stripe, offer: Offer, interval: Interval, found: Json | None) -> Priced:
    if found is None or not found["active"]:
        return Priced(offer.lookup_key(interval), State.MISSING)
    differs = tuple(_differences(found, _wanted(till, offer, interval)))
    return Priced(offer.lookup_key(interval), State.DIFFERENT if differs else State.SAME, differs)


def _differences(found: Json, wanted: Json) -> list[str]:
    said = {
        "currency": found.get("currency"),
        "interval": (found.get("recurring") or {}).get("interval"),
        "tax_behavior": found.get("tax_behavior"),
        "tiers": [_tier(tier) for tier in found.get("tiers") or []],
    }
    meant = {
        "currency": wanted["currency"],
        "interval": wanted["recurring"]["interval"],
        "tax_behavior": wanted["tax_behavior"],
        "tiers": [_tier(tier) for tier in wanted["tiers"]],
    }
    return [f"{name}: {said[name]} there, {meant[name]} here" for name in meant if said[name] != meant[name]]


def _tier(tier: Json) -> tuple[int | None, int, int]:
    """Where it ends (None: nowhere), what it costs whole, what each costs in it."""
    end = tier.get("up_to")
    return (None if end == "inf" else end), tier.get("flat_amount") or 0, tier.get("unit_amount") or 0


async def _made(till: Stripe, offer: Offer, interval: Interval, *, replace: bool) -> Priced:
    found = await _found(till, offer, interval)
    state = _compared(till, offer, interval, found)
    if state.state is State.SAME or (state.state is State.DIFFERENT and not replace):
        return state
    # The key may still stand on an archived price: its subscribers stay there, known by its metadata.
    wanted = _wanted(till, offer, interval) | {
        "product": await _product(till, offer, found),
        "transfer_lookup_key": True,
    }
    await till.post("prices", wanted, key_of("price", wanted, found and found["id"]))
    return Priced(state.lookup_key, State.MADE, state.differs)


def _wanted(till: Stripe, offer: Offer, interval: Interval) -> Json:
    return {
        "currency": till.offers.currency.lower(),
        "lookup_key": offer.lookup_key(interval),
        "nickname": f"{offer.key}, {interval}",
        "recurring": {"interval": str(interval), "usage_type": "licensed"},
        "tax_behavior": "exclusive",
        "billing_scheme": "tiered",
        "tiers_mode": "graduated",
        "tiers": _tiers(offer.prices[interval]),
        "metadata": {"offer": offer.key, "interval": str(interval)},
    }


def _tiers(price: Price) -> list[Json]:
    """So much for all that is included, so much for each further one."""
    further = {"up_to": "inf", "unit_amount": price.further}
    if not price.included:
        return [{**further, "flat_amount": price.base}]
    return [{"up_to": price.included, "flat_amount": price.base, "unit_amount": 0}, further]


async def _product(till: Stripe, offer: Offer, found: Json | None) -> str:
    """The product the offer's other price is of, or a new one."""
    for interval in offer.prices:
        known = found or await _found(till, offer, interval)
        if known:
            return str(known["product"])
    wanted = {"name": f"Palier {offer.name['fr']}", "metadata": {"offer": offer.key}}
    return str((await till.post("products", wanted, key_of("product", wanted)))["id"])
