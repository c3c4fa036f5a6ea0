"""The customer portal: its configurations, its sessions, and what its page lets somebody do."""

from tests.billing.stripe_peer import methods, spec
from tests.billing.stripe_peer.calls import call, only, page, with_metadata
from tests.billing.stripe_peer.changing import update as update_subscription
from tests.billing.stripe_peer.customers import living, update
from tests.billing.stripe_peer.refusals import bad_request, declined
from tests.billing.stripe_peer.subscriptions import is_living
from tests.billing.stripe_peer.world import Thing, World

OFF: Thing = {
    "customer_update": {"allowed_updates": [], "enabled": False},
    "invoice_history": {"enabled": False},
    "payment_method_update": {"enabled": False},
    "subscription_cancel": {
        "enabled": False, "mode": "at_period_end", "proration_behavior": "none",
        "cancellation_reason": {"enabled": False, "options": []},
    },
    "subscription_update": {
        "default_allowed_updates": [], "enabled": False, "proration_behavior": "none", "products": None,
        "schedule_at_period_end": {"conditions": []}, "trial_update_behavior": "end_trial",
    },
}  # fmt: skip


@call("POST", "/v1/billing_portal/configurations")
def create_configuration(world: World, asked: Thing) -> Thing:
    configuration = world.make(
        "billing_portal.configuration", "bpc", active=True, is_default=not world.of("billing_portal.configuration"),
        business_profile=_profile(asked), default_return_url=asked.get("default_return_url"), features=_features(asked["features"]),
        login_page={"enabled": False, "url": None}, metadata=with_metadata({}, asked.get("metadata")), updated=world.now(),
        **({"name": asked["name"]} if "name" in asked else {}),
    )  # fmt: skip
    world.tell("billing_portal.configuration.created", configuration)
    return configuration


def _profile(asked: Thing) -> Thing:
    return spec.made("portal_business_profile", **(asked.get("business_profile") or {}))


def _features(asked: Thing) -> Thing:
    """Each feature whole, with what Stripe takes for granted where nothing was said."""
    features = {name: {**default, **asked.get(name, {})} for name, default in OFF.items()}
    return {
        name: {key: value for key, value in part.items() if value != ""} for name, part in features.items()
    }


@call("POST", "/v1/billing_portal/configurations/{configuration}")
def update_configuration(world: World, asked: Thing, configuration: str) -> Thing:
    found = world.get("billing_portal.configuration", configuration)
    changes: Thing = {key: asked[key] for key in ("active", "default_return_url", "name") if key in asked}
    if "features" in asked:
        changes["features"] = {
            name: part | asked["features"].get(name, {}) for name, part in found["features"].items()
        }
    if "metadata" in asked:
        changes["metadata"] = with_metadata(found["metadata"], asked["metadata"])
    if "business_profile" in asked:
        changes["business_profile"] = found["business_profile"] | asked["business_profile"]
    return world.change("billing_portal.configuration.updated", found, updated=world.now(), **changes)


@call("GET", "/v1/billing_portal/configurations/{configuration}")
def configuration(world: World, asked: Thing, configuration: str) -> Thing:
    return world.get("billing_portal.configuration", configuration)


@call("GET", "/v1/billing_portal/configurations")
def configurations(world: World, asked: Thing) -> Thing:
    rows = only(world.of("billing_portal.configuration"), asked, "active", "is_default")
    return page(rows, asked, "/v1/billing_portal/configurations")


@call("POST", "/v1/billing_portal/sessions")
def create_session(world: World, asked: Thing) -> Thing:
    if "customer" not in asked:
        raise bad_request("Missing required param: customer.", "parameter_missing", "customer")
    living(world, asked["customer"])
    configurations = world.of("billing_portal.configuration")
    ident = asked.get("configuration") or next(
        (row["id"] for row in configurations if row["is_default"]), None
    )
    if ident is None:
        raise bad_request("You can’t create a portal session in test mode until you save your customer portal settings in test mode.")  # fmt: skip
    world.get("billing_portal.configuration", ident, "configuration")
    session = world.make(
        "billing_portal.session", "bps", configuration=ident, customer=asked["customer"], return_url=asked.get("return_url"),
        locale=asked.get("locale"), url="",
    )  # fmt: skip
    session["url"] = f"{world.base}/p/session/{session['id']}"
    world.tell("billing_portal.session.created", session)
    return session


# --- the page's deeds -----------------------------------------------------------------------------------------------


def allows(world: World, session: Thing, feature: str) -> bool:
    """Whether the session's configuration has a feature on."""
    return bool(world.get("billing_portal.configuration", session["configuration"])["features"][feature]["enabled"])  # fmt: skip


def running(world: World, session: Thing) -> list[Thing]:
    """The customer's subscriptions that are not over."""
    rows = only(world.of("subscription"), {"customer": session["customer"]}, "customer")
    return [row for row in rows if is_living(row)]


def replace_method(world: World, session: Thing, number: str) -> Thing:
    """A new card or account, and from now on the default one.

    :raises Refusal: when it is declined, or the portal does not let anybody.
    """
    if not allows(world, session, "payment_method_update"):
        raise bad_request("Payment methods cannot be changed in this portal.")
    if methods.refused(methods.known(number).attach):
        raise declined()
    customer = world.get("customer", session["customer"])
    method = methods.attach(world, methods.new(world, number, name=customer["name"]), customer["id"])
    settings = {"default_payment_method": method["id"]}
    update(world, {"invoice_settings": settings}, customer=customer["id"])
    for subscription in running(world, session):
        update_subscription(world, settings, subscription_exposed_id=subscription["id"])
    return method


def cancel(world: World, session: Thing, subscription: str, *, undo: bool = False) -> None:
    """At the end of the period, or after all not."""
    if not allows(world, session, "subscription_cancel"):
        raise bad_request("Subscriptions cannot be canceled in this portal.")
    update_subscription(world, {"cancel_at_period_end": not undo}, subscription_exposed_id=subscription)
