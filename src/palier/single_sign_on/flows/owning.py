"""Mail domains an organisation calls its own: named, proved by a DNS record or a mailed code, looked at again, let go."""

import hmac
import secrets
from uuid import UUID

from palier.accounts import throttle
from palier.foundation import audit
from palier.foundation.actor import Actor, OnDuty
from palier.foundation.clock import now
from palier.foundation.database import one_at_a_time, reading, transaction
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.settings import Settings
from palier.network.flows.inviting import check_may_write
from palier.single_sign_on import mails, name_server, store
from palier.single_sign_on.flows.configuring import NotReady
from palier.single_sign_on.rules import domains as rules
from palier.single_sign_on.rules.domains import DomainFault, Proof
from palier.single_sign_on.rules.states import Obstacle, State

_CODE_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_CODE_LENGTH = 10


class DomainRefused(Exception):
    """The domain can be nobody's own."""

    def __init__(self, fault: DomainFault) -> None:
        super().__init__(fault)
        self.fault = fault


class DomainHeld(Exception):
    """Another organisation has proved this domain, and its proof stands."""


class TooManyDomains(Exception):
    """More than an organisation may name."""


class NotProved(Exception):
    """The record is not there, or the code is not the one mailed last, or too old."""


async def name(actor: Actor, text: str) -> store.SignOnDomain:
    """Note a domain, to be proved. Naming it again finds the same row.

    Raises DomainRefused, TooManyDomains or NotInADemonstration.
    """
    check_may_write(actor)
    domain = rules.normalised_domain(text)
    if fault := rules.domain_fault(domain):
        raise DomainRefused(fault)
    async with transaction(actor):
        await one_at_a_time(f"domains of {actor.organisation_id}")
        rows = await store.domains_of(actor.organisation_id)
        if found := next((row for row in rows if row.domain == domain), None):
            return found
        if len(rows) >= rules.MOST_DOMAINS:
            raise TooManyDomains
        row = await store.SignOnDomain.create(
            id=new_id(), organisation_id=actor.organisation_id, domain=domain, token=secrets.token_hex(16),
            door=store.door_of(f"domain {domain}"),
        )  # fmt: skip
        await audit.record(actor, "single_sign_on.domain_named", f"domain {domain}")
        return row


async def look(actor: Actor, domain: UUID, settings: Settings) -> None:
    """Prove the domain by its DNS record, or once more. Raises NotProved, NoNameServer, DomainHeld or DoesNotExist."""
    async with reading(actor):
        row = await store.domain_of(actor.organisation_id, domain)
    await throttle.take_turn(throttle_word(actor))
    if not await _record_stands(row, settings):
        raise NotProved
    await _prove(actor, row, Proof.DNS)


def throttle_word(actor: Actor) -> str:
    """What counts the organisation's tries to prove something."""
    return f"proofs of {actor.organisation_id}"


async def _record_stands(row: store.SignOnDomain, settings: Settings) -> bool:
    texts = await name_server.texts_at(rules.record_name(row.domain), settings.name_server)
    return any(
        hmac.compare_digest(text.strip().encode(), rules.record_text(row.token).encode()) for text in texts
    )


async def mail_code(actor: Actor, domain: UUID, keeper: str) -> None:
    """Mail a code to whoever keeps the domain's post. Raises TooManyAttempts or DoesNotExist."""
    await throttle.take_turn(throttle_word(actor))
    code = "".join(secrets.choice(_CODE_LETTERS) for _ in range(_CODE_LENGTH))
    async with transaction(actor):
        row = await store.domain_of(actor.organisation_id, domain)
        keeper = keeper if keeper in rules.KEEPERS else rules.KEEPERS[0]
        await store.SignOnDomain.filter(id=row.id).update(
            code=_code_fingerprint(row, code), code_until=now() + rules.CODE_FOR
        )
        await mails.domain_code(actor, f"{keeper}@{row.domain}", code)
        await audit.record(
            actor, "single_sign_on.code_mailed", f"domain {row.domain}", to=f"{keeper}@{row.domain}"
        )


