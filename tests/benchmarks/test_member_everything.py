"""The member's page beyond one group: nearest peers, all sectors side by side, every questionnaire, parts and older versions."""

import csv
import io
import json
import re
from html import unescape

import asyncpg
import pytest

from palier.assessments.store import Assessment
from palier.benchmarks.flows.contributing import collect
from palier.benchmarks.flows.viewing import view_benchmark
from palier.benchmarks.rules.cohorts import cohort_key
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import find_questionnaire, latest
from palier.questionnaires.rules import Questionnaire
from tests.benchmarks.planting import (
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.benchmarks.test_member_page import HERE, plain, read
from tests.conftest import Browser, Cast
from tests.roles import as_the_worker

FIGURES = ("p10", "q1", "median", "q3", "p90")


async def published(
    owner: asyncpg.Connection, claire: Actor, settings: Settings, questionnaire: str = "FL",
    asked: Questionnaire | None = None, members: int = 59,
) -> Assessment:  # fmt: skip
    """A network with one edition on `questionnaire`, in which Transports du Val sits with its round."""
    network = await plant_network(owner, members)
    await enrol(owner, network, claire.organisation_id)
    campaign = await plant_campaign(owner, network, questionnaire=questionnaire)
    await contribute(owner, network, campaign)
    assessment = await submit_round(claire, campaign, asked=asked)
    async with as_the_worker(settings):
        await collect(str(assessment.organisation_id), str(assessment.id))
    await publish(settings, campaign)
    return assessment


async def rows_of(owner: asyncpg.Connection) -> dict[tuple[str, str], asyncpg.Record]:
    rows = await owner.fetch("select * from release_row")
    return {(row["cohort"], row["variable"]): row for row in rows}


def card(html: str, name: str) -> str:
    """What stands in the card `name`, in plain words."""
    return plain(unescape(html[html.index(f'id="{name}"') :].split("</section>")[0]))


async def test_the_nearest_peers_are_asked_by_name_and_read_from_their_rows(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings)).slug)
    html = await read(visit, claire, f"{here}?peers=nearest")
    data = json.loads(await read(visit, claire, f"{here}.json?peers=nearest"))
    rows = await rows_of(owner)
    key = cohort_key(data["cohort"])
    assert key.startswith("nearest=own")
    for entry in data["figures"]:
        assert [entry[name] for name in FIGURES] == [rows[key, entry["code"]][name] for name in FIGURES]
    assert "les pairs les plus proches" in plain(html)
    assert "jamais par leurs scores" in plain(html)
    assert f"Médiane {rows[key, 'total']['median']}" in card(html, "position")
    assert re.search(r'aria-current="true" id="by-nearness"', html)
    assert f"{here}.csv?peers=nearest&amp;edition=" in html


async def test_without_nearest_peers_of_its_profile_the_network_is_shown_and_named(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings, members=24)).slug)
    html = await read(visit, claire, f"{here}?peers=nearest")
    said = plain(re.search(r'id="fallback">(.*?)</p>', html, re.DOTALL)[1])  # type: ignore[index]
    assert "les pairs les plus proches" in said
    assert "tout le réseau" in said.lower() or "l’ensemble du réseau" in said


