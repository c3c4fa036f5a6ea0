"""An erratum: an edition computed again over its own batches, from the members' frozen results. The worker does it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from uuid import UUID

from palier.assessments.store import Assessment, Campaign
from palier.benchmarks import store
from palier.benchmarks.flows.cells import cells_kept, forget_cells
from palier.benchmarks.flows.contributing import counts, major_of, scores_of
from palier.benchmarks.flows.editions import as_seats
from palier.benchmarks.flows.kept_text import text_kept
from palier.benchmarks.flows.publishing import write_erratum
from palier.benchmarks.flows.sealing import locked, stored_edition
from palier.benchmarks.flows.seats import batches_of, seats_with
from palier.benchmarks.rules.again import Corrected, Differs, Kept, corrected
from palier.benchmarks.rules.cells import Cells, cells_of_batches
from palier.benchmarks.rules.contributions import on_grid, read_contributions
from palier.benchmarks.rules.edition import correct
from palier.benchmarks.rules.erratum import taken
from palier.benchmarks.rules.sealing import Seat
from palier.foundation import audit
from palier.foundation.actor import NetworkActor, OnDuty
from palier.foundation.clock import today
from palier.foundation.database import acting_for, select, transaction
from palier.scoring.rules.record import from_plain


class CannotCorrect(Exception):
    """Not all that was sealed may be read again. Says why, for the audit trail; never who."""


UNLIKE = "the frozen results do not give the edition again"


@dataclass(frozen=True, slots=True)
class Corrections:
    """Where the corrections of an edition stand: counts alone."""

    filed: int
    """Members of its batches that filed one."""
    taken: int
    """Of these, those that an erratum may take."""


async def load_corrections(actor: NetworkActor, edition: store.Edition) -> Corrections:
    """How many corrections were filed for an edition and how many an erratum may take. Call inside `reading(actor)`."""
    corrections = {one.organisation_id for one in await store.corrections_of(edition)}
    seats = as_seats(await seats_with(edition, corrections))
    filed = {seat.member for seat in seats if UUID(seat.member) in corrections}
    return Corrections(len(filed), len(taken(seats, filed, edition.k)))


async def publish_erratum(
    edition_id: str, reason: str, asked_by: str | None = None, on: str | None = None
) -> None:
    """Publish the erratum of an edition, or write down why there is none.

    Once: an edition that has its erratum, or is one, is left alone. `on`: ISO date, today by default.
    """
    async with transaction(None):
        original = await store.Edition.get(id=UUID(edition_id))
        campaign, network = await locked(original.campaign_id)
        if original.corrects_id or await store.Edition.exists(corrects_id=original.id):
            return
        try:
            erratum, number = await _corrected(original, campaign)
        except CannotCorrect as refusal:
            await audit.record(
                OnDuty(network_id=network.id),
                "benchmarks.erratum_refused",
                f"edition {original.name}",
                why=str(refusal),
            )
            return
        day = date.fromisoformat(on) if on else today()
        row = await write_erratum(original, erratum, day, reason=reason, published_by=asked_by)
        await forget_cells(campaign.id)
        await audit.record(
            OnDuty(network_id=network.id), "benchmarks.corrected", f"edition {row.name}", hash=row.hash, replaces=original.hash,
            corrections=number, reason=reason, asked_by=asked_by, edition=row.id,
        )  # fmt: skip


async def _corrected(original: store.Edition, campaign: Campaign) -> tuple[Corrected, int]:
    """The edition with the corrections it may take, and how many. Raises CannotCorrect.

    From the cells of its batches and the text of its rows where they are all there, else from everybody's frozen results.
    """
    corrections = await store.corrections_of(original)
    near = as_seats(await seats_with(original, {one.organisation_id for one in corrections}))
    newer = await _newer(original, corrections, {seat.member for seat in near})
    accepted = {name: newer[name] for name in taken(near, newer, original.k)}
    if not accepted:
        raise CannotCorrect("no batch has enough corrections")
    if await _was_taken_back(original):
        raise CannotCorrect("a member of the batches has taken its consent back")
    kept = await _kept(original, campaign)
    if kept is not None and (again := await _from_kept(kept, near, campaign, accepted)):
        return again, len(accepted)
    frozen = await stored_edition(original)
    given = await _rounds(frozen.seats, campaign)
    if correct(frozen, _contributions(frozen.seats, given)).fingerprint() != original.hash:
        raise CannotCorrect(UNLIKE)
    whole = correct(frozen, _contributions(frozen.seats, given | accepted))
    changed = {key: rows for key, rows in whole.releases.items() if rows != frozen.releases[key]}
    return Corrected(changed, whole.fingerprint()), len(accepted)


async def _kept(original: store.Edition, campaign: Campaign) -> Kept | None:
    """What was kept of an edition for its erratum; None where any of it is gone or never was. Raises CannotCorrect."""
    draft = await store.EditionDraft.get_or_none(campaign_id=campaign.id)
    cells = await cells_kept(campaign.id, await batches_of(original))
    text = await text_kept(original.id) if cells else []
    if draft is None or not text:
        return None
    kept = Kept(original.k, original.priority, draft.variables, text, cells)
    if kept.fingerprint() != original.hash:
        raise CannotCorrect(UNLIKE)
    return kept


async def _from_kept(
    kept: Kept, near: Sequence[Seat], campaign: Campaign, accepted: Mapping[str, Assessment]
) -> Corrected | None:
    """The erratum from what was kept, reading the results of the corrected batches alone; None where a correction answers
    to other variables. The results as given must yield the cells kept, and these the published figures. Raises CannotCorrect."""
    batches = {seat.batch for seat in near if seat.member in accepted}
    seats = sorted(
        (seat for seat in near if seat.batch in batches), key=lambda seat: (seat.batch, seat.member)
    )
    given = await _rounds(seats, campaign)
    anew = {**given, **accepted}
    if any(_scores(anew[name]).keys() != _scores(given[name]).keys() for name in accepted):
        return None
    before, after = (_cells(kept, seats, rounds) for rounds in (given, anew))
    try:
        return corrected(kept, before, after)
    except Differs as differs:
        raise CannotCorrect(UNLIKE) from differs


def _cells(kept: Kept, seats: Sequence[Seat], rounds: Mapping[str, Assessment]) -> dict[int, Cells]:
    """The cells of the batches of `seats`, by number, from these rounds."""
    read = read_contributions(_contributions(seats, rounds))
    of_member = {one.member: one for one in read}
    tenths = on_grid([of_member[seat.member] for seat in seats], kept.variables)
    numbers = list(dict.fromkeys(seat.batch for seat in seats))
    return dict(zip(numbers, cells_of_batches(seats, tenths, kept.k), strict=True))


async def _rounds(seats: Iterable[Seat], campaign: Campaign) -> dict[str, Assessment]:
    """The frozen rounds behind these seats. Raises CannotCorrect."""
    members = [UUID(seat.member) for seat in seats]
    rounds = await store.rounds_given(campaign, members)
    return {str(member): await _round_of(member, rounds.get(member)) for member in members}


async def _newer(
    original: store.Edition, corrections: Iterable[store.Correction], seated: Collection[str]
) -> dict[str, Assessment]:
    """The round that corrects what a member gave, where it filed one that counts. Later corrections win."""
    found = {}
    for correction in corrections:
        member = str(correction.organisation_id)
        if member in seated and (
            one := await _counting(correction.organisation_id, correction.assessment_id, original)
        ):
            found[member] = one
    return found


async def _counting(organisation: UUID, assessment_id: UUID, original: store.Edition) -> Assessment | None:
    async with acting_for(OnDuty(organisation)):
        one = await Assessment.get_or_none(id=assessment_id, submitted_at__isnull=False)
    if one is None or (one.questionnaire, major_of(one)) != (original.questionnaire, original.major):
        return None
    return one if counts(from_plain(one.result)) else None


async def _was_taken_back(edition: store.Edition) -> bool:
    """Whether somebody in its batches has, by the last answer about the round given, in time or not, said no."""
    no = (
        "select assessment_id from consent c where campaign_id = $1 and not given and not exists (select from consent l "
        "where l.assessment_id = c.assessment_id and l.given and (l.said_at, l.id) > (c.said_at, c.id))"
    )
    refused = [row["assessment_id"] for row in await select(no, edition.campaign_id)]
    gave = (
        "select organisation_id from contribution where campaign_id = $1 and assessment_id = any($2::uuid[])"
    )
    members = (
        [row["organisation_id"] for row in await select(gave, edition.campaign_id, refused)]
        if refused
        else []
    )
    seated = "select from batch_member where edition_id = $1 and organisation_id = any($2::uuid[]) limit 1"
    return bool(members and await select(seated, edition.seated_in, members))


async def _round_of(organisation: UUID, assessment_id: UUID | None) -> Assessment:
    """The frozen round behind a seat, read for its organisation alone. Raises CannotCorrect."""
    async with acting_for(OnDuty(organisation)):
        one = await Assessment.get_or_none(id=assessment_id) if assessment_id else None
    if one is None:
        raise CannotCorrect("a frozen result is not there any more")
    return one


def _contributions(seats: Iterable[Seat], given: Mapping[str, Assessment]) -> list[dict[str, object]]:
    return [
        {"member": seat.member, "group": seat.group, **seat.attributes, "scores": _scores(given[seat.member])}
        for seat in seats
    ]


def _scores(one: Assessment) -> dict[str, Fraction | None]:
    plain = scores_of(from_plain(one.result))
    return {name: None if value is None else Fraction(value) for name, value in plain.items()}
