"""What Stripe's objects say, and what a subscription opens: pure tables."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from palier.billing.rules.holding import PROVISIONAL, TREASURY, Else, Gives, holding
from palier.billing.rules.reading import (
    Hint,
    SubscriptionFacts,
    customer_in,
    hint_of,
    invoice_facts,
    method_words,
    next_state,
    session_facts,
    subscription_facts,
    typed_in,
)
from palier.billing.rules.states import CheckoutState, Collection, InvoiceState
from palier.billing.rules.telling import Look, invoice_verb, verbs
from palier.entitlements.catalogue import offers_in
from palier.entitlements.rules.offers import Interval, Source

OFFERS = offers_in()
BORN, RENEWS, TRIED, ENDS, MISSED = (datetime(2026, month, 1, tzinfo=UTC) for month in (1, 2, 3, 4, 5))
GRACE = timedelta(days=14)
OPEN, PAID, PENDING, EXPIRED, FAILED = CheckoutState


def told(**changes: Any) -> dict[str, Any]:
    price = {"lookup_key": "palier_member_year", "metadata": {}, "recurring": {"interval": "year"}}
    item = {
        "id": "si_1",
        "quantity": 12,
        "price": price,
        "current_period_start": 10,
        "current_period_end": 20,
    }
    return {
        "id": "sub_1", "customer": "cus_1", "status": "active", "created": 5, "items": {"data": [item]}, "metadata": {"account": "a"},
        "collection_method": "send_invoice", "latest_invoice": {"id": "in_1"}, "default_payment_method": None,
    } | changes  # fmt: skip


def facts(status: str, **changes: Any) -> SubscriptionFacts:
    return replace(
        subscription_facts(told(status=status), OFFERS), created_at=BORN, period_end=RENEWS, **changes
    )


@pytest.mark.parametrize(
    ("given", "checkout", "since", "expected"),
    [
        (facts("trialing", trial_end=TRIED), None, None, Gives(Source.TRIAL, TRIED)),
        (facts("trialing", trial_end=TRIED, cancel_at=ENDS), None, None, Gives(Source.TRIAL, ENDS)),
        (facts("active"), None, None, Gives(Source.STRIPE)),
        (facts("active"), PAID, None, Gives(Source.STRIPE)),
        (facts("active", cancel_at_period_end=True), PAID, None, Gives(Source.STRIPE, RENEWS)),
        (facts("active", cancel_at=ENDS), None, None, Gives(Source.STRIPE, ENDS)),
        (facts("active"), PENDING, None, Gives(Source.STRIPE, BORN + PROVISIONAL)),
        (facts("active"), FAILED, None, Else.ENDS),
        (
            facts("past_due", collection=Collection.CHARGE),
            None,
            MISSED,
            Gives(Source.STRIPE, MISSED, MISSED + GRACE),
        ),
        (
            facts("past_due", collection=Collection.INVOICE),
            None,
            MISSED,
            Gives(Source.STRIPE, MISSED, MISSED + TREASURY),
        ),
        (facts("past_due"), FAILED, MISSED, Else.ENDS),
        (facts("incomplete"), OPEN, None, Else.NOTHING_NEW),
        (facts("incomplete_expired"), None, None, Else.ENDS),
        (facts("unpaid"), PAID, MISSED, Else.ENDS),
        (facts("paused"), PAID, None, Else.ENDS),
        (facts("canceled"), PAID, None, Else.ENDS),
        (facts("shimmering"), PAID, None, Else.UNKNOWN),
    ],
)
def test_what_a_status_opens(given: SubscriptionFacts, checkout: Any, since: Any, expected: object) -> None:
    assert holding(given, checkout, since, GRACE) == expected


def test_a_subscription_is_read_where_stripe_writes_it_now_and_where_it_wrote_before() -> None:
    now = subscription_facts(told(), OFFERS)
    assert (now.item, now.offer, now.interval, now.quantity) == ("si_1", "member", Interval.YEAR, 12)
    assert (now.collection, now.latest_invoice, now.account) == (Collection.INVOICE, "in_1", "a")
    assert now.period_end == datetime.fromtimestamp(20, UTC)
    item = {key: value for key, value in told()["items"]["data"][0].items() if not key.startswith("current_")}
    before = subscription_facts(told(items={"data": [item]}, current_period_end=30), OFFERS)
    assert before.period_end == datetime.fromtimestamp(30, UTC)


@pytest.mark.parametrize(
    ("price", "metadata", "expected"),
    [
        ({"lookup_key": None, "metadata": {"offer": "member", "interval": "month"}}, {}, ("member", Interval.MONTH)),
        ({"lookup_key": None, "recurring": {"interval": "year"}}, {"offer": "organisation"}, ("organisation", Interval.YEAR)),
        ({"lookup_key": "palier_gone_year", "recurring": {"interval": "day"}}, {"offer": "member"}, ("member", None)),
        ({"lookup_key": "somebody_else"}, {"offer": "nothing of ours"}, ("", None)),
    ],
)  # fmt: skip
def test_an_archived_price_keeps_its_offer(price: Any, metadata: Any, expected: Any) -> None:
    found = subscription_facts(
        told(items={"data": [{"id": "si", "price": price}]}, metadata=metadata), OFFERS
    )
    assert (found.offer, found.interval) == expected


def test_a_checkout_never_falls_back_and_only_a_payment_undoes_a_failure() -> None:
    assert [next_state(OPEN, heard, failed=False) for heard in (OPEN, PAID, PENDING, EXPIRED)] == [
        OPEN,
        PAID,
        PENDING,
        EXPIRED,
    ]
    assert next_state(PENDING, PENDING, failed=True) is FAILED
    assert next_state(FAILED, PENDING, failed=False) is FAILED
    assert next_state(FAILED, PAID, failed=False) is PAID
    assert next_state(PAID, PENDING, failed=True) is PAID
    assert next_state(EXPIRED, OPEN, failed=False) is EXPIRED
    session = {"id": "cs_1", "status": "complete", "payment_status": "unpaid", "metadata": {"checkout": "c"}}
    assert session_facts(session).state is PENDING
    assert session_facts(session | {"payment_status": "no_payment_required"}).state is PAID
    assert session_facts({"id": "cs_1", "status": None}).state is OPEN


def test_what_is_typed_on_the_payment_page_is_read_and_nothing_else() -> None:
    said = {
        "name": "Val",
        "address": {"line1": "1 rue", "line2": None, "country": "BE"},
        "tax_ids": [{"type": "eu_vat", "value": "BE0123456789"}],
    }
    assert typed_in({"customer_details": said}) == {
        "legal_name": "Val",
        "address_line1": "1 rue",
        "country": "BE",
        "vat_number": "BE0123456789",
    }
    assert typed_in({}) == {}


def test_an_invoice_shows_its_tax_apart_wherever_stripe_puts_it() -> None:
    invoice = {
        "id": "in_1", "customer": "cus_1", "status": "open", "total": 1200, "total_excluding_tax": 1000, "currency": "eur", "due_date": 86_400,
        "parent": {"subscription_details": {"subscription": "sub_1"}}, "status_transitions": {"finalized_at": 0, "paid_at": None},
    }  # fmt: skip
    read = invoice_facts(invoice)
    assert (read.net, read.tax, read.total, read.currency) == (1000, 200, 1200, "EUR")
    assert (read.subscription, read.state, str(read.due_on)) == ("sub_1", InvoiceState.OPEN, "1970-01-02")
    old = invoice | {
        "total_excluding_tax": None,
        "total_taxes": [{"amount": 200}],
        "parent": None,
        "subscription": "sub_0",
    }
    assert (invoice_facts(old).net, invoice_facts(old).subscription) == (1000, "sub_0")
    failed = invoice | {
        "status": "draft",
        "last_finalization_error": {"code": "customer_tax_location_invalid"},
    }
    assert invoice_facts(failed).problem == "customer_tax_location_invalid"


def test_a_means_of_payment_is_called_by_its_brand_and_last_digits() -> None:
    assert method_words({"type": "card", "card": {"brand": "visa", "last4": "4242"}}) == "visa 4242"
    assert method_words({"type": "sepa_debit", "sepa_debit": {"last4": "3000"}}) == "sepa_debit 3000"
    assert method_words({"type": "link", "link": {"email": "somebody@example.org"}}) == "link"


@pytest.mark.parametrize(
    ("kind", "told", "expected"),
    [
        ("customer.subscription.updated", {"id": "sub_1"}, Hint("subscription", "sub_1")),
        ("checkout.session.completed", {"id": "cs_1"}, Hint("session", "cs_1")),
        ("invoice.paid", {"id": "in_1", "customer": "cus_1"}, Hint("invoice", "in_1")),
        ("invoice.upcoming", {"customer": "cus_1"}, None),
        ("customer.deleted", {"id": "cus_1"}, Hint("customer", "cus_1")),
        ("customer.tax_id.updated", {"id": "txi_1", "customer": "cus_1"}, Hint("customer", "cus_1")),
        ("customer.discount.created", {"id": "di_1"}, None),
        ("payment_method.detached", {"id": "pm_1", "customer": None}, Hint("method", "pm_1")),
        ("mandate.updated", {"id": "mandate_1", "payment_method": "pm_1"}, Hint("method", "pm_1")),
        ("charge.dispute.created", {"id": "du_1", "charge": "ch_1"}, Hint("dispute", "du_1")),
        ("charge.refunded", {"id": "ch_1"}, Hint("charge", "ch_1")),
        ("charge.succeeded", {"id": "ch_1"}, None),
        ("account.updated", {"id": "acct_1"}, None),
        ("invoice.paid", {}, None),
    ],
)
def test_an_event_hints_at_one_object(kind: str, told: Any, expected: Hint | None) -> None:
    event = {
        "type": kind,
        "data": {"object": told, "previous_attributes": {"customer": "cus_before"}},
    }
    assert hint_of(event) == expected
    assert customer_in(event) == (told.get("customer") or "cus_before")


def test_events_of_any_shape_are_read_without_a_fault() -> None:
    for event in (
        {},
        {"type": None},
        {"type": "invoice.paid"},
        {"type": "invoice.paid", "data": {"object": []}},
    ):
        assert hint_of(event) is None
        assert customer_in(event) == ""


def test_the_trail_tells_each_change_once() -> None:
    one = Look("member", Interval.YEAR, 10, "active", None, None)
    assert verbs(None, one) == ["billing.subscribed"]
    assert verbs(one, one) == []
    assert verbs(one, replace(one, quantity=12, ends=ENDS)) == ["billing.changed", "billing.end_planned"]
    assert verbs(replace(one, ends=ENDS), one) == ["billing.end_undone"]
    assert verbs(one, replace(one, status="past_due")) == ["billing.payment_failed"]
    assert verbs(replace(one, status="past_due"), one) == ["billing.payment_recovered"]
    assert verbs(replace(one, status="past_due"), replace(one, status="canceled", ends=ENDS)) == [
        "billing.ended"
    ]
    trial = replace(one, status="trialing", trial_end=TRIED)
    assert verbs(trial, replace(trial, trial_end=ENDS)) == ["billing.trial_moved"]
    assert verbs(trial, replace(trial, status="paused")) == ["billing.trial_ended"]
    draft, issued, settled = InvoiceState.DRAFT, InvoiceState.OPEN, InvoiceState.PAID
    assert [invoice_verb(*pair, problem=False) for pair in ((None, draft), (draft, issued), (issued, settled))] == [
        "", "billing.invoice_issued", "billing.invoice_paid",
    ]  # fmt: skip
    assert invoice_verb(draft, draft, problem=True) == "billing.invoice_not_finalised"
