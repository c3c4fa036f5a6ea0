"""What a Stripe account holds: its objects by kind, its clock, its events, and how well its wires work today."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.refusals import no_such

Thing = dict[str, Any]
"""An object of Stripe's."""


class Trouble(StrEnum):
    """What may happen to a call."""

    REFUSED = "refused"  # the connection fails: nothing was done
    LOST = "lost"  # it was done, and the answer never came
    UNAVAILABLE = "unavailable"  # 503
    BROKEN = "broken"  # 500
    THROTTLED = "throttled"  # 429


@dataclass(frozen=True, slots=True)
class Seen:
    """A call as it came, kept for those who want to count."""

    method: str
    path: str
    asked: Thing
    key: str | None


@dataclass
class World:
    """One account. `at` stands still unless it is moved; None: the machine's clock, `ahead` seconds later."""

    clock: Callable[[], float]
    at: int | None = None
    ahead: int = 0
    base: str = "http://stripe.test"
    country: str = "FR"
    things: dict[str, dict[str, Thing]] = field(default_factory=dict)
    events: list[Thing] = field(default_factory=list)
    tiers: dict[str, list[Thing]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)  # payment method -> the card's or account's number
    confirmed: set[str] = field(default_factory=set)  # invoices and methods whose holder said yes to the bank
    terms: dict[str, Thing] = field(default_factory=dict)  # what each Checkout session was asked for
    pending: dict[str, list[Thing]] = field(
        default_factory=dict
    )  # subscription -> lines for its next invoice
    later: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    answered: dict[str, tuple[Any, int, Thing]] = field(default_factory=dict)  # by idempotency key
    troubles: list[Trouble] = field(default_factory=list)
    calls: list[Seen] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)  # refusals that only a slip of the asking program explains
    faults: list[str] = field(
        default_factory=list
    )  # of the peer itself: what it made is not as Stripe's schema says
    end_of_dunning: str = "canceled"  # or "unpaid", or "past_due", as an account may choose
    request: Thing = field(default_factory=lambda: {"id": None, "idempotency_key": None})
    _count: int = 0

    def now(self) -> int:
        """Unix seconds."""
        return self.at if self.at is not None else int(self.clock()) + self.ahead

    def move_to(self, at: int) -> None:
        if self.at is None:
            self.ahead = at - int(self.clock())
        else:
            self.at = at

    def new_id(self, prefix: str) -> str:
        self._count += 1
        return f"{prefix}_1Pa{self._count:011}"

    # --- objects ---

    def keep(self, thing: Thing) -> Thing:
        self.things.setdefault(thing["object"], {})[thing["id"]] = thing
        return thing

    def make(self, name: str, prefix: str, /, **said: Any) -> Thing:
        """A new object with its id, its date and its mode, kept."""
        facts = {"id": self.new_id(prefix), "created": self.now(), "livemode": False, **said}
        known = spec.component(name)["properties"]
        return self.keep(spec.made(name, **{key: value for key, value in facts.items() if key in known}))

    def of(self, name: str) -> list[Thing]:
        """All of a kind, oldest first."""
        return list(self.things.get(name, {}).values())

    def get(self, name: str, ident: str, param: str = "id") -> Thing:
        """
        :raises Refusal: resource_missing.
        """
        try:
            return self.things[name][ident]
        except KeyError:
            raise no_such(name.replace("checkout.", "").replace("_", " "), ident, param) from None

    def find(self, ident: str) -> Thing | None:
        return next((kind[ident] for kind in self.things.values() if ident in kind), None)

    # --- events ---

    def tell(self, kind: str, thing: Thing, previous: Thing | None = None) -> None:
        """Note an event, with the object as it is now.

        :raises NotOfStripe: when the object or the event is not as Stripe's are.
        """
        spec.check_object(thing)
        data = {"object": deepcopy(thing)} | ({"previous_attributes": deepcopy(previous)} if previous else {})
        event = spec.made(
            "event", id=self.new_id("evt"), created=self.now(), livemode=False, type=kind, data=data,
            api_version=spec.version(), pending_webhooks=1, request=dict(self.request),
        )  # fmt: skip
        spec.check_object(event)
        assert kind in event_names(), f"Stripe tells no {kind}"
        self.events.append(event)

    def change(self, kind: str, thing: Thing, **changes: Any) -> Thing:
        """Change an object and tell of it; nothing is told when nothing changed."""
        previous = {key: thing.get(key) for key, value in changes.items() if thing.get(key) != value}
        thing.update(deepcopy(changes))
        if previous:
            self.tell(kind, thing, previous)
        return thing


def event_names() -> set[str]:
    """Every event an endpoint may be told of."""
    asked = spec.operation("POST", "/v1/webhook_endpoints").asked
    return set(asked["properties"]["enabled_events"]["items"]["enum"])


def listed(things: list[Thing], url: str, *, has_more: bool = False) -> Thing:
    return {"object": "list", "data": things, "has_more": has_more, "url": url}


def newest_first(things: list[Thing]) -> Iterator[Thing]:
    yield from reversed(things)
