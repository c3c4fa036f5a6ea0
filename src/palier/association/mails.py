"""The letters of a network, in its own name, and those to its staff."""

from uuid import UUID

from palier.accounts.flows import acquaintance
from palier.foundation import mail
from palier.foundation.actor import NetworkActor
from palier.foundation.database import select
from palier.foundation.language import current, speaking
from palier.network.store import RegisterEntry


async def invite(actor: NetworkActor, entry: RegisterEntry, address: str) -> None:
    """The link with which a member joins, in the caller's transaction."""
    with speaking(await acquaintance.language_of(entry.email) or current()):
        await mail.write(
            entry.email, "association/mails/invitation", sender=actor.network_name, network=actor.network_name, inviter=actor.person.name,
            organisation=entry.name, contact=entry.contact, address=address,
        )  # fmt: skip


async def member_left(network_id: UUID, organisation: str, site: str, *, verified: bool) -> None:
    """To everybody on the network's staff: a member left, or a request was taken back. Written by the worker."""
    sql = (
        "select p.email, p.locale, n.slug, coalesce(nullif(l.name, ''), n.name) as name from network_manager m "
        "join person p on p.id = m.person_id join network n on n.id = m.network_id "
        "left join network_look l on l.id = n.id where m.network_id = $1 order by p.email"
    )
    for row in await select(sql, network_id):
        with speaking(row["locale"]):
            await mail.write(
                row["email"], "association/mails/member_left", organisation=organisation, network=row["name"],
                verified=verified, address=f"{site}/n/{row['slug']}/members",
            )  # fmt: skip
