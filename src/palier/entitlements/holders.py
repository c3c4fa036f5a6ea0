"""Who holds an offer: whom it is sold to, where it is changed, and by whom."""

from palier.entitlements.rules.offers import Kind
from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.permissions import Permission
from palier.foundation.rights import Holder


def kind_of(holder: Holder) -> Kind:
    """What kind of holder acts."""
    if isinstance(holder, Actor):
        return Kind.ORGANISATION
    return Kind.NETWORK if isinstance(holder, NetworkActor) else Kind.PERSON


def billing_path(holder: Holder) -> str:
    """The page where the holder's offer stands and is changed."""
    if isinstance(holder, Actor):
        return f"/o/{holder.organisation.slug}/billing"
    if isinstance(holder, NetworkActor):
        return f"/n/{holder.network_slug}/billing"
    return "/account/billing"


def changes_offer(holder: Holder) -> bool:
    """Whether who acts may change the offer: an owner, the network's staff, the consultant themselves."""
    return not isinstance(holder, Actor) or holder.may(Permission.MANAGE_ORGANISATION)


def holder_in(state: dict[str, object]) -> Holder | None:
    """Whoever an address names, as the entrance left it with the request: the organisation, the network, else the person."""
    found = state.get("actor") or state.get("network_actor") or state.get("person")
    return found if isinstance(found, Actor | NetworkActor | Person) else None
