"""A workbook of 10,000 rows, as an owner takes it: the trail of an organisation with that many entries, from the production server."""

import asyncio
import io
import time
from dataclasses import dataclass
from urllib.parse import urlencode

import openpyxl
import psycopg

from benchmarks import load
from benchmarks.load import WrongAnswer
from benchmarks.machine import cpu_seconds
from benchmarks.measuring import Bench, postmaster
from benchmarks.product import Visitor

ROWS = 10_000
_PATIENCE = 120.0

_MISSING = "select count(*) from audit_entry e join organisation o on o.id = e.chain where o.slug = %s"
_APPEND = """
  select count(audit_append(o.id, e.person_id, e.role, null, e.verb, e.subject, e.details))
  from organisation o, lateral (select * from audit_entry where chain = o.id order by seq desc limit 1) e, generate_series(1, %s)
  where o.slug = %s
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What one workbook cost: seconds by the clock and of the processors, rows in it, bytes."""

    clock: float
    server: float
    database: float
    rows: int
    bytes: int

    def words(self) -> str:
        """For the report."""
        return (
            f"Workbook (XLSX) of {self.rows:,} entries of an organisation's trail: {self.clock:.1f} s, "
            f"{self.server:.2f} CPU s of the server, {self.database:.2f} of the database, {self.bytes:,} bytes"
        )


def workbook(bench: Bench, visitor: Visitor, home: str) -> Exported:
    """Lengthen the trail to ROWS entries, each linked to the one before as the product links them, and take it all."""
    _lengthen(bench, home.rsplit("/", 1)[-1])
    form = urlencode({"_csrf_token": visitor.token, "format": "xlsx"}).encode()
    request = load.send("POST", f"{home}/trail/export", visitor.cookies, form, gzip=False)
    started, before = time.perf_counter(), _used(bench)
    answer = asyncio.run(_whole(bench.port, request))
    took, after = time.perf_counter() - started, _used(bench)
    rows = openpyxl.load_workbook(io.BytesIO(answer), read_only=True).worksheets[0].max_row - 1
    if rows < ROWS:
        raise WrongAnswer(f"a workbook of {rows} rows")
    return Exported(took, after[0] - before[0], after[1] - before[1], rows, len(answer))


def _lengthen(bench: Bench, slug: str) -> None:
    with psycopg.connect(bench.cluster.url, user="postgres", autocommit=True) as administrator:
        row = administrator.execute(_MISSING, [slug]).fetchone()
        present = int(row[0]) if row else 0
        administrator.execute(_APPEND, [max(ROWS - present, 0), slug])


def _used(bench: Bench) -> tuple[float, float]:
    return cpu_seconds(bench.server), cpu_seconds(postmaster(bench.cluster))


async def _whole(port: int, request: bytes) -> bytes:
    """The body. Raises WrongAnswer."""
    _, exchange = await asyncio.get_running_loop().create_connection(load.Exchange, "127.0.0.1", port)
    answer = await asyncio.wait_for(exchange.send(request), _PATIENCE)
    exchange.close()
    return answer.partition(b"\r\n\r\n")[2]
