"""What a network publishes beside its editions: a draft waiting for its staff, an erratum, a bulletin."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from palier.assessments.store import Campaign
from palier.association.flows.bulletins import make_bulletin
from palier.association.store import Bulletin
from palier.benchmarks.flows.correcting import publish_erratum
from palier.benchmarks.flows.editions import as_seats
from palier.benchmarks.flows.frozen import seats_of
from palier.benchmarks.flows.sealing import seal_draft
from palier.benchmarks.store import Correction, Edition
from palier.demo.networks import Planted, at_nine
from palier.demo.pillars import plant_pillar_campaign
from palier.demo.planting import plant_round
from palier.demo.rules.answers import answers
from palier.demo.rules.members import Member
from palier.foundation import clock
from palier.foundation.actor import Actor, OnDuty, Person
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.reports.press import Press

_REASON = (
    "Le critère sur les attentes avait été lu à l’envers par plusieurs adhérents, "
    "qui ont remis une évaluation corrigée."
)
_OWN_REASON = "Le critère sur les attentes avait été lu à l’envers."


async def plant_draft(
    planted: Planted, members: Sequence[Member], actors: Mapping[str, Actor], manager: Person
) -> None:
    """This spring's campaign on the six pillars: closed, sealed, looked at, not published yet."""
    campaign = await plant_pillar_campaign(planted, members, actors, clock.today().year)
    await seal_draft(str(campaign.id), str(manager.person_id))


async def plant_erratum(
    corrected: Campaign, members: Sequence[Member], actors: Mapping[str, Actor], manager: Person
) -> None:
    """The erratum of an edition: one whole batch has filed corrections, a month after its publication."""
    edition = await Edition.get(campaign_id=corrected.id)
    day = edition.published_on + timedelta(days=30)
    for member in await _batch(edition, members, actors):
        await _correct(corrected, member, actors[member.slug], day)
    asked_on = (day + timedelta(days=15)).isoformat()
    await publish_erratum(str(edition.id), _REASON, str(manager.person_id), on=asked_on)


async def _batch(edition: Edition, members: Sequence[Member], actors: Mapping[str, Actor]) -> list[Member]:
    """The first batch all of whose members are invented ones, so that nobody of the cast has filed anything."""
    by_id = {str(actors[one.slug].organisation_id): one for one in members if one.slug in actors}
    batches: dict[int, list[str]] = {}
    for seat in as_seats(await seats_of(edition)):
        batches.setdefault(seat.batch, []).append(seat.member)
    whole = [batch for _, batch in sorted(batches.items()) if set(batch) <= set(by_id)]
    return [by_id[one] for one in sorted(whole[0])]


async def _correct(campaign: Campaign, member: Member, actor: Actor, day: date) -> None:
    """A round of its own corrects what the member gave."""
    pillars = latest(campaign.questionnaire)
    given = answers(pillars, member.maturity + 0.35, member.slug, member.progress)
    async with transaction(actor):
        later = await plant_round(
            actor, pillars, given, name=f"{campaign.name} bis", opened=at_nine(day - timedelta(days=2)),
            submitted=at_nine(day), closes_on=day,
        )  # fmt: skip
        await Correction.create(
            id=new_id(), network_id=campaign.network_id, campaign_id=campaign.id, organisation_id=actor.organisation_id,
            assessment_id=later.assessment.id, reason=_OWN_REASON, said_by=actor.person_id, said_name=actor.person.name,
            said_at=at_nine(day + timedelta(days=1)),
        )  # fmt: skip


async def plant_bulletin(campaign: Campaign, press: Press) -> None:
    """The French bulletin of a published edition, printed as the worker prints it."""
    async with transaction(OnDuty(network_id=campaign.network_id)):
        edition = await Edition.get(campaign_id=campaign.id, corrects_id=None)
        row = await Bulletin.create(
            id=new_id(),
            network_id=campaign.network_id,
            edition_id=edition.id,
            locale="fr",
            asked_at=clock.now(),
        )
    await make_bulletin(row.id, press)
