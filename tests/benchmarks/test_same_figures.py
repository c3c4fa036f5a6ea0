"""The same published figures everywhere, and nothing else: page, drawing, JSON, CSV, document; whoever asks, whatever is asked.

The attackers here only speak HTTP. They gather everything two campaigns ever answer, to every kind of visitor, for every
filter and for parameters nobody offers; then the contributions behind it are exchanged within their batches.
"""

import csv
import io
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from itertools import product
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import asyncpg
import openpyxl
import pytest

from palier.assessments.store import Campaign
from palier.benchmarks.flows.comparing import peers
from palier.benchmarks.rules.cohorts import cohort_key
from palier.foundation import files
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.reports.datafiles import data_files
from palier.reports.flows.building import draw_up
from palier.reports.rules.wishes import Kind, Wish
from palier.reports.typesetting import print_document
from tests.benchmarks.planting import (
    COUNTRIES,
    SIZES,
    Planted,
    contribute,
    enrol,
    plant_campaign,
    plant_network,
    publish,
    submit_round,
)
from tests.conftest import Browser, Cast, plant_mandate
from tests.reports.test_pages import text_of

FIGURES = ("p10", "q1", "median", "q3", "p90")
KINDS = {"": "", "transport": "family", "passenger_transport": "sector", "retail": "sector"}
HERE = "/o/transports-du-val/e/{slug}/benchmark"
UUIDS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
SEAL = re.compile(r"\b[0-9a-f]{9,64}\b")
FRESH = re.compile(
    r'(nonce="|nonce-|name="_csrf_token" value="|"x-csrftoken": ?"|&#34;x-csrftoken&#34;: ?&#34;)[^"\'&\s;]+',
    re.IGNORECASE,
)


@dataclass
class Ground:
    """Two campaigns of one network in which Transports du Val sits; the second is published last."""

    network: Planted
    campaigns: list[Campaign]
    slugs: list[str] = field(default_factory=list)

    @property
    def here(self) -> str:
        return HERE.format(slug=self.slugs[-1])


@pytest.fixture
async def ground(owner: asyncpg.Connection, cast: Cast, claire: Actor, settings: Settings) -> Ground:
    network = await plant_network(owner, 48, seed=3)
    await enrol(owner, network, claire.organisation_id)
    manager = "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)"
    await owner.execute(manager, new_id(), network.id, cast.people["ines"].person_id)
    ground = Ground(network, [])
    for year in ("2025", "2026"):
        campaign = await plant_campaign(owner, network, year)
        everyone = [*network.members, claire.organisation_id]
        # Joiners, leavers, skippers: the first four come late, the last four are gone.
        taking = everyone[4:] if year == "2025" else [*everyone[:-5], everyone[-1]]
        await contribute(owner, network, campaign, taking, seed=int(year))
        ground.slugs.append((await submit_round(claire, campaign)).slug)
        ground.campaigns.append(campaign)
        await publish(settings, campaign)
    return ground


# --- one edition, read in five ways ---------------------------------------------------------------------------------------


def filters() -> Iterator[dict[str, str]]:
    """Every choice the chooser has a meaning for in this network, and one it has not."""
    yield {"peers": "nearest"}
    for kind, size, country in product([*KINDS, "nowhere"], ["", *SIZES], ["", *sorted(set(COUNTRIES))]):
        yield {"sector": kind, "size": size, "country": country}
    yield {"legal_kind": "private_company"}


async def rows_of(owner: asyncpg.Connection, campaign: Campaign) -> dict[tuple[str, str], Any]:
    sql = "select r.* from release_row r join edition e on e.id = r.edition_id where e.campaign_id = $1"
    return {(row["cohort"], row["variable"]): row for row in await owner.fetch(sql, campaign.id)}


async def test_json_and_csv_are_the_rows_of_the_edition_for_every_filter(
    visit: Browser, claire: Actor, ground: Ground, owner: asyncpg.Connection
) -> None:
    rows = await rows_of(owner, ground.campaigns[-1])
    answered = set()
    async with visit(claire) as browser:
        for asked in list(filters())[::3]:
            data = json.loads((await browser.get(f"{ground.here}.json?{urlencode(asked)}")).text)
            text = (await browser.get(f"{ground.here}.csv?{urlencode(asked)}")).content.decode("utf-8-sig")
            lines = list(csv.reader(io.StringIO(text), delimiter=";"))[1:]
            book = (await browser.get(f"{ground.here}.xlsx?{urlencode(asked)}")).content
            sheet = list(openpyxl.load_workbook(io.BytesIO(book)).worksheets[0].values)[1:]
            assert [line[0] for line in sheet] == [line[0] for line in lines]
            assert [[str("" if one is None else one) for one in line[4:9]] for line in sheet] == [
                line[4:9] for line in lines
            ]
            answered.add(cohort_key(data["cohort"]))
            for entry, line in zip(data["figures"], lines, strict=True):
                row = rows[cohort_key(data["cohort"]), entry["code"]]
                assert [entry[name] for name in FIGURES] == [row[name] for name in FIGURES]
                assert (entry["n"] or "") == row["n_band"]
                assert line[0] == entry["code"]
                assert line[4:9] == ["" if entry[name] is None else str(entry[name]) for name in FIGURES]
    assert len(answered) > 2


