"""What issue by issue was promised, beside what was measured. Ratios and processor time are judged; figures by the clock are
judged too, and say so little on a busy machine that the report begins with its load."""

from collections.abc import Mapping, Sequence

from benchmarks.asking import SAVED, Asked
from benchmarks.measuring import Line
from benchmarks.starting import Started

HEAVIEST_PAGE = 100  # kB, without its assets
ANY_PAGE, FROZEN_PAGE = 15, 10  # ms of the server's processor
FROZEN = ("Results page", "Benchmark page")


def verdict(name: str, figure: float, aim: float, unit: str, *, at_least: bool = False) -> str:
    """A figure beside its aim, said plainly."""
    met = figure >= aim if at_least else figure <= aim
    side = "at least" if at_least else "at most"
    return f"{name}: {figure:,.1f} {unit}, aim {side} {aim:,g} {unit}: {'met' if met else '**missed**'}"


def of_requests(asked: Asked) -> list[str]:
    """The save beside the floor, and every page."""
    save = next(line for line in asked.lines if line.name == SAVED)
    return [
        verdict("Save, throughput over that of one row through the same framework", asked.save_over_alike, 40, "%", at_least=True),
        verdict("Save, requests per second with 32 connections", save.crowd.per_second, 600, "/s", at_least=True),
        verdict("Save, p50 at one connection", save.alone.p50 * 1000, 4, "ms"),
        *(said for line in asked.lines if line.plain for said in _of_page(line)),
    ]  # fmt: skip


def _of_page(line: Line) -> list[str]:
    aim = FROZEN_PAGE if line.name in FROZEN else ANY_PAGE
    return [
        verdict(f"{line.name}, server CPU", line.cost.server * 1000, aim, "ms"),
        verdict(f"{line.name}, size", line.plain / 1000, HEAVIEST_PAGE, "kB"),
    ]


def of_documents(printed: Mapping[str, float]) -> list[str]:
    """What a second worker brings depends on what else the machine does meanwhile."""
    full = f"Full report of {printed['full_pages']:.0f} pages, warm"
    return [
        verdict("PDF, warm", printed["warm"], 2, "CPU s"),
        verdict(full, printed["full_warm"], 2, "CPU s"),
        verdict("Plan of 100 actions, warm", printed["plan_warm"], 1.5, "CPU s"),
        verdict("Slides of the full report, warm", printed["slides_warm"], 1, "CPU s"),
        verdict("First document of a warm press, more than the next", printed["first_more"], 1, "s"),
        verdict("A press process at its heaviest", printed["megabytes"], 150, "MB"),
        verdict("Two press processes over one", printed["two_workers"], 1.4, "times", at_least=True),
    ]


def of_the_rest(started: Started, scored: Mapping[str, float]) -> list[str]:
    """Starting, memory, scoring."""
    return [
        verdict("First page of an installed, seeded product", started.again[0], 5, "s"),
        verdict("Memory at rest, all processes but the press", started.megabytes, 300, "MB"),
        verdict("Score one SX assessment", scored["score"], 2, "ms"),
        verdict(f"Compute {scored['results']:,.0f} stored results again", scored["seconds"], 20, "s"),
    ]


def of_an_edition(organisations: int, scratch: float, erratum: float) -> list[str]:
    """The worker's jobs end to end, processor time of worker and database: 100,000 in 60 s, 5,000 in 5 s; any erratum in 2 s."""
    aim = 60 if organisations > 5_000 else 5
    return [
        verdict(f"Publish {organisations:,} organisations from scratch, end to end", scratch, aim, "CPU s"),
        verdict(f"Publish an erratum of {organisations:,}, end to end", erratum, 2, "CPU s"),
    ]


def said_in(table: str) -> list[str]:
    """The verdicts that a table of its own process came with."""
    return [line.removeprefix("- ") for line in table.splitlines() if line.startswith("- ")]


def together(*parts: Sequence[str]) -> list[str]:
    """All of them, as one list."""
    return [one for part in parts for one in part]
