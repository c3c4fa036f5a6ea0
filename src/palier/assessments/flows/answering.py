"""Opening a round and answering it. A save is one round trip and is acknowledged after its commit, never before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec

from palier.assessments.flows.carrying import Wanted, carry_over
from palier.assessments.flows.definitions import definition_by, definition_of, keep_definition
from palier.assessments.rules.asked import NO_TURN, Turn, asked, turn
from palier.assessments.rules.drafts import Draft, Fault, draft_from, faults, settled
from palier.assessments.rules.history import Change, changes_from
from palier.assessments.rules.progress import NOTHING, Standing, States
from palier.assessments.store import Assessment, Campaign, Mode, Participation, Unknown, assessment_by_slug
from palier.foundation import audit, operations
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import carry_out, reading, select, transaction
from palier.foundation.identifiers import new_id, slugify
from palier.foundation.kept import Kept
from palier.foundation.rights import check_opens
from palier.questionnaires.flows.offering import check_offered
from palier.questionnaires.rules import Criterion, Questionnaire
from palier.respondents.store import ResponseEvent


class Outcome(StrEnum):
    """What became of a save."""

    SAVED = "saved"
    UNCHANGED = "unchanged"
    REPLAYED = "replayed"
    CONFLICT = "conflict"
    SUBMITTED = "submitted"
    OPENED = "opened"
    """Individual answers were opened meanwhile: from then on an answer comes of an agreement."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer as it stands after a save. `revision` is what the next save of this editor is based on.

    After a conflict `answer`, `by` and `at` are the other person's and `revision` is theirs; `sent` is what was sent.
    `alone`: everybody still answers alone, and the answer is one's own.
    `states` tells where every answer of the round stands, `questionnaire` what is asked now (`whole`: hidden criteria
    too), `turn` what this save changed about it.
    """

    outcome: Outcome
    revision: int
    answer: Draft
    by: str
    at: datetime | None
    states: States
    history: tuple[Change, ...]
    questionnaire: Questionnaire
    whole: Questionnaire
    criterion: Criterion
    sent: Draft
    turn: Turn = NO_TURN
    alone: bool = False

    @property
    def stands(self) -> bool:
        """Whether what was sent is now on record."""
        return self.outcome in (Outcome.SAVED, Outcome.UNCHANGED, Outcome.REPLAYED)


class Unacceptable(ValueError):
    """A draft that breaks a rule: nothing was written. `faults` says which, of what was sent for `criterion`."""

    def __init__(self, found: Sequence[Fault], criterion: Criterion, sent: Draft) -> None:
        super().__init__(", ".join(f"{fault.field} {fault.rule}" for fault in found))
        self.faults = found
        self.criterion = criterion
        self.sent = sent


async def open_assessment(
    actor: Actor, questionnaire: Questionnaire, *, name: str, opens_on: date, closes_on: date | None,
    campaign: Campaign | None = None, mode: Mode = Mode.TOGETHER, names_shown: bool = True, op: UUID | None = None,
    wanted: Wanted | None = None,
) -> Assessment:  # fmt: skip
    """Open a round called `name` (such as "2026"); its address is the questionnaire and the name.

    `mode` is for good. `names_shown` says whether opened individual answers carry their authors' names. `wanted`: what is
    carried over from a round before, never an answer.

    What is asked is kept whole from now on, and the questionnaire's scope with it. With a campaign the network is told
    that the round exists, and nothing else. Raises AlreadyDone for the form `op`, ChangedQuestionnaire for a version
    that was used with another content, UnknownQuestionnaire for one withdrawn meanwhile, NotOpened where the offer does
    not open it.
    """
    check_opens(actor, questionnaire.id)
    async with transaction(actor):
        slug = await free_slug(actor, slugify(f"{questionnaire.id} {name}"))
        if op:
            await operations.claim(op, actor.person_id, f"/o/{actor.organisation.slug}/e/{slug}")
        assessment = await Assessment.create(
            organisation_id=actor.organisation_id, slug=slug, name=name, questionnaire=questionnaire.id,
            version=questionnaire.version, definition_hash=questionnaire.content_hash,
            scope=list(questionnaire.scope), campaign=campaign, opens_on=opens_on, closes_on=closes_on,
            mode=mode, names_shown=names_shown, created_by=actor.person_id, created_at=now(),
        )  # fmt: skip
        await check_offered(questionnaire)
        await keep_definition(questionnaire)
        carried = await carry_over(actor, wanted, assessment, questionnaire) if wanted else {}
        source = {"from": wanted.slug, "carried": carried} if wanted else {}
        await audit.record(
            actor, "assessments.opened", f"assessment {slug}", questionnaire=questionnaire.key, **source
        )
        if campaign:
            await _take_part(actor, campaign)
    return assessment


async def free_slug(actor: Actor, wanted: str) -> str:
    """The address `wanted`, or the first numbered one that no round of the organisation has."""
    rounds = await Assessment.filter(organisation_id=actor.organisation_id).only("slug")
    taken = {row.slug for row in rounds}
    numbered = (f"{wanted}-{n}" for n in range(2, len(taken) + 3))
    return next(slug for slug in (wanted, *numbered) if slug not in taken)


async def _take_part(actor: Actor, campaign: Campaign) -> None:
    await Participation.get_or_create(
        campaign_id=campaign.id, organisation_id=actor.organisation_id,
        defaults={"id": new_id(), "network_id": campaign.network_id, "started_at": now()},
    )  # fmt: skip


async def answer_criterion(
    actor: Actor, slug: str, code: str, draft: Draft, *, op: UUID, base: int, tried: Sequence[UUID] = ()
) -> Saved:
    """Save `draft` as the answer to criterion `code` of the round `slug`.

    `op` names this save: sent again it changes nothing and gets the same answer. `base` is the revision the editor saw
    (0: no answer yet); when somebody else wrote since, the outcome is a conflict and nothing is written. `tried` are
    earlier saves of this editor whose outcome never arrived. Raises DoesNotExist (round or criterion), Unacceptable.
    """
    while True:
        used = await _used_by(actor, slug)
        sent = _sound(draft, used.questionnaire, code)
        said = await carry_out(
            _SAVE, actor.organisation_id, actor.person_id, used.hash, used.scope, slug, code, op, base, list(tried),
            json.dumps(sent.as_plain()), actor.person.name, str(actor.role), actor.mandate_id, now(),
        )  # fmt: skip
        saved: dict[str, Any] = msgspec.json.decode(said["saved"])
        if saved["outcome"] != _ANOTHER:
            break
        _used.forget((actor.organisation_id, slug))
    if saved["outcome"] in (Outcome.OPENED, Outcome.SUBMITTED):
        async with reading(actor):
            await _take_in_time(saved, actor, code, op, sent)
    return _saved(saved, used.questionnaire, code, sent)


_SAVE = "call save_answer_now($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10, $11, $12, $13, $14::jsonb, $15, $16, $17, $18, null)"
_ANOTHER = "another"
"""The round asks something else than what was checked: nothing was written."""


async def save_in(
    actor: Actor, slug: str, code: str, draft: Draft, *, op: UUID, base: int, tried: Sequence[UUID] = (), agreed: bool = False
) -> Saved:  # fmt: skip
    """As `answer_criterion`, in the caller's transaction. `agreed`: the answer comes of an agreement."""
    sent = draft if draft.value is None else await _settled(actor, slug, code, draft)
    rows = await select(
        "select save_answer($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11) as saved", slug, code, op, base,
        list(tried), json.dumps(sent.as_plain()), actor.person.name, str(actor.role), actor.mandate_id, now(), agreed,
    )  # fmt: skip
    saved: dict[str, Any] = json.loads(rows[0]["saved"])
    if saved["outcome"] in (Outcome.OPENED, Outcome.SUBMITTED):
        await _take_in_time(saved, actor, code, op, sent)
    # The database found the round in the same round trip; what it cannot know is checked before the commit.
    return await _checked(saved, code, sent)


