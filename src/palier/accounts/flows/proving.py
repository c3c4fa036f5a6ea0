"""Proving once more who one is, before an act that matters."""

from dataclasses import dataclass
from datetime import timedelta

from palier.accounts import factors, passkeys, passwords, sessions, steps, store, throttle
from palier.accounts.rules import FACTOR_ATTEMPTS, FACTOR_ATTEMPTS_A_DAY, Method, is_fresh
from palier.accounts.steps import Purpose, StepOver
from palier.accounts.throttle import Allowance
from palier.foundation import audit
from palier.foundation.actor import Person
from palier.foundation.clock import now
from palier.foundation.database import reading, transaction

_DAY = timedelta(days=1)


class WrongProof(Exception):
    """The password, the code or the passkey is not right."""


@dataclass(frozen=True, slots=True)
class Proof:
    """One of the three, as it was posted: a password, a code of the app, a passkey's answer with its challenge's cookie."""

    password: str = ""
    code: str = ""
    passkey: str = ""
    challenge: str | None = None

    @property
    def given(self) -> bool:
        return bool(self.password or self.code or self.passkey)


@dataclass(frozen=True, slots=True)
class Means:
    """What somebody can prove with."""

    password: bool
    app: bool
    passkey: bool
    provider: bool
    """Their organisation's own sign-in, which began the session."""

    @property
    def any(self) -> bool:
        return self.password or self.app or self.passkey


def covered(person: Person) -> bool:
    """Whether the person's last proof covers a sensitive act now; in a demonstration nobody ever proved anything."""
    return person.method == Method.DEMONSTRATION or is_fresh(person.proved_at, now())


async def means_of(person: Person) -> Means:
    """What the confirm page offers."""
    async with reading(person):
        row = await store.Person.get(id=person.person_id)
        known = await factors.of(person.person_id)
    by_provider = person.method == Method.PROVIDER
    return Means(bool(row.password_hash), bool(known.app), bool(known.passkeys), by_provider)


async def ask_passkey(person: Person, site: str) -> tuple[str, str]:
    """What the browser has to sign (JSON), and the secret of the challenge's cookie."""
    async with reading(person):
        keys = (await factors.of(person.person_id)).passkeys
    options, challenge = passkeys.request_options(site, [key.credential_id for key in keys])
    return options, await steps.begin(Purpose.CONFIRM, person.person_id, challenge=challenge)


async def prove(person: Person, proof: Proof, site: str, secrets: tuple[str, ...]) -> str:
    """The session goes on under another secret, for its cookie, its proof as of now.

    Tries are counted for this session alone: whoever holds it cannot use up its owner's elsewhere. Raises WrongProof or
    TooManyAttempts.
    """
    assert person.session_id  # noqa: S101  (nobody gets here without one)
    turns = await throttle.take_turn(*_allowances(person, proof))
    right_password = bool(proof.password) and await _is_password(person, proof.password)
    question = await _question(person, proof) if proof.passkey else b""
    async with transaction(person):
        factor = not right_password and await _is_factor(person, proof, question, site, secrets)
        if not right_password and not factor:
            raise WrongProof
        await throttle.give_back(turns)
        secret = await sessions.renew(person.session_id, proved=True, second_factor=factor)
        await audit.record(person, "accounts.proved", f"session {person.session_id}", second_factor=factor)
    return secret


def _allowances(person: Person, proof: Proof) -> list[Allowance]:
    who = f"proof in session {person.session_id}"
    if proof.password or proof.passkey:
        return [Allowance(who)]
    code = f"code in session {person.session_id}"
    return [Allowance(code, FACTOR_ATTEMPTS), Allowance(f"{code}, by day", FACTOR_ATTEMPTS_A_DAY, _DAY)]


async def _is_password(person: Person, password: str) -> bool:
    async with reading(person):
        row = await store.Person.get(id=person.person_id)
    return await passwords.matches(row.password_hash, password)


async def _question(person: Person, proof: Proof) -> bytes:
    """What the passkey was asked to sign, used up by the asking; empty where there is no such question."""
    try:
        challenge, whose = await steps.challenge_of(proof.challenge, Purpose.CONFIRM)
    except StepOver:
        return b""
    return challenge if whose == person.person_id else b""


async def _is_factor(
    person: Person, proof: Proof, question: bytes, site: str, secrets: tuple[str, ...]
) -> bool:
    if proof.code:
        return await factors.takes_code(person.person_id, proof.code, secrets)
    return bool(question) and await factors.takes_passkey(person.person_id, site, proof.passkey, question)
