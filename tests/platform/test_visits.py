"""A visit: a reason, an hour, reading alone, known to the organisation, refused or ended by its owners."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from litestar import Litestar

from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.rules.drafts import Draft
from palier.foundation import actor as acting
from palier.foundation.audit import PLATFORM, broken_links
from palier.foundation.clock import now
from palier.foundation.database import only_reading, reading, select, transaction
from palier.foundation.identifiers import new_id
from palier.foundation.permissions import Permission, Role, grants
from palier.network.rules.membership import MEMBER_ROLES, roles_given_by
from palier.platform.rules.visits import VisitState, state_of
from palier.platform.store import Visit
from palier.questionnaires.catalogue import latest
from palier.scoring.rules.answers import State
from tests.conftest import Browser, Cast
from tests.platform.conftest import AtWork

REASON = "Ticket 4711 : le rapport ne se fait pas"
HOUSE = "/o/transports-du-val"


@pytest.fixture
async def round_slug(claire: acting.Actor) -> str:
    """A round with something to read."""
    opened = await open_assessment(
        claire, latest("FL"), name="2026", opens_on=date(2026, 1, 1), closes_on=None
    )
    draft = Draft(State.ANSWERED, 3, rationale="Vu en gare")
    await answer_criterion(claire, opened.slug, "FL1.1.1", draft, op=new_id(), base=0)
    return opened.slug


async def ask(staff: Any, reason: str = REASON) -> Any:
    form = {"reason": reason, "ticket": "4711", "op": str(new_id())}
    return await staff.send_form("/admin/organisations/transports-du-val/visits", form)


async def test_a_visit_reads_for_an_hour_and_everybody_knows(
    gaelle: acting.Person, claire: acting.Actor, round_slug: str, at_work: AtWork, visit: Browser, owner: Any
) -> None:
    async with at_work(gaelle) as staff, visit(claire) as theirs:
        assert (await staff.get(HOUSE)).status_code == 404
        assert (await ask(staff, "court")).status_code == 422
        assert (await ask(staff)).headers["location"] == HOUSE
        assert (await staff.get(HOUSE)).status_code == 200
        shown = (await staff.get(f"{HOUSE}/e/{round_slug}/q/FL1.1.1")).text
        assert "Vu en gare" in shown
        assert "Vous visitez Transports du Val pour la plateforme" in shown
        assert (await ask(staff)).status_code == 422, "one at a time"
        assert (await staff.get("/o/clinique-du-lac")).status_code == 404
        for page in (f"{HOUSE}/people", f"{HOUSE}/visits"):
            assert "Gaëlle Le Goff" in (await theirs.get(page)).text
        assert (
            await owner.fetchval("select recipient from mail where kind = 'visit_asked'")
            == "claire@example.org"
        )
        await owner.execute("alter table visit disable trigger kept")
        await owner.execute("update visit set ends_at = now() - interval '1 second'")
        await owner.execute("alter table visit enable trigger kept")
        assert (await staff.get(HOUSE)).status_code == 404, "over by itself, worker or not"


async def test_a_visit_is_on_both_chains_and_ends_by_itself_by_the_button_or_by_an_owner(
    gaelle: acting.Person, claire: acting.Actor, at_work: AtWork, visit: Browser, owner: Any, run_jobs: Any
) -> None:
    async with at_work(gaelle) as staff, visit(claire) as theirs:
        await ask(staff)
        first = await owner.fetchval("select id from visit")
        await staff.send_form(f"/admin/visits/{first}/end")
        assert (await staff.get(HOUSE)).status_code == 404
        await ask(staff)
        second = await owner.fetchval("select id from visit where ended_at is null")
        await theirs.send_form(f"{HOUSE}/visits/{second}/end")
        assert (await staff.get(HOUSE)).status_code == 404
        await ask(staff)
        await owner.execute("update procrastinate_jobs set scheduled_at = null")
        await run_jobs()
    ends = await owner.fetch("select ended_name, ended_at = ends_at as whole from visit order by asked_at")
    assert [tuple(row) for row in ends] == [("Gaëlle Le Goff", False), ("Claire Lambert", False), ("", True)]
    said = await owner.fetch("select verb, role, details from audit_entry where chain = $1 and verb like 'platform.%' order by seq", claire.organisation_id)  # fmt: skip
    assert [row["verb"].partition("_")[2] for row in said] == ["asked", "opened", "ended"] * 3
    assert [row["role"] for row in said[:3]] == ["visitor"] * 3
    assert all(REASON in row["details"] for row in said[:2])
    assert await owner.fetchval("select count(*) from audit_entry where chain = $1 and verb = 'platform.visit_opened' and role = 'staff'", PLATFORM) == 3  # fmt: skip
    async with reading(claire):
        assert await broken_links(claire.organisation_id) == []


async def test_an_organisation_that_wants_to_agree_is_asked(
    gaelle: acting.Person,
    claire: acting.Actor,
    sophie: acting.Actor,
    at_work: AtWork,
    visit: Browser,
    owner: Any,
) -> None:
    async with at_work(gaelle) as staff, visit(claire) as theirs, visit(sophie) as reader:
        assert (await reader.send_form(f"{HOUSE}/visits/choice", {"approval": "yes"})).status_code == 403
        await theirs.send_form(f"{HOUSE}/visits/choice", {"approval": "yes"})
        await ask(staff)
        waiting = await owner.fetchval("select id from visit")
        assert (await staff.get(HOUSE)).status_code == 404
        await staff.send_form(f"/admin/visits/{waiting}/begin")
        assert (await staff.get(HOUSE)).status_code == 404, "nobody agreed"
        assert "accepter ou refuser ici" in await owner.fetchval(
            "select text from mail where kind = 'visit_asked'"
        )
        await theirs.send_form(f"{HOUSE}/visits/{waiting}/refuse")
        assert "Refusée" in (await staff.get("/admin/visits")).text
        await theirs.send_form(f"{HOUSE}/visits/{waiting}/agree")
        await staff.send_form(f"/admin/visits/{waiting}/begin")
        assert (await staff.get(HOUSE)).status_code == 404, "refused is refused"
        await ask(staff)
        agreed = await owner.fetchval("select id from visit where refused_at is null")
        assert (await reader.send_form(f"{HOUSE}/visits/{agreed}/agree")).status_code == 403
        await theirs.send_form(f"{HOUSE}/visits/{agreed}/agree")
        assert (await staff.get(HOUSE)).status_code == 404, "it begins when they begin it"
        assert (await staff.send_form(f"/admin/visits/{agreed}/begin")).headers["location"] == HOUSE
        assert (await staff.get(HOUSE)).status_code == 200
    assert await owner.fetchval("select count(*) from mail where kind = 'visit_decided'") == 2


def addresses(app: Litestar) -> Iterator[tuple[str, str, Permission]]:
    """Every address of an organisation, with ids that stand for anything."""
    for route in app.routes:
        if not route.path.startswith("/o/{org"):
            continue
        parts = [
            p if isinstance(p, str) else "transports-du-val" if p.name == "org" else _id(p)
            for p in route.path_components
        ]
        for method, (handler, _) in getattr(route, "route_handler_map", {}).items():
            if method != "OPTIONS":
                yield str(method), "/" + "/".join(parts), handler.opt["permission"]


def _id(part: Any) -> str:
    return {"uuid": str(new_id()), "int": "1"}.get(str(part.full).partition(":")[2], "x")


async def test_a_visitor_changes_nothing_and_takes_nothing_away_at_any_address(
    stage: Litestar, gaelle: acting.Person, claire: acting.Actor, round_slug: str, at_work: AtWork, owner: Any
) -> None:
    before = await owner.fetchval("select seq from audit_head where chain = $1", claire.organisation_id)
    async with at_work(gaelle) as staff:
        await ask(staff)
        swept = [one for one in addresses(stage) if one[0] != "GET" or one[2] is not Permission.READ]
        assert len(swept) > 100
        for method, address, permission in swept:
            reply = await (staff.get(address) if method == "GET" else _send(staff, method, address))
            assert reply.status_code == 403, f"{method} {address} ({permission}) answered {reply.status_code}"
        for kind in ("xlsx", "csv", "json"):
            assert (await staff.get(f"{HOUSE}/e/{round_slug}/data.{kind}")).status_code == 403, kind
    after = await owner.fetchval("select seq from audit_head where chain = $1", claire.organisation_id)
    assert after == before + 2, "asked and opened, and nothing else"


async def _send(staff: Any, method: str, address: str) -> Any:
    if "csrftoken" not in staff.cookies:
        await staff.get("/fr/")
    return await staff.request(method, address, data={"_csrf_token": staff.cookies["csrftoken"]})


async def test_without_a_visit_or_a_second_factor_the_rows_do_not_exist(
    cast: Cast, gaelle: acting.Person, round_slug: str, at_work: AtWork, owner: Any, put_on_staff: Any
) -> None:
    async with reading(acting.StaffActor(gaelle)):
        for table in ("assessment", "answer", "membership", "organisation", "visit", "audit_entry"):
            assert await select(f"select * from {table}") == [], table
    async with at_work(gaelle) as staff, at_work(gaelle, second_factor=False) as half:
        await ask(staff)
        assert (await staff.get(HOUSE)).status_code == 200
        assert (await half.get(HOUSE)).status_code == 404, "a session without the factor has no part in it"
        await put_on_staff(cast.people["hugo"])
        async with at_work(cast.people["hugo"]) as colleague:
            assert (await colleague.get(HOUSE)).status_code == 404
        await owner.execute("update platform_staff set removed_at = now()")
        assert (await staff.get(HOUSE)).status_code == 404
    only_reading.set(False)
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(
            acting.Actor(gaelle, cast.organisations["valley"], Role.VISITOR, visit_id=new_id())
        ):
            await Visit.create(
                organisation_id=cast.organisations["valley"].id, person_id=gaelle.person_id, person_name="x",
                reason="x", approval=False, asked_at=now(),
            )  # fmt: skip


async def test_members_of_the_staff_visit_no_house_of_their_own(
    cast: Cast, put_on_staff: Any, at_work: AtWork
) -> None:
    await put_on_staff(cast.people["sophie"])
    async with at_work(cast.people["sophie"]) as staff:
        reply = await ask(staff)
        assert reply.status_code == 422
        assert "ouvrez-la en votre nom" in reply.text


def test_a_visitor_is_no_role_that_anybody_gives() -> None:
    assert grants(Role.VISITOR) == {Permission.READ}
    assert Role.VISITOR not in MEMBER_ROLES
    assert all(Role.VISITOR not in roles_given_by(role) for role in Role)
    assert all(Permission.RUN_PLATFORM not in grants(role) for role in Role)


def test_an_unanswered_visit_lapses() -> None:
    moment = now()
    waiting = Visit(asked_at=moment, approval=True)
    assert state_of(waiting, moment) is VisitState.WAITING
    assert state_of(waiting, moment + timedelta(days=365)) is VisitState.LAPSED
