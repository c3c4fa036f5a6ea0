"""After every htmx action the page equals the page fetched anew: live regions, revisions, operations and tokens aside."""

import difflib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, FilePayload, Page, expect

from palier.foundation.settings import ROOT
from tests.browser.atlas import CLAIRE, INES, VALLEY, Atlas, connection, plant_what_is_missing
from tests.browser.sweeping import open_context
from tests.demonstration import Demonstration, copied, web
from tests.leaving import leave

pytestmark = pytest.mark.browser
Act = Callable[[Page, Atlas], Awaitable[None]]
BLANK = "SX4.2.3"
BENCHMARK = f"{VALLEY}/e/{{done}}/benchmark"
BOARD = f"{VALLEY}/plans/{{plan}}"
ACTION = f"{VALLEY}/a/{{action}}"


@pytest.fixture(scope="module")
async def ground(seeded: Demonstration, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Atlas]:
    """The demonstration to write in, without a worker: what waits goes on waiting."""
    with copied(seeded, "swaps", tmp_path_factory.mktemp("swaps")) as demonstration:
        await plant_what_is_missing(demonstration)
        async with web(demonstration.environment()) as address:
            yield await Atlas.draw(demonstration, address)


# --- what people do -------------------------------------------------------------------------------------------------


async def _saved(page: Page) -> None:
    await expect(page.locator("#saved")).to_have_attribute("data-state", "saved")
    await expect(page.locator("#saved")).not_to_be_empty()
    await page.wait_for_function("() => !Object.keys(localStorage).length")


async def choose_a_level(page: Page, _: Atlas) -> None:
    await page.locator("#a3").check()
    await _saved(page)


async def give_reasons(page: Page, _: Atlas) -> None:
    await page.locator("#rationale").fill("Relevé de juin\n\nDeux lignes")
    await _saved(page)


async def flag_it(page: Page, _: Atlas) -> None:
    await page.locator("label.flag").click()
    await _saved(page)


async def take_the_answer_back(page: Page, _: Atlas) -> None:
    await page.locator("input[name=answer][value=dk]").check()
    await _saved(page)


async def go_on(page: Page, _: Atlas) -> None:
    before = page.url
    await page.locator("#a2").check()
    await page.get_by_role("button", name="Continuer").click()
    await page.wait_for_url(lambda url: url != before)
    await expect(page.locator("h1")).to_be_focused()


async def rate_in_the_list(page: Page, _: Atlas) -> None:
    await page.locator("[id='SX4.1.2'] input[value='4']").check()
    await _saved(page)


async def sort_results(page: Page, _: Atlas) -> None:
    await page.locator("#sort-score").click()
    await expect(page.locator("th:has(#sort-score)")).to_have_attribute("aria-sort", "descending")


async def sort_the_benchmark(page: Page, _: Atlas) -> None:
    await page.locator("a.sort:not([id=sort-order])").first.click()
    await page.wait_for_url(re.compile("sort="))


async def choose_another_group(page: Page, _: Atlas) -> None:
    await page.locator("#country").select_option("LU")
    await page.get_by_role("button", name="Comparer").click()
    await page.wait_for_url(re.compile("country=LU"))


async def ask_for_the_nearest_peers(page: Page, _: Atlas) -> None:
    await page.locator("#by-nearness").click()
    await page.wait_for_url(re.compile("peers=nearest"))


async def choose_attributes_again(page: Page, _: Atlas) -> None:
    await page.locator("#by-attributes").click()
    await page.wait_for_url(lambda url: "peers=nearest" not in url)


async def widen_the_group(page: Page, _: Atlas) -> None:
    await page.locator("details:has(.masked a) > summary").first.click()
    await page.locator(".masked a").first.click()
    await page.wait_for_url(lambda url: "sector=rail" not in url)


async def move_a_card(page: Page, _: Atlas) -> None:
    card = page.locator("li.acard:has(button[name=status][value=done])").first
    name = await card.get_attribute("id")
    await card.locator("summary").click()
    await card.locator("button[name=status][value=done]").click()
    await expect(page.locator(f"#{name} button[name=status][value=done]")).to_have_count(0)


async def drag_a_card(page: Page, _: Atlas) -> None:
    card = page.locator("li.acard:has(button[data-to=in_progress])").first
    name = await card.get_attribute("id")
    grip, goal = card.locator(".code"), page.locator("#col-in_progress h2")
    await grip.hover()
    await page.mouse.down()
    await goal.hover()
    await goal.hover()  # a browser asks where it is only on the second move
    await page.mouse.up()
    await expect(page.locator(f"#col-in_progress #{name}")).to_have_count(1)


