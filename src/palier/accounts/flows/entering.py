"""Coming in and going out."""

import logging
from dataclasses import dataclass
from uuid import UUID

from palier.accounts import passwords, sessions, store, throttle
from palier.accounts.rules import Method, normalised_email, origin
from palier.foundation import audit
from palier.foundation.actor import Person
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import fingerprint

log = logging.getLogger(__name__)


class WrongCredentials(Exception):
    """No such account, or not its password: nobody is told which."""


class NotConfirmed(Exception):
    """The password is right and the address was never confirmed."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What is at the other end: its network address, its name, and the session cookie it presented, if any."""

    address: str
    user_agent: str
    presented: str | None = None


async def sign_in(email: str, password: str, browser: Browser) -> str:
    """Open a session; the secret for its cookie. Any session the browser came with is ended, so none can be planted.

    Raises WrongCredentials, NotConfirmed, or TooManyAttempts. Two transactions: the try is counted before the
    password is checked, and stays counted when it is wrong.
    """
    email = normalised_email(email)
    turns = await throttle.take_turn(f"account {email}", f"address {origin(browser.address)}")
    async with reading(None):
        row = await store.person_by_email(email)
    if not await passwords.matches(row.password_hash if row else "", password) or row is None:
        log.warning("sign-in refused for account %s from %s", fingerprint(email)[:12], browser.address)
        raise WrongCredentials
    renewed = await passwords.hashed(password) if passwords.is_outdated(row.password_hash) else ""
    if row.email_confirmed_at is None:
        raise NotConfirmed
    async with transaction(None):
        await throttle.give_back(turns)
        if renewed:
            await store.Person.filter(id=row.id, password_hash=row.password_hash).update(
                password_hash=renewed
            )
        return await enter(Person(row.id, row.name, row.email), browser)


async def enter(
    person: Person, browser: Browser, method: Method = Method.PASSWORD, *, second_factor: bool = False,
    provider_id: UUID | None = None,
) -> str:  # fmt: skip
    """A fresh session for `person` in the caller's transaction; the secret for its cookie."""
    if browser.presented:
        await store.Session.filter(fingerprint=fingerprint(browser.presented)).delete()
    await audit.record(person, "accounts.signed_in", f"person {person.person_id}", method=method)
    return await sessions.open_session(
        person.person_id, browser.user_agent, method, second_factor=second_factor, provider_id=provider_id
    )


async def sign_out(person: Person) -> None:
    """End the session the person came with."""
    async with transaction(person):
        if person.session_id:
            await sessions.close_session(person.session_id)
        await audit.record(person, "accounts.signed_out", f"person {person.person_id}")
