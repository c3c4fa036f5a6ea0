"""`palier recompute`: every stored result computed again from its kept definition; says every difference.

It reads and never writes: a result that differs is evidence, and somebody has to look at it.
"""

import argparse
import asyncio
import gc
import json
import multiprocessing
import os
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from palier.assessments.flows.recomputing import StoredResult, kept_definitions, stored_results
from palier.cli.database import database, tell
from palier.foundation.database import WORKER, connect, disconnect
from palier.foundation.migrating import pending
from palier.foundation.settings import read_settings
from palier.questionnaires.building import BadDefinition, content_hash, questionnaire_from
from palier.questionnaires.rules import Questionnaire
from palier.scoring.rules.recomputing import DEFINITION, Difference, differences

BATCH = 200
"""Results handed to a process at once; fewer than two such batches are not worth a second process."""

Found = list[tuple[str, Difference]]
"""Differences with the place of their result."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How far to look."""
    parser.add_argument(
        "--all",
        action="store_true",
        help="also superseded rounds and throw-away copies of the demo",
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when every result is identical, 1 when one is not; differences on standard output, the count last."""
    with database(read_settings()) as url:
        if asyncio.run(pending(url)):
            tell("palier recompute: this database is not at the current schema: palier migrate")
            return 2
        tally = asyncio.run(_recompute(url, everything=arguments.all))
    print(f"{tally.results} results recomputed, {len(tally.places)} differ")
    return 1 if tally.places else 0


@dataclass(slots=True)
class Tally:
    """What was looked at, and where something differs."""

    results: int = 0
    places: set[str] = field(default_factory=set)

    def take(self, looked_at: int, found: Found) -> None:
        """Count a batch, and say what was found in it."""
        self.results += looked_at
        for place, difference in found:
            self.places.add(place)
            print(f"{place}: {difference}", flush=True)


async def _recompute(url: str, *, everything: bool) -> Tally:
    await connect(url, WORKER, maxsize=2)
    try:
        definitions = await kept_definitions()
        return await _in_batches(definitions, _batches(everything=everything))
    finally:
        await disconnect()


async def _batches(*, everything: bool) -> AsyncIterator[list[StoredResult]]:
    batch: list[StoredResult] = []
    async for stored in stored_results(everything=everything):
        batch.append(stored)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


async def _in_batches(definitions: Mapping[str, str], batches: AsyncIterator[list[StoredResult]]) -> Tally:
    """The first batch here; from the second on in processes, one batch waiting for each of them."""
    tally = Tally()
    async for batch in batches:
        tally.take(len(batch), Bench(definitions).differences(batch))
        if len(batch) == BATCH:
            break
    with _processes(definitions) as (pool, most):
        loop = asyncio.get_running_loop()
        at_work: list[tuple[int, asyncio.Future[Found]]] = []
        async for batch in batches:
            at_work.append((len(batch), loop.run_in_executor(pool, partial(_in_process, batch))))
            if len(at_work) >= most:
                looked_at, found = at_work.pop(0)
                tally.take(looked_at, await found)
        for looked_at, found in at_work:
            tally.take(looked_at, await found)
    return tally


@contextmanager
def _processes(definitions: Mapping[str, str]) -> Iterator[tuple[Executor, int]]:
    """A pool that starts no process before it is given work, and how many batches to hand out at once."""
    many = os.cpu_count() or 1
    context = multiprocessing.get_context("spawn")  # a copy of this one would share its connections
    with ProcessPoolExecutor(many, context, initializer=_begin, initargs=(definitions,)) as pool:
        yield pool, 2 * many


@contextmanager
def _without_collector() -> Iterator[None]:
    """No tree refers to itself, so none is left for the garbage collector: looking takes a third of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Bench:
    """Definitions at hand: each is read, checked against its hash and built once."""

    def __init__(self, definitions: Mapping[str, str]) -> None:
        self._texts = definitions
        self._built: dict[str, Questionnaire | Difference] = {}

    def differences(self, batch: Sequence[StoredResult]) -> Found:
        """Everything that differs in `batch`."""
        with _without_collector():
            return [(stored.place, one) for stored in batch for one in self._of(stored)]

    def _of(self, stored: StoredResult) -> list[Difference]:
        wanted = stored.definition_hash
        if wanted not in self._built:
            self._built[wanted] = self._build(wanted)
        definition = self._built[wanted]
        if isinstance(definition, Difference):
            return [definition]
        return differences(definition, json.loads(stored.text), stored.hash)

    def _build(self, wanted: str) -> Questionnaire | Difference:
        if wanted not in self._texts:
            return Difference(DEFINITION, "", wanted, "nothing: it was not kept")
        plain = json.loads(self._texts[wanted])
        if (now := content_hash(plain)) != wanted:
            return Difference(DEFINITION, "", wanted, now)
        try:
            return questionnaire_from(plain)
        except BadDefinition as error:
            return Difference(DEFINITION, "", wanted, f"nothing: {error}")


_bench = Bench({})
"""Of this process: set once, when the pool starts it."""


def _begin(definitions: Mapping[str, str]) -> None:
    global _bench  # noqa: PLW0603  (how a process pool hands over what every batch needs)
    _bench = Bench(definitions)


def _in_process(batch: Sequence[StoredResult]) -> Found:
    return _bench.differences(batch)