async def adopt_a_suggestion(page: Page, _: Atlas) -> None:
    before = await page.locator("[id^=act-].acard").count()
    await page.locator("[id^=sug-] form button").first.click()
    await expect(page.locator("[id^=act-].acard")).to_have_count(before + 1)


async def tick_a_suggestion(page: Page, _: Atlas) -> None:
    await page.locator("#chances section:last-of-type input[name=tick]").first.check()
    await page.wait_for_url(lambda url: "asked=1" in url)
    await expect(page.locator("#announce")).not_to_be_empty()


async def change_a_row(page: Page, _: Atlas) -> None:
    row = page.locator("[id^=row-]").last
    await row.locator("select[name=owner]").select_option(label="Malik Ouali")
    await row.get_by_role("button", name="Enregistrer").click()
    await expect(page.locator("#announce")).not_to_be_empty()


async def tick_a_step(page: Page, _: Atlas) -> None:
    step = page.locator("#steps [role=checkbox][aria-checked=false]").first
    held = await step.get_attribute("id")
    await step.focus()
    await page.keyboard.press("Space")
    await expect(page.locator(f"[id='{held}']")).to_have_attribute("aria-checked", "true")
    await expect(page.locator(f"[id='{held}']")).to_be_focused()
    await expect(page.locator("#announce")).not_to_be_empty()


async def say_something(page: Page, _: Atlas) -> None:
    before = await page.locator("li.cm").count()
    await page.locator("#comment-text").type("Vu avec @mal")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("#comment-text")).to_have_value("Vu avec @Malik Ouali ")
    await page.get_by_role("button", name="Commenter").click()
    await expect(page.locator("li.cm")).to_have_count(before + 1)
    await expect(page.locator("#announce")).to_contain_text("Malik Ouali")


