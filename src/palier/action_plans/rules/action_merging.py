"""What a file of actions would do to a plan: created, changed, changed by others too, the same. Pure.

Source: docs/data.md#bringing-back.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from palier.action_plans.rules.action_lines import FIGURES, ActionLine, Fault, Reason
from palier.action_plans.rules.life import Facts, by_field, differences, faults, settled
from palier.foundation.filled_sheets import folded
from palier.foundation.three_way import three_way

UNKNOWN = object()
"""What a fact was when nobody knows any more."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An action as it is now: its facts, owner and sponsor by name, the words of its steps and their seal, who changed it last.

    `since` tells, by revision a file may have been taken away at, what the facts changed after it were then; a revision
    that is not there is not known any more.
    """

    id: UUID
    facts: Facts
    owner: str
    sponsor: str
    steps: tuple[str, ...]
    seal: str
    revision: int
    by: str = ""
    since: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """What one line makes of an action; `before` is None for one it creates. `both`: fields somebody else changed too."""

    line: ActionLine
    before: Standing | None
    facts: Facts
    fields: tuple[str, ...]
    both: tuple[str, ...] = ()
    steps: tuple[str, ...] | None = None
    """The words of the steps, where the file changes them."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A whole file. `faults` are of lines that read well and cannot be carried out."""

    created: tuple[Change, ...]
    changed: tuple[Change, ...]
    conflicts: tuple[Change, ...]
    unchanged: int
    faults: tuple[Fault, ...]


People = Sequence[tuple[UUID, str]]
"""Who may own an action, with their names."""


def merge(
    lines: Iterable[ActionLine], plan: Sequence[Standing], people: People, seal: Mapping[tuple[str, ...], str]
) -> Merged:
    """What `lines` do to the actions of `plan`. An action is found by its mark, else by its title. `seal`: of the steps of each line."""
    by_id = {one.id: one for one in plan}
    by_title = {folded(one.facts.title): one for one in plan}
    created: list[Change] = []
    changed: list[Change] = []
    conflicts: list[Change] = []
    found: list[Fault] = []
    unchanged = 0
    for line in lines:
        now = by_id.get(line.mark.action) if line.mark else by_title.get(folded(line.title))
        if line.mark and now is None:
            found.append(Fault(line.number, "title", Reason.GONE, line.title))
            continue
        change, wrong = _change(line, now, people, seal)
        found += wrong
        if change:
            (created if now is None else conflicts if change.both else changed).append(change)
        else:
            unchanged += not wrong
    return Merged(tuple(created), tuple(changed), tuple(conflicts), unchanged, tuple(found))


def _change(
    line: ActionLine, now: Standing | None, people: People, seal: Mapping[tuple[str, ...], str]
) -> tuple[Change | None, list[Fault]]:
    if now is None:
        facts, wrong = _applied(Facts(""), line, tuple(line.values), people)
        steps = line.values.get("steps")
        return Change(line, None, settled(facts), tuple(line.values), steps=steps or None), wrong or _broken(
            line, facts
        )
    stands = told(now.facts, now.owner, now.sponsor) | {"steps": list(now.steps)}
    brought = {name: plain(value) for name, value in line.values.items()}
    taken = three_way(_base(line, now, stands, brought, seal), stands, brought)
    facts, wrong = _applied(now.facts, line, taken.fields, people, now)
    wrong = wrong or (_broken(line, facts) if taken.fields else [])
    steps = line.values["steps"] if "steps" in taken.fields else None
    after = settled(facts)
    if wrong or (steps is None and not differences(now.facts, after)):
        return None, wrong
    return Change(line, now, after, taken.fields, taken.both, steps), []


def _creation(line: ActionLine, people: People) -> tuple[Change | None, list[Fault]]:
    facts, wrong = _applied(Facts(""), line, tuple(line.values), people)
    wrong = wrong or _broken(line, facts)
    said = tuple(name for name, value in line.values.items() if value not in (None, "", {}, ()))
    change = Change(line, None, settled(facts), said, steps=line.values.get("steps") or None)
    return (None if wrong else change), wrong


