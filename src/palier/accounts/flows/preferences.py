"""What people set for themselves: their name, language and appearance, their password, their sessions."""

from dataclasses import asdict, dataclass
from uuid import UUID

from palier.accounts import mails, passwords, sessions, store, throttle
from palier.accounts.flows import choosing_passwords
from palier.accounts.flows.entering import Browser, WrongCredentials, enter
from palier.accounts.rules import Method, Theme
from palier.foundation import audit
from palier.foundation.actor import Person
from palier.foundation.database import reading, transaction


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the account page saves in one go."""

    name: str
    locale: str
    theme: Theme
    time_zone: str
    shortcuts: bool


async def save(person: Person, wanted: Preferences) -> None:
    """Keep the preferences."""
    after = asdict(wanted)
    async with transaction(person):
        row = await store.Person.get(id=person.person_id)
        before = {name: getattr(row, name) for name in after}
        await store.Person.filter(id=person.person_id).update(**after)
        await audit.record(
            person, "accounts.preferences_saved", f"person {person.person_id}", before=before, after=after
        )


async def speak(person: Person, locale: str) -> None:
    """Use `locale` from now on."""
    async with transaction(person):
        await store.Person.filter(id=person.person_id).update(locale=locale)


async def change_password(person: Person, current: str, new: str, browser: Browser, site: str) -> str:
    """Change the password, end every session and open a fresh one; the secret for its cookie.

    Raises WrongCredentials when `current` is not the password, PasswordRefused, or TooManyAttempts.
    """
    turns = await throttle.take_turn(f"password of {person.person_id}")
    async with reading(person):
        row = await store.Person.get(id=person.person_id)
    if not await passwords.matches(row.password_hash, current):
        raise WrongCredentials
    await choosing_passwords.check(new, row.name, row.email)
    stored = await passwords.hashed(new)
    async with transaction(person):
        await throttle.give_back(turns)
        await store.Person.filter(id=row.id).update(password_hash=stored)
        await sessions.close_every_session(row.id)
        await mails.password_changed(row, site)
        await audit.record(person, "accounts.password_changed", f"person {row.id}")
        again = enter(
            person, browser, Method(person.method or Method.PASSWORD), provider_id=person.provider_id,
            second_factor=person.second_factor_at is not None,
        )  # fmt: skip
        return await again


async def end_session(person: Person, session_id: UUID) -> None:
    """End one of the person's own sessions; somebody else's is left alone."""
    async with transaction(person):
        await store.Session.filter(id=session_id, person_id=person.person_id).delete()
        await audit.record(person, "accounts.session_ended", f"session {session_id}")


async def end_other_sessions(person: Person) -> None:
    """End every session but the one the person is using."""
    async with transaction(person):
        await store.Session.filter(person_id=person.person_id).exclude(id=person.session_id).delete()
        await audit.record(person, "accounts.sessions_ended", f"person {person.person_id}")
