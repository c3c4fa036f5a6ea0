"""The letters about money: to where invoices go and to those who decide, or to the staff of the installation."""

from dataclasses import dataclass

from palier.billing.notice_wording import PATHS, said
from palier.billing.rules.notices import Due
from palier.entitlements.rules.offers import Kind, Offers
from palier.foundation import mail
from palier.foundation.language import speaking


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody a letter goes to, in their language."""

    email: str
    locale: str
    time_zone: str = ""


@dataclass(frozen=True, slots=True)
class Whose:
    """The payer a letter is about: `path` is its billing page."""

    kind: Kind
    name: str
    path: str


async def write(reader: Reader, due: Due, whose: Whose, offers: Offers, site: str) -> None:
    """Put one letter in the outbox, in the caller's transaction."""
    with speaking(reader.locale, reader.time_zone):
        subject, lines, step = said(due, whose.name, whose.kind, offers)
        await mail.write(
            reader.email, "billing/mails/notice", subject=subject, lines=lines, step=step, payer=whose.name,
            address=due.address or f"{site}{whose.path}{PATHS.get(due.kind, '')}",
        )  # fmt: skip
