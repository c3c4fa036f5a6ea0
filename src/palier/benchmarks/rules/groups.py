"""Who counts as one: organisations of one legal group, and a parent with its units, whatever either declares."""

from collections.abc import Iterable, Mapping


def joined_groups(declared: Mapping[str, str], parents: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The group of each member: the parent's id where there is a parent, else what it declared.

    `declared`: by member, the name of its legal group, or its own id. `parents`: unit and parent, by id. Whoever is
    tied to another by a name or by a parent, however far around, is in one group with it. No score is read.
    Source: docs/benchmarks.md#who-counts.
    """
    ties = [*declared.items(), *parents]
    heads: dict[str, str] = {}
    for one, other in ties:
        heads[_head(heads, one)] = _head(heads, other)
    names: dict[str, str] = {}
    for _unit, parent in sorted(ties[len(declared) :], key=lambda tie: tie[1]):
        names.setdefault(_head(heads, parent), parent)
    return {member: names.get(_head(heads, member), group) for member, group in declared.items()}


def _head(heads: Mapping[str, str], one: str) -> str:
    while (above := heads.get(one, one)) != one:
        one = above
    return one
