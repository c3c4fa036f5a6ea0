"""Back from the provider: who it is, whether they are known, and how they go on."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from palier.accounts import factors, sessions
from palier.accounts import store as accounts
from palier.accounts.flows import acquaintance
from palier.accounts.flows.entering import Browser, enter
from palier.accounts.rules import Method, normalised_email
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.actor import Actor, OnDuty, Person
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, acting_for, one_at_a_time, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.later import Later
from palier.foundation.permissions import Role
from palier.foundation.sealing import Unsealable, sealed, unsealed
from palier.foundation.settings import Settings
from palier.network import store as network
from palier.single_sign_on import relying, store
from palier.single_sign_on.flows.beginning import client_of, provider_at
from palier.single_sign_on.flows.configuring import SECRET
from palier.single_sign_on.relying import ProviderRefused, Sent
from palier.single_sign_on.rules import profiles
from palier.single_sign_on.rules.domains import domain_in
from palier.single_sign_on.rules.journeys import is_state_of, state_of
from palier.single_sign_on.rules.states import ATTEMPT, NEWCOMER_ROLES, Purpose, State, Way, way_in

if TYPE_CHECKING:
    from palier.single_sign_on import tokens
else:
    tokens = Later("palier.single_sign_on.tokens")

log = logging.getLogger(__name__)

LIFETIME = timedelta(hours=12)
"""No session lasts longer on a provider's word: whoever is removed there is out here by then."""


class JourneyOver(Exception):
    """Nobody was sent there from this browser, or too long ago, or they have come back already."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A session: the secret of its cookie, and where to go."""

    secret: str
    destination: str


@dataclass(frozen=True, slots=True)
class Proved:
    """Somebody proved once more who they are: the session's new secret, and where they were."""

    secret: str
    destination: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What an owner's trial brought: nothing was changed by it but that it was made."""

    provider: store.IdentityProvider
    claims: dict[str, Any]
    mail_proved: bool
    domain_proved: bool


@dataclass(frozen=True, slots=True)
class ToLink:
    """Somebody the provider knows and we do not: they sign in to their account, with this secret in a cookie."""

    provider: store.IdentityProvider
    secret: str


@dataclass(frozen=True, slots=True)
class NotInvited:
    """Nobody is expected under this address. `belongs`: the provider's SIRET is of this organisation."""

    provider: store.IdentityProvider
    belongs: bool


Outcome = Entered | Proved | Tried | ToLink | NotInvited


async def arrive(
    slug: str,
    answer: Mapping[str, str],
    secret: str,
    person: Person | None,
    browser: Browser,
    settings: Settings,
) -> Outcome:
    """Go on with whoever came back to the address of `slug` with the query `answer` and the cookie's `secret`.

    Raises JourneyOver, ProviderAway or ProviderRefused. The journey is used up whatever comes of it.
    """
    attempt = await _attempt(slug, answer, secret)
    row = await _provider(attempt)
    sent = Sent(state_of(secret), attempt.nonce, attempt.verifier)
    returned = await relying.who_returned(client_of(row, settings), sent, answer, settings)
    match Purpose(attempt.purpose):
        case Purpose.TRIAL:
            return await _tried(row, attempt, person, returned.claims)
        case Purpose.AGAIN:
            return await _proved(row, attempt, person, returned.claims)
        case _:
            return await _entered(row, attempt, returned, browser, settings)


async def _attempt(slug: str, answer: Mapping[str, str], secret: str) -> store.SignOnAttempt:
    if not secret or not is_state_of(secret, answer.get("state", "")):
        raise JourneyOver
    async with transaction(LinkHolder(fingerprint(secret))):
        attempt = await store.take_attempt(fingerprint(secret))
    if attempt is None or attempt.slug != slug or attempt.purpose == Purpose.LINK:
        raise JourneyOver
    return attempt


async def _provider(attempt: store.SignOnAttempt) -> store.IdentityProvider:
    async with reading(OnDuty(attempt.organisation_id)):
        row = await store.provider_of(attempt.organisation_id)
    if row is None or (row.state is State.OFF and attempt.purpose != Purpose.TRIAL):
        raise JourneyOver
    return row


async def _tried(
    row: store.IdentityProvider, attempt: store.SignOnAttempt, person: Person | None, claims: dict[str, Any]
) -> Tried:
    if person is None or person.person_id != attempt.person_id:
        raise JourneyOver
    async with transaction(OnDuty(row.organisation_id)):
        await store.IdentityProvider.filter(id=row.id).update(tested_at=now())
        proved = await store.has_proved(row.organisation_id, domain_in(str(claims.get("email") or "")))
        await audit.record(_as(person, row, Role.OWNER), "single_sign_on.tried", f"provider {row.id}")
    return Tried(row, claims, profiles.mail_is_proved(row.preset, claims), proved)


