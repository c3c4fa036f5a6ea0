"""The name, logo and colour a consultant puts on documents."""

from palier.foundation import audit
from palier.foundation.actor import Person
from palier.foundation.database import transaction
from palier.network import logos, store
from palier.network.flows.organisations import check_readable


async def present(person: Person, name: str, accent: str) -> None:
    """Set the firm's name and colour. Raises Unreadable."""
    check_readable(accent)
    after = {"name": name, "accent": accent}
    async with transaction(person):
        row = await store.ConsultantFirm.get_or_none(person_id=person.person_id)
        before = {"name": row.name, "accent": row.accent} if row else None
        await store.keep_firm(person, **after)
        await audit.record(
            person, "network.firm_changed", f"person {person.person_id}", before=before, after=after
        )


async def show_logo(person: Person, data: bytes) -> None:
    """Keep `data` as the firm's logo. Raises LogoRefused."""
    media_type, picture = await logos.cleaned(data)
    async with transaction(person):
        await store.keep_firm(person, logo=picture, logo_media_type=media_type)
        await audit.record(person, "network.firm_logo_changed", f"person {person.person_id}")


async def hide_logo(person: Person) -> None:
    """Have no logo any more."""
    async with transaction(person):
        await store.keep_firm(person, logo=None, logo_media_type="")
        await audit.record(person, "network.firm_logo_removed", f"person {person.person_id}")
