"""Asking people to answer a round: adding and inviting them, saying what is theirs and until when, taking it back.

Each is one transaction that holds the round, so that two people's changes come one after the other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from palier.assessments.flows.definitions import definition_of
from palier.assessments.rules.assigned import assignable
from palier.assessments.store import Assessment, AssessmentState
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now, today
from palier.foundation.database import reading, transaction
from palier.foundation.permissions import Permission, Role
from palier.network.flows.inviting import invite_in, may_invite_now
from palier.network.rules.membership import MOST_AT_ONCE
from palier.network.store import colleagues_of, open_invitations
from palier.respondents.store import Assignment, Expected, Respondent
from palier.team.rules.pasted import Line, Verdict, lines_of

LONGEST_VOICE = 60
"""Characters of a role."""

Asked = Respondent | Expected
"""Somebody asked to answer: here already, or invited."""


class Closed(Exception):
    """The round is submitted: nobody is asked to answer it any more."""


class TooMany(ValueError):
    """More invitations than are sent in one go."""


class Missed(ValueError):
    """A date that is over, or after the round's closing date."""


class ChangedMeanwhile(Exception):
    """Somebody else changed the row since the page was read: nothing was written. `row` as it stands."""

    def __init__(self, row: Asked) -> None:
        super().__init__(row.id)
        self.row = row


@dataclass(frozen=True, slots=True)
class Wish:
    """Whom to ask, and what of them: members by id, others by address; without codes, everything."""

    people: frozenset[UUID]
    pasted: str
    codes: tuple[str, ...] = ()
    due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """How many were asked at once, and how many invited."""

    asked: int
    invited: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of somebody in their row."""

    voice: str
    due_on: date | None


async def look_at(actor: Actor, slug: str, pasted: str) -> tuple[Line, ...]:
    """What adding a pasted list would do, piece by piece. Raises DoesNotExist."""
    async with reading(actor):
        assessment = await Assessment.get(organisation_id=actor.organisation_id, slug=slug)
        return await _lines(actor, assessment, pasted)


async def _lines(actor: Actor, assessment: Assessment, pasted: str) -> tuple[Line, ...]:
    colleagues = await colleagues_of(actor.organisation_id, today(actor.person.time_zone))
    asked = {row.person_id for row in await Respondent.filter(assessment_id=assessment.id)}
    there = {row.email for row in await Expected.filter(assessment_id=assessment.id)}
    there |= {one.email for one in colleagues if one.person_id in asked}
    may_answer = {one.email: one.may(Permission.ANSWER) for one in colleagues}
    return lines_of(
        pasted, colleagues=may_answer, there=there, may_invite=actor.may(Permission.MANAGE_PEOPLE)
    )


async def add(actor: Actor, slug: str, wish: Wish, site: str, op: UUID) -> Added:
    """Ask the people and invite the addresses that `look_at` accepts; the others are left out.

    Whoever is asked already keeps what they have. Raises DoesNotExist, Closed, Missed, TooMany, AlreadyDone, and for
    addresses of strangers NotInADemonstration or TooManyAttempts.
    """
    strangers = [line for line in await look_at(actor, slug, wish.pasted) if line.verdict is Verdict.NEW]
    if len(strangers) > MOST_AT_ONCE:
        raise TooMany
    if strangers:
        await may_invite_now(actor, Role.CONTRIBUTOR)
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/e/{slug}/team")
        assessment = await _held(actor, slug)
        _check_date(actor, assessment, wish.due_on, before=None)
        codes = assignable(await definition_of(assessment), wish.codes)
        lines = await _lines(actor, assessment, wish.pasted)
        asked = await _ask_colleagues(actor, assessment, wish, lines, codes)
        invited = await _expect(actor, assessment, wish, lines, codes)
        await invite_in(actor, invited, Role.CONTRIBUTOR, site)
        return Added(asked, len(invited))


async def _ask_colleagues(
    actor: Actor, assessment: Assessment, wish: Wish, lines: Iterable[Line], codes: Sequence[str]
) -> int:
    colleagues = await colleagues_of(actor.organisation_id, today(actor.person.time_zone))
    joining = {line.email for line in lines if line.verdict is Verdict.JOINS}
    known = {row.person_id for row in await Respondent.filter(assessment_id=assessment.id)}
    fresh = [
        one.person_id
        for one in colleagues
        if (one.person_id in wish.people or one.email in joining)
        and one.person_id not in known
        and one.may(Permission.ANSWER)
    ]
    for person in fresh:
        await Respondent.create(
            organisation_id=actor.organisation_id, assessment_id=assessment.id, person_id=person, due_on=wish.due_on,
            asked_at=now(),
        )  # fmt: skip
        await _assign(actor, assessment.id, person, codes)
        await _record(actor, assessment, "asked", person=person, codes=" ".join(codes))
    return len(fresh)


async def _expect(
    actor: Actor, assessment: Assessment, wish: Wish, lines: Iterable[Line], codes: Sequence[str]
) -> list[str]:
    invited = [line.email for line in lines if line.verdict is Verdict.NEW]
    for email in invited:
        await Expected.create(
            organisation_id=actor.organisation_id, assessment_id=assessment.id, email=email, due_on=wish.due_on,
            codes=list(codes), asked_at=now(),
        )  # fmt: skip
        await _record(actor, assessment, "expected", email=email, codes=" ".join(codes))
    return invited


async def settle(actor: Actor, slug: str, asked_id: UUID, terms: Terms, seen: Terms) -> None:
    """Say in which role somebody answers, and until when. `seen` is what the form showed.

    Raises DoesNotExist, Closed, Missed, ChangedMeanwhile.
    """
    async with transaction(actor):
        assessment = await _held(actor, slug)
        row = await _row(assessment, asked_id)
        stands = Terms(row.voice, row.due_on)
        if stands == terms:
            return
        if stands != seen:
            raise ChangedMeanwhile(row)
        _check_date(actor, assessment, terms.due_on, before=row.due_on)
        row.voice, row.due_on = terms.voice[:LONGEST_VOICE], terms.due_on
        await row.save(update_fields=["voice", "due_on"])
        before = {"voice": stands.voice, "due_on": stands.due_on}
        after = {"voice": row.voice, "due_on": row.due_on}
        await _record(actor, assessment, "terms_changed", **_who(row), before=before, after=after)


async def assign(actor: Actor, slug: str, asked_id: UUID, codes: Iterable[str]) -> None:
    """Make exactly these sections and criteria somebody's; none: the whole round. Raises DoesNotExist, Closed."""
    async with transaction(actor):
        assessment = await _held(actor, slug)
        row = await _row(assessment, asked_id)
        wanted = assignable(await definition_of(assessment), codes)
        if isinstance(row, Expected):
            before, row.codes = row.codes, list(wanted)
            await row.save(update_fields=["codes"])
        else:
            rows = Assignment.filter(assessment_id=assessment.id, person_id=row.person_id)
            before = [each.code for each in await rows.order_by("code")]
            await rows.filter(code__not_in=list(wanted)).delete() if wanted else await rows.delete()
            await _assign(actor, assessment.id, row.person_id, wanted)
        await _record(actor, assessment, "assigned", **_who(row), before=before, after=list(wanted))


