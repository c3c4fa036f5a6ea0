"""Towards the provider: finding it, and sending somebody there with a journey that only their browser can end."""

from dataclasses import dataclass
from uuid import UUID

from palier.foundation.actor import OnDuty, Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.sealing import Unsealable, unsealed
from palier.foundation.settings import Settings
from palier.single_sign_on import relying, store
from palier.single_sign_on.flows.configuring import SECRET
from palier.single_sign_on.relying import Client, ProviderAway, Sent
from palier.single_sign_on.rules.domains import domain_in
from palier.single_sign_on.rules.journeys import state_of
from palier.single_sign_on.rules.profiles import PROFILES
from palier.single_sign_on.rules.states import ATTEMPT, Purpose, State


@dataclass(frozen=True, slots=True)
class Journey:
    """Where to send the browser, and the secret its cookie keeps until it comes back."""

    address: str
    secret: str


async def provider_at(slug: str) -> store.IdentityProvider | None:
    """The provider of the organisation with this address, when it is switched on."""
    door = store.door_of(f"organisation {slug}")
    async with reading(LinkHolder(door)):
        row = await store.provider_behind(door)
    return row if row and row.state is not State.OFF else None


async def provider_for(address: str) -> store.IdentityProvider | None:
    """The provider of the organisation that proved the domain of a mail address, when it is switched on."""
    door = store.door_of(f"domain {domain_in(address)}")
    async with reading(LinkHolder(door)):
        domain = await store.proved_domain(door)
    if domain is None:
        return None
    async with reading(OnDuty(domain.organisation_id)):
        row = await store.provider_of(domain.organisation_id)
    return row if row and row.state is not State.OFF else None


async def provider_behind(person: Person) -> store.IdentityProvider | None:
    """The provider the person's session began with."""
    if person.provider_id is None:
        return None
    async with reading(person):
        return await store.IdentityProvider.get_or_none(id=person.provider_id)


def client_of(row: store.IdentityProvider, settings: Settings) -> Client:
    """The registration, its secret open. Raises ProviderAway when the secret can no longer be read."""
    try:
        secret = unsealed(row.client_secret, SECRET, settings.secrets, str(row.id))
    except Unsealable as error:
        raise ProviderAway("its secret cannot be read: type it again") from error
    return Client(
        row.preset,
        row.issuer,
        row.client_id,
        secret,
        redirect_uri(row.slug, settings.public_url),
        row.second_factor,
    )


def redirect_uri(slug: str, site: str) -> str:
    """Where the provider sends people back to. Each organisation has its own: an answer meant for one provider never
    reaches another (RFC 9700, 4.4.2)."""
    return f"{site}/sso/callback/{slug}"


async def begin(
    row: store.IdentityProvider, purpose: Purpose, settings: Settings, person: Person | None = None, destination: str = "",
) -> Journey:  # fmt: skip
    """Send somebody to the provider. Raises ProviderAway."""
    client = client_of(row, settings)
    metadata = await relying.discover(row.issuer, settings)
    secret = new_secret()
    sent = Sent(state_of(secret), new_secret(), new_secret())
    await _note(row, purpose, secret, sent, person.person_id if person else None, destination)
    again = purpose is Purpose.AGAIN
    out = await _out_first(row, person, sent, settings) if again and person else ""
    if out:
        return Journey(out, secret)
    return Journey(relying.address_there(client, metadata, sent, again=again), secret)


async def _note(
    row: store.IdentityProvider,
    purpose: Purpose,
    secret: str,
    sent: Sent,
    person: UUID | None,
    destination: str,
) -> None:
    async with transaction(OnDuty(row.organisation_id)):
        await store.SignOnAttempt.create(
            id=new_id(), fingerprint=fingerprint(secret), organisation_id=row.organisation_id, slug=row.slug,
            purpose=purpose, person_id=person, nonce=sent.nonce, verifier=sent.verifier, next=destination[:500],
            expires_at=now() + ATTEMPT,
        )  # fmt: skip


async def _out_first(row: store.IdentityProvider, person: Person, sent: Sent, settings: Settings) -> str:
    """Where a provider that cannot be told to ask again ends its own session first; "" for the others."""
    if PROFILES[row.preset].may_prompt:
        return ""
    return await way_out(person, settings, "/sso/back", sent.state)


async def way_out(person: Person, settings: Settings, back: str, state: str) -> str:
    """Where the provider ends its own session, and sends the browser `back` to; "" where it offers no such thing."""
    row = await provider_behind(person)
    async with reading(person):
        held = await store.provider_session_of(person)
    if row is None or held is None:
        return ""
    try:
        id_token = unsealed(held.id_token, SECRET, settings.secrets, str(held.session_id))
        metadata = await relying.discover(row.issuer, settings)
    except (Unsealable, ProviderAway):
        return ""
    return relying.address_out(metadata, id_token, settings.public_url + back, state)


async def resume(secret: str, settings: Settings) -> str:
    """Where somebody goes on to who signed out at the provider in order to sign in there again; "" when it is too late.

    Raises ProviderAway.
    """
    async with reading(LinkHolder(fingerprint(secret))):
        attempt = await store.SignOnAttempt.get_or_none(fingerprint=fingerprint(secret), expires_at__gt=now())
    row = await provider_at(attempt.slug) if attempt else None
    if attempt is None or row is None:
        return ""
    metadata = await relying.discover(row.issuer, settings)
    sent = Sent(state_of(secret), attempt.nonce, attempt.verifier)
    return relying.address_there(client_of(row, settings), metadata, sent)
