"""Editions of invented networks of any size, from arrays: no object for each score, so that a million members fit in memory."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from benchmarks.networks import WIDE, Drawn, Shape, drawn
from palier.benchmarks.rules.cells import cells_of_batches
from palier.benchmarks.rules.cohorts import DIMENSIONS
from palier.benchmarks.rules.contributions import Contribution
from palier.benchmarks.rules.edition import Edition, from_cells
from palier.benchmarks.rules.sealing import Seat, seal

K = 5


def edition(count: int, variables: Sequence[str], shape: Shape = WIDE) -> Edition:
    """The first edition of `count` invented members, with its cells."""
    made = drawn(count, len(variables), shape=shape)
    seats, columns = sealed(list(counted(made)))
    cells = cells_of_batches(seats, made.tenths[:, columns], K)
    return from_cells(seats, cells, variables, k=K, priority=DIMENSIONS)


def counted(made: Drawn) -> Iterator[Contribution]:
    """Members as sealing takes them, without a score: it reads none. Their ids are 1, 2, ... as UUIDs."""
    for number, attributes in enumerate(made.attributes(), start=1):
        member = str(UUID(int=number))
        yield Contribution(member, member, attributes, {})


def sealed(members: Sequence[Contribution]) -> tuple[tuple[Seat, ...], list[int]]:
    """The seats of a first campaign, batch by batch, and whose column of scores each is."""
    batches = seal(members, (), DIMENSIONS, K)
    seats = tuple(
        Seat(number, one.member, one.group, one.attributes)
        for number, batch in enumerate(batches, start=1)
        for one in sorted(batch, key=lambda one: one.member)
    )
    return seats, [UUID(seat.member).int - 1 for seat in seats]
