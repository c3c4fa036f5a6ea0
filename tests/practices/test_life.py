"""A practice is told, proposed, judged, told anew and withdrawn; only what the staff published is read by others."""

from typing import Any

import pytest
from tortoise.exceptions import DoesNotExist

from palier.foundation import audit
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.practices import store
from palier.practices.flows import moderating, writing
from palier.practices.flows.reading import Question, browse, open_practice
from palier.practices.rules.sheets import Contact
from palier.practices.store import VersionState
from tests.practices.conftest import SITE, Circle, a_sheet, join, publish


async def titles(actor: Actor, **asked: Any) -> list[str]:
    async with reading(actor):
        return [one.row.title for one in (await browse(actor, Question(**asked))).found]


async def test_a_draft_and_a_proposal_are_read_by_nobody_else(circle: Circle) -> None:
    practice = await writing.begin(circle.valley, circle.network_id, a_sheet(), "fr", new_id())
    assert await titles(circle.clinic) == []
    await writing.propose(circle.valley, practice, new_id())
    assert await titles(circle.clinic) == []
    async with reading(circle.staff):
        assert [one.title for one in await store.waiting(circle.staff)] == ["Un rappel sous une heure"]


async def test_what_is_published_is_read_by_members_and_by_no_other_network(circle: Circle) -> None:
    practice = await publish(circle, circle.valley)
    assert await titles(circle.clinic) == ["Un rappel sous une heure"]
    assert await titles(circle.mill) == []
    async with reading(circle.mill):
        with pytest.raises(DoesNotExist):
            await open_practice(circle.mill, practice)


async def test_a_member_who_is_not_verified_neither_reads_nor_speaks(circle: Circle, owner: Any) -> None:
    await publish(circle, circle.valley)
    await join(circle.mill, circle.network_id, verified=False)
    assert await titles(circle.mill) == []
    with pytest.raises(writing.NotAMember):
        await writing.begin(circle.mill, circle.network_id, a_sheet(), "fr", new_id())


async def test_a_change_after_publication_waits_for_the_staff_while_members_read_the_old_words(
    circle: Circle,
) -> None:
    practice = await publish(circle, circle.valley)
    async with reading(circle.valley):
        own = await writing.load_own(circle.valley, practice)
    await writing.rewrite(
        circle.valley,
        practice,
        a_sheet(title="Un rappel sous trente minutes"),
        "fr",
        writing.revision_of(own.last),
    )
    await writing.propose(circle.valley, practice, new_id())
    assert await titles(circle.clinic) == ["Un rappel sous une heure"]
    await moderating.publish(circle.staff, practice, 2, SITE)
    assert await titles(circle.clinic) == ["Un rappel sous trente minutes"]
    async with reading(circle.valley):
        own = await writing.load_own(circle.valley, practice)
    assert [(one.number, one.title) for one in own.versions] == [
        (2, "Un rappel sous trente minutes"), (1, "Un rappel sous une heure"),
    ]  # fmt: skip


async def test_what_is_sent_back_says_why_and_is_told_anew(circle: Circle) -> None:
    practice = await writing.begin(circle.valley, circle.network_id, a_sheet(), "fr", new_id())
    await writing.propose(circle.valley, practice, new_id())
    await moderating.send_back(circle.staff, practice, 1, "Dites sur quels sites.", SITE)
    async with reading(circle.valley):
        own = await writing.load_own(circle.valley, practice)
    assert (own.last.state, own.last.reason) == (VersionState.SENT_BACK, "Dites sur quels sites.")
    with pytest.raises(moderating.JudgedMeanwhile):
        await moderating.publish(circle.staff, practice, 1, SITE)
    await writing.rewrite(
        circle.valley, practice, a_sheet(context="Deux dépôts"), "fr", writing.revision_of(own.last)
    )
    await writing.propose(circle.valley, practice, new_id())
    await moderating.publish(circle.staff, practice, 2, SITE)
    assert await titles(circle.clinic) == ["Un rappel sous une heure"]


async def test_withdrawn_is_gone_for_members_and_kept_for_its_author(circle: Circle) -> None:
    practice = await publish(circle, circle.valley)
    await writing.withdraw(circle.valley, practice)
    assert await titles(circle.clinic) == []
    async with reading(circle.valley):
        assert (await writing.load_own(circle.valley, practice)).last.state is VersionState.WITHDRAWN


