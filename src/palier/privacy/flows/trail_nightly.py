"""What happens to the audit trail at night: every chain is walked, and the heads of all are anchored."""

import logging

from palier.foundation.database import transaction
from palier.foundation.settings import Settings
from palier.privacy import trail_mails as mails
from palier.privacy.flows import trail_anchoring as anchoring
from palier.privacy.flows.trail_verifying import MOST_KEPT, verify, write_down

log = logging.getLogger(__name__)


async def look_at_all(settings: Settings) -> None:
    """Verify every chain beside the anchors of the table and of the data directory; mail the operator what is wrong."""
    folder = settings.data_directory / anchoring.FOLDER
    read = [await anchoring.stored(), anchoring.kept([folder]) if folder.is_dir() else []]
    verdict = await verify([anchoring.ledger_of(one, settings.secrets) for one in read])
    await write_down(verdict)
    if not verdict.faults:
        return
    log.error("the audit trail does not hold: %s faults", len(verdict.faults))
    told = [verdict.told(fault) for fault in verdict.faults[:MOST_KEPT]]
    async with transaction(None):
        await mails.broken(settings.contact, told, len(verdict.faults))


async def anchor_all(settings: Settings) -> None:
    """Anchor today's heads once, and write every anchor that is not there yet beside the database."""
    await anchoring.anchor_today(settings.secret, settings.contact)
    anchoring.write_beside(await anchoring.stored(), settings.data_directory / anchoring.FOLDER)
