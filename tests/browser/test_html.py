"""The HTML of every page: names, labels, tables, pictures and references a screen reader lives on.

`make test` opens each in French; `make test-long` in English as well, where the same templates say it in other words.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

import httpx
import pytest

from tests.browser.atlas import CLAIRE, HUGO, VALLEY, VISITOR, Atlas, Place
from tests.browser.budget import AGAIN, LARGER, LARGEST, PIN, calm, name_of, pin, pinned
from tests.browser.counted import HEADER
from tests.browser.reading import Reading, local, outline, sent_by, words
from tests.browser.speaking import english_in, said

pytestmark = pytest.mark.database
FIELDS = ("input", "select", "textarea")
SILENT = {"hidden", "submit", "button", "reset", "image"}
FILES = {
    "/o/{org:str}/logo", "/o/{org:str}/network/{network:str}/logo", "/n/{net:str}/logo", "/n/{net:str}/members/export.csv", "/portfolio/logo", "/portfolio/clients.csv", "/o/{org:str}/e/{slug:str}/results.csv", "/o/{org:str}/plans/{plan:str}/actions.csv", "/o/{org:str}/plans/{plan:str}/effects.csv", "/o/{org:str}/compare.csv",
    *(f"/o/{{org:str}}/units/table.{kind}" for kind in ("xlsx", "csv", "json")),
    *(f"/o/{{org:str}}/{of}/data.{kind}" for of in ("e/{assessment:str}", "plans/{plan:str}") for kind in ("xlsx", "csv", "json")),
    "/o/{org:str}/e/{slug:str}/benchmark.csv", "/o/{org:str}/e/{slug:str}/benchmark.json", "/o/{org:str}/e/{slug:str}/benchmark.xlsx", "/o/{org:str}/reports/{report:uuid}/file",
    *(f"/o/{{org:str}}/e/{{assessment:str}}/mirror/{{audience:str}}/qr.{kind}" for kind in ("svg", "png")),
    *(f"{base}/questionnaires/{file}/{{kind:str}}" for base in ("/o/{org:str}", "/n/{net:str}") for file in ("model", "{questionnaire:uuid}/file")),
}  # fmt: skip
DOORS = {
    "/", "/home", "/o/{org:str}/benchmark", "/o/{org:str}/consent", "/o/{org:str}/e/{assessment:str}/submit", "/n/{net:str}/levers",
    "/o/{org:str}/e/{assessment:str}/sharing", "/account/app", "/account/confirm", "/signin/factor",
    "/o/{org:str}/questionnaires/{questionnaire:uuid}/preview", "/n/{net:str}/questionnaires/{questionnaire:uuid}/preview",
}  # fmt: skip
"""They lead on: to one's only place, to the newest comparison, to what is still to be answered, past a step not begun."""
STEPS = (
    {"/welcome/organisation", "/welcome/organisation/transports-du-val/identity"}, {"/forgotten/sent", "/signin/link/sent", "/signup/check-mail"},
)  # fmt: skip
"""One page at two addresses."""
FRAGMENTS = {"/n/{net:str}/campaigns/{campaign:uuid}/publish/state"}
"""Asked for by a page that has it too."""
IDENTITY = {
    "email": {"email", "username"},
    "password": {"current-password", "new-password"},
    "name": {"name", "organization"},
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A place as it was answered."""

    place: Place
    locale: str
    status: int
    reading: Reading
    size: int
    """Bytes, without assets and before compression."""
    statements: int
    """What the database was asked for it."""


@dataclass(frozen=True, slots=True)
class Library:
    """Every page, opened once in one language; redirects and files aside."""

    pages: tuple[Opened, ...]
    elsewhere: tuple[Place, ...]


async def _open_all(atlas: Atlas, locale: str) -> AsyncIterator[tuple[Place, httpx.Response]]:
    headers = {"accept-language": locale, "cookie": ""}
    async with httpx.AsyncClient(base_url=atlas.site, timeout=60) as client:
        for place in atlas.places:
            crumbs = [f"{key}={value}" for key, value in atlas.cookies(place.who).items()]
            yield place, await client.get(place.address, headers=headers | {"cookie": "; ".join(crumbs)})
            client.cookies.clear()


@pytest.fixture(scope="module", params=["fr", pytest.param("en", marks=pytest.mark.long)])
async def library(atlas: Atlas, request: pytest.FixtureRequest) -> Library:
    locale = request.param
    pages, elsewhere = [], []
    await atlas.speak(locale)
    async for place, answer in _open_all(atlas, locale):
        if "<html" in answer.text and place.route not in FILES:
            asked = int(answer.headers[HEADER])
            size = len(answer.content)
            pages.append(Opened(place, locale, answer.status_code, Reading.of(answer.text), size, asked))
        else:
            elsewhere.append(place)
    await atlas.speak("fr")
    return Library(tuple(pages), tuple(elsewhere))


def check(library: Library, look: Callable[[Reading], Iterator[str]]) -> None:
    """Fail with what `look` finds wrong, and where; the same fault on many pages is said once."""
    found: dict[str, list[str]] = {}
    for page in library.pages:
        for fault in look(page.reading):
            found.setdefault(fault, []).append(f"{page.locale} {page.place}")
    lines = [f"{fault}  ({len(places)}: {places[0]})" for fault, places in found.items()]
    assert not lines, "\n".join(lines)


# --- the sweep itself -----------------------------------------------------------------------------------------------


def test_every_route_with_a_page_can_be_filled_in(atlas: Atlas) -> None:
    assert atlas.blank == ()


def test_every_page_opens(library: Library) -> None:
    wanted = {
        "/no/such/page": 404, "/s/nothing": 404, "/m/nothing": 404, "/ask/nothing": 404,
        "/reset/nothing": 410, "/invite/nothing": 410, "/sso/link": 400, "/signin/link/link-me": 403,
    }  # fmt: skip
    for page in library.pages:
        refused = page.place.who.startswith("sophie") and page.place.address.endswith("/settings")
        expected = 403 if refused else wanted.get(page.place.address, 200)
        if page.status != expected:
            pytest.fail(f"{page.place} answers {page.status}, not {expected}")


def test_only_files_and_doors_are_left_out(library: Library) -> None:
    """Whatever is not a page is known to be none, so that no page slips through."""
    assert {place.route for place in library.elsewhere} <= FILES | DOORS | FRAGMENTS


# --- what a page costs ----------------------------------------------------------------------------------------------


def test_no_page_is_larger_than_a_slow_line_carries(library: Library) -> None:
    large = {name_of(page.place): page.size for page in library.pages if page.size > LARGEST}
    assert not [f"{name}: {size:,} bytes" for name, size in large.items() if size > LARGER.get(name, 0)]


async def test_no_page_asks_the_database_more_statements_than_its_budget(
    library: Library, atlas: Atlas
) -> None:
    """A new page is pinned, too; a page that asks less than its number is pinned anew whenever somebody likes."""
    budget, places = pinned(), {name_of(page.place): page for page in library.pages}
    most = {} if PIN else budget
    asked = {
        name: await calm(atlas, page.place, page.statements, most.get(name, 0))
        for name, page in places.items()
    }
    if PIN:
        pin(asked)
        return
    unknown = [f"{name} asks {asked[name]}, and is not pinned" for name in asked.keys() - budget.keys()]
    over = [f"{name} asks {number}, not {budget[name]}, {AGAIN} times again" for name, number in asked.items() if number > budget.get(name, number)]  # fmt: skip
    assert not unknown + over, "\n".join(sorted(unknown + over))


# --- the page as a whole --------------------------------------------------------------------------------------------


def test_a_page_says_its_language_and_title(library: Library) -> None:
    for page in library.pages:
        own = page.place.address.split("/")[1]
        assert page.reading.all("html")[0].get("lang") == (own if own in ("fr", "en") else page.locale), (
            page.place
        )
        title = words(page.reading.all("title")[0])
        assert title.endswith(" – Palier"), page.place
        assert len(title) > len("– Palier") + 3, page.place


def _sells_nothing(place: Place) -> bool:
    """Here nothing is sold: one page stands at every address of billing, and says so."""
    return "/billing" in place.address and not place.address.startswith("/admin")


def test_titles_tell_the_pages_of_one_person_apart(library: Library) -> None:
    titles: dict[tuple[str, str], set[str]] = {}
    for page in library.pages:
        if page.status == 200 and not _sells_nothing(page.place):
            title = words(page.reading.all("title")[0])
            titles.setdefault((page.place.who, title), set()).add(page.place.address.partition("?")[0])
    same = [
        f"{title}: {sorted(where)}"
        for (_, title), where in titles.items()
        if len(where) > 1 and not any(where <= step for step in STEPS)
    ]
    assert not same, "\n".join(same)


def test_one_h1_and_it_is_in_main(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        mains = page.all("main")
        if len(mains) != 1 or len(page.all("h1")) != 1 or len(page.all("h1", within=mains[0])) != 1:
            yield f"{len(mains)} main, {len(page.all('h1'))} h1"

    check(library, look)


def test_no_heading_level_is_skipped(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        before = 0
        for heading in page.all("h1", "h2", "h3", "h4", "h5", "h6"):
            level = int(local(heading)[1])
            if level > before + 1 and before:
                yield f"h{before} then {outline(heading)}"
            before = level

    check(library, look)


def test_ids_are_unique(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        counts = Counter(element.attrib["id"] for element in page.elements() if "id" in element.attrib)
        yield from (f"id {name} {count} times" for name, count in counts.items() if count > 1)

    check(library, look)


def test_references_lead_somewhere(library: Library) -> None:
    attributes = (
        "aria-describedby",
        "aria-labelledby",
        "aria-controls",
        "aria-owns",
        "aria-errormessage",
        "for",
        "form",
        "list",
    )

    def look(page: Reading) -> Iterator[str]:
        known = page.by_id()
        for element in page.elements():
            for attribute in attributes:
                for name in element.attrib.get(attribute, "").split():
                    if name not in known:
                        yield f"{attribute}={name} of {outline(element)}"
            if any(local(one) == "template" for one in page.above(element)):
                continue  # put on the page by a script, with what it leads to
            target = element.attrib.get("href", "")
            if target.startswith("#") and len(target) > 1 and target[1:] not in known:
                yield f"{target} of {outline(element)}"

    check(library, look)


def test_landmarks_of_a_kind_have_names_of_their_own(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for kind in ("nav", "aside"):
            names = [_name(page, element) for element in page.all(kind)]
            if len(names) > 1 and (len(set(names)) < len(names) or not all(names)):
                yield f"{kind}: {sorted(names)}"

    check(library, look)


def test_live_regions_are_there_and_silent_at_load(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        known = page.by_id()
        for name, role in (("announce", "status"), ("alarm", "alert")):
            if name not in known or known[name].get("role") != role or words(known[name]):
                yield f"#{name}"

    check(library, look)


def test_help_and_the_skip_link_are_on_every_page(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        links = [link.get("href") for link in page.all("a")]
        if links[0] != "#content":
            yield "the first link does not skip to the content"
        if "/help" not in links:
            yield "no link to the help"

    check(library, look)


# --- forms ----------------------------------------------------------------------------------------------------------


def _name(page: Reading, element: Element) -> str:
    """An element's own name: aria-label, or the words of what labels it."""
    known = page.by_id()
    labelled = " ".join(
        words(known[name]) for name in element.get("aria-labelledby", "").split() if name in known
    )
    return labelled or element.get("aria-label", "")


def _fields(page: Reading) -> list[Element]:
    return [field for field in page.all(*FIELDS) if field.get("type") not in SILENT]


def test_every_field_has_a_label(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        labelled = {label.get("for") for label in page.all("label")}
        for field in _fields(page):
            inside = any(local(around) == "label" for around in page.above(field))
            if not (inside or field.get("id") in labelled or _name(page, field)):
                yield outline(field)
            if field.get("placeholder"):
                yield f"placeholder on {outline(field)}"

    check(library, look)


def test_choices_stand_in_a_fieldset_with_a_legend(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for field in page.all("input"):
            if field.get("type") != "radio":
                continue
            around = list(page.above(field))
            groups = [
                one
                for one in around
                if local(one) == "fieldset" or one.get("role") in ("radiogroup", "group")
            ]
            legends = [
                child for group in groups[:1] for child in group if local(child) == "legend" and words(child)
            ]
            if not (legends or any(_name(page, group) for group in groups[:1])):
                yield f"{field.get('name')} {outline(field)}"

    check(library, look)


def test_fields_about_oneself_can_be_filled_in_by_the_browser(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for field in _fields(page):
            kind = (
                "password"
                if field.get("type") == "password"
                else "email"
                if field.get("type") == "email"
                else ""
            )
            if kind and not (set(field.get("autocomplete", "").split()) & (IDENTITY[kind] | {"off"})):
                yield f"{kind} {outline(field)} {field.get('name')}"

    check(library, look)


def test_every_form_that_changes_something_carries_the_token(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for form in page.all("form"):
            tokens = [field for field in page.all("input", within=form) if field.get("name") == "_csrf_token"]
            if (form.get("method", "get").lower() == "post") != bool(tokens):
                yield f"{form.get('method')} {form.get('action')}"

    # Behind such a link the code in the address decides: no session does, so there is no token, nor a cookie for one.
    by_code = ("/s/", "/m/", "/ask/")
    with_session = tuple(page for page in library.pages if not page.place.route.startswith(by_code))
    library = replace(library, pages=with_session)

    check(library, look)


def test_buttons_and_links_have_names(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for element in page.all("a", "button", "summary"):
            if any(local(one) == "template" for one in page.above(element)):
                continue
            pictures = [_name(page, one) for one in page.all("svg", "img", within=element)]
            if not (words(element) or _name(page, element) or any(pictures)):
                yield outline(element)

    check(library, look)


# --- tables and pictures --------------------------------------------------------------------------------------------


def test_tables_say_what_they_are_and_their_headers_whose(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for table in page.all("table"):
            captions = [child for child in table if local(child) == "caption" and words(child)]
            if not captions and not _name(page, table):
                yield f"no caption: {outline(table)}"
            for header in page.all("th", within=table):
                if header.get("scope") not in ("col", "row", "colgroup", "rowgroup"):
                    yield f"no scope: {outline(header)}"
            if table.get("role") not in (None, "table", "presentation"):
                yield f"role {table.get('role')}: {outline(table)}"

    check(library, look)


def test_tables_that_change_shape_keep_their_roles(library: Library) -> None:
    roles = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row", "td": "cell"}

    def look(page: Reading) -> Iterator[str]:
        for table in page.all("table"):
            if not {"stacked", "els"} & set(table.get("class", "").split()):
                continue
            for element in page.all(*roles, within=table):
                if element.get("role") != roles[local(element)]:
                    yield f"{local(element)} without role: {outline(table)}"

    check(library, look)


def test_a_drawing_is_described_or_left_out(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        for svg in page.all("svg"):
            around = list(page.above(svg))
            hidden = any(one.get("aria-hidden") == "true" for one in (svg, *around))
            part = any(local(one) == "svg" or one.get("role") == "img" for one in around)
            if not (hidden or part) and not (svg.get("role") == "img" and _name(page, svg)):
                yield outline(svg) or "svg"
        for picture in page.all("img"):
            if "alt" not in picture.attrib:
                yield f"img {picture.get('src')}"

    check(library, look)


# --- languages ------------------------------------------------------------------------------------------------------


def test_the_language_switch_says_its_language(library: Library) -> None:
    def look(page: Reading) -> Iterator[str]:
        other = "en" if page.all("html")[0].get("lang") == "fr" else "fr"
        controls = page.all("button", "a", within=page.all("footer")[0])
        if not any(control.get("lang") == other for control in controls):
            yield f"no way to {other}"

    check(library, look)


def test_nothing_english_is_left_on_a_french_page(library: Library) -> None:
    left: dict[str, Place] = {}
    for page in library.pages:
        if page.reading.all("html")[0].get("lang") == "fr":
            for sentence in said(page.reading):
                if english_in(sentence):
                    left.setdefault(f"{sorted(english_in(sentence))} in: {sentence}", page.place)
    assert not left, "\n".join(f"{words}  ({place})" for words, place in left.items())


# --- errors ---------------------------------------------------------------------------------------------------------

WRONG = (
    (VISITOR, "/signin", "/signin", {"email": "nobody", "password": "x"}),
    (VISITOR, "/signup", "/signup", {"email": "nobody", "password": "x"}),
    (VISITOR, "/reset/reset-me", "/reset/reset-me", {"password": "x"}),
    (CLAIRE, f"{VALLEY}/assessments/new/SX", f"{VALLEY}/assessments/new/SX", {"name": ""}),
    (
        CLAIRE,
        f"{VALLEY}/e/{{open}}/q/SX4.2.3",
        f"{VALLEY}/e/{{open}}/q/SX4.2.3",
        {"answer": "na", "reason": ""},
    ),
    (CLAIRE, f"{VALLEY}/plans/new", f"{VALLEY}/plans/new", {"title": ""}),
    (CLAIRE, f"{VALLEY}/plans/{{plan}}/actions/new", f"{VALLEY}/plans/{{plan}}/actions/new", {"title": ""}),
    (CLAIRE, f"{VALLEY}/a/{{action}}", f"{VALLEY}/a/{{action}}", {"title": ""}),
    (CLAIRE, f"{VALLEY}/people", f"{VALLEY}/people/invite", {"email": "nobody"}),
    (CLAIRE, f"{VALLEY}/people", f"{VALLEY}/people/mandates", {"consultant": "nobody"}),
    (CLAIRE, f"{VALLEY}/settings", f"{VALLEY}/settings/profile", {"name": ""}),
    (CLAIRE, "/account/security", "/account/password", {}),
    (HUGO, "/portfolio/firm", "/portfolio/firm", {"name": ""}),
)
"""Who, on which page, which form, and what they get wrong."""


@pytest.mark.parametrize(
    ("who", "where", "action", "mistakes"), WRONG, ids=[action for _, _, action, _ in WRONG]
)
async def test_a_form_filled_in_wrongly_comes_back_with_a_summary(
    atlas: Atlas, who: str, where: str, action: str, mistakes: dict[str, str]
) -> None:
    address = action.format(**atlas.ids)
    async with httpx.AsyncClient(base_url=atlas.site, cookies=atlas.cookies(who), timeout=60) as client:
        client.headers["accept-language"] = "fr"
        page = Reading.of((await client.get(where.format(**atlas.ids))).text)
        form = next(
            form
            for form in page.all("form")
            if form.get("action", address) == address and form.get("method") == "post"
        )
        answer = await client.post(address, data=sent_by(page, form) | mistakes)
    assert answer.status_code == 422, f"{answer.status_code} {answer.headers.get('location', '')}"
    answered = Reading.of(answer.text)
    assert words(answered.all("title")[0]).startswith("Erreur"), words(answered.all("title")[0])
    _check_summary(answered)


def _check_summary(page: Reading) -> None:
    known = page.by_id()
    assert known["errors"].get("tabindex") == "-1"
    links = page.all("a", within=known["errors"])
    assert links
    for link in links:
        field = known[link.get("href", "")[1:]]
        assert local(field) in (*FIELDS, "fieldset"), f"{outline(field)} is no field"
        bearers = [field, *(one for one in page.above(field) if local(one) == "fieldset")]
        described = [
            words(known[name]) for one in bearers for name in one.get("aria-describedby", "").split()
        ]
        assert any(words(link) in each for each in described), (
            f"{words(link)!r} is not said at {outline(field)}: {described}"
        )
        assert any(one.get("aria-invalid") == "true" for one in bearers), f"{outline(field)} is not marked"
