"""What somebody other than the reader holds: of whoever asks one to join, of a consultant who is given a mandate."""

from uuid import UUID

from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.rules.resolving import rights_from
from palier.entitlements.store import open_of
from palier.foundation.clock import now
from palier.foundation.rights import Rights


async def rights_of(kind: Kind, holder: UUID, offers: Offers) -> Rights:
    """The rights of a holder at this moment, where this installation sells. In a transaction or `reading`."""
    return rights_from(await open_of(kind, holder), kind, offers, now())
