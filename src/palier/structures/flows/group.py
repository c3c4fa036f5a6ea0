"""What the members of a territory group read of one another: names, and the figures each chose to show.

Through the database's own doors, which show nothing to whoever shows nothing. Call it inside `reading(actor)`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from palier.action_plans.store import Action
from palier.affiliations import store as affiliations
from palier.affiliations.rules.belonging import Purpose
from palier.foundation.actor import Actor
from palier.foundation.database import select
from palier.questionnaires.catalogue import UnknownQuestionnaire, latest
from palier.questionnaires.rules import Questionnaire
from palier.structures import store
from palier.structures.rules.side_by_side import Indicator, Member, Scores, by_heading


@dataclass(frozen=True, slots=True)
class Group:
    """A territory group as one of its members sees it."""

    part: store.TerritoryMember
    members: Sequence[Member]
    indicators: Mapping[str, Sequence[Indicator]]
    """By heading."""
    scores: Sequence[Scores]
    questionnaire: Questionnaire | None
    own: Mapping[UUID, str]
    """Headings of the indicators the organisation shows, by action."""
    measured: Sequence[Action]
    """Its actions that have an indicator to show."""
    letters: Sequence[affiliations.AffiliationLetter] = ()

    @property
    def shows(self) -> bool:
        """Whether the reader's organisation shows anything, so that it sees the others' figures."""
        return any(one.shows and one.id == self.part.organisation_id for one in self.members)

    def name_of(self, organisation_id: UUID) -> str:
        """The name of a member."""
        return next((one.name for one in self.members if one.id == organisation_id), "")


async def load_group(actor: Actor, territory: UUID) -> Group:
    """The group with all the actor may see of it. Raises DoesNotExist for whoever is not in it."""
    part = await store.part_in(actor, territory)
    members = [
        Member(row["organisation_id"], row["name"], row["since"].date(), row["shows"])
        for row in await select("select * from territory_people($1)", territory)
    ]
    indicators = [
        _indicator(row) for row in await select("select * from territory_indicators($1)", territory)
    ]
    scores = [_scores(row) for row in await select("select * from territory_scores($1)", territory)]
    own = {row.action_id: row.heading for row in await store.own_indicators(actor, territory)}
    return Group(
        part, members, by_heading(indicators), scores, asked(part.territory.questionnaire), own,
        await store.measured_actions(actor), await affiliations.open_letters(actor, Purpose.TERRITORY, territory),
    )  # fmt: skip


def asked(code: str) -> Questionnaire | None:
    """The newest version of the group's questionnaire; None where it has none."""
    try:
        return latest(code) if code else None
    except UnknownQuestionnaire:
        return None


def _indicator(row: Mapping[str, Any]) -> Indicator:
    readings = tuple((date.fromisoformat(day), Decimal(value)) for day, value in _plain(row["readings"]))
    return Indicator(
        row["organisation_id"], row["heading"], row["kpi"], row["unit"], row["direction"] == "up", row["baseline"],
        row["target"], row["due_on"], readings,
    )  # fmt: skip


def _scores(row: Mapping[str, Any]) -> Scores:
    points = {
        code: None if text is None else Fraction(text) for code, text in (_plain(row["scores"]) or {}).items()
    }
    return Scores(row["organisation_id"], row["name"], row["submitted_at"].date(), row["level"], points)


def _plain(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