async def test_families_stand_side_by_side_with_their_published_medians(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings, "P6")).slug)
    html = await read(visit, claire, f"{here}?sector=")
    rows = await rows_of(owner)
    families = {"transport": "Transports", "commerce": "Commerce", "housing": "Logement"}
    part = html[html.index('id="across"') :].split("</section>")[0]
    shown = [row for row in re.findall(r'<tr role="row">(.*?)</tr>', part, re.DOTALL) if "cell" in row]
    assert len(shown) == 7  # the whole and six pillars
    for variable, row in zip(["total", *(f"P6{n}" for n in range(1, 7))], shown, strict=True):
        cells = [plain(cell).split("(")[0].strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        medians = {
            family: rows[f"family={family}", variable]["median"]
            for family in families
            if (f"family={family}", variable) in rows
        }
        assert cells[0] == "50,0"
        assert cells[1] == str(rows["", variable]["median"])
        assert sorted(cells[2:]) == sorted(str(median) for median in medians.values())
        highest = max(median for family, median in medians.items() if family != "transport")
        assert f"<strong>{highest}<" in row
    assert "Meilleure expérience récente, tous secteurs" in plain(part)


async def test_each_pillar_is_also_an_index_from_0_to_10(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings, "P6")).slug)
    text = card(await read(visit, claire, f"{here}?sector="), "index")
    rows = await rows_of(owner)
    data = json.loads(await read(visit, claire, f"{here}.json?sector="))
    async with visit(claire) as browser:
        file = (await browser.get(f"{here}.csv?sector=")).content.decode("utf-8-sig")
    lines = {line[0]: line for line in csv.reader(io.StringIO(file), delimiter=";")}
    indexed = {entry["code"]: entry["index"] for entry in data["figures"] if "index" in entry}
    assert sorted(indexed) == [f"P6{n}" for n in range(1, 7)]
    for code, entry in indexed.items():
        row = rows["", code]
        tenths = {name: row[name] / 10 for name in ("q1", "median", "q3")}
        assert entry == {"you": 5.0} | tenths
        written = [f"{tenths[name]:.1f}".replace(".", ",") for name in ("q1", "median", "q3")]
        assert " ".join(["5,0", *written]) in text
        assert lines[code][-2:] == ["5,0", written[1]]


@pytest.mark.parametrize("code", ["OM", "DT", "P6", "EX", "SX"])
async def test_every_questionnaire_has_its_page_and_its_files(
    code: str, visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings, code, members=39)).slug)
    html = unescape(await read(visit, claire, f"{here}?sector="))
    data = json.loads(await read(visit, claire, f"{here}.json?sector="))
    rows = await rows_of(owner)
    asked = latest(code)
    parts = [*asked.dimensions, *asked.elements, *asked.criteria]
    assert next(entry["code"] for entry in data["figures"]) == "total"
    assert {entry["code"] for entry in data["figures"]} == {"total", *(part.code for part in parts)}
    for entry in data["figures"]:
        assert [entry[name] for name in FIGURES] == [rows["", entry["code"]][name] for name in FIGURES]
    for criterion in asked.criteria:
        assert f'<span class="code">{criterion.code}</span>' in html
    assert len(re.findall(r'class="c-med"', html)) > len(asked.dimensions)


