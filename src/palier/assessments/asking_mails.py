"""The letter that asks a colleague about one criterion, in their language where we know it."""

from palier.accounts.flows import acquaintance
from palier.foundation import mail
from palier.foundation.language import current, day, speaking
from palier.questionnaires.rules import Criterion
from palier.respondents.store import AskedLink


async def ask(email: str, link: AskedLink, criterion: Criterion, address: str) -> None:
    """The address that opens the criterion, in the caller's transaction."""
    with speaking(await acquaintance.language_of(email) or current()):
        until = min(link.expires_at, link.closes_at or link.expires_at)
        await mail.write(
            email, "assessments/mails/asked", asker=link.asked_name, organisation=link.organisation_name,
            round=link.round_name, code=criterion.code, label=criterion.label.in_(current()), note=link.note,
            address=f"{address}?language={current()}", until=day(until),
        )  # fmt: skip
