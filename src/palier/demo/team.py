"""Who answers the open round of Transports du Val: five people, their sections, one invitation on its way."""

from datetime import timedelta
from typing import Any

from palier.assessments.store import Assessment, AssessmentState
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.language import current
from palier.foundation.permissions import Role
from palier.network.rules.membership import INVITED_FOR
from palier.network.store import Invitation, members_of
from palier.respondents.rules import Rhythm
from palier.respondents.store import Assignment, Expected, ReminderPlan, Respondent

_VOICES = {
    "fr": ("Direction", "Qualité", "Écoute client", "Exploitation", "Ressources humaines"),
    "en": ("Management", "Quality", "Customer listening", "Operations", "Human resources"),
}
_ASKED = (
    ("Claire Lambert", ("SX1.1", "SX4.2")),
    ("Malik Ouali", ("SX3.2", "SX4.1")),
    ("Yasmine Haddad", ("SX2.1",)),
    ("Paul Girard", ("SX3.1", "SX4.2.3")),
)
"""Names, and the sections and criteria that are theirs."""


async def plant_team(actor: Actor) -> None:
    """The team of the open round, reminded every Monday."""
    async with transaction(actor):
        people = {row.person.name: row.person_id for row in await members_of(actor)}
        opened = await Assessment.filter(
            organisation_id=actor.organisation_id, questionnaire="SX", state=AssessmentState.DRAFT
        ).get()
        voices = _VOICES.get(current(), _VOICES["en"])
        facts: dict[str, Any] = {"organisation_id": actor.organisation_id, "assessment_id": opened.id}
        for (name, codes), voice in zip(_ASKED, voices, strict=False):
            due_on = opened.closes_on and opened.closes_on - timedelta(days=7)
            own: dict[str, Any] = facts | {"person_id": people[name]}
            await Respondent.create(**own, voice=voice, due_on=due_on, asked_at=clock.now())
            for code in codes:
                await Assignment.create(**own, code=code, assigned_at=clock.now())
        await Expected.create(
            **facts,
            email="ambre.leroy@palier.example",
            voice=voices[-1],
            codes=["SX2.2"],
            asked_at=clock.now(),
        )
        await _invite(actor, "ambre.leroy@palier.example")
        await ReminderPlan.create(**facts, rhythm=Rhythm.WEEKLY)


async def _invite(actor: Actor, email: str) -> None:
    """An invitation whose link nobody holds."""
    await Invitation.create(
        id=new_id(), organisation_id=actor.organisation_id, email=email, role=Role.CONTRIBUTOR, created_at=clock.now(),
        expires_at=clock.now() + INVITED_FOR, fingerprint=fingerprint(new_secret()), invited_by_id=actor.person_id,
    )  # fmt: skip
