"""Links mailed to people: single use, dated, known to us by their fingerprint only."""

from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from palier.accounts import store
from palier.foundation.clock import now
from palier.foundation.identifiers import fingerprint, new_id, new_secret


class Purpose(StrEnum):
    """What a link is for; it opens nothing else."""

    CONFIRM = "confirm"
    RESET = "reset"
    SIGN_IN = "sign in"


class LinkSpent(Exception):
    """The link was used, replaced by a newer one, is too old, or never existed."""


class WrongBrowser(Exception):
    """The link works in the browser that asked for it, which is another one."""


async def issue(person_id: UUID, purpose: Purpose, within: timedelta, asker: str = "") -> str:
    """A new link's secret, in the caller's transaction; earlier links for the same purpose stop working.

    `asker` is the fingerprint of the one browser it works in: then only links asked for there stop working, or
    somebody else who asks and asks would keep the owner's from ever working.
    """
    earlier = store.MailedLink.filter(person_id=person_id, purpose=purpose, asker=asker, used_at=None)
    await earlier.update(used_at=now())
    secret = new_secret()
    await store.MailedLink.create(
        id=new_id(), person_id=person_id, purpose=purpose, fingerprint=fingerprint(secret), created_at=now(),
        expires_at=now() + within, asker=asker,
    )  # fmt: skip
    return secret


async def holder(secret: str, purpose: Purpose, asker: str = "") -> store.Person:
    """Whose link this is, without using it. Raises LinkSpent, or WrongBrowser for one that was asked for in another."""
    row = await store.usable_link(fingerprint(secret), purpose)
    if row is None:
        raise LinkSpent
    if row.asker != asker:
        raise WrongBrowser
    return row.person


async def use(secret: str, purpose: Purpose, asker: str = "") -> store.Person:
    """Use the link up, in the caller's transaction. Of many at once exactly one succeeds; raises as `holder`."""
    person = await holder(secret, purpose, asker)
    spent = store.MailedLink.filter(fingerprint=fingerprint(secret), used_at=None).update(used_at=now())
    if await spent != 1:
        raise LinkSpent
    return person
