"""What a whole benchmark page costs in networks of any size: `python -m benchmarks.whole_page 40 1000000`, on the database of the settings.

The demo's director reads the same round against an edition of so many organisations: every layer from the HTTP request to the
bytes, in this process. *First*: nothing of the edition is kept in the process yet. *Again*: what readers after the first wait.
"""

import asyncio
import json
import re
import statistics
import sys
import time
from collections.abc import Sequence
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

import psycopg
from httpx import ASGITransport, AsyncClient

from benchmarks.invented import edition
from benchmarks.networks import Shape
from palier.app import create_app
from palier.benchmarks.flows.editions import forget
from palier.benchmarks.rules import Edition
from palier.demo.seeding import sign_ins
from palier.foundation.clock import today
from palier.foundation.settings import Settings, read_settings
from palier.network.rules.taxonomy import COUNTRIES, FAMILIES, LEGAL_KINDS, SIZES

ORGANISATIONS = (40, 5_000)
FIRST, AGAIN, TURNS = 15, 60, 3
HEAD = (
    "organisations", "rows of the edition", "first (ms)", "first, CPU (ms)", "again (ms)", "again, CPU (ms)", "bytes",
)  # fmt: skip
TIMES = ("first", "first, CPU", "again", "again, CPU")
PRIORITY = ["family", "sector", "size", "country", "legal_kind"]

Measured = tuple[int, int, dict[str, float]]
"""Organisations, rows of their edition, and what was measured."""

TAKEN = Shape(
    {family: dict.fromkeys(sectors, 1) for family, sectors in FAMILIES.items()},
    *(dict.fromkeys(values, 1) for values in (SIZES, COUNTRIES, LEGAL_KINDS)),
)
"""The product's own words, as frequent as one another."""


def table(sizes: Sequence[int] = ORGANISATIONS) -> str:
    """A line of Markdown for each size, and what the largest costs beside the smallest."""
    settings = read_settings()
    with psycopg.connect(str(settings.database_url), user="postgres", autocommit=True) as administrator:
        administrator.execute("set session_replication_role = replica")
        planted = {size: uuid4() for size in sizes}
        try:
            rows = {size: _planted(administrator, size, one) for size, one in planted.items()}
            administrator.execute("vacuum analyze release_row, batch_member")
            turns = [
                [(size, rows[size], _measured(settings, administrator, one)) for size, one in planted.items()] for _ in range(TURNS)
            ]  # fmt: skip
        finally:
            _uproot(administrator, list(planted.values()))
    measured = [_calmest(same) for same in zip(*turns, strict=True)]
    lines = [HEAD, ("---:",) * len(HEAD), *(_cells(*one) for one in measured)]
    small, large = measured[0][2], measured[-1][2]
    ratios = "; ".join(f"{name} × {large[name] / small[name]:.2f}" for name in (*TIMES[:1], *TIMES[2:]))
    beside = f"{sizes[-1]:,} beside {sizes[0]:,}: {ratios}."
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), "", beside])


def _calmest(same: Sequence[Measured]) -> Measured:
    """The least of each figure over the turns: the sizes take turns so that a busy minute does not fall on one of them."""
    size, rows, took = same[0]
    return size, rows, {name: min(one[2][name] for one in same) for name in took}


def _cells(size: int, rows: int, took: dict[str, float]) -> tuple[str, ...]:
    times = (f"{took[name]:.1f}" for name in TIMES)
    return f"{size:,}", f"{rows:,}", *times, f"{took['bytes']:,.0f}"


def _planted(administrator: psycopg.Connection, size: int, planted: UUID) -> int:
    """An edition of `size` organisations in the demo's large network; its rows."""
    last = administrator.execute(
        "select e.id, e.network_id, array(select distinct variable from release_row r where r.edition_id = e.id and "
        "variable <> '') from edition e join network n on n.id = e.network_id where n.slug = 'excellence-de-service' "
        "and e.questionnaire = 'SX' order by published_on desc limit 1"
    ).fetchone()
    if last is None:
        raise LookupError("the demo's large network has no edition")
    like, network, variables = last
    return _plant(administrator, edition(size, sorted(variables), TAKEN), planted, like, network)


