"""The whole life of one answer: every saved change, by whom, when, from what to what, why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from palier.assessments import store
from palier.assessments.flows.sheets import Sheet, load_sheet
from palier.assessments.rules.drafts import Draft, draft_from
from palier.foundation.actor import Actor
from palier.respondents import store as respondents


@dataclass(frozen=True, slots=True)
class Step:
    """One saved change; `source` names the file it came from, empty for a form."""

    revision: int
    by: str
    at: datetime
    source: str
    before: Draft
    after: Draft

    @property
    def chose(self) -> bool:
        """Whether the choice itself changed."""
        return (self.before.state, self.before.level, self.before.value) != (
            self.after.state,
            self.after.level,
            self.after.value,
        )

    @property
    def flagged(self) -> bool:
        """Whether the mark "to review" was set or taken away."""
        return self.before.to_review != self.after.to_review


@dataclass(frozen=True, slots=True)
class Life:
    """A criterion with every change of its answer, newest first: one's own while everybody answers alone."""

    sheet: Sheet
    steps: tuple[Step, ...]


async def load_life(actor: Actor, slug: str, code: str) -> Life:
    """The life of the answer to `code`. Call inside `reading`. Raises DoesNotExist."""
    sheet = await load_sheet(actor, slug, code)
    assessment = sheet.desk.assessment
    own = assessment.respondent(actor)
    events: Sequence[Any]
    if own:
        events = await respondents.own_events(assessment.id, [code], own)
    else:
        events = await store.history_of(assessment.id, code)
    steps = sorted((_step(event) for event in events), key=lambda step: -step.revision)
    return Life(sheet, tuple(steps))


def _step(event: Any) -> Step:
    return Step(
        event.revision,
        event.person_name,
        event.at,
        event.source,
        _draft(event.before),
        draft_from(event.after),
    )


def _draft(plain: Mapping[str, Any] | None) -> Draft:
    return draft_from(plain) if plain else Draft()