async def test_a_proposal_taken_back_is_not_published(circle: Circle) -> None:
    practice = await writing.begin(circle.valley, circle.network_id, a_sheet(), "fr", new_id())
    await writing.propose(circle.valley, practice, new_id())
    await writing.take_back(circle.valley, practice)
    with pytest.raises(DoesNotExist):
        await moderating.publish(circle.staff, practice, 1, SITE)


async def test_two_colleagues_do_not_overwrite_each_other(circle: Circle, malik: Actor) -> None:
    practice = await writing.begin(circle.valley, circle.network_id, a_sheet(), "fr", new_id())
    async with reading(malik):
        base = writing.revision_of((await writing.load_own(malik, practice)).last)
    await writing.rewrite(circle.valley, practice, a_sheet(title="De Claire"), "fr", base)
    with pytest.raises(writing.ChangedMeanwhile):
        await writing.rewrite(malik, practice, a_sheet(title="De Malik"), "fr", base)


async def test_an_incomplete_draft_is_kept_but_not_proposed(circle: Circle) -> None:
    practice = await writing.begin(
        circle.valley, circle.network_id, a_sheet(done="", serves=()), "fr", new_id()
    )
    with pytest.raises(writing.Unacceptable) as refused:
        await writing.propose(circle.valley, practice, new_id())
    assert {fault.field for fault in refused.value.faults} == {"done", "serves"}


async def test_the_members_row_holds_nothing_of_an_author_who_is_not_named(
    circle: Circle, owner: Any
) -> None:
    await publish(circle, circle.valley, a_sheet(named=False))
    row = await owner.fetchrow("select * from shared_practice")
    told = " ".join(str(value) for value in row.values())
    assert str(circle.valley.organisation_id) not in told
    assert "Transports du Val" not in told
    assert str(circle.valley.person_id) not in told
    assert row["sector"] == "passenger_transport"


async def test_search_finds_words_without_accents_and_in_both_languages(circle: Circle) -> None:
    await publish(
        circle, circle.valley, a_sheet(title="Écouter les réclamations", done="Un cercle d’usagers")
    )
    await publish(circle, circle.clinic, a_sheet(title="Calling patients back", done="Nurses listened"), "en")
    assert await titles(circle.clinic, words="ecoute reclamation") == ["Écouter les réclamations"]
    assert await titles(circle.valley, words="listening nurse") == ["Calling patients back"]
    assert await titles(circle.valley, words="Transports du Val") == ["Écouter les réclamations"]
    assert await titles(circle.valley, words="rien de tel") == []


async def test_search_by_criterion_dimension_questionnaire_sector_and_effect(circle: Circle) -> None:
    await publish(circle, circle.valley)
    for topic in ("FL", "FL/FL1", "FL/FL1.1.1"):
        assert await titles(circle.clinic, topic=topic) == ["Un rappel sous une heure"]
    assert await titles(circle.clinic, topic="SX") == []
    assert await titles(circle.clinic, sector="passenger_transport") == ["Un rappel sous une heure"]
    assert await titles(circle.clinic, sector="bank") == []
    assert await titles(circle.clinic, measured=True) == []


async def test_letters_go_to_the_staff_and_to_the_author(circle: Circle, owner: Any, run_jobs: Any) -> None:
    await owner.execute("update person set locale = 'en' where email = 'ines@example.org'")
    practice = await publish(
        circle, circle.valley, a_sheet(contact=Contact(str(circle.valley.person_id), "C", "c@x.fr"))
    )
    published = await owner.fetchrow("select * from mail where kind = 'published'")
    assert published["recipient"] == "claire@example.org"
    assert str(practice) in published["text"]
    other = await writing.begin(
        circle.valley, circle.network_id, a_sheet(title="<b>Gras</b>\r\nBcc: x"), "fr", new_id()
    )
    await writing.propose(circle.valley, other, new_id())
    await run_jobs()
    told = await owner.fetch("select * from mail where kind = 'proposed' order by created_at")
    assert [(row["recipient"], row["locale"]) for row in told] == [("ines@example.org", "en")]
    assert f"/n/reseau-du-val/practices/{other}/1" in told[0]["text"]


async def test_every_step_is_in_the_audit_trail(circle: Circle, owner: Any) -> None:
    practice = await publish(circle, circle.valley)
    await writing.withdraw(circle.valley, practice)
    verbs = [row["verb"] for row in await owner.fetch(
        "select verb from audit_entry where subject = $1 order by at", f"practice {practice}")]  # fmt: skip
    assert verbs == ["practices.begun", "practices.proposed", "practices.published", "practices.withdrawn"]
    async with reading(circle.valley):
        assert await audit.broken_links(circle.valley.organisation_id) == []
