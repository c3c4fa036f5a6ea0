"""What every page of billing is made with: who pays, what is sold, how Stripe is reached; and the answers they share."""

from typing import Any

from litestar import Request
from litestar.di import NamedDependency, Provide
from litestar.response import Redirect, Template

from palier.billing import wording
from palier.billing.payers import Payer, payer_of
from palier.billing.stripe import Stripe
from palier.entitlements import wording as offer_words
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.rights import Standing
from palier.foundation.settings import Settings
from palier.foundation.web import page, see_other


class Desk:
    """Where one payer is served. `till` None: no key of Stripe is set, offers are agreed by hand.

    No dataclass: Litestar would look into one, and what it injects cannot be told apart there (three kinds of tenant).
    """

    __slots__ = ("offers", "payer", "settings", "till")

    def __init__(self, payer: Payer, offers: Offers, settings: Settings, till: Stripe | None) -> None:
        self.payer = payer
        self.offers = offers
        self.settings = settings
        self.till = till

    @property
    def sells(self) -> bool:
        """Whether anything is sold here, to this payer: never in a demonstration."""
        return self.settings.billing and self.payer.rights.standing is not Standing.OPEN

    @property
    def base(self) -> str:
        """Where the payer's billing page stands."""
        return self.payer.path


def desk_of_house(
    actor: NamedDependency[Actor],
    offers: NamedDependency[Offers],
    settings: NamedDependency[Settings],
    till: NamedDependency[Stripe | None],
) -> Desk:
    """For an owner."""
    return Desk(payer_of(actor), offers, settings, till)


def desk_of_network(
    network_actor: NamedDependency[NetworkActor],
    offers: NamedDependency[Offers],
    settings: NamedDependency[Settings],
    till: NamedDependency[Stripe | None],
) -> Desk:
    """For a network's staff."""
    return Desk(payer_of(network_actor), offers, settings, till)


def desk_of_consultant(
    person: NamedDependency[Person],
    offers: NamedDependency[Offers],
    settings: NamedDependency[Settings],
    till: NamedDependency[Stripe | None],
) -> Desk:
    """For a consultant, who pays for themselves."""
    return Desk(payer_of(person), offers, settings, till)


AT_A_HOUSE = {"desk": Provide(desk_of_house, sync_to_thread=False)}
AT_A_NETWORK = {"desk": Provide(desk_of_network, sync_to_thread=False)}
AT_HOME = {"desk": Provide(desk_of_consultant, sync_to_thread=False)}
"""For the `dependencies` of a controller: whose desk it is."""


def show(request: Request, desk: Desk, template: str, *, status_code: int = 200, **context: Any) -> Template:
    """A page of billing with what all of them need: words and the way back."""
    shared = {
        "desk": desk, "base": desk.base, "offers": desk.offers, "words": wording, "says": offer_words, "tab": "billing",
        "place": "billing", "nav": "network" if desk.payer.kind is Kind.NETWORK else "", "errors": {},
    }  # fmt: skip
    return page(request, template, status_code=status_code, **(shared | context))


def off_to(request: Request, desk: Desk, address: str) -> Template:
    """On to Stripe. A form may not lead to another site (form-action 'self'): a page of ours goes on by itself."""
    return show(request, desk, "billing/hop.html", address=address)


def back(desk: Desk, notice: str = "", place: str = "") -> Redirect:
    """To the payer's billing page, or to one beneath it."""
    return see_other(f"{desk.base}{place}", notice)
