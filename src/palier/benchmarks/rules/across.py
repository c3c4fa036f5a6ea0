"""The same variables in every family of sectors: published medians side by side. Reads release rows and nothing else."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from palier.benchmarks.rules.cohorts import Cohort, ladder
from palier.benchmarks.rules.release import UNREPRESENTED, Row
from palier.benchmarks.rules.standing import Refusal, Refused, standing_from_rows

Medians = Mapping[str, int | None]
"""Published medians by variable, in whole points; None where hidden."""


@dataclass(frozen=True, slots=True)
class Summit:
    """The highest published median of one variable among the families that are not the own one."""

    code: str
    families: tuple[str, ...]
    """The family, or all that share the figure."""
    median: int


@dataclass(frozen=True, slots=True)
class Across:
    """What an edition publishes of the whole network and of each family of sectors."""

    network: Medians
    families: Mapping[str, Medians]
    """The published ones, the own first, then in the order given."""
    withheld: tuple[Refused, ...]
    """Families of the edition that are not shown, and why."""
    own: str = ""

    @property
    def others(self) -> tuple[str, ...]:
        """The published families but the own one."""
        return tuple(family for family in self.families if family != self.own)

    def summit(self, code: str) -> Summit | None:
        """Where the highest median of `code` stands elsewhere; None when nothing is published of it elsewhere."""
        known = {one: median for one in self.others if (median := self.families[one].get(code)) is not None}
        if not known:
            return None
        highest = max(known.values())
        return Summit(code, tuple(one for one, median in known.items() if median == highest), highest)

    def farthest(self, codes: Iterable[str], here: Medians) -> Summit | None:
        """Of `codes`, the summit that stands farthest above the median shown `here`; None when none stands above."""
        above = [
            (found.median - median, found)
            for code in codes
            if (found := self.summit(code)) and (median := here.get(code)) is not None
        ]
        lead, found = max(above, key=lambda pair: pair[0], default=(0, None))
        return found if lead > 0 else None


def across(
    rows: Sequence[Row],
    present: Sequence[str],
    own: str,
    variables: Collection[str],
    *,
    priority: Sequence[str],
    families: Mapping[str, str],
    closed: Collection[int] = (),
) -> Across:
    """The families in `present` side by side on `variables`.

    `rows`: those of `family_cohorts(present)`; `own`: the viewer's family.
    """
    rows = [row for row in rows if row.variable in variables or row.variable == UNREPRESENTED]
    terms = {"priority": priority, "families": families, "closed": closed}
    shown: dict[str, Medians] = {}
    withheld: list[Refused] = []
    for family in sorted(present, key=lambda family: family != own):
        standing = standing_from_rows(rows, {"family": family}, **terms)  # type: ignore[arg-type]
        if standing.refusal is None:
            shown[family] = {code: figure.median for code, figure in standing.figures.items()}
        else:
            withheld.append(Refused({"family": family}, standing.refusal))
    network = standing_from_rows(rows, {}, **terms)  # type: ignore[arg-type]
    medians = {code: figure.median for code, figure in network.figures.items()}
    return Across(medians, shown, tuple(withheld), own)


def family_cohorts(present: Iterable[str]) -> list[dict[str, str]]:
    """The cohorts set side by side: the network and each family."""
    return [{}, *({"family": family} for family in present)]


@dataclass(frozen=True, slots=True)
class Rung:
    """One group on the way from the own attributes to the whole network, and why it is not shown, if it is not."""

    cohort: Cohort
    refusal: Refusal | None


def rungs(
    rows: Iterable[Row],
    natural: Cohort,
    *,
    priority: Sequence[str],
    families: Mapping[str, str],
    closed: Collection[int] = (),
) -> tuple[Rung, ...]:
    """Every rung of the ladder under `natural`. `rows`: at least one of each cohort in `ladder_keys(natural)`."""
    firsts = {row.cohort_key: row for row in rows}.values()
    terms = {"priority": priority, "families": families, "closed": closed}
    return tuple(
        Rung(cohort, standing_from_rows(firsts, cohort, **terms).refusal)  # type: ignore[arg-type]
        for cohort in ladder(natural, priority, families)
    )
