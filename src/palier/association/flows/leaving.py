"""A member leaves a network by itself: at once for what it reads, at the next sealing for what it gave."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.association import mails, store
from palier.billing.flows import places
from palier.foundation import audit, jobs
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.clock import today
from palier.foundation.database import select, transaction
from palier.network.store import NetworkMember, Organisation, RegisterEntry

TOLD = "association.member_left"
"""The job that tells the staff."""


@dataclass(frozen=True, slots=True)
class Seat:
    """What an organisation would leave. `practices`: how many of its own members of the network read."""

    id: UUID
    network_id: UUID
    slug: str
    name: str
    joined_on: date
    verified: bool
    listed: bool
    practices: int
    campaigns: tuple[str, ...]
    """Campaigns it takes part in that have no edition yet."""
    editions: tuple[str, ...]
    """Campaigns with an edition that it took part in."""


async def seat_of(actor: Actor, slug: str) -> Seat:
    """The actor's place in the network at this address, asked for or verified. Raises Unknown."""
    sql = (
        "select m.id, n.id as network_id, n.slug, coalesce(nullif(l.name, ''), n.name) as name, m.joined_on, "
        "m.verified_at is not null as verified, "
        "exists (select from directory_listing d where d.network_id = n.id and d.organisation_id = $1) as listed, "
        "(select count(*)::int from practice p where p.network_id = n.id and p.organisation_id = $1 "
        "and p.shared_version is not null) as practices, "
        "array(select c.name from campaign c join participation a on a.campaign_id = c.id where c.network_id = n.id "
        "and a.organisation_id = $1 and not exists (select from edition e where e.campaign_id = c.id) order by c.closes_on) as campaigns, "
        "array(select c.name from campaign c join participation a on a.campaign_id = c.id where c.network_id = n.id "
        "and a.organisation_id = $1 and exists (select from edition e where e.campaign_id = c.id) order by c.closes_on) as editions "
        "from network n join network_member m on m.network_id = n.id left join network_look l on l.id = n.id "
        "where m.organisation_id = $1 and n.slug = $2 and m.left_on is null"
    )
    rows = await select(sql, actor.organisation_id, slug)
    if not rows:
        raise store.Unknown("no network of this organisation")
    row = rows[0]
    return Seat(**{**row, "campaigns": tuple(row["campaigns"]), "editions": tuple(row["editions"])})


async def leave(actor: Actor, slug: str) -> Seat:
    """Leave the network, or take the request to join back; its staff are told. Raises Unknown.

    Nothing that was sealed changes: taking one member out would show what it had brought (docs/benchmarks.md).
    """
    async with transaction(actor):
        seat = await seat_of(actor, slug)
        await NetworkMember.filter(id=seat.id, organisation_id=actor.organisation_id).update(left_on=today())
        await store.DirectoryListing.filter(
            network_id=seat.network_id, organisation_id=actor.organisation_id
        ).delete()
        await audit.record(actor, "association.network_left", f"network {slug}", joined=seat.joined_on)
        network = OnDuty(network_id=seat.network_id)
        await audit.record(network, "association.member_left", f"organisation {actor.organisation.slug}")
        await jobs.enqueue(
            TOLD, network=seat.network_id, organisation=actor.organisation_id, verified=seat.verified
        )
        await jobs.enqueue(places.LEFT, network=seat.network_id, organisation=actor.organisation_id)
    return seat


async def tell_staff(network: str, organisation: str, site: str, *, verified: bool) -> None:
    """Write to the network's staff, and untie what their register says from the organisation: it may be invited again."""
    async with transaction(OnDuty(network_id=UUID(network))):
        one = await Organisation.get_or_none(id=UUID(organisation), sandbox_until=None)
        if one is None:
            return
        await RegisterEntry.filter(network_id=UUID(network), organisation_id=one.id).update(
            organisation_id=None, invited_at=None, fingerprint=None
        )
        await mails.member_left(UUID(network), one.name, site, verified=verified)
