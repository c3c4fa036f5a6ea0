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


async def mandate_changed(actor: Actor, email: str, mandate: store.Mandate, site: str) -> None:
    """The consultant learns that the mandate has another last day."""
    with speaking(await acquaintance.language_of(email) or current()):
        await mail.write(
            email, "network/mails/mandate_changed", organisation=actor.organisation.name, until=day(mandate.ends_on),
            portfolio=f"{site}/portfolio",
        )  # fmt: skip


async def mandate_given_back(actor: Actor, email: str, locale: str) -> None:
    """An owner learns that the consultant ended the mandate."""
    with speaking(locale):
        await mail.write(
            email, "network/mails/mandate_given_back", consultant=actor.person.name,
            organisation=actor.organisation.name,
        )  # fmt: skip


async def mandate_ending(
    organisation: store.Organisation,
    mandate: store.Mandate,
    email: str,
    locale: str,
    address: str,
    *,
    owner: bool,
) -> None:
    """One side, the client's owner or the consultant, is reminded of a mandate's last day."""
    with speaking(locale):
        await mail.write(
            email, "network/mails/mandate_ending_owner" if owner else "network/mails/mandate_ending",
            organisation=organisation.name, consultant=mandate.consultant.name, until=day(mandate.ends_on), address=address,
        )  # fmt: skip


async def mandate_revoked(actor: Actor, email: str) -> None:
    """The consultant learns that the mandate ended."""
    with speaking(await acquaintance.language_of(email) or current()):
        await mail.write(email, "network/mails/mandate_revoked", organisation=actor.organisation.name)
