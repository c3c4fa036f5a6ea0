"""A network's own name, logo and colour."""

from typing import Any
from uuid import UUID

from palier.association.rules.look import faint_on
from palier.association.store import NetworkLook
from palier.foundation import audit, operations
from palier.foundation.actor import NetworkActor
from palier.foundation.database import transaction
from palier.network import logos


class Faint(Exception):
    """A colour too hard to see on the pages of a theme. `ratios`: its contrast there, by theme."""

    def __init__(self, ratios: dict[str, float]) -> None:
        super().__init__(ratios)
        self.ratios = ratios


def check_seen(accent: str) -> None:
    """Raises Faint for a colour that one of the themes hides; "" is fine."""
    if accent and (ratios := faint_on(accent)):
        raise Faint(ratios)


async def present(actor: NetworkActor, name: str, accent: str, op: UUID) -> None:
    """Set the name shown and the colour; "" for the network's own name, for no colour. Raises Faint, AlreadyDone."""
    check_seen(accent)
    await _keep(
        actor, op, "association.look_changed", {"name": name, "accent": accent}, name=name, accent=accent
    )


async def show_logo(actor: NetworkActor, data: bytes, op: UUID) -> None:
    """Keep `data` as the network's logo. Raises LogoRefused, AlreadyDone."""
    media_type, picture = await logos.cleaned(data)
    await _keep(actor, op, "association.logo_changed", {}, logo=picture, logo_media_type=media_type)


async def hide_logo(actor: NetworkActor, op: UUID) -> None:
    """Have no logo any more. Raises AlreadyDone."""
    await _keep(actor, op, "association.logo_removed", {}, logo=None, logo_media_type="")


async def _keep(actor: NetworkActor, op: UUID, verb: str, said: dict[str, str], **columns: Any) -> None:
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/n/{actor.network_slug}/look")
        row = await NetworkLook.get_or_none(id=actor.network_id)
        before = {name: getattr(row, name, "") for name in said}
        if not await NetworkLook.filter(id=actor.network_id).update(**columns):
            await NetworkLook.create(id=actor.network_id, **columns)
        await audit.record(actor, verb, f"network {actor.network_slug}", before=before, after=said)
