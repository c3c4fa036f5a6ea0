"""The worker writes to the members of running campaigns: each message once a member and day, never to who refused."""

from uuid import UUID

from palier.accounts.flows import letters
from palier.assessments.store import Participation
from palier.association import store
from palier.association.flows.campaigning import reminders_of
from palier.association.letters import letter
from palier.association.rules.messages import LATE, Due, Kind, concerns, due
from palier.foundation import mail
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now, today
from palier.foundation.database import reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import speaking
from palier.foundation.permissions import Role
from palier.network.store import Membership, Network, NetworkMember


async def send_due(site: str, secret: str) -> None:
    """Everything that is due today, in every network. A second run sends nothing again."""
    async with reading(OnDuty()):
        plans = await store.CampaignPlan.exclude(launched_at=None).filter(closes_on__gte=today() - 2 * LATE)
    for plan in plans:
        for one in due(plan.opens_on, plan.closes_on, reminders_of(plan), today()):
            await _send(plan, one, site, secret)


async def send_by_hand(campaign_id: str, organisations: list[str], site: str, secret: str) -> None:
    """The reminders the staff asked for, to members that still have not submitted."""
    async with reading(OnDuty()):
        plan = await store.CampaignPlan.get_or_none(id=UUID(campaign_id)) or await _unplanned(campaign_id)
    if plan:
        await _send(plan, Due(Kind.BY_HAND, today()), site, secret, {UUID(one) for one in organisations})


async def _unplanned(campaign_id: str) -> store.CampaignPlan | None:
    rows = await select("select * from campaign where id = $1", UUID(campaign_id))
    return store.CampaignPlan(**rows[0], messages={}, reminders=[], launched_at=now()) if rows else None


async def _send(
    plan: store.CampaignPlan, one: Due, site: str, secret: str, only: set[UUID] | None = None
) -> None:
    duty = OnDuty(network_id=plan.network_id)
    async with reading(duty):
        look = await store.look_of(plan.network_id)
        network = look.name or (await Network.get(id=plan.network_id)).name
        rounds = await Participation.filter(campaign_id=plan.id).exclude(submitted_at=None)
        submitted = {row.organisation_id for row in rounds}
        rows = NetworkMember.filter(
            network_id=plan.network_id, left_on=None, organisation__sandbox_until=None
        )
        members = await rows.exclude(verified_at=None).select_related("organisation")
    for member in members:
        if concerns(one.kind, submitted=member.organisation_id in submitted) and (
            only is None or member.organisation_id in only
        ):
            async with transaction(duty):
                await _send_to(plan, one, network, member, site, secret)


async def _send_to(
    plan: store.CampaignPlan, one: Due, network: str, member: NetworkMember, site: str, secret: str
) -> None:
    """To the owners and leads of one member, if this message was not sent before: the row and the mails stand together."""
    sql = (
        "insert into sent_notice (id, network_id, campaign_id, organisation_id, kind, due_on, by_hand, sent_at) "
        "values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning id"
    )
    by_hand = one.kind is Kind.BY_HAND
    if not await select(
        sql, new_id(), plan.network_id, plan.id, member.organisation_id, one.kind.value, one.on, by_hand, now()
    ):  # fmt: skip
        return
    people = Membership.filter(organisation_id=member.organisation_id, role__in=[Role.OWNER, Role.LEAD])
    for row in await people.select_related("person"):
        token = await letters.way_out(str(plan.network_id), row.person.email, secret)
        if token:
            with speaking(row.person.locale):
                written = letter(plan, one.kind, network, member.organisation, site)
                await mail.write(
                    row.person.email, "association/mails/campaign", sender=network, subject=written.subject, text=written.text,
                    network=network, refuse=f"{site}/letters/{token}",
                )  # fmt: skip


async def network_behind(topic: str) -> str:
    """The name of the network whose campaign messages a choice is about. Raises Unknown for any other topic."""
    try:
        network_id = UUID(topic)
    except ValueError:
        raise store.Unknown("not a network's messages") from None
    async with reading(None):
        look = await store.look_of(network_id)
        return look.name or (await Network.get(id=network_id)).name
