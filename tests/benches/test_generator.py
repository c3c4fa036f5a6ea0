"""The load generator of benchmarks/ says what happened and nothing better: against a server that notes what it did."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from benchmarks.load import SEE_OTHER, Run, WrongAnswer
from benchmarks.measuring import Cost, Line, middle, share

from benchmarks import aims, load, report

FINE = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"
BROKEN = b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 5\r\n\r\nsorry"
AWAY = b"HTTP/1.1 303 See Other\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"
UNMEASURED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
CUT_SHORT = b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nhello"
ASK = load.always(load.get("/anything"))
LONG = 20.0  # seconds that no run here comes near: each is bounded by how much it asks


@dataclass
class Clerk:
    """A server that gives its answers in turn, the last one again and again, and writes down what it was asked."""

    answers: list[bytes]
    asked: int = 0
    written: int = 0
    callers: set[str] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers.add(writer.get_extra_info("peername")[0])
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                answer = self.answers[min(self.asked, len(self.answers) - 1)]
                self.asked += 1
                self.written += len(answer)
                writer.write(answer)
                if answer is CUT_SHORT:
                    return
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()


@asynccontextmanager
async def serving(*answers: bytes) -> AsyncIterator[tuple[int, Clerk]]:
    clerk = Clerk(list(answers))
    async with await asyncio.start_server(clerk.serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], clerk


async def test_every_answer_is_counted_once_with_all_its_bytes() -> None:
    async with serving(FINE) as (port, clerk):
        seen = await load.run(port, [ASK] * 4, seconds=LONG, most=25)
    assert (seen.requests, seen.received) == (clerk.asked, clerk.written) == (100, 100 * len(FINE))
    assert len(seen.latencies) == 100
    assert seen.bytes_each == len(FINE)


@pytest.mark.parametrize("answer", [BROKEN, AWAY, UNMEASURED])
async def test_one_answer_that_is_no_success_ends_the_run_without_a_figure(answer: bytes) -> None:
    async with serving(FINE, FINE, answer, FINE) as (port, _):
        with pytest.raises(WrongAnswer):
            await load.run(port, [ASK], seconds=LONG, most=10)


async def test_an_answer_cut_short_is_none() -> None:
    async with serving(FINE, CUT_SHORT) as (port, _):
        with pytest.raises(ConnectionError):
            await load.run(port, [ASK], seconds=LONG, most=10)


async def test_what_counts_as_success_is_said_and_nothing_else_passes() -> None:
    async with serving(AWAY) as (port, _):
        assert (await load.run(port, [ASK], seconds=LONG, most=3, success=SEE_OTHER)).requests == 3
    async with serving(FINE) as (port, _):
        with pytest.raises(WrongAnswer):
            await load.run(port, [ASK], seconds=LONG, most=3, success=SEE_OTHER)


async def test_a_run_without_a_request_is_no_run() -> None:
    async with serving(FINE) as (port, _):
        with pytest.raises(WrongAnswer):
            await load.run(port, [ASK], seconds=LONG, most=0)


async def test_a_crowd_may_come_from_as_many_addresses() -> None:
    async with serving(FINE) as (port, clerk):
        await load.run(port, [ASK] * 3, seconds=LONG, most=1, near=True)
    assert clerk.callers == {"127.0.1.1", "127.0.1.2", "127.0.1.3"}


async def test_what_the_generator_itself_used_is_noted() -> None:
    async with serving(FINE) as (port, _):
        seen = await load.run(port, [ASK], seconds=LONG, most=200)
    assert 0 < seen.generator_share < 2


def line(per_second: float, *, generator: float = 0.1, name: str = "A page") -> Line:
    seen = Run(int(per_second * 10), 10.0, [0.004, 0.002, 0.003], generator, 1000)
    return Line(name, seen, seen, Cost(0.001, 0.0005, 12), Cost(0.001, 0.0005, 12))


def test_a_figure_that_the_generator_held_back_is_marked() -> None:
    free, held = line(500), line(500, generator=0.9)
    assert "500" in report.cells(free, free)
    assert "500*" in report.cells(held, free)


def test_shares_are_of_the_same_turn_and_the_middle_one_is_told() -> None:
    floor, save = [line(1000), line(100), line(500)], [line(400), line(50), line(150)]
    assert share(save, floor) == pytest.approx(40)
    assert middle(save).crowd.per_second == 150


def test_a_verdict_is_met_or_missed_on_the_figure_alone() -> None:
    assert aims.verdict("Save", 39.9, 40, "%", at_least=True).endswith("**missed**")
    assert aims.verdict("Save", 40.0, 40, "%", at_least=True).endswith(": met")
    assert aims.verdict("Page", 10.1, 10, "ms").endswith("**missed**")
    assert aims.verdict("Page", 10.0, 10, "ms").endswith(": met")
