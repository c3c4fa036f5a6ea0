"""What other rooms may ask about people and do for them. Each runs in the caller's transaction."""

from uuid import UUID

from palier.accounts import store
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.language import current


class AccountExists(Exception):
    """The address has an account: only its own password opens it."""


async def language_of(email: str) -> str | None:
    """The language of whoever has `email` (lower case)."""
    row = await store.person_by_email(email)
    return row.locale if row else None


async def person_of(person_id: UUID | None) -> Person:
    """Who has this id, with their language and time zone. Raises DoesNotExist."""
    row = await store.Person.get(id=person_id)
    return Person(row.id, row.name, row.email, row.locale, row.theme, row.time_zone, row.shortcuts)


async def has_account(email: str) -> bool:
    """Whether somebody can sign in with `email` (lower case). Never tell it to a person who has not read their mail."""
    row = await store.person_by_email(email)
    return row is not None and row.email_confirmed_at is not None


async def expect(email: str) -> UUID:
    """The id of whoever has `email` or will have it: an account without a password until they sign up."""
    person = await store.add_person(email, email.partition("@")[0][:120], "", current())
    return person.id


async def welcome_invited(email: str, name: str, password_hash: str) -> Person:
    """An account for somebody whose invitation, mailed to `email`, proves the address.

    Raises AccountExists.
    """
    person = await store.add_person(email, name, password_hash, current())
    if person.email_confirmed_at:
        raise AccountExists(email)
    await store.Person.filter(id=person.id).update(
        name=name, password_hash=password_hash, email_confirmed_at=now(), locale=current()
    )
    return Person(person.id, name, email, current())
