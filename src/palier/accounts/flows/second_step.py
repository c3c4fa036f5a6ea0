"""The second factor after a password or a mailed link: no session before it is right."""

from collections.abc import Awaitable
from datetime import timedelta
from uuid import UUID

from palier.accounts import browsers, factors, passkeys, steps, store, throttle
from palier.accounts.flows.entering import Browser, Outcome, enter, known_as
from palier.accounts.rules import FACTOR_ATTEMPTS, FACTOR_ATTEMPTS_A_DAY, Method
from palier.accounts.steps import Purpose, StepOver
from palier.accounts.throttle import Allowance
from palier.foundation import audit
from palier.foundation.actor import Person
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import fingerprint

_DAY = timedelta(days=1)


class WrongFactor(Exception):
    """The code or the passkey is not right."""


async def means_of(step: str | None) -> factors.Factors:
    """What the person half-way may choose from. Raises StepOver."""
    half = await steps.half_way(step)
    async with reading(Person(half.person_id, "", "")):
        return await factors.of(half.person_id)


async def give_code(step: str, code: str, browser: Browser, secrets: tuple[str, ...]) -> Outcome:
    """A code of the app. Raises WrongFactor, StepOver or TooManyAttempts."""
    person, method = await _half_way(step)
    turns = await throttle.take_turn(*await _allowances(person, browser))
    async with transaction(person):
        await _right(factors.takes_code(person.person_id, code, secrets))
        await throttle.give_back(turns)
        return await _enter(person, browser, method, step)


async def give_recovery_code(step: str, code: str, browser: Browser) -> Outcome:
    """One of the codes for the day the app is lost: 80 bits, so nobody's guesses use up tries of another way."""
    person, method = await _half_way(step)
    async with transaction(person):
        await _right(factors.takes_recovery_code(person.person_id, code))
        await audit.record(person, "accounts.recovery_code_used", f"person {person.person_id}")
        return await _enter(person, browser, method, step)


async def give_passkey(step: str, answer: str, challenge: str | None, browser: Browser) -> Outcome:
    """A passkey of the person half-way. Raises WrongFactor or StepOver."""
    person, method = await _half_way(step)
    asked, whose = await steps.challenge_of(challenge, Purpose.CONFIRM)
    if whose != person.person_id:
        raise StepOver
    async with transaction(person):
        await _right(factors.takes_passkey(person.person_id, browser.site, answer, asked))
        return await _enter(person, browser, method, step)


async def ask_passkey(step: str | None, site: str) -> tuple[str, str]:
    """What the browser has to sign (JSON), and the secret of the challenge's cookie. Raises StepOver."""
    half = await steps.half_way(step)
    async with reading(Person(half.person_id, "", "")):
        keys = (await factors.of(half.person_id)).passkeys
    options, challenge = passkeys.request_options(site, [key.credential_id for key in keys])
    return options, await steps.begin(Purpose.CONFIRM, half.person_id, challenge=challenge)


# --- a passkey alone --------------------------------------------------------------------------------------------


async def ask_any_passkey(site: str) -> tuple[str, str]:
    """What a browser signs to say who its person is (JSON), and the secret of the challenge's cookie."""
    options, challenge = passkeys.request_options(site)
    return options, await steps.begin(Purpose.SIGN_IN, challenge=challenge)


async def sign_in_by_passkey(answer: str, challenge: str | None, browser: Browser) -> Outcome:
    """A session for whoever the passkey belongs to: the device, and a finger or a code on it, are two factors.

    Raises WrongFactor, the same for a passkey nobody has, or StepOver.
    """
    asked, _ = await steps.challenge_of(challenge, Purpose.SIGN_IN)
    try:
        person_id, _ = passkeys.named_in(answer)
    except passkeys.PasskeyRefused:
        raise WrongFactor from None
    who = Person(person_id or UUID(int=0), "", "")
    async with transaction(who):
        await _right(factors.takes_passkey(who.person_id, browser.site, answer, asked))
        row = await store.Person.get(id=who.person_id)
        return Outcome(await enter(known_as(row), browser, Method.PASSKEY, second_factor=True))


async def _half_way(step: str) -> tuple[Person, Method]:
    half = await steps.half_way(step)
    async with reading(None):
        row = await store.Person.get_or_none(id=half.person_id)
    if row is None:
        raise StepOver
    return known_as(row), half.method


async def _allowances(person: Person, browser: Browser) -> list[Allowance]:
    """Whoever has stolen a password uses up the tries of unknown browsers, never those of the owner's."""
    known = await browsers.is_known(person, browser.known)
    where = f"browser {browser.known}" if known else "unknown browsers"
    who = f"second factor of {person.person_id} in {where}"
    return [Allowance(who, FACTOR_ATTEMPTS), Allowance(f"{who}, by day", FACTOR_ATTEMPTS_A_DAY, _DAY)]


async def _right(given: Awaitable[bool]) -> None:
    if not await given:
        raise WrongFactor


async def _enter(person: Person, browser: Browser, method: Method, step: str) -> Outcome:
    """The step is used up with it: of two that prove the same step at once, one comes in."""
    if (
        await store.PendingProof.filter(fingerprint=fingerprint(step), person_id=person.person_id).delete()
        != 1
    ):
        raise StepOver
    return Outcome(await enter(person, browser, method, second_factor=True))
