"""After the erasure of a person nothing names them any more: database, files, new exports; results are byte for byte the same."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.foundation import actor as acting
from palier.foundation import audit
from palier.foundation.clock import today
from palier.foundation.database import reading, transaction
from palier.foundation.files import shelves
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.privacy import store
from palier.privacy.flows import erasing
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.conftest import Cast, plant_member, plant_person
from tests.privacy.everywhere import EMAIL, NAME, SAID, dump_of, plant_everywhere
from tests.roles import as_the_worker


@pytest.fixture
async def zebulon(cast: Cast, claire: acting.Actor) -> acting.Actor:
    """A lead of the valley, and staff of nothing else."""
    person = await plant_person(NAME, EMAIL)
    await plant_member(claire, person, Role.LEAD)
    return acting.Actor(person, claire.organisation, Role.LEAD)


async def submitted_round(actor: acting.Actor) -> str:
    questionnaire = latest("FL")
    one = await open_assessment(actor, questionnaire, name="2025", opens_on=today(), closes_on=None)
    for criterion in questionnaire.criteria:
        draft = Draft(State.ANSWERED, 3, rationale=SAID, evidence=f"Note de {NAME}")
        await answer_criterion(actor, one.slug, criterion.code, draft, op=new_id(), base=0)
    await submit(actor, one.slug, name=actor.person.name)
    return one.slug


async def due(person: acting.Person, owner: Any) -> store.Erasure:
    """Asked for a week ago."""
    row = await erasing.ask_for_a_person(person, "http://palier.test")
    await owner.execute("set session_replication_role = replica")
    await owner.execute("update erasure set due_at = now() - interval '1 minute' where id = $1", row.id)
    await owner.execute("set session_replication_role = origin")
    return row


RESULTS = "select id, result::text, result_hash, receipt, audit_head from assessment where result is not null order by id"
CHAINS = "select distinct chain from audit_entry"


async def test_nothing_names_somebody_who_was_erased(
    zebulon: acting.Actor, claire: acting.Actor, settings: Settings, owner: Any, migrated: str
) -> None:
    await submitted_round(zebulon)
    network = uuid4()
    planted = await plant_everywhere(owner, zebulon.person_id, claire.organisation_id, network)
    async with transaction(zebulon):
        await audit.record(
            zebulon, "network.person_renamed", f"person {zebulon.person_id}", before=NAME, after=EMAIL
        )
    row = await due(zebulon.person, owner)
    before = [tuple(one) for one in await owner.fetch(RESULTS)]
    assert len(planted) > 40
    assert before

    dump = await asyncio.to_thread(dump_of, migrated)
    assert dump.count(NAME) > 100
    async with as_the_worker(settings):
        await erasing.carry_out(row.id, shelves(settings))

    dump = await asyncio.to_thread(dump_of, migrated)
    assert [line for line in dump.splitlines() if "bulon" in line or EMAIL in line.lower()] == []
    assert [tuple(one) for one in await owner.fetch(RESULTS)] == before
    async with as_the_worker(settings), reading(claire):
        for one in await owner.fetch(CHAINS):
            assert await audit.broken_links(one["chain"]) == []
    assert await owner.fetchval("select done_at is not null from erasure where id = $1", row.id)
    assert await owner.fetchval(
        "select name from person where id = $1", zebulon.person_id
    ) == erasing.pseudonym(zebulon.person_id, "fr")
