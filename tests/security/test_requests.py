"""What is sent to every route: forged forms, junk, quotes for a database, addresses that lead away. Each is refused in order."""

import ast
import json
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from httpx import Response

from tests.browser.atlas import CLAIRE, VISITOR
from tests.browser.reading import Reading
from tests.security.forms import every_form
from tests.security.world import SITE, Browser, Spot, World

SOURCES = sorted((Path(__file__).parents[2] / "src/palier").rglob("*.py"))

KEYED = {
    "/ask/{asked_code:str}", "/ask/{asked_code:str}/opened", "/letters/{token:str}", "/m/{mirror:str}", "/reminders/stop/{token:str}",
    "/s/{shared:str}", "/webhooks/stripe",
}  # fmt: skip
"""What a code or a signature alone decides: no session is read there, so there is nothing another site could ride on."""


def by_person(world: World, spots: Iterator[Spot]) -> dict[str, list[Spot]]:
    found: dict[str, list[Spot]] = {}
    for spot in spots:
        found.setdefault(spot.who, []).append(spot)
    return found


async def _changes(world: World) -> tuple[int, int]:
    rows = await world.look(
        "select (select count(*) from audit_entry) as said, (select count(*) from operation) as done"
    )
    return rows[0]["said"], rows[0]["done"]


# --- forged forms -----------------------------------------------------------------------------------------------------


async def test_no_form_is_taken_from_elsewhere(world: World) -> None:
    """Without a token, with somebody else's, with a planted pair, or from another site: 403, before anything is looked at."""
    async with world.visit(VISITOR) as stranger:
        planted = await stranger.token()
    before, asked, taken = await _changes(world), 0, []
    for who, spots in by_person(world, world.unsafe()).items():
        async with world.visit(who) as browser:
            own = await browser.token()
            for spot in spots:
                if spot.keyed:
                    continue
                for data, headers in _forgeries(own, planted):
                    answer = await browser.request(spot.method, spot.address, data=data, headers=headers)
                    asked += 1
                    if answer.status_code != 403:
                        taken.append(f"{spot}: {answer.status_code} to {data} {headers}")
    assert taken == []
    assert asked > 1000
    assert await _changes(world) == before


def _forgeries(own: str, planted: str) -> list[tuple[dict[str, str], dict[str, str]]]:
    pair = {"cookie": f"csrftoken={planted}"}
    return [
        ({}, {}),
        ({"_csrf_token": ""}, {}),
        ({"_csrf_token": planted}, {}),
        ({"_csrf_token": own[:-1] + ("0" if own[-1] != "0" else "1")}, {}),
        ({"_csrf_token": own}, {"origin": "https://evil.example"}),
        ({"_csrf_token": own}, {"origin": "null"}),
        ({"_csrf_token": own}, {"sec-fetch-site": "cross-site"}),
        ({"_csrf_token": own}, {"sec-fetch-site": "same-site", "origin": SITE}),
        ({"_csrf_token": planted}, pair | {"origin": "http://neighbour.palier.test"}),
    ]


async def test_the_same_form_from_our_own_page_is_taken(world: World) -> None:
    """The sweep above would also pass on a house that refuses everything."""
    async with world.visit(CLAIRE) as browser:
        for headers in ({}, {"origin": SITE}, {"sec-fetch-site": "same-origin"}):
            answer = await browser.submit("POST", "/language", {"locale": "fr"}, headers=headers)
            assert answer.status_code == 303


async def test_only_links_whose_code_decides_ask_for_no_token(world: World) -> None:
    keyed = {spot.route for spot in world.unsafe() if spot.keyed}
    assert keyed == KEYED
    async with world.visit(CLAIRE) as browser:
        for spot in world.unsafe():
            if spot.keyed:
                answer = await browser.post(spot.address, data={})
                assert 'action="/signout"' not in answer.text, f"{spot} knows who is signed in"
                cookies = str(answer.headers.get_list("set-cookie"))
                assert "session" not in cookies, f"{spot} touches the session"


# --- junk ---------------------------------------------------------------------------------------------------------------

DEEP = "[" * 50_000
LONG = "9" * 5_000


