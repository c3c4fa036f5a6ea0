"""Cards and accounts that are debited. Their numbers say how they behave, as Stripe's test numbers do."""

from dataclasses import dataclass
from enum import StrEnum

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.calls import call, only, page
from tests.billing.stripe_peer.refusals import bad_request, declined
from tests.billing.stripe_peer.world import Thing, World


class Behaviour(StrEnum):
    """What happens when money is asked for."""

    GOOD = "good"
    DECLINED = "declined"
    INSUFFICIENT = "insufficient_funds"
    CONFIRM = "confirm"  # the bank asks the holder: 3-D Secure
    SLOW_GOOD = "slow, good"  # a debit whose result comes days later
    SLOW_BAD = "slow, bad"


@dataclass(frozen=True, slots=True)
class Number:
    """A test number: refused when it is first given, or only when it is charged."""

    brand: str
    charge: Behaviour
    attach: Behaviour = Behaviour.GOOD


GOOD, DECLINED, CONFIRM = "4242424242424242", "4000000000000002", "4000002760003184"
INSUFFICIENT, FAILS_LATER, MASTERCARD = "4000000000009995", "4000000000000341", "5555555555554444"
IBAN_GOOD, IBAN_BAD = "FR1420041010050500013M02606", "FR8420041010050500013M02607"

NUMBERS = {
    GOOD: Number("visa", Behaviour.GOOD),
    MASTERCARD: Number("mastercard", Behaviour.GOOD),
    DECLINED: Number("visa", Behaviour.DECLINED, Behaviour.DECLINED),
    INSUFFICIENT: Number("visa", Behaviour.INSUFFICIENT, Behaviour.INSUFFICIENT),
    FAILS_LATER: Number("visa", Behaviour.DECLINED),
    CONFIRM: Number("visa", Behaviour.CONFIRM, Behaviour.CONFIRM),
    IBAN_GOOD: Number("sepa_debit", Behaviour.SLOW_GOOD),
    IBAN_BAD: Number("sepa_debit", Behaviour.SLOW_BAD),
}
TOKENS = {"pm_card_visa": GOOD, "pm_card_mastercard": MASTERCARD, "pm_card_chargeCustomerFail": FAILS_LATER,
          "pm_card_authenticationRequired": CONFIRM, "pm_card_visa_chargeDeclined": DECLINED}  # fmt: skip


def known(number: str) -> Number:
    """
    :raises Refusal: incorrect_number.
    """
    try:
        return NUMBERS[number.replace(" ", "").upper()]
    except KeyError:
        raise declined(code="incorrect_number", decline="incorrect_number", param="number") from None


def refused(behaviour: Behaviour) -> bool:
    return behaviour in (Behaviour.DECLINED, Behaviour.INSUFFICIENT)


def new(world: World, number: str, *, name: str | None = None, email: str | None = None) -> Thing:
    """A payment method, not attached to anybody yet."""
    number = number.replace(" ", "").upper()
    found = known(number)
    kind = "sepa_debit" if found.brand == "sepa_debit" else "card"
    facts = _account(number) if kind == "sepa_debit" else _card(number, found.brand)
    details = spec.made("billing_details", name=name, email=email, address=spec.made("address"))
    method = world.make(
        "payment_method", "pm", type=kind, billing_details=details, metadata={}, customer=None, allow_redisplay="limited",
        **{kind: spec.made(f"payment_method_{kind}", **facts)},
    )  # fmt: skip
    world.numbers[method["id"]] = number
    return method


def _card(number: str, brand: str) -> Thing:
    networks = spec.made("networks", available=[brand])
    return {"brand": brand, "exp_month": 12, "exp_year": 2034, "funding": "credit", "last4": number[-4:], "country": "FR",
            "display_brand": brand, "fingerprint": f"F{number[-6:]}", "networks": networks}  # fmt: skip


def _account(number: str) -> Thing:
    return {"country": number[:2], "bank_code": number[4:9], "branch_code": number[9:14], "last4": number[-4:], "fingerprint": f"F{number[-6:]}"}  # fmt: skip


def attach(world: World, method: Thing, customer: str) -> Thing:
    method["customer"] = customer
    world.tell("payment_method.attached", method)
    return method


def of_customer(world: World, customer: str) -> list[Thing]:
    return only(world.of("payment_method"), {"customer": customer}, "customer")


def behaviour_of(world: World, method: str | None) -> Behaviour | None:
    """None when there is nothing that could be charged."""
    found = world.things.get("payment_method", {}).get(method or "")
    if found is None or found["customer"] is None:
        return None
    return NUMBERS[world.numbers[found["id"]]].charge


@call("POST", "/v1/payment_methods")
def create(world: World, asked: Thing) -> Thing:
    if asked.get("type") == "sepa_debit":
        return new(world, asked["sepa_debit"]["iban"])
    return new(world, asked.get("card", {}).get("number", GOOD))


@call("GET", "/v1/payment_methods/{payment_method}")
def retrieve(world: World, asked: Thing, payment_method: str) -> Thing:
    return world.get("payment_method", payment_method)


@call("GET", "/v1/customers/{customer}/payment_methods")
def listing(world: World, asked: Thing, customer: str) -> Thing:
    return page(only(of_customer(world, customer), asked, "type"), asked, f"/v1/customers/{customer}/payment_methods")  # fmt: skip


@call("POST", "/v1/payment_methods/{payment_method}/attach")
def attach_by_call(world: World, asked: Thing, payment_method: str) -> Thing:
    """Stripe's test tokens make a method of their own each time."""
    method = new(world, TOKENS[payment_method]) if payment_method in TOKENS else world.get("payment_method", payment_method)  # fmt: skip
    if method["customer"] not in (None, asked["customer"]):
        raise bad_request("The payment method is already attached to another customer.")
    if refused(NUMBERS[world.numbers[method["id"]]].attach):
        raise declined()
    return attach(world, method, asked["customer"])


@call("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(world: World, asked: Thing, payment_method: str) -> Thing:
    """It is nobody's default any longer: not of its customer, not of a subscription."""
    method = world.get("payment_method", payment_method)
    customer, method["customer"] = method["customer"], None
    world.tell("payment_method.detached", method, {"customer": customer})
    for row in world.of("subscription"):
        if row["default_payment_method"] == payment_method:
            world.change("customer.subscription.updated", row, default_payment_method=None)
    found = world.things.get("customer", {}).get(customer or "")
    if (
        found
        and not found.get("deleted")
        and found["invoice_settings"]["default_payment_method"] == payment_method
    ):
        settings = found["invoice_settings"] | {"default_payment_method": None}
        world.change("customer.updated", found, invoice_settings=settings)
    return method
