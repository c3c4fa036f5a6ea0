"""Opening the answers, agreeing on one criterion, adopting medians: each exactly once, each with its trace."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from palier.assessments.flows.answering import Outcome, Saved, Unacceptable, read, save_in
from palier.assessments.rules.drafts import Draft, faults
from palier.assessments.store import Assessment, AssessmentState, Mode, Unknown
from palier.consensus.flows.meeting import Meeting, load_meeting
from palier.consensus.rules.opened import Opened, Spoken, answer_in, median, shared, voices_of, with_words
from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import transaction
from palier.questionnaires.rules import Criterion
from palier.respondents.store import Agreement, given_to
from palier.scoring.rules.answers import State
from palier.scoring.rules.respondents import Dissent, NoConsensus, settle


class NobodyAnswered(Exception):
    """There is nothing to open."""


class NotOpened(Exception):
    """Everybody still answers alone, or the round is submitted."""


async def open_answers(actor: Actor, slug: str) -> int:
    """Show everybody's answers to everybody, and agree at once on whatever all said alike; how many criteria that is.

    Once and for all: opened before, nothing changes and the answer is 0. Raises DoesNotExist, NobodyAnswered.
    """
    async with transaction(actor):
        assessment = await _locked(actor, slug)
        if not assessment.blind or assessment.state is not AssessmentState.DRAFT:
            return 0
        if not await given_to(assessment.id):
            raise NobodyAnswered
        assessment.answers_opened_at = now()
        await assessment.save(update_fields=["answers_opened_at"])
        await audit.record(actor, "assessments.answers_opened", f"assessment {slug}")
        return await _agree_where_alike(actor, slug)


async def _locked(actor: Actor, slug: str) -> Assessment:
    rows = Assessment.filter(organisation_id=actor.organisation_id, slug=slug, mode=Mode.INDIVIDUAL)
    return await rows.select_for_update().get()


async def _agree_where_alike(actor: Actor, slug: str) -> int:
    """Criteria that an agreed answer brings in are looked at again, until none is left."""
    done: set[str] = set()
    while True:
        meeting = await load_meeting(actor, slug)
        alike = {
            code: (one, draft)
            for code, one in meeting.criteria.items()
            if code not in done and not meeting.is_agreed(code) and (draft := shared(one))
        }
        if not alike:
            return len(done)
        for code, (one, draft) in alike.items():
            await _write(
                actor, slug, one, draft, op=uuid5(meeting.assessment.id, f"alike {code}"), in_one_go=True
            )
            done.add(code)


async def agree(
    actor: Actor, slug: str, code: str, draft: Draft, *, reason: str, dissent: Mapping[UUID, str], op: UUID, base: int
) -> Saved:  # fmt: skip
    """Make `draft` the organisation's answer to `code`, and keep why, who dissents, and what everybody had said.

    `base` is the revision of the agreed answer that was seen: agreed on differently meanwhile, the outcome is a conflict
    and nothing is written. Raises DoesNotExist, NotOpened, Unacceptable, NoConsensus.
    """
    async with transaction(actor):
        one = _opened(await load_meeting(actor, slug), code)
        sent = _acceptable(draft, one.criterion)
        if sent.state is State.BLANK:
            raise NoConsensus("an agreement says something, if only that nobody knows")
        words = {each.person: dissent.get(each.person, "").strip() for each in one.spoken}
        dissenting = [Dissent(str(person), said) for person, said in words.items() if said]
        if one.spoken:
            settle(
                one.criterion,
                voices_of(one.criterion, one.spoken),
                answer_in(one.criterion, sent),
                reason,
                dissenting,
            )
        whole = with_words(sent, one.spoken)
        return await _write(actor, slug, one, whole, op=op, base=base, reason=reason, dissent=dissenting)


async def adopt_medians(actor: Actor, slug: str, codes: Iterable[str], *, reason: str, op: UUID) -> int:
    """Agree on the median of every criterion of `codes` whose answers lie one level apart; how many that are.

    What was agreed on meanwhile stays, and the same `op` again changes nothing. Raises DoesNotExist, NotOpened.
    """
    async with transaction(actor):
        meeting = await load_meeting(actor, slug)
        _check_opened(meeting)
        wanted, adopted = set(codes), 0
        for one in meeting.one_level_gaps:
            code = one.criterion.code
            if code in wanted:
                saved = await _write(
                    actor, slug, one, median(one), op=uuid5(op, code), reason=reason, in_one_go=True
                )
                adopted += saved.outcome is Outcome.SAVED
    return adopted


def _acceptable(draft: Draft, criterion: Criterion) -> Draft:
    sent = read(draft, criterion)
    if found := faults(sent, criterion):
        raise Unacceptable(found, criterion, sent)
    return sent


def _opened(meeting: Meeting, code: str) -> Opened:
    _check_opened(meeting)
    try:
        return meeting.criteria[code]
    except KeyError:
        raise Unknown("criterion") from None


def _check_opened(meeting: Meeting) -> None:
    if meeting.assessment.blind or meeting.desk.frozen:
        raise NotOpened


async def _write(
    actor: Actor, slug: str, one: Opened, draft: Draft, *, op: UUID, base: int = 0, reason: str = "",
    dissent: Sequence[Dissent] = (), in_one_go: bool = False,
) -> Saved:  # fmt: skip
    """Save the agreed answer and, where that changed something, the agreement beside it."""
    code = one.criterion.code
    saved = await save_in(actor, slug, code, draft, op=op, base=base, agreed=True)
    if saved.outcome not in (Outcome.SAVED, Outcome.UNCHANGED):
        return saved
    assessment = await Assessment.get(organisation_id=actor.organisation_id, slug=slug).only("id")
    names = {str(each.person): each.name for each in one.spoken}
    await Agreement.create(
        organisation_id=actor.organisation_id, assessment_id=assessment.id, code=code, reason=reason,
        dissent=[{"person": each.person, "name": names[each.person], "words": each.words} for each in dissent],
        voices=[_as_said(each) for each in one.spoken], revision=saved.revision, in_one_go=in_one_go,
        agreed_by=actor.person_id, agreed_name=actor.person.name, agreed_at=now(),
    )  # fmt: skip
    return saved


def _as_said(spoken: Spoken) -> dict[str, Any]:
    return {
        "person": str(spoken.person), "name": spoken.name, "role": spoken.role, **spoken.draft.as_plain()
    }  # fmt: skip
