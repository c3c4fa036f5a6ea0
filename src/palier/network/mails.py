"""The letters about belonging to an organisation, each in its reader's language where we know it."""

from palier.accounts.flows import acquaintance
from palier.foundation import mail
from palier.foundation.actor import Actor
from palier.foundation.language import current, day, speaking
from palier.network import store, wording


async def invite(actor: Actor, invitation: store.Invitation, secret: str, site: str) -> None:
    """The link with which a colleague joins, in the caller's transaction."""
    with speaking(await acquaintance.language_of(invitation.email) or current()):
        await mail.write(
            invitation.email, "network/mails/invitation", inviter=actor.person.name,
            organisation=actor.organisation.name, role=wording.roles()[invitation.role],
            address=f"{site}/invite/{secret}", until=day(invitation.expires_at),
        )  # fmt: skip


async def mandate_granted(actor: Actor, email: str, mandate: store.Mandate, site: str) -> None:
    """The consultant learns for whom they may act, and until when."""
    with speaking(await acquaintance.language_of(email) or current()):
        await mail.write(
            email, "network/mails/mandate_granted", grantor=actor.person.name,
            organisation=actor.organisation.name, until=day(mandate.ends_on), portfolio=f"{site}/portfolio",
            sign_up=f"{site}/signup", email=email,
        )  # fmt: skip


async def mandate_revoked(actor: Actor, email: str) -> None:
    """The consultant learns that the mandate ended."""
    with speaking(await acquaintance.language_of(email) or current()):
        await mail.write(email, "network/mails/mandate_revoked", organisation=actor.organisation.name)
