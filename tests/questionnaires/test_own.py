"""Questionnaires of one's own: brought, checked, published, chosen, answered, and never anybody else's business."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import DoesNotExist

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.rounds import load_round
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.foundation.actor import Actor, NetworkActor
from palier.foundation.clock import now, today
from palier.foundation.database import reading, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.settings import ROOT
from palier.questionnaires import store
from palier.questionnaires.catalogue import UnknownQuestionnaire, latest_of_each
from palier.questionnaires.flows import bringing
from palier.questionnaires.flows.bringing import NotPublishable, TooManyDrafts
from palier.questionnaires.flows.offering import offered, offered_as
from palier.questionnaires.owners import Owner
from palier.questionnaires.store import OwnQuestionnaire, OwnState
from palier.questionnaires.yaml_text import parse
from palier.scoring.rules.answers import State
from tests.conftest import Browser, Cast

SMALL = (Path(__file__).parent / "cases" / "small.yaml").read_text()
FAULTY = SMALL.replace("minutes: 5", 'minutes: "5"')
BASE = "/o/transports-du-val/questionnaires"


def numbered(version: str, **changes: Any) -> bytes:
    """The small questionnaire as another version, its changes declared."""
    data = parse(SMALL).data
    codes = [c["code"] for d in data["dimensions"] for e in d["elements"] for c in e["criteria"]]
    declared = f"changes: {{since: 1.0.0, same: [{', '.join(codes)}], changed: [], new: [], dropped: []}}\n"
    return (SMALL.replace("version: 1.0.0", f"version: {version}") + declared).encode()


async def bring(owner: Owner, text: str | bytes = SMALL, name: str = "petit.yaml") -> OwnQuestionnaire:
    data = text.encode() if isinstance(text, str) else text
    return await bringing.upload(owner, name, data, new_id())


@pytest.fixture
def house(claire: Actor) -> Owner:
    return Owner(claire)


@pytest.fixture
async def staff(cast: Cast, owner: asyncpg.Connection) -> NetworkActor:
    """Inès runs a network of which Transports du Val is a verified member and the clinic only asked to be."""
    network = new_id()
    await owner.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'mob', 'Réseau Mobilités', 5, false, now())", network
    )  # fmt: skip
    ines = cast.people["ines"]
    await owner.execute(
        "insert into network_manager (id, network_id, person_id) values ($1, $2, $3)", new_id(), network, ines.person_id
    )  # fmt: skip
    for name, verified in (("valley", now()), ("clinic", None)):
        await owner.execute(
            "insert into network_member (id, network_id, organisation_id, joined_on, verified_at) values ($1, $2, $3, $4, $5)",
            new_id(), network, cast.organisations[name].id, today(), verified,
        )  # fmt: skip
    return NetworkActor(ines, network, "mob", "Réseau Mobilités")


# --- bringing and publishing ----------------------------------------------------------------------------------------


async def test_a_faulty_file_is_kept_as_it_came_and_cannot_be_used(house: Owner) -> None:
    row = await bring(house, FAULTY)
    async with reading(house.tenant):
        kept = await store.own(house, row.id)
        report = await bringing.report_on(house, kept)
    assert (kept.upload, kept.content, kept.code, kept.state) == (FAULTY.encode(), None, "", OwnState.DRAFT)
    assert [fault.path for fault in report.faults] == ["minutes"]
    with pytest.raises(NotPublishable):
        await bringing.publish(house, row.id)


async def test_a_code_carries_the_tag_of_its_owner_once(house: Owner, nora: Actor) -> None:
    first = await bring(house)
    assert first.code == f"TS-{house.tag}"
    again = await bring(house, SMALL.replace("id: TS\n", f"id: {first.code}\n"))
    assert (again.code, again.hash) == (first.code, first.hash)
    theirs = await bring(Owner(nora), SMALL.replace("id: TS\n", f"id: {first.code}\n"))
    assert theirs.code == f"TS-{Owner(nora).tag}" != first.code


async def test_a_published_version_never_changes_whoever_asks(
    house: Owner, owner: asyncpg.Connection
) -> None:
    row = await bringing.publish(house, (await bring(house)).id)
    assert (row.state, row.published_name) == (OwnState.PUBLISHED, "Claire Lambert")
    for change in ("content = '{}'", "version = '9.0.0'", "state = 'draft'", "upload = ''"):
        with pytest.raises(asyncpg.PostgresError, match="never changed"):
            await owner.execute(f"update own_questionnaire set {change}")
    with pytest.raises(asyncpg.PostgresError, match="never changed"):
        await owner.execute("delete from own_questionnaire")
    await bringing.discard(house, row.id)  # only drafts are deleted
    async with reading(house.tenant):
        assert (await store.own(house, row.id)).state is OwnState.PUBLISHED


async def test_a_later_version_needs_a_higher_number_and_its_changes(house: Owner) -> None:
    await bringing.publish(house, (await bring(house)).id)
    for text, reason in (
        (SMALL.replace("minutes: 5", "minutes: 6"), "give a higher number"),
        (SMALL.replace("version: 1.0.0", "version: 1.1.0"), "changes is missing"),
    ):
        with pytest.raises(NotPublishable) as refused:
            await bringing.publish(house, (await bring(house, text)).id)
        assert reason in refused.value.faults[0].reason
    later = await bringing.publish(house, (await bring(house, numbered("1.1.0"))).id)
    async with reading(house.tenant):
        assert (await offered_as(house.tenant, later.code)).version == "1.1.0"


async def test_two_publish_the_same_version_at_once_and_one_is_refused(
    house: Owner, owner: asyncpg.Connection
) -> None:
    one, other = await bring(house), await bring(house, SMALL.replace("minutes: 5", "minutes: 6"))
    ends = await asyncio.gather(
        *(bringing.publish(house, row.id) for row in (one, other)), return_exceptions=True
    )
    assert sorted(type(end).__name__ for end in ends) == ["NotPublishable", "OwnQuestionnaire"]
    assert await owner.fetchval("select count(*) from own_questionnaire where state = 'published'") == 1


async def test_publishing_twice_counts_once(house: Owner, owner: asyncpg.Connection) -> None:
    row = await bring(house)
    await asyncio.gather(*(bringing.publish(house, row.id) for _ in range(3)))
    verbs = await owner.fetch("select verb from audit_entry where verb like 'questionnaires.%' order by seq")
    assert [one["verb"] for one in verbs] == ["questionnaires.uploaded", "questionnaires.published"]


async def test_files_that_wait_are_limited(house: Owner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bringing, "MOST_DRAFTS", 1)
    await bring(house)
    with pytest.raises(TooManyDrafts):
        await bring(house)


# --- who sees what --------------------------------------------------------------------------------------------------


async def test_a_stranger_sees_and_changes_nothing(house: Owner, nora: Actor) -> None:
    row = await bringing.publish(house, (await bring(house)).id)
    async with reading(nora):
        assert await OwnQuestionnaire.filter(id=row.id) == []
        with pytest.raises(UnknownQuestionnaire):
            await offered_as(nora, row.code)
    for verb in (bringing.publish, bringing.withdraw, bringing.offer_again, bringing.discard):
        with pytest.raises(DoesNotExist):
            await verb(Owner(nora), row.id)


async def test_who_may_only_contribute_cannot_write_even_past_the_page(malik: Actor) -> None:
    with pytest.raises(Exception, match="row-level security"):
        await bring(Owner(malik))


async def test_a_networks_questionnaire_reaches_its_verified_members_once_published(
    staff: NetworkActor, claire: Actor, nora: Actor
) -> None:
    row = await bring(Owner(staff))
    shipped = len(latest_of_each())
    for actor, before, after in ((claire, 0, 1), (nora, 0, 0)):
        async with reading(actor):
            assert len(await offered(actor)) == shipped + before
        if row.state is OwnState.DRAFT:
            row = await bringing.publish(Owner(staff), row.id)
        async with reading(actor):
            assert len(await offered(actor)) == shipped + after
    async with transaction(claire):
        assert await OwnQuestionnaire.filter(id=row.id).update(state=OwnState.WITHDRAWN) == 0
    async with reading(staff):
        assert row.code in [one.id for one in await offered(staff)]


async def test_an_organisations_questionnaire_is_not_its_networks(staff: NetworkActor, house: Owner) -> None:
    await bringing.publish(house, (await bring(house)).id)
    async with reading(staff):
        assert await offered(staff) == latest_of_each()


# --- a round on it --------------------------------------------------------------------------------------------------


async def test_a_round_on_ones_own_questionnaire_is_answered_submitted_and_outlives_its_withdrawal(
    house: Owner, claire: Actor
) -> None:
    row = await bringing.publish(house, (await bring(house)).id)
    async with reading(claire):
        questionnaire = await offered_as(claire, row.code)
    opened = await open_assessment(claire, questionnaire, name="2026", opens_on=today(), closes_on=None)
    assert opened.slug == f"{row.code}-2026".lower()
    await bringing.withdraw(house, row.id)
    with pytest.raises(UnknownQuestionnaire):
        await open_assessment(claire, questionnaire, name="2027", opens_on=today(), closes_on=None)
    for criterion in questionnaire.criteria:
        draft = Draft(State.ANSWERED, len(criterion.scale.values))
        await answer_criterion(claire, opened.slug, criterion.code, draft, op=new_id(), base=0)
    await submit(claire, opened.slug, name="Claire Lambert")
    async with reading(claire):
        stored = await load_round(claire, opened.slug)
    assert stored.result.total.score == 100
    await bringing.offer_again(house, row.id)
    async with reading(claire):
        assert (await offered_as(claire, row.code)) == questionnaire


async def test_what_others_used_is_not_read_from_what_was_kept(
    house: Owner, claire: Actor, nora: Actor
) -> None:
    row = await bringing.publish(house, (await bring(house)).id)
    async with reading(claire):
        questionnaire = await offered_as(claire, row.code)
    await open_assessment(claire, questionnaire, name="2026", opens_on=today(), closes_on=None)
    sql = "select count(*) as kept from used_definition where questionnaire = $1"
    for actor, expected in ((claire, 1), (nora, 0)):
        async with reading(actor) as connection:
            assert await connection.execute_query_dict(sql, [row.code]) == [{"kept": expected}]


# --- the pages ------------------------------------------------------------------------------------------------------


async def send(
    browser: Any, text: str | bytes, name: str = "petit.yaml", base: str = BASE, **fields: str
) -> Any:
    return await browser.send_form(
        base, {"op": str(new_id()), **fields}, files={"file": (name, text, "application/octet-stream")}
    )


async def test_the_empty_list_says_what_will_be_here(claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        page = await browser.get(BASE)
    assert page.status_code == 200
    assert "Pas encore de questionnaire à vous" in page.text
    assert f"{BASE}/model/yaml" in page.text


async def test_upload_check_publish_and_choose_without_javascript(claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        faulty = await send(browser, FAULTY)
        report = await browser.get(faulty.headers["location"])
        line = FAULTY[: FAULTY.index("minutes:")].count("\n") + 1
        assert f"Ligne {line}" in report.text
        assert "doit être un nombre entier sans guillemets, pas" in report.text
        assert "Publier" not in report.text
        good = (await send(browser, SMALL)).headers["location"]
        assert "Rien à corriger" in (await browser.get(good)).text
        published = await browser.send_form(f"{good}/publish")
        assert published.status_code == 303
        choice = await browser.get("/o/transports-du-val/assessments/new")
        assert "Petit questionnaire" in choice.text
        assert "Petit questionnaire" in (await browser.get("/o/transports-du-val/search?q=promesse")).text
        code = f"TS-{Owner(claire).tag}"
        opened = await browser.send_form(
            f"/o/transports-du-val/assessments/new/{code}",
            {"op": str(new_id()), "name": "2026", "dimensions": "TS1", "opens-day": "1", "opens-month": "10", "opens-year": "2026"},
        )  # fmt: skip
        hub = await browser.get(opened.headers["location"])
    assert "Petit questionnaire 2026" in hub.text


async def test_the_same_form_twice_keeps_one_file(
    claire: Actor, visit: Browser, owner: asyncpg.Connection
) -> None:
    op = str(new_id())
    async with visit(claire) as browser:
        places = {(await send(browser, SMALL, op=op)).headers["location"] for _ in range(2)}
    assert len(places) == 1
    assert await owner.fetchval("select count(*) from own_questionnaire") == 1


@pytest.mark.parametrize(
    ("text", "name", "sentence"),
    [
        ("", "vide.yaml", "Choisissez un fichier qui n’est pas vide"),
        (SMALL, "petit.pdf", "Choisissez un fichier dont le nom se termine par .yaml ou .xlsx"),
        ("x" * 2_000_001, "gros.yaml", "Ce fichier est trop volumineux"),
    ],
    ids=["empty", "a PDF", "too large"],
)
async def test_what_is_no_questionnaire_file_is_said_at_the_field(
    claire: Actor, visit: Browser, owner: asyncpg.Connection, text: str, name: str, sentence: str
) -> None:
    async with visit(claire) as browser:
        page = await send(browser, text, name)
    assert page.status_code == 422
    assert sentence in page.text
    assert 'aria-invalid="true"' in page.text
    assert await owner.fetchval("select count(*) from own_questionnaire") == 0


async def test_five_megabytes_are_refused_without_being_read_whole(claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        page = await send(browser, "x" * 5_000_000, "gros.yaml")
    assert page.status_code == 422


async def test_the_preview_shows_every_criterion_as_it_will_be_answered(
    claire: Actor, visit: Browser
) -> None:
    async with visit(claire) as browser:
        place = (await send(browser, SMALL)).headers["location"]
        first = await browser.get(f"{place}/preview", follow_redirects=True)
        assert "La promesse est écrite" in first.text
        assert "Aperçu\u00a0: rien n’est enregistré" in first.text
        assert "hx-" not in first.text.partition("<main")[2]
        codes = [
            c["code"] for d in parse(SMALL).data["dimensions"] for e in d["elements"] for c in e["criteria"]
        ]
        pages = [await browser.get(f"{place}/preview/q/{code}") for code in codes]
        assert {page.status_code for page in pages} == {200}
        assert (await browser.get(f"{place}/preview/q/NO")).status_code == 404


async def test_the_preview_shows_every_kind_of_answer_and_what_a_criterion_waits_for(
    claire: Actor, visit: Browser
) -> None:
    text = (ROOT / "tests" / "assessments" / "cases" / "every_kind.yaml").read_text()
    data = parse(text).data
    async with visit(claire) as browser:
        place = (await send(browser, text)).headers["location"]
        assert "Rien à corriger" in (await browser.get(place)).text
        codes = [c["code"] for d in data["dimensions"] for e in d["elements"] for c in e["criteria"]]
        pages = [await browser.get(f"{place}/preview/q/{code}") for code in codes]
    assert {page.status_code for page in pages} == {200}
    assert any("Demandé seulement si" in page.text for page in pages)


async def test_downloads_give_the_file_back(claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        place = (await send(browser, SMALL)).headers["location"]
        kept = await browser.get(f"{place}/file/upload")
        written = await browser.get(f"{place}/file/yaml")
        assert (await browser.get(f"{place}/file/exe")).status_code == 404
        model = await browser.get(f"{BASE}/model/yaml")
        workbook = await browser.get(f"{place}/file/xlsx")
        again = await browser.get((await send(browser, workbook.content, "petit.xlsx")).headers["location"])
    assert "Rien à corriger" in again.text
    assert kept.content == SMALL.encode()
    assert "attachment" in kept.headers["content-disposition"]
    assert parse(written.text).data == parse(SMALL).data | {"id": f"TS-{Owner(claire).tag}"}
    assert parse(model.text).data["id"] == "FL"


async def test_a_file_name_cannot_forge_a_header(claire: Actor, visit: Browser) -> None:
    async with visit(claire) as browser:
        place = (await send(browser, SMALL, 'a".exe\r\nx: y.yaml')).headers["location"]
        kept = await browser.get(f"{place}/file/upload")
    assert "x" not in kept.headers
    assert '".exe' not in kept.headers["content-disposition"].removesuffix('"')


async def test_a_reader_reads_and_a_contributor_is_told_who_can(
    sophie: Actor, malik: Actor, house: Owner, visit: Browser
) -> None:
    row = await bring(house)
    async with visit(sophie) as browser:
        page = await browser.get(f"{BASE}/{row.id}")
        assert (page.status_code, "Publier TS" in page.text) == (200, False)
    async with visit(malik) as browser:
        assert (await browser.send_form(f"{BASE}/{row.id}/publish")).status_code == 403


async def test_a_throw_away_copy_checks_and_previews_and_publishes_nothing(
    house: Owner, owner: asyncpg.Connection, visit: Browser, claire: Actor
) -> None:
    await owner.execute(
        "set session_replication_role = replica; update organisation set sandbox_until = now() + interval '1 day'; set session_replication_role = origin"
    )
    row = await bring(house)
    async with visit(claire) as browser:
        page = await browser.get(f"{BASE}/{row.id}")
        assert "il n’est pas publié" in page.text
        assert (await browser.send_form(f"{BASE}/{row.id}/publish")).status_code == 422
    await owner.execute("select erase_sandbox($1)", house.id)
    assert await owner.fetchval("select count(*) from own_questionnaire") == 0


async def test_the_networks_pages_do_the_same_and_a_campaign_can_call_for_it(
    staff: NetworkActor, visit: Browser, claire: Actor
) -> None:
    async with visit(staff.person) as browser:
        place = (await send(browser, SMALL, base="/n/mob/questionnaires")).headers["location"]
        assert (await browser.get(place)).status_code == 200
        assert (await browser.get(f"{place}/preview", follow_redirects=True)).status_code == 200
        assert (await browser.send_form(f"{place}/publish")).status_code == 303
        assert "Petit questionnaire" in (await browser.get("/n/mob/campaigns/new")).text
        day = {
            "opens-day": "1",
            "opens-month": "1",
            "opens-year": "2026",
            "closes-day": "1",
            "closes-month": "1",
            "closes-year": "2099",
        }
        call = {"op": str(new_id()), "name": "2026", "questionnaire": f"TS-{Owner(staff).tag}", **day}
        planned = await browser.send_form("/n/mob/campaigns/new", call)
        assert planned.status_code == 303
        await browser.send_form(f"{planned.headers['location'].partition('?')[0]}/launch")
        await browser.send_form(f"{place}/withdraw")
        assert "Petit questionnaire 2026" in (await browser.get("/n/mob/campaigns")).text
        await browser.send_form(f"{place}/offer")
    async with visit(claire) as browser:
        choice = await browser.get("/o/transports-du-val/assessments/new")
        assert "Campagne 2026" in choice.text
        assert (await browser.get("/n/mob/questionnaires")).status_code == 404
