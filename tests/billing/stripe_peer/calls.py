"""The table of calls, and what all of them share: lists by page, metadata, what is expanded."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.billing.stripe_peer import spec
from tests.billing.stripe_peer.refusals import bad_request
from tests.billing.stripe_peer.world import Thing, World, listed, newest_first

Handler = Callable[..., Thing]
CALLS: list[tuple[spec.Operation, Handler]] = []
INCLUDED: dict[tuple[str, str], Callable[[World, Thing], Any]] = {}
"""What is in an object only when it is asked for by `expand`: (object, key) -> how to make it."""


def call(method: str, path: str) -> Callable[[Handler], Handler]:
    """A handler of (world, asked, **parts of the path); its answer is an object or a list."""

    def register(handler: Handler) -> Handler:
        if spec.available():
            CALLS.append((spec.operation(method, path), handler))
        return handler

    return register


def included(name: str, key: str) -> Callable[[Any], Any]:
    def register(maker: Callable[[World, Thing], Any]) -> Callable[[World, Thing], Any]:
        INCLUDED[name, key] = maker
        return maker

    return register


def page(things: list[Thing], asked: Thing, url: str) -> Thing:
    """Newest first, `limit` at a time, before or after an id; `created` bounds them.

    :raises Refusal: when the id to go on from is not there.
    """
    found = [thing for thing in newest_first(things) if _created_within(thing, asked.get("created"))]
    if after := asked.get("starting_after"):
        found = found[_place(found, after, "starting_after") + 1 :]
    if before := asked.get("ending_before"):
        found = found[: _place(found, before, "ending_before")]
    limit = asked.get("limit", 10)
    if not 1 <= limit <= 100:
        raise bad_request("Invalid limit: between 1 and 100", "parameter_invalid_integer", "limit")
    return listed(found[:limit], url, has_more=len(found) > limit)


def _place(things: list[Thing], ident: str, param: str) -> int:
    for place, thing in enumerate(things):
        if thing["id"] == ident:
            return place
    raise bad_request(f"No such object: '{ident}'", "resource_missing", param)


def _created_within(thing: Thing, bounds: Any) -> bool:
    if bounds is None:
        return True
    at = thing["created"]
    bounds = bounds if isinstance(bounds, dict) else {"gte": bounds, "lte": bounds}
    checks = {"gt": at.__gt__, "gte": at.__ge__, "lt": at.__lt__, "lte": at.__le__}
    return all(checks[word](bound) for word, bound in bounds.items())


def only(things: list[Thing], asked: Thing, *keys: str) -> list[Thing]:
    """Those whose `keys` are as asked, where they are asked for."""
    wanted = {key: asked[key] for key in keys if key in asked}
    return [thing for thing in things if all(thing.get(key) == value for key, value in wanted.items())]


def with_metadata(old: Thing | None, asked: Any) -> Thing:
    """Metadata after an update: keys are added, an empty value takes one away, an empty string takes all."""
    if asked == "":
        return {}
    return {key: value for key, value in ((old or {}) | (asked or {})).items() if value != ""}


# --- expanding ------------------------------------------------------------------------------------------------------


def expanded(world: World, answer: Thing, paths: list[str]) -> Thing:
    """
    :param paths: "data.customer", "latest_invoice.payments": as `expand` names them.
    :raises Refusal: when something is asked for that cannot be expanded.
    """
    answer = deepcopy(answer)
    for path in paths:
        if path.count(".") > 3:
            raise bad_request("You cannot expand more than 4 levels of a property", None, "expand")
        _expand(world, answer, path.split("."), path)
    return answer


def _expand(world: World, thing: Any, steps: list[str], path: str) -> None:
    if isinstance(thing, list):
        for part in thing:
            _expand(world, part, steps, path)
        return
    if not steps or thing is None:
        return
    step, *rest = steps
    if maker := INCLUDED.get((thing.get("object", ""), step)):
        thing[step] = deepcopy(maker(world, thing))
    elif step not in thing:
        raise bad_request(f"This property cannot be expanded ({path}).", None, "expand")
    else:
        thing[step] = _found(world, thing[step], path)
    _expand(world, thing[step], rest, path)


def _found(world: World, value: Any, path: str) -> Any:
    if isinstance(value, list):
        return [_found(world, part, path) for part in value]
    if not isinstance(value, str):
        return value
    thing = world.find(value)
    if thing is None:
        raise bad_request(f"This property cannot be expanded ({path}).", None, "expand")
    return deepcopy(thing)
