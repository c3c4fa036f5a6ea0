"""What backs some answers of Transports du Val's open round: two small files and a link that soon ends."""

from collections.abc import Mapping
from datetime import timedelta

from palier.assessments.flows import backing
from palier.assessments.store import AssessmentState, visible_assessments
from palier.evidence.flows.attaching import Brought
from palier.foundation import clock, files
from palier.foundation.actor import Actor, Person
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import current
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.foundation.uploads import Received

CHARTER: Mapping[str, tuple[str, str, str]] = {
    "fr": (
        "Charte de service 2026", "Charte de service.txt",
        (
            "Charte de service de Transports du Val\n\n1. Un conseiller répond en moins de trois minutes.\n"
            "2. Toute réclamation reçoit une réponse en dix jours.\n3. Les perturbations sont annoncées avant le départ.\n"
        ),
    ),
    "en": (
        "Service charter 2026", "Service charter.txt",
        (
            "Service charter of Transports du Val\n\n1. An adviser answers within three minutes.\n"
            "2. Every complaint is answered within ten days.\n3. Disruptions are told before departure.\n"
        ),
    ),
}  # fmt: skip
SURVEY: Mapping[str, tuple[str, str, str]] = {
    "fr": (
        "Baromètre clients, premier semestre", "Baromètre clients.csv",
        "Ligne;Réponses;Satisfaits\nA;412;331\nB;287;214\nC;198;129\n",
    ),
    "en": ("Customer survey, first half-year", "Customer survey.csv", "Line;Answers;Satisfied\nA;412;331\nB;287;214\nC;198;129\n"),
}  # fmt: skip
CERTIFICATE = {"fr": "Certificat de service, ligne A", "en": "Service certificate, line A"}
ENDS_IN = timedelta(days=25)


async def plant_evidence(actor: Actor, malik: Person, settings: Settings) -> None:
    """Three pieces on three criteria of the open round, one of them on two."""
    async with reading(actor):
        rounds = visible_assessments(actor).filter(state=AssessmentState.DRAFT, questionnaire="SX")
        slug = (await rounds.limit(1))[0].slug
    contributor = Actor(malik, actor.organisation, Role.CONTRIBUTOR)
    tongue = current() if current() in CHARTER else "en"
    title, name, text = CHARTER[tongue]
    charter = Brought(title, file=Received(name, "text/plain", text.encode()))
    title, name, text = SURVEY[tongue]
    survey = Brought(title, file=Received(name, "text/csv", text.encode("utf-8-sig")))
    ends = clock.today() + ENDS_IN
    certificate = Brought(CERTIFICATE[tongue], ends, link="https://certificats.example/ligne-a")
    for who, code, brought in (
        (actor, "SX1.1.1", charter),
        (contributor, "SX1.1.1", survey),
        (contributor, "SX1.1.2", certificate),
    ):
        shelf = files.shelves(settings)
        used = await backing.bring(who, shelf, slug, code, brought, new_id(), settings.files_room)
        if brought is charter:
            await backing.use(who, slug, "SX1.2.1", used.evidence_id)
