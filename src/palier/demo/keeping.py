"""A visitor creates their own organisation: it takes the answers of the open rounds along, and the copy is erased.

Nobody learns whether an address has an account. A new address owns the organisation once it is confirmed; for a known
one the organisation waits behind a link mailed to it, so that nothing enters an account its owner did not ask for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from palier.accounts import store as accounts
from palier.accounts.flows import signing_up
from palier.accounts.rules import normalised_email
from palier.assessments.store import Answer, AnswerEvent, Assessment, AssessmentState, visible_assessments
from palier.demo.sandboxes import erase
from palier.foundation import audit, clock, files, mail
from palier.foundation.actor import Actor, Organisation, Person
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret, slugify
from palier.foundation.language import speaking
from palier.foundation.permissions import Role
from palier.network import store as network
from palier.network.rules.membership import INVITED_FOR


@dataclass(frozen=True, slots=True)
class Wish:
    """Who the visitor is, and what their organisation is called."""

    name: str
    email: str
    password: str
    organisation: str


@dataclass(frozen=True, slots=True)
class _Taken:
    """One open round with its answers and their history."""

    assessment: Assessment
    answers: Sequence[Answer]
    events: Sequence[AnswerEvent]


async def keep(visitor: Actor, wish: Wish, address: str, site: str, shelf: files.Shelf) -> None:
    """Sign up, found the organisation, bring the open rounds, erase the copy: a transaction each, in this order.

    Raises PasswordRefused or TooManyAttempts; then nothing was changed.
    """
    async with reading(visitor):
        taken = await _open_rounds(visitor)
    await signing_up.sign_up(wish.email, wish.name, wish.password, address, site)
    async with reading(None):
        row = await accounts.Person.get(email=normalised_email(wish.email))
    person = Person(row.id, row.name, row.email, row.locale)
    number = 1
    while not await _found(person, wish, taken, number, known_at=site if row.email_confirmed_at else ""):
        number += 1  # the address is taken, perhaps by somebody this person may not know about
    await erase(visitor.organisation_id, shelf)


async def _open_rounds(visitor: Actor) -> list[_Taken]:
    rounds = await visible_assessments(visitor).filter(state=AssessmentState.DRAFT)
    return [
        _Taken(
            one, await Answer.filter(assessment_id=one.id), await AnswerEvent.filter(assessment_id=one.id).order_by("at")
        )
        for one in rounds
    ]  # fmt: skip


async def _found(person: Person, wish: Wish, taken: Sequence[_Taken], number: int, *, known_at: str) -> bool:
    slug = slugify(wish.organisation) + (f"-{number}" if number > 1 else "")
    owner = Actor(person, Organisation(new_id(), slug, wish.organisation), Role.OWNER)
    async with transaction(owner):
        row = network.Organisation(id=owner.organisation_id, slug=slug, name=wish.organisation)
        if not await network.add_organisation(row):
            return False
        await audit.record(
            owner, "network.organisation_founded", f"organisation {slug}", name=wish.organisation
        )
        for one in taken:
            await _bring(owner, one)
        await (_offer(owner, known_at) if known_at else network.add_member(owner))
    return True


async def _bring(owner: Actor, taken: _Taken) -> None:
    old = taken.assessment
    new = await Assessment.create(
        id=new_id(), organisation_id=owner.organisation_id, slug=old.slug, name=old.name, questionnaire=old.questionnaire,
        version=old.version, definition_hash=old.definition_hash, opens_on=old.opens_on, closes_on=old.closes_on,
        created_by=owner.person_id, created_at=old.created_at,
    )  # fmt: skip
    await Answer.bulk_create(_answer(owner, new, answer) for answer in taken.answers)
    await AnswerEvent.bulk_create(_event(owner, new, event) for event in taken.events)
    await audit.record(owner, "demo.round_kept", f"assessment {new.slug}", answers=len(taken.answers))


def _answer(owner: Actor, new: Assessment, old: Answer) -> Answer:
    return Answer(
        id=new_id(), organisation_id=owner.organisation_id, assessment_id=new.id, code=old.code, state=old.state, level=old.level,
        reason=old.reason, rationale=old.rationale, evidence_grade=old.evidence_grade, evidence=old.evidence,
        evidence_link=old.evidence_link, to_review=old.to_review, revision=old.revision, updated_by=owner.person_id,
        updated_name=owner.person.name, updated_at=old.updated_at,
    )  # fmt: skip


def _event(owner: Actor, new: Assessment, old: AnswerEvent) -> AnswerEvent:
    return AnswerEvent(
        op=new_id(), organisation_id=owner.organisation_id, assessment_id=new.id, code=old.code, revision=old.revision,
        person_id=owner.person_id, person_name=owner.person.name, at=old.at, before=old.before, after=old.after,
        source=old.source,
    )  # fmt: skip


async def _offer(owner: Actor, site: str) -> None:
    """The organisation waits for its owner behind a link mailed to the account's address."""
    secret = new_secret()
    await network.Invitation.create(
        id=new_id(), organisation_id=owner.organisation_id, email=owner.person.email, role=Role.OWNER,
        fingerprint=fingerprint(secret), invited_by_id=owner.person_id, created_at=clock.now(), expires_at=clock.now() + INVITED_FOR,
    )  # fmt: skip
    with speaking(owner.person.locale):
        await mail.write(
            owner.person.email, "demo/mails/kept", organisation=owner.organisation.name, address=f"{site}/invite/{secret}",
            days=INVITED_FOR.days,
        )  # fmt: skip
