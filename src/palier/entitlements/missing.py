"""What is said where an offer does not hold something: which offers do, who can change it, where."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from palier.entitlements.holders import billing_path, changes_offer, kind_of
from palier.entitlements.rules.offers import Kind, Offer, Offers
from palier.entitlements.wording import feature_name, offer_name
from palier.foundation import language
from palier.foundation.language import gettext as _
from palier.foundation.language import joined
from palier.foundation.rights import Feature, Holder


@dataclass(frozen=True, slots=True)
class Missing:
    """What stands in place of a button: two sentences and a link."""

    which: str
    """What is missing, and which offers hold it."""
    who: str
    """Who can change the offer, for those who cannot."""
    href: str
    link: str

    @property
    def sentence(self) -> str:
        """Both sentences."""
        return f"{self.which} {self.who}".strip()


def missing_feature(offers: Offers, holder: Holder, feature: Feature | str) -> Missing:
    """What to say instead of a button for what `feature` opens."""
    feature = Feature(feature)
    sold = [offer for offer in offers.sold_to(kind_of(holder)) if feature in offer.features]
    return _missing(holder, feature_name(feature), sold)


def missing_questionnaire(offers: Offers, holder: Holder, code: str, title: str = "") -> Missing:
    """What to say instead of a button that starts a round with a questionnaire the offer does not open."""
    sold = [
        offer
        for offer in offers.sold_to(Kind.ORGANISATION)
        if offer.questionnaires is None or code in offer.questionnaires
    ]
    return _missing(holder, title or code, sold)


def _missing(holder: Holder, what: str, sold: list[Offer]) -> Missing:
    names = [_("“%(name)s”") % {"name": offer_name(offer)} for offer in sold]
    if not names:
        which = _("“%(what)s” is not in your offer, and no offer on sale holds it.") % {"what": what}
    elif len(names) == 1:
        which = _("“%(what)s” is not in your offer. The offer %(offers)s holds it.") % {
            "what": what, "offers": names[0]
        }  # fmt: skip
    else:
        which = _("“%(what)s” is not in your offer. The offers %(offers)s hold it.") % {
            "what": what, "offers": joined(names)
        }  # fmt: skip
    if changes_offer(holder):
        return Missing(which, "", billing_path(holder), _("See your offer"))
    who = _("An owner of the organisation can change the offer.")
    return Missing(which, who, f"/{language.current()}/offers", _("See the offers"))


def tellers(offers: Offers) -> dict[str, Callable[..., Missing]]:
    """Both for templates, which know no offers."""
    return {
        "not_sold": partial(missing_feature, offers),
        "not_opened": partial(missing_questionnaire, offers),
    }