async def give_code(actor: Actor, domain: UUID, code: str) -> None:
    """Prove the domain by the mailed code. Raises NotProved, DomainHeld, TooManyAttempts or DoesNotExist."""
    await throttle.take_turn(throttle_word(actor))
    async with reading(actor):
        row = await store.domain_of(actor.organisation_id, domain)
    alive = row.code and row.code_until and row.code_until > now()
    if not alive or not hmac.compare_digest(row.code, _code_fingerprint(row, code)):
        raise NotProved
    await _prove(actor, row, Proof.MAIL)


def _code_fingerprint(row: store.SignOnDomain, code: str) -> str:
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return fingerprint(f"{row.id} {plain}")


async def _prove(actor: Actor, row: store.SignOnDomain, proof: Proof) -> None:
    held = False
    async with transaction(actor):
        until = rules.proved_until(now())
        held = not await store.keep_proof(row, proof, until)
        if not held:
            await audit.record(
                actor, "single_sign_on.domain_proved", f"domain {row.domain}",
                before={"proved_until": row.proved_until}, after={"proved_until": until, "by": proof},
            )  # fmt: skip
    if held:
        raise DomainHeld


async def let_go(actor: Actor, domain: UUID) -> None:
    """Call a domain one's own no longer. Raises NotReady for the last one while the provider is the only way in."""
    async with transaction(actor):
        provider = await store.provider_of(actor.organisation_id, locked=True)
        row = await store.domain_of(actor.organisation_id, domain)
        others = [
            one for one in await store.domains_of(actor.organisation_id)
            if one.id != row.id and one.proved_until and one.proved_until > now()
        ]  # fmt: skip
        if provider and provider.state is State.ENFORCED and row.proved_until and not others:
            raise NotReady([Obstacle.NO_DOMAIN])
        await store.SignOnDomain.filter(id=row.id).delete()
        before = {"proof": row.proof, "proved_until": row.proved_until}
        await audit.record(
            actor, "single_sign_on.domain_let_go", f"domain {row.domain}", before=before, after={}
        )


async def look_at_all(settings: Settings) -> None:
    """The worker's round: a record that still stands renews its proof, owners learn of one that ends soon, and what
    has ended is let go, so that its next holder can prove it. Sign-ins nobody came back from are forgotten."""
    async with transaction(None):
        await store.SignOnAttempt.filter(expires_at__lt=now()).delete()
        soon = now() + rules.WARNED_BEFORE
        rows = await store.SignOnDomain.filter(proved_until__lt=soon)
    for row in rows:
        await _look_again(row, settings)


async def _look_again(row: store.SignOnDomain, settings: Settings) -> None:
    actor = OnDuty(row.organisation_id)
    try:
        stands = row.proof is Proof.DNS and await _record_stands(row, settings)
    except name_server.NoNameServer:
        stands = False
    async with transaction(actor):
        found = await store.SignOnDomain.get_or_none(id=row.id, proved_until=row.proved_until)
        if found is None or found.proved_until is None:
            return  # proved or let go meanwhile
        if stands:
            await store.keep_proof(found, Proof.DNS, rules.proved_until(now()))
            await audit.record(actor, "single_sign_on.domain_proved", f"domain {row.domain}", by=Proof.DNS)
        elif found.proved_until <= now():
            await store.SignOnDomain.filter(id=row.id).update(proof=Proof.NONE, proved_until=None)
            await audit.record(actor, "single_sign_on.domain_proof_ended", f"domain {row.domain}")
            await mails.proof_ended(found)
        elif _is_warning_day(found):
            await mails.proof_ends(found)


def _is_warning_day(row: store.SignOnDomain) -> bool:
    """Thirty days and seven days before the end: the round runs once a day."""
    return row.proved_until is not None and (row.proved_until - now()).days in (29, 6)
