"""Asking for the letters about money, in the transaction that changed something: the worker then writes what is due."""

from typing import Final
from uuid import UUID

from palier.billing.rules.notices import Notice
from palier.foundation import jobs

WRITE: Final = "billing.notice"
"""The job that writes what is due to one payer: only the worker may read whom to write to."""

TELL: Final = "billing.tell_staff"
"""The job that tells the installation's staff of money that went back."""


async def ask(account: UUID) -> None:
    """Have what is due to a payer written, soon."""
    await jobs.enqueue(WRITE, once=f"notice {account}", account=account)


async def ask_staff(account: UUID, kind: Notice, about: str, cents: int) -> None:
    """Have the staff told, once for each `about`."""
    await jobs.enqueue(TELL, account=account, kind=kind.value, about=about, cents=cents)
