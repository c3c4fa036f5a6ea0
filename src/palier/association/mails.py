"""The letters of a network, in its own name: invitations to join."""

from palier.accounts.flows import acquaintance
from palier.foundation import mail
from palier.foundation.actor import NetworkActor
from palier.foundation.language import current, speaking
from palier.network.store import RegisterEntry


async def invite(actor: NetworkActor, entry: RegisterEntry, address: str) -> None:
    """The link with which a member joins, in the caller's transaction."""
    with speaking(await acquaintance.language_of(entry.email) or current()):
        await mail.write(
            entry.email, "association/mails/invitation", sender=actor.network_name, network=actor.network_name, inviter=actor.person.name,
            organisation=entry.name, contact=entry.contact, address=address,
        )  # fmt: skip
