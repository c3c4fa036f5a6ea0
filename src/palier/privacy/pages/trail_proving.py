"""What third parties need to believe the trail: our public keys, and the proof that a chain is under a day's anchor."""

import json
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.permissions import PUBLIC, Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import saved_as
from palier.privacy.flows.trail_anchoring import proof_for
from palier.privacy.trail_signing import public_key


@get("/.well-known/palier-anchors.json", opt=PUBLIC)
async def keys(settings: NamedDependency[Settings]) -> dict[str, Any]:
    """The Ed25519 keys anchors are signed with, the one of today first."""
    return {"algorithm": "Ed25519", "public_keys": [public_key(secret) for secret in settings.secrets]}


@get("/o/{org:str}/trail/proof", opt=needs(Permission.MANAGE_ORGANISATION))
async def organisation_proof(actor: NamedDependency[Actor]) -> Response[bytes]:
    """The last anchor that holds the organisation's chain, and the way to its root."""
    return await _proof(actor, actor.organisation.slug)


@get("/n/{net:str}/trail/proof", opt=needs(Permission.MANAGE_NETWORK))
async def network_proof(network_actor: NamedDependency[NetworkActor]) -> Response[bytes]:
    """The last anchor that holds the network's chain, and the way to its root."""
    return await _proof(network_actor, network_actor.network_slug)


async def _proof(reader: Actor | NetworkActor, name: str) -> Response[bytes]:
    proof = await proof_for(reader)
    if proof is None:
        raise NotFoundException
    content = json.dumps(proof.plain(), indent=2).encode()
    headers = {
        "content-disposition": saved_as(f"{name}-{proof.anchor.day.isoformat()}-proof.json"),
        "cache-control": "private, no-store",
    }
    return Response(content, media_type="application/json", headers=headers)


PAGES = [keys, organisation_proof, network_proof]
