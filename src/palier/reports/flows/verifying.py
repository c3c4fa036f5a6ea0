"""Issuing a document under a code, and answering whoever asks about a code or a file.

The code is in the pages, so it is made before them; the row that knows the file is written with the file. Until then,
and for a document that was never made, the code is as unknown as any other.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading
from palier.foundation.identifiers import fingerprint
from palier.reports import store
from palier.reports.rules.kinds import Document
from palier.reports.rules.record import kind_of
from palier.reports.rules.seals import ALPHABET, LENGTH, Seal, typed_code

PAGE = "/verify"
"""Where the page open to everybody stands on the site."""


@dataclass(frozen=True, slots=True)
class Issue:
    """What anybody may know of a file that was issued: the house it comes from, what it is, when it was made, its hash.

    `superseded_on`: when its round was submitted again after a reopening. The document then is what it was, of a state
    that holds no longer.
    """

    issuer: str
    kind: str
    issued_at: datetime
    sha256: str
    superseded_on: datetime | None = None


def sealed(document: Document, site: str, signs_alone: str = "") -> Document:
    """`document` with a new code, to be checked at `site` (https://…; "" where that is not known).

    `signs_alone` is the name of a person who may sign without a house behind them: the public page leaves it out.
    """
    issuer = document.cover.issuer.name
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    seal = Seal(code, f"{site}{PAGE}" if site else "", "" if issuer == signs_alone else issuer)
    return replace(document, cover=replace(document.cover, seal=seal))


async def issue(
    document: Document, sha256: str, *, organisation: UUID | None = None, network: UUID | None = None,
    assessment: UUID | None = None,
) -> None:  # fmt: skip
    """Write down that a file of `document` with this hash has left the press, in the caller's transaction.

    Nothing for a document without a code. A copy with other bytes, a watermarked one, is issued under the same code.
    """
    seal = document.cover.seal
    if seal is None:
        return
    row = store.IssuedFile(
        organisation_id=organisation, network_id=network, assessment_id=assessment, fingerprint=fingerprint(seal.code), sha256=sha256,
        kind=kind_of(document), issuer=seal.issuer[:200], issued_at=now(),
    )  # fmt: skip
    await store.IssuedFile.bulk_create([row], ignore_conflicts=True)


async def ask_about_code(text: str) -> tuple[Issue, ...]:
    """The files issued under the code somebody typed, the first one first; empty for every code that is not one.

    A code that cannot be one is looked for all the same: an answer says nothing by the time it takes.
    """
    asked = fingerprint(typed_code(text))
    async with reading(LinkHolder(asked)):
        since = await store.superseded_since(asked)
        return tuple(_issue(row, since) for row in await store.issued_under(asked))


async def ask_about_file(data: bytes) -> Issue | None:
    """How the very file `data` was issued; None where none like it ever was."""
    sha256 = hashlib.sha256(data).hexdigest()
    async with reading(LinkHolder(sha256)):
        row = await store.issued_as(sha256)
        since = await store.superseded_since(sha256)
    return _issue(row, since) if row else None


def _issue(row: store.IssuedFile, since: datetime | None) -> Issue:
    return Issue(row.issuer, row.kind, row.issued_at, row.sha256, since)
