"""Proofs under way: kept by us, named by the secret of a cookie that lives ten minutes. No session comes of one alone."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from palier.accounts.rules import CHALLENGE_WITHIN, STEP_WITHIN, Method
from palier.accounts.store import PendingProof
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret


class Purpose(StrEnum):
    """What a proof under way is for; it serves nothing else."""

    SECOND_FACTOR = "second factor"
    SIGN_IN = "sign in"
    """A passkey that will say whose it is."""
    REGISTER = "register"
    CONFIRM = "confirm"


class StepOver(Exception):
    """The cookie leads nowhere: too late, used already, or never ours."""


@dataclass(frozen=True, slots=True)
class HalfWay:
    """Somebody whose password or mailed link was right, and who owes a second factor."""

    person_id: UUID
    method: Method


async def begin(
    purpose: Purpose, person_id: UUID | None = None, method: str = "", challenge: bytes | None = None
) -> str:
    """A proof under way, in a transaction of its own; the secret for its cookie."""
    secret = new_secret()
    within = STEP_WITHIN if challenge is None else CHALLENGE_WITHIN
    async with transaction(LinkHolder(fingerprint(secret))):
        await PendingProof.create(
            id=new_id(), fingerprint=fingerprint(secret), purpose=purpose, person_id=person_id, method=method,
            challenge=challenge, expires_at=now() + within,
        )  # fmt: skip
    return secret


async def half_way(secret: str | None) -> HalfWay:
    """Who is half-way, without using it up. Raises StepOver."""
    async with reading(LinkHolder(fingerprint(secret or ""))):
        row = await _living(secret, Purpose.SECOND_FACTOR)
    return HalfWay(row.person_id, Method(row.method))


async def challenge_of(secret: str | None, purpose: Purpose) -> tuple[bytes, UUID | None]:
    """The challenge and whose it is; used up whatever the answer to it turns out to be. Raises StepOver."""
    async with transaction(LinkHolder(fingerprint(secret or ""))):
        row = await _living(secret, purpose)
        if row.challenge is None or await PendingProof.filter(id=row.id).delete() != 1:
            raise StepOver
    return bytes(row.challenge), row.person_id


async def _living(secret: str | None, purpose: Purpose) -> PendingProof:
    known = PendingProof.filter(fingerprint=fingerprint(secret or ""), purpose=purpose, expires_at__gt=now())
    row = await known.first()
    if row is None:
        raise StepOver
    return row
