"""Coming in and going out."""

import logging
from dataclasses import dataclass
from uuid import UUID

from palier.accounts import browsers, factors, mails, passwords, sessions, steps, store, throttle
from palier.accounts.elsewhere import ClosedFor, SignInElsewhere
from palier.accounts.rules import (
    ACCOUNT_ATTEMPTS,
    ALL_ATTEMPTS,
    Method,
    browser_name,
    normalised_email,
    origin,
)
from palier.accounts.throttle import Allowance
from palier.foundation import audit, watch
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import fingerprint

log = logging.getLogger(__name__)


class WrongCredentials(Exception):
    """No such account, or not its password: nobody is told which."""


class NotConfirmed(Exception):
    """The password is right and the address was never confirmed."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What is at the other end: its network address, its name, and the cookies it presented.

    `presented` is of a session, `known` says it has been used before, `step` leads to a proof under way; `site` is
    the address people reach Palier at, for letters.
    """

    address: str
    user_agent: str
    presented: str | None = None
    known: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a sign-in has come: the secret of a session, or of a proof that still owes its second factor."""

    secret: str
    owes_factor: bool = False


async def sign_in(email: str, password: str, browser: Browser, closed_for: ClosedFor) -> Outcome:
    """Open a session, or go half-way for somebody with a second factor.

    Any session the browser came with is ended, so none can be planted. Raises WrongCredentials, NotConfirmed,
    TooManyAttempts, or SignInElsewhere, which is all that anybody hears whose organisation has its own provider: the
    password is checked all the same. Two transactions: the try is counted before, and stays counted when it is wrong.
    """
    email = normalised_email(email)
    async with reading(None):
        row = await store.person_by_email(email)
    try:
        turns = await throttle.take_turn(*await allowances(email, row, browser))
    except throttle.TooManyAttempts:
        watch.count("sign_ins", outcome="slowed")
        raise
    elsewhere = await closed_for(email)
    right = await passwords.matches(row.password_hash if row else "", password) and row is not None
    if elsewhere and not (right and email in elsewhere.spared):
        raise SignInElsewhere(elsewhere)
    if not right or row is None:
        log.warning("sign-in refused for account %s", fingerprint(email)[:12])
        watch.count("sign_ins", outcome="refused")
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
    watch.count("sign_ins", outcome="right")
    return await go_on(known_as(row), browser, Method.PASSWORD)


async def allowances(email: str, row: store.Person | None, browser: Browser) -> list[Allowance]:
    """Whose tries a guess at an account uses up: a browser its owner has used before, its own alone; any other, those
    of its address, of the account and of the whole house. So whoever guesses cannot shut the owner out."""
    if await browsers.is_known(known_as(row) if row else None, browser.known):
        return [Allowance(f"account {email} in browser {browser.known}")]
    return [
        Allowance(f"address {origin(browser.address)}"), Allowance(f"account {email}", ACCOUNT_ATTEMPTS),
        Allowance("unknown browsers", ALL_ATTEMPTS),
    ]  # fmt: skip


async def go_on(person: Person, browser: Browser, method: Method) -> Outcome:
    """After the password or the mailed link: a session, or half-way to one for somebody with a second factor."""
    async with transaction(person):
        if not await factors.has_any(person.person_id):
            return Outcome(await enter(person, browser, method))
    secret = await steps.begin(steps.Purpose.SECOND_FACTOR, person.person_id, method)
    return Outcome(secret, owes_factor=True)


async def enter(
    person: Person, browser: Browser, method: Method = Method.PASSWORD, *, second_factor: bool = False,
    provider_id: UUID | None = None,
) -> str:  # fmt: skip
    """A fresh session for `person` in the caller's transaction; the secret for its cookie.

    With a browser never used before, its owner is written to.
    """
    if browser.presented:
        await store.Session.filter(fingerprint=fingerprint(browser.presented)).delete()
    await audit.record(
        person, "accounts.signed_in", f"person {person.person_id}", method=method, second_factor=second_factor
    )
    secret = await sessions.open_session(
        person.person_id, browser.user_agent, method, second_factor=second_factor, provider_id=provider_id
    )
    if await browsers.meet(person, browser.known, secret, browser.user_agent):
        await mails.new_browser(person, browser_name(browser.user_agent), now(), browser.site)
    return secret


async def renew(person: Person) -> str:
    """Another secret for the session after its person gained rights; the one before opens nothing any more."""
    assert person.session_id  # noqa: S101  (whoever asks came by a session)
    async with transaction(person):
        return await sessions.renew(person.session_id)


async def sign_out(person: Person) -> None:
    """End the session the person came with."""
    async with transaction(person):
        if person.session_id:
            await sessions.close_session(person.session_id)
        await audit.record(person, "accounts.signed_out", f"person {person.person_id}")


def known_as(row: store.Person) -> Person:
    """The person of a row, before any session."""
    return Person(row.id, row.name, row.email, row.locale, row.theme, row.time_zone, row.shortcuts)
