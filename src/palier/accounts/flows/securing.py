"""Setting up and taking away what proves a person beside the password. Each is told to them by letter, and renews the session."""

from dataclasses import dataclass
from uuid import UUID

from palier.accounts import codes, factors, mails, passkeys, sessions, steps, store, throttle
from palier.accounts.rules import FACTOR_ATTEMPTS, MOST_PASSKEYS
from palier.accounts.steps import Purpose, StepOver
from palier.accounts.throttle import Allowance
from palier.foundation import audit
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.sealing import Unsealable


class WrongCode(Exception):
    """Not a code that the app shows now."""


class NoPasskey(Exception):
    """The browser made no passkey that we can use."""


class TooManyPasskeys(Exception):
    """Nobody needs more."""


@dataclass(frozen=True, slots=True)
class Secured:
    """After a change: the session's new secret for its cookie, and recovery codes to show once, if any were made."""

    secret: str
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seed:
    """What an app scans or is told, until its first code comes back."""

    text: str
    address: str


async def begin_app(person: Person, secrets: tuple[str, ...]) -> None:
    """A new seed, to be confirmed; one that was never confirmed is replaced. Does nothing for somebody with an app."""
    async with transaction(person):
        if (await factors.of(person.person_id)).app:
            return
        await store.AuthenticatorApp.filter(person_id=person.person_id).delete()
        await store.AuthenticatorApp.create(
            id=new_id(),
            person_id=person.person_id,
            secret=factors.seal(person.person_id, codes.new_seed(), secrets),
            created_at=now(),
        )


async def seed_to_confirm(person: Person, secrets: tuple[str, ...]) -> Seed | None:
    """The seed that waits for its first code, if any."""
    async with reading(person):
        app = await store.AuthenticatorApp.filter(person_id=person.person_id, confirmed_at=None).first()
    if app is None:
        return None
    try:
        text = factors.seed_of(app, secrets)
    except Unsealable:
        return None
    return Seed(text, codes.app_address(text, person.email))


async def confirm_app(person: Person, code: str, secrets: tuple[str, ...], site: str) -> Secured:
    """The app counts from its first right code on. Raises WrongCode or TooManyAttempts."""
    turns = await throttle.take_turn(Allowance(f"first code of {person.session_id}", FACTOR_ATTEMPTS))
    async with transaction(person):
        first = not await factors.has_any(person.person_id)
        if not await factors.takes_code(person.person_id, code, secrets, confirming=True):
            raise WrongCode
        await throttle.give_back(turns)
        return await _secured(person, "app added", site, with_codes=first)


async def remove_app(person: Person, site: str) -> Secured:
    """The app's codes open nothing any more."""
    async with transaction(person):
        if await store.AuthenticatorApp.filter(person_id=person.person_id).delete():
            return await _secured(person, "app removed", site)
        return await _renewed(person)


async def renew_codes(person: Person, site: str) -> Secured:
    """Ten new recovery codes; those before stop working."""
    async with transaction(person):
        if not await factors.has_any(person.person_id):
            return await _renewed(person)
        return await _secured(person, "codes renewed", site, with_codes=True)


async def ask_new_passkey(person: Person, site: str) -> tuple[str, str]:
    """What the browser makes a passkey from (JSON), and the secret of the challenge's cookie. Raises TooManyPasskeys."""
    async with reading(person):
        known = (await factors.of(person.person_id)).passkeys
    if len(known) >= MOST_PASSKEYS:
        raise TooManyPasskeys
    options, challenge = passkeys.creation_options(
        site, person.person_id, person.email, person.name, [key.credential_id for key in known]
    )
    return options, await steps.begin(Purpose.REGISTER, person.person_id, challenge=challenge)


async def add_passkey(person: Person, name: str, answer: str, challenge: str | None, site: str) -> Secured:
    """Keep the passkey a browser made, under `name`. Raises NoPasskey."""
    credential = await _made(person, answer, challenge, site)
    async with transaction(person):
        first = not await factors.has_any(person.person_id)
        key = store.Passkey(
            id=new_id(), person_id=person.person_id, credential_id=credential.id, public_key=credential.public_key,
            sign_count=credential.sign_count, name=name, created_at=now(),
        )  # fmt: skip
        await store.Passkey.bulk_create([key], ignore_conflicts=True)
        if not await store.Passkey.filter(id=key.id).exists():
            raise NoPasskey
        return await _secured(person, "passkey added", site, with_codes=first, name=name)


async def _made(person: Person, answer: str, cookie: str | None, site: str) -> passkeys.Credential:
    try:
        challenge, whose = await steps.challenge_of(cookie, Purpose.REGISTER)
        if whose != person.person_id:
            raise NoPasskey
        return passkeys.created(site, answer, challenge)
    except (StepOver, passkeys.PasskeyRefused) as refused:
        raise NoPasskey from refused


async def remove_passkey(person: Person, passkey_id: UUID, site: str) -> Secured:
    """The passkey opens nothing any more; somebody else's is left alone. Raises DoesNotExist."""
    async with transaction(person):
        key = await store.Passkey.get(id=passkey_id, person_id=person.person_id)
        await store.Passkey.filter(id=key.id).delete()
        return await _secured(person, "passkey removed", site, name=key.name)


async def _secured(
    person: Person, what: str, site: str, *, with_codes: bool = False, **about: str
) -> Secured:
    """Write the change down, tell its person, renew their session; with no factor left, recovery codes go too."""
    fresh = await factors.renew_recovery_codes(person.person_id) if with_codes else []
    if not await factors.has_any(person.person_id):
        await factors.forget_recovery_codes(person.person_id)
    await mails.factor_changed(person, what, site)
    await audit.record(person, f"accounts.{what.replace(' ', '_')}", f"person {person.person_id}", **about)
    return Secured((await _renewed(person)).secret, tuple(fresh))


async def _renewed(person: Person) -> Secured:
    assert person.session_id  # noqa: S101  (nobody gets here without one)
    return Secured(await sessions.renew(person.session_id))