async def _proved(
    row: store.IdentityProvider, attempt: store.SignOnAttempt, person: Person | None, claims: dict[str, Any]
) -> Proved:
    """The same person as before, asked again since they left."""
    if person is None or person.session_id is None or person.person_id != attempt.person_id:
        raise JourneyOver
    try:
        tokens.check_proved_since(claims, attempt.expires_at - ATTEMPT)
    except tokens.TokenRefused as error:
        raise ProviderRefused(str(error)) from error
    async with reading(OnDuty(row.organisation_id)):
        known = await store.identity_of(row.organisation_id, row.issuer, claims["sub"])
    if known is None or known.person_id != person.person_id or person.provider_id != row.id:
        raise ProviderRefused("somebody else proved who they are")
    async with transaction(person):
        factor = profiles.has_second_factor(row.preset, claims)
        secret = await sessions.renew(person.session_id, proved=True, second_factor=factor)
        await audit.record(person, "single_sign_on.proved_again", f"person {person.person_id}")
    return Proved(secret, attempt.next)


# --- coming in ------------------------------------------------------------------------------------------------------


async def _entered(
    row: store.IdentityProvider, attempt: store.SignOnAttempt, returned: relying.Returned, browser: Browser,
    settings: Settings,
) -> Outcome:  # fmt: skip
    claims = returned.claims
    email = normalised_email(str(claims.get("email") or ""))
    guarded = await _is_guarded(email)
    async with transaction(OnDuty(row.organisation_id)):
        await one_at_a_time(f"{row.issuer} {claims['sub']}")
        known = await store.identity_of(row.organisation_id, row.issuer, claims["sub"])
        proved = profiles.mail_is_proved(row.preset, claims) and await store.has_proved(
            row.organisation_id, domain_in(email)
        )
        role = await _role_for(row, claims, email)
        way = way_in(
            known=known is not None, proved=proved, account=await acquaintance.has_account(email),
            guarded=guarded or await store.is_linked(row.organisation_id, row.issuer, email),
            welcome=role is not None,
        )  # fmt: skip
        if way is Way.NOT_INVITED:
            return NotInvited(row, _belongs(claims, await _registration(row)))
        if way is not Way.ASK_TO_LINK:
            person = await _person(way, known, email, profiles.name_in(claims))
            if known is None:
                await _remember(row, person, claims)
                await _join(row, person, role)
            secret = await open_session(row, person, returned, browser, settings)
            return Entered(secret, attempt.next)
    return ToLink(row, await _wait_for_account(row, returned, settings))


async def _is_guarded(email: str) -> bool:
    """Whether whoever has this address also has a second factor of their own."""
    row = await accounts.Person.get_or_none(email=email)
    if row is None:
        return False
    async with reading(Person(row.id, row.name, row.email)):
        return await factors.has_any(row.id)


async def _role_for(row: store.IdentityProvider, claims: Mapping[str, Any], email: str) -> Role | None:
    """What a newcomer becomes: as the invitation to their address says, else what the owners chose for newcomers, when
    the establishment the provider names is not another organisation's."""
    invitation = await _invitation(row, email)
    if invitation is not None:
        return Role(invitation.role)
    if row.newcomer_role not in NEWCOMER_ROLES or not _belongs(claims, await _registration(row)):
        return None
    return Role(row.newcomer_role)


async def _invitation(row: store.IdentityProvider, email: str) -> network.Invitation | None:
    rows = network.Invitation.filter(
        organisation_id=row.organisation_id,
        email=email,
        accepted_at=None,
        withdrawn_at=None,
        expires_at__gt=now(),
    )
    return await rows.order_by("-created_at").first()


async def _registration(row: store.IdentityProvider) -> str:
    return (await network.Organisation.get(id=row.organisation_id)).registration


def _belongs(claims: Mapping[str, Any], registration: str) -> bool:
    return profiles.belongs_to(str(claims.get("siret") or ""), registration)


async def _person(way: Way, known: store.ProviderIdentity | None, email: str, name: str) -> Person:
    if way is Way.ENTER and known is not None:
        row = known.person
    elif way is Way.CONNECT:
        row = await accounts.Person.get(email=email)
    else:
        return await acquaintance.welcome_invited(email, name, "")
    return Person(row.id, row.name, row.email, row.locale, row.theme, row.time_zone, row.shortcuts)


async def _remember(row: store.IdentityProvider, person: Person, claims: Mapping[str, Any]) -> None:
    await store.ProviderIdentity.create(
        id=new_id(), organisation_id=row.organisation_id, person_id=person.person_id, issuer=row.issuer,
        subject=claims["sub"], created_at=now(),
    )  # fmt: skip
    after = {"issuer": row.issuer, "subject": claims["sub"], "email": claims.get("email")}
    who = _as(person, row, await store.role_in(row.organisation_id, person.person_id))
    await audit.record(who, "single_sign_on.linked", f"person {person.person_id}", before={}, after=after)


