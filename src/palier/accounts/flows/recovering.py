"""A forgotten password: the link by mail, and the new password."""

from palier.accounts import links, mails, passwords, sessions, store, throttle
from palier.accounts.flows import choosing_passwords
from palier.accounts.flows.entering import Browser, allowances
from palier.accounts.links import Purpose
from palier.accounts.rules import RESET_WITHIN, normalised_email
from palier.accounts.throttle import Allowance
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.jobs import enqueue


async def ask(email: str, browser: Browser) -> None:
    """Ask for a link. The same work whether or not the account exists: the worker looks. Raises TooManyAttempts."""
    email = normalised_email(email)
    async with reading(None):
        row = await store.person_by_email(email)
    allowed = await allowances(email, row, browser)
    await throttle.take_turn(*(Allowance(f"reset for {one.who}", one.tries, one.within) for one in allowed))
    async with transaction(None):
        await enqueue("accounts.send_reset", email=email)


async def send_reset(email: str, site: str) -> None:
    """Mail the link to whoever has `email`; nothing for an unknown address."""
    async with transaction(None):
        if person := await store.person_by_email(email):
            secret = await links.issue(person.id, Purpose.RESET, RESET_WITHIN)
            await mails.reset_password(person, secret, site)


async def check_link(secret: str) -> None:
    """Whether the link can still be used. Raises LinkSpent."""
    async with reading(None):
        await links.holder(secret, Purpose.RESET)


async def reset(secret: str, password: str, site: str) -> None:
    """Set a new password and end every session. The link proves the address as well.

    Raises LinkSpent, or PasswordRefused, which leaves the link usable.
    """
    async with reading(None):
        person = await links.holder(secret, Purpose.RESET)
    await choosing_passwords.check(password, person.name, person.email)
    stored = await passwords.hashed(password)
    async with transaction(None):
        person = await links.use(secret, Purpose.RESET)
        confirmed = person.email_confirmed_at or now()
        await store.Person.filter(id=person.id).update(password_hash=stored, email_confirmed_at=confirmed)
        await sessions.close_every_session(person.id)
        await mails.password_changed(person, site)
        who = acting.Person(person.id, person.name, person.email)
        await audit.record(who, "accounts.password_reset", f"person {person.id}")