async def test_json_says_nothing_but_figures_and_their_names(
    visit: Browser, claire: Actor, ground: Ground
) -> None:
    async with visit(claire) as browser:
        data = json.loads((await browser.get(f"{ground.here}.json?sector=")).text)
    assert set(data) == {"edition", "published_on", "asked", "cohort", "figures"}
    assert data["published_on"] == "2026-12-15"
    for entry in data["figures"]:
        assert set(entry) == {"code", "label", "you", "n", *FIGURES, "gap", "quarter"}
        assert all(entry[name] is None or type(entry[name]) is int for name in (*FIGURES, "gap", "quarter"))


async def test_page_drawing_and_document_say_the_rows_too(
    visit: Browser, claire: Actor, ground: Ground, owner: asyncpg.Connection, settings: Settings
) -> None:
    async with visit(claire) as browser:
        data = json.loads((await browser.get(f"{ground.here}.json")).text)
        html = unescape((await browser.get(ground.here)).text)
    async with reading(claire):
        wish = Wish(Kind.RESULTS, "fr", ground.slugs[-1])
        shelf = files.shelves(settings)
        document = (await draw_up(claire, wish, peers, shelf)).document
    attached = next(content for name, _, content in data_files(document) if name == "results.csv")
    lines = csv.reader(io.StringIO(attached.decode("utf-8-sig")), delimiter=";")
    tables = {line[1]: line[7:10] for line in lines}
    printed = re.sub(r"\s+", " ", " ".join(text_of(print_document(document, "fr"))))
    rows = await rows_of(owner, ground.campaigns[-1])
    of_code = {entry["code"]: entry for entry in data["figures"]}
    shown = 0
    for row in document.elements:
        entry, box = of_code[row.code], row.comparison.quartiles
        stored = rows[cohort_key(data["cohort"]), row.code]
        assert [entry[name] for name in FIGURES] == [stored[name] for name in FIGURES]
        if entry["median"] is not None:
            shown += 1
            assert (box.q1, box.median, box.q3) == (entry["q1"], entry["median"], entry["q3"])
            said = f"médiane {entry['median']}, moitié centrale de {entry['q1']} à {entry['q3']}"
            assert said in html
            assert tables[row.code] == [str(entry[name]) for name in ("q1", "median", "q3")]
    assert shown > 2
    total = of_code["total"]
    assert f"{total['median']}" in printed


async def test_every_coordinate_of_a_peer_figure_is_a_whole_point(
    visit: Browser, claire: Actor, ground: Ground
) -> None:
    """On pages shapes are placed in per cent of a scale of 100 points: a coordinate tells no more than the figure."""
    results = ground.here.replace("/benchmark", "/results")
    async with visit(claire) as browser:
        for address in (ground.here, f"{ground.here}?sector=", f"{ground.here}?sector=retail", results):
            html = (await browser.get(address)).text
            # Movers have a scale of their own, of differences; tests/foundation keeps those to whole points.
            drawn = coordinates(
                re.sub(r'<svg[^>]*class="[^"]*mover[^"]*".*?</svg>', "", html, flags=re.DOTALL)
            )
            assert len(drawn) > 5
            assert [x for x in drawn if x != int(x)] == [], address


def coordinates(html: str) -> list[float]:
    """Where the shapes of peers start, end and how wide they are, in per cent of the scale."""
    shapes = re.findall(r'<(?:rect|line|path) class="c-(?:peer|peer2|med|box)" ([^>]*)>', html)
    return [float(x) for one in shapes for x in re.findall(r'\b(?:x|x1|x2|width)="([\d.]+)%"', one)]


async def test_no_answer_holds_a_batch_a_member_or_an_hour(
    visit: Browser, claire: Actor, ground: Ground, owner: asyncpg.Connection
) -> None:
    members = {str(one) for one in ground.network.members}
    async with visit(claire) as browser:
        for tail in ("", ".json", ".csv", "?sector=", ".json?sector=retail", ".csv?size=50-249"):
            text = (await browser.get(f"{ground.here}{tail}")).text
            assert not members & set(UUIDS.findall(text))
            assert "Canari" not in text
            assert "batch" not in text
            assert not re.search(r"\b\d{4}-\d{2}-\d{2}[T ]\d{2}:", text)
            if not tail.startswith("?") and tail:
                assert not UUIDS.search(text)


