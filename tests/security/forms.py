"""The forms of the house as its pages show them: where each is sent, what it sends, which fields take a text or a file."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

from tests.browser.reading import Reading, local, sent_by
from tests.security.world import Spot, World

_TEXTS = {"text", "search", "email", "url", "tel", "password", ""}


@dataclass(frozen=True, slots=True)
class Form:
    """One form of one page. `fields` is what a browser sends when nothing is changed, `choices` what may be put in."""

    who: str
    page: str
    spot: Spot
    address: str
    method: str
    fields: dict[str, str] = field(hash=False)
    choices: dict[str, str] = field(hash=False)
    texts: tuple[str, ...]
    files: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.spot} on {self.page}"


def forms_of(world: World, who: str, page: str, html: str) -> Iterator[Form]:
    """The forms of a page that send something to a route of ours."""
    reading = Reading.of(html)
    for form in reading.all("form"):
        inputs = [one for one in reading.all("input", "textarea", within=form) if one.get("name")]
        texts = [
            one for one in inputs
            if local(one) == "textarea" or (one.get("type", "text") in _TEXTS and not one.get("inputmode"))
        ]  # fmt: skip
        files = [one for one in inputs if one.get("type") == "file"]
        address = urlsplit(urljoin(page, form.get("action") or page))
        method = form.get("method", "get").upper()
        if method == "DIALOG":
            continue
        spot = spot_at(world, method, address.path)
        if spot is None:
            raise AssertionError(f"the form at {page} leads nowhere: {method} {address.path}")
        yield Form(
            who, page, spot, address.path + (f"?{address.query}" if address.query else ""), method,
            sent_by(reading, form), dict(_filled(reading, form)),
            tuple(dict.fromkeys(one.attrib["name"] for one in texts)), tuple(one.attrib["name"] for one in files),
        )  # fmt: skip


def refused_in(html: str) -> set[str]:
    """The names of the fields an answer finds fault with."""
    reading = Reading.of(html)
    marked = [one for one in reading.all("input", "select", "textarea") if one.get("aria-invalid") == "true"]
    grouped = [
        one for group in reading.all("fieldset") if group.get("aria-invalid") == "true" or "error" in group.get("class", "")
        for one in reading.all("input", within=group)
    ]  # fmt: skip
    return {one.get("name", "") for one in (*marked, *grouped)} - {""}


def _filled(reading: Reading, form: Element) -> Iterator[tuple[str, str]]:
    """What somebody would choose where nothing is: a day in June, the first real choice, a small number."""
    chosen = {one.get("name") for one in reading.all("input", within=form) if "checked" in one.attrib}
    for entry in reading.all("input", "select", within=form):
        name, kind = entry.get("name", ""), entry.get("type", "text")
        if local(entry) == "select":
            options = [
                one.get("value", "")
                for one in entry.iter()
                if isinstance(one.tag, str) and local(one) == "option"
            ]
            selected = [one for one in entry.iter() if "selected" in one.attrib and one.get("value")]
            if not selected and any(options):
                yield name, next(option for option in options if option)
        elif kind == "radio" and name not in chosen:
            chosen.add(name)
            yield name, entry.get("value", "")
        elif not entry.get("value") and (part := re.fullmatch(r".*-(day|month|year)", name)):
            yield name, {"day": "15", "month": "6", "year": "2027"}[part[1]]
        elif not entry.get("value") and (
            kind in ("number", "email", "date") or entry.get("inputmode") in ("numeric", "decimal")
        ):
            yield (
                name,
                {"email": f"x{next(_NUMBER)}@palier.example", "date": "2027-06-15"}.get(
                    kind, entry.get("min") or "3"
                ),
            )


_NUMBER = count(1)


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
