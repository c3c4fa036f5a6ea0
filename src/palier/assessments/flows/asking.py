"""Asking a colleague without an account about one criterion: making the link, ending it, deciding about what they said."""

from datetime import date
from uuid import UUID

from palier.accounts import throttle
from palier.assessments import asking_mails, store
from palier.assessments.flows.answering import Outcome, save_in
from palier.assessments.flows.opinions import said_by
from palier.assessments.flows.sheets import Desk, Sheet, draft_of, load_sheet
from palier.assessments.rules.asking import MOST_LINKS, Wish, closing_of, end_of, source_of, taken
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, AssessmentState, Unknown, Written
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import select, transaction
from palier.foundation.identifiers import fingerprint, new_id, new_secret
from palier.foundation.permissions import Permission
from palier.network.flows.inviting import check_may_write
from palier.network.store import mandate_of
from palier.respondents import store as respondents
from palier.respondents.store import AskedLink, AskedOpinion, Decision


class TooLate(Exception):
    """The round was submitted, or its individual answers were opened: there is nothing to ask any more."""


class TooManyAsked(Exception):
    """As many links to this criterion work as may at once."""


class ChangedMeanwhile(Exception):
    """The answer, or what the colleague said, is not what was on the page: nothing was written."""


async def ask(actor: Actor, slug: str, code: str, wish: Wish, op: UUID, site: str) -> str:
    """Make a link to criterion `code` of the round `slug`, mailed where there is an address; its code, told this once.

    Raises DoesNotExist, TooLate, TooManyAsked, NotInADemonstration, TooManyAttempts (mails), AlreadyDone for the form `op`.
    """
    if wish.email:
        check_may_write(actor)
        await throttle.take_turn(f"invitations of {actor.organisation_id}")
    secret = new_secret()
    async with transaction(actor):
        sheet = await load_sheet(actor, slug, code)
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/e/{slug}/q/{code}#asked")
        _check_open(sheet.desk)
        if await respondents.count_open_links(sheet.desk.assessment.id, code, now()) >= MOST_LINKS:
            raise TooManyAsked
        link = await _make_link(actor, sheet, wish, secret)
        if wish.email:
            await asking_mails.ask(wish.email, link, sheet.criterion, f"{site}/ask/{secret}")
    return secret


def _check_open(desk: Desk) -> None:
    if desk.frozen or desk.agreeing:
        raise TooLate


async def _make_link(actor: Actor, sheet: Sheet, wish: Wish, secret: str) -> AskedLink:
    moment, asked = now(), sheet.desk.assessment
    link = await AskedLink.create(
        id=new_id(), organisation_id=actor.organisation_id, organisation_name=actor.organisation.name,
        assessment_id=asked.id, code=sheet.criterion.code, round_name=asked.name, questionnaire=asked.questionnaire,
        version=asked.version, definition_hash=asked.definition_hash, alone=asked.blind,
        fingerprint=fingerprint(secret), guest=wish.name, note=wish.note, mailed=bool(wish.email),
        mandate_id=actor.mandate_id, asked_by=actor.person_id, asked_name=actor.person.name, asked_at=moment,
        expires_at=end_of(moment, wish.days, await _end_of_mandate(actor)), closes_at=closing_of(moment, asked.closes_on),
    )  # fmt: skip
    await AskedOpinion.create(id=new_id(), link_id=link.id, organisation_id=actor.organisation_id)
    await audit.record(
        actor, "assessments.asked", _subject(asked, link), link=link.id, guest=wish.name, until=link.expires_at,
        mailed=link.mailed,
    )  # fmt: skip
    return link


async def _end_of_mandate(actor: Actor) -> date | None:
    if actor.mandate_id is None:
        return None
    mandate = await mandate_of(actor, actor.mandate_id)
    return mandate.ends_on


def _subject(asked: Assessment, link: AskedLink) -> str:
    return f"answer {asked.slug}/{link.code}"


def may_revoke(actor: Actor, link: AskedLink) -> bool:
    """Whether `actor` ends this link: who made it does, and whoever runs the round."""
    return link.asked_by == actor.person_id or actor.may(Permission.RUN_ASSESSMENT)


