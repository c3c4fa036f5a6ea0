"""Founding an organisation and describing it."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.foundation import actor as acting
from palier.foundation import audit, files, operations
from palier.foundation import store as shared
from palier.foundation.actor import Actor, Person
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.permissions import Role
from palier.network import logos, store
from palier.network.rules.colour import READABLE, contrast_with_white
from palier.network.rules.taxonomy import FAMILY_OF


class Unreadable(Exception):
    """A colour too pale to be read on white; `ratio` is its contrast."""

    def __init__(self, ratio: float) -> None:
        super().__init__(ratio)
        self.ratio = ratio


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the organisation is. `registration` is a SIREN where there is one."""

    name: str
    country: str
    legal_kind: str
    registration: str = ""


@dataclass(frozen=True, slots=True)
class Activity:
    """What it does and how large it is; the family follows from the sector."""

    sector: str
    size: str


async def found(person: Person, identity: Identity, operation: UUID) -> str:
    """Create an organisation with `person` as its owner; its slug. Its profile may be completed later.

    Raises AlreadyDone when this very form was carried out before.
    """
    wanted, number = slugify(identity.name), 1
    while True:
        slug = wanted if number == 1 else f"{wanted}-{number}"
        organisation = acting.Organisation(new_id(), slug, identity.name)
        if await _found(Actor(person, organisation, Role.OWNER), identity, operation):
            return slug
        number += 1  # the name is taken, perhaps by somebody this person may not know about


async def _found(actor: Actor, identity: Identity, operation: UUID) -> bool:
    async with transaction(actor):
        row = store.Organisation(id=actor.organisation_id, slug=actor.organisation.slug, **_columns(identity))
        if not await store.add_organisation(row):
            return False
        location = f"/welcome/organisation/{actor.organisation.slug}/sector"
        await operations.claim(operation, actor.person_id, location)
        await store.Membership.create(
            id=new_id(), organisation_id=row.id, person_id=actor.person_id, role=Role.OWNER
        )
        await audit.record(actor, "network.organisation_founded", f"organisation {row.slug}", name=row.name)
        return True


async def identify(actor: Actor, identity: Identity) -> None:
    """Change name, country, legal kind and registration. The address stays: people have it in their mails."""
    async with transaction(actor):
        await _change(actor, **_columns(identity))


async def describe(actor: Actor, activity: Activity) -> None:
    """Change sector and workforce."""
    async with transaction(actor):
        await _change(actor, **_columns(activity))


async def complete(actor: Actor, people_word: str, network: UUID | None, on: date) -> None:
    """End the description: the word for the people served, and a network to ask for membership, if any."""
    async with transaction(actor):
        await _change(actor, people_word=people_word)
        if network:
            await _ask(actor, network, on)


async def save_profile(actor: Actor, identity: Identity, activity: Activity, people_word: str) -> None:
    """Change everything the organisation is described with."""
    async with transaction(actor):
        await _change(actor, **_columns(identity), **_columns(activity), people_word=people_word)


def _columns(described: Identity | Activity) -> dict[str, str]:
    match described:
        case Identity(name, country, legal_kind, registration):
            return {"name": name, "country": country, "legal_kind": legal_kind, "registration": registration}
        case Activity(sector, size):
            return {"family": FAMILY_OF[sector], "sector": sector, "size": size}


async def colour(actor: Actor, accent: str) -> None:
    """Choose the colour of documents; "" for ours. Raises Unreadable."""
    check_readable(accent)
    async with transaction(actor):
        await _change(actor, accent=accent)


def check_readable(accent: str) -> None:
    """Raises Unreadable for a colour ("#1e4d92") that text on white cannot have; "" is fine."""
    if accent and (ratio := contrast_with_white(accent)) < READABLE:
        raise Unreadable(ratio)


async def _change(actor: Actor, **values: str) -> None:
    row = await store.organisation_of(actor, locked=True)
    before = {name: getattr(row, name) for name in values}
    await store.Organisation.filter(id=row.id).update(**values)
    await audit.record(
        actor, "network.profile_changed", f"organisation {row.slug}", before=before, after=values
    )


async def show_logo(actor: Actor, shelf: files.Shelf, data: bytes) -> None:
    """Keep `data` as the organisation's logo. Raises LogoRefused."""
    media_type, picture = await logos.cleaned(data)
    async with transaction(actor):
        name = f"logo.{media_type.rpartition('/')[2]}"
        file = await files.keep(shelf, actor, actor.organisation_id, name, media_type, picture)
        before = (await store.organisation_of(actor)).logo_file_id
        await store.Organisation.filter(id=actor.organisation_id).update(logo_file_id=file.id)
        await audit.record(
            actor, "network.logo_changed", f"file {file.id}", sha256=file.sha256, before=before, after=file.id
        )


async def hide_logo(actor: Actor) -> None:
    """Have no logo any more. Documents already made keep theirs."""
    async with transaction(actor):
        await store.Organisation.filter(id=actor.organisation_id).update(logo_file_id=None)
        await audit.record(actor, "network.logo_removed", f"organisation {actor.organisation.slug}")


async def logo(actor: Actor, shelf: files.Shelf) -> tuple[str, bytes] | None:
    """The logo's media type and bytes, if there is one. Raises FileGone."""
    async with reading(actor):
        row = await store.organisation_of(actor)
        file = await shared.StoredFile.get_or_none(id=row.logo_file_id) if row.logo_file_id else None
    return (file.media_type, await files.fetch(shelf, file)) if file else None


async def ask_to_join(actor: Actor, network: UUID, on: date) -> None:
    """Ask a network for membership: its staff verify it, and only then does the organisation count."""
    async with transaction(actor):
        await _ask(actor, network, on)


async def _ask(actor: Actor, network: UUID, on: date) -> None:
    row = await store.join(actor, network, on)
    await audit.record(actor, "network.membership_requested", f"network {row.network.slug}")
