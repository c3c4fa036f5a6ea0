"""Filling a parcel: what is held about a person, or everything of an organisation. Done by the worker, as often as needed."""

import asyncio
import json
import logging
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from palier.accounts import store as accounts
from palier.foundation import files, templates
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.clock import now
from palier.foundation.database import reading, select, transaction
from palier.foundation.language import speaking
from palier.foundation.permissions import Role
from palier.network import store as network
from palier.privacy import mails, store
from palier.privacy.flows.houses import pack_house
from palier.privacy.packing import Box, TooBig, measured
from palier.privacy.rules.letters import without_codes
from palier.privacy.rules.taking import steps_for_a_parcel

log = logging.getLogger(__name__)

Tell = Callable[[int], Awaitable[None]]


async def pack(parcel: UUID, shelf: files.Shelf, site: str) -> None:
    """Make the file of a parcel that was asked for, and write to who asked. A parcel made already is left alone."""
    async with transaction(None):
        row = (
            await store.Parcel.filter(id=parcel, state__in=["queued", "running"]).select_for_update().first()
        )
        if row is None:
            return None
        await store.Parcel.filter(id=parcel).update(state=store.ParcelState.RUNNING)
    async with reading(None):
        person = await accounts.Person.get(id=row.person_id)
    actor = await _owner(row, person) if row.organisation_id else None
    if row.organisation_id and actor is None:
        return await _give_up(parcel, "not owner")
    with tempfile.TemporaryDirectory(prefix="palier-parcel-") as folder:
        path = Path(folder) / "parcel.zip"
        try:
            with speaking(row.locale, person.time_zone):
                await (_pack_house(actor, path, shelf, parcel) if actor else _pack_person(row, person, path))
            await files.lay_down(shelf, row.key, path)
        except TooBig:
            return await _give_up(parcel, "too big")
        except (files.ShelfAway, files.FileGone):
            log.exception("a parcel could not be packed")
            return await _give_up(parcel, "files")
        size, digest = await asyncio.to_thread(measured, path)
    return await _finish(row, person, actor, size, digest, site)


async def _owner(row: store.Parcel, person: accounts.Person) -> Actor | None:
    """Who asked, acting for the organisation they still own; nobody otherwise."""
    organisation = row.organisation_id
    who = Person(person.id, person.name, person.email, person.locale, time_zone=person.time_zone)
    async with reading(None):
        house = await network.Organisation.get_or_none(id=organisation)
        owns = await network.Membership.filter(
            organisation_id=organisation, person_id=person.id, role=Role.OWNER
        )
    if house is None or not owns:
        return None
    return Actor(who, Organisation(house.id, house.slug, house.name), Role.OWNER)


async def _pack_house(actor: Actor, path: Path, shelf: files.Shelf, parcel: UUID) -> None:
    async def tell(done: int) -> None:
        async with transaction(None):
            await store.Parcel.filter(id=parcel).update(done=done)

    await pack_house(actor, path, shelf, tell)


async def _pack_person(row: store.Parcel, person: accounts.Person, path: Path) -> None:
    async with reading(None):
        rows = await select(
            "select * from held_about($1, $2::jsonb)", row.id, json.dumps(steps_for_a_parcel())
        )
    tables: dict[str, list[dict[str, Any]]] = {}
    for one in rows:
        found = one["found"] if isinstance(one["found"], dict) else json.loads(one["found"])
        tables.setdefault(one["held_in"], []).append(found)
    for letter in tables.get("mail", []):
        letter["text"] = without_codes(str(letter.get("text", "")))
        letter.pop("html", None)
    box = Box(path)
    for table in sorted(tables):
        box.put_table("data", table, tables[table])
    page = templates.render(
        "privacy/parcel_person.html",
        person=person,
        made=now(),
        tables=sorted(tables.items()),
        packed=box.packed,
    )
    box.close({"format": "palier.person/1", "person": str(person.id), "made_at": now()}, page)


async def _finish(
    row: store.Parcel, person: accounts.Person, actor: Actor | None, size: int, digest: str, site: str
) -> None:
    made = now()
    until = made + store.KEPT_FOR
    where = f"/o/{actor.organisation.slug}/settings/data" if actor else "/account/data"
    async with transaction(None):
        await store.Parcel.filter(id=row.id).update(
            state=store.ParcelState.DONE, done=100, made_at=made, expires_at=until, size=size,
            sha256=digest,
        )  # fmt: skip
        name = actor.organisation.name if actor else ""
        await mails.parcel_ready(person, name, f"{site}{where}", until)


async def _give_up(parcel: UUID, why: str) -> None:
    async with transaction(None):
        await store.Parcel.filter(id=parcel).update(state=store.ParcelState.FAILED, failure=why)


async def clear(shelf: files.Shelf) -> int:
    """Remove parcels whose days are over, bytes and rows; how many there were."""
    async with reading(None):
        old = await store.Parcel.filter(asked_at__lt=now() - 2 * store.KEPT_FOR)
        old += await store.Parcel.filter(expires_at__lt=now())
    rows = {one.id: one for one in old}
    await files.take_away(shelf, [one.key for one in rows.values()])
    async with transaction(None):
        await store.Parcel.filter(id__in=list(rows)).delete()
    return len(rows)
