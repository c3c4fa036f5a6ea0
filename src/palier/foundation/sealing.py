"""Secrets of others that Palier must be able to read again, encrypted in the database (AES-256-GCM).

The key follows from PALIER_SECRET and a purpose (HKDF-SHA-256, RFC 5869): a text sealed for one purpose opens for no
other, and whoever has a copy of the database alone has nothing.
"""

import base64
import binascii
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_VERSION = "1."
_NONCE = 12


class Unsealable(Exception):
    """The text was sealed with another secret, for another purpose or row, or it was changed."""


def seal(secret: str, purpose: str, text: str, bound_to: str = "") -> str:
    """`text` encrypted under the installation's `secret`, as URL-safe text; another one each time.

    `bound_to` names the row it stands in: moved to another row it cannot be read.
    """
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(secret, purpose).encrypt(nonce, text.encode(), bound_to.encode())
    return _VERSION + base64.urlsafe_b64encode(nonce + sealed).decode()


def unseal(secret: str, purpose: str, sealed: str, bound_to: str = "") -> str:
    """What was sealed for this purpose and row. Raises Unsealable."""
    try:
        data = base64.urlsafe_b64decode(sealed.removeprefix(_VERSION))
        return _cipher(secret, purpose).decrypt(data[:_NONCE], data[_NONCE:], bound_to.encode()).decode()
    except (InvalidTag, binascii.Error, ValueError) as error:
        raise Unsealable from error


def _cipher(secret: str, purpose: str) -> AESGCM:
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"palier {purpose}".encode())
    return AESGCM(key.derive(secret.encode()))
