"""A search inside one organisation: criteria, actions, people, pages. Call it inside `reading(actor)`."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

from palier.action_plans.store import Action
from palier.assessments.store import AssessmentState, visible_assessments
from palier.foundation.actor import Actor
from palier.foundation.language import current
from palier.home.rules.matching import Hit, in_order, matches, words_of
from palier.home.wording import help_topics, organisation_pages
from palier.network import store as network
from palier.network.wording import roles
from palier.questionnaires.flows.offering import offered
from palier.questionnaires.rules import Questionnaire

MOST = 20
"""Hits shown of each kind: whoever gets more asks a narrower question."""


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, by kind, best first; at most MOST of each."""

    words: tuple[str, ...]
    criteria: tuple[Hit, ...] = ()
    actions: tuple[Hit, ...] = ()
    people: tuple[Hit, ...] = ()
    pages: tuple[Hit, ...] = ()

    @property
    def count(self) -> int:
        """How many hits there are."""
        return len(self.criteria) + len(self.actions) + len(self.people) + len(self.pages)


async def find(actor: Actor, question: str) -> Found:
    """Everything of the organisation that holds every word of `question`."""
    words = words_of(question)
    if not words:
        return Found(words)
    base = f"/o/{actor.organisation.slug}"
    return Found(
        words,
        _best([hit async for hit in _criteria(actor, base, words)], words),
        _best(await _actions(actor, base, words), words),
        _best(await _people(actor, base, words), words),
        _best(_pages(base, words), words),
    )


def _best(hits: list[Hit], words: tuple[str, ...]) -> tuple[Hit, ...]:
    return tuple(in_order(hits, words)[:MOST])


async def _criteria(actor: Actor, base: str, words: tuple[str, ...]) -> AsyncIterator[Hit]:
    rounds = await visible_assessments(actor)
    for questionnaire in await offered(actor):
        used = next((row for row in rounds if row.questionnaire == questionnaire.id), None)
        place = f"{base}/assessments/new/{questionnaire.id}"
        if used:
            place = f"{base}/e/{used.slug}/{'q' if used.state is AssessmentState.DRAFT else 'why'}"
        for code, label, text in _texts(questionnaire):
            if matches(words, code, text):
                address = f"{place}/{code}" if used else place
                yield Hit(label, address, questionnaire.title.in_(current()), code)


def _texts(questionnaire: Questionnaire) -> Iterator[tuple[str, str, str]]:
    """Code, label and all that is looked at, of every criterion."""
    locale = current()
    for criterion in questionnaire.criteria:
        label = criterion.label.in_(locale)
        yield criterion.code, label, f"{label} {criterion.covers.in_(locale)}"


async def _actions(actor: Actor, base: str, words: tuple[str, ...]) -> list[Hit]:
    rows = (
        await Action.filter(organisation_id=actor.organisation_id)
        .select_related("plan")
        .order_by("due_on", "id")
    )
    return [
        Hit(row.title, f"{base}/a/{row.id}", row.plan.title)
        for row in rows
        if matches(words, row.title, row.finding, row.owner_name, row.kpi_name)
    ]


async def _people(actor: Actor, base: str, words: tuple[str, ...]) -> list[Hit]:
    return [
        Hit(row.person.name, f"{base}/people", roles()[row.role])
        for row in await network.members_of(actor)
        if matches(words, row.person.name)
    ]


def _pages(base: str, words: tuple[str, ...]) -> list[Hit]:
    found = [Hit(title, address) for address, title in organisation_pages(base) if matches(words, title)]
    found += [
        Hit(topic.title, f"/help#{topic.anchor}")
        for topic in help_topics()
        if matches(words, topic.title, *topic.lines)
    ]
    return found
