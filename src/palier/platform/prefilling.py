"""What an agreement comes to on an invoice, as the form is filled in before somebody changes it."""

from palier.billing.store import OfferAgreement
from palier.entitlements import wording
from palier.entitlements.rules.offers import Interval, Offers
from palier.foundation.language import gettext as _
from palier.foundation.rights import Limit
from palier.invoicing.rules.documents import lines_of_offer


def lines_of(row: OfferAgreement, offers: Offers) -> dict[str, str]:
    """The fields of the form, in the language in use; empty for a gift, or an offer without a price."""
    offer = offers.every.get(row.offer)
    price = offer.prices.get(row.interval) if offer else None
    if offer is None or price is None or row.free:
        return {}
    words = (
        _("Offer %(offer)s, one year") if row.interval is Interval.YEAR else _("Offer %(offer)s, one month")
    )
    more = max(0, row.quantity - price.included)
    further = {
        Limit.SEATS: _("Further seats"),
        Limit.CLIENTS: _("Further clients"),
        Limit.PLACES: _("Further places"),
    }
    name = words % {"offer": wording.offer_name(offer)}
    lines = lines_of_offer(name, further[offer.counted], price.base, price.further, more)
    fields: dict[str, str] = {}
    for place, line in enumerate(lines, start=1):
        fields |= {
            f"label-{place}": line.label,
            f"quantity-{place}": str(line.quantity),
            f"unit-{place}": _typed(line.unit),
        }
    for name, day in (("since", row.starts_on), ("until", row.ends_on)):
        if day:
            fields |= {
                f"{name}-day": str(day.day),
                f"{name}-month": str(day.month),
                f"{name}-year": str(day.year),
            }
    return fields


def _typed(cents: int) -> str:
    return str(cents // 100) if cents % 100 == 0 else f"{cents / 100:.2f}"
