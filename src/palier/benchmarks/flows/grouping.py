"""Counting a parent and its units once, before anything is sealed."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from palier.affiliations.store import parents_since
from palier.benchmarks.rules.groups import joined_groups


async def regrouped(given: Sequence[dict[str, object]], since: date) -> list[dict[str, object]]:
    """Contributions ("member", "group", ...) with the groups they count in: one for a parent and all its units.

    Whoever was a unit on a day from `since` (the opening of the campaign) is still counted with its parent: leaving
    takes effect at the next campaign. Call it as the worker, or as the network's staff.
    """
    members = [UUID(str(one["member"])) for one in given]
    declared = {str(one["member"]): str(one["group"] or one["member"]) for one in given}
    ties = [(str(unit), str(parent)) for unit, parent in await parents_since(members, since)]
    groups = joined_groups(declared, ties) if ties else declared
    return [one | {"group": groups[str(one["member"])]} for one in given]