# --- attackers over HTTP --------------------------------------------------------------------------------------------------


def tampered(edition: UUID) -> list[str]:
    """What no link of ours asks."""
    return [
        "k=1", "k=0&n=1", "batches=1", "batch=1", "member=m1", "group=x", "nearest=own", "nearest=own&sector=rail",
        "sector=rail&sector=retail", "sector[]=rail&sector[]=retail", "sector=rail,retail", "sector=%25", "sector=*",
        "sector=rail' or '1'='1", "size=50-249&size=250-999", "cohort=", "cohort=sector%3Drail", "variable=total",
        "raw=1", "format=full", "debug=1", "viewer=nobody", "own=100", "score=100", "FL1=100", f"edition={edition}",
        f"edition={edition}&sector=rail", "edition=", "edition=0", "sort=-score&sector=", "sort=batches", "at=2020-01-01",
        "sector=&size=&country=&legal_kind=&family=transport", "family=transport", "country=LU&legal_kind=private_company",
    ]  # fmt: skip


async def gathered(
    visit: Browser, cast: Cast, ground: Ground, owner: asyncpg.Connection, step: int
) -> dict[tuple[str, str], str]:
    """Everything anybody is answered: a member, a consultant, the network's staff, a member of nothing, nobody."""
    editions = await owner.fetch("select id from edition order by published_on")
    asked = [urlencode(one) for one in filters()][::step] + tampered(editions[0]["id"])[::step]
    benchmark = [f"{HERE.format(slug=slug)}{kind}" for slug in ground.slugs for kind in (".json", "", ".csv")]
    pages = [f"{page}?{query}" for page in benchmark[:: 1 if step < 3 else 2] for query in asked]
    pages += [page.replace("/benchmark", "/results") for page in benchmark if "." not in page]
    staff = ["", "/members", "/campaigns", *(f"/campaigns/{one.id}" for one in ground.campaigns)]
    staff += [f"/campaigns/{one.id}/publish" for one in ground.campaigns]
    few = pages[:: 4 * step]
    seen: dict[tuple[str, str], str] = {}
    plan = {"claire": pages, "hugo": pages[::step], "ines": few, "nora": few, "": few}
    for name, addresses in plan.items():
        async with visit(cast.people[name] if name else None) as browser:
            for address in [*addresses, *(f"/n/excellence{page}" for page in staff)]:
                answer = await browser.get(address)
                seen[name, normal(address)] = f"{answer.status_code} {normal(answer.text)}"
                assert answer.status_code < 500
                if name in ("ines", "nora", "") and address.startswith("/o/"):
                    assert answer.status_code in (302, 303, 404)
    return seen


def normal(text: str) -> str:
    """Without what is fresh in every answer, and without the seal: the hash of the published rows."""
    return SEAL.sub("SEAL", UUIDS.sub("ID", FRESH.sub("", text)))


async def republished(
    owner: asyncpg.Connection, settings: Settings, ground: Ground, scores: dict[UUID, dict[UUID, str]]
) -> None:
    """Both editions as if these had been the scores, by campaign and member."""
    await owner.execute(
        "set session_replication_role = replica; delete from release_row; delete from batch_member; delete from edition; "
        "delete from draft_row; delete from draft_seat; delete from edition_draft; set session_replication_role = default"
    )
    for campaign in ground.campaigns:
        await owner.executemany(
            "update contribution set scores = $3 where campaign_id = $1 and organisation_id = $2",
            [(campaign.id, member, given) for member, given in scores[campaign.id].items()],
        )
        await publish(settings, campaign)


async def planted(
    ground: Ground, owner: asyncpg.Connection, settings: Settings
) -> dict[UUID, dict[UUID, str]]:
    """The scores behind both editions, given again and published: sealing has erased the first ones."""
    scores: dict[UUID, dict[UUID, str]] = {}
    for campaign in ground.campaigns:
        sql = "select organisation_id as id from contribution where campaign_id = $1 order by organisation_id"
        members = [row["id"] for row in await owner.fetch(sql, campaign.id)]
        await owner.execute("set session_replication_role = replica")  # what is sealed is not to be touched
        await owner.execute("delete from contribution where campaign_id = $1", campaign.id)
        await owner.execute("set session_replication_role = default")
        await contribute(owner, ground.network, campaign, members, seed=int(campaign.name))
        sql = "select organisation_id, scores from contribution where campaign_id = $1"
        scores[campaign.id] = {
            row["organisation_id"]: row["scores"] for row in await owner.fetch(sql, campaign.id)
        }
    await republished(owner, settings, ground, scores)
    return scores


