"""A campaign from draft to close: planned, written, launched, followed. Staff see who is where, never an answer or a score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from palier.assessments.store import Campaign, Participation
from palier.association import store
from palier.association.rules.messages import Due, Kind, calendar, default_reminders
from palier.association.rules.weeks import Week, weeks
from palier.benchmarks import store as benchmarks
from palier.foundation import audit, jobs, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import now, today
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.network.store import NetworkMember
from palier.questionnaires.flows.offering import asked_in


class Launched(Exception):
    """A launched campaign keeps its questionnaire and its opening date."""


@dataclass(frozen=True, slots=True)
class Call:
    """A campaign to plan: the questionnaire's code and major version, and the days it runs, both included."""

    name: str
    questionnaire: str
    major: int
    opens_on: date
    closes_on: date


@dataclass(frozen=True, slots=True)
class Version:
    """The questionnaire's version a campaign asks; the newest one of its major while it is not `settled`."""

    number: str
    settled: bool


MOST_LISTED = 200
"""Members of a campaign that one page names."""


@dataclass(frozen=True, slots=True)
class Taking:
    """Who takes part in a campaign, and how far they are."""

    plan: store.CampaignPlan
    members: Sequence[NetworkMember]
    rounds: Mapping[UUID, Participation]
    """By organisation."""
    edition: benchmarks.Edition | None
    reminded: Mapping[UUID, datetime]
    """When each organisation was last written to for this campaign."""

    @property
    def state(self) -> str:
        """ "draft", "coming", "running", "closed" or "published"."""
        if self.plan.launched_at is None:
            return "draft"
        if self.edition:
            return "published"
        if self.plan.closes_on < today():
            return "closed"
        return "running" if self.plan.opens_on <= today() else "coming"

    @property
    def listed(self) -> Sequence[NetworkMember]:
        """Those a page names: all, or in a network too large for one page the first of those who have not submitted."""
        if len(self.members) <= MOST_LISTED:
            return self.members
        done = {member.id for member in self.submitted}
        waiting = [member for member in self.members if member.id not in done]
        return (waiting or self.members)[:MOST_LISTED]

    @property
    def started(self) -> int:
        """Members that opened a round."""
        return sum(member.organisation_id in self.rounds for member in self.members)

    @property
    def submitted(self) -> list[NetworkMember]:
        """Members that submitted."""
        return [m for m in self.members if (r := self.rounds.get(m.organisation_id)) and r.submitted_at]

    @property
    def calendar(self) -> list[Due]:
        """The messages that go out on a day of their own."""
        return calendar(self.plan.opens_on, self.plan.closes_on, reminders_of(self.plan))

    @property
    def coming(self) -> list[Due]:
        """The messages still to go out: those of today too, until somebody was written to today."""
        begun = any(at.date() >= today() for at in self.reminded.values())
        return [one for one in self.calendar if one.on > today() or (one.on == today() and not begun)]

    @property
    def at_risk(self) -> list[NetworkMember]:
        """Members that may not answer in time: not begun in the last third of the campaign, or begun and silent."""
        length = self.plan.closes_on - self.plan.opens_on
        if today() < self.plan.opens_on + length * 2 / 3 or self.state != "running":
            return []
        done = {member.id for member in self.submitted}
        return [member for member in self.members if member.verified_at and member.id not in done]

    def how_far(self, organisation: UUID) -> str:
        """ "submitted", "started" or "invited"."""
        found = self.rounds.get(organisation)
        if found is None:
            return "invited"
        return "submitted" if found.submitted_at else "started"


def reminders_of(plan: store.CampaignPlan) -> list[date]:
    """The days members are reminded on."""
    return [date.fromisoformat(day) for day in plan.reminders]


async def plan_of(actor: NetworkActor, campaign_id: UUID) -> store.CampaignPlan:
    """A campaign's plan; one without reminders, not stored, for a campaign made before there were plans. Raises DoesNotExist."""
    if found := await store.CampaignPlan.get_or_none(id=campaign_id, network_id=actor.network_id):
        return found
    return _usual(await benchmarks.campaign_of(actor.network_id, campaign_id))


def _usual(campaign: Campaign) -> store.CampaignPlan:
    return store.CampaignPlan(
        id=campaign.id, network_id=campaign.network_id, name=campaign.name, questionnaire=campaign.questionnaire,
        major=campaign.major, opens_on=campaign.opens_on, closes_on=campaign.closes_on, launched_at=now(),
        reminders=[], messages={},
    )  # fmt: skip


async def plans_of(actor: NetworkActor) -> list[store.CampaignPlan]:
    """Every campaign of the network, drafts first, then the last to close."""
    plans = {plan.id: plan for plan in await store.CampaignPlan.filter(network_id=actor.network_id)}
    for campaign in await benchmarks.campaigns_of(actor.network_id):
        plans.setdefault(campaign.id, _usual(campaign))
    return sorted(
        plans.values(),
        key=lambda plan: (plan.launched_at is None, plan.closes_on, plan.opens_on),
        reverse=True,
    )