def _junk(token: str) -> list[tuple[bytes, str]]:
    """Bodies that no page of ours sends, with their content type."""
    t = token.encode()
    multipart = b'--x\r\nContent-Disposition: form-data; name="_csrf_token"\r\n\r\n' + t + b"\r\n"
    urlencoded = "application/x-www-form-urlencoded"
    values = (
        "%00",
        "%FF%FE%80",
        LONG,
        "1e999",
        "NaN",
        "-1",
        "2026-02-31",
        "%ED%A0%80",
        "%F0%9F%92%A9",
        quote("\u202e\u0000\u2028"),
    )
    return [
        *((b"_csrf_token=" + t + b"&" + _with_every_name(value), urlencoded) for value in values),
        (b"_csrf_token=" + t + b"&=%&&&==;%%%zz&\xff\xfe=\x00", urlencoded),
        (multipart + b'--x\r\nContent-Disposition: form-data; name="file"; filename="a\r\nb\x00"\r\n', "multipart/form-data; boundary=x"),
        (multipart + b'--x\r\nContent-Disposition: form-data; name="name"; filename="x"\r\nContent-Type: image/png\r\n\r\n\x00\r\n--x--\r\n', "multipart/form-data; boundary=x"),
        (multipart, "multipart/form-data"),
        (DEEP.encode(), "application/json"),
        (b"\xff\x00{", "application/json; charset=nonsense"),
        (b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", "application/xml"),
        (b"", "text/plain"),
        (b"", "nonsense"),
    ]  # fmt: skip


def _names_of_fields() -> list[str]:
    """The names our code reads from forms and addresses: texts that look like one, beside `raw`, `get` and structs."""
    found = set()
    for source in SOURCES:
        if "pages" in source.parts:
            found |= set(
                re.findall(r'(?:raw|form|query_params|posted)(?:\.get\(|\[)"([\w-]+)"', source.read_text())
            )
            found |= set(
                re.findall(
                    r"^    (\w+): (?:str|int|UUID|date|bool|float|Decimal)\b",
                    source.read_text(),
                    re.MULTILINE,
                )
            )
    return sorted(found)


NAMES = _names_of_fields()


def _with_every_name(value: str) -> bytes:
    return "&".join(f"{name}={value}" for name in NAMES).encode()


def faults_in(answer: Response, what: str) -> list[str]:
    """What an answer to nonsense must not be: a fault of ours, or words about how we are made."""
    unwell = answer.status_code >= 500 and not (
        answer.status_code == 503 and re.search("/readyz|/sso/", what)
    )
    told = [
        sign
        for sign in ("Traceback", 'File "/', "asyncpg", "tortoise", "psycopg", "root:x:")
        if sign in answer.text
    ]
    return [f"{what}: {answer.status_code} {told}"] if unwell or told else []


async def test_no_junk_is_a_fault_of_ours(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR)
    assert len(NAMES) > 80
    statuses: set[int] = set()
    wrong: list[str] = []
    for who, spots in by_person(world, world.unsafe()).items():
        async with world.visit(who) as browser:
            token = await browser.token()
            session = dict(browser.cookies)
            for place, spot in enumerate(spots):
                bodies = _junk(token)
                few = bodies if place % 21 == 0 else [bodies[(place + n) % len(bodies)] for n in (0, 5)]
                for body, kind in few:
                    headers = {"content-type": kind, "x-csrftoken": token}
                    answer = await browser.request(spot.method, spot.address, content=body, headers=headers)
                    wrong += faults_in(answer, f"{spot} {kind} {body[:120]!r}")
                    statuses.add(answer.status_code)
                    _stay(browser, session)
    assert wrong == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []
    assert statuses - {403, 404}, "nothing came through"


def _stay(browser: Browser, cookies: dict[str, str]) -> None:
    """Signing out by junk ends the cookie, not this sweep."""
    if dict(browser.cookies) != cookies:
        browser.cookies.clear()
        for name, value in cookies.items():
            browser.cookies.set(name, value, domain="palier.test")


async def test_a_swarm_of_fields_is_read_or_refused(world: World) -> None:
    async with world.visit(CLAIRE) as browser:
        token = await browser.token()
        swarm = "&".join(f"f{n}=1" for n in range(10_000))
        wrong: list[str] = []
        parts = "".join(
            f'--x\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\n1\r\n' for n in range(10_000)
        )
        for spot in [spot for spot in world.unsafe() if spot.who == CLAIRE][::25]:
            for body, kind in ((swarm, "application/x-www-form-urlencoded"), (parts + "--x--\r\n", "multipart/form-data; boundary=x")):  # fmt: skip
                headers = {"content-type": kind, "x-csrftoken": token}
                answer = await browser.request(spot.method, spot.address, content=body, headers=headers)
                wrong += faults_in(answer, f"{spot} {kind}")
        assert wrong == []


# --- questions ----------------------------------------------------------------------------------------------------------

QUOTES = (
    "'", "\"'`;--", "' or '1'='1", "1) or pg_sleep(9)--", "'; drop table person;--", "\\", "%", "_%\\", "{{7*7}}", "%(x)s%s%n", "$1", "1/0", "\x01", "../../etc/passwd",
    LONG, "-1", "9" * 25, "1e9", "NaN", "null", "{}", "[]", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "a" * 9_000,
)  # fmt: skip
AWAY = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "\t//evil.example", "https:evil.example", "https://evil.example",
    "https:/\\evil.example", "///evil.example", "javascript:alert(1)//evil.example", "/%2f%2fevil.example/..//evil.example", "//evil.example/%2f..",
    "/\r\nlocation: //evil.example", "@evil.example", "http://palier.test@evil.example", "/..//evil.example", "data:text/html,evil.example", " //evil.example",
    "/\0/evil.example", "/\x0b/evil.example", "//palier.test.evil.example", "/fr//evil.example/%5cevil.example",
)  # fmt: skip
LEADING = (
    "next",
    "back",
    "return",
    "return_to",
    "to",
    "url",
    "redirect",
    "location",
    "continue",
    "goto",
    "dest",
    "target",
    "before",
    "after",
)
"""Names a parameter that leads somewhere has, here or elsewhere."""


