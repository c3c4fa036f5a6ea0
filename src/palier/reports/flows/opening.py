"""What happens behind a link: whoever holds its code takes one document away, and reaches nothing else.

Every query runs as the holder of that code, for whom row-level security leaves one document and one file.
"""

from dataclasses import dataclass
from datetime import datetime

from palier.accounts import passwords, throttle
from palier.accounts.rules import WINDOW, origin
from palier.foundation import audit, files
from palier.foundation import store as shared
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id
from palier.reports import store
from palier.reports.rules.sharing import MOST_OPENINGS
from palier.reports.store import LinkOpening, SharedLink


class NoSuchLink(Exception):
    """Nothing works at this address: it never did, or its time is over, or it was revoked. Nobody is told which."""


class WrongPassword(Exception):
    """The link works and asks for another password."""


class NotReady(Exception):
    """The link works and its file is still being made, or was lost."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands behind a link. Where a password guards it, `title`, `organisation` and `giver` are empty."""

    until: datetime
    guarded: bool
    ready: bool
    title: str = ""
    locale: str = ""
    organisation: str = ""
    giver: str = ""
    format: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Handed:
    """The file that is given."""

    name: str
    media_type: str
    content: bytes


async def look(code: str) -> Offer:
    """What the link with this code offers; nothing is counted. Raises NoSuchLink."""
    key = fingerprint(code)
    async with reading(LinkHolder(key)):
        link, file = await _behind(key)
        if link.password_hash:
            return Offer(link.expires_at, guarded=True, ready=file is not None)
        report = await store.report_behind(link)
    return Offer(
        link.expires_at, guarded=False, ready=file is not None, title=report.title, locale=report.locale,
        organisation=link.organisation_name, giver=link.created_name, size=file.size if file else 0,
        format=file.name.rpartition(".")[2].upper() if file else "",
    )  # fmt: skip


async def take_away(code: str, password: str, address: str, shelf: files.Shelf) -> Handed:
    """The document behind the link, its opening written down first. `address` is the visitor's, for counting tries only.

    Raises TooManyAttempts, NoSuchLink, WrongPassword or NotReady. Three transactions: the try is counted before the
    password is checked, and stays counted unless the document is given.
    """
    key = fingerprint(code)
    turns = await throttle.take_turn(f"shared link {key}", f"shared link from {origin(address)}")
    async with reading(LinkHolder(key)):
        link, file = await _behind(key)
    if link.password_hash and not await passwords.matches(link.password_hash, password):
        raise WrongPassword
    if file is None:
        raise NotReady
    try:
        content = await files.fetch(shelf, file)
    except files.FileGone as gone:
        raise NotReady from gone
    async with transaction(LinkHolder(key)):
        await _write_down(key)
        await throttle.give_back(turns)
    return Handed(file.name, file.media_type, content)


async def _behind(key: str) -> tuple[SharedLink, shared.StoredFile | None]:
    link = await store.working_link(key, now())
    if link is None:
        raise NoSuchLink
    return link, await store.file_given(link, await store.report_behind(link))


async def _write_down(key: str) -> None:
    """When, and by which link. Looked up again: it may have been revoked while the password was checked."""
    link, _file = await _behind(key)
    if await store.openings_since(link, now() - WINDOW) >= MOST_OPENINGS:
        raise throttle.TooManyAttempts
    await LinkOpening.create(id=new_id(), link_id=link.id, organisation_id=link.organisation_id, at=now())
    await audit.record(
        OnDuty(link.organisation_id), "reports.opened_by_link", f"report {link.report_id}", link=link.id
    )