async def _take_in_time(saved: dict[str, Any], actor: Actor, code: str, op: UUID, sent: Draft) -> None:
    if await _came_in_time(actor, code, op, sent):
        saved["outcome"] = Outcome.REPLAYED


async def _came_in_time(actor: Actor, code: str, op: UUID, sent: Draft) -> bool:
    """Whether this very save was made while everybody answered alone, and only its answer was lost."""
    event = await ResponseEvent.get_or_none(op=op, code=code, person_id=actor.person_id)
    return event is not None and event.after == sent.as_plain()


@dataclass(frozen=True, slots=True)
class _Used:
    """What a round asks, and how the database names it. It never changes, so it is asked for once a process; every save
    says which one it was checked against all the same."""

    questionnaire: Questionnaire
    hash: str
    scope: str


_used: Kept[tuple[UUID, str], _Used] = Kept(1024)


async def _used_by(actor: Actor, slug: str) -> _Used:
    """What the round `slug` asks, outside any transaction. Raises Unknown."""
    if known := _used.get((actor.organisation_id, slug)):
        return known
    async with reading(actor):
        return await _find_used(actor, slug)


async def _find_used(actor: Actor, slug: str) -> _Used:
    row = await assessment_by_slug(actor, slug)
    used = _Used(await definition_of(row), row.definition_hash, json.dumps(row.scope))
    return _used.put((actor.organisation_id, slug), used)


