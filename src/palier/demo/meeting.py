"""A round that five people of Transports du Val answered alone; the answers are open, and half of it is agreed on."""

from datetime import timedelta

from palier.accounts import store as accounts
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Mode
from palier.consensus.flows.agreeing import agree, open_answers
from palier.demo.mirror import plant_mirror
from palier.demo.networks import at_nine
from palier.foundation import clock
from palier.foundation.actor import Actor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.permissions import Role
from palier.network.store import Membership
from palier.questionnaires.catalogue import latest
from palier.respondents.store import Respondent
from palier.scoring.rules.answers import State

_COLLEAGUES = ("Yasmine Haddad", "Paul Girard", "Léa Fontaine")
_ROLES = {"fr": ("Direction", "Qualité", "Terrain"), "en": ("Management", "Quality", "Front line")}
_GIVEN = (
    ("33422332", 1), ("33233331", 2), ("43212323", 0), ("33222312", 2), ("33324322", 0),
)  # fmt: skip
"""Levels of the eight criteria by person, and their role: alike, a level apart, further apart."""

_SAID = {
    ("EX1.1.4", 3): ("Deux questions sur cinq du baromètre ont reçu une réponse datée.", "Two of five questions got a dated answer."),
    ("EX1.1.4", 1): ("Au dépôt nord, personne n’a vu les résultats.", "At the north depot nobody has seen the results."),
    ("EX2.1.1", 4): ("Le questionnaire du trentième jour est lu en comité.", "The thirtieth-day survey is read by the board."),
    ("EX2.1.1", 2): ("Seule l’arrivée est préparée, et seulement au siège.", "Only arrival is prepared, and only at head office."),
    ("EX2.1.3", 3): ("Le planning se consulte sur le téléphone depuis mars.", "Rotas can be read on the telephone since March."),
    ("EX2.1.4", 1): ("Les agressions ne sont pas relevées en ligne 4.", "Assaults are not recorded on line 4."),
}  # fmt: skip
"""What somebody at that level wrote, in French and in English."""


async def plant_meeting(actor: Actor, malik: Person) -> None:
    """The round, its respondents, answers and mirror, opened; the widest gap is agreed on with a dissent."""
    everybody = [actor, Actor(malik, actor.organisation, Role.CONTRIBUTOR)]
    everybody += [await _colleague(actor, name) for name in _COLLEAGUES]
    whole = latest("EX")
    asked = whole.within([dimension.code for dimension in whole.dimensions[:2]])
    today = clock.today()
    opened = await open_assessment(
        actor, asked, name=str(today.year), opens_on=at_nine(today - timedelta(days=45)).date(),
        closes_on=today + timedelta(days=60), mode=Mode.INDIVIDUAL,
    )  # fmt: skip
    roles = _ROLES.get(current(), _ROLES["en"])
    for person, (levels, role) in zip(everybody, _GIVEN, strict=True):
        async with transaction(actor):
            await Respondent.create(
                id=new_id(), organisation_id=actor.organisation_id, assessment_id=opened.id, person_id=person.person_id,
                voice=roles[role], asked_at=clock.now(),
            )  # fmt: skip
        for criterion, level in zip(asked.criteria, levels, strict=True):
            words = _SAID.get((criterion.code, int(level)), ("", ""))[0 if current() == "fr" else 1]
            draft = Draft(State.ANSWERED, int(level), rationale=words)
            await answer_criterion(person, opened.slug, criterion.code, draft, op=new_id(), base=0)
    await open_answers(actor, opened.slug)
    await plant_mirror(actor, opened.slug)
    french = current() == "fr"
    await agree(
        actor, opened.slug, asked.criteria[2].code, Draft(State.ANSWERED, 2),
        reason="Vrai au siège, pas encore dans les dépôts" if french else "True at head office, not yet in the depots",
        dissent={everybody[0].person_id: "Le siège compte aussi" if french else "Head office counts as well"},
        op=new_id(), base=0,
    )  # fmt: skip


async def _colleague(actor: Actor, name: str) -> Actor:
    """Somebody of the organisation who never signs in here."""
    first, last = name.lower().replace("é", "e").split()
    async with transaction(None):
        row = await accounts.Person.create(
            id=new_id(), email=f"{first}.{last}@palier.example", name=name, email_confirmed_at=clock.now()
        )
    async with transaction(actor):
        await Membership.create(
            id=new_id(), organisation_id=actor.organisation_id, person_id=row.id, role=Role.CONTRIBUTOR
        )
    return Actor(Person(row.id, row.name, row.email), actor.organisation, Role.CONTRIBUTOR)
