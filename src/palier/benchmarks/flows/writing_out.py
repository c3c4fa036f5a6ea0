"""An erratum for the release before: it looks for all rows and seats under the erratum itself, and is shown copies.

This version reads what did not change where it stands, under the edition that was corrected (flows/frozen.py), and needs none of
it. To go one release from now (docs/decisions/0033).
"""

from uuid import UUID

from palier.benchmarks import store
from palier.benchmarks.flows.freezing import copy_rows, copy_seats
from palier.benchmarks.flows.seats import batches_of
from palier.foundation.database import reading, select, transaction

_TOGETHER = 200
"""Cohorts, or batches, copied by one statement, which is a transaction of its own: nobody waits for it."""


async def write_out(edition_id: str) -> None:
    """Copy what an erratum has in common with the edition it corrects. Doing it twice, or going on half-way, changes nothing."""
    async with reading(None):
        erratum = await store.Edition.get(id=UUID(edition_id))
        if erratum.corrects_id is None:
            return
        own = {row["cohort"] for row in await select(_COHORTS, erratum.id)}
        every = [row["cohort"] for row in await select(_COHORTS, erratum.corrects_id)]
        cohorts = [cohort for cohort in every if cohort not in own]
        batches = await batches_of(erratum)
    for start in range(0, len(cohorts), _TOGETHER):
        async with transaction(None):
            await copy_rows(erratum.id, erratum.corrects_id, cohorts[start : start + _TOGETHER])
    for first in range(1, batches + 1, _TOGETHER):
        async with transaction(None):
            await copy_seats(erratum.id, erratum.corrects_id, range(first, first + _TOGETHER))


_COHORTS = "select distinct cohort from release_row where edition_id = $1 order by cohort"