def _names_in_addresses() -> set[str]:
    """The query parameters our code reads as text, by their declarations and by `query_params`."""
    found = set(LEADING)
    for source in SOURCES:
        text = source.read_text()
        if "FromQuery" in text or "query_params" in text:
            found |= set(re.findall(r"(\w+): FromQuery\[str", text)) | set(
                re.findall(r'query_params(?:\.get\(|\[)"([\w-]+)"', text)
            )
    return found


async def test_no_question_in_an_address_reaches_the_database_as_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Every parameter of every page holds a quote, a comment, a wildcard or a delay; none is a fault, none leads away."""
    caplog.set_level(logging.ERROR)
    names, opened, wrong = sorted(_names_in_addresses()), 0, []
    assert len(names) > 30
    for who, spots in by_person(world, world.pages()).items():
        async with world.visit(who) as browser:
            for place, spot in enumerate(spots):
                pairs = [(name, AWAY[(place + n) % len(AWAY)] if name in LEADING else QUOTES[(place + n) % len(QUOTES)]) for n, name in enumerate(names)]  # fmt: skip
                asked = [(name, value) for name, value in pairs if len(value) < 4_000 or place % 20 == 0]
                answer = await browser.get(
                    f"{spot.address}?{'&'.join(f'{name}={quote(value)}' for name, value in asked)}"
                )
                wrong += faults_in(answer, f"{spot} {asked}")
                wrong += ways_out(answer, f"{spot}")
                opened += answer.status_code == 200
    assert wrong == []
    assert opened > 60
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_no_part_of_a_path_reaches_the_database_as_words(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    asked, wrong = 0, []
    for who, spots in by_person(world, iter(world.spots)).items():
        async with world.visit(who) as browser:
            token = await browser.token()
            for place, spot in enumerate(spots):
                for number, (name, kind) in enumerate(re.findall(r"\{(\w+):(\w+)\}", spot.route)):
                    value = quote(QUOTES[(place + number) % 16][:900], safe="")
                    address = _with_part(spot, name, kind, value)
                    answer = await browser.request(spot.method, address, headers={"x-csrftoken": token})
                    wrong += faults_in(answer, f"{spot.method} {address}")
                    asked += 1
    assert wrong == []
    assert asked > 300
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def _with_part(spot: Spot, name: str, kind: str, value: str) -> str:
    before, _after = spot.route.split(f"{{{name}:{kind}}}")
    steps = spot.address.split("/")
    steps[before.count("/")] = value
    return "/".join(steps)


# --- doors that lead on -------------------------------------------------------------------------------------------------


def ways_out(answer: Response, what: str) -> list[str]:
    """Where a redirect, or anything a reader could follow on the page, goes to another site."""
    found = [
        f"{what} leads to {answer.headers[name]!r}"
        for name in ("location", "hx-redirect", "hx-location", "refresh", "content-location")
        if _is_elsewhere(answer.headers.get(name, ""))
    ]
    if "text/html" in answer.headers.get("content-type", "") and "evil" in answer.text:
        for element in Reading.of(answer.text).elements():
            for name, value in element.attrib.items():
                if name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
                    bad = "evil" in urlsplit(_as_browsers_read(value)).netloc
                    found += [f"{what}: {name}={value!r}"] * (
                        bad or value.strip().lower().startswith("javascript:")
                    )
    return found


def _is_elsewhere(where: str) -> bool:
    """Whether a browser that is told this address leaves the site (URL standard, 4.4)."""
    seen = _as_browsers_read(where)
    if re.match(r"[a-z][a-z0-9+.-]*:", seen, re.IGNORECASE):
        return not seen.startswith((f"{SITE}/", f"{SITE}?"))
    return seen.startswith("//")


def _as_browsers_read(address: str) -> str:
    """Blanks and controls around it, tabs and line ends in it are not seen, and a backslash is a slash."""
    bare = re.sub(r"[\t\r\n]", "", address.strip("".join(map(chr, range(33)))))
    return re.sub(r"^/{2,}", "//", bare.replace("\\", "/"))


@pytest.mark.parametrize("payload", AWAY)
def test_the_sweep_knows_what_leads_away(payload: str) -> None:
    stays = payload.startswith(("/%2f", "@evil", "/..//", "/\0/", "/\x0b/", "/fr//", "/\r\nlocation"))
    assert _is_elsewhere(payload) != stays


async def test_every_form_that_leads_on_stays_here(world: World) -> None:
    """Fields that our forms use to say where to go next, and names such fields have elsewhere, each with every payload."""
    forms = [
        form for form in await every_form(world) if set(form.fields) & {"next", "back", "before", "return"}
    ]
    assert len(forms) >= 3
    password = world.demonstration.passwords[CLAIRE]
    moved, wrong = 0, []
    for form in forms:
        for payload in AWAY:
            async with world.visit(form.who) as browser:
                fields = form.fields | {
                    name: payload for name in LEADING if name in form.fields or name == "next"
                }
                if form.spot.route == "/signin":
                    fields |= {"email": CLAIRE, "password": password}
                if form.spot.route == "/signout":
                    browser.cookies.delete("session")
                answer = await browser.submit("POST", form.address, fields)
                wrong += faults_in(answer, f"{form} {payload!r}") + ways_out(answer, f"{form} {payload!r}")
                moved += answer.status_code == 303
    assert wrong == []
    assert moved >= 20


async def test_every_address_that_leads_on_stays_here(world: World) -> None:
    wrong: list[str] = []
    for address in ("/signin", "/account/confirm", "/signin/second-step", "/signin/link", "/signin/code"):
        for who in (VISITOR, CLAIRE):
            async with world.visit(who) as browser:
                for payload in AWAY:
                    answer = await browser.get(f"{address}?next={quote(payload)}")
                    wrong += faults_in(answer, f"{address} {payload!r}") + ways_out(
                        answer, f"{address} {payload!r}"
                    )

    assert wrong == []


def test_no_redirect_is_made_of_what_was_sent() -> None:
    """`raw`, `query_params`, `headers` and `cookies` reach a redirect only through `own_path`."""
    wrong = []
    for source in SOURCES:
        for call in ast.walk(ast.parse(source.read_text())):
            if (
                isinstance(call, ast.Call)
                and getattr(call.func, "id", "") in ("see_other", "Redirect")
                and call.args
            ):
                where = ast.unparse(call.args[0])
                if re.match(r"\(?(raw|request|form|posted|unquote)\b", where):
                    wrong.append(f"{source.name}:{call.lineno}: {where}")
    assert wrong == []


def test_json_that_is_too_deep_does_not_end_the_reader() -> None:
    """What the sweep sends as deep JSON is deep enough to end a careless one."""
    with pytest.raises(RecursionError):
        json.loads(DEEP)
