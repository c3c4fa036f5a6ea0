"""What an archive says of itself: its manifest, the sum of every member, and whose secret vouches for both."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

FORMAT = 1
MANIFEST, SIGNATURE, SUMS, SECRET = "manifest.json", "manifest.hmac", "SHA256SUMS", "secret.json"
DATABASE, FILES, ANCHORS = "database/", "files/", "anchors/"
"""Members, in the order database, files, anchors, secret, sums, manifest, signature."""

_PURPOSE = b"palier backup manifest 1"
_STEP = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")


class BadManifest(ValueError):
    """The manifest is none, or one of a format that this version does not read."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was copied, and when. `tables` are rows by table, `postgres` and `dumped_by` are the major
    versions of the server and of pg_dump.

    `database_bytes` is the room the database took, `file_bytes` that of the files. `absent` names files that a row
    speaks of and that were missing or altered when the copy was made.
    """

    made_at: datetime
    version: str
    schema: Sequence[str]
    postgres: int
    dumped_by: int
    owner: str
    database_bytes: int
    tables: Mapping[str, int]
    files: int = 0
    file_bytes: int = 0
    absent: Sequence[str] = ()
    secret: bool = False
    members: int = 0
    sums: str = ""

    @property
    def newest(self) -> str:
        """The last migration the database had seen."""
        return max(self.schema, default="")


def told(manifest: Manifest) -> bytes:
    """The manifest as JSON that people read too."""
    plain = {"product": "palier", "format": FORMAT, **asdict(manifest)}
    plain["made_at"] = manifest.made_at.astimezone(UTC).isoformat()
    return json.dumps(plain, ensure_ascii=False, indent=1, sort_keys=True).encode()


def manifest_from(data: bytes) -> Manifest:
    """The manifest that `told` wrote. Raises BadManifest."""
    try:
        plain: dict[str, Any] = json.loads(data)
        if plain.pop("product") != "palier" or plain.pop("format") != FORMAT:
            raise BadManifest("it is in a format that this version of Palier does not read")
        found = Manifest(**plain)
        return replace(
            found,
            made_at=datetime.fromisoformat(plain["made_at"]),
            schema=tuple(found.schema),
            absent=tuple(found.absent),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadManifest(str(error) or "it is no manifest of Palier") from error


def sum_line(name: str, digest: str) -> str:
    """A line as `sha256sum --check` reads it; `digest` is a SHA-256 in hexadecimal."""
    return f"{digest}  {name}\n"


def signature(secret: str, manifest: bytes) -> str:
    """What only who knows `secret` can write about this manifest: an HMAC-SHA256 in hexadecimal."""
    key = hmac.digest(secret.encode(), _PURPOSE, "sha256")
    return hmac.new(key, manifest, hashlib.sha256).hexdigest()


def is_signed(secrets: Iterable[str], manifest: bytes, given: str) -> bool:
    """Whether one of `secrets` made `given` for this manifest."""
    return any(hmac.compare_digest(signature(one, manifest), given) for one in secrets)


def key_of(name: str) -> str:
    """The file store's key in a member's name. Raises ValueError for one that would leave the store."""
    key = name.removeprefix(FILES)
    if not all(_STEP.fullmatch(step) for step in key.split("/")):
        raise ValueError(f"{name!r} is no name of a file of Palier")
    return key


def differences(wanted: Mapping[str, int], found: Mapping[str, int]) -> list[str]:
    """Tables whose rows are not as many as they should be, in words for operators."""
    return [
        f"{table}: {wanted.get(table, 0)} rows were copied, {found.get(table, 0)} are here"
        for table in sorted({*wanted, *found})
        if wanted.get(table, 0) != found.get(table, 0)
    ]
