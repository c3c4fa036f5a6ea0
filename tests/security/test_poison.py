"""Every text field of every form is filled with what means harm; then every page, letter and table is read."""

from collections.abc import Iterator

import pytest
from httpx import Response
from playwright.async_api import Browser as Chromium

from tests.browser.atlas import CLAIRE, INES, VISITOR
from tests.demonstration import web
from tests.leaving import leave
from tests.security.forms import Form, every_form, refused_in
from tests.security.planting import SENTINEL, broken_out, evaluated, formulas, poisoned, relented, whole
from tests.security.world import Spot, World

LAST = (
    "signout", "signin", "signup", "forgotten", "/account", "submit", "remove", "delete", "discard", "withdraw", "revoke", "leave", "close", "give-up", "/keep", "/demo",
    "/language", "set-aside", "take-down", "unverify", "unlink", "/end", "undo", "retract", "reset", "admin", "privacy", "erase", "sharing",
)  # fmt: skip
"""Words of routes that take something away: what they would end is needed until everything was read."""
QUICK = (
    "/o/{org:str}/plans/{plan:str}/actions/new", "/o/{org:str}/a/{action:uuid}", "/o/{org:str}/a/{action:uuid}/comments", "/o/{org:str}/plans/{plan:str}/settings",
    "/o/{org:str}/e/{assessment:str}/q/{code:str}", "/o/{org:str}/practices/new", "/o/{org:str}/settings/profile", "/n/{net:str}/members/new", "/n/{net:str}/levers/new",
    "/o/{org:str}/people/invite", "/o/{org:str}/evidence/{evidence:uuid}", "/portfolio/firm", "/n/{net:str}/look",
)  # fmt: skip
"""Forms of the short run, and where its words are read."""
PAGES_QUICK = (*QUICK, "/o/{org:str}", "/home", "/n/{net:str}", "/o/{org:str}/plans/{plan:str}", "/o/{org:str}/e/{assessment:str}", "/o/{org:str}/people", "/o/{org:str}/settings",
    "/n/{net:str}/members", "/n/{net:str}/levers", "/o/{org:str}/practices", "/o/{org:str}/plans/{plan:str}/actions.csv", "/o/{org:str}/plans/{plan:str}/data.xlsx",
    "/o/{org:str}/e/{assessment:str}/data.csv", "/o/{org:str}/e/{assessment:str}/data.xlsx", "/o/{org:str}/e/{assessment:str}/data.json", "/n/{net:str}/members/export.csv",
    "/o/{org:str}/e/{assessment:str}/q/{code:str}", "/o/{org:str}/evidence", "/portfolio", "/o/{org:str}/search", "/n/{net:str}/practices",
)  # fmt: skip


def harm_in(answer: Response, what: str) -> Iterator[str]:
    kind = answer.headers.get("content-type", "")
    found = [*formulas(answer), *whole(answer)]
    if "html" in kind:
        found += broken_out(answer.text)
    if kind.startswith(("text", "application/json")):
        found += evaluated(answer.text)
    if answer.status_code >= 500 and "readyz" not in what:
        found.append(str(answer.status_code))
    return (f"{what}: {fault}" for fault in found)


async def poison(world: World, forms: list[Form]) -> tuple[int, list[str]]:
    """Send the forms; how many were taken, and what went wrong in the answers."""
    taken, wrong = 0, []
    for who in sorted({form.who for form in forms}):
        async with world.visit(who) as browser:
            for form in forms:
                if form.who != who:
                    continue
                fields = poisoned(form)
                answer = await browser.submit("POST", form.address, fields)
                wrong += harm_in(answer, str(form))
                for turn in range(5):
                    if answer.status_code == 422:
                        fields = relented(form, fields, refused_in(answer.text), turn)
                        answer = await browser.submit("POST", form.address, fields)
                        wrong += harm_in(answer, str(form))
                taken += answer.status_code in (200, 201, 204, 303)
    return taken, wrong


async def read(world: World, pages: list[Spot]) -> tuple[int, list[str]]:
    """Open the pages; on how many the words stand, and what went wrong there."""
    seen, wrong = 0, []
    for who in sorted({spot.who for spot in pages}):
        async with world.visit(who) as browser:
            for spot in pages:
                if spot.who == who:
                    for query in ("", "?q=%22%27%3E%3Cxssmark%20onxssmark%3D1%3E&text=%3Cxssmark%3E"):
                        answer = await browser.get(f"{spot.address}{query}")
                        wrong += harm_in(answer, f"{spot}{query}")
                        seen += not query and "xssmark" in answer.text
    return seen, wrong


async def letters_with_harm(world: World) -> tuple[int, list[str]]:
    """Every letter in the outbox: how many carry the words, and what went wrong in them."""
    await world.work()
    wrong, carrying = [], 0
    for letter in await world.look("select kind, subject, text, html, sender from mail"):
        carrying += "xssmark" in letter["text"] + letter["subject"]
        wrong += [f"{letter['kind']}: {fault}" for fault in broken_out(letter["html"] or "<p>")]
        wrong += [
            f"{letter['kind']}: {sign}"
            for sign in evaluated(letter["html"] + letter["text"] + letter["subject"])
        ]
        wrong += [
            f"{letter['kind']}: two lines" for line in (letter["subject"], letter["sender"]) if "\n" in line
        ]
    return carrying, wrong


