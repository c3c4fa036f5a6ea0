"""The letters that ask an organisation to join something, in their reader's language where we know it."""

from palier.accounts.flows import acquaintance
from palier.affiliations.rules.belonging import Purpose
from palier.affiliations.store import AffiliationLetter
from palier.foundation import mail
from palier.foundation.actor import Actor
from palier.foundation.language import current, day, speaking


async def ask(actor: Actor, letter: AffiliationLetter, secret: str, site: str) -> None:
    """The link by which an owner elsewhere reads what is asked, in the caller's transaction."""
    template = "affiliations/mails/unit" if letter.purpose is Purpose.UNIT else "affiliations/mails/territory"
    with speaking(await acquaintance.language_of(letter.email) or current()):
        await mail.write(
            letter.email, template, asker=actor.person.name, organisation=actor.organisation.name,
            territory=letter.territory_name, address=f"{site}/belong/{secret}", until=day(letter.expires_at),
        )  # fmt: skip
