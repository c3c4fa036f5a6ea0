"""A save is one statement: said, written, remembered, audited and committed, or nothing of it."""

import asyncio
from collections import Counter
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from palier.assessments.flows import answering
from palier.assessments.flows.answering import Outcome, Saved, Unacceptable, answer_criterion
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.foundation.actor import Actor
from palier.foundation.database import WriteWhileReading, only_reading, reading, select
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State

pytestmark = pytest.mark.database


async def save(actor: Actor, level: int, base: int = 0, **given: Any) -> Saved:
    draft = Draft(state=State.ANSWERED, level=level)
    return await answer_criterion(actor, "fl-2026", "FL1.1.1", draft, base=base, **({"op": new_id()} | given))


async def test_a_save_is_one_round_trip(
    claire: Actor, round_2026: Assessment, monkeypatch: pytest.MonkeyPatch
):
    await save(claire, 2)
    said: list[str] = []
    execute = asyncpg.Connection._do_execute

    async def listening(self: asyncpg.Connection, query: str, *args: Any, **options: Any) -> Any:
        said.append(query)
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "_do_execute", listening)
    assert (await save(claire, 3, base=1)).outcome is Outcome.SAVED
    assert [query.partition("(")[0] for query in said] == ["call save_answer_now"]


async def test_it_leaves_the_connection_as_it_was(claire: Actor, round_2026: Assessment):
    await save(claire, 2)
    told = "select coalesce(current_setting('app.org', true), '') as org, current_setting('transaction_read_only') as locked"
    assert await select(told) == [{"org": "", "locked": "on"}]


async def test_while_a_get_is_answered_nothing_is_saved(claire: Actor, round_2026: Assessment):
    await save(claire, 2)
    only_reading.set(True)
    with pytest.raises(WriteWhileReading):
        await save(claire, 3, base=1)
    only_reading.set(False)


async def test_what_was_checked_against_another_questionnaire_is_checked_again(
    claire: Actor, round_2026: Assessment
):
    await save(claire, 2)
    key = (claire.organisation_id, "fl-2026")
    kept = answering._used.get(key)
    assert kept
    answering._used.put(key, replace(kept, questionnaire=latest("SX"), hash=latest("SX").content_hash))
    with pytest.raises(answering.Unknown):  # no such criterion there: refused before anything is asked
        await save(claire, 3, base=1)
    answering._used.put(key, replace(kept, hash="another"))
    assert (await save(claire, 3, base=1)).outcome is Outcome.SAVED
    assert answering._used.get(key) == kept


async def test_what_breaks_a_rule_asks_the_database_nothing(claire: Actor, round_2026: Assessment):
    with pytest.raises(Unacceptable):
        await save(claire, 6)
    async with reading(claire):
        assert await select("select from answer_event") == []


async def test_the_same_save_sent_eight_times_at_once_counts_once(claire: Actor, round_2026: Assessment):
    op = new_id()
    outcomes = Counter(
        [one.outcome for one in await asyncio.gather(*(save(claire, 3, op=op) for _ in range(8)))]
    )
    assert outcomes == {Outcome.SAVED: 1, Outcome.REPLAYED: 7}


async def test_of_eight_first_answers_at_once_one_stands_and_seven_are_told(
    claire: Actor, round_2026: Assessment
):
    every = await asyncio.gather(*(save(claire, level % 4 + 1) for level in range(8)))
    stands = [one for one in every if one.outcome is Outcome.SAVED]
    assert len(stands) == 1
    assert {one.outcome for one in every if one is not stands[0]} <= {Outcome.CONFLICT, Outcome.UNCHANGED}
    assert {one.answer.level for one in every} == {stands[0].answer.level}
