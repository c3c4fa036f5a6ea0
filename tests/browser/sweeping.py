"""A page in chromium under axe, with everything that goes wrong noted."""

from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, Page

from palier.foundation.settings import ROOT
from tests.browser.atlas import Atlas, Place
from tests.leaving import leave

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
}
EVERY_RULE: tuple[str, ...] = ()
CONTRAST, TARGETS = ("color-contrast",), ("target-size",)
LOOKS: tuple[tuple[int, Literal["light", "dark"], tuple[str, ...]], ...] = (
    (1280, "light", EVERY_RULE), (1280, "dark", CONTRAST), (1024, "light", TARGETS), (768, "dark", TARGETS),
    (390, "light", EVERY_RULE), (390, "dark", CONTRAST), (320, "light", TARGETS),
)  # fmt: skip
"""Every rule on a desk and on a phone; the other colour changes contrasts, another width what a finger hits."""
WORDS_ALONE = tuple((width, scheme) for width, scheme, rules in LOOKS if rules == CONTRAST)
"""What other words cannot change: the other colour of a width that every rule was asked about, in another language."""
NETWORK_ERROR = "Failed to load resource"
"""Chromium's own line for every answer of 400 and more; the test says which pages may answer so."""


@dataclass(slots=True)
class Sweeper:
    """One page of one person that goes from address to address."""

    page: Page
    heard: list[str] = field(default_factory=list)

    def listen(self) -> None:
        self.page.on("pageerror", lambda error: self.heard.append(f"error: {error}"))
        self.page.on("console", lambda message: self._note(message))  # noqa: PLW0108  (slots leave no room for its wrapper)

    def _note(self, message: Any) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(NETWORK_ERROR):
            self.heard.append(f"console: {message.text}")

    async def faults_everywhere(self, place: Place, *, but: Collection[tuple[int, str]] = ()) -> list[str]:
        """Everything wrong with one place: its colours and layouts under axe, and no width scrolled sideways."""
        self.heard.clear()
        await self.page.goto(place.address, wait_until="load")
        await self.page.wait_for_function("() => !document.querySelector('.htmx-request')")
        found = []
        for width, scheme, rules in LOOKS:
            if (width, scheme) in but:
                continue
            await self.page.emulate_media(color_scheme=scheme)
            await self.page.set_viewport_size({"width": width, "height": 900})
            faults = [*await self.axe(rules), *await self.sideways()]
            found += [f"{place} at {width}, {scheme}: {fault}" for fault in faults]
        return [*found, *(f"{place}: {line}" for line in self.heard)]

    async def axe(self, rules: tuple[str, ...] = EVERY_RULE) -> Iterator[str]:
        """What axe finds by these rules, or by all there are."""
        options = OPTIONS | ({"runOnly": {"type": "rule", "values": list(rules)}} if rules else {})
        report = await self.page.evaluate("options => axe.run(document, options)", options)
        return (f"{one['id']}: {_where(one)}" for one in report["violations"])

    async def sideways(self) -> list[str]:
        """The elements that make the page scroll sideways at the present width."""
        return list(await self.page.evaluate(_WIDER_THAN_THE_PAGE))


_WIDER_THAN_THE_PAGE = """() => {
  const root = document.scrollingElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const wide = Array.from(document.querySelectorAll("body *"))
    .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > root.clientWidth + 1)
    .slice(0, 3).map((one) => `${one.tagName.toLowerCase()}.${one.getAttribute("class") || one.id}`);
  return [`scrolls sideways at ${root.clientWidth}: ${root.scrollWidth} wide, ${wide.join(", ")}`];
}"""


def _where(violation: dict[str, Any]) -> str:
    node = violation["nodes"][0]
    reason = " ".join(one["message"] for one in (*node["any"], *node["all"], *node["none"]))[:200]
    return f"{len(violation['nodes'])} times, first {node['target'][0]}: {reason}"


@asynccontextmanager
async def sweeper(
    atlas: Atlas, chromium: Browser, who: str, *, width: int = 1280, scheme: str = "light", locale: str = "fr"
) -> AsyncIterator[Sweeper]:
    """A browser page signed in as `who`, with axe in every document it opens."""
    context = await open_context(atlas, chromium, who, width=width, scheme=scheme, locale=locale)
    page = await context.new_page()
    await page.add_init_script(path=AXE)
    sweeping = Sweeper(page)
    sweeping.listen()
    try:
        yield sweeping
    finally:
        await leave(context)


async def open_context(
    atlas: Atlas,
    chromium: Browser,
    who: str,
    *,
    width: int = 1280,
    scheme: str = "light",
    locale: str = "fr",
    **options: Any,
) -> BrowserContext:
    """A browser context of a person of the atlas. Paths are relative to the site."""
    context = await chromium.new_context(
        base_url=atlas.site, viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce",  # type: ignore[arg-type]
        locale={"fr": "fr-FR", "en": "en-GB"}[locale], **options,
    )  # fmt: skip
    context.set_default_timeout(45_000)
    await context.add_cookies(
        [{"name": name, "value": value, "url": atlas.site} for name, value in atlas.cookies(who).items()]
    )
    return context
