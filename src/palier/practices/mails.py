"""The letters about practices, each in its reader's language."""

from uuid import UUID

from palier.accounts import store as accounts
from palier.foundation import mail
from palier.foundation.actor import NetworkActor
from palier.foundation.database import select
from palier.foundation.language import speaking
from palier.practices.store import PracticeVersion


async def proposed(version: PracticeVersion, organisation: str, site: str) -> None:
    """To every manager of the network: something waits for them. Written by the worker, who alone knows them."""
    sql = (
        "select p.email, p.locale, n.slug, n.name from network_manager m join person p on p.id = m.person_id "
        "join network n on n.id = m.network_id where m.network_id = $1 order by p.email"
    )
    for row in await select(sql, version.network_id):
        with speaking(row["locale"]):
            await mail.write(
                row["email"], "practices/mails/proposed", title=version.title, organisation=organisation,
                network=row["name"],
                address=f"{site}/n/{row['slug']}/practices/{version.practice_id}/{version.number}",
            )  # fmt: skip


async def published(actor: NetworkActor, version: PracticeVersion, site: str) -> None:
    """To whoever proposed it: members read it now."""
    await _to_author(actor, version, "practices/mails/published", site)


async def sent_back(actor: NetworkActor, version: PracticeVersion, site: str) -> None:
    """To whoever proposed it: why the staff gave it back."""
    await _to_author(actor, version, "practices/mails/sent_back", site)


async def _to_author(actor: NetworkActor, version: PracticeVersion, template: str, site: str) -> None:
    author = await _person(version.proposed_by)
    if author is None:
        return
    with speaking(author.locale):
        await mail.write(
            author.email, template, sender=actor.network_name, title=version.title, network=actor.network_name, reason=version.reason,
            address=f"{site}/o/{version.practice.organisation.slug}/practices/{version.practice_id}",
        )  # fmt: skip


async def _person(person: UUID | None) -> accounts.Person | None:
    return await accounts.Person.get_or_none(id=person) if person else None