async def load_taking(actor: NetworkActor, plan: store.CampaignPlan) -> Taking:
    """Participation in a campaign of the actor's network. Call inside `reading(actor)`."""
    return (await load_takings(actor, [plan]))[0]


async def load_takings(actor: NetworkActor, plans: Sequence[store.CampaignPlan]) -> list[Taking]:
    """Participation in each of these campaigns, in as many statements for all as for one. Call inside `reading(actor)`."""
    ids = [plan.id for plan in plans]
    members = await store.members_of(actor.network_id) if plans else []
    editions = {one.campaign_id: one for one in reversed(await benchmarks.editions_of(actor.network_id))}
    rounds = await _rounds_of(actor, ids)
    notices = store.SentNotice.filter(campaign_id__in=ids, network_id=actor.network_id) if ids else None
    sent: dict[UUID, dict[UUID, datetime]] = {}
    for row in await notices.order_by("sent_at") if notices else ():
        sent.setdefault(row.campaign_id, {})[row.organisation_id] = row.sent_at
    return [
        Taking(plan, members, rounds.get(plan.id, {}), editions.get(plan.id), sent.get(plan.id, {})) for plan in plans
    ]  # fmt: skip


async def _rounds_of(actor: NetworkActor, campaigns: Sequence[UUID]) -> dict[UUID, dict[UUID, Participation]]:
    """Who took part in each of these campaigns, by organisation."""
    found: dict[UUID, dict[UUID, Participation]] = {}
    rows = Participation.filter(campaign_id__in=campaigns, network_id=actor.network_id) if campaigns else None
    for row in await rows if rows else ():
        found.setdefault(row.campaign_id, {})[row.organisation_id] = row
    return found


async def load_version(plan: store.CampaignPlan) -> Version:
    """Which version the campaign asks its members. Call inside `reading(actor)`."""
    campaign = await Campaign.get_or_none(id=plan.id)
    settled = campaign.version if campaign else ""
    asked = await asked_in(plan.questionnaire, plan.major, settled)
    return Version(asked.version if asked else settled or str(plan.major), settled=bool(settled))


async def load_weeks(actor: NetworkActor, taking: Taking) -> list[Week]:
    """Invited, started and submitted at the end of each week, beside the last campaign of the same questionnaire."""
    return (await load_weeks_of(actor, [taking]))[0][1]


async def load_weeks_of(actor: NetworkActor, takings: Sequence[Taking]) -> list[tuple[Taking, list[Week]]]:
    """As `load_weeks` for each, in as many statements for all as for one."""
    campaigns = await benchmarks.campaigns_of(actor.network_id)
    before = {one.plan.id: _before(one.plan, campaigns) for one in takings}
    rounds = await _rounds_of(actor, [last.id for last in before.values() if last])
    return [(one, _weeks(one, before[one.plan.id], rounds)) for one in takings]


def _before(plan: store.CampaignPlan, campaigns: Sequence[Campaign]) -> Campaign | None:
    """The last campaign of the same questionnaire that was over when this one opened. `campaigns`: the last to close first."""
    return next(
        (one for one in campaigns if one.questionnaire == plan.questionnaire and one.closes_on < plan.opens_on), None
    )  # fmt: skip


def _weeks(
    taking: Taking, last: Campaign | None, rounds: Mapping[UUID, Mapping[UUID, Participation]]
) -> list[Week]:
    plan, own = taking.plan, taking.rounds.values()
    then = rounds.get(last.id, {}).values() if last else ()
    past = (
        (last.opens_on, last.closes_on, [r.submitted_at.date() for r in then if r.submitted_at])
        if last
        else None
    )
    return weeks(
        plan.opens_on, plan.closes_on, today(), [m.joined_on for m in taking.members],
        [r.started_at.date() for r in own if r.started_at], [r.submitted_at.date() for r in own if r.submitted_at], past,
    )  # fmt: skip


async def plan_campaign(actor: NetworkActor, call: Call, op: UUID) -> UUID:
    """Keep a draft; nobody is told. Raises AlreadyDone."""
    async with transaction(actor):
        row_id = new_id()
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/campaigns/{row_id}")
        reminders = default_reminders(call.opens_on, call.closes_on)
        await store.CampaignPlan.create(
            id=row_id, network_id=actor.network_id, name=call.name, questionnaire=call.questionnaire, major=call.major,
            opens_on=call.opens_on, closes_on=call.closes_on, reminders=[day.isoformat() for day in reminders],
        )  # fmt: skip
        await audit.record(actor, "association.campaign_planned", f"campaign {call.name}")
    return row_id


