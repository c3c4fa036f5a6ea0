"""Signing in by a mailed link: it works once, for a quarter of an hour, in the browser that asked for it."""

from palier.accounts import links, mails, store, throttle
from palier.accounts.elsewhere import ClosedFor, SignInElsewhere
from palier.accounts.flows.entering import Browser, Outcome, allowances, go_on, known_as
from palier.accounts.links import Purpose
from palier.accounts.rules import SIGN_IN_WITHIN, Method, normalised_email
from palier.accounts.throttle import Allowance
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import fingerprint
from palier.foundation.jobs import enqueue


async def ask(email: str, browser: Browser, asker: str, closed_for: ClosedFor) -> None:
    """Ask for a link, whose secret half stays in the cookie `asker`. The same work whether or not the account exists:
    the worker looks. Raises TooManyAttempts or SignInElsewhere."""
    email = normalised_email(email)
    async with reading(None):
        row = await store.person_by_email(email)
    allowed = await allowances(email, row, browser)
    await throttle.take_turn(*(Allowance(f"link for {one.who}", one.tries, one.within) for one in allowed))
    if elsewhere := await closed_for(email):
        raise SignInElsewhere(elsewhere)
    async with transaction(None):
        await enqueue("accounts.send_sign_in", email=email, asker=fingerprint(asker))


async def send(email: str, asker: str, site: str) -> None:
    """Mail the link to whoever has `email`; nothing for an unknown address."""
    async with transaction(None):
        if person := await store.person_by_email(email):
            secret = await links.issue(person.id, Purpose.SIGN_IN, SIGN_IN_WITHIN, asker)
            await mails.sign_in(person, secret, site)


async def check(secret: str, asker: str) -> None:
    """Whether the link can be used here. Raises LinkSpent or WrongBrowser."""
    async with reading(None):
        await links.holder(secret, Purpose.SIGN_IN, fingerprint(asker))


async def sign_in(secret: str, asker: str, browser: Browser, closed_for: ClosedFor) -> Outcome:
    """Open a session with the link, or go half-way for somebody with a second factor. The link proves the address.

    Raises LinkSpent, SignInElsewhere, or WrongBrowser, which leaves the link usable.
    """
    async with transaction(None):
        row = await links.use(secret, Purpose.SIGN_IN, fingerprint(asker))
        await store.Person.filter(id=row.id, email_confirmed_at=None).update(email_confirmed_at=now())
    if elsewhere := await closed_for(row.email):  # since the link was asked for
        raise SignInElsewhere(elsewhere)
    return await go_on(known_as(row), browser, Method.LINK)
