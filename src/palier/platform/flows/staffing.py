"""Who is on the platform's staff. Run on the server as the tables' owner: no web page makes staff."""

from palier.accounts.rules import normalised_email
from palier.accounts.store import person_by_email
from palier.foundation import audit
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.platform.store import PlatformStaff


class NoSuchPerson(Exception):
    """Nobody with a confirmed account has this address."""


class StaffAlready(Exception):
    """The person is on the staff."""


class NotStaff(Exception):
    """The person is not on the staff."""


async def add(email: str, by: str, note: str) -> None:
    """Put the person with this address on the staff. Raises NoSuchPerson or StaffAlready."""
    async with transaction(None):
        person = await person_by_email(normalised_email(email))
        if person is None or person.email_confirmed_at is None:
            raise NoSuchPerson
        if await PlatformStaff.filter(person_id=person.id, removed_at=None).exists():
            raise StaffAlready
        await PlatformStaff.create(
            id=new_id(), person_id=person.id, since=now(), granted_by=by[:120], note=note[:300]
        )
        await audit.record(None, "platform.staff_added", f"person {person.id}", by=by, note=note)


async def remove(email: str, by: str) -> None:
    """Take the person off the staff: their next request to its pages, or in a visit, finds nothing. Raises NotStaff."""
    async with transaction(None):
        person = await person_by_email(normalised_email(email))
        post = person and await PlatformStaff.get_or_none(person_id=person.id, removed_at=None)
        if not person or not post:
            raise NotStaff
        await PlatformStaff.filter(id=post.id).update(removed_at=now(), removed_by=by[:120])
        await audit.record(None, "platform.staff_removed", f"person {person.id}", by=by)


async def listing() -> list[PlatformStaff]:
    """Everybody on the staff with their person, the longest serving first."""
    async with reading(None):
        return await PlatformStaff.filter(removed_at=None).select_related("person").order_by("since")
