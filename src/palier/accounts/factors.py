"""What somebody has beside a password: an app, passkeys, recovery codes. Each in the caller's transaction, for its person."""

from dataclasses import dataclass
from uuid import UUID

from palier.accounts import codes, passkeys, store
from palier.foundation.clock import now
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.sealing import Unsealable, sealed, unsealed

_SEED = "accounts app seed"


@dataclass(frozen=True, slots=True)
class Factors:
    """All of them, as the security page shows them."""

    app: store.AuthenticatorApp | None
    passkeys: list[store.Passkey]
    codes_left: int

    @property
    def on(self) -> bool:
        """Whether a password alone no longer opens the account."""
        return bool(self.app or self.passkeys)


async def of(person_id: UUID) -> Factors:
    """What the person has set up and confirmed."""
    app = await store.AuthenticatorApp.filter(person_id=person_id, confirmed_at__isnull=False).first()
    keys = await store.Passkey.filter(person_id=person_id).order_by("created_at")
    return Factors(app, keys, await store.RecoveryCode.filter(person_id=person_id, used_at=None).count())


async def has_any(person_id: UUID) -> bool:
    """Whether signing in takes a second factor."""
    return (await of(person_id)).on


# --- the app ----------------------------------------------------------------------------------------------------


def seal(person_id: UUID, seed: str, secrets: tuple[str, ...]) -> str:
    """A seed as it is stored: it opens in its person's row alone."""
    return sealed(seed, _SEED, secrets, str(person_id))


def seed_of(app: store.AuthenticatorApp, secrets: tuple[str, ...]) -> str:
    """The seed of an app. Raises Unsealable."""
    return unsealed(app.secret, _SEED, secrets, str(app.person_id))


async def takes_code(
    person_id: UUID, code: str, secrets: tuple[str, ...], *, confirming: bool = False
) -> bool:
    """Whether `code` is one the app shows now and none that was taken before; then it is taken.

    The seed is sealed anew with today's secret. Of two that give the same code at once, one succeeds.
    """
    app = await store.AuthenticatorApp.filter(person_id=person_id, confirmed_at__isnull=confirming).first()
    if app is None:
        return False
    try:
        seed = seed_of(app, secrets)
    except Unsealable:
        return False
    step = codes.step_of(seed, code, now(), app.last_step)
    if step is None:
        return False
    fresh = store.AuthenticatorApp.filter(id=app.id, last_step__lt=step)
    confirmed = {"confirmed_at": now()} if confirming else {}
    return (
        await fresh.update(last_step=step, used_at=now(), secret=seal(person_id, seed, secrets), **confirmed)
        == 1
    )


# --- recovery codes ---------------------------------------------------------------------------------------------


async def renew_recovery_codes(person_id: UUID) -> list[str]:
    """Ten new codes, in words; those before stop working. Nobody can read them again."""
    await store.RecoveryCode.filter(person_id=person_id).delete()
    made = codes.new_recovery_codes()
    await store.RecoveryCode.bulk_create(
        store.RecoveryCode(
            id=new_id(), person_id=person_id, fingerprint=_fingerprint(person_id, one), created_at=now()
        )
        for one in made
    )
    return made


async def takes_recovery_code(person_id: UUID, code: str) -> bool:
    """Whether `code` is one of the person's and unused; then it is used. Of two at once exactly one succeeds."""
    unused = store.RecoveryCode.filter(
        person_id=person_id, fingerprint=_fingerprint(person_id, code), used_at=None
    )
    return await unused.update(used_at=now()) == 1


async def forget_recovery_codes(person_id: UUID) -> None:
    """Codes serve nothing where no factor is asked for."""
    await store.RecoveryCode.filter(person_id=person_id).delete()


def _fingerprint(person_id: UUID, code: str) -> str:
    return fingerprint(f"{person_id} {codes.normalised_recovery_code(code)}")


# --- passkeys ---------------------------------------------------------------------------------------------------


async def takes_passkey(person_id: UUID, site: str, answer: str, challenge: bytes) -> bool:
    """Whether a browser's answer to `challenge` was signed by one of the person's passkeys; then it has been used."""
    try:
        _, credential_id = passkeys.named_in(answer)
        key = (
            await store.Passkey.filter(person_id=person_id, credential_id=credential_id)
            .select_for_update()
            .first()
        )
        if key is None:
            return False
        count = passkeys.signed(site, answer, challenge, bytes(key.public_key), key.sign_count)
    except passkeys.PasskeyRefused:
        return False
    await store.Passkey.filter(id=key.id).update(sign_count=count, used_at=now())
    return True
