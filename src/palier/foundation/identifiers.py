"""Identifiers: time-ordered ids for rows, secrets for links, readable slugs."""

import hashlib
import re
import secrets
import unicodedata
from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A UUIDv7: unique, and in order of creation."""
    return uuid7()


def new_secret() -> str:
    """256 random bits as URL-safe text, for links and session cookies."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is stored of a secret: its SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def slugify(text: str) -> str:
    """`text` as a path segment: "Transports du Val" becomes "transports-du-val"."""
    plain = unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60] or "x"


def searchable(text: str) -> str:
    """`text` without accents or case, for look-ups that must find "Région" from "region"."""
    return unicodedata.normalize("NFKD", text.casefold()).encode("ascii", "ignore").decode()
