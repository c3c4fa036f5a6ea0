"""Publishing an edition: seal the campaign's contributions, freeze the figures, forget the scores. The worker does it."""

import json
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.contributing import attributes_of
from palier.benchmarks.flows.editions import as_rows, as_seats
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.cohorts import DIMENSIONS
from palier.benchmarks.rules.edition import rebuild
from palier.benchmarks.rules.thresholds import CAREFUL_K, is_sensitive
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.clock import today
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import new_id
from palier.network.store import Network, Organisation


async def publish_campaign(campaign_id: str, published_by: str | None = None, on: str | None = None) -> None:
    """Publish the edition of a campaign. Once: a campaign that has its edition is left alone.

    `on`: ISO date of publication, today by default.
    """
    async with transaction(None):
        campaign = await Campaign.filter(id=UUID(campaign_id)).select_for_update().get()
        network = await Network.filter(id=campaign.network_id).select_for_update().get()
        if await store.Edition.exists(campaign_id=campaign.id, questionnaire=campaign.questionnaire):
            return
        previous = await previous_edition(campaign)
        edition = await _edition(network, campaign, previous)
        if not edition.seats:
            return  # too few for one batch: they wait, and the staff may ask again
        row = await _write(
            edition, network, campaign, previous, published_by, date.fromisoformat(on) if on else today()
        )
        await store.Contribution.filter(campaign_id=campaign.id).update(scores=None)
        await audit.record(
            OnDuty(network_id=network.id), "benchmarks.published", f"edition {row.name}", hash=row.hash, k=row.k,
            batches=len({seat.batch for seat in edition.seats}), asked_by=published_by,
        )  # fmt: skip


async def _edition(network: Network, campaign: Campaign, previous: store.Edition | None) -> Edition:
    members = await store.verified_members(network.id)
    ids = {member.id for member in members}
    given = await store.Contribution.filter(campaign_id=campaign.id).exclude(scores=None)
    return publish(
        rules_of(network, members),
        [_plain(one) for one in given if one.organisation_id in ids],
        await stored_edition(previous) if previous else None,
    )


def rules_of(network: Network, members: Sequence[Organisation]) -> dict[str, object]:
    """A network as `rules.publish` takes it. One careful member is enough for k = 8, contributing or not."""
    careful = any(is_sensitive(attributes_of(member)) for member in members)
    k = max(network.k, CAREFUL_K) if careful else network.k
    return {"k": k, "priority": list(DIMENSIONS), "members": len(members)}


def _plain(one: store.Contribution) -> dict[str, object]:
    scores = {name: None if value is None else Fraction(value) for name, value in one.scores.items()}
    return {"member": str(one.organisation_id), **one.attributes, "scores": scores}


async def previous_edition(campaign: Campaign) -> store.Edition | None:
    """The network's last edition of the same questionnaire."""
    found = store.Edition.filter(
        network_id=campaign.network_id, questionnaire=campaign.questionnaire, major=campaign.major
    )
    return await found.order_by("-published_on", "-id").first()


async def stored_edition(row: store.Edition) -> Edition:
    """A published edition as the rules know it, without anybody's scores."""
    rows, seats = await store.rows_of(row), await store.seats_of(row)
    return rebuild(as_rows(rows), as_seats(seats), k=row.k, priority=row.priority)


async def _write(
    edition: Edition,
    network: Network,
    campaign: Campaign,
    previous: store.Edition | None,
    published_by: str | None,
    on: date,
) -> store.Edition:
    row = await store.Edition.create(
        id=new_id(), network_id=network.id, campaign_id=campaign.id, name=campaign.name, questionnaire=campaign.questionnaire,
        major=campaign.major, k=edition.k, priority=list(edition.priority), published_on=on,
        published_by=UUID(published_by) if published_by else None, hash=edition.fingerprint(),
        previous_id=previous.id if previous else None,
    )  # fmt: skip
    await _insert_rows(row, network, edition)
    await store.BatchMember.bulk_create(
        store.BatchMember(
            id=new_id(), edition_id=row.id, network_id=network.id, batch=seat.batch, organisation_id=UUID(seat.member),
            legal_group=seat.group, attributes=dict(seat.attributes),
        )
        for seat in edition.seats
    )  # fmt: skip
    return row


async def _insert_rows(row: store.Edition, network: Network, edition: Edition) -> None:
    """All figures in one statement: an edition of 160 members has tens of thousands."""
    lines = [
        {
            "id": str(new_id()), "cohort": one.cohort_key, "variable": one.variable, "n_band": one.n_band, "p10": one.p10,
            "q1": one.q1, "median": one.median, "q3": one.q3, "p90": one.p90, "batches": list(one.batches),
        }
        for one in edition.rows()
    ]  # fmt: skip
    sql = (
        "insert into release_row (id, edition_id, network_id, cohort, variable, n_band, p10, q1, median, q3, p90, batches) "
        "select r.id, $2, $3, r.cohort, r.variable, r.n_band, r.p10, r.q1, r.median, r.q3, r.p90, r.batches "
        "from jsonb_to_recordset($1::jsonb) as r(id uuid, cohort text, variable text, n_band text, p10 smallint, q1 smallint, "
        "median smallint, q3 smallint, p90 smallint, batches jsonb) returning 1"
    )
    for start in range(0, len(lines), 5000):
        await select(sql, json.dumps(lines[start : start + 5000]), row.id, network.id)
