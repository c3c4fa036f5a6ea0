"""The letters about visits, and about what the staff did to somebody's account, each in its reader's language."""

from palier.foundation import mail
from palier.foundation.actor import Actor, Person
from palier.foundation.language import day, hour, speaking
from palier.network.store import Membership
from palier.platform.store import FactorRemoval, Visit


async def visit_asked(visitor: Actor, visit: Visit, owners: list[Membership], site: str) -> None:
    """Every owner learns who reads, why and until when; or that their word is waited for."""
    for owner in owners:
        with speaking(owner.person.locale):
            await mail.write(
                owner.person.email, "platform/mails/visit_asked", name=visit.person_name,
                organisation=visitor.organisation.name, reason=visit.reason, ticket=visit.ticket,
                until=hour(visit.ends_at) if visit.ends_at else "",
                address=f"{site}/o/{visitor.organisation.slug}/visits",
            )  # fmt: skip


async def visit_decided(actor: Actor, staff: Person, *, agreed: bool, site: str) -> None:
    """Who asked learns what the owner said."""
    with speaking(staff.locale):
        await mail.write(
            staff.email, "platform/mails/visit_decided", organisation=actor.organisation.name, agreed=agreed,
            address=f"{site}/admin/visits",
        )  # fmt: skip


async def sessions_ended(email: str, locale: str) -> None:
    """A person learns that the staff signed them out everywhere."""
    with speaking(locale):
        await mail.write(email, "platform/mails/sessions_ended")


async def factors_go(email: str, locale: str, removal: FactorRemoval, address: str) -> None:
    """A person learns that their second factors will be removed, and how to stop it."""
    with speaking(locale):
        await mail.write(
            email, "platform/mails/factors_go", name=removal.asked_name, reason=removal.reason,
            day=day(removal.due_at), hour=hour(removal.due_at), address=address,
        )  # fmt: skip


async def factors_gone(email: str, locale: str) -> None:
    """A person learns that it is done."""
    with speaking(locale):
        await mail.write(email, "platform/mails/factors_gone")
