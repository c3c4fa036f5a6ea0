"""Signatures of anchors: Ed25519 (RFC 8032) under a key that follows from a secret of the settings.

The public key stands at /.well-known/palier-anchors.json. Whoever holds the database alone cannot sign.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from palier.foundation.later import Later
from palier.privacy.rules.trail_anchors import Anchor

if TYPE_CHECKING:
    from cryptography import exceptions
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ed25519
    from cryptography.hazmat.primitives.kdf import hkdf
else:
    exceptions, hashes = Later("cryptography.exceptions"), Later("cryptography.hazmat.primitives.hashes")
    ed25519 = Later("cryptography.hazmat.primitives.asymmetric.ed25519")
    hkdf = Later("cryptography.hazmat.primitives.kdf.hkdf")

_PURPOSE = b"palier audit anchors"


def public_key(secret: str) -> str:
    """The key others verify with, hexadecimal."""
    return _key(secret).public_key().public_bytes_raw().hex()


def signed(anchor: Anchor, secret: str) -> Anchor:
    """`anchor` with its hash, its signature and the key to verify it."""
    key = _key(secret)
    return replace(
        anchor,
        hash=anchor.digest(),
        public_key=key.public_key().public_bytes_raw().hex(),
        signature=key.sign(anchor.statement).hex(),
    )


def holds(anchor: Anchor) -> bool:
    """Whether the signature is that of the anchor's own key; whose key it is, is another question."""
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.public_key))
        key.verify(bytes.fromhex(anchor.signature), anchor.statement)
    except (exceptions.InvalidSignature, ValueError):
        return False
    return True


def _key(secret: str) -> "ed25519.Ed25519PrivateKey":
    seed = hkdf.HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return ed25519.Ed25519PrivateKey.from_private_bytes(seed)
