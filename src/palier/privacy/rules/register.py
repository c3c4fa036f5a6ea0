"""Every table of the database, in one list."""

from typing import Final

from palier.privacy.rules import rooms_around, rooms_of_billing, rooms_of_rounds, rooms_of_trust
from palier.privacy.rules.inventory import Held

INVENTORY: Final[tuple[Held, ...]] = (
    *rooms_of_rounds.TABLES, *rooms_around.TABLES, *rooms_of_trust.TABLES, *rooms_of_billing.TABLES,
)  # fmt: skip
