"""The letters about handing a client over, each in its reader's language."""

from palier.accounts.flows import acquaintance
from palier.foundation import mail
from palier.foundation.actor import Actor
from palier.foundation.language import current, speaking
from palier.network.mandates import HandOver


async def proposed(actor: Actor, row: HandOver, email: str, locale: str, site: str) -> None:
    """An owner learns that their consultant proposes another."""
    with speaking(locale):
        await mail.write(
            email, "portfolio/mails/hand_over_proposed", consultant=actor.person.name, receiver=row.email, note=row.note,
            organisation=actor.organisation.name, address=f"{site}/o/{actor.organisation.slug}/people/hand-overs/{row.id}",
        )  # fmt: skip


async def decided(actor: Actor, row: HandOver, *, accepted: bool) -> None:
    """The consultant learns what the client answered."""
    email = row.mandate.consultant.email
    with speaking(await acquaintance.language_of(email) or current()):
        await mail.write(
            email, "portfolio/mails/hand_over_accepted" if accepted else "portfolio/mails/hand_over_refused",
            organisation=actor.organisation.name, receiver=row.email,
        )  # fmt: skip
