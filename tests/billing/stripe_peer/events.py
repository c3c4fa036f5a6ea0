"""The events of the last thirty days, as Stripe lists them."""

from tests.billing.stripe_peer.calls import call, page
from tests.billing.stripe_peer.refusals import no_such
from tests.billing.stripe_peer.world import Thing, World


@call("GET", "/v1/events")
def listing(world: World, asked: Thing) -> Thing:
    kinds = asked.get("types") or ([asked["type"]] if "type" in asked else None)
    rows = [event for event in world.events if kinds is None or event["type"] in kinds]
    return page(rows, asked, "/v1/events")


@call("GET", "/v1/events/{id}")
def retrieve(world: World, asked: Thing, ident: str) -> Thing:
    for event in world.events:
        if event["id"] == ident:
            return event
    raise no_such("event", ident)
