"""Letters nobody has to get: each carries a link that ends its kind for one address, and brings it back."""

import base64
import hashlib
import hmac
from collections.abc import Collection

from palier.accounts.store import LetterChoice
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id


async def way_out(topic: str, email: str, secret: str) -> str:
    """The token of the link that ends letters on `topic` to `email`; "" where they are refused already.

    Call it in the transaction that writes the letter. The token is the same while the secret is: an old letter's link
    still works.
    """
    token = _token(topic, email, secret)
    row = LetterChoice(id=new_id(), topic=topic, email=email, fingerprint=fingerprint(token))
    await LetterChoice.bulk_create([row], ignore_conflicts=True)
    found = await LetterChoice.get(topic=topic, email=email)
    if found.fingerprint != row.fingerprint:  # the secret has changed
        await LetterChoice.filter(id=found.id).update(fingerprint=row.fingerprint)
    return "" if found.refused_at else token


def _token(topic: str, email: str, secret: str) -> str:
    digest = hmac.new(secret.encode(), f"letters:{topic}:{email}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


async def choice_behind(token: str) -> LetterChoice:
    """The address and topic a mailed link stands for. Raises DoesNotExist."""
    async with reading(LinkHolder(fingerprint(token))):
        return await LetterChoice.get(fingerprint=fingerprint(token))


async def choose(token: str, *, refuse: bool) -> None:
    """Refuse the letters behind a mailed link, or take them again. Raises DoesNotExist."""
    async with transaction(LinkHolder(fingerprint(token))):
        row = await LetterChoice.get(fingerprint=fingerprint(token))
        await LetterChoice.filter(id=row.id).update(refused_at=now() if refuse else None)


async def refused_by(person: Person, topics: Collection[str]) -> set[str]:
    """Those of the topics the person gets no letters on. Call inside `reading(person)`."""
    rows = LetterChoice.exclude(refused_at=None).filter(email=person.email, topic__in=list(topics))
    return {row.topic for row in await rows}


async def keep_only(person: Person, wanted: Collection[str], topics: Collection[str], secret: str) -> None:
    """Of `topics`, get letters on the `wanted` ones and no others."""
    async with transaction(person):
        for topic in topics:
            await way_out(topic, person.email, secret)  # the row, if no letter was ever written
            rows = LetterChoice.filter(email=person.email, topic=topic)
            if topic in wanted:
                await rows.update(refused_at=None)
            else:
                await rows.filter(refused_at=None).update(refused_at=now())
