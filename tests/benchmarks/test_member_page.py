"""What a member, a consultant and a stranger see of the benchmark: the same published figures everywhere, or why there are none."""

import csv
import io
import re
from dataclasses import dataclass, replace
from html import unescape

import asyncpg
import pytest

from palier.assessments.store import Assessment
from palier.benchmarks.flows.comparing import editions_for, families_beside, own_rungs
from palier.benchmarks.flows.contributing import collect
from palier.benchmarks.rules.across import Across
from palier.benchmarks.rules.standing import Refusal
from palier.foundation.actor import Actor, Person
from palier.foundation.database import reading
from palier.foundation.settings import Settings
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.conftest import Browser, Cast, plant_mandate
from tests.roles import as_the_worker

HERE = "/o/transports-du-val/e/{slug}/benchmark"


@dataclass
class Ground:
    """A network with one published edition in which Transports du Val sits."""

    network: Planted
    assessment: Assessment

    @property
    def here(self) -> str:
        return HERE.format(slug=self.assessment.slug)


async def published_round(
    owner: asyncpg.Connection, network: Planted, actor: Actor, settings: Settings, name: str, level: int = 3
) -> Assessment:
    campaign = await plant_campaign(owner, network, name)
    await contribute(owner, network, campaign, seed=int(name))
    assessment = await submit_round(actor, campaign, level)
    async with as_the_worker(settings):
        await collect(str(assessment.organisation_id), str(assessment.id))
    await publish(settings, campaign)
    return assessment


@pytest.fixture
async def ground(owner: asyncpg.Connection, cast: Cast, claire: Actor, settings: Settings) -> Ground:
    network = await plant_network(owner, 59, fictive=True)
    await enrol(owner, network, claire.organisation_id)
    return Ground(network, await published_round(owner, network, claire, settings, "2026"))


