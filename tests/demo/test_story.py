"""A visitor's hour in the seeded demonstration, through a real server: the whole job, and no figure moves by it."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.demo.conftest import Look
from tests.demonstration import Demonstration, web


@pytest.fixture
async def visitor(site: Demonstration) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        web(site.environment()) as address,
        httpx.AsyncClient(base_url=address, headers={"accept-language": "fr"}, timeout=30) as client,
    ):
        yield client


async def send(client: httpx.AsyncClient, address: str, **fields: str) -> httpx.Response:
    return await client.post(address, data={"_csrf_token": client.cookies["csrftoken"], **fields})


def figures_of(look: Look) -> list[dict]:
    return look.rows("select * from release_row order by id") + look.rows(
        "select * from batch_member order by id"
    )


async def test_a_visitor_answers_compares_and_is_never_counted(
    visitor: httpx.AsyncClient, look: Look
) -> None:
    before, contributions = figures_of(look), look.one("select count(*) from contribution")
    await visitor.get("/demo")
    started = await send(visitor, "/demo")
    base = started.headers["location"]
    landing = (await visitor.get(base)).text
    assert re.search(r"Médiane des pairs \d+", landing)
    assert "Réseau Excellence de service" in landing
    question = re.search(rf'href="({base}/e/[^"]+/q/[^"]+)"', landing)
    assert question
    await answer_everything(visitor, question[1])
    assert "Tout est répondu" in (await visitor.get(base)).text
    slug = question[1].split("/")[4]
    submitted = await send(visitor, f"{base}/e/{slug}/submit", name="Visiteur", consent="yes")
    assert submitted.headers["location"].endswith("/receipt")
    last_year = f"sx-{int(slug.partition('-')[2]) - 1}"
    benchmark = (await visitor.get(f"{base}/e/{last_year}/benchmark")).text
    assert "Données fictives" in benchmark
    assert re.search(r"10 à 19[\s<>/a-z]* organisations", benchmark)
    assert look.one("select count(*) from contribution") == contributions
    assert figures_of(look) == before
    assert (
        look.one(
            "select count(*) from participation p join organisation o on o.id = p.organisation_id where o.sandbox_until is not null"
        )
        == 0
    )


async def answer_everything(visitor: httpx.AsyncClient, address: str) -> None:
    """Level 3 everywhere, page after page, as somebody without JavaScript would."""
    for _ in range(12):
        html = (await visitor.get(address)).text
        form = html[html.index("<form", html.index('id="content"')) :]
        form = form[: form.index("</form>")]
        assert "data-save" in form
        fields = dict(re.findall(r'<input type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form))
        saved = await visitor.post(address, data=fields | {"answer": "3"})
        assert saved.status_code == 303, saved.text[:500]
        address = saved.headers["location"]


async def test_the_network_does_not_see_visitors(visitor: httpx.AsyncClient, site: Demonstration) -> None:
    await visitor.get("/demo")
    copy = (await send(visitor, "/demo")).headers["location"].rpartition("/")[2]
    visitor.cookies.clear()
    await visitor.get("/signin")
    email = "ines.caron@palier.example"
    assert (await send(visitor, "/signin", email=email, password=site.passwords[email])).status_code == 303
    page = await visitor.get("/n/excellence-de-service", follow_redirects=True)
    assert page.status_code == 200
    assert copy not in page.text
