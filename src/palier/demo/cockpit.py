"""Planting what the cockpit of the large network shows: expected members, a code, a file brought in, next year's draft."""

from datetime import timedelta

from palier.association.flows.joining import turn_key
from palier.association.rules.directory import Contact
from palier.association.rules.member_file import key_of
from palier.association.rules.messages import default_reminders
from palier.association.store import CampaignPlan, DirectoryListing, MemberImport, NetworkLook, members_of
from palier.demo.networks import Planted
from palier.foundation import clock
from palier.foundation.actor import NetworkActor, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.rules.taxonomy import FAMILY_OF
from palier.network.store import RegisterEntry

_EXPECTED = (
    ("Régie des eaux de Courtelune", "water", "50-249", ""),
    ("Chemins de fer de Marsolle", "rail", "250-999", "direction@marsolle.invalid"),
    ("Énergies de Brévent", "energy", "", "contact@brevent.invalid"),
)

_FILE = (
    "Nom;SIREN;Courriel;Secteur;Effectif;Pays;Nature juridique\r\n"
    "Tramways de Florimont;;direction@florimont.invalid;Transport de voyageurs;640;France;Entreprise privée\r\n"
    "Énergies de Brévent;;;Énergie;120;France;\r\n"
    "Comptoirs d’Ysieux;12345;;Magasins;80;France;\r\n"
)


async def plant_cockpit(planted: Planted, manager: Person) -> None:
    """What a manager would find in the middle of a campaign."""
    actor = NetworkActor(manager, planted.row.id, planted.row.slug, planted.row.name)
    async with transaction(actor):
        for name, sector, size, email in _EXPECTED:
            await RegisterEntry.create(
                id=new_id(), network_id=planted.row.id, key=key_of(name), name=name, family=FAMILY_OF[sector],
                sector=sector, size=size, country="FR", email=email, confirmed_at=clock.now(), confirmed_name=manager.name,
            )  # fmt: skip
        await MemberImport.create(
            id=new_id(), network_id=planted.row.id, file_name="adherents.csv", content=_FILE.encode("cp1252"),
            uploaded_at=clock.now(),
        )  # fmt: skip
        await _plant_draft(planted)
        await NetworkLook.create(id=planted.row.id, accent="#2f8f87")
        await _plant_listings(planted)
    await turn_key(actor)


async def _plant_draft(planted: Planted) -> None:
    running = planted.campaigns[-1]
    opens, closes = (day + timedelta(days=364) for day in (running.opens_on, running.closes_on))
    await CampaignPlan.create(
        id=new_id(), network_id=planted.row.id, name=str(int(running.name) + 1), questionnaire=running.questionnaire,
        major=running.major, opens_on=opens, closes_on=closes,
        reminders=[day.isoformat() for day in default_reminders(opens, closes)],
    )  # fmt: skip


async def _plant_listings(planted: Planted) -> None:
    """Every ninth member agreed to be listed, every second of those with somebody to write to."""
    for place, member in enumerate((await members_of(planted.row.id))[::9]):
        one = member.organisation
        contact = Contact("Accueil des adhérents", f"contact@{one.slug}.invalid") if place % 2 else Contact()
        await DirectoryListing.create(
            id=new_id(), network_id=planted.row.id, organisation_id=one.id, name=one.name, sector=one.sector, size=one.size,
            country=one.country, contact=contact.kept, listed_at=clock.now(),
        )  # fmt: skip
