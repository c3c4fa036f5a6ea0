"""Every page under axe, in both colours, at every width; and what axe cannot judge: focus, contrast modes, motion.

`make test` looks at the main pages; `make test-long` at all there are, in both languages.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from itertools import groupby
from operator import attrgetter

import pytest
from playwright.async_api import Browser, Page

from tests.browser.atlas import CLAIRE, VALLEY, Atlas, Place
from tests.browser.sweeping import WORDS_ALONE, Sweeper, open_context, sweeper
from tests.browser.test_html import DOORS, FILES, FRAGMENTS
from tests.leaving import leave

pytestmark = pytest.mark.browser
Look = Callable[[Sweeper, Place], Awaitable[list[str]]]
MAIN_PAGES = (
    VALLEY, f"{VALLEY}/e/{{open}}/q/SX4.2.3", f"{VALLEY}/e/{{done}}/results", f"{VALLEY}/e/{{done}}/benchmark", f"{VALLEY}/plans/{{plan}}",
)  # fmt: skip


def pages(atlas: Atlas) -> list[Place]:
    return [
        place
        for place in atlas.places
        if place.route not in FILES | FRAGMENTS | (DOORS - {"/o/{org:str}/e/{assessment:str}/submit"})
    ]


async def sweep(
    atlas: Atlas, chromium: Browser, places: list[Place], look: Look, locale: str = "fr"
) -> list[str]:
    """What `look` finds wrong with the places; two pages at a time, for two cores."""

    async def walk(who: str, theirs: list[Place]) -> list[str]:
        async with sweeper(atlas, chromium, who, locale=locale) as eyes:
            return [fault for place in theirs for fault in await look(eyes, place)]

    by_person = groupby(sorted(places, key=attrgetter("who")), key=attrgetter("who"))
    halves = [(who, part) for who, theirs in by_person for part in _halves(list(theirs))]
    two_at_a_time = asyncio.Semaphore(2)

    async def in_turn(who: str, part: list[Place]) -> list[str]:
        async with two_at_a_time:
            return await walk(who, part)

    return [fault for found in await asyncio.gather(*(in_turn(*half) for half in halves)) for fault in found]


def _halves(places: list[Place]) -> list[list[Place]]:
    return [part for part in (places[::2], places[1::2]) if part]


async def test_the_main_pages_pass_axe(atlas: Atlas, chromium: Browser) -> None:
    """In every size and colour, nothing wider than the screen, and the console silent."""
    main = [Place(CLAIRE, address.format(**atlas.ids), address) for address in MAIN_PAGES]
    assert not (found := await sweep(atlas, chromium, main, Sweeper.faults_everywhere)), "\n".join(found)


@pytest.mark.long
@pytest.mark.parametrize(("locale", "but"), [("fr", ()), ("en", WORDS_ALONE)], ids=["fr", "en"])
async def test_every_page_passes_axe_everywhere(
    atlas: Atlas, chromium: Browser, locale: str, but: Collection[tuple[int, str]]
) -> None:
    """Each page is opened once a language and looked at from a desk to the narrowest phone."""
    await atlas.speak(locale)
    found = await sweep(atlas, chromium, pages(atlas), partial(Sweeper.faults_everywhere, but=but), locale)
    await atlas.speak("fr")
    assert not found, "\n".join(found)


_FAULTS = """() => {
  document.documentElement.removeAttribute("lang");
  const [button, wide, script] = ["button", "div", "script"].map((name) => document.createElement(name));
  Object.assign(wide.style, { inlineSize: "900px", blockSize: "9px" });
  script.textContent = "1";
  document.querySelector("main").append(button, wide, script);
}"""


async def test_a_fault_would_be_seen(atlas: Atlas, chromium: Browser) -> None:
    """The eyes are open: a page without a language, with a silent button, a wide box and a lost script is told of."""
    async with sweeper(atlas, chromium, "", width=390, scheme="light") as eyes:
        await eyes.page.goto("/signin")
        await eyes.page.evaluate(_FAULTS)
        found = " ".join([*await eyes.axe(), *await eyes.sideways(), *eyes.heard])
    for fault in ("html-has-lang", "button-name", "scrolls sideways", "Content Security Policy"):
        assert fault in found


# --- the keyboard ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", MAIN_PAGES)
@pytest.mark.parametrize("width", [1280, 390])
async def test_tab_shows_where_it_is(atlas: Atlas, chromium: Browser, address: str, width: int) -> None:
    """Each stop has an outline of two pixels, in sight, in reading order, never under the bar at the bottom."""
    context = await open_context(atlas, chromium, CLAIRE, width=width)
    page = await context.new_page()
    await page.goto(address.format(**atlas.ids))
    stops = await walk(page)
    await leave(context)
    assert len(stops) > 8
    faults = [stop for stop in stops if not stop.endswith(": fine")]
    assert not faults, "\n".join(faults)


async def walk(page: Page) -> list[str]:
    """What is said of every Tab stop, until the page is left or a stop comes back."""
    stops: list[str] = []
    await page.evaluate(_REMEMBER)
    for _ in range(150):
        await page.keyboard.press("Tab")
        stop = await page.evaluate(_JUDGE)
        if stop is None:
            break
        stops.append(stop)
    return stops


_REMEMBER = "() => { window.seen = new Set(); }"
_JUDGE = """() => {
  const one = document.activeElement;
  if (!one || one === document.body || window.seen.has(one)) return null;
  const before = window.last;
  window.seen.add(one);
  window.last = one;
  const name = `${one.tagName.toLowerCase()} ${one.id || one.textContent.trim().slice(0, 40)}`;
  const shown = one.matches("input[type=radio], input[type=checkbox]") ? [one, ...Array.from(one.labels), one.parentElement] : [one];
  const outlined = shown.some((each) => [each, ...each.children].some((part) => {
    const style = getComputedStyle(part);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  }));
  if (!outlined) return `${name}: no outline`;
  if (before && before.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_PRECEDING) return `${name}: out of reading order`;
  const area = shown[shown.length > 1 ? 1 : 0].getBoundingClientRect();
  const [x, y] = [area.left + area.width / 2, area.top + area.height / 2];
  if (area.width && (y < 0 || y > innerHeight)) return `${name}: out of sight`;
  const above = document.elementFromPoint(Math.max(0, Math.min(x, innerWidth - 1)), y);
  const bar = above && above.closest(".actions, .top");
  if (bar && !bar.contains(one)) return `${name}: under ${bar.className}`;
  return `${name}: fine`;
}"""


# --- what the reader asks of the browser ----------------------------------------------------------------------------


async def test_nothing_moves_for_whoever_asked_for_calm(atlas: Atlas, chromium: Browser) -> None:
    context = await open_context(atlas, chromium, CLAIRE)
    page = await context.new_page()
    await page.goto(f"{VALLEY}/e/{atlas.ids['open']}/q/SX4.2.3")
    moving = await page.evaluate(
        "() => Array.from(document.querySelectorAll('*')).filter((one) => { const style = getComputedStyle(one);"
        " return Math.max(...style.transitionDuration.split(',').map(parseFloat)) > 0.001 || "
        "(style.animationName !== 'none' && parseFloat(style.animationDuration) > 0.001); }).map((one) => one.className)"
    )
    await leave(context)
    assert moving == []


@pytest.mark.parametrize("address", MAIN_PAGES)
async def test_marks_stay_visible_in_forced_colours(atlas: Atlas, chromium: Browser, address: str) -> None:
    """Every drawn mark keeps a colour that is not the paper's."""
    context = await open_context(atlas, chromium, CLAIRE, forced_colors="active")
    page = await context.new_page()
    await page.goto(address.format(**atlas.ids))
    lost = await page.evaluate(
        "() => { const probe = document.createElement('i'); document.body.append(probe); probe.style.color = 'Canvas';"
        " const paper = getComputedStyle(probe).color; probe.remove();"
        " return Array.from(document.querySelectorAll('main svg[role=img] .c-you, main svg .c-you-l')).filter((one) => {"
        " const style = getComputedStyle(one); return [style.fill, style.stroke]"
        ".every((paint) => paint === 'none' || paint === paper); }).length; }"
    )
    await leave(context)
    assert lost == 0
