"""The bulletin of an edition: asked for by the staff, drawn from published rows alone by the worker, read by members."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from palier.association.store import Bulletin as Kept
from palier.association.store import NetworkLook
from palier.benchmarks import store as benchmarks
from palier.benchmarks.flows.editions import as_rows, closed_to
from palier.benchmarks.flows.frozen import rows_of
from palier.benchmarks.rules.release import Row
from palier.benchmarks.wording import band_in_words, overall
from palier.foundation import audit, jobs, operations
from palier.foundation.actor import Actor, NetworkActor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.identifiers import new_id
from palier.foundation.language import current, speaking
from palier.network.rules.taxonomy import FAMILIES
from palier.network.store import Network
from palier.network.wording import label
from palier.questionnaires.flows.offering import asked_in
from palier.questionnaires.rules import Questionnaire
from palier.reports.flows.verifying import issue, sealed
from palier.reports.press import Press, PrintingFailed
from palier.reports.rules.accent import DEFAULT_ACCENT, darkened
from palier.reports.rules.bulletins import Bulletin, BulletinRow, FamilyRow
from palier.reports.rules.documents import Cover, Issuer, Logo, Quartiles
from palier.scoring.rules.result import TOTAL

MAKE = "association.bulletin"
QUEUED, DONE, FAILED = "queued", "done", "failed"


# --- asking and reading ------------------------------------------------------------------------------------------------


async def ask_bulletin(actor: NetworkActor, edition_id: UUID, locale: str, op: UUID) -> None:
    """Have the bulletin of an edition made in `locale`, once: asked for again, it stays the one there is.

    Raises DoesNotExist, AlreadyDone.
    """
    async with transaction(actor):
        edition = await benchmarks.Edition.get(id=edition_id, network_id=actor.network_id)
        here = f"/n/{actor.network_slug}/editions/{edition.id}/bulletin"
        await operations.claim(op, actor.person_id, here)
        row = await Kept.get_or_none(edition_id=edition.id, locale=locale)
        if row is not None and row.state != FAILED:
            return
        bulletin = row.id if row else new_id()
        if row:
            await Kept.filter(id=bulletin).update(state=QUEUED)
        else:
            await Kept.create(
                id=bulletin, network_id=actor.network_id, edition_id=edition.id, locale=locale, asked_at=now()
            )
        await audit.record(actor, "association.bulletin_asked", f"edition {edition.name}", locale=locale)
        await jobs.enqueue(MAKE, once=f"bulletin {bulletin}", bulletin=bulletin)


@dataclass(frozen=True, slots=True)
class Shelf:
    """The bulletins a reader may take away, newest edition first, and how many are kept from this very reader."""

    shown: Sequence[Kept]
    withheld: int = 0


async def bulletins_for(actor: Actor) -> Shelf:
    """Those of the networks of a verified member. Call inside `reading(actor)`.

    Whoever knows several members gets none whose families hold a batch they nearly fill: as on the benchmark page.
    """
    rows = Kept.filter(state=DONE).only("id", "locale", "state", "edition_id", "network_id")
    found = await rows.order_by("-made_at", "locale").prefetch_related("edition", "network")
    found.sort(key=lambda row: row.edition.published_on, reverse=True)
    known = {str(one) for one in (await benchmarks.viewpoint_of(actor))["known"]}
    shown = [row for row in found if not await _closed_to(known, row.edition)]
    return Shelf(shown, len(found) - len(shown))


async def may_take(actor: NetworkActor, edition: benchmarks.Edition) -> bool:
    """Whether this person of the staff, who may know members elsewhere, may be handed the figures."""
    return not await _closed_to(await benchmarks.known_to(actor), edition)


async def _closed_to(known: set[str], edition: benchmarks.Edition) -> bool:
    return bool(await closed_to(edition, known))


# --- making ------------------------------------------------------------------------------------------------------------


async def make_bulletin(bulletin: UUID, press: Press, site: str = "") -> None:
    """Draw it up and print it, unless that is done. It bears a code that is confirmed at `site`."""
    duty = OnDuty()
    async with transaction(duty):
        row = await Kept.get_or_none(id=bulletin, state=QUEUED).select_related("edition")
        if row is None:
            return
        with speaking(row.locale):
            document = sealed(await draw_up(row.edition), site)
    try:
        content, state = await press.render(document, row.locale), DONE
    except PrintingFailed:
        content, state = None, FAILED
    duty = OnDuty(network_id=row.network_id)
    async with transaction(duty):
        made = await Kept.filter(id=bulletin, state=QUEUED).update(
            document=content, state=state, made_at=now()
        )
        if made:
            subject = f"edition {row.edition.name}"
            await audit.record(duty, f"association.bulletin_{state}", subject, locale=row.locale)
        if made and content is not None:
            await issue(document, hashlib.sha256(content).hexdigest(), network=row.network_id)


async def draw_up(edition: benchmarks.Edition) -> Bulletin:
    """The bulletin of `edition` in the language spoken, from release rows and nothing else that members gave."""
    campaign = await benchmarks.campaign_of(edition.network_id, edition.campaign_id)
    asked = await asked_in(edition.questionnaire, edition.major, campaign.version)
    whole = await _whole(edition)
    before = await _before(edition)
    then = await _whole(before) if before else {}
    columns = _columns(asked)
    families = await _families(edition, [code for code, _name in columns])
    return Bulletin(
        cover=await _cover(edition, asked),
        size=_band(whole.get(TOTAL)),
        k=edition.k,
        rows=tuple(_rows(asked, whole, then)),
        columns=tuple(columns),
        families=tuple(one for _family, one in families),
        unseen=tuple(label("family", one) for one in FAMILIES if one not in {family for family, _one in families}),
        questionnaire=f"{edition.questionnaire} {edition.major}",
        licence=asked.licence if asked else "",
        fingerprint=edition.hash,
        before=before.name if before else "",
        before_on=before.published_on if before else None,
        correction=edition.reason,
    )  # fmt: skip


async def _whole(edition: benchmarks.Edition) -> Mapping[str, Row]:
    return {row.variable: row for row in as_rows(await rows_of(edition, [""]))}


async def _before(edition: benchmarks.Edition) -> benchmarks.Edition | None:
    """The edition before; where an erratum replaced it by then, the erratum."""
    if edition.previous_id is None:
        return None
    errata = benchmarks.Edition.filter(
        corrects_id=edition.previous_id, published_on__lte=edition.published_on
    )
    return await errata.first() or await benchmarks.Edition.get(id=edition.previous_id)


def _names(asked: Questionnaire | None, whole: Mapping[str, Row]) -> Iterator[tuple[str, str, bool]]:
    """Code, name and whether it heads others, in the order of the questionnaire; a lone element is its dimension."""
    yield TOTAL, overall(), True
    if asked is None:
        yield from ((code, "", False) for code in sorted(whole) if code != TOTAL)
        return
    for dimension in asked.dimensions:
        yield dimension.code, dimension.label.in_(current()), True
        if len(dimension.elements) > 1:
            yield from ((one.code, one.label.in_(current()), False) for one in dimension.elements)


def _columns(asked: Questionnaire | None) -> list[tuple[str, str]]:
    dimensions = asked.dimensions if asked else ()
    return [(TOTAL, overall()), *((one.code, one.label.in_(current())) for one in dimensions)]


def _rows(
    asked: Questionnaire | None, whole: Mapping[str, Row], then: Mapping[str, Row]
) -> Iterator[BulletinRow]:
    for code, name, heading in _names(asked, whole):
        box, past = _box(whole.get(code)), _box(then.get(code))
        moved = box.median - past.median if box and past else None
        yield BulletinRow(code, name, _band(whole.get(code)), box, moved, heading)


def _band(row: Row | None) -> str:
    return band_in_words(row.n_band) if row else ""


def _box(row: Row | None) -> Quartiles | None:
    if row is None or row.q1 is None or row.median is None or row.q3 is None:
        return None
    return Quartiles(row.q1, row.median, row.q3, row.p10, row.p90)


async def _families(edition: benchmarks.Edition, codes: Sequence[str]) -> list[tuple[str, FamilyRow]]:
    """Each published family of sectors with its row, in the order of their names."""
    found = as_rows(await rows_of(edition, [f"family={one}" for one in FAMILIES]))
    rows = {(row.cohort_key.removeprefix("family="), row.variable): row for row in found}
    shown = [one for one in FAMILIES if any(_box(rows.get((one, code))) for code in codes)]
    return [
        (one, FamilyRow(label("family", one), _band(rows.get((one, codes[0]))), _medians(rows, one, codes)))
        for one in sorted(shown, key=lambda one: label("family", one))
    ]


def _medians(
    rows: Mapping[tuple[str, str], Row], family: str, codes: Sequence[str]
) -> tuple[int | None, ...]:
    boxes = (_box(rows.get((family, code))) for code in codes)
    return tuple(box.median if box else None for box in boxes)


async def _cover(edition: benchmarks.Edition, asked: Questionnaire | None) -> Cover:
    network = await Network.get(id=edition.network_id)
    look = await NetworkLook.get_or_none(id=network.id)
    name = (look.name if look else "") or network.name
    logo = Logo(bytes(look.logo), look.logo_media_type) if look and look.logo else None
    issuer = Issuer(name, logo=logo, accent=darkened((look.accent if look else "") or DEFAULT_ACCENT))
    title = asked.title.in_(current()) if asked else edition.questionnaire
    noon = datetime.combine(edition.published_on, time(12), UTC)
    return Cover(name, title, edition.name, noon, issuer)
