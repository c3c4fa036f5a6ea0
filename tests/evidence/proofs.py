"""Evidence brought to two criteria of the flash."""

from datetime import date

from palier.assessments.flows import backing
from palier.evidence.flows.attaching import Brought
from palier.evidence.store import Evidence, EvidenceUse
from palier.foundation.actor import Actor
from palier.foundation.files import Shelf
from palier.foundation.identifiers import new_id
from palier.foundation.uploads import Received

CODE, OTHER = "FL1.1.1", "FL1.1.2"
ROOM = 10_000_000


def file(name: str = "bilan.txt", data: bytes = b"Tout est dit") -> Received:
    return Received(name, "text/plain", data)


async def bring(
    actor: Actor, shelf: Shelf, slug: str, title: str, *, code: str = CODE, until: date | None = None,
    data: bytes = b"Tout est dit", room: int = ROOM,
) -> EvidenceUse:  # fmt: skip
    brought = Brought(title, until, file=file(data=data))
    return await backing.bring(actor, shelf, slug, code, brought, new_id(), room)


async def link(actor: Actor, shelf: Shelf, slug: str, title: str, code: str = CODE) -> Evidence:
    brought = Brought(title, link="https://example.org/charte")
    return (await backing.bring(actor, shelf, slug, code, brought, new_id(), ROOM)).evidence  # type: ignore[no-any-return]
