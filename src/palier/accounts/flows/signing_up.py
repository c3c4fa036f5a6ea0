"""Creating an account and proving its address. Nobody learns here whether an address has an account."""

from datetime import timedelta

from palier.accounts import links, mails, passwords, store, throttle
from palier.accounts.flows import choosing_passwords
from palier.accounts.links import Purpose
from palier.accounts.rules import CONFIRM_WITHIN, normalised_email, origin
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.foundation.jobs import enqueue
from palier.foundation.language import current

_RESEND_AFTER = timedelta(seconds=60)


async def sign_up(email: str, name: str, password: str, address: str, site: str) -> None:
    """Create an account to confirm, and mail the link; an address with an account gets another mail instead.

    An account that was never confirmed takes the newest name and password: only whoever reads the mail can confirm.
    Raises PasswordRefused or TooManyAttempts.
    """
    email = normalised_email(email)
    await choosing_passwords.check(password, name, email)
    await throttle.take_turn(f"sign-up address {origin(address)}", f"sign-up account {email}")
    stored = await passwords.hashed(password)
    async with transaction(None):
        person = await store.add_person(email, name, stored, current())
        if person.email_confirmed_at:
            await mails.known_address(person, site)
            return
        await store.Person.filter(id=person.id).update(name=name, password_hash=stored, locale=current())
        secret = await links.issue(person.id, Purpose.CONFIRM, CONFIRM_WITHIN)
        await mails.confirm_address(person, secret, site)
        await audit.record(None, "accounts.signed_up", f"person {person.id}")


async def ask_again(email: str, address: str) -> None:
    """Ask for the confirmation link again. The worker finds out whether there is anything to send."""
    email = normalised_email(email)
    await throttle.take_turn(f"sign-up address {origin(address)}", f"sign-up account {email}")
    async with transaction(None):
        await enqueue("accounts.send_confirmation", email=email)


async def send_confirmation(email: str, site: str) -> None:
    """Mail the confirmation link to whoever signed up with `email`, at most once a minute."""
    async with transaction(None):
        person = await store.person_by_email(email)
        if person is None or person.email_confirmed_at:
            return
        if await store.links_since(person.id, Purpose.CONFIRM, now() - _RESEND_AFTER):
            return
        secret = await links.issue(person.id, Purpose.CONFIRM, CONFIRM_WITHIN)
        await mails.confirm_address(person, secret, site)


async def confirm(secret: str) -> None:
    """The address is proved. Nobody is signed in by it: only the password chosen at sign-up does that, so an
    account made by somebody else with this address stays shut to them and to us. Raises LinkSpent."""
    async with transaction(None):
        row = await links.use(secret, Purpose.CONFIRM)
        await store.Person.filter(id=row.id, email_confirmed_at=None).update(email_confirmed_at=now())
        await audit.record(
            acting.Person(row.id, row.name, row.email), "accounts.confirmed", f"person {row.id}"
        )
