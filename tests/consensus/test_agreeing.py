"""From individual answers to the organisation's: opened once, agreed on with reasons, and nobody's words lost."""

import asyncio

import pytest
from tortoise.exceptions import DoesNotExist

from palier.assessments.flows.answering import Outcome, Unacceptable, answer_criterion
from palier.assessments.flows.rounds import load_round
from palier.assessments.flows.submitting import Unfinished, submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, answers_of
from palier.consensus.flows.agreeing import NobodyAnswered, NotOpened, adopt_medians, agree, open_answers
from palier.consensus.flows.meeting import Meeting, load_meeting
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.respondents.store import agreements_of, responses_to
from palier.scoring.rules.answers import State
from palier.scoring.rules.respondents import NoConsensus
from tests.consensus.conftest import CODES, at, say

pytestmark = pytest.mark.database
SLUG = "fl-2026"


async def look(actor: Actor) -> Meeting:
    async with reading(actor):
        return await load_meeting(actor, SLUG)


async def test_nothing_is_opened_before_somebody_has_answered(alone: Assessment, claire: Actor) -> None:
    with pytest.raises(NobodyAnswered):
        await open_answers(claire, SLUG)


async def test_whoever_said_the_same_finds_their_own_words_in_what_is_agreed_on(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    for who, words in ((claire, "Vu en gare"), (malik, "Vu au guichet")):
        await answer_criterion(who, SLUG, CODES[0], at(4, words), op=new_id(), base=0)
    assert await open_answers(claire, SLUG) == 1
    async with reading(claire):
        assert (await answers_of(alone.id))[CODES[0]].rationale == "Vu en gare\n\nVu au guichet"


async def test_a_round_answered_together_has_no_meeting(together: Assessment, claire: Actor) -> None:
    with pytest.raises(DoesNotExist):
        await look(claire)
    with pytest.raises(DoesNotExist):
        await open_answers(claire, SLUG)


async def test_what_all_said_alike_is_agreed_on_as_soon_as_the_answers_are_open(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, "433")
    await say(malik, "42.")
    assert await open_answers(claire, SLUG) == 2
    assert await open_answers(claire, SLUG) == 0
    meeting = await look(malik)
    assert [one.criterion.code for one in meeting.apart] == [CODES[1]]
    assert [one.criterion.code for one in meeting.silent] == list(CODES[3:])
    assert [person.name for person in meeting.people] == ["Claire Lambert", "Malik Ouali"]
    async with reading(malik):
        rows = await answers_of(alone.id)
        agreed = await agreements_of(alone.id)
    assert {code: row.level for code, row in rows.items()} == {CODES[0]: 4, CODES[2]: 3}
    assert rows[CODES[0]].rationale == "Vu au niveau 4"
    assert {code: row.in_one_go for code, row in agreed.items()} == {CODES[0]: True, CODES[2]: True}


async def test_nobody_answers_alone_once_the_answers_are_open(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, "4")
    await say(malik, "2")
    await open_answers(claire, SLUG)
    late = await answer_criterion(malik, SLUG, CODES[0], at(5), op=new_id(), base=1)
    assert late.outcome is Outcome.OPENED
    async with reading(claire):
        said = await responses_to(alone.id, CODES[0])
    assert [row.level for row in said] == [4, 2]


async def test_an_agreement_keeps_its_reason_its_dissent_and_what_everybody_had_said(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, "4")
    await say(malik, "2")
    await open_answers(claire, SLUG)
    saved = await agree(
        claire, SLUG, CODES[0], at(3), reason="Deux agences sur cinq", dissent={malik.person_id: "Pas en gare"},
        op=new_id(), base=0,
    )  # fmt: skip
    assert (saved.outcome, saved.answer.level) == (Outcome.SAVED, 3)
    async with reading(malik):
        kept = (await agreements_of(alone.id))[CODES[0]]
    assert (kept.reason, kept.agreed_name) == ("Deux agences sur cinq", "Claire Lambert")
    assert [(one["name"], one["words"]) for one in kept.dissent] == [("Malik Ouali", "Pas en gare")]
    assert [(one["name"], one["level"]) for one in kept.voices] == [("Malik Ouali", 2), ("Claire Lambert", 4)]
    assert not (await look(claire)).apart


async def test_answers_that_lay_apart_need_a_reason(alone: Assessment, claire: Actor, malik: Actor) -> None:
    await say(claire, "4")
    await say(malik, "2")
    await open_answers(claire, SLUG)
    with pytest.raises(NoConsensus):
        await agree(claire, SLUG, CODES[0], at(3), reason=" ", dissent={}, op=new_id(), base=0)
    with pytest.raises(Unacceptable):
        await agree(claire, SLUG, CODES[0], Draft(State.NA), reason="Non", dissent={}, op=new_id(), base=0)
    assert not (await look(claire)).is_agreed(CODES[0])


async def test_nothing_is_no_agreement_even_where_nobody_answered(alone: Assessment, claire: Actor) -> None:
    await say(claire, "4")
    await open_answers(claire, SLUG)
    with pytest.raises(NoConsensus):
        await agree(claire, SLUG, CODES[1], Draft(), reason="Vu", dissent={}, op=new_id(), base=0)
    async with reading(claire):
        assert CODES[1] not in await agreements_of(alone.id)


async def test_two_who_agree_differently_at_once_do_not_overwrite_each_other(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, "4")
    await say(malik, "2")
    await open_answers(claire, SLUG)
    done = await asyncio.gather(
        *(
            agree(who, SLUG, CODES[0], at(level), reason="Vu", dissent={}, op=new_id(), base=0)
            for who, level in ((claire, 3), (malik, 2))
        )
    )
    assert sorted(one.outcome for one in done) == [Outcome.CONFLICT, Outcome.SAVED]


async def test_nothing_is_agreed_on_while_everybody_answers_alone(alone: Assessment, claire: Actor) -> None:
    await say(claire, "4")
    with pytest.raises(NotOpened):
        await agree(claire, SLUG, CODES[0], at(4), reason="Vu", dissent={}, op=new_id(), base=0)
    with pytest.raises(NotOpened):
        await adopt_medians(claire, SLUG, CODES, reason="Médiane", op=new_id())


async def test_medians_are_adopted_for_gaps_of_one_level_and_for_no_other(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    await say(claire, "4313")
    await say(malik, "32n1")
    await open_answers(claire, SLUG)
    meeting = await look(claire)
    assert [one.criterion.code for one in meeting.one_level_gaps] == list(CODES[:2])
    op = new_id()
    assert await adopt_medians(claire, SLUG, CODES, reason="Médiane", op=op) == 2
    assert await adopt_medians(claire, SLUG, CODES, reason="Médiane", op=op) == 0
    async with reading(claire):
        rows = await answers_of(alone.id)
    assert {code: row.level for code, row in rows.items()} == {CODES[0]: 3, CODES[1]: 2}
    assert {one.criterion.code for one in (await look(claire)).apart} == {CODES[2], CODES[3]}


async def test_a_round_is_submitted_with_what_was_agreed_on(
    alone: Assessment, claire: Actor, malik: Actor
) -> None:
    everything = "3" * len(CODES)
    await say(claire, everything)
    await say(malik, "4" + everything[1:])
    with pytest.raises(Unfinished):
        await submit(claire, SLUG, name="Claire Lambert")
    await open_answers(claire, SLUG)
    await agree(claire, SLUG, CODES[0], at(4), reason="Vu ensemble", dissent={}, op=new_id(), base=0)
    await submit(claire, SLUG, name="Claire Lambert")
    async with reading(claire):
        round_ = await load_round(claire, SLUG)
    assert round_.result.node(CODES[0]).level == 4
