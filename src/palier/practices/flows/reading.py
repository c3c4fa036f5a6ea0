"""What members read: the practices of their networks, those that serve their own priorities first, and what is said of one.

Everything here only reads: call it inside `reading(actor)`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from palier.assessments.flows.rounds import rounds_of
from palier.assessments.store import AssessmentState, visible_assessments
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.practices import store
from palier.practices.rules.offers import Offer, fitting, lever_of_network, lever_of_practice
from palier.practices.rules.priorities import answering, need
from palier.practices.rules.sheets import Sheet, from_plain
from palier.practices.store import PracticeComment, SharedPractice
from palier.questionnaires.flows.offering import offered
from palier.questionnaires.rules import Questionnaire

NEWS_DAYS = 60
"""How long a practice is news."""

MOST_OFFERED = 50
"""Practices that a plan's suggestions weigh at most, the most taken up first: each costs a run of the engine."""


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader looks for; empty means anything."""

    words: str = ""
    topic: str = ""
    sector: str = ""
    measured: bool = False
    newest_first: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether everything is asked for."""
        return not (self.words or self.topic or self.sector or self.measured)


@dataclass(frozen=True, slots=True)
class Told:
    """A shared practice as one reader finds it; `helps`: criteria of the reader's own it would raise, weakest first."""

    row: SharedPractice
    sheet: Sheet
    helps: tuple[str, ...] = ()
    ours: bool = False
    adopted: bool = False


@dataclass(frozen=True, slots=True)
class Shelf:
    """Everything the list shows: what was found, what there is to choose among, and whether anything is shared at all."""

    found: tuple[Told, ...]
    topics: Mapping[str, int]
    sectors: tuple[str, ...]
    questionnaires: Mapping[str, Questionnaire]

    @property
    def is_bare(self) -> bool:
        """Whether nothing was ever published to this reader."""
        return not self.topics and not self.found


async def browse(actor: Actor, question: Question) -> Shelf:
    """The practices that answer the question: those for the reader's priorities first, else the newest."""
    rows = await store.search_shared(
        question.words, question.topic, question.sector, measured=question.measured
    )
    levels = await levels_of(actor)
    ours, adopted = await store.own_ids(actor), await store.adopted_by(actor)
    found = [_told(row, levels, ours, adopted) for row in rows]
    if not question.newest_first:  # sorting keeps the newest first among equals
        found.sort(key=lambda one: 0 if one.ours else -need(one.sheet.serves, levels))
    topics, sectors = await store.topics_and_sectors()
    return Shelf(tuple(found), topics, tuple(sectors), await questionnaires_of(actor))


def _told(row: SharedPractice, levels: Mapping[str, int | None], ours: set[UUID], adopted: set[UUID]) -> Told:
    sheet, own = from_plain(row.content), row.id in ours
    helps = () if own else tuple(answering(sheet.serves, levels))
    return Told(row, sheet, helps, own, row.id in adopted)


async def levels_of(actor: Actor) -> dict[str, int | None]:
    """Where the organisation's last submitted round of each questionnaire stands, by criterion code."""
    levels: dict[str, int | None] = {}
    every = await visible_assessments(actor)
    for questionnaire in sorted(
        {one.questionnaire for one in every if one.state is AssessmentState.SUBMITTED}
    ):
        rounds = await rounds_of(actor, questionnaire)
        levels |= {node.code: node.level for node in rounds[-1].result.criteria} if rounds else {}
    return levels


async def questionnaires_of(actor: Actor) -> dict[str, Questionnaire]:
    """What the organisation may answer, by code: criteria are told in their words."""
    return {one.id: one for one in await offered(actor)}


@dataclass(frozen=True, slots=True)
class Opened:
    """One shared practice with what was said of it and what the reader did with it."""

    told: Told
    comments: tuple[PracticeComment, ...]
    reported: frozenset[UUID]
    action: UUID | None
    may_speak: bool


async def open_practice(actor: Actor, practice: UUID) -> Opened:
    """One practice the organisation may read. Raises DoesNotExist."""
    row = await store.shared_practice(practice)
    comments = await store.comments_on(practice)
    reported = await store.reported_by(actor, [one.id for one in comments])
    adoption = await store.adoption_of(actor, practice)
    told = _told(row, await levels_of(actor), await store.own_ids(actor), {practice} if adoption else set())
    speaks = row.network_id in {known for known, _ in await store.sharing_networks(actor)}
    return Opened(
        told, tuple(comments), frozenset(reported), adoption.action_id if adoption else None, speaks
    )


async def news_of_practices() -> list[SharedPractice]:
    """What the reader's networks published lately, the newest first."""
    return await store.shared_since(now() - timedelta(days=NEWS_DAYS))


async def practices_by_topic(actor: Actor) -> Mapping[str, int]:
    """How many practices the organisation finds under "SX/SX1.1.1" and so on."""
    return await store.topics()


async def offers_for(actor: Actor, questionnaire: Questionnaire) -> tuple[Offer, ...]:
    """Levers of the organisation's networks and practices of other members that name steps, for a plan's suggestions."""
    levers = [
        _as_lever(row["id"], row["content"], row["network"])
        for row in await store.shared_levers(questionnaire.id)
    ]
    return fitting(
        [*levers, *await _practices_as_levers(actor, questionnaire)],
        questionnaire.index.positions.keys(), questionnaire.index.levers.keys(),
    )  # fmt: skip


async def _practices_as_levers(actor: Actor, questionnaire: Questionnaire) -> list[Offer]:
    rows = await store.told_elsewhere(actor, questionnaire.id)
    told = [(row["adopters"], offer) for row in rows if (offer := _as_told(row, questionnaire.id))]
    useful = sorted(told, key=lambda pair: -pair[0])
    return [offer for _, offer in useful[:MOST_OFFERED]]


def _as_told(row: Mapping[str, Any], questionnaire: str) -> Offer | None:
    """A practice as a lever; None for one that names no step."""
    return _from_practice(
        row["id"], row["content"], row["locale"], questionnaire, row["network"], row["organisation_name"]
    )


# Read off a text again and again by every plan, and nothing but what they are given is in them: the same offer comes back.
@lru_cache(maxsize=1024)
def _from_practice(
    practice: UUID, content: str, locale: str, questionnaire: str, network: str, organisation: str
) -> Offer | None:
    sheet = from_plain(json.loads(content))
    if not sheet.steps:
        return None
    lever = lever_of_practice(practice, sheet, locale, questionnaire)
    return Offer(lever, network, locale, practice, organisation)


@lru_cache(maxsize=1024)
def _as_lever(lever: UUID, content: str, network: str) -> Offer:
    return Offer(lever_of_network(lever, json.loads(content)), network, "")
