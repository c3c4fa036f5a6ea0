"""What a file would change: creations, updates and lines that say nothing new, told apart before anything is written."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from palier.association.rules.member_file import PEER_ATTRIBUTES, Fault, Line, Reason
from palier.association.rules.vocabulary import folded


@dataclass(frozen=True, slots=True)
class Known:
    """A member as the register has it. `frozen`: what chooses its peers waits for the edition it submitted to."""

    id: str
    key: str
    values: Mapping[str, str]
    frozen: bool = False
    joined: bool = False
    """On Palier: its name is its own to change."""


@dataclass(frozen=True, slots=True)
class Update:
    """One member changed by one line: what was and what will be, changed columns only."""

    line: Line
    known: Known
    before: Mapping[str, str]
    after: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Merge:
    """What a file does to a register."""

    created: tuple[Line, ...]
    updated: tuple[Update, ...]
    unchanged: int
    faults: tuple[Fault, ...]


def merge(lines: Iterable[Line], register: Collection[Known]) -> Merge:
    """Which lines make a member, which change one, and which are refused because what they change is frozen.

    A member is found by its SIREN, else by its name without case or accents. Applied twice, the second time
    changes nothing.
    """
    by_key = {one.key: one for one in register}
    by_siren = {siren: one for one in register if (siren := one.values.get("registration"))}
    by_name = {folded(one.values["name"]): one for one in register}
    created: list[Line] = []
    updated: list[Update] = []
    faults: list[Fault] = []
    unchanged = 0
    met: dict[str, int] = {}
    for line in lines:
        siren = line.values.get("registration", "")
        known = (
            by_siren.get(siren)
            or by_key.get(line.key)
            or _namesake(by_name.get(folded(line.values["name"])), siren)
        )
        if known is None:
            created.append(line)
            continue
        if (first := met.setdefault(known.id, line.number)) != line.number:
            faults.append(Fault(line.number, "name", Reason.REPEATED, str(first)))
            continue
        after = _changes(line, known)
        if not after:
            unchanged += 1
        elif known.frozen and (hit := [name for name in PEER_ATTRIBUTES if name in after]):
            faults.append(Fault(line.number, "sector" if hit[0] == "family" else hit[0], Reason.FROZEN))
        else:
            before = {name: known.values.get(name, "") for name in after}
            updated.append(Update(line, known, before, after))
    return Merge(tuple(created), tuple(updated), unchanged, tuple(faults))


def _changes(line: Line, known: Known) -> dict[str, str]:
    changed = {name: value for name, value in line.values.items() if known.values.get(name, "") != value}
    if known.joined:
        changed.pop("name", None)
    return changed


def _namesake(known: Known | None, siren: str) -> Known | None:
    """Somebody of the same name, unless both have a SIREN: then they are two."""
    return None if known and siren and known.values.get("registration") else known
