"""What a quantity costs, what a part of a period is worth, when a period ends, and the VAT on it. Amounts in cents."""

from calendar import monthrange
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal

from tests.billing.stripe_peer.world import Thing

HOUR, DAY = 3600, 86400
EUROPE = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split(" "))  # fmt: skip  # noqa: SIM905
STANDARD_RATE = Decimal("0.20")  # of France, the only country this peer's seller is registered in


def rounded(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def cost(price: Thing, tiers: list[Thing], quantity: int) -> int:
    """Of a whole period, without tax."""
    if price["billing_scheme"] == "per_unit":
        return int(price["unit_amount"] * quantity)
    return _graduated(tiers, quantity) if price["tiers_mode"] == "graduated" else _by_volume(tiers, quantity)


def _graduated(tiers: list[Thing], quantity: int) -> int:
    """Each tier prices its own part; its flat amount is due as soon as it is reached."""
    total, below = 0, 0
    for tier in tiers:
        top = quantity if tier["up_to"] is None else min(quantity, tier["up_to"])
        if top > below:
            total += (tier["flat_amount"] or 0) + (tier["unit_amount"] or 0) * (top - below)
            below = top
    return total


def _by_volume(tiers: list[Thing], quantity: int) -> int:
    tier = next(tier for tier in tiers if tier["up_to"] is None or quantity <= tier["up_to"])
    return int((tier["flat_amount"] or 0) + (tier["unit_amount"] or 0) * quantity)


def share(amount: int, start: int, end: int, at: int) -> int:
    """What is left of `amount` at an instant of its period, by the second."""
    return rounded(Decimal(amount) * (end - at) / (end - start))


def period_end(start: int, recurring: Thing, anchor: int | None = None) -> int:
    """One interval after `start`; months end on the anchor's day, or on their last."""
    count = recurring["interval_count"]
    if recurring["interval"] in ("day", "week"):
        return int(start + count * DAY * (7 if recurring["interval"] == "week" else 1))
    months = count * (12 if recurring["interval"] == "year" else 1)
    begin = datetime.fromtimestamp(start, UTC)
    day = datetime.fromtimestamp(anchor or start, UTC).day
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1]
    return int(begin.replace(year=year, month=month + 1, day=min(day, last)).timestamp())


def discounted(amount: int, coupon: Thing) -> int:
    """How much a coupon takes off."""
    if coupon["percent_off"] is not None:
        return rounded(Decimal(amount) * Decimal(str(coupon["percent_off"])) / 100)
    return int(min(amount, coupon["amount_off"]))


def tax_of(seller: str, customer: Thing, tax_ids: list[Thing]) -> tuple[Decimal, str] | None:
    """Rate and reason, as the automatic tax would say; None: it does not know where the customer is."""
    country = (customer.get("address") or {}).get("country")
    if not country:
        return None
    numbered = any(
        row["type"] == "eu_vat" and row["verification"]["status"] != "unverified" for row in tax_ids
    )
    if country == seller:
        return STANDARD_RATE, "standard_rated"
    if country in EUROPE and numbered:
        return Decimal(0), "reverse_charge"
    return Decimal(0), "not_collecting"
