"""A person, or an organisation, asks to be erased; thinks again, or not; and is, on the day, by the worker."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from palier.accounts import store as accounts
from palier.billing.flows.closing import end_everything
from palier.billing.stripe import Stripe
from palier.entitlements.rules.offers import Kind
from palier.foundation import audit, files, jobs
from palier.foundation.actor import Actor, Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, select, transaction
from palier.foundation.identifiers import fingerprint, new_secret
from palier.network import store as network
from palier.privacy import mails, store
from palier.privacy.rules.erasing import (
    CLOSING,
    GRACE,
    pseudonym,
    steps_for_a_person,
    tables_of_an_organisation,
)
from palier.reports.flows.asking import line_up

DUE = "privacy.erase"
"""The job that carries out an erasure on its day."""


class LastOwner(Exception):
    """Organisations would be left without an owner: they are handed over, or closed, first."""

    def __init__(self, organisations: Sequence[dict[str, Any]]) -> None:
        super().__init__(len(organisations))
        self.organisations = organisations


async def ask_for_a_person(person: Person, site: str) -> store.Erasure:
    """Delete the account in seven days; a letter says so and holds the link that stops it. Raises LastOwner, store.AskedAlready."""
    async with transaction(person):
        if left := await store.only_owner_of(person.person_id):
            raise LastOwner(left)
        row, secret = await _wait(person.person_id, None, GRACE)
        await audit.record(
            person, "privacy.erasure_asked", f"person {person.person_id}", due=row.due_at.date()
        )
        await mails.person_going(person, row.due_at, f"{site}/erasure/{secret}")
    return row


async def ask_for_an_organisation(actor: Actor, site: str) -> store.Erasure:
    """Erase the organisation in thirty days; every owner gets the letter. Raises store.AskedAlready."""
    async with transaction(actor):
        row, secret = await _wait(actor.person_id, actor.organisation_id, CLOSING)
        await audit.record(
            actor,
            "privacy.closing_asked",
            f"organisation {actor.organisation.slug}",
            due=row.due_at.date(),
        )
        for owner in await owners_of(actor.organisation_id):
            await mails.organisation_going(actor, owner, row.due_at, f"{site}/erasure/{secret}")
    return row


async def _wait(person: UUID, organisation: UUID | None, grace: timedelta) -> tuple[store.Erasure, str]:
    secret = new_secret()
    row = await store.add_erasure(person, organisation, fingerprint(secret), now() + grace)
    await jobs.enqueue(DUE, at=row.due_at, erasure=row.id)
    return row, secret


async def owners_of(organisation: UUID) -> list[accounts.Person]:
    """The people who own an organisation, by name."""
    rows = await network.Membership.filter(organisation_id=organisation, role="owner").select_related(
        "person"
    )
    return sorted((row.person for row in rows), key=lambda one: one.name)


async def stop_own(person: Person) -> bool:
    """The person keeps their account; whether anything was waiting."""
    async with transaction(person):
        row = await store.open_erasure(person=person.person_id)
        return await _stop(row, person) if row else False


async def stop_closing(actor: Actor) -> bool:
    """The organisation stays; every owner learns it."""
    async with transaction(actor):
        row = await store.open_erasure(organisation=actor.organisation_id)
        if row is None or not await _stop(row, actor):
            return False
        for owner in await owners_of(actor.organisation_id):
            await mails.organisation_staying(actor, owner)
    return True


async def stop_by_link(secret: str) -> bool:
    """The letter's link stops what it is about, whoever holds it; whether anything was still waiting."""
    async with transaction(LinkHolder(fingerprint(secret))):
        row = await waiting_behind(secret)
        return await _stop(row, None) if row else False


async def waiting_behind(secret: str) -> store.Erasure | None:
    """What the link of a letter would stop. Call it for its holder."""
    return await store.Erasure.get_or_none(fingerprint=fingerprint(secret), stopped_at=None, done_at=None)


async def _stop(row: store.Erasure, tenant: Actor | Person | None) -> bool:
    stopped = await store.Erasure.filter(id=row.id, stopped_at=None, done_at=None).update(stopped_at=now())
    subject = f"organisation {row.organisation_id}" if row.organisation_id else f"person {row.person_id}"
    await audit.record(tenant, "privacy.erasure_stopped", subject, by="" if tenant else "link")
    return bool(stopped)


# --- the day ---------------------------------------------------------------------------------------------------------


async def carry_out(erasure: UUID, shelf: files.Shelf, till: Stripe | None = None) -> None:
    """Do what is due; stopped, done, or not due yet: nothing. May be called again after it was interrupted.

    A subscription that runs is cancelled at Stripe first: whoever is erased is charged no more. Raises StillRuns, TillAway.
    """
    async with reading(None):
        row = await store.Erasure.get_or_none(id=erasure, stopped_at=None, done_at=None, due_at__lte=now())
    if row is None:
        return
    if row.organisation_id:
        await end_everything(till, Kind.ORGANISATION, row.organisation_id)
        await erase_organisation(row, shelf)
    else:
        await erase_person(row, shelf, till)


async def erase_person(row: store.Erasure, shelf: files.Shelf, till: Stripe | None = None) -> None:
    """Everywhere at once or nowhere. Documents that printed the name are made anew without it, their old bytes removed.

    Somebody who became the last owner of an organisation meanwhile stays until that is settled: the next night tries again.
    """
    async with reading(None):
        person = await accounts.Person.get(id=row.person_id)
        if await store.only_owner_of(row.person_id):
            return
    await end_everything(till, Kind.PERSON, row.person_id)
    async with transaction(None):
        await select("select set_config('statement_timeout', '600s', true)")
        parcels = [one.key for one in await store.Parcel.filter(person_id=row.person_id)]
        await select("select forget_payer($1)", row.id)
        steps = steps_for_a_person(pseudonym(row.person_id, person.locale))
        (done,) = await select("select erase_person($1, $2::jsonb) as told", row.id, json.dumps(steps))
        keys = await _print_anew(json.loads(done["told"])["reports"])
        await audit.record(None, "privacy.person_erased", f"person {row.person_id}")
    await files.take_away(shelf, [*parcels, *keys])


async def _print_anew(reports: Sequence[str]) -> list[str]:
    """Take the files of these documents away and have them made again; the keys of the bytes that go."""
    keys = []
    for report in reports:
        rows = await select("select * from unprint($1)", UUID(report))
        keys += [row["key"] for row in rows if row["key"]]
        if rows and rows[0]["remake"]:
            await line_up(rows[0]["organisation"], UUID(report))
    return keys


async def erase_organisation(row: store.Erasure, shelf: files.Shelf) -> None:
    """Every row and file of the organisation. While a campaign it takes part in is sealed and unpublished, it waits."""
    organisation = row.organisation_id
    if organisation is None:
        raise ValueError("this erasure is a person's")
    async with reading(None):
        parcels = [one.key for one in await store.Parcel.filter(organisation_id=organisation)]
    async with transaction(None):
        await select("select set_config('statement_timeout', '600s', true)")
        await select("select forget_payer($1)", row.id)
        await select("select erase_organisation($1, $2)", row.id, tables_of_an_organisation())
    await files.forget(shelf, organisation)
    await files.take_away(shelf, parcels)
