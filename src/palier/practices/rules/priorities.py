"""Which practices come first for an organisation: those that serve what it has most to gain on."""

from collections.abc import Iterable, Mapping

from palier.practices.rules.sheets import Served

TOP_LEVEL = 5


def need(serves: Iterable[Served], levels: Mapping[str, int | None]) -> int:
    """Rungs still above the weakest criterion that the practice would raise, 0 to 4.

    `levels`: where the organisation's last submitted rounds stand, by criterion code. A criterion it stands on at or
    above the level the practice reached, or never answered, asks for nothing.
    """
    rungs = [
        TOP_LEVEL - level
        for one in serves
        if (level := levels.get(one.criterion)) is not None and level < one.to_level
    ]
    return max(rungs, default=0)


def answering(serves: Iterable[Served], levels: Mapping[str, int | None]) -> list[str]:
    """Codes of the criteria the practice would raise for the organisation, the weakest first."""
    wanted = [
        (level, one.criterion)
        for one in serves
        if (level := levels.get(one.criterion)) is not None and level < one.to_level
    ]
    return [code for _, code in sorted(wanted)]
