"""The report: one page of Markdown, figures beside what they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.asking import Asked
from benchmarks.measuring import Line


def cells(line: Line, hello: Line) -> list[str]:
    """A line of the table of requests."""
    alone, crowd = line.alone, line.crowd
    return [
        line.name,
        f"{crowd.per_second:,.0f}" + ("*" if crowd.generator_share > BUSY else ""),
        f"{alone.p50 * 1000:.2f}", f"{alone.p95 * 1000:.2f}", f"{crowd.p95 * 1000:.1f}",
        f"{line.cost.server * 1000:.2f}", f"{line.crowd_cost.server * 1000:.2f}",
        f"{line.cost.database * 1000:.2f}", f"{line.crowd_cost.database * 1000:.2f}",
        f"× {line.cost.server / hello.cost.server:,.0f}",
        f"{alone.bytes_each:,.0f}", f"{line.crowd_cost.logged:,.0f}",
        f"{line.plain:,}" if line.plain else "",
        f"{100 * crowd.generator_share:.0f} %",
    ]  # fmt: skip


BUSY = 0.8
"""From this share of one core on the generator sets the pace, and the requests per second are too low."""

_HEAD = [
    "", "requests/s, 32 connections", "p50, one connection (ms)", "p95, one connection", "p95, 32 connections",
    "server CPU, one connection (ms/request)", "server CPU, 32 connections", "database CPU, one connection",
    "database CPU, 32 connections", "server CPU, bare hello = 1", "bytes of an answer (gzip, head included)",
    "bytes of the database's log", "bytes of a page, unpacked", "generator's share of a core",
]  # fmt: skip

_PREFACE = """\
# Performance

Written by `make bench`; not by hand. Everything on one machine, over loopback: the production server (granian, one
worker), a private PostgreSQL (fsync on) with the demo in it, and the load generator share its cores, so that
requests per second and milliseconds rise and fall with whatever else runs; CPU per request and ratios are steadier.
The aims on CPU are held against one connection: with 32 the generator and the database crowd the server's core.
"""

_NOTES = """\
\\* The generator used more than {busy:.0%} of a core: it, and not the server, set the pace.

- Only answers of the status that was waited for are counted; any other ends the run, and no report is written. The generator
  waits for each answer before it asks again, reads every byte of it, and is one process on the same cores.
- *Bare*: the same server and database without a line of product code: raw ASGI and asyncpg (`benchmarks/floor.py`); the upsert
  commits to disk.
- *Through the framework*, the like-for-like floor: Litestar reads the form a save sends and the product's own pool upserts one row,
  in one statement (`benchmarks/floor_in_framework.py`): no session, no tenant, no CSRF, no history, no audit, no page. It, the bare
  upsert and the save are measured in turns, three times round; the share is the median of the turns.
- *Save*: the request an open page sends, with session, tenancy, CSRF, history, hash-chained audit and the fragments it
  answers with; at 32 connections 32 people in 32 organisations, each on its own answer.
- *Sign in*: the form with address and password, 32 people from 32 addresses; Argon2 is meant to be most of it.
- Pages: whole pages as a signed-in director gets them, in French, with gzip. The same page again and again, so that what a
  process keeps (definitions, frozen results, editions) is warm, as it is for readers of one organisation.
- The database's log (WAL) is what a write costs on disk and on a replica; pages write none: what is seen there is when the
  session was last used, and checkpoints.
"""


@dataclass(frozen=True, slots=True)
class Editions:
    """What publishing, reading and sealing cost, as tables: benchmarks/published.py, editions.py, reading.py, whole_page.py,
    utility.py."""

    published: str
    publishing: str
    reading: str
    whole_page: str
    utility: str

    def section(self) -> str:
        """Their part of the page."""
        return "\n".join([
            "## Publishing an edition", "", _PUBLISHED, self.published.strip(), "", "### In memory", "", _PUBLISHING,
            self.publishing.strip(), "", "## Reading a cohort", "", _READING,
            self.reading.strip(), "", "## A whole benchmark page", "", _WHOLE_PAGE, self.whole_page.strip(), "",
            "## What sealed batches cost in usefulness", "", _UTILITY, self.utility.strip(), "",
        ])  # fmt: skip


_PUBLISHED = """\
The worker's own jobs on PostgreSQL, from contributions to stored rows: a campaign published from scratch, then an erratum of one
batch (`benchmarks/published.py`). *Ours* and *database*: processor seconds of the worker and of PostgreSQL, one after the other;
their sum is what the clock says where nothing else runs, and is what the aims are held against: 100,000 in 60 s, 5,000 in 5 s, any
erratum in 2 s. What was stored gives the fingerprint of both, or nothing is reported. The erratum writes down what changed and
stands on its original for the rest; copies of that for the release before are made afterwards, by a job of their own. 100,000
organisations, some minutes: `python -m benchmarks published 100000`; what it said last: [scale](scale.md).
"""
_PUBLISHING = """\
80 variables, 5 % of answers missing, thirty sectors in six families (`benchmarks/networks.py`); CPU seconds of one core, the
database aside. Aim: 5,000 organisations in 5 s. A standing is a member's natural peers, found by key in memory.
"""
_READING = """\
The rows a benchmark page asks for, by key, through the unique index on edition, cohort and variable, over a local socket: what
is read is one cohort, whatever the network holds.
"""
_WHOLE_PAGE = """\
The demo's director reads the same round against an edition of 40 and of 5,000 organisations, every layer from the request to the
bytes, in one process (`benchmarks/whole_page.py`). *First*: the process keeps nothing of the edition yet; *again*: it does. Medians;
the calmest of three turns.
"""
_UTILITY = """\
Invented networks of twelve sectors in four families, unevenly (`benchmarks/networks.py`). Of the cohorts with at least k
contributors: how many are answered as asked (points the published median is off that of everybody in the cohort; points the
wider cohort is off that is shown instead). Nearest peers: off the median of everybody in the own sector. Under 100 members a
real network has k = 8; k = 5 is there to compare. The privacy this buys: docs/benchmarks.md#measured.
"""


_OTHERS = """\
## Beside other products

No other product of the kind is run by `make bench`, so none is quoted: a figure from another machine, another network or another
day says nothing beside these. What anyone can repeat are the floors above: the same server, framework, driver and disk, in the
same run.
"""


def requests(lines: Sequence[Line]) -> str:
    """The table of what was asked over and over. The first line is the bare hello."""
    rows = [_HEAD, ["---", *["---:"] * (len(_HEAD) - 1)], *(cells(line, lines[0]) for line in lines)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def written(
    machine: Sequence[str], asked: Asked, verdicts: Sequence[str], once: Sequence[str], editions: Editions
) -> str:
    """The whole page."""
    alike, bare = f"{asked.save_over_alike:.1f} %", f"{asked.save_over_bare:.1f} %"
    beside = f"The save's requests per second: {alike} of one row through the same framework, {bare} of raw ASGI and asyncpg."
    return "\n".join([
        _PREFACE, *(f"- {line}" for line in machine), "", "## Requests", "", requests(asked.lines), "", beside, "",
        _NOTES.format(busy=BUSY), "## Against the aims", "", *(f"- {line}" for line in verdicts), "", "## Once", "",
        *(f"- {line}" for line in once), "", editions.section(), _OTHERS,
    ])  # fmt: skip