def _measured(settings: Settings, administrator: psycopg.Connection, edition: UUID) -> dict[str, float]:
    """The page of this edition; the others that were planted are another questionnaire's meanwhile."""
    of = "update edition set questionnaire = case when id = %s then 'SX' else '-' end where name = 'measured'"
    administrator.execute(of, [edition])
    return asyncio.run(_asked(settings, edition))


def _uproot(administrator: psycopg.Connection, planted: Sequence[UUID]) -> None:
    for name, column in (
        ("release_row", "edition_id"),
        ("batch_member", "edition_id"),
        ("edition", "id"),
        ("campaign", "id"),
    ):
        administrator.execute(f"delete from {name} where {column} = any(%s)", [list(planted)])  # noqa: S608


def _plant(
    administrator: psycopg.Connection, frozen: Edition, planted: UUID, like: UUID, network: UUID
) -> int:
    """The edition as the worker writes it down, published today in the demo's large network."""
    administrator.execute(
        "insert into campaign (id, network_id, name, questionnaire, major, version, opens_on, closes_on) select %s, c.network_id, "
        "'measured', c.questionnaire, c.major, c.version, c.opens_on, c.closes_on from campaign c join edition e on e.campaign_id = c.id "
        "where e.id = %s",
        [planted, like],
    )
    administrator.execute(
        "insert into edition (id, network_id, campaign_id, name, questionnaire, major, k, priority, published_on, hash) "
        "select %s, network_id, %s, 'measured', questionnaire, major, 5, %s, %s, hash from edition where id = %s",
        [planted, planted, json.dumps(PRIORITY), today(), like],
    )
    into = "copy release_row (id, edition_id, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches) from stdin"
    rows = 0
    with administrator.cursor() as cursor, cursor.copy(into) as copy:
        for row in frozen.rows():
            five = (row.p10, row.q1, row.median, row.q3, row.p90)
            copy.write_row(
                (
                    uuid4(),
                    planted,
                    network,
                    row.cohort_key,
                    row.variable,
                    row.n_band,
                    *five,
                    json.dumps(row.batches),
                )
            )
            rows += 1
    seats = "copy batch_member (id, edition_id, network_id, batch, organisation_id, legal_group, attributes) from stdin"
    with administrator.cursor() as cursor, cursor.copy(seats) as copy:
        for seat in frozen.seats:
            told = json.dumps(dict(seat.attributes))
            copy.write_row((uuid4(), planted, network, seat.batch, UUID(seat.member), seat.group, told))
    return rows


async def _asked(settings: Settings, edition: UUID) -> dict[str, float]:
    """Milliseconds, medians; and the bytes of the page."""
    app = create_app(settings)
    async with (
        app.lifespan(),
        AsyncClient(transport=ASGITransport(app=app), base_url=settings.public_url) as client,
    ):  # type: ignore[arg-type]
        page = await _open(client, settings)
        address = f"{page}?edition={edition}"
        await client.get(page)
        first = []
        for _ in range(FIRST):
            forget()
            first.append(await _timed(client, address))
        again = [await _timed(client, address) for _ in range(AGAIN)]
        body = (await client.get(address)).text
    if "measured" not in body:
        raise LookupError(address)
    columns = (*zip(*first, strict=True), *zip(*again, strict=True))
    medians = (statistics.median(column) for column in columns)
    return {**dict(zip(TIMES, medians, strict=True)), "bytes": len(body.encode())}


async def _open(client: AsyncClient, settings: Settings) -> str:
    """Sign the demo's director in; where the benchmark of the round submitted last is."""
    director = next(islice(sign_ins(settings), 1))
    token: Any = re.search(r'name="_csrf_token" value="([^"]+)"', (await client.get("/signin")).text)
    fields = {"email": director.email, "password": director.password, "_csrf_token": token[1]}
    await client.post("/signin", data=fields, headers={"origin": settings.public_url})
    return (await client.get(f"{director.start}/benchmark")).headers["location"]


async def _timed(client: AsyncClient, address: str) -> tuple[float, float]:
    started, before = time.perf_counter(), time.process_time()
    answer = await client.get(address)
    after, used = time.perf_counter(), time.process_time()
    answer.raise_for_status()
    return (after - started) * 1000, (used - before) * 1000


if __name__ == "__main__":
    print(table([int(one) for one in sys.argv[1:]] or ORGANISATIONS))
