"""Two people changed one action: what the form of the second should hold, and where they differ."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from palier.action_plans.flows.acting import ChangedMeanwhile, facts_of
from palier.action_plans.rules.life import Facts, by_field, differences, merged, settled


@dataclass(frozen=True, slots=True)
class Difference:
    """A fact as it stands now and as it was just sent; `taken` when the form below holds theirs, not mine."""

    field: str
    theirs: Any
    mine: Any
    taken: bool


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the form should hold, and every difference: those both changed first, what was taken over last."""

    facts: Facts
    differences: tuple[Difference, ...]


def reconcile(conflict: ChangedMeanwhile, mine: Facts, names: Mapping[UUID, str]) -> Reconciled:
    """What I left as I found it follows the other's change; what I typed stays. `names` are the members'."""
    theirs, mine = facts_of(conflict.action), settled(mine)
    told = _told(mine, names)
    untouched = {name for name, before in conflict.before.items() if _same(before, told.get(name))}
    if "sponsor" in untouched:
        untouched |= {"sponsor_id"}
    now = _told(theirs, {**names, **_people_of(conflict)})
    found = [
        Difference(name, now[name], told[name], name in untouched)
        for name in dict.fromkeys(name.removesuffix("_id") for name in differences(theirs, mine))
    ]
    found.sort(key=lambda one: (one.taken, one.field not in conflict.before))
    return Reconciled(merged(theirs, mine, untouched), tuple(found))


def _people_of(conflict: ChangedMeanwhile) -> dict[UUID, str]:
    """Owner and sponsor keep their names after they left."""
    row = conflict.action
    return {
        person: name
        for person, name in ((row.owner_id, row.owner_name), (row.sponsor_id, row.sponsor))
        if person
    }


def _told(facts: Facts, names: Mapping[UUID, str]) -> dict[str, Any]:
    """The facts by field, people by name."""
    return by_field(facts) | {
        "owner": names.get(facts.owner, "") if facts.owner else "",
        "sponsor": names.get(facts.sponsor_id, "") if facts.sponsor_id else facts.sponsor,
    }


def _same(before: Any, value: Any) -> bool:
    """Whether `value` is what the trail kept as `before`: written as JSON, a figure perhaps with idle zeros."""
    if isinstance(value, Decimal):
        return before is not None and Decimal(str(before)) == value
    return bool(before == json.loads(json.dumps(value, default=str)))
