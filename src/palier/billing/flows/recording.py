"""What the platform's staff did for a payer, written twice: on the platform's chain, and in the payer's own trail."""

from typing import Any

from palier.billing.store import BillingAccount
from palier.foundation import audit
from palier.foundation.actor import Actor, NetworkActor, Organisation, StaffActor
from palier.foundation.permissions import Role


async def record_for(
    staff: StaffActor, account: BillingAccount | None, verb: str, subject: str, **details: Any
) -> None:
    """Append one entry to each chain, within the change's transaction. A consultant's acts stand on the platform's alone."""
    await audit.record(staff, verb, subject, **details)
    if account is not None and account.organisation_id is not None:
        house = Organisation(account.organisation_id, "", account.legal_name)
        await audit.record(Actor(staff.person, house, Role.VISITOR), verb, subject, **details)
    if account is not None and account.network_id is not None:
        theirs = NetworkActor(staff.person, account.network_id, "", account.legal_name)
        await audit.record(theirs, verb, subject, **details)
