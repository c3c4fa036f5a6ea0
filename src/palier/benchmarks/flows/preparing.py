"""Before an edition: what the staff may know of it, which is who submitted and what the counts will hide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.assessments.store import Campaign, Participation
from palier.benchmarks import store
from palier.benchmarks.flows.asking import publication_key, sealing_key
from palier.benchmarks.flows.contributing import attributes_of
from palier.benchmarks.flows.grouping import regrouped
from palier.benchmarks.flows.sealing import previous_edition, rules_of, sealed_before
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.checks import Checks, read_checks
from palier.benchmarks.rules.cohorts import DIMENSIONS, cohort_key
from palier.benchmarks.rules.release import UNREPRESENTED
from palier.benchmarks.rules.rhythm import earliest_next
from palier.foundation import jobs
from palier.foundation.actor import NetworkActor
from palier.foundation.clock import today
from palier.network.store import Network, NetworkMember, Organisation


@dataclass(frozen=True, slots=True)
class Taking:
    """Who takes part in a campaign, and how far they are. No answer, no score."""

    campaign: Campaign
    members: Sequence[NetworkMember]
    rounds: Mapping[UUID, Participation]
    """By organisation."""
    edition: store.Edition | None = None

    @property
    def started(self) -> int:
        """Members that opened a round."""
        return sum(member.organisation_id in self.rounds for member in self.members)

    @property
    def submitted(self) -> list[NetworkMember]:
        """Members that submitted."""
        return [m for m in self.members if (r := self.rounds.get(m.organisation_id)) and r.submitted_at]


@dataclass(frozen=True, slots=True)
class Preparation:
    """The checks before an edition. Cohorts are judged as if every submitted round were shared: at best."""

    taking: Taking
    k: int
    sealed: int
    """Groups that would be in a batch."""
    cohorts: Mapping[str, Mapping[str, bool]]
    """By dimension and value: whether its figures would be shown."""
    not_before: date | None
    """The first day the network's rhythm allows, where that is still to come."""
    unverified: int
    """Members that submitted and do not count until they are verified."""
    job: str
    """Where the worker is with it: "", "todo", "doing", "failed", "succeeded"."""
    grouped: int = 0
    """Members that submitted and belong to a legal group of which another speaks."""
    draft: store.EditionDraft | None = None
    """Sealed, and not published: it stands, or was set aside."""

    @property
    def closed(self) -> bool:
        """Whether answers are no longer called for."""
        return self.taking.campaign.closes_on < today()

    @property
    def waiting(self) -> bool:
        """Whether the worker was asked for something and is not done."""
        return self.job in ("todo", "doing")

    @property
    def stands(self) -> bool:
        """Whether there is a draft to look at."""
        return self.draft is not None and self.draft.set_aside_at is None and not self.taking.edition

    @property
    def may_seal(self) -> bool:
        """Whether a draft may be asked for now."""
        free = not (self.not_before or self.taking.edition or self.waiting or self.stands)
        return self.closed and free and (self.sealed > 0 or self.draft is not None)

    @property
    def ready(self) -> bool:
        """Whether the edition may be asked for now: its draft stands."""
        return self.stands and not self.waiting

    @property
    def checks(self) -> Checks | None:
        """What the draft was found to show and hide."""
        return read_checks(self.draft.checks) if self.draft and not self.taking.edition else None


async def load_taking(actor: NetworkActor, campaign: Campaign) -> Taking:
    """Participation in a campaign of the actor's network. Call inside `reading(actor)`."""
    editions = await store.editions_of(actor.network_id)
    edition = next((one for one in editions if one.campaign_id == campaign.id and not one.corrects_id), None)
    members = await store.members_of_network(actor.network_id)
    return Taking(campaign, members, await store.participations_in(campaign), edition)


async def load_preparation(actor: NetworkActor, campaign: Campaign) -> Preparation:
    """The checks before the edition of `campaign`. Reads attributes and counts. Call inside `reading(actor)`."""
    taking = await load_taking(actor, campaign)
    members = await store.verified_members(actor.network_id)
    present = {member.organisation_id for member in taking.submitted if member.verified_at}
    counted = [member for member in members if member.id in present]
    last = await previous_edition(campaign)
    given = await regrouped(
        [{"member": str(one.id), **attributes_of(one), "scores": {}} for one in counted], campaign.opens_on
    )
    rehearsal = publish(
        rules_of(await Network.get(id=actor.network_id), members),
        given,
        await sealed_before(campaign, figures=False),
    )
    after = await _not_before(campaign, last, len(members))
    draft = await store.EditionDraft.get_or_none(campaign_id=campaign.id)
    return Preparation(
        taking, rehearsal.k, len(rehearsal.seats), _cohorts(rehearsal, counted),
        after if after and after > today() and draft is None else None,
        sum(member.verified_at is None for member in taking.submitted), await _job(campaign),
        len(given) - len({one["group"] for one in given}), draft,
    )  # fmt: skip


async def _not_before(campaign: Campaign, last: store.Edition | None, members: int) -> date | None:
    """The rhythm counts from the last figures anybody saw; an erratum starts no new count."""
    if last is not None and last.corrects_id is not None:
        last = await store.Edition.get(id=last.corrects_id)
    seen = [last.published_on] if last else []
    unpublished = await store.last_unpublished_draft(campaign)
    seen += [unpublished.sealed_at.date()] if unpublished else []
    return earliest_next(max(seen), members) if seen else None


async def _job(campaign: Campaign) -> str:
    """The first of sealing and publishing that is not done."""
    states = [await jobs.state_of(key(campaign.id)) for key in (publication_key, sealing_key)]
    return next((state for state in ("doing", "todo", "failed") if state in states), "")


def _cohorts(rehearsal: Edition, counted: Sequence[Organisation]) -> dict[str, dict[str, bool]]:
    """Each value found among those who submitted, one dimension at a time."""
    given = [attributes_of(one) for one in counted]
    found = {name: sorted({one[name] for one in given if one[name]}) for name in DIMENSIONS}
    return {
        name: {value: _is_shown(rehearsal, name, value) for value in values} for name, values in found.items()
    }


def _is_shown(rehearsal: Edition, dimension: str, value: str) -> bool:
    rows = rehearsal.releases.get(cohort_key({dimension: value}))
    return rows is not None and not any(row.variable == UNREPRESENTED for row in rows)