async def attach_a_file(page: Page, _: Atlas) -> None:
    sheet: FilePayload = {"name": "relevé.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
    await page.locator("#attachment").set_input_files(sheet)
    await page.get_by_role("button", name="Joindre", exact=True).click()
    await expect(page.get_by_role("link", name="relevé.csv")).to_be_visible()


async def take_a_file_away(page: Page, _: Atlas) -> None:
    before = await page.locator("#files li").count()
    await page.locator("#files li form button").last.click()
    await expect(page.locator("#files li")).to_have_count(before - 1)


async def bring_a_link(page: Page, _: Atlas) -> None:
    before = await page.locator("#attached .files li").count()
    await page.get_by_text("Ajouter un lien", exact=True).click()
    await page.locator("#link-link").fill("https://exemple.fr/releve")
    await page.get_by_role("button", name="Joindre le lien").click()
    await expect(page.locator("#attached .files li")).to_have_count(before + 1)


async def take_it_off_the_criterion(page: Page, _: Atlas) -> None:
    before = await page.locator("#attached .files li").count()
    await page.locator("#attached form[action$='/detach'] button").first.click()
    await expect(page.locator("#attached .files li")).to_have_count(before - 1)


async def give_a_role(page: Page, _: Atlas) -> None:
    row = page.locator("tr[id^=asked-]", has_text="Malik Ouali")
    await row.locator("input[name=voice]").fill("Terrain")
    await row.get_by_role("button", name="Enregistrer").click()
    await expect(page.locator("#announce")).not_to_be_empty()


async def remind_somebody(page: Page, _: Atlas) -> None:
    row = page.locator("tr[id^=asked-]", has_text="Malik Ouali")
    await row.get_by_role("button", name="Relancer").click()
    await expect(row).to_contain_text("Relance envoyée aujourd’hui")


async def wait_for_a_document(page: Page, atlas: Atlas) -> None:
    async with connection(atlas.demonstration) as owner:
        await owner.execute(
            "update report set state = 'failed', failure = 'crashed' where id = $1::uuid", atlas.ids["made"]
        )
    await expect(page.locator("#report form[action$='/again']")).to_be_visible()


async def wait_for_an_edition(page: Page, atlas: Atlas) -> None:
    """Its job lies in the queue while the page is opened anew, and has failed when the page next asks."""
    key = f"publish {atlas.ids['campaign']}"
    async with connection(atlas.demonstration) as owner:
        await owner.execute("select enqueue('benchmarks.nothing', '{}', $1, null)", key)
        await page.reload()
        await page.evaluate("() => { window.stayed = true; }")
        await owner.execute("update procrastinate_jobs set status = 'failed' where queueing_lock = $1", key)
    await expect(page.locator("#publication .notice.err")).to_be_visible()
    await page.evaluate("() => { window.stayed = true; }")  # it was told to load the page anew


async def take_a_draft_up_again(page: Page, atlas: Atlas) -> None:
    """The page asks while the sealing waits; when it is done, the page is told to load anew and the draft is there."""
    campaign = atlas.ids["sealed"]
    set_aside = "update edition_draft set set_aside_at = {} where campaign_id = $1::uuid"
    async with connection(atlas.demonstration) as owner:
        await owner.execute(set_aside.format("now()"), campaign)
        await page.reload()
        await page.locator("#seal").click()
        await expect(page.locator("#publication[hx-get]")).to_be_visible()
        await owner.execute(set_aside.format("null"), campaign)
        await owner.execute("delete from procrastinate_jobs where queueing_lock = $1", f"seal {campaign}")
    await expect(page.locator("#confirm")).to_be_visible()
    await page.evaluate("() => { window.stayed = true; }")  # it was told to load the page anew


ACTS: tuple[tuple[str, str, Act, str], ...] = (
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/{BLANK}", choose_a_level, "assessments/criterion.html patch {{ here }}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/{BLANK}", give_reasons, "assessments/criterion.html patch {{ here }}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/{BLANK}", flag_it, "assessments/criterion.html patch {{ here }}"),
    (
        CLAIRE,
        f"{VALLEY}/e/{{open}}/q/{BLANK}",
        take_the_answer_back,
        "assessments/criterion.html patch {{ here }}",
    ),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/SX1.1.1", flag_it, "assessments/criterion.html patch {{ here }}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/SX4.1.1", go_on, "assessments/criterion.html post {{ here }}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/s/SX4.1", rate_in_the_list, "assessments/_row.html patch {{ address }}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/{BLANK}", bring_a_link, "assessments/_attached.html post {{ at }}"),
    (
        CLAIRE,
        f"{VALLEY}/e/{{open}}/q/SX1.1.1",
        take_it_off_the_criterion,
        "assessments/_attached.html post {{ at }}/{{ piece.row.id }}/detach",
    ),
    (CLAIRE, f"{VALLEY}/e/{{open}}/team", give_a_role, "team/_row.html post {{ here }}/{{ row.id }}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/team", remind_somebody, "macros/team.html post {{ address }}"),
    (CLAIRE, f"{VALLEY}/e/{{done}}/results", sort_results, "macros/results.html get {{ address }}"),
    (CLAIRE, BENCHMARK, sort_the_benchmark, "macros/benchmark.html get {{ address }}"),
    (
        CLAIRE,
        f"{BENCHMARK}?sector=rail",
        widen_the_group,
        "macros/benchmark.html get {{ here }}?{{ query.with_(line.wider) }}",
    ),
    (CLAIRE, BENCHMARK, choose_another_group, "benchmarks/_cohort.html get {{ here }}"),
    (CLAIRE, BENCHMARK, ask_for_the_nearest_peers, "benchmarks/_cohort.html get {{ nearby }}"),
    (
        CLAIRE,
        f"{BENCHMARK}?peers=nearest",
        choose_attributes_again,
        "benchmarks/_cohort.html get {{ natural }}",
    ),
    (CLAIRE, BOARD, move_a_card, "macros/plans.html post {{ org }}/a/{{ row.id }}/status"),
    (CLAIRE, BOARD, drag_a_card, "macros/plans.html post {{ org }}/a/{{ row.id }}/status"),
    (
        CLAIRE,
        BOARD,
        adopt_a_suggestion,
        "macros/plans.html post {{ path }}/suggestions/{{ one.lever.id }}/adopt",
    ),
    (CLAIRE, f"{BOARD}/what-if", tick_a_suggestion, "action_plans/what_if.html get {{ path }}/what-if"),
    (CLAIRE, f"{BOARD}?view=list", change_a_row, "action_plans/_row.html post {{ org }}/a/{{ row.id }}/row"),
    (CLAIRE, ACTION, tick_a_step, "action_plans/_checklist.html post {{ here }}/{{ step.id }}/tick"),
    (CLAIRE, ACTION, say_something, "conversations/_comments.html post {{ place }}/comments"),
    (CLAIRE, ACTION, attach_a_file, "conversations/_files.html post {{ place }}/files"),
    (
        CLAIRE,
        ACTION,
        take_a_file_away,
        "conversations/_files.html post {{ place }}/files/{{ one.id }}/remove",
    ),
    (CLAIRE, f"{VALLEY}/reports/{{made}}", wait_for_a_document, "reports/_report.html get {{ here }}"),
    (
        INES,
        "/n/{net}/campaigns/{campaign}/publish?asked=1",
        wait_for_an_edition,
        "benchmarks/_publication.html get {{ here }}/state",
    ),
    (
        INES,
        "/n/{net}/campaigns/{sealed}/publish",
        take_a_draft_up_again,
        "benchmarks/_publication.html get {{ here }}/state",
    ),
)
"""Who, where, what, and the attribute of a template that makes it an htmx action."""


LOOKS = {
    "macros/report.html post {{ preview.address }}",
    "reports/_look.html post {{ preview.address }}",
}
"""They show the pages of what a form holds, which no address says and nothing keeps: tests/reports/test_previewing.py."""


PASSING = {
    "assessments/_presence.html get {{ address }}/here",
    "assessments/opinion.html post {{ page_path }}/opened",
    "billing/buy.html get {{ base }}/buy",
}
"""The first fills a live region with who is there for seconds, the second puts nothing on the page; the third adds up an order
that is nowhere yet, and where nothing is sold, as here, its form does not stand (tests/billing/test_journey.py)."""


def _in_turn() -> Iterator[Any]:
    """The first action of each template in every run, the others by test-long."""
    seen: set[str] = set()
    for who, where, act, attribute in ACTS:
        template = attribute.partition(" ")[0]
        marks = [pytest.mark.long] if template in seen else []
        seen.add(template)
        yield pytest.param(who, where, act, attribute, id=f"{act.__name__} {where}", marks=marks)


@pytest.mark.parametrize(("who", "address", "act", "_attribute"), tuple(_in_turn()))
async def test_the_page_equals_the_page_fetched_anew(
    ground: Atlas, chromium: Browser, who: str, address: str, act: Act, _attribute: str
) -> None:
    context = await open_context(ground, chromium, who)
    page, fresh = await context.new_page(), await context.new_page()
    await page.goto(address.format(**ground.ids))
    await page.evaluate("() => { window.stayed = true; }")
    await act(page, ground)
    await page.wait_for_function(
        "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')"
    )
    assert await page.evaluate("() => window.stayed"), "the page was loaded, not swapped"
    swapped = await page.evaluate(_IN_LINES)
    await fresh.goto(page.url)
    reloaded = await fresh.evaluate(_IN_LINES)
    await leave(context)
    difference = "\n".join(difflib.unified_diff(reloaded, swapped, "reloaded", "swapped", lineterm="", n=2))
    assert not difference, difference


def test_every_htmx_action_of_the_templates_is_among_them() -> None:
    asking = re.compile(r'hx-(get|post|put|patch|delete)="([^"]*)"')
    templates = ROOT / "templates"
    written = {
        f"{path.relative_to(templates)} {verb} {address}"
        for path in templates.rglob("*.html")
        for verb, address in asking.findall(_flat(path))
    }
    assert written == {attribute for *_, attribute in ACTS} | LOOKS | PASSING


def _flat(path: Path) -> str:
    """A template with the quotes inside its braces changed, so that an attribute ends where it ends."""
    return re.sub(r"\{[{%].*?[%}]\}", lambda part: part[0].replace('"', "'"), path.read_text())


_IN_LINES = """() => {
  const spoken = "#saved, #announce, #alarm, #stuck, [role=status], [role=alert]";
  const own = new Set(["_csrf_token", "op", "rev", "tried"]);
  const passing = new Set(["value", "checked", "selected", "data-state", "data-words", "data-count", "open"]);
  const lines = [document.title];
  const classes = (words) => words.split(/\\s+/).filter((word) => word && !word.startsWith("htmx-")).join(" ");
  const now = (field) => (field.matches("[type=radio], [type=checkbox]") ? field.checked : field.value);
  const write = (node, depth) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const words = node.textContent.trim().replace(/\\s+/g, " ");
      if (words) lines.push(" ".repeat(depth) + words);
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE || node.matches("noscript")) return;
    if (node.matches("input[type=hidden]") && own.has(node.name)) return lines.push(" ".repeat(depth) + `hidden ${node.name}`);
    const attributes = Array.from(node.attributes)
      .filter((one) => !passing.has(one.name) || (one.name === "open" && !node.matches("[data-menu]")))
      .map((one) => [one.name, one.name === "class" ? classes(one.value) : one.value])
      .filter(([name, value]) => name !== "class" || value)
      .map(([name, value]) => `${name}="${value}"`).sort();
    if (node.matches("input, textarea, select")) attributes.push(`now=${now(node)}`);
    lines.push(" ".repeat(depth) + `${node.localName} ${attributes.join(" ")}`);
    if (node.matches(spoken) || node.matches("textarea, select")) return;
    node.childNodes.forEach((child) => write(child, depth + 1));
  };
  write(document.querySelector("main"), 0);
  return lines;
}"""
