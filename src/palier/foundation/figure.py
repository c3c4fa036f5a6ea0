"""One figure for whoever keeps figures: what counting, the queue, the disk and the worker have to say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""Prometheus' text format."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One value: `kind` is "gauge", "counter" or "histogram"; `name` is what it is called inside its family, if otherwise.

    Values are seconds, bytes or numbers of things, as the family's name says.
    """

    family: str
    kind: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