async def launch(actor: NetworkActor, campaign_id: UUID) -> None:
    """Call the members: from now on they see the campaign, and its messages go out. Once. Raises DoesNotExist."""
    async with transaction(actor):
        plan = await store.CampaignPlan.filter(
            id=campaign_id, network_id=actor.network_id
        ).select_for_update().get()  # fmt: skip
        if plan.launched_at:
            return
        await store.CampaignPlan.filter(id=plan.id).update(launched_at=now())
        asked = await asked_in(plan.questionnaire, plan.major)
        version = asked.version if asked else ""
        await Campaign.create(
            id=plan.id, network_id=actor.network_id, name=plan.name, questionnaire=plan.questionnaire,
            major=plan.major, version=version, opens_on=plan.opens_on, closes_on=plan.closes_on,
        )  # fmt: skip
        await audit.record(
            actor,
            "benchmarks.campaign_opened",
            f"campaign {plan.name}",
            questionnaire=f"{plan.questionnaire} {version}",
        )
        await jobs.enqueue("association.messages", once="messages of campaigns")


async def discard(actor: NetworkActor, campaign_id: UUID) -> None:
    """Throw a draft away; a launched campaign stays."""
    async with transaction(actor):
        await store.CampaignPlan.filter(
            id=campaign_id, network_id=actor.network_id, launched_at=None
        ).delete()
        await audit.record(actor, "association.campaign_discarded", f"campaign {campaign_id}")


async def close(actor: NetworkActor, campaign_id: UUID) -> None:
    """End a running campaign yesterday; rounds already open may still be submitted until the edition is sealed."""
    async with transaction(actor):
        campaign = await benchmarks.campaign_of(actor.network_id, campaign_id)
        if campaign.closes_on >= today():
            yesterday = today() - timedelta(days=1)
            dates = {"closes_on": yesterday, "opens_on": min(campaign.opens_on, yesterday)}
            await Campaign.filter(id=campaign.id).update(**dates)
            await store.CampaignPlan.filter(id=campaign.id).update(**dates)
            await audit.record(
                actor, "benchmarks.campaign_closed", f"campaign {campaign.name}",
                before={name: getattr(campaign, name) for name in dates}, after=dates,
            )  # fmt: skip


async def schedule(actor: NetworkActor, campaign_id: UUID, reminders: Sequence[date]) -> None:
    """Choose the days of the reminders. Raises DoesNotExist."""
    async with transaction(actor):
        await _change(actor, campaign_id, reminders=sorted({day.isoformat() for day in reminders}))


async def write(
    actor: NetworkActor, campaign_id: UUID, kind: Kind, texts: Mapping[str, Mapping[str, str]]
) -> None:
    """Keep the texts of one kind of message, {locale: {"subject", "text"}}; none at all: ours again. Raises DoesNotExist."""
    async with transaction(actor):
        plan = await plan_of(actor, campaign_id)
        messages = {**plan.messages, kind.value: {locale: dict(text) for locale, text in texts.items()}}
        if not texts:
            del messages[kind.value]
        await _change(actor, campaign_id, messages=messages)


async def _change(actor: NetworkActor, campaign_id: UUID, **values: object) -> None:
    plan = await plan_of(actor, campaign_id)
    before = {name: getattr(plan, name) for name in values}
    if not await store.CampaignPlan.filter(id=campaign_id, network_id=actor.network_id).update(**values):
        for name, value in values.items():
            setattr(plan, name, value)
        await plan.save(force_create=True)
    await audit.record(
        actor, "association.campaign_changed", f"campaign {plan.name}", before=before, after=values
    )


async def _being_told(campaign_id: UUID) -> set[UUID]:
    """Members whose reminder was asked for and is not written yet: a second click would count them again."""
    asked = [
        job for job in await jobs.under_way("association.remind") if job["campaign_id"] == str(campaign_id)
    ]
    return {UUID(one) for job in asked for one in job["organisations"]}


async def remind(actor: NetworkActor, campaign_id: UUID, organisation: UUID | None = None) -> int:
    """Remind one member, or all that have not submitted, now; how many. Nobody twice a day. Raises DoesNotExist."""
    async with transaction(actor):
        taking = await load_taking(actor, await plan_of(actor, campaign_id))
        written = await store.SentNotice.filter(
            campaign_id=campaign_id, network_id=actor.network_id, due_on=today(), kind=Kind.BY_HAND.value
        ).values_list("organisation_id", flat=True)  # fmt: skip
        done = (
            {member.organisation_id for member in taking.submitted}
            | set(written)
            | await _being_told(campaign_id)
        )
        wanted = [
            member.organisation_id for member in taking.members
            if member.verified_at and member.organisation_id not in done and organisation in (None, member.organisation_id)
        ]  # fmt: skip
        if wanted and taking.state == "running":
            await audit.record(
                actor, "association.reminded", f"campaign {taking.plan.name}", members=len(wanted)
            )
            await jobs.enqueue(
                "association.remind", campaign_id=campaign_id, organisations=[str(one) for one in wanted]
            )
    return len(wanted) if taking.state == "running" else 0
