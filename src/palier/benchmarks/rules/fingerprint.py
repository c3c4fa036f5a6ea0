"""What an edition's fingerprint is taken of: its rows as text. What the rows of a cohort have in common is written once."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from palier.benchmarks.rules.release import Row


@dataclass(frozen=True, slots=True)
class Told:
    """The rows of one cohort as the fingerprint reads them, short enough to be kept beside them."""

    cohort: str
    batches: str
    """JSON, the same for every row."""
    lines: str
    """Of each row, in JSON and without brackets: its variable, band of n and five figures; one row a line."""

    @property
    def numbers(self) -> frozenset[int]:
        """Its batches."""
        return frozenset(json.loads(self.batches))

    def text(self) -> str:
        """The rows as lists in JSON."""
        key = _json(self.cohort)
        rows = self.lines.replace("\n", f",{self.batches}],[{key},")
        return f"[{key},{rows},{self.batches}]"


def told(rows: Sequence[Row]) -> Told:
    """The rows of one cohort, of which there is one at least."""
    lines = (
        f"{_word(row.variable)},{_word(row.n_band)},{_point(row.p10)},{_point(row.q1)},{_point(row.median)},{_point(row.q3)},{_point(row.p90)}"
        for row in rows
    )
    return Told(rows[0].cohort_key, _json(rows[0].batches), "\n".join(lines))


def fingerprint(k: int, priority: Sequence[str], cohorts: Iterable[Told]) -> str:
    """SHA-256 of the k, the priority and the rows, in hexadecimal. `cohorts` in the order of their keys."""
    digest = hashlib.sha256(f"[{k},{_json(list(priority))},[".encode())
    between = ""
    for one in cohorts:
        digest.update((between + one.text()).encode())
        between = ","
    digest.update(b"]]")
    return digest.hexdigest()


def _point(value: int | None) -> int | str:
    return "null" if value is None else value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


_word = cache(_json)
"""Names of variables and bands of n: a handful, written a hundred thousand times."""