async def _join(row: store.IdentityProvider, person: Person, role: Role | None) -> None:
    """A member keeps their role; whoever is expected becomes what they were expected as, and their invitation is used."""
    if role is None or await store.role_in(row.organisation_id, person.person_id):
        return
    actor = _as(person, row, role)
    invitation = await _invitation(row, person.email)
    if invitation is not None:
        await network.Invitation.filter(id=invitation.id).update(
            accepted_at=now(), accepted_by=person.person_id
        )
    await network.add_member(actor)
    await audit.record(
        actor, "network.joined", f"person {person.person_id}", invited=invitation.email if invitation else "",
        joined_as=person.email, role=role, provider=row.name,
    )  # fmt: skip


def _as(person: Person, row: store.IdentityProvider, role: Role | None) -> Actor:
    organisation = acting.Organisation(row.organisation_id, row.slug, row.organisation_name)
    return Actor(person, organisation, role or Role.READER)


async def open_session(
    row: store.IdentityProvider,
    person: Person,
    returned: relying.Returned,
    browser: Browser,
    settings: Settings,
) -> str:
    """A session on the provider's word, the last thing done in the caller's transaction; the secret for its cookie."""
    async with acting_for(_as(person, row, None)):
        return await _open(row, person, returned, browser, settings)


async def _open(
    row: store.IdentityProvider,
    person: Person,
    returned: relying.Returned,
    browser: Browser,
    settings: Settings,
) -> str:
    factor = profiles.has_second_factor(row.preset, returned.claims)
    secret = await enter(person, browser, Method.PROVIDER, second_factor=factor, provider_id=row.id)
    session = await accounts.Session.get(fingerprint=fingerprint(secret))
    await accounts.Session.filter(id=session.id).update(expires_at=now() + LIFETIME)
    await store.ProviderSession.create(
        id=new_id(), session_id=session.id, organisation_id=row.organisation_id, person_id=person.person_id,
        id_token=sealed(returned.id_token, SECRET, settings.secrets, str(session.id)), created_at=now(),
    )  # fmt: skip
    return secret


# --- linking an account ---------------------------------------------------------------------------------------------


async def _wait_for_account(
    row: store.IdentityProvider, returned: relying.Returned, settings: Settings
) -> str:
    """Keep who came back, sealed, until they have signed in to their account; the secret for the cookie."""
    secret = new_secret()
    told = json.dumps({"claims": returned.claims, "id_token": returned.id_token})
    async with transaction(OnDuty(row.organisation_id)):
        await store.SignOnAttempt.create(
            id=new_id(), fingerprint=fingerprint(secret), organisation_id=row.organisation_id, slug=row.slug,
            purpose=Purpose.LINK, nonce="", verifier="", expires_at=now() + ATTEMPT,
            claims=sealed(told, SECRET, settings.secrets, fingerprint(secret)),
        )  # fmt: skip
    return secret


async def waiting(secret: str) -> store.IdentityProvider:
    """Where whoever holds this cookie came from. Raises JourneyOver."""
    async with reading(LinkHolder(fingerprint(secret))):
        attempt = await store.SignOnAttempt.get_or_none(
            fingerprint=fingerprint(secret), purpose=Purpose.LINK, expires_at__gt=now()
        )
    row = await provider_at(attempt.slug) if attempt else None
    if row is None:
        raise JourneyOver
    return row


async def link(person: Person, secret: str, browser: Browser, settings: Settings) -> Entered:
    """Link the account one is signed in to with who one is at the provider, and come in by it from now on.

    Only a member of the organisation links an account to its provider. Raises JourneyOver.
    """
    row = await waiting(secret)
    async with transaction(LinkHolder(fingerprint(secret))):
        attempt = await store.take_attempt(fingerprint(secret))
    if attempt is None:
        raise JourneyOver
    returned = _returned(attempt, settings)
    async with transaction(OnDuty(row.organisation_id)):
        await one_at_a_time(f"{row.issuer} {returned.claims['sub']}")
        taken = await store.identity_of(row.organisation_id, row.issuer, returned.claims["sub"])
        if taken or await store.role_in(row.organisation_id, person.person_id) is None:
            raise JourneyOver
        await _remember(row, person, returned.claims)
        secret = await open_session(row, replace(person, session_id=None), returned, browser, settings)
    return Entered(secret, f"/o/{row.slug}")


def _returned(attempt: store.SignOnAttempt, settings: Settings) -> relying.Returned:
    try:
        told = json.loads(unsealed(attempt.claims, SECRET, settings.secrets, attempt.fingerprint))
    except Unsealable as error:
        raise JourneyOver from error
    return relying.Returned(told["claims"], told["id_token"])