async def _assign(actor: Actor, assessment_id: UUID, person: UUID, codes: Iterable[str]) -> None:
    rows = [
        Assignment(
            organisation_id=actor.organisation_id, assessment_id=assessment_id, person_id=person, code=code, assigned_at=now()
        )
        for code in codes
    ]  # fmt: skip
    if rows:
        await Assignment.bulk_create(rows, ignore_conflicts=True)


async def remove(actor: Actor, slug: str, asked_id: UUID) -> None:
    """Ask somebody no longer: their answers stay. Somebody expected is no longer invited, unless another round expects
    them too. Twice is once. Raises DoesNotExist for the round, Closed."""
    async with transaction(actor):
        assessment = await _held(actor, slug)
        row = await _found(assessment, asked_id)
        if row is None:
            return
        if isinstance(row, Expected):
            await row.delete()
            await _take_invitation_back(actor, row.email)
        else:
            await Assignment.filter(assessment_id=assessment.id, person_id=row.person_id).delete()
            await row.delete()
        await _record(actor, assessment, "not_asked", **_who(row))


async def _take_invitation_back(actor: Actor, email: str) -> None:
    if await Expected.filter(organisation_id=actor.organisation_id, email=email).exists():
        return
    for invitation in await open_invitations(actor).filter(email=email):
        invitation.withdrawn_at = now()
        await invitation.save(update_fields=["withdrawn_at"])
        await audit.record(actor, "network.invitation_withdrawn", f"invitation {invitation.id}", email=email)


async def send_again(actor: Actor, slug: str, asked_id: UUID, site: str, op: UUID) -> None:
    """Invite somebody expected once more: the earlier link stops working.

    Raises DoesNotExist, Closed, RoleOutOfReach, NotInADemonstration, TooManyAttempts, AlreadyDone.
    """
    await may_invite_now(actor, Role.CONTRIBUTOR)
    async with transaction(actor):
        await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/e/{slug}/team")
        assessment = await _held(actor, slug)
        row = await Expected.get(id=asked_id, assessment_id=assessment.id)
        await invite_in(actor, [row.email], Role.CONTRIBUTOR, site)


async def _held(actor: Actor, slug: str) -> Assessment:
    """The round, until the transaction ends. Raises DoesNotExist, Closed."""
    rows = Assessment.filter(organisation_id=actor.organisation_id, slug=slug)
    assessment = await rows.select_for_update().get()
    if assessment.state is not AssessmentState.DRAFT:
        raise Closed
    return assessment


async def _found(assessment: Assessment, asked_id: UUID) -> Asked | None:
    here = await Respondent.get_or_none(id=asked_id, assessment_id=assessment.id)
    return here or await Expected.get_or_none(id=asked_id, assessment_id=assessment.id)


async def _row(assessment: Assessment, asked_id: UUID) -> Asked:
    here = await Respondent.get_or_none(id=asked_id, assessment_id=assessment.id)
    return here or await Expected.get(id=asked_id, assessment_id=assessment.id)


def _check_date(actor: Actor, assessment: Assessment, due_on: date | None, *, before: date | None) -> None:
    """A date that stood stays acceptable: it may be over by now. Raises Missed."""
    if due_on is None or due_on == before:
        return
    if due_on < today(actor.person.time_zone) or (assessment.closes_on and due_on > assessment.closes_on):
        raise Missed(due_on)


def _who(row: Asked) -> dict[str, object]:
    return {"email": row.email} if isinstance(row, Expected) else {"person": row.person_id}


async def _record(actor: Actor, assessment: Assessment, verb: str, **facts: object) -> None:
    await audit.record(actor, f"team.{verb}", f"assessment {assessment.slug}", **facts)
