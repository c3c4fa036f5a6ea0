"""The results picture on the first page: a real result of the engine, of an organisation that does not exist."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from palier.assessments.rules.peers import PeerView
from palier.assessments.rules.reading import Table
from palier.questionnaires.rules import Questionnaire


@dataclass(frozen=True, slots=True)
class Example:
    """Two rounds of an invented organisation among invented peers. `table` holds the engine's figures, in points."""

    organisation: str
    questionnaire: Questionnaire
    table: Table
    level: int
    peers: PeerView


Examples = Callable[[], Awaitable[Example]]
"""Gives the example; `app.py` says where it comes from."""
