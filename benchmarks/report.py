"""The report: one page of Markdown, figures beside what they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.load import Run


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of processor time a request, user and system."""

    server: float
    database: float


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was asked over and over, by one connection and by a crowd. Sizes in bytes."""

    name: str
    alone: Run
    crowd: Run
    cpu: Cpu
    crowd_cpu: Cpu
    plain: int = 0
    compressed: int = 0

    def cells(self, hello: "Line") -> list[str]:
        """The line of the table."""
        return [
            self.name,
            f"{self.alone.p50 * 1000:.2f}",
            f"{self.crowd.per_second:,.0f}" + ("*" if self.crowd.generator_share > BUSY else ""),
            f"{self.cpu.server * 1000:.2f}",
            f"{self.crowd_cpu.server * 1000:.2f}",
            f"{self.cpu.database * 1000:.2f}",
            f"× {self.cpu.server / hello.cpu.server:,.0f}",
            f"{self.plain:,}" if self.plain else "",
            f"{self.compressed:,}" if self.compressed else "",
        ]


BUSY = 0.8
"""From this share of one core on the generator sets the pace, and the requests per second are too low."""

_HEAD = [
    "", "p50, one connection (ms)", "requests/s, 32 connections", "server CPU, one connection (ms/request)",
    "server CPU, 32 connections", "database CPU, one connection", "server CPU, bare hello = 1", "bytes", "bytes, gzip",
]  # fmt: skip

_PREFACE = """\
# Performance

Written by `make bench`; do not edit. Everything on one machine, over loopback: the production server (granian, one
worker), a private PostgreSQL (fsync on) with the demo in it, and the load generator share its cores, so that
requests per second and milliseconds rise and fall with whatever else runs; CPU per request and ratios are steadier.
The aims on CPU are held against one connection: with 32 the generator and the database crowd the server's core.
"""

_NOTES = """\
\\* The generator used more than {busy:.0%} of a core: it, and not the server, set the pace.

- *Bare*: the same server and database without a line of product code (`benchmarks/floor.py`); the upsert commits to disk.
- *Save*: the request an open page sends, with session, tenancy, CSRF, history, hash-chained audit and the fragments it
  answers with; at 32 connections 32 people in 32 organisations, each on its own answer.
- Pages: whole pages as a signed-in director gets them, in French, with gzip. The same page again and again, so that what a
  process keeps (definitions, frozen results, editions) is warm, as it is for readers of one organisation.
"""


@dataclass(frozen=True, slots=True)
class Editions:
    """What publishing, reading and sealing cost, as tables: benchmarks/editions.py, reading.py, whole_page.py, utility.py."""

    publishing: str
    reading: str
    whole_page: str
    utility: str

    def section(self) -> str:
        """Their part of the page."""
        return "\n".join([
            "## Publishing an edition", "", _PUBLISHING, self.publishing.strip(), "", "## Reading a cohort", "", _READING,
            self.reading.strip(), "", "## A whole benchmark page", "", _WHOLE_PAGE, self.whole_page.strip(), "",
            "## What sealed batches cost in usefulness", "", _UTILITY, self.utility.strip(), "",
        ])  # fmt: skip


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


def written(
    machine: Sequence[str],
    lines: Sequence[Line],
    verdicts: Sequence[str],
    once: Sequence[str],
    editions: Editions,
) -> str:
    """The whole page."""
    rows = [_HEAD, ["---", *["---:"] * (len(_HEAD) - 1)], *(line.cells(lines[0]) for line in lines)]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([
        _PREFACE, *(f"- {line}" for line in machine), "", "## Requests", "", table, "", _NOTES.format(busy=BUSY),
        "## Against the aims", "", *(f"- {line}" for line in verdicts), "", "## Once", "", *(f"- {line}" for line in once),
        "", editions.section(),
    ])  # fmt: skip


def verdict(name: str, figure: float, aim: float, unit: str, *, at_least: bool = False) -> str:
    """A figure beside its aim, said plainly."""
    met = figure >= aim if at_least else figure <= aim
    side = "at least" if at_least else "at most"
    return f"{name}: {figure:,.1f} {unit}, aim {side} {aim:,g} {unit}: {'met' if met else '**missed**'}"