async def mass_assigned(world: World) -> list[str]:
    """The tables where something stands that no form asks for."""
    found = []
    tables = await world.look(
        "select tablename from pg_tables where schemaname = 'public' and tablename not like 'procrastinate%'"
    )
    for table in (row["tablename"] for row in tables):
        signs = f"like '%{SENTINEL}%' or t::text like '%98.7654%' or t::text like '%1999-09-09%' or t::text like '%mass-assigned%'"
        if await world.look(f'select 1 from "{table}" t where t::text {signs} limit 1'):
            found.append(table)
    return found


_RANKS = "select organisation_id, person_id, role from membership where role = 'owner' order by 1, 2"


@pytest.fixture
async def forms(world: World, request: pytest.FixtureRequest) -> list[Form]:
    pages = request.param
    return await every_form(world, [spot for spot in world.pages() if pages is None or spot.route in pages])


@pytest.mark.parametrize("forms", [PAGES_QUICK], indirect=True)
async def test_what_is_typed_stays_words_in_the_main_forms(world: World, forms: list[Form]) -> None:
    await _walk(world, [form for form in forms if form.spot.route in QUICK], least=8)
    spots = [spot for spot in world.pages() if spot.route in PAGES_QUICK]
    seen, wrong = await read(world, spots)
    assert wrong == []
    assert seen >= 10
    assert await mass_assigned(world) == []


@pytest.mark.long
@pytest.mark.parametrize("forms", [None], indirect=True)
async def test_what_is_typed_stays_words_in_every_form(
    world: World, forms: list[Form], chromium: Chromium
) -> None:
    ranks = await world.look(_RANKS)
    first = [form for form in forms if form.texts and not any(word in form.spot.route for word in LAST)]
    await _walk(world, first, least=len(first) // 2)
    seen, wrong = await read(world, list(world.pages()))
    carrying, more = await letters_with_harm(world)
    assert wrong + more == []
    assert seen >= 30
    assert carrying >= 1
    await nothing_runs(world, chromium)
    await _walk(world, [form for form in forms if form not in first and form.who != VISITOR], least=20)
    seen, wrong = await read(world, list(world.pages()))
    assert wrong == []
    assert await mass_assigned(world) == []
    assert [rank for rank in await world.look(_RANKS) if rank not in ranks and str(rank["organisation_id"]) in {str(one["organisation_id"]) for one in ranks}] == []  # fmt: skip


async def _walk(world: World, forms: list[Form], least: int) -> None:
    taken, wrong = await poison(world, forms)
    assert wrong == []
    assert taken >= least, f"{taken} of {len(forms)}"


async def nothing_runs(world: World, chromium: Chromium) -> None:
    """In a browser that obeys no content policy, on the main pages: the words call nothing."""
    main = [
        spot
        for spot in world.pages()
        if spot.who in (CLAIRE, INES) and spot.route in PAGES_QUICK and not spot.route.rpartition(".")[1]
    ]
    assert len(main) > 10
    async with web(world.demonstration.environment()) as site:
        for who in (CLAIRE, INES):
            context = await chromium.new_context(base_url=site, bypass_csp=True)
            await context.add_init_script(
                "window.called = 0; window.xssmark = () => { window.called += 1; };"
            )
            await context.add_cookies([{"name": "session", "value": world.sessions[who], "url": site}])
            page = await context.new_page()
            stood = 0
            for spot in main:
                if spot.who == who:
                    await page.goto(spot.address, wait_until="load")
                    stood += "xssmark" in await page.content()
                    assert await page.evaluate("window.called") == 0, f"{spot} ran what was typed"
                    assert await page.locator("xssmark, [onxssmark]").count() == 0
            assert stood >= 3
            await leave(context)


# --- the sweep itself -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("html", ["<p>\"'><xssmark onxssmark=1>", "<img src=x onerror=xssmark()>", "<a href=' javascript:xssmark()'>", "<script>'xssmark'</script>", "<iframe srcdoc='<p>'></iframe>"])  # fmt: skip
def test_the_walk_sees_what_breaks_out(html: str) -> None:
    assert list(broken_out(html))


def test_the_walk_sees_what_was_evaluated_or_computed() -> None:
    assert list(evaluated("<p>50337</p>"))
    assert list(formulas(Response(200, headers={"content-type": "text/csv"}, content=b"a;b\n=1+1;2\n")))
    assert list(formulas(Response(200, headers={"content-type": "text/csv"}, content=b"a;b\nx; =1\n")))
    assert not list(formulas(Response(200, headers={"content-type": "text/csv"}, content=b"a;b\n-3,5;+2\n")))