def _sound(draft: Draft, questionnaire: Questionnaire, code: str) -> Draft:
    """`draft` with its value read. Raises Unknown, Unacceptable."""
    criterion = _criterion(questionnaire, code)
    sent = read(draft, criterion)
    if found := faults(sent, criterion):
        raise Unacceptable(found, criterion, sent)
    return sent


async def _settled(actor: Actor, slug: str, code: str, draft: Draft) -> Draft:
    """`draft` with its value read. Raises Unknown, Unacceptable."""
    used = _used.get((actor.organisation_id, slug)) or await _find_used(actor, slug)
    return read(draft, _criterion(used.questionnaire, code))


def read(draft: Draft, criterion: Criterion) -> Draft:
    """`draft` with its value read. Raises Unacceptable."""
    try:
        return settled(draft, criterion)
    except (ValueError, TypeError, ArithmeticError):
        found = [Fault("answer", "unreadable"), *faults(draft, criterion)]
        raise Unacceptable(found, criterion, draft) from None


def _criterion(questionnaire: Questionnaire, code: str) -> Criterion:
    try:
        return questionnaire.criterion(code)
    except KeyError:
        raise Unknown("criterion") from None


async def _checked(saved: dict[str, Any], code: str, sent: Draft) -> Saved:
    if saved["outcome"] == "missing":
        raise Unknown("assessment")
    whole = await definition_by(
        saved["questionnaire"], saved["version"], saved["definition_hash"], saved["scope"]
    )
    _sound(sent, whole, code)
    return _saved(saved, whole, code, sent)


def _saved(saved: dict[str, Any], whole: Questionnaire, code: str, sent: Draft) -> Saved:
    if saved["outcome"] == "missing":
        raise Unknown("assessment")
    criterion = _criterion(whole, code)
    outcome = Outcome(saved["outcome"])
    states = {code: Standing(*standing) for code, standing in (saved["states"] or {}).items()}
    before = _before(saved["history"]) if outcome is Outcome.SAVED else states.get(code, NOTHING)
    return Saved(
        outcome=outcome, revision=saved["revision"], answer=draft_from(saved["answer"]),
        by=saved["by"] or "", at=datetime.fromisoformat(saved["at"]) if saved["at"] else None,
        states=states, history=changes_from(saved["history"]), questionnaire=asked(whole, states), whole=whole,
        criterion=criterion, sent=sent, turn=turn(whole, states, code, before), alone=saved.get("alone", False),
    )  # fmt: skip


def _before(history: Sequence[dict[str, Any]]) -> Standing:
    """Where the answer stood before the newest change."""
    return Standing(history[1]["state"], level=history[1]["level"]) if len(history) > 1 else NOTHING