def _base(
    line: ActionLine,
    now: Standing,
    stands: Mapping[str, Any],
    brought: Mapping[str, Any],
    seal: Mapping[tuple[str, ...], str],
) -> dict[str, Any] | None:
    """The facts as they were when the file was taken away; None when nobody knows."""
    if line.mark is None:
        return None
    if line.mark.revision == now.revision:
        base = dict(stands)
    elif line.mark.revision in now.since:
        before = now.since[line.mark.revision]
        base = {**stands, **{name: _kept(name, value) for name, value in before.items()}}
    else:
        return None
    if line.mark.seal != now.seal:
        untouched = seal.get(line.values.get("steps", ())) == line.mark.seal
        base["steps"] = brought.get("steps") if untouched else UNKNOWN
    return base


def _kept(name: str, value: Any) -> Any:
    """A fact as the trail kept it, in the form `plain` gives."""
    if name in FIGURES and value is not None:
        try:
            return plain(Decimal(str(value)))
        except InvalidOperation:
            return UNKNOWN
    return value.strip() if isinstance(value, str) else value


def told(facts: Facts, owner: str, sponsor: str) -> dict[str, Any]:
    """The facts by field, in the form that compares; people by name."""
    flat = {name: plain(value) for name, value in by_field(facts).items() if name != "sponsor_id"}
    return flat | {"owner": owner.strip(), "sponsor": sponsor.strip()}


def plain(value: Any) -> Any:
    """A fact as JSON would keep it, figures without idle zeros."""
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return value.isoformat()
        case tuple() | list():
            return list(value)
        case str():
            return str(value).strip()
    return value


def _applied(
    facts: Facts, line: ActionLine, names: Sequence[str], people: People, now: Standing | None = None
) -> tuple[Facts, list[Fault]]:
    """`facts` with the fields `names` of the line."""
    values = {name: line.values[name] for name in names if name != "steps"}
    wrong: list[Fault] = []
    if "owner" in values:
        values["owner"] = _person(line, "owner", values["owner"], people, wrong)
    if "sponsor" in values or "sponsor_email" in values:
        stands = now.sponsor if now else ""
        values |= _sponsor(
            line, facts, values.get("sponsor", stands), values.get("sponsor_email"), people, wrong
        )
    kpi = {name.removeprefix("kpi_"): values.pop(name) for name in list(values) if name.startswith("kpi_")}
    return replace(facts, kpi=replace(facts.kpi, **kpi) if kpi else facts.kpi, **values), wrong


def _person(line: ActionLine, column: str, name: str, people: People, wrong: list[Fault]) -> UUID | None:
    if not name:
        return None
    found = [person for person, known in people if folded(known) == folded(name)]
    if len(found) != 1:
        reason = Reason.SEVERAL_PEOPLE if found else Reason.UNKNOWN_PERSON
        wrong.append(Fault(line.number, column, reason, name))
        return None
    return found[0]


def _sponsor(
    line: ActionLine, facts: Facts, name: str, email: str | None, people: People, wrong: list[Fault]
) -> dict[str, Any]:
    """A member by name, else somebody outside with the name and perhaps an address."""
    address = facts.sponsor_email if email is None else email
    if name and not address and any(folded(known) == folded(name) for _, known in people):
        return {
            "sponsor_id": _person(line, "sponsor", name, people, wrong),
            "sponsor": "",
            "sponsor_email": "",
        }
    return {"sponsor_id": None, "sponsor": name, "sponsor_email": address}


def _broken(line: ActionLine, facts: Facts) -> list[Fault]:
    columns = {"due": "due_on"}
    return [
        Fault(line.number, columns.get(one.field, one.field), Reason.RULE, rule=one) for one in faults(facts)
    ]
