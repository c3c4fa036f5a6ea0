"""An erratum in the database: `python -m benchmarks.erratum [slug]`, on a network that benchmarks.planted put there (never published).

What the worker does once it has read the results of the corrected batch: the edition read back, its cells, the cohorts that changed,
the fingerprint, and everything written down; then rolled back. Seconds by the clock.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np

from benchmarks.networks import drawn
from benchmarks.planted import TAKEN, variables_of
from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.cells import cells_kept, keep_cells
from palier.benchmarks.flows.publishing import write
from palier.benchmarks.flows.sealing import stored_edition
from palier.benchmarks.rules.cells import Cells, cells_of_batches
from palier.benchmarks.rules.edition import recomputed
from palier.benchmarks.rules.sealing import Seat
from palier.foundation.clock import today
from palier.foundation.database import WORKER, connect, disconnect, select, transaction
from palier.foundation.settings import read_settings


class Undone(Exception):
    """Nothing of it stays."""


async def main(slug: str) -> None:
    """Print what each step takes."""
    await connect(str(read_settings().database_url), WORKER)
    try:
        async with transaction(None):
            await _measured(slug)
            raise Undone
    except Undone:
        pass
    finally:
        await disconnect()


async def _measured(slug: str) -> None:
    original = await store.Edition.filter(network__slug=slug, corrects_id=None).first()
    if original is None:
        raise LookupError(f"no edition of {slug}: python -m benchmarks.planted")
    campaign = await Campaign.get(id=original.campaign_id)
    sql = (
        "select s.batch, split_part(o.slug, '-', -1)::int as place from batch_member s join organisation o on o.id = s.organisation_id "
        "where s.edition_id = $1 order by s.batch"
    )
    rows = await select(sql, original.id)
    made, seats = drawn(len(rows), len(variables_of(campaign.questionnaire)), shape=TAKEN), len(rows)
    tenths = made.tenths[:, [row["place"] for row in rows]]
    cells = cells_of_batches([Seat(row["batch"], "", "", {}) for row in rows], tenths, original.k)
    with _timed("cells written down, when it is sealed"):
        await keep_cells(campaign, cells)
    with _timed("edition read back"):
        frozen = await stored_edition(original)
    with _timed("cells read"):
        frozen = replace(frozen, cells=await cells_kept(campaign.id, len(cells)))
    number = len(cells) // 2
    with _timed("published figures checked, changed cohorts computed"):
        same = recomputed(frozen, {number: frozen.cells[number - 1]})
        erratum = recomputed(frozen, {number: _lower(frozen.cells[number - 1])})
    if same.releases != frozen.releases:
        raise AssertionError("the cells do not give the published figures")
    with _timed("fingerprint"):
        erratum.fingerprint()
    changed = [key for key, rows in erratum.releases.items() if rows is not frozen.releases[key]]
    with _timed("rows and seats written down"):
        await write(
            erratum, campaign, today(), name="measured", published_by=None, previous_id=None, corrects=original, reason="measured",
            changed=changed,
        )  # fmt: skip
    told = sum(map(len, erratum.releases.values()))
    print(
        f"{seats:,} organisations, {told:,} rows; {len(changed)} cohorts of {len(erratum.releases):,} computed again"
    )


def _lower(one: Cells) -> Cells:
    """The same answers a tenth of a point lower, where there is room."""
    places = one.places - (one.places % 1001 > 0)
    whole, where = np.unique(places, return_inverse=True)
    return Cells(whole, np.bincount(where, weights=one.answers).astype(np.int64))


@contextmanager
def _timed(step: str) -> Iterator[None]:
    started, used = time.perf_counter(), time.process_time()
    yield
    print(
        f"{step}: {time.perf_counter() - started:.2f} s, of which ours {time.process_time() - used:.2f} CPU s",
        flush=True,
    )


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["planted"]))
