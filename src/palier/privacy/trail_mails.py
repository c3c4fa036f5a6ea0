"""What the operator is told of the audit trail."""

from palier.foundation import mail
from palier.privacy.rules.trail_anchors import Anchor


async def anchored(contact: str, anchor: Anchor) -> None:
    """The day's anchor, to be kept outside the database, in the caller's transaction."""
    await mail.write(contact, "privacy/mails/trail_anchored", anchor=anchor)


async def broken(contact: str, faults: list[str], many: int) -> None:
    """Chains do not hold: the first faults, and how many there are, in the caller's transaction."""
    await mail.write(contact, "privacy/mails/trail_broken", faults=faults, many=many)