async def batches_of(owner: asyncpg.Connection, campaign: Campaign) -> list[list[UUID]]:
    sql = (
        "select m.batch, m.organisation_id from batch_member m join edition e on e.id = m.edition_id "
        "where e.campaign_id = $1 order by m.organisation_id"
    )
    found: dict[int, list[UUID]] = defaultdict(list)
    for row in await owner.fetch(sql, campaign.id):
        found[row["batch"]].append(row["organisation_id"])
    return list(found.values())


async def _attacked(
    visit: Browser, cast: Cast, claire: Actor, ground: Ground, owner: asyncpg.Connection, settings: Settings, step: int
) -> None:  # fmt: skip
    await plant_mandate(claire, cast.people["hugo"])
    scores = await planted(ground, owner, settings)
    calm = await gathered(visit, cast, ground, owner, step)
    assert calm == await gathered(visit, cast, ground, owner, step), "something fresh is left in the answers"
    turned: dict[UUID, dict[UUID, str]] = {}
    for campaign in ground.campaigns:
        given = scores[campaign.id]
        mates = {
            one: other
            for batch in await batches_of(owner, campaign)
            for one, other in zip(batch, batch[1:] + batch[:1], strict=True)
        }
        turned[campaign.id] = {member: given[mates.get(member, member)] for member in given}
    assert turned != scores
    await republished(owner, settings, ground, turned)
    seen = await gathered(visit, cast, ground, owner, step)
    assert [what for what in calm if calm[what] != seen[what]] == []
    # The same attack sees a change where there is one: everything but a batch at the top of the scale.
    last = ground.campaigns[-1].id
    top = dict.fromkeys(json.loads(next(iter(scores[last].values()))), "100")
    raised = scores | {last: dict.fromkeys(scores[last], json.dumps(top))}
    await republished(owner, settings, ground, raised)
    seen = await gathered(visit, cast, ground, owner, step)
    changed = {name for name, address in calm if calm[name, address] != seen[name, address]}
    assert {"claire", "hugo"} <= changed
    assert not changed & {"ines", "nora", ""}


async def test_exchanging_batch_mates_of_two_campaigns_changes_no_answer_to_anybody(
    visit: Browser, cast: Cast, claire: Actor, ground: Ground, owner: asyncpg.Connection, settings: Settings
) -> None:
    await _attacked(visit, cast, claire, ground, owner, settings, step=13)


@pytest.mark.long
async def test_exchanging_batch_mates_changes_no_answer_for_any_filter_or_tampered_parameter(
    visit: Browser, cast: Cast, claire: Actor, ground: Ground, owner: asyncpg.Connection, settings: Settings
) -> None:
    await _attacked(visit, cast, claire, ground, owner, settings, step=3)


@pytest.mark.long
async def test_what_a_member_moves_in_all_answers_of_two_campaigns_a_whole_batch_moves_too(
    visit: Browser, cast: Cast, claire: Actor, ground: Ground, owner: asyncpg.Connection, settings: Settings
) -> None:
    """The influence signature over HTTP: everyone at 50, one member at 100 in one campaign, what answers change."""
    scores = await planted(ground, owner, settings)
    variables = json.loads(next(iter(scores[ground.campaigns[0].id].values())))
    fifty, hundred = (json.dumps(dict.fromkeys(variables, value)) for value in ("50", "100"))
    flat = {campaign: dict.fromkeys(given, fifty) for campaign, given in scores.items()}
    await republished(owner, settings, ground, flat)
    asked = [urlencode(one) for one in filters()][::4]
    addresses = [f"{HERE.format(slug=slug)}.json?{query}" for slug in ground.slugs for query in asked]

    async def answers() -> dict[str, str]:
        async with visit(claire) as browser:
            return {address: normal((await browser.get(address)).text) for address in addresses}

    calm = await answers()
    traces: dict[frozenset[str], int] = defaultdict(int)
    for campaign in ground.campaigns:
        for member in list(flat[campaign.id]):
            perturbed = flat | {campaign.id: flat[campaign.id] | {member: hundred}}
            await republished(owner, settings, ground, perturbed)
            seen = await answers()
            traces[frozenset(f"{one} {seen[one]}" for one in addresses if calm[one] != seen[one])] += 1
    assert any(traces)
    assert [company for trace, company in traces.items() if trace and company < 8] == []
