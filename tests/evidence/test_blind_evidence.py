"""What backs an answer given alone is hidden as that answer is, whatever the code forgets; what a submitted round shows stays."""

from datetime import date, timedelta

import asyncpg
import pytest

from palier.assessments.flows import backing
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.backing import Locked
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment, Mode
from palier.evidence.flows import attaching, changing
from palier.evidence.flows.attaching import carry_evidence
from palier.evidence.flows.reading import Part, Wanted, evidence_standing, load_library
from palier.evidence.rules.standing import Standing
from palier.evidence.store import AttachedUnseen
from palier.foundation import clock
from palier.foundation.actor import Actor
from palier.foundation.database import reading, select, transaction
from palier.foundation.files import NoRoom, Shelf
from palier.foundation.identifiers import new_id
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.evidence.proofs import CODE, OTHER, bring, link

pytestmark = pytest.mark.database
TODAY = date(2026, 11, 22)


async def say(actor: Actor, slug: str, level: int = 3) -> None:
    await answer_criterion(actor, slug, CODE, Draft(State.ANSWERED, level), op=new_id(), base=0)


async def titles(actor: Actor) -> list[str]:
    """What a query that forgets who asks reads."""
    async with reading(actor):
        rows = await select("select title from evidence order by title")
        beside = await select(
            "select e.title from evidence_use u left join evidence e on e.id = u.evidence_id order by 1"
        )
    assert {row["title"] for row in beside} <= {row["title"] for row in rows}
    return [row["title"] for row in rows]


async def submit(owner: asyncpg.Connection, round_: Assessment) -> None:
    await owner.execute(
        "update assessment set state = 'submitted', submitted_at = now() where id = $1", round_.id
    )


async def test_what_somebody_attaches_alone_is_seen_after_answering(
    alone: Assessment, claire: Actor, malik: Actor, sophie: Actor, shelf: Shelf
) -> None:
    await bring(claire, shelf, "fl-alone", "Réclamations en hausse")
    await link(malik, shelf, "fl-alone", "Tout va bien")
    assert await titles(claire) == ["Réclamations en hausse"]
    assert await titles(malik) == ["Tout va bien"]
    assert await titles(sophie) == []
    await say(claire, "fl-alone")
    assert await titles(claire) == ["Réclamations en hausse", "Tout va bien"]
    assert await titles(malik) == ["Tout va bien"]


async def test_neither_the_file_nor_the_trail_tells_the_title(
    alone: Assessment, claire: Actor, malik: Actor, shelf: Shelf
) -> None:
    await bring(claire, shelf, "fl-alone", "Réclamations en hausse")
    async with reading(malik):
        told = (
            await select("select name from stored_file"),
            await select("select details, subject from audit_entry"),
        )
    assert "Réclam" not in str(told)
    assert "bilan" not in str(told)
    assert CODE not in str([row for row in told[1] if row["subject"].startswith("evidence")])


async def test_another_house_reads_and_takes_nothing(
    together: Assessment, claire: Actor, nora: Actor, shelf: Shelf
) -> None:
    used = await bring(claire, shelf, "fl-2026", "Charte")
    assert await titles(nora) == []
    async with transaction(nora):
        assert await select("update evidence set title = 'x' returning id") == []
        assert await select("delete from evidence_use returning id") == []
        assert await select("delete from evidence returning id") == []
    with pytest.raises(Exception, match="policy"):
        async with transaction(nora):
            sql = "insert into evidence_use values ($1, $2, $3, null, 'x', now(), $4, $5)"
            columns = (
                "(id, organisation_id, code, respondent_id, person_name, at, assessment_id, evidence_id)"
            )
            await select(
                sql.replace("evidence_use", f"evidence_use {columns}"), new_id(), nora.organisation_id, CODE, together.id,
                used.evidence_id,
            )  # fmt: skip


async def test_nobody_attaches_to_the_answer_of_somebody_else(
    alone: Assessment, claire: Actor, malik: Actor, shelf: Shelf
) -> None:
    used = await bring(claire, shelf, "fl-alone", "Charte")
    for respondent in (malik.person_id, None):
        with pytest.raises(Exception, match="policy"):
            async with transaction(claire):
                spot = attaching.Spot(alone.id, OTHER, "", respondent)
                await attaching.use(claire, spot, used.evidence_id)


