"""Secrets that must be read again (the seed of a code app, a provider's client secret): sealed at rest with AES-256-GCM.

The key follows from a secret of the settings and a purpose (HKDF-SHA-256, RFC 5869): a text sealed for one purpose opens
for no other, and whoever has a copy of the database alone has nothing. The first of the settings' secrets seals; all of
them open, so that a secret can be replaced (docs/operations.md).
"""

import binascii
import secrets as chance
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from palier.foundation.later import Later

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers import aead
    from cryptography.hazmat.primitives.kdf import hkdf
else:
    exceptions, hashes = Later("cryptography.exceptions"), Later("cryptography.hazmat.primitives.hashes")
    aead = Later("cryptography.hazmat.primitives.ciphers.aead")
    hkdf = Later("cryptography.hazmat.primitives.kdf.hkdf")

_VERSION = "1."
_NONCE = 12


class Unsealable(ValueError):
    """Sealed with a secret that the settings no longer name, for another purpose or row, or not by us at all."""


def sealed(text: str, purpose: str, secrets: Sequence[str], bound_to: str = "") -> str:
    """`text` as it may be stored, another one each time. `purpose` names what it is: no other opens it.

    `bound_to` names the row it stands in: moved to another row it cannot be read.
    """
    nonce = chance.token_bytes(_NONCE)
    closed = _cipher(secrets[0], purpose).encrypt(nonce, text.encode(), bound_to.encode())
    return _VERSION + urlsafe_b64encode(nonce + closed).decode()


def unsealed(stored: str, purpose: str, secrets: Sequence[str], bound_to: str = "") -> str:
    """What `sealed` was given. Raises Unsealable."""
    try:
        data = urlsafe_b64decode(stored.removeprefix(_VERSION))
    except (binascii.Error, ValueError) as error:
        raise Unsealable(purpose) from error
    for secret in secrets:
        try:
            return _cipher(secret, purpose).decrypt(data[:_NONCE], data[_NONCE:], bound_to.encode()).decode()
        except (exceptions.InvalidTag, ValueError):
            continue
    raise Unsealable(purpose)


@cache
def _cipher(secret: str, purpose: str) -> "aead.AESGCM":
    key = hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"palier {purpose}".encode())
    return aead.AESGCM(key.derive(secret.encode()))