async def revoke(actor: Actor, slug: str, asked: UUID) -> str:
    """End a link now; what was said through it stays. The code of its criterion. Raises DoesNotExist."""
    async with transaction(actor):
        assessment, link = await _link(actor, slug, asked)
        if not may_revoke(actor, link):
            raise Unknown("link")
        if link.revoked_at is None:
            await AskedLink.filter(id=link.id).update(revoked_at=now())
            await audit.record(actor, "assessments.ask_revoked", _subject(assessment, link), link=link.id)
    return link.code


async def _link(actor: Actor, slug: str, asked: UUID) -> tuple[Assessment, AskedLink]:
    assessment = await store.assessment_by_slug(actor, slug)
    return assessment, await respondents.asked_link(assessment.id, asked, locked=True)


async def take(actor: Actor, slug: str, asked: UUID, *, seen: int, rev: int, op: UUID) -> str:
    """Make what the colleague said the answer, with the words already there; the code of its criterion.

    `seen` is the revision of the opinion and `rev` that of the answer on the page. Sent again it changes nothing.
    Raises DoesNotExist, TooLate, ChangedMeanwhile, Unacceptable.
    """
    async with transaction(actor):
        assessment, link = await _link(actor, slug, asked)
        opinion = await _opinion(actor, link, seen)
        if link.decided_revision == seen and link.decision is Decision.TAKEN:
            return link.code
        await _save(actor, assessment, link, said_by(opinion), rev, op)
        await _decide(actor, assessment, link, Decision.TAKEN, seen)
    return link.code


async def set_aside(actor: Actor, slug: str, asked: UUID, *, seen: int) -> str:
    """Leave the answer as it is; the code of its criterion. Raises DoesNotExist, TooLate, ChangedMeanwhile."""
    async with transaction(actor):
        assessment, link = await _link(actor, slug, asked)
        await _opinion(actor, link, seen)
        if assessment.state is not AssessmentState.DRAFT:
            raise TooLate
        if link.decided_revision != seen:
            await _decide(actor, assessment, link, Decision.SET_ASIDE, seen)
    return link.code


async def _opinion(actor: Actor, link: AskedLink, seen: int) -> AskedOpinion:
    """What the link's holder said, as it was on the page. While everybody answers alone it is the asker's alone."""
    opinion = (await respondents.opinions_behind([link.id])).get(link.id)
    if opinion is None or not opinion.revision or (link.alone and link.asked_by != actor.person_id):
        raise Unknown("opinion")
    if opinion.revision != seen:
        raise ChangedMeanwhile
    return opinion


async def _save(
    actor: Actor, assessment: Assessment, link: AskedLink, said: Draft, rev: int, op: UUID
) -> None:
    answer = await _answer(actor, assessment, link.code)
    base = answer.revision if answer else 0
    # What the page did not show yet may be one's own typing, saved in the background: then nothing is overruled unseen.
    if answer and base != rev and answer.updated_by != actor.person_id:
        raise ChangedMeanwhile
    await select("select set_config('app.source', $1, true)", source_of(link.guest))
    saved = await save_in(actor, assessment.slug, link.code, taken(draft_of(answer), said), op=op, base=base)
    if saved.outcome in (Outcome.SUBMITTED, Outcome.OPENED):
        raise TooLate
    if not saved.stands:
        raise ChangedMeanwhile


async def _answer(actor: Actor, assessment: Assessment, code: str) -> Written | None:
    if own := assessment.respondent(actor):
        return await respondents.own_response(assessment.id, code, own)
    return await store.answer_of(assessment.id, code)


async def _decide(
    actor: Actor, assessment: Assessment, link: AskedLink, decision: Decision, seen: int
) -> None:
    decided = {"decision": decision, "decided_revision": seen, "decided_name": actor.person.name}
    await AskedLink.filter(id=link.id).update(**decided, decided_at=now())
    verb = "opinion_taken" if decision is Decision.TAKEN else "opinion_set_aside"
    await audit.record(actor, f"assessments.{verb}", _subject(assessment, link), link=link.id, revision=seen)
