"""Working side by side: who writes where, comments on criteria, marks, the whole history, and whose name a save bears."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Mode
from palier.consensus.flows.agreeing import open_answers
from palier.conversations.store import Comment
from palier.foundation.actor import Actor
from palier.foundation.database import only_reading, reading
from palier.foundation.identifiers import new_id
from palier.foundation.settings import Settings
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.roles import as_the_worker

pytestmark = pytest.mark.database
ROUND = "/o/transports-du-val/e/fl-2026"
FIRST = f"{ROUND}/q/FL1.1.1"
Visit = Callable[..., Any]


async def open_round(actor: Actor, mode: Mode = Mode.TOGETHER) -> None:
    await open_assessment(
        actor, latest("FL"), name="2026", opens_on=date(2026, 10, 1), closes_on=None, mode=mode
    )


async def answer(actor: Actor, level: int, words: str = "", base: int = 0, *, review: bool = False) -> None:
    only_reading.set(False)  # a GET answered in this very context may have set it
    draft = Draft(State.ANSWERED, level, rationale=words, to_review=review)
    assert (await answer_criterion(actor, "fl-2026", "FL1.1.1", draft, op=new_id(), base=base)).stands


async def send(browser: Any, method: str, address: str, **fields: str) -> Any:
    if "csrftoken" not in browser.cookies:
        await browser.get("/o/transports-du-val/assessments")
    data = {"_csrf_token": browser.cookies["csrftoken"], **fields}
    return await browser.request(method, address, data=data, headers={"hx-request": "true"})


async def comment(browser: Any, text: str, **fields: str) -> Any:
    return await browser.send_form(f"{FIRST}/comments", {"op": str(new_id()), "text": text} | fields)


# --- who is writing here --------------------------------------------------------------------------------------------


async def test_who_is_writing_is_told_to_the_others_for_some_seconds(
    claire: Actor, malik: Actor, sophie: Actor, nora: Actor, visit: Visit, owner: asyncpg.Connection
) -> None:
    await open_round(claire)
    trail = await owner.fetchval("select count(*) from audit_entry")
    words = "Malik Ouali modifie la justification"
    async with visit(malik) as his, visit(claire) as hers, visit(sophie) as reader, visit(nora) as stranger:
        assert (await send(his, "PUT", f"{FIRST}/here", doing="rationale")).status_code == 204
        assert words not in (await his.get(FIRST)).text
        assert words in (await hers.get(FIRST)).text
        assert words in (await reader.get(f"{FIRST}/here", headers={"hx-request": "true"})).text
        assert (await hers.get(f"{FIRST}/here")).headers["location"] == FIRST
        assert words not in (await hers.get(f"{ROUND}/q/FL1.1.2")).text
        assert (await send(reader, "PUT", f"{FIRST}/here", doing="answer")).status_code == 403
        assert (await stranger.get(f"{FIRST}/here")).status_code == 404
        await owner.execute("update presence set at = now() - interval '46 seconds'")
        assert words not in (await hers.get(FIRST)).text
    assert await owner.fetchval("select count(*) from audit_entry") == trail


async def test_while_everybody_answers_alone_nobody_is_told_who_works_on_what(
    claire: Actor, malik: Actor, visit: Visit, owner: asyncpg.Connection
) -> None:
    await open_round(claire, Mode.INDIVIDUAL)
    async with visit(malik) as his:
        assert (await send(his, "PUT", f"{FIRST}/here", doing="rationale")).status_code == 204
        assert "/here" not in (await his.get(FIRST)).text
    assert await owner.fetchval("select count(*) from presence") == 0


# --- comments -------------------------------------------------------------------------------------------------------


async def test_a_criterion_is_discussed_and_the_one_called_is_written_to(
    claire: Actor, malik: Actor, sophie: Actor, nora: Actor, visit: Visit, run_jobs: Callable[[], Awaitable[None]],
    owner: asyncpg.Connection, settings: Settings,
) -> None:  # fmt: skip
    await open_round(claire)
    async with visit(claire) as hers, visit(sophie) as reader, visit(nora) as stranger:
        told = await comment(hers, "Qu’en dis-tu, @Malik ?")
        assert told.headers["location"] == f"{FIRST}#comments"
        assert "Qu’en dis-tu" in (await hers.get(FIRST)).text
        assert "1 commentaire" in (await hers.get(f"{ROUND}/s/FL1.1")).text
        page = (await reader.get(FIRST)).text
        assert "Qu’en dis-tu" in page
        assert "Votre commentaire" not in page
        assert (await comment(reader, "Moi aussi")).status_code == 403
        assert (await comment(stranger, "Moi aussi")).status_code == 404
        remark = await owner.fetchval("select id from topic_comment")
        assert "Qu’en dis-tu" in (await hers.get(f"{FIRST}/comments/{remark}")).text
        await hers.send_form(
            f"{FIRST}/comments/{remark}", {"rev": "1", "text": "Qu’en dis-tu, @Malik, au fond ?"}
        )
        assert "au fond ?" in (await hers.get(FIRST)).text
        assert (await comment(hers, " ")).status_code == 422
    async with as_the_worker(settings):
        await run_jobs()
    letters = await owner.fetch("select recipient, text from mail")
    assert [row["recipient"] for row in letters] == ["malik@example.org"]
    assert f"{FIRST}#comment-{remark}" in letters[0]["text"]
    async with visit(claire) as hers:
        await hers.send_form(f"{FIRST}/comments/{remark}/remove")
    assert await owner.fetchval("select count(*) from topic_comment") == 0


async def test_what_is_said_while_everybody_answers_alone_waits_for_ones_own_answer(
    claire: Actor, malik: Actor, sophie: Actor, visit: Visit, run_jobs: Callable[[], Awaitable[None]],
    owner: asyncpg.Connection, settings: Settings,
) -> None:  # fmt: skip
    await open_round(claire, Mode.INDIVIDUAL)
    await answer(claire, 4)
    secret = "Quatre, sans hésiter"
    async with visit(claire) as hers, visit(malik) as his, visit(sophie) as reader:
        page = (await hers.get(FIRST)).text
        assert "Malik Ouali" not in page[page.index('id="comments"') :], (
            "nobody is called who may not read it"
        )
        await comment(hers, f"{secret} @Malik", call=str(malik.person_id))
        for browser in (his, reader):
            for address in (FIRST, f"{ROUND}/s/FL1.1", f"{FIRST}/history"):
                text = (await browser.get(address)).text
                assert secret not in text
                assert "commentaire</a>" not in text
        assert "Visibles quand vous aurez répondu" in (await his.get(FIRST)).text
        early = await comment(his, "Deux à mon avis")
        assert early.status_code == 409
        assert "Deux à mon avis" in early.text
        async with reading(malik):
            assert await Comment.all().count() == 0
        async with as_the_worker(settings):
            await run_jobs()
        assert await owner.fetchval("select count(*) from mail") == 0
        assert secret not in str(await owner.fetch("select details from audit_entry"))
        await answer(malik, 2)
        assert secret in (await his.get(FIRST)).text
        assert (await comment(his, "Deux à mon avis")).status_code == 303
        assert secret not in (await reader.get(FIRST)).text
        only_reading.set(False)
        await open_answers(claire, "fl-2026")
        assert secret in (await reader.get(FIRST)).text


# --- marks and history ----------------------------------------------------------------------------------------------


async def test_every_change_of_an_answer_is_told_from_what_to_what_by_whom_and_why(
    claire: Actor, malik: Actor, sophie: Actor, visit: Visit
) -> None:
    await open_round(claire)
    for base in range(14):
        await answer(malik if base % 2 else claire, base % 5 + 1, f"Motif {base}", base, review=base == 13)
    async with visit(sophie) as reader:
        text = (await reader.get(f"{FIRST}/history")).text
        page = (await reader.get(FIRST)).text
    assert all(f"Motif {n}" in text for n in range(14)), "the first one too, which the page itself leaves out"
    assert text.count("Malik Ouali") == 7
    assert "de Sans réponse à Niveau 1" in text
    assert "marqué" in text
    assert f"{FIRST}/history" in page
    assert "Marqué à revoir par Malik Ouali" in page


async def test_alone_the_history_is_ones_own(claire: Actor, malik: Actor, visit: Visit) -> None:
    await open_round(claire, Mode.INDIVIDUAL)
    await answer(claire, 4, "Vu en gare")
    await answer(malik, 2, "Rien vu")
    async with visit(malik) as his:
        text = (await his.get(f"{FIRST}/history")).text
    assert "Rien vu" in text
    assert "Vu en gare" not in text


async def test_a_row_of_the_list_marks_to_review_and_a_section_is_finished_or_not(
    claire: Actor, malik: Actor, sophie: Actor, visit: Visit, owner: asyncpg.Connection
) -> None:
    await open_round(claire)
    async with visit(malik) as his, visit(claire) as hers, visit(sophie) as reader:
        fields = {"op": str(new_id()), "rev": "0", "tried": "", "answer": "3", "grade": "none", "row": "yes"}
        assert (await send(his, "PATCH", FIRST, review="yes", **fields)).status_code == 200
        assert await owner.fetchval("select to_review from answer") is True
        question = (await his.get(f"{ROUND}/s/FL1.1")).text
        assert "Cette section est-elle terminée" in question
        assert "Cette section est-elle terminée" not in (await reader.get(f"{ROUND}/s/FL1.1")).text
        done = await his.send_form(f"{ROUND}/s/FL1.1/finished", {"finished": "yes"})
        assert done.headers["location"] == f"{ROUND}#task-FL1.1"
        assert "terminée par Malik Ouali" in (await hers.get(f"{ROUND}/s/FL1.1")).text
        await hers.send_form(f"{ROUND}/s/FL1.1/finished", {"finished": "later"})
        assert "Claire Lambert y reviendra" in (await his.get(f"{ROUND}/s/FL1.1")).text
        assert (await his.send_form(f"{ROUND}/s/FL9/finished", {"finished": "yes"})).status_code == 404
        assert (await reader.send_form(f"{ROUND}/s/FL1.1/finished", {"finished": "yes"})).status_code == 403


# --- in whose name --------------------------------------------------------------------------------------------------


async def test_what_somebody_else_typed_in_this_browser_is_not_saved_in_my_name(
    claire: Actor, malik: Actor, visit: Visit, owner: asyncpg.Connection
) -> None:
    await open_round(claire)
    fields = {
        "op": str(new_id()), "rev": "0", "tried": "", "answer": "3", "grade": "none", "rationale": "De Claire",
        "by": str(claire.person_id),
    }  # fmt: skip
    async with visit(malik) as his:
        background = await send(his, "PATCH", FIRST, **fields)
        plain = await his.send_form(FIRST, fields)
    assert (background.status_code, plain.status_code) == (412, 412)
    assert "De Claire" in plain.text
    assert 'id="answer"' not in plain.text, "there is no button that would send it after all"
    assert await owner.fetchval("select count(*) from answer") == 0
