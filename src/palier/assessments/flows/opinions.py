"""What colleagues were asked about a round, and what they said, for those who answer it.

They only read: call them inside `reading(actor)`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.assessments.rules.asking import LinkState, state_of
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, assessment_by_slug
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.permissions import Permission
from palier.respondents import store as respondents
from palier.respondents.store import AskedLink, AskedOpinion, Decision


@dataclass(frozen=True, slots=True)
class Asked:
    """One link and what came of it. `said` and `opened` are None where the actor may not read them yet (`hidden`)."""

    id: UUID
    code: str
    guest: str
    by: str
    made: datetime
    until: datetime
    state: LinkState
    mailed: bool
    hidden: bool
    opened: datetime | None
    said: Draft | None
    said_at: datetime | None
    revision: int
    decision: Decision
    decided_by: str
    mine: bool
    revocable: bool

    @property
    def waiting(self) -> bool:
        """Whether what was said waits for the actor to take it or set it aside."""
        return self.said is not None and self.mine and self.decision is Decision.NONE


async def load_asked(actor: Actor, assessment: Assessment, code: str | None = None) -> list[Asked]:
    """The links made for one criterion or for all, the newest first."""
    links = await respondents.asked_links(assessment.id, code)
    opinions = await respondents.opinions_behind([link.id for link in links]) if links else {}
    return [_asked(actor, link, opinions.get(link.id)) for link in links]


def _asked(actor: Actor, link: AskedLink, opinion: AskedOpinion | None) -> Asked:
    given = opinion if opinion and opinion.revision else None
    decided = given is not None and link.decided_revision == given.revision
    own = link.asked_by == actor.person_id
    return Asked(
        id=link.id, code=link.code, guest=link.guest, by=link.asked_name, made=link.asked_at,
        until=link.revoked_at or min(link.expires_at, link.closes_at or link.expires_at), mailed=link.mailed,
        state=state_of(now(), expires=link.expires_at, closes=link.closes_at, revoked=link.revoked_at),
        hidden=opinion is None, opened=opinion.opened_at if opinion else None,
        said=said_by(given) if given else None, said_at=given.given_at if given else None,
        revision=given.revision if given else 0, decision=link.decision if decided else Decision.NONE,
        decided_by=link.decided_name if decided else "", mine=own or not link.alone,
        revocable=own or actor.may(Permission.RUN_ASSESSMENT),
    )  # fmt: skip


def said_by(opinion: AskedOpinion) -> Draft:
    """A stored opinion as the content a form edits."""
    return Draft(opinion.state, opinion.level, opinion.reason, opinion.rationale, value=opinion.value)


async def criterion_of(actor: Actor, slug: str, asked: UUID) -> str:
    """The code of the criterion that a link opens. Raises DoesNotExist."""
    assessment = await assessment_by_slug(actor, slug)
    return (await respondents.asked_link(assessment.id, asked)).code