async def test_a_round_on_some_dimensions_compares_these_and_never_the_whole(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    part = latest("SX").within(["SX1", "SX4"])
    here = HERE.format(slug=(await published(owner, claire, settings, "SX", part)).slug)
    html = await read(visit, claire, f"{here}?sector=")
    data = json.loads(await read(visit, claire, f"{here}.json?sector="))
    codes = {entry["code"] for entry in data["figures"]}
    assert "total" not in codes
    assert {"SX1", "SX4"} <= codes
    assert not any(code.startswith(("SX2", "SX3", "SXR")) for code in codes)
    assert "Sur 2 dimensions seulement" in card(html, "position")
    assert "Médiane" not in card(html, "position")
    assert "Maturité globale" not in plain(html)
    assert "Chaque dimension demandée est comparée" in plain(html)


@pytest.mark.parametrize(
    ("answered", "of_campaign", "alike"),
    [
        ("1.0.0", "", False),  # a campaign from before versions were kept: the newest file
        ("1.0.0", "1.1.0", False),
        ("1.0.0", "1.0.0", True),
        ("1.1.0", "1.1.0", True),
        ("1.1.0", "1.0.0", False),
    ],
)
async def test_criteria_that_the_campaign_asked_otherwise_are_not_compared(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings,
    answered: str, of_campaign: str, alike: bool,
) -> None:  # fmt: skip
    changed = find_questionnaire("FL", "1.1.0").changes
    assert changed
    assert changed.changed
    one = await published(owner, claire, settings, "FL", find_questionnaire("FL", answered))
    await owner.execute("update campaign set version = $1", of_campaign)
    here = HERE.format(slug=one.slug)
    said = card(await read(visit, claire, f"{here}?sector="), "unseen")
    rows = json.loads(await read(visit, claire, f"{here}.json?sector="))["figures"]
    data = {row["code"]: row for row in rows}
    for code in changed.changed:
        assert (data[code]["gap"] is not None) == (data[code]["quarter"] is not None) == alike
    assert all(data[code]["gap"] is not None for code in changed.same)
    sentence = f"de la version {answered}, à laquelle vous avez répondu"
    assert (sentence in said) != alike
    assert (f"dans la version {of_campaign or '1.1.0'}, posée à vos pairs" in said) != alike


async def test_how_peers_moved_on_a_criterion_is_told_where_both_campaigns_asked_it_alike(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    await published(owner, claire, settings, "FL", find_questionnaire("FL", "1.1.0"))
    network = await owner.fetchval("select id from network")
    planted = Planted(
        network,
        "excellence",
        [row[0] for row in await owner.fetch("select organisation_id from network_member")],
    )
    first = await owner.fetchval("select id from campaign")
    campaign = await plant_campaign(owner, planted, "2027")
    await contribute(
        owner, planted, campaign, [one for one in planted.members if one != claire.organisation_id]
    )
    own = await submit_round(claire, campaign, level=4)
    async with as_the_worker(settings):
        await collect(str(own.organisation_id), str(own.id))
    await publish(settings, campaign)
    (changed,) = find_questionnaire("FL", "1.1.0").changes.changed  # type: ignore[union-attr]

    async def moved(code: str) -> bool:
        async with reading(claire):
            (line,) = (await view_benchmark(claire, own.slug, cohort={})).lines([code])
        return line.group_change is not None

    assert await moved(changed)
    await owner.execute("update campaign set version = '1.0.0' where id = $1", first)
    assert not await moved(changed)
    assert await moved("FL1.1.1")


async def test_the_page_says_which_groups_of_the_own_attributes_are_shown_and_why_others_are_not(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings)).slug)
    said = card(await read(visit, claire, here), "unseen")
    assert "L’ensemble du réseau : affiché." in said or "Tout le réseau : affiché." in said
    assert "Transport de voyageurs" in said
    assert "tous les chiffres de ce groupe sont publiés" in said
    assert "le 15 décembre 2026" in said


async def test_an_erratum_names_what_it_replaces_and_the_replaced_one_says_so(
    visit: Browser, claire: Actor, cast: Cast, owner: asyncpg.Connection, settings: Settings
) -> None:
    here = HERE.format(slug=(await published(owner, claire, settings)).slug)
    first = await owner.fetchval("select id from edition")
    await owner.execute(
        "insert into edition select * from jsonb_populate_record(null::edition, (select to_jsonb(e) from edition e) || "
        """jsonb_build_object('id', gen_random_uuid(), 'published_on', '2027-01-20', 'corrects_id', $1::text,
        'reason', 'deux filiales comptées deux fois'))""",
        str(first),
    )
    second = await owner.fetchval("select id from edition where corrects_id = $1", first)
    await owner.execute(
        "insert into release_row select (jsonb_populate_record(null::release_row, to_jsonb(r) || "
        "jsonb_build_object('id', gen_random_uuid(), 'edition_id', $1::text))).* from release_row r",
        str(second),
    )
    await owner.execute(
        "insert into batch_member (id, edition_id, network_id, batch, organisation_id, legal_group, attributes) "
        "select gen_random_uuid(), $1, network_id, batch, organisation_id, legal_group, attributes from batch_member",
        str(second),
    )
    newest = plain(unescape(await read(visit, claire, f"{here}?sector=")))
    assert "remplace celle du 15 décembre 2026, qui reste lisible. deux filiales comptées deux fois" in newest
    assert "2026, erratum du 20 janvier 2027" in newest
    older = await read(visit, claire, f"{here}?sector=&edition={first}")
    assert "Une édition corrigée a remplacé celle-ci, le 20 janvier 2027" in plain(unescape(older))
    assert f"edition={second}" in older
