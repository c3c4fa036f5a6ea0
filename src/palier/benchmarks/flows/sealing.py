"""Sealing a campaign: once, by attributes and counts. A draft is what was sealed, computed and not published yet.

The worker does it. What is sealed is never sealed otherwise: a draft set aside and taken up again is the same one.
"""

import json
from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from sys import intern
from uuid import UUID

from palier.assessments.store import Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.cells import cells_kept, keep_cells
from palier.benchmarks.flows.contributing import attributes_of
from palier.benchmarks.flows.editions import as_rows, as_seats
from palier.benchmarks.flows.freezing import insert_rows, insert_seats
from palier.benchmarks.flows.frozen import rows_of, seats_of
from palier.benchmarks.flows.grouping import regrouped
from palier.benchmarks.rules import Edition, publish
from palier.benchmarks.rules.checks import check
from palier.benchmarks.rules.cohorts import DIMENSIONS
from palier.benchmarks.rules.contributions import settled
from palier.benchmarks.rules.edition import correct, from_cells, rebuild
from palier.benchmarks.rules.thresholds import CAREFUL_K, is_sensitive
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import stream, transaction
from palier.network.store import Network, Organisation


@dataclass(frozen=True, slots=True)
class Sealed:
    """A campaign's edition before it is published, and what it is checked against."""

    edition: Edition
    previous: Edition | None
    given: int
    """How many contributions there were."""
    present: frozenset[str]
    """The verified members of the network, by id."""


async def seal_draft(campaign_id: str, asked_by: str | None = None) -> None:
    """Seal a campaign and keep its draft, or compute again the figures of a draft set aside: the same ones.

    Once: a campaign with a draft or an edition is left alone.
    """
    async with transaction(None):
        campaign, network = await locked(UUID(campaign_id))
        draft = await store.EditionDraft.get_or_none(campaign_id=campaign.id)
        if await store.is_published(campaign) or (draft and not draft.set_aside_at):
            return
        sealed = await read_again(draft) if draft else await seal(network, campaign)
        if sealed is None:
            return  # too few for one batch: they wait, and nothing is sealed
        if draft is None:
            draft = await keep_draft(sealed, campaign, asked_by)
            await insert_seats("draft_seat", draft.id, network.id, sealed.edition.seats)
        await store.EditionDraft.filter(id=draft.id).update(set_aside_at=None)
        await insert_rows("draft_row", draft.id, network.id, sealed.edition.releases.values())
        await audit.record(
            OnDuty(network_id=network.id), "benchmarks.draft_sealed", f"campaign {campaign.name}", hash=draft.hash,
            k=draft.k, asked_by=asked_by,
        )  # fmt: skip


async def set_draft_aside(campaign_id: str, asked_by: str | None = None) -> None:
    """Erase a draft's figures. Its batches stay: the campaign is never sealed otherwise."""
    async with transaction(None):
        campaign, network = await locked(UUID(campaign_id))
        draft = await store.EditionDraft.get_or_none(campaign_id=campaign.id, set_aside_at=None)
        if draft is None or await store.is_published(campaign):
            return
        await store.DraftRow.filter(draft_id=draft.id).delete()
        await store.EditionDraft.filter(id=draft.id).update(set_aside_at=now())
        await audit.record(
            OnDuty(network_id=network.id), "benchmarks.draft_set_aside", f"campaign {campaign.name}",
            hash=draft.hash, asked_by=asked_by,
        )  # fmt: skip


async def locked(campaign_id: UUID) -> tuple[Campaign, Network]:
    """A campaign and its network, held until the transaction ends: one worker at a time seals, publishes or takes."""
    campaign = await Campaign.filter(id=campaign_id).select_for_update().get()
    await store.hold(campaign.id)
    return campaign, await Network.filter(id=campaign.network_id).select_for_update().get()


async def seal(network: Network, campaign: Campaign) -> Sealed | None:
    """Seal what was given to a campaign by verified members who share it still; None where there is no batch."""
    members = await store.verified_members(network.id)
    ids = {member.id for member in members} - await store.unwilling(campaign)
    given = await regrouped(await given_to(campaign, ids), campaign.opens_on)
    previous = await sealed_before(campaign)
    edition = publish(rules_of(network, members), given, previous)
    present = frozenset(str(member.id) for member in members)
    return Sealed(edition, previous, len(given), present) if edition.seats else None