async def read(visit: Browser, who: Actor, address: str, **headers: str) -> str:
    async with visit(who) as browser:
        answer = await browser.get(address, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.text


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def test_the_page_the_file_and_the_drawing_say_the_same(
    visit: Browser, claire: Actor, ground: Ground, owner: asyncpg.Connection
) -> None:
    html = await read(visit, claire, f"{ground.here}?sector=")
    async with visit(claire) as browser:
        answer = await browser.get(f"{ground.here}.csv?sector=")
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    figures = {
        row["variable"]: row for row in await owner.fetch("select * from release_row where cohort = ''")
    }
    assert len(lines) > 12
    for line in lines[1:]:
        row = figures[line[0]]
        assert line[4:9] == [str(row[name]) for name in ("p10", "q1", "median", "q3", "p90")]
        assert line[3] == "40 à 79"
    for element in [line for line in lines if re.fullmatch(r"FL\d\.\d", line[0])]:
        assert (
            f"{element[1]}\u00a0: vous 50,0, médiane {element[6]}, moitié centrale de {element[5]} à {element[7]}"
            in unescape(html)
        )


async def test_every_drawn_peer_figure_is_a_whole_point(
    visit: Browser, claire: Actor, ground: Ground
) -> None:
    html = await read(visit, claire, f"{ground.here}?sector=")
    boxes = re.findall(r'<(?:rect|line) class="c-(?:peer|peer2|med)" ([^>]*)>', html)
    drawn = [float(x) for box in boxes for x in re.findall(r'(?:x1|x2|x|width)="([\d.]+)%"', box)]
    assert len(drawn) > 20
    assert all(x == int(x) for x in drawn)


async def test_the_size_of_a_group_is_a_band_and_never_a_number(
    visit: Browser, claire: Actor, ground: Ground
) -> None:
    text = plain(await read(visit, claire, f"{ground.here}?sector="))
    assert "40 à 79" in text
    assert not re.search(r"\b60 (organisations|membres)", text)
    assert "Données fictives" in text
    assert "lots d’au moins 8 organisations" in text


async def test_no_other_member_is_ever_named(visit: Browser, claire: Actor, ground: Ground) -> None:
    for address in (ground.here, f"{ground.here}?sector=", f"{ground.here}.csv"):
        async with visit(claire) as browser:
            assert "Canari" not in (await browser.get(address)).text


async def test_own_position_is_told_in_whole_points_and_quarters(
    visit: Browser, claire: Actor, ground: Ground, owner: asyncpg.Connection
) -> None:
    html = await read(visit, claire, f"{ground.here}?sector=")
    row = await owner.fetchrow(
        "select q1, median, q3 from release_row where cohort = '' and variable = 'total'"
    )
    text = plain(html[html.index('id="position"') : html.index('id="elements"')])
    assert "Vous 50,0" in text
    assert f"Médiane {row['median']}" in text
    gap = 50 - row["median"]
    assert f"{'+' if gap > 0 else '−' if gap < 0 else ''}{abs(gap)}" in text
    assert ("2ᵉ quart" in text) == (row["q1"] <= 50 < row["median"])


async def test_a_group_too_small_gives_way_to_a_wider_one_in_words_that_name_no_number(
    visit: Browser, claire: Actor, ground: Ground
) -> None:
    html = await read(visit, claire, f"{ground.here}?sector=passenger_transport&size=5000%2B&country=LU")
    said = plain(re.search(r'id="fallback">(.*?)</p>', html, re.DOTALL)[1])  # type: ignore[index]
    assert "Luxembourg" in said
    assert not re.search(r"\d", said.replace("5 000", ""))
    assert "Affiché à la place" in said


async def test_a_hidden_variable_offers_the_wider_group_that_shows_it(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    network = await plant_network(owner, 59)
    await enrol(owner, network, claire.organisation_id)
    campaign = await plant_campaign(owner, network)
    await contribute(owner, network, campaign)
    silent = "attributes ->> 'family' = 'transport'"
    await owner.execute(f"update contribution set scores = scores || '{{\"FL1.1\": null}}' where {silent}")
    assessment = await submit_round(claire, campaign)
    await publish(settings, campaign)
    html = await read(visit, claire, HERE.format(slug=assessment.slug) + "?sector=transport")
    text = plain(html)
    assert "Masqué : groupe trop petit." in text
    link = re.search(r'href="([^"]*)"[^>]*>Élargir le groupe', html)
    assert link
    wider = await read(visit, claire, link[1].replace("&amp;", "&"))
    assert "Masqué" not in plain(wider)


async def test_a_swap_equals_a_reload(visit: Browser, claire: Actor, ground: Ground) -> None:
    address = f"{ground.here}?sector=transport&size=&country=&legal_kind="
    swapped = await read(visit, claire, address, **{"HX-Request": "true"})
    whole = await read(visit, claire, address)
    fragments = re.split(r'(?=<span class="row" id="file")|(?=<p id="announce")', swapped)
    for fragment in fragments[:2]:
        plain = fragment.replace(' hx-swap-oob="true"', "")
        assert re.sub(r"\s+", "", plain) in re.sub(r"\s+", "", whole)
    assert re.search(r'id="announce"[^>]*>\d+ à \d+ organisations', swapped)


async def test_sorting_and_unknown_values_are_harmless(visit: Browser, claire: Actor, ground: Ground) -> None:
    for query in (
        "sort=-gap",
        "sort=score",
        "sort=nonsense",
        "sector=nowhere&size=%27&country=XX",
        "edition=",
    ):
        await read(visit, claire, f"{ground.here}?{query}")
    async with visit(claire) as browser:
        assert (
            await browser.get(f"{ground.here}?edition=00000000-0000-0000-0000-000000000000")
        ).status_code == 404
        assert (await browser.get(f"{ground.here}?edition=x")).status_code == 404


async def test_two_editions_show_what_moved(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    network = await plant_network(owner, 40)
    await enrol(owner, network, claire.organisation_id)
    await published_round(owner, network, claire, settings, "2025", level=2)
    later = await published_round(owner, network, claire, settings, "2026", level=3)
    text = plain(await read(visit, claire, HERE.format(slug=later.slug) + "?sector="))
    assert "Depuis 2025" in text
    assert "Vous progressez plus que la médiane" in text
    assert "+25,0" in text
    assert "2025, publiée le 15 décembre 2025" in text


async def test_each_obstacle_says_what_to_do(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    lonely = await submit_round(claire, None, name="Seule")
    assert "Rejoignez un réseau" in plain(await read(visit, claire, HERE.format(slug=lonely.slug)))
    network = await plant_network(owner, 30)
    await enrol(owner, network, claire.organisation_id, verified=False)
    campaign = await plant_campaign(owner, network)
    shared = await submit_round(claire, campaign)
    here = HERE.format(slug=shared.slug)
    unverified = await read(visit, claire, here)
    assert "attend d’être vérifiée" in plain(unverified)
    assert f'href="{here.replace("benchmark", "results")}">Lire vos résultats en attendant' in unverified
    await owner.execute("update network_member set verified_at = now()")
    assert "Aucune édition" in plain(await read(visit, claire, here))
    await contribute(owner, network, campaign)
    await publish(settings, campaign)
    assert "Masqué" not in plain(await read(visit, claire, f"{here}?sector="))
    kept = await submit_round(claire, campaign, consent=False, name="Gardée")
    text = plain(await read(visit, claire, HERE.format(slug=kept.slug)))
    assert "Partagez pour comparer" in text
    assert "cinq attributs" in text
    async with visit(claire) as browser:
        assert (await browser.get(HERE.format(slug=kept.slug) + ".csv")).status_code == 404


async def test_an_open_round_is_never_compared(visit: Browser, claire: Actor, ground: Ground) -> None:
    from_new = await submit_round(claire, None, name="2027")
    assert from_new.slug
    async with visit(claire) as browser:
        await browser.send_form(
            "/o/transports-du-val/assessments/new/FL",
            {"name": "Ouverte", "op": "0196a3f0-0000-7000-8000-000000000001"},
        )
        answer = await browser.get("/o/transports-du-val/e/fl-ouverte/benchmark")
    assert "n’est pas encore remise" in plain(answer.text)


async def test_the_menu_leads_to_the_round_submitted_last(
    visit: Browser, claire: Actor, nora: Actor, ground: Ground
) -> None:
    async with visit(claire) as browser:
        answer = await browser.get("/o/transports-du-val/benchmark")
    assert answer.headers["location"] == ground.here
    assert "Rien à comparer" in plain(await read(visit, nora, "/o/clinique-du-lac/benchmark"))


async def test_a_stranger_finds_nothing(visit: Browser, nora: Actor, ground: Ground) -> None:
    async with visit(nora) as browser:
        for address in (ground.here, f"{ground.here}.csv", "/o/transports-du-val/benchmark"):
            assert (await browser.get(address)).status_code == 404


async def test_a_consultant_whose_clients_fill_a_batch_is_shown_no_group_that_holds_it(
    visit: Browser, claire: Actor, cast: Cast, ground: Ground, owner: asyncpg.Connection
) -> None:
    asked = f"{ground.here}?sector=passenger_transport"
    hugo = cast.people["hugo"]
    await plant_mandate(claire, hugo)
    async with visit(hugo) as browser:
        before = plain((await browser.get(asked)).text)
    batch = await owner.fetchval(
        "select batch from batch_member where organisation_id = $1", claire.organisation_id
    )
    mates = await owner.fetch("select organisation_id from batch_member where batch = $1", batch)
    for mate in mates[:-5]:
        await owner.execute(
            "insert into mandate (id, organisation_id, consultant_id, granted_by_id, created_at, ends_on) "
            "values (gen_random_uuid(), $1, $2, $2, now(), current_date)",
            mate["organisation_id"], hugo.person_id,
        )  # fmt: skip
    member = plain(await read(visit, claire, asked))
    async with visit(hugo) as browser:
        after = plain((await browser.get(asked)).text)
        file = await browser.get(f"{ground.here}.csv?sector=passenger_transport")
    assert "Médiane" in before
    assert "ne peuvent pas vous être montrés" in after
    assert "Médiane" not in after
    assert file.status_code == 404
    assert "Médiane" in member


async def test_what_was_read_for_a_member_is_not_what_a_consultant_who_knows_the_batch_reads_next(
    claire: Actor, cast: Cast, ground: Ground, owner: asyncpg.Connection
) -> None:
    hugo = cast.people["hugo"]
    consultant = replace(claire, person=Person(hugo.person_id, hugo.name, hugo.email))
    batch = await owner.fetchval(
        "select batch from batch_member where organisation_id = $1", claire.organisation_id
    )
    for mate in (await owner.fetch("select organisation_id from batch_member where batch = $1", batch))[:-5]:
        await owner.execute(
            "insert into mandate (id, organisation_id, consultant_id, granted_by_id, created_at, ends_on) "
            "values (gen_random_uuid(), $1, $2, $2, now(), current_date)",
            mate["organisation_id"], hugo.person_id,
        )  # fmt: skip

    async def seen(actor: Actor) -> tuple[Across, list[Refusal | None]]:
        async with reading(actor):
            (edition,) = await editions_for(actor, ground.assessment)
            rungs = await own_rungs(actor, edition)
            return await families_beside(actor, edition, ["total"]), [rung.refusal for rung in rungs]

    first, theirs, again = [await seen(actor) for actor in (claire, consultant, claire)]
    assert Refusal.PORTFOLIO in theirs[1]
    assert Refusal.PORTFOLIO not in first[1]
    assert first[0].network["total"] is not None
    assert theirs[0].network.get("total") is None
    assert again == first


async def test_results_show_the_peers_of_a_shared_round_alone(
    visit: Browser, claire: Actor, ground: Ground
) -> None:
    results = ground.here.replace("/benchmark", "/results")
    assert "édition 2026" in plain(await read(visit, claire, results))
    kept = await submit_round(claire, None, consent=None, name="Gardée")
    assert "édition 2026" not in plain(
        await read(visit, claire, f"/o/transports-du-val/e/{kept.slug}/results")
    )
