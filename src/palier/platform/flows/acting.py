"""What the staff may do: each with a reason where it touches people, each written on the platform's chain."""

from uuid import UUID

from palier.accounts.flows import acquaintance
from palier.accounts.sessions import close_every_session
from palier.accounts.store import AuthenticatorApp, Passkey, RecoveryCode
from palier.foundation import audit, jobs
from palier.foundation.actor import Actor, Organisation, StaffActor
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, acting_for, reading, select, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.permissions import Role
from palier.platform import mails
from palier.platform.flows.reading import Facts
from palier.platform.rules.removing import NOTICE
from palier.platform.store import FactorRemoval


class ComingAlready(Exception):
    """The person's second factors are about to be removed."""


async def end_sessions_of_house(actor: StaffActor, facts: Facts, reason: str) -> int:
    """Sign out all members of the organisation with these `facts`; how many sessions ended. Its own trail says so too."""
    organisation = Organisation(UUID(facts["id"]), facts["slug"], facts["name"])
    async with transaction(actor):
        rows = await select("select platform_end_sessions($1, null) as n", organisation.id)
        subject, ended = f"organisation {organisation.id}", int(rows[0]["n"])
        await audit.record(actor, "platform.sessions_ended", subject, reason=reason, sessions=ended)
        theirs = Actor(actor.person, organisation, Role.VISITOR)
        await audit.record(theirs, "platform.sessions_ended", subject, reason=reason, sessions=ended)
    return ended


async def end_sessions_of_person(actor: StaffActor, facts: Facts, reason: str) -> int:
    """Sign a person out everywhere and tell them; how many sessions ended."""
    async with transaction(actor):
        rows = await select("select platform_end_sessions(null, $1) as n", UUID(facts["id"]))
        ended = int(rows[0]["n"])
        await audit.record(
            actor, "platform.sessions_ended", f"person {facts['id']}", reason=reason, sessions=ended
        )
        await mails.sessions_ended(facts["email"], facts["locale"])
    return ended


async def ask_factor_removal(actor: StaffActor, facts: Facts, reason: str, site: str) -> FactorRemoval:
    """Remove a person's second factors in a day, unless they stop it by the link they are sent. Raises ComingAlready.

    A day, and not a second member of the staff: installations have one person on the staff, and the one who can say that
    it is not them who called is the owner of the account (docs/decisions/0019).
    """
    secret, person_id = new_secret(), UUID(facts["id"])
    async with transaction(actor):
        if await FactorRemoval.filter(person_id=person_id, stopped_at=None, done_at=None).exists():
            raise ComingAlready
        row = await FactorRemoval.create(
            id=new_id(), person_id=person_id, asked_by=actor.person_id, asked_name=actor.person.name, reason=reason,
            fingerprint=fingerprint(secret), asked_at=now(), due_at=now() + NOTICE,
        )  # fmt: skip
        await jobs.enqueue("platform.remove_factors", at=row.due_at, removal=row.id)
        await audit.record(
            actor, "platform.factors_removal_asked", f"person {person_id}", reason=reason, due=row.due_at
        )
        await mails.factors_go(facts["email"], facts["locale"], row, f"{site}/keep-factors/{secret}")
    return row


async def coming_removal(secret: str) -> FactorRemoval | None:
    """The removal this link stops, while it can be stopped."""
    async with reading(LinkHolder(fingerprint(secret))):
        return await FactorRemoval.get_or_none(fingerprint=fingerprint(secret), stopped_at=None, done_at=None)


async def stop_removal(secret: str) -> bool:
    """Keep one's second factors; False when there was nothing to stop."""
    mark = fingerprint(secret)
    async with transaction(LinkHolder(mark)):
        row = await FactorRemoval.get_or_none(fingerprint=mark, stopped_at=None, done_at=None)
        if row is None or not await FactorRemoval.filter(id=row.id, stopped_at=None).update(stopped_at=now()):
            return False
        await audit.record(None, "platform.factors_removal_stopped", f"person {row.person_id}")
    return True


async def remove_factors(removal: str) -> None:
    """What the worker does a day later: app, codes and passkeys go, and the sessions with them; the password stays."""
    async with transaction(None):
        row = await FactorRemoval.filter(id=UUID(removal), stopped_at=None, done_at=None)\
            .select_for_update().first()  # fmt: skip
        if row is None or row.due_at > now():
            return
        person = await acquaintance.person_of(row.person_id)
        async with acting_for(person):  # what proves a person is nobody else's to see or to delete
            for factor in (AuthenticatorApp, RecoveryCode, Passkey):
                await factor.filter(person_id=row.person_id).delete()
        await close_every_session(row.person_id)
        await FactorRemoval.filter(id=row.id).update(done_at=now())
        await audit.record(None, "platform.factors_removed", f"person {row.person_id}", asked_by=row.asked_by)
        await mails.factors_gone(person.email, person.locale)


async def forget_failures() -> None:
    """What went wrong more than ninety days ago helps nobody any more."""
    async with transaction(None):
        await select("delete from job_failure where at < now() - interval '90 days'")


async def retry_job(actor: StaffActor, job: int) -> bool:
    """Put a failed job back in the queue; False when it did not fail, or another one does its work."""
    return await _audited(actor, "platform.job_retried", f"job {job}", "platform_retry_job($1)", job)


async def cancel_job(actor: StaffActor, job: int) -> bool:
    """Take a job that waits out of the queue; False when it is under way or over."""
    return await _audited(actor, "platform.job_cancelled", f"job {job}", "platform_cancel_job($1)", job)


async def retry_mail(actor: StaffActor, mail: UUID) -> bool:
    """Try a letter that failed again, now; False when it was sent meanwhile."""
    return await _audited(actor, "platform.mail_retried", f"mail {mail}", "platform_retry_mail($1)", mail)


async def _audited(actor: StaffActor, verb: str, subject: str, call: str, what: object) -> bool:
    async with transaction(actor):
        kind = (await select(f"select {call} as kind", what))[0]["kind"]
        if kind is None:
            return False
        await audit.record(actor, verb, subject, kind=kind)
    return True
