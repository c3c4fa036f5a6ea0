"""What a colleague without an account does behind a link: reads one criterion, says what they think, changes it.

Every query runs as the holder of that code, for whom row-level security leaves the link and their own words.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from palier.accounts import throttle
from palier.accounts.rules import origin
from palier.assessments.flows.answering import Unacceptable, read
from palier.assessments.flows.definitions import definition_by
from palier.assessments.flows.opinions import said_by
from palier.assessments.rules.asking import LONGEST, LinkState, state_of
from palier.assessments.rules.drafts import Draft, Fault, faults
from palier.foundation import audit
from palier.foundation.actor import OnDuty
from palier.foundation.clock import now
from palier.foundation.database import LinkHolder, reading, transaction
from palier.foundation.identifiers import fingerprint
from palier.questionnaires.rules import Criterion
from palier.respondents import store
from palier.respondents.store import AskedLink, AskedOpinion
from palier.scoring.rules.answers import State


class NoSuchLink(Exception):
    """Nothing works at this address: it never did, or its time is over, or it was revoked. Nobody is told which."""


@dataclass(frozen=True, slots=True)
class Question:
    """What its holder sees behind a link, and what they said so far: `revision` 0 is nothing yet.

    `too_late`: the round takes no answer any more. `alone`: only who asks reads what is said, until answers are opened.
    """

    organisation: str
    round: str
    asker: str
    guest: str
    note: str
    until: datetime
    criterion: Criterion
    said: Draft
    revision: int
    said_at: datetime | None
    too_late: bool
    alone: bool


class TooLate(Exception):
    """The round takes no answer any more; `question` says of which round and criterion."""

    def __init__(self, question: Question) -> None:
        super().__init__("too late")
        self.question = question


class SaidMeanwhile(Exception):
    """The same link said something else meanwhile, in another window; `question` holds it."""

    def __init__(self, question: Question) -> None:
        super().__init__("said meanwhile")
        self.question = question


class TooMuch(Exception):
    """This link changes its mind more often than anybody does; `question` is as it stands."""

    def __init__(self, question: Question, seconds: int) -> None:
        super().__init__("too much")
        self.question = question
        self.seconds = seconds


async def look(code: str) -> Question:
    """What the link with this code asks. Raises NoSuchLink."""
    key = fingerprint(code)
    async with reading(LinkHolder(key)):
        return await _question(*await _behind(key))


async def note_opening(code: str) -> None:
    """A browser shows the question: write down when. Nothing for a link that opens nothing."""
    key = fingerprint(code)
    async with transaction(LinkHolder(key)):
        link = await store.held_link(key, now())
        if link is not None:
            await AskedOpinion.filter(link_id=link.id).update(opened_at=now())


async def say(code: str, draft: Draft, *, base: int, address: str) -> Question:
    """Keep what the link's holder says. `base` is the revision on their page; `address` is theirs, for counting tries only.

    What is said already is not said again. Raises TooManyAttempts, NoSuchLink, TooLate, Unacceptable, SaidMeanwhile,
    TooMuch.
    """
    key = fingerprint(code)
    tries = await throttle.take_turn(f"asked link from {origin(address)}")
    async with reading(LinkHolder(key)):
        link, opinion = await _behind(key)
        question = await _question(link, opinion)
    await _spare(tries)
    if question.too_late:
        raise TooLate(question)
    said = _checked(draft, question.criterion)
    if said == question.said:
        return question
    if base != question.revision:
        raise SaidMeanwhile(question)
    await _count(key, question)
    async with transaction(LinkHolder(key)):
        kept = await _keep(link, opinion, said)
    return await _settle(code, kept)


async def _behind(key: str) -> tuple[AskedLink, AskedOpinion]:
    link = await store.held_link(key, now())
    if link is None:
        raise NoSuchLink
    return link, (await store.opinions_behind([link.id]))[link.id]


async def _question(link: AskedLink, opinion: AskedOpinion) -> Question:
    whole = await definition_by(link.questionnaire, link.version, link.definition_hash)
    state = state_of(now(), expires=link.expires_at, closes=link.closes_at, revoked=link.revoked_at)
    return Question(
        organisation=link.organisation_name, round=link.round_name, asker=link.asked_name, guest=link.guest,
        note=link.note, until=min(link.expires_at, link.closes_at or link.expires_at),
        criterion=whole.criterion(link.code), said=said_by(opinion), revision=opinion.revision,
        said_at=opinion.given_at, too_late=state is LinkState.CLOSED, alone=link.alone,
    )  # fmt: skip


async def _spare(tries: list[UUID]) -> None:
    """The code was one of ours: whoever sits in the same office is not counted for it."""
    async with transaction(None):
        await throttle.give_back(tries)


def _checked(draft: Draft, criterion: Criterion) -> Draft:
    said = read(draft, criterion)
    found = faults(said, criterion)
    if said.state is State.BLANK:
        found.append(Fault("answer", "incomplete" if said.value is not None else "nothing"))
    if len(said.rationale) > LONGEST["rationale"]:
        found = [one for one in found if one.field != "rationale"] + [Fault("rationale", "too_long")]
    if found:
        raise Unacceptable(found, criterion, said)
    return said


async def _count(key: str, question: Question) -> None:
    try:
        await throttle.take_turn(f"asked link {key}")
    except throttle.TooManyAttempts as often:
        raise TooMuch(question, often.seconds) from often


async def _keep(link: AskedLink, opinion: AskedOpinion, said: Draft) -> bool:
    """Whether it was kept: not where the link ended, or another window was quicker, since it was looked at."""
    mine = AskedOpinion.filter(id=opinion.id, revision=opinion.revision)
    kept = await mine.update(
        state=said.state, level=said.level, value=said.value, reason=said.reason, rationale=said.rationale,
        revision=opinion.revision + 1, given_at=now(), opened_at=now(),
    )  # fmt: skip
    if kept:
        # Read by everybody of the organisation: what was said does not stand in it.
        await audit.record(
            OnDuty(link.organisation_id), "assessments.opinion_given", f"asked link {link.id}", code=link.code,
            revision=opinion.revision + 1,
        )  # fmt: skip
    return bool(kept)


async def _settle(code: str, kept: bool) -> Question:
    question = await look(code)
    if kept:
        return question
    raise TooLate(question) if question.too_late else SaidMeanwhile(question)
