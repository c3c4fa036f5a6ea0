"""What happens at Stripe without anybody calling it: banks, clocks, and people at its dashboard. For tests, and for `/_/` addresses."""

from collections.abc import Callable

from tests.billing.stripe_peer import charging, customers, invoices, methods, spec
from tests.billing.stripe_peer import time as passing
from tests.billing.stripe_peer.catalogue import update_price
from tests.billing.stripe_peer.charging import method_for
from tests.billing.stripe_peer.world import Thing, Trouble, World


def forward(world: World, days: str = "0", seconds: str = "0") -> None:
    """Time passes."""
    passing.forward(world, days=float(days), seconds=int(seconds))


def card(world: World, subscription: str, number: str) -> None:
    """The method of a subscription behaves like another test number from now on."""
    method = method_for(world, world.get("subscription", subscription))
    assert method, "there is no method"
    methods.known(number)
    world.numbers[method] = number


def refund(world: World, invoice: str) -> None:
    """The whole charge of an invoice is given back; the invoice stays paid."""
    charge = invoices.charge_of(world, invoice)
    charge.update(refunded=True, amount_refunded=charge["amount"])
    back = world.make("refund", "re", amount=charge["amount"], charge=charge["id"], currency=charge["currency"], status="succeeded",
                      payment_intent=charge["payment_intent"], metadata={})  # fmt: skip
    world.tell("charge.refunded", charge)
    world.tell("refund.created", back)


def dispute(world: World, invoice: str, outcome: str = "") -> None:
    """The holder's bank takes the money back; `outcome` won or lost closes it."""
    charge = invoices.charge_of(world, invoice)
    charge["disputed"] = True
    details = {"enhanced_eligibility": {}, "has_evidence": False, "past_due": False, "submission_count": 0}
    found = next((row for row in world.of("dispute") if row["charge"] == charge["id"]), None) or world.make(
        "dispute", "du", amount=charge["amount"], balance_transactions=[], charge=charge["id"], currency=charge["currency"], metadata={},
        enhanced_eligibility_types=[], evidence=_evidence(), evidence_details=spec.made("dispute_evidence_details", **details),
        is_charge_refundable=False, payment_intent=charge["payment_intent"], reason="product_unacceptable", status="needs_response",
    )  # fmt: skip
    if outcome:
        world.change("charge.dispute.closed", found, status=outcome)
    else:
        world.tell("charge.dispute.created", found)


def _evidence() -> Thing:
    return spec.made("dispute_evidence", enhanced_evidence={})


def detach(world: World, method: str) -> None:
    """Somebody removes a payment method."""
    methods.detach(world, {}, payment_method=method)


def remove_mandate(world: World, method: str) -> None:
    """The bank says that the account may not be debited any more."""
    acceptance = {"accepted_at": None, "type": "online", "online": {"ip_address": None, "user_agent": None}}
    reference = {"reference": "PALIER1", "url": f"{world.base}/mandate"}
    mandate = world.make(
        "mandate", "mandate", customer_acceptance=acceptance, payment_method=method, status="inactive", type="multi_use", multi_use={},
        payment_method_details={"type": "sepa_debit", "sepa_debit": reference},
    )  # fmt: skip
    world.tell("mandate.updated", mandate, {"status": "active"})
    world.numbers[method] = methods.FAILS_LATER


def delete_customer(world: World, customer: str) -> None:
    """At the dashboard."""
    customers.delete(world, {}, customer=customer)


def move_customer(world: World, customer: str, country: str = "") -> None:
    """To another country; to none: the automatic tax cannot tell any more, and invoices stay drafts."""
    address = {"country": country} if country else ""
    customers.update(world, {"address": address}, customer=customer)


def verify_tax_id(world: World, tax_id: str, status: str) -> None:
    """The register of VAT numbers answers: verified, unverified, unavailable."""
    customers.verify_tax_id(world, tax_id, status)


def archive_price(world: World, price: str) -> None:
    """Nobody can buy it any more; who has it keeps it."""
    update_price(world, {"active": False}, price=price)


def transfer(world: World, invoice: str) -> None:
    """The payer's transfer arrives, in time or late."""
    charging.settle(world, world.get("invoice", invoice), None)


def mark_paid(world: World, invoice: str) -> None:
    """At the dashboard: paid outside of Stripe."""
    charging.settle(world, world.get("invoice", invoice), None, out_of_band=True)


def give_up(world: World, invoice: str) -> None:
    """At the dashboard: nobody will ever pay this."""
    found = world.get("invoice", invoice)
    moments = found["status_transitions"] | {"marked_uncollectible_at": world.now()}
    world.change("invoice.marked_uncollectible", found, status="uncollectible", next_payment_attempt=None, status_transitions=moments)  # fmt: skip


def trouble(world: World, kind: str, times: str = "1") -> None:
    """The next calls fail: refused, lost, unavailable, broken, throttled."""
    world.troubles += [Trouble(kind)] * int(times)


HAPPENINGS: dict[str, Callable[..., None]] = {
    happening.__name__: happening
    for happening in (
        forward, card, refund, dispute, detach, remove_mandate, delete_customer, move_customer, verify_tax_id, archive_price,
        transfer, mark_paid, give_up, trouble,
    )
}  # fmt: skip
