"""Every letter about money in words: a subject, a few sentences, the next step and the page where it is taken."""

from collections.abc import Mapping
from functools import cache

from palier.billing.rules.notices import Due, Notice
from palier.billing.standing_wording import Words, stays
from palier.entitlements import wording as offers_wording
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.language import current, day
from palier.foundation.language import gettext as _

PATHS: Mapping[Notice, str] = {
    Notice.TRIAL_OVER: "/offers", Notice.GRACE_OVER: "", Notice.ENDED: "/offers", Notice.OVER_LIMIT: "/change",
}  # fmt: skip
"""Below the payer's billing page; the page itself for the others."""


def said(due: Due, payer: str, kind: Kind, offers: Offers) -> tuple[str, list[str], str]:
    """Subject, sentences and the words of the next step, in the reader's language. `payer` is its name.

    A sentence that names a day, a number or a means of payment nobody knows is left out.
    """
    facts = _facts(due, payer, kind, offers)
    subject, *lines = _words(current())[due.kind]
    kept = [
        line % facts
        for line in lines
        if all(value or f"%({key})s" not in line for key, value in facts.items())
    ]
    return subject % facts, kept, _steps(current()).get(due.kind, _("See the billing page"))


def _facts(due: Due, payer: str, kind: Kind, offers: Offers) -> dict[str, str]:
    offer, free = offers.every.get(due.offer), offers.free_for(kind)
    return {
        "payer": payer, "offer": offers_wording.offer_name(offer) if offer else due.offer, "free": offers_wording.offer_name(free),
        "day": day(due.day) if due.day else "", "since": day(due.since) if due.since else "", "number": due.number,
        "amount": "" if due.cents is None else offers_wording.euros(due.cents), "method": due.method,
        "used": offers_wording.used_of(free.counted, due.used, due.allowed),
    }  # fmt: skip


@cache
def _words(_locale: str) -> dict[Notice, Words]:
    return _words_of_trials() | _words_of_payments() | _words_of_ends() | _words_of_invoices()


def _words_of_trials() -> dict[Notice, Words]:
    ends: Words = (
        _("%(payer)s: the trial of %(offer)s ends on %(day)s"),
        _("%(payer)s tries the offer %(offer)s until %(day)s."),
        _("If a means of payment was given, the offer then begins and its first payment is taken; cancelling before avoids it."),
        _("Without one nothing is charged, and the free offer, %(free)s, takes over."), stays(),
    )  # fmt: skip
    return {
        Notice.TRIAL_7: ends,
        Notice.TRIAL_1: ends,
        Notice.TRIAL_OVER: (
            _("%(payer)s: the trial of %(offer)s has ended"), _("The trial ended on %(since)s. Nothing was charged."),
            _("The free offer, %(free)s, applies."), _("The offer can be taken at any time."), stays(),
        ),
    }  # fmt: skip


def _words_of_payments() -> dict[Notice, Words]:
    grace: Words = (
        _("%(payer)s: the offer %(offer)s ends on %(day)s unless it is paid"),
        _("The payment for the offer %(offer)s is still missing."),
        _("Everything goes on until %(day)s. Then the free offer, %(free)s, takes over."),
        _("Another means of payment settles it at once."), stays(),
    )  # fmt: skip
    return {
        Notice.FAILED: (
            _("%(payer)s: a payment did not go through"), _("The payment for the offer %(offer)s could not be taken."),
            _("It was tried with %(method)s."), _("Everything goes on until %(day)s."),
            _("The payment is tried again by itself; another means of payment settles it at once."), stays(),
        ),
        Notice.CONFIRM: (
            _("%(payer)s: your bank asks for a confirmation"),
            _("The payment for the offer %(offer)s waits until you confirm it with your bank."), _("Everything goes on until %(day)s."),
        ),
        Notice.GRACE_7: grace,
        Notice.GRACE_1: grace,
        Notice.GRACE_OVER: (
            _("%(payer)s: the free offer applies"), _("The payment for the offer %(offer)s did not come by %(since)s."),
            _("The free offer, %(free)s, applies."), stays(),
            _("As soon as the payment comes through, the offer %(offer)s is open again."),
        ),
        Notice.RECOVERED: (
            _("%(payer)s: the payment has come through"), _("The payment for the offer %(offer)s has come through. Everything goes on."),
        ),
        Notice.DISPUTED: (
            _("Payment disputed: %(payer)s"), _("A bank asks for a payment of %(payer)s back, since %(since)s."),
            _("Answer in Stripe’s dashboard. Nothing changes in Palier by itself."),
        ),
        Notice.REFUNDED: (
            _("Payment given back: %(payer)s"), _("%(amount)s went back to %(payer)s."),
            _("The offer goes on: if it should end, cancel the subscription in Stripe’s dashboard."),
        ),
    }  # fmt: skip


def _words_of_ends() -> dict[Notice, Words]:
    return {
        Notice.CANCELLED: (
            _("%(payer)s: %(offer)s is cancelled for %(day)s"), _("The offer %(offer)s was cancelled. Everything goes on until %(day)s."),
            _("Then the free offer, %(free)s, takes over."), _("Until then the cancellation can be taken back."), stays(),
        ),
        Notice.UNDONE: (
            _("%(payer)s: %(offer)s goes on"), _("The cancellation was taken back: the offer %(offer)s goes on as before."),
        ),
        Notice.ENDED: (
            _("%(payer)s: %(offer)s has ended"), _("The offer %(offer)s ended on %(since)s. Nothing more is charged."),
            _("The free offer, %(free)s, applies."), stays(),
        ),
        Notice.OVER_LIMIT: (
            _("%(payer)s: more in use than the offer counts"), _("In use: %(used)s."),
            _("Nobody loses anything. Nothing can be added until there is room again."),
        ),
    }  # fmt: skip


def _words_of_invoices() -> dict[Notice, Words]:
    late: Words = (
        _("Invoice %(number)s is overdue: %(amount)s"), _("The invoice %(number)s for %(payer)s (%(amount)s) was due on %(since)s."),
        _("If the transfer is under way, you have nothing to do."), stays(),
    )  # fmt: skip
    return {
        Notice.INVOICE: (
            _("Invoice %(number)s: %(amount)s"),
            _("The invoice %(number)s for %(payer)s comes to %(amount)s. It is to be paid by transfer by %(day)s."),
        ),
        Notice.OVERDUE_7: late,
        Notice.OVERDUE_30: late,
    }  # fmt: skip


@cache
def _steps(_locale: str) -> dict[Notice, str]:
    means = _("Give a means of payment")
    invoice = _("See the invoice")
    return {
        Notice.TRIAL_OVER: _("See the offers"), Notice.ENDED: _("See the offers"), Notice.FAILED: means, Notice.GRACE_7: means,
        Notice.GRACE_1: means, Notice.GRACE_OVER: means, Notice.CONFIRM: _("Confirm the payment"), Notice.OVER_LIMIT: _("Make room"),
        Notice.CANCELLED: _("Take the cancellation back"), Notice.INVOICE: invoice, Notice.OVERDUE_7: invoice, Notice.OVERDUE_30: invoice,
    }  # fmt: skip
