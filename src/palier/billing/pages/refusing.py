"""What is said when something cannot be bought or changed: one sentence each, and what was not done."""

from palier.billing.rules.orders import CannotBuy, Why
from palier.billing.stripe import CardDeclined, Refused, TillAway
from palier.foundation.language import gettext as _

Unbought = (TillAway, CardDeclined, Refused, CannotBuy)
"""All that can stand in the way of a purchase, for `except`."""


def reason(error: Exception) -> str:
    """What stood in the way, and that nothing was charged."""
    match error:
        case TillAway():
            return _(
                "Stripe, which takes the payments, cannot be reached. Nothing was charged: try again in a minute."
            )
        case CardDeclined(code="subscription_payment_intent_requires_action"):
            return _(
                "Your bank asks you to confirm this payment. Nothing was changed: confirm it at Stripe, under “Means of payment”."
            )
        case CardDeclined():
            return _(
                "Your bank refused the payment. Nothing was charged or changed: try another means of payment."
            )
        case CannotBuy():
            return _why(error.why)
        case Refused(code="tax_id_invalid"):
            return _("Stripe does not accept this VAT number. Everything else is kept.")
        case _:
            return _(
                "Stripe did not accept this. Nothing was charged or changed. Write to us if it happens again."
            )


def _why(why: Why) -> str:
    return {
        Why.NOTHING_SOLD: _("No payment by card is set up here. Ask for an invoice instead."),
        Why.NOT_OFFERED: _("This offer cannot be bought in this number. Choose again."),
        Why.MEMBERS_ONLY: _("This offer is for members that a network has verified. Join your network first, in the settings."),
        Why.SUBSCRIBED: _("A subscription runs already: change it instead of taking another."),
        Why.NOT_SUBSCRIBED: _("No subscription runs that could be changed. Choose an offer."),
        Why.TRIAL_USED: _("The trial was used already. Nothing was charged: choose the offer without it."),
        Why.ANOTHER: _("Another order was made a moment ago. Nothing was charged for this one: look at the billing page first."),
        Why.NO_PRICE: _("This offer has no price at Stripe yet. Nothing was charged. Write to us."),
    }[why]  # fmt: skip
