"""Signatures of anchors: Ed25519 (RFC 8032) under a key that follows from a secret of the settings.

The public key stands at /.well-known/palier-anchors.json. Whoever holds the database alone cannot sign.
"""

from dataclasses import replace

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from palier.privacy.rules.trail_anchors import Anchor

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
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(anchor.public_key))
        key.verify(bytes.fromhex(anchor.signature), anchor.statement)
    except (InvalidSignature, ValueError):
        return False
    return True


def _key(secret: str) -> Ed25519PrivateKey:
    seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(seed)