async def given_to(campaign: Campaign, members: Collection[UUID]) -> list[dict[str, object]]:
    """What these members gave to a campaign that is not sealed, as `rules.publish` takes it."""
    return [one async for one in _given(campaign.id, members)]


async def read_again(draft: store.EditionDraft) -> Sealed:
    """A draft computed once more, over its own batches: from their cells, or from what was given where there are none."""
    seats = as_seats(await store.draft_seats(draft))
    if cells := await cells_kept(draft.campaign_id, max(seat.batch for seat in seats)):
        whole = from_cells(seats, cells, draft.variables, k=draft.k, priority=draft.priority)
        return Sealed(whole, None, len(seats), frozenset())
    frozen = rebuild((), seats, k=draft.k, priority=draft.priority)
    given = [one async for one in _given(draft.campaign_id)]
    return Sealed(correct(frozen, given), None, len(given), frozenset())


async def _given(
    campaign_id: UUID, members: Collection[UUID] | None = None
) -> AsyncIterator[dict[str, object]]:
    """Contributions that still have their scores, of these members or of all; the scores on the grid they are sealed on."""
    sql = "select organisation_id, attributes, scores from contribution where campaign_id = $1 and scores is not null"
    tenths: dict[str | None, float | None] = {None: None}
    async for row in stream(sql, campaign_id):
        if members is None or row["organisation_id"] in members:
            scores: dict[str, str | None] = json.loads(row["scores"])
            tenths |= {text: settled(text) for text in {*scores.values()} - tenths.keys() if text is not None}
            points = {intern(name): tenths[text] for name, text in scores.items()}
            yield {"member": str(row["organisation_id"]), **json.loads(row["attributes"]), "scores": points}


async def keep_draft(sealed: Sealed, campaign: Campaign, asked_by: str | None) -> store.EditionDraft:
    """Write down that a campaign was sealed: the cells of its batches and the checks, no figure. Who sits where is with the
    caller: in the draft, or in the edition that is published at once."""
    edition = sealed.edition
    draft = await store.EditionDraft.create(
        network_id=campaign.network_id, campaign_id=campaign.id, k=edition.k, priority=list(edition.priority),
        hash=edition.fingerprint(), checks=check(edition, sealed.previous, sealed.given, sealed.present).plain(),
        sealed_at=now(), asked_by=UUID(asked_by) if asked_by else None, variables=list(edition.variables),
    )  # fmt: skip
    await keep_cells(campaign, edition.cells)
    return draft


def rules_of(network: Network, members: Sequence[Organisation]) -> dict[str, object]:
    """A network as `rules.publish` takes it. One careful member is enough for k = 8, contributing or not."""
    careful = any(is_sensitive(attributes_of(member)) for member in members)
    k = max(network.k, CAREFUL_K) if careful else network.k
    return {"k": k, "priority": list(DIMENSIONS), "members": len(members)}


async def previous_edition(campaign: Campaign) -> store.Edition | None:
    """The network's last edition of the same questionnaire."""
    found = store.Edition.filter(
        network_id=campaign.network_id, questionnaire=campaign.questionnaire, major=campaign.major
    )
    return await found.order_by("-published_on", "-id").first()


async def stored_edition(row: store.Edition) -> Edition:
    """A published edition as the rules know it, without anybody's scores."""
    rows, seats = await rows_of(row), await seats_of(row)
    return rebuild(as_rows(rows), as_seats(seats), k=row.k, priority=row.priority)


async def seated_edition(row: store.Edition) -> Edition:
    """Who sits in which batch of a published edition, without its figures: all that sealing asks of the one before."""
    return rebuild((), as_seats(await seats_of(row)), k=row.k, priority=row.priority)


async def sealed_before(campaign: Campaign, *, figures: bool = True) -> Edition | None:
    """What the campaign is sealed after: the last edition, with its `figures` or not, or a later draft that was looked at
    and never published."""
    draft = await store.last_unpublished_draft(campaign)
    if draft is not None:
        return rebuild((), as_seats(await store.draft_seats(draft)), k=draft.k, priority=draft.priority)
    last = await previous_edition(campaign)
    if last is None:
        return None
    return await (stored_edition if figures else seated_edition)(last)