async def test_opened_answers_show_what_backs_them(
    alone: Assessment, claire: Actor, sophie: Actor, shelf: Shelf
) -> None:
    await bring(claire, shelf, "fl-alone", "Réclamations en hausse")
    async with transaction(claire):
        await Assessment.filter(id=alone.id).update(answers_opened_at=clock.now())
    assert await titles(sophie) == ["Réclamations en hausse"]
    async with reading(sophie):
        found = await backing.load_backing(sophie, await Assessment.get(id=alone.id), CODE)
    assert [(piece.row.title, piece.by, piece.removable) for piece in found.pieces] == [
        ("Réclamations en hausse", ("Claire Lambert",), False)
    ]


async def test_what_a_submitted_round_shows_stays(
    together: Assessment, claire: Actor, shelf: Shelf, owner: asyncpg.Connection
) -> None:
    used = await bring(claire, shelf, "fl-2026", "Charte")
    await submit(owner, together)
    for change in (
        backing.detach(claire, "fl-2026", CODE, used.evidence_id),
        bring(claire, shelf, "fl-2026", "Autre"),
        backing.use(claire, "fl-2026", OTHER, used.evidence_id),
    ):
        with pytest.raises(Locked):
            await change
    with pytest.raises(changing.ShownForGood):
        await changing.delete(claire, used.evidence_id, from_criteria=True)
    with pytest.raises(changing.ShownForGood):
        await changing.change(claire, used.evidence_id, title="Autre", valid_until=None, note="")
    await changing.change(claire, used.evidence_id, title="", valid_until=TODAY, note="relue")
    for sql in (
        "delete from evidence_use", "delete from evidence", "update evidence set title = 'x'", "update evidence set link = 'x'",
    ):  # fmt: skip
        with pytest.raises(asyncpg.PostgresError):
            await owner.execute(sql)


async def test_deleting_says_where_it_is_attached_and_takes_the_file_along(
    together: Assessment, claire: Actor, shelf: Shelf, owner: asyncpg.Connection
) -> None:
    used = await bring(claire, shelf, "fl-2026", "Charte")
    await backing.use(claire, "fl-2026", OTHER, used.evidence_id)
    await backing.use(claire, "fl-2026", OTHER, used.evidence_id)
    with pytest.raises(changing.StillAttached):
        await changing.delete(claire, used.evidence_id, from_criteria=False)
    assert await owner.fetchval("select count(*) from evidence_use") == 2
    await changing.delete(claire, used.evidence_id, from_criteria=True)
    assert await owner.fetchval("select count(*) from stored_file") == 0


async def test_what_backs_an_unseen_answer_is_not_deleted_under_it(
    alone: Assessment, together: Assessment, claire: Actor, malik: Actor, shelf: Shelf
) -> None:
    used = await bring(claire, shelf, "fl-2026", "Charte")
    await backing.use(malik, "fl-alone", CODE, used.evidence_id)
    with pytest.raises(AttachedUnseen):
        await changing.delete(claire, used.evidence_id, from_criteria=True)
    assert await titles(malik) == ["Charte"]


async def test_the_room_of_an_organisation_ends(
    together: Assessment, claire: Actor, shelf: Shelf, owner: asyncpg.Connection
) -> None:
    await bring(claire, shelf, "fl-2026", "Un", data=b"x" * 600, room=1000)
    with pytest.raises(NoRoom):
        await bring(claire, shelf, "fl-2026", "Deux", data=b"x" * 600, room=1000)
    assert await owner.fetchval("select count(*) from stored_file") == 1


async def test_the_next_round_begins_with_what_still_holds(
    together: Assessment, claire: Actor, malik: Actor, shelf: Shelf, owner: asyncpg.Connection
) -> None:
    await bring(claire, shelf, "fl-2026", "Certificat échu", until=TODAY - timedelta(days=1))
    await bring(claire, shelf, "fl-2026", "Charte", until=TODAY)
    await link(claire, shelf, "fl-2026", "Enquête", OTHER)
    async with reading(claire):
        assert await evidence_standing(claire, together.id, TODAY) == {
            CODE: Standing(2, ("Certificat échu",), ("Charte",)), OTHER: Standing(1),
        }  # fmt: skip
        assert len((await load_library(claire, Wanted(words="certificat ECHU"))).found) == 1
        assert len((await load_library(claire, Wanted(part=Part.LOOSE))).found) == 0
    await submit(owner, together)
    following = await open_assessment(
        claire, latest("FL"), name="2027", opens_on=TODAY, closes_on=None, mode=Mode.INDIVIDUAL
    )
    async with transaction(claire):
        assert await carry_evidence(claire, together.id, following.id, TODAY) == 2
        assert await carry_evidence(claire, together.id, following.id, TODAY) == 0
    async with reading(malik):
        assert set(await evidence_standing(malik, following.id, TODAY)) == {CODE, OTHER}
