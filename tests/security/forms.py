"""The forms of the house as its pages show them: where each is sent, what it sends, which fields take a text or a file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from tests.browser.reading import Reading, local, sent_by
from tests.security.world import Spot, World

_TEXTS = {"text", "search", "email", "url", "tel", "password", ""}


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one page. `fields` is what a browser sends when nothing is changed."""

    who: str
    page: str
    spot: Spot
    address: str
    method: str
    fields: dict[str, str] = field(hash=False)
    texts: tuple[str, ...]
    files: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.spot} on {self.page}"


def forms_of(world: World, who: str, page: str, html: str) -> Iterator[Form]:
    """The forms of a page that send something to a route of ours."""
    reading = Reading.of(html)
    for form in reading.all("form"):
        inputs = [one for one in reading.all("input", "textarea", within=form) if one.get("name")]
        texts = [one for one in inputs if local(one) == "textarea" or one.get("type", "text") in _TEXTS]
        files = [one for one in inputs if one.get("type") == "file"]
        address = urlsplit(urljoin(page, form.get("action") or page))
        method = form.get("method", "get").upper()
        if method == "DIALOG":
            continue
        spot = spot_at(world, method, address.path)
        if spot is None:
            raise AssertionError(f"the form at {page} leads nowhere: {method} {address.path}")
        yield Form(
            who, page, spot, address.path + (f"?{address.query}" if address.query else ""), method, sent_by(reading, form),
            tuple(dict.fromkeys(one.attrib["name"] for one in texts)), tuple(one.attrib["name"] for one in files),
        )  # fmt: skip


def spot_at(world: World, method: str, path: str) -> Spot | None:
    """The route that answers there."""
    found = [spot for spot in world.spots if spot.method == method and _matches(spot.route, path)]
    return min(found, key=lambda spot: spot.route.count("{"), default=None)


def _matches(route: str, path: str) -> bool:
    pattern = re.sub(r"\{\w+:path\}", ".+", route)
    return re.fullmatch(re.sub(r"\{\w+:\w+\}", "[^/]+", pattern), path.rstrip("/") or "/") is not None


async def every_form(world: World, pages: Iterable[Spot] | None = None) -> list[Form]:
    """Each form that posts, once a route and set of fields, from the pages of everybody."""
    found: dict[tuple[str, tuple[str, ...]], Form] = {}
    spots = list(world.pages() if pages is None else pages)
    for who in sorted({spot.who for spot in spots}):
        async with world.visit(who) as browser:
            for spot in spots:
                if spot.who == who:
                    answer = await browser.get(spot.address)
                    if "<form" not in answer.text:
                        continue
                    for form in forms_of(world, who, spot.address, answer.text):
                        if form.method == "POST":
                            found.setdefault((form.spot.route, tuple(sorted(form.fields))), form)
    return list(found.values())
