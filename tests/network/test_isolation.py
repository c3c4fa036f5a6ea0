"""No address of the house shows one organisation to another: every route is swept, a new one without being asked.

Nora, who owns the clinic, replays every route with the ids of an organisation in whose every text a canary sings.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar

from palier.action_plans import store as plans
from palier.action_plans.flows import attaching, commenting
from palier.assessments.flows import backing
from palier.assessments.flows.answering import answer_criterion, open_assessment
from palier.assessments.flows.submitting import submit
from palier.assessments.rules.drafts import Draft
from palier.assessments.store import Assessment
from palier.evidence.flows.attaching import Brought
from palier.foundation import actor as acting
from palier.foundation import brought_files, sheets
from palier.foundation.clock import now, today
from palier.foundation.database import reading, transaction
from palier.foundation.files import shelves
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.permissions import Role
from palier.foundation.settings import Settings
from palier.foundation.uploads import Received
from palier.network import store as network
from palier.network.mandates import HandOver
from palier.practices.rules.sheets import Sheet, to_plain
from palier.privacy import store as privacy
from palier.questionnaires.catalogue import definition, latest
from palier.questionnaires.flows import bringing
from palier.questionnaires.owners import Owner
from palier.questionnaires.yaml_layout import yaml_text_of
from palier.reports import store as reports
from palier.reports.flows import presets
from palier.respondents import store as respondents
from palier.respondents.store import Respondent
from palier.scoring.rules.answers import State
from tests.browser.money import plant_money
from tests.conftest import Browser, plant_mandate, plant_organisation, plant_person

CANARY = "CanariQuiChante"


@dataclass
class Nest:
    """The organisation nobody else may hear of, and the ids its addresses are made of."""

    owner: acting.Actor
    ids: dict[str, str]


@pytest.fixture
def administrator(owner: Any) -> Any:
    """Whom row-level security does not bind; the nest has an owner of its own."""
    return owner


@pytest.fixture
async def nest(cast: Any, administrator: Any, settings: Settings) -> Nest:
    person = await plant_person(f"{CANARY} Personne", f"{CANARY.lower()}@example.org")
    organisation = await plant_organisation(f"{CANARY} Mobilités", "nid", person)
    owner = acting.Actor(person, organisation, Role.OWNER)
    questionnaire = latest("FL")
    done = await open_assessment(owner, questionnaire, name="2025", opens_on=today(), closes_on=None)
    evidence = await _back_an_answer(owner, done.slug, settings)
    for criterion in questionnaire.criteria:
        draft = Draft(State.ANSWERED, 3, rationale=f"{CANARY} justification", evidence=f"{CANARY} preuve")
        await answer_criterion(owner, done.slug, criterion.code, draft, op=new_id(), base=0)
    await submit(owner, done.slug, name=person.name)
    own = await _bring_a_questionnaire(owner)
    plan, action, reading, step, report, invitation, mandate, membership = await _plant_the_rest(
        owner, done.id
    )
    link = await _plant_a_link(owner, report)
    practice, comment = await _plant_practice(administrator, owner)
    return Nest(owner, {
        **await _belong(owner, administrator, done.id), "visit": await _visited(administrator, owner), "evidence": evidence, "preset": await _keep_a_form(owner), "bulletin": str(new_id()), "brought": await _bring_a_file(owner, done.id), **await _discuss(owner, UUID(action), settings), "asked": await _ask_somebody(owner, done.id),
        "parcel": await _pack(owner), "sheet": await _invoiced(administrator, owner), "sponsorship": await _sponsored(administrator, owner), "org": "nid", "house": "nid", "domain": str(new_id()), "act": "look", "assessment": done.slug, "slug": done.slug, "code": "FL1.1.1", "section": "FL1.1", "element": "FL1.1", "audience": "staff",
        "plan": plan, "action": action, "report": report, "link": link, "inquiry": await _inquire(owner, done), "invitation": invitation, "mandate": mandate, "hand_over": await _propose(owner, UUID(mandate)), "membership": membership,
        "checkout": str(new_id()),
        "questionnaire": own, "kind": "yaml", "practice": practice, "comment": comment, "network": "cercle-du-nid", "version": "1", "reading": reading, "step": step, "lever": questionnaire.levers[0].id, "member": membership, "edition": str(new_id()), "cohort": "family=transport",
    })  # fmt: skip


async def _invoiced(administrator: Any, owner: acting.Actor) -> str:
    """An invoice of ours to the nest, issued, as an address has it."""
    await plant_money(administrator, owner.organisation_id, owner.person_id)
    return str(await administrator.fetchval("select id from invoice where number <> ''")) + ".xml"


async def _pack(owner: acting.Actor) -> str:
    """The organisation's data in a parcel, ready for who asked."""
    async with transaction(owner):
        row = await privacy.Parcel.create(
            id=new_id(), person_id=owner.person_id, organisation_id=owner.organisation_id, locale="fr", asked_at=now(),
            state=privacy.ParcelState.DONE, expires_at=now() + timedelta(days=3), size=1,
        )  # fmt: skip
    return str(row.id)


async def _ask_somebody(owner: acting.Actor, assessment: UUID) -> str:
    """Somebody asked to answer the round, in a role of the house's own."""
    async with transaction(owner):
        row = await Respondent.create(
            organisation_id=owner.organisation_id, assessment_id=assessment, person_id=owner.person_id,
            voice=f"{CANARY} rôle", asked_at=now(),
        )  # fmt: skip
    return str(row.id)


async def _bring_a_file(owner: acting.Actor, assessment: UUID) -> str:
    """A workbook that waits to be confirmed."""
    file = new_id()
    sheet = sheets.Sheet(
        "A", (sheets.Column("code"), sheets.Column("rationale")), [("FL1.1.1", f"{CANARY} constat")]
    )
    async with transaction(owner):
        await brought_files.keep(
            owner, file, f"assessment {assessment}", f"{CANARY}.xlsx", sheets.write_sheets([sheet])
        )
    return str(file)


async def _back_an_answer(owner: acting.Actor, slug: str, settings: Settings) -> str:
    """A file beside a criterion."""
    sent = Received(f"{CANARY}.txt", "text/plain", f"{CANARY} pièce".encode())
    brought = Brought(f"{CANARY} pièce jointe", note=f"{CANARY} note", file=sent)
    used = await backing.bring(owner, shelves(settings), slug, "FL1.1.1", brought, new_id(), 1_000_000)
    return str(used.evidence_id)


async def _discuss(owner: acting.Actor, action: UUID, settings: Settings) -> dict[str, str]:
    """A comment and a file beside the action."""
    remark = await commenting.say(owner, action, f"{CANARY} remarque", [], new_id())
    sent = Received(f"{CANARY}.txt", "text/plain", f"{CANARY} dit".encode())
    file = await attaching.attach(owner, shelves(settings), action, sent, new_id())
    return {"remark": str(remark.id), "file": str(file.id)}


async def _belong(owner: acting.Actor, administrator: Any, given: UUID) -> dict[str, str]:
    """A unit of the nest's, and a letter that asks somebody to be another."""
    person = await plant_person(f"{CANARY} Unité", "unite@example.org")
    depot = await plant_organisation(f"{CANARY} Dépôt", "depot-du-nid", person)
    unit, letter = new_id(), new_id()
    await administrator.execute(
        "insert into unit (id, organisation_id, parent_id, kind, place, answers_open, made_here, joined_at, joined_name, left_name) "
        "values ($1, $2, $3, 'site', $4, true, false, now(), 'x', '')",
        unit, depot.id, owner.organisation_id, f"{CANARY} lieu",
    )  # fmt: skip
    await administrator.execute(
        "insert into affiliation_letter (id, organisation_id, organisation_name, purpose, territory_name, kind, place, email, fingerprint, "
        "asked_by, asked_name, asked_at, expires_at) values ($1, $2, $3, 'unit', '', 'site', '', $4, $5, $6, 'x', now(), now() + interval '9 days')",
        letter, owner.organisation_id, f"{CANARY} Mobilités", f"{CANARY.lower()}.lettre@example.org", fingerprint("lettre-au-nid"), owner.person_id,
    )  # fmt: skip
    territory = new_id()
    await administrator.execute(
        "insert into territory (id, name, kind, questionnaire, created_by, created_at) values ($1, $2, 'region', '', $3, now())",
        territory, f"{CANARY} bassin", owner.organisation_id,
    )  # fmt: skip
    await administrator.execute(
        "insert into territory_member (id, territory_id, organisation_id, consent_version, wording_hash, locale, signed_by, signed_name, "
        "consented_at, shows_total, shows_elements, left_name) values ($1, $2, $3, '1', '', 'fr', $4, 'x', now(), false, false, '')",
        new_id(), territory, owner.organisation_id, owner.person_id,
    )  # fmt: skip
    return {
        "unit": str(unit), "letter": str(letter), "given": str(given), "token": "lettre-au-nid", "territory": str(territory)
    }  # fmt: skip


async def _sponsored(administrator: Any, owner: acting.Actor) -> str:
    """A place that a network offers to the nest."""
    place = new_id()
    await administrator.execute(
        "insert into sponsorship (id, network_id, network_name, organisation_id, organisation_name, offer, state, invited_by, invited_at, "
        "ended_why) values ($1, $1, $2, $3, $2, 'member', 'invited', $1, now(), '')",
        place, f"{CANARY} payeur", owner.organisation_id,
    )  # fmt: skip
    return str(place)


async def _visited(administrator: Any, owner: acting.Actor) -> str:
    """A visit of the platform's that waits for the nest's word."""
    visit = new_id()
    await administrator.execute(
        "insert into visit (id, organisation_id, person_id, person_name, reason, ticket, approval, asked_at, decided_name, ended_name) "
        "values ($1, $2, $1, $3, $3, '', true, now(), '', '')",
        visit, owner.organisation_id, f"{CANARY} visite",
    )  # fmt: skip
    return str(visit)


async def _keep_a_form(owner: acting.Actor) -> str:
    """A preset of documents."""
    fields = {"footer": f"{CANARY} pied"}
    return str(await presets.keep(owner, f"{CANARY} modèle de document", fields, new_id()))


async def _bring_a_questionnaire(owner: acting.Actor) -> str:
    """One of the organisation's own, published: the flash under another title."""
    data = definition("FL", latest("FL").version) | {"id": "NID", "version": "1.0.0"}
    data["title"] = dict.fromkeys(data["title"], f"{CANARY} modèle")
    data.pop("changes", None)
    row = await bringing.upload(Owner(owner), f"{CANARY}.yaml", yaml_text_of(data).encode(), new_id())
    await bringing.publish(Owner(owner), row.id)
    return str(row.id)


async def _plant_the_rest(owner: acting.Actor, assessment_id: UUID) -> tuple[str, ...]:
    async with transaction(owner):
        shared = {"organisation_id": owner.organisation_id}
        plan = await plans.ActionPlan.create(
            id=new_id(),
            slug="plan-nid",
            title=f"{CANARY} plan",
            assessment_id=assessment_id,
            created_by=owner.person_id,
            **shared,
        )
        action = await plans.Action.create(
            id=new_id(),
            plan_id=plan.id,
            title=f"{CANARY} action",
            finding=f"{CANARY} constat",
            due_on=today(),
            created_by=owner.person_id,
            **shared,
        )
        reading = await plans.KpiReading.create(
            id=new_id(), action_id=action.id, on=today(), value=3, person_id=owner.person_id, **shared
        )
        step = await plans.ChecklistItem.create(
            id=new_id(), action_id=action.id, text=f"{CANARY} étape", position=1, **shared
        )
        await plans.ActionReview.create(
            id=new_id(), action_id=action.id, on=today(), stage="check", words=f"{CANARY} revue", person_id=owner.person_id, **shared
        )  # fmt: skip
        report = await reports.Report.create(
            id=new_id(), kind="action_plan", title=f"{CANARY} rapport", locale="fr", content={}, content_key="x", created_by=owner.person_id,
            created_name=f"{CANARY} Personne", **shared,
        )  # fmt: skip
        invitation = await network.Invitation.create(
            id=new_id(), email=f"{CANARY.lower()}.invite@example.org", role=Role.READER, fingerprint=fingerprint(CANARY),
            invited_by_id=owner.person_id, expires_at=now() + timedelta(days=3), **shared,
        )  # fmt: skip
        membership = await network.Membership.get(**shared, person_id=owner.person_id)
    hugo = await plant_person(f"{CANARY} Conseil", "conseil@example.org")
    mandate = await plant_mandate(owner, hugo)
    return (
        plan.slug,
        str(action.id),
        str(reading.id),
        str(step.id),
        str(report.id),
        str(invitation.id),
        str(mandate),
        str(membership.id),
    )


async def _propose(owner: acting.Actor, mandate: UUID) -> str:
    """The consultant proposes another."""
    async with transaction(owner):
        row = await HandOver.create(
            id=new_id(), organisation_id=owner.organisation_id, mandate_id=mandate, proposer_id=new_id(),
            email=f"{CANARY.lower()}.relais@example.org", note=f"{CANARY} relais", proposed_at=now(),
        )  # fmt: skip
    return str(row.id)


async def _plant_a_link(owner: acting.Actor, report: str) -> str:
    """Somebody outside may take the document away, once it is made."""
    async with transaction(owner):
        link = await reports.SharedLink.create(
            id=new_id(), report_id=UUID(report), organisation_id=owner.organisation_id, organisation_name="x", recipient=f"{CANARY} dehors",
            fingerprint=fingerprint(f"{CANARY} lien"), created_by=owner.person_id, created_name="x", created_at=now(),
            expires_at=now() + timedelta(days=3),
        )  # fmt: skip
    return str(link.id)


async def _inquire(owner: acting.Actor, done: Assessment) -> str:
    """Somebody outside was asked about a criterion, and said something."""
    async with transaction(owner):
        link = await respondents.AskedLink.create(
            id=new_id(), organisation_id=owner.organisation_id, organisation_name="x", assessment_id=done.id, code="FL1.1.1", round_name="x",
            questionnaire="FL", version=done.version, definition_hash=done.definition_hash, fingerprint=fingerprint(f"{CANARY} question"),
            guest=f"{CANARY} invitée", note=f"{CANARY} mot", asked_by=owner.person_id, asked_name="x", asked_at=now(),
            expires_at=now() + timedelta(days=3),
        )  # fmt: skip
        await respondents.AskedOpinion.create(
            id=new_id(), link_id=link.id, organisation_id=owner.organisation_id, rationale=f"{CANARY} avis"
        )
    return str(link.id)


async def _plant_practice(administrator: Any, owner: acting.Actor) -> tuple[str, str]:
    """A published practice of the nest's network, with a comment, as the administrator writes rows."""
    circle, practice, comment = new_id(), new_id(), new_id()
    us, person, title = owner.organisation_id, owner.person_id, f"{CANARY} pratique"
    await administrator.execute(
        "insert into network (id, slug, name, k, fictive, created_at) values ($1, 'cercle-du-nid', $2, 5, false, now())",
        circle, f"{CANARY} cercle",
    )  # fmt: skip
    await administrator.execute(
        "insert into network_member (id, network_id, organisation_id, joined_on, verified_at) values ($1, $2, $3, now(), now())",
        new_id(), circle, us,
    )  # fmt: skip
    await administrator.execute(
        "insert into practice (id, organisation_id, network_id, shared_version, created_by, created_at) values ($1, $2, $3, 1, $4, now())",
        practice, us, circle, person,
    )  # fmt: skip
    content = json.dumps(to_plain(Sheet(title, done=f"{CANARY} fait", effect="x")))
    await administrator.execute(
        "insert into practice_version (id, practice_id, organisation_id, network_id, number, state, locale, title, content, revision, "
        "written_by, written_name, written_at, decided_name, reason) "
        "values ($1, $2, $3, $4, 1, 'published', 'fr', $5, $6, 1, $7, 'x', now(), '', '')",
        new_id(), practice, us, circle, title, content, person,
    )  # fmt: skip
    await administrator.execute(
        "insert into shared_practice (id, network_id, version, locale, title, content, topics, organisation_name, family, sector, size, "
        "measured, adopters, first_published_at, published_at) "
        "values ($1, $2, 1, 'fr', $3, $4, '[]', 'x', '', '', '', false, 0, now(), now())",
        practice, circle, title, content,
    )  # fmt: skip
    await administrator.execute(
        "insert into practice_comment (id, practice_id, network_id, organisation_id, organisation_name, person_id, person_name, text, at, "
        "hidden_reason) values ($1, $2, $3, $4, 'x', $5, 'x', $6, now(), '')",
        comment, practice, circle, us, person, f"{CANARY} commentaire",
    )  # fmt: skip
    return str(practice), str(comment)


def addresses(app: Litestar, ids: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Method and address of every route that carries an organisation, with these ids filled in."""
    for route in app.routes:
        if (
            not any(part.name == "org" for part in route.path_parameters.values() if hasattr(part, "name"))
            and "{org" not in route.path
        ):
            continue
        path = "".join(f"/{_filled(part, route.path, ids)}" for part in route.path_components)
        for method in getattr(route, "route_handler_map", {}):
            if method != "OPTIONS":
                yield str(method), path


def _filled(part: Any, path: str, ids: dict[str, str]) -> str:
    if isinstance(part, str):
        return part
    if part.name == "code" and "assessments/new" in path:
        return "FL"
    assert part.name in ids, f"tell the sweep what {{{part.name}}} is in {path}"
    return ids[part.name]


async def test_a_stranger_is_told_the_same_404_at_every_address(
    nest: Nest, nora: acting.Actor, visit: Browser, stage: Litestar
) -> None:
    swept = list(addresses(stage, nest.ids))
    assert len(swept) > 30
    async with visit(nora) as stranger:
        unknown = await stranger.get("/o/nobody-at-all/assessments")
        for method, address in swept:
            reply = await _ask(stranger, method, address)
            assert reply.status_code == 404, f"{method} {address} answered {reply.status_code}"
            assert CANARY.lower() not in reply.text.lower(), f"{method} {address} sang"
            if method == "GET":
                assert _plain(reply.text) == _plain(unknown.text), (
                    f"{address} differs from an unknown address"
                )


async def test_the_stranger_s_own_house_does_not_open_with_other_people_s_ids(
    nest: Nest, nora: acting.Actor, visit: Browser, stage: Litestar
) -> None:
    async with visit(nora) as stranger:
        for method, address in addresses(stage, nest.ids | {"org": nora.organisation.slug}):
            if not any(value in address for name, value in nest.ids.items() if name in _ROWS):
                continue
            reply = await _ask(stranger, method, address)
            assert reply.status_code == 404, f"{method} {address} answered {reply.status_code}"
            assert CANARY.lower() not in reply.text.lower(), f"{method} {address} sang"


_ROWS = (
    "questionnaire",
    "assessment",
    "plan",
    "action",
    "reading",
    "step",
    "report",
    "link",
    "inquiry",
    "invitation",
    "mandate",
    "hand_over",
    "membership",
    "practice",
    "comment",
    "remark",
    "asked",
    "file",
    "network",
    "unit",
    "letter",
    "territory",
    "visit",
    "sponsorship",
    "sheet",
)


async def test_nobody_signed_in_is_sent_to_the_door(nest: Nest, visit: Browser, stage: Litestar) -> None:
    async with visit(None) as nobody:
        for method, address in addresses(stage, nest.ids):
            reply = await _ask(nobody, method, address)
            assert reply.status_code in (303, 401), f"{method} {address} answered {reply.status_code}"
            assert CANARY.lower() not in reply.text.lower()


async def test_the_sweep_would_hear_the_canary(nest: Nest, visit: Browser, stage: Litestar) -> None:
    """The owner opens the same addresses: a sweep over closed doors would prove nothing."""
    async with visit(nest.owner) as owner:
        replies = {a: await owner.get(a) for m, a in addresses(stage, nest.ids) if m == "GET"}
    opened = [
        address for address, reply in replies.items() if reply.status_code == 200 and CANARY in reply.text
    ]
    broken = [address for address, reply in replies.items() if reply.status_code >= 500]
    assert broken == []
    assert len(opened) >= len(replies) // 2


async def test_a_revoked_mandate_closes_every_door_at_once(
    nest: Nest, visit: Browser, stage: Litestar, owner: Any
) -> None:
    row = await owner.fetchrow("select id, name, email from person where email = 'conseil@example.org'")
    hugo = acting.Person(row["id"], row["name"], row["email"])
    async with visit(hugo) as consultant:
        assert (await consultant.get(f"/o/nid/e/{nest.ids['assessment']}/results")).status_code == 200
        await owner.execute("update mandate set revoked_at = now()")
        for method, address in addresses(stage, nest.ids):
            assert (await _ask(consultant, method, address)).status_code == 404, f"{method} {address}"


async def _ask(browser: Any, method: str, address: str) -> Any:
    if method in ("GET", "HEAD"):
        return await browser.request(method, address)
    if "csrftoken" not in browser.cookies:
        await browser.get("/signin")
    form = {
        "_csrf_token": browser.cookies["csrftoken"], "op": str(new_id()), "answer": "3", "rev": "0", "name": "x", "title": "x",
        "role": "reader", "status": "planned", "reason": "x", "revision": "1", "value": "3", "ends_on-day": "1",
    }  # fmt: skip
    return await browser.request(method, address, data=form)


def _plain(html: str) -> str:
    """The page without what names its own address."""
    start = html.find("<main")
    return html[start : html.find("</main>")]


async def test_row_level_security_holds_where_a_query_forgot_the_actor(
    nest: Nest, nora: acting.Actor, owner: Any
) -> None:
    tables = [r["relname"] for r in await owner.fetch(
        "select t.relname from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attname = 'organisation_id' "
        "where t.relnamespace = 'public'::regnamespace and t.relkind = 'r' and has_table_privilege('palier_web', t.oid, 'select')"
    )]  # fmt: skip
    assert len(tables) > 12
    assert "contribution" not in tables, (
        "what members gave to a campaign is not even its own web pages' to read"
    )
    async with reading(nora) as connection:
        for table in tables:
            rows = await connection.execute_query_dict(
                f'select * from "{table}" where organisation_id = $1', [nest.owner.organisation_id]
            )
            assert rows == [], f"{table} shows other people's rows"


async def test_every_tenant_table_forces_row_level_security(owner: Any, stage: Litestar) -> None:
    loose = await owner.fetch(
        "select c.relname from pg_class c join information_schema.columns i on i.table_name = c.relname and i.column_name = 'organisation_id' "
        "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and not (c.relrowsecurity and c.relforcerowsecurity)"
    )
    assert [row["relname"] for row in loose] == []


async def test_no_organisation_can_verify_its_own_membership(
    nest: Nest, owner: Any, claire: acting.Actor
) -> None:
    network_id, other = new_id(), new_id()
    for one, slug in ((network_id, "mob"), (other, "autre")):
        await owner.execute(
            "insert into network (id, slug, name, k, fictive, created_at) values ($1, $2, 'Réseau', 5, false, now())", one, slug
        )  # fmt: skip
    asked = {"organisation_id": claire.organisation_id, "joined_on": today()}
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(claire):
            await network.NetworkMember.create(id=new_id(), network_id=other, verified_at=now(), **asked)
    async with transaction(claire):
        row = await network.NetworkMember.create(id=new_id(), network_id=network_id, **asked)
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(claire):
            await network.NetworkMember.filter(id=row.id).update(verified_at=now())
    await owner.execute("update network_member set verified_at = now()")
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(claire):
            await network.NetworkMember.filter(id=row.id).update(network_id=other)
    async with transaction(claire):  # it may still leave, and it may ask again
        await network.NetworkMember.filter(id=row.id).update(left_on=today())
        await network.join(claire, network_id, today())
    assert await owner.fetchval("select verified_at from network_member where id = $1", row.id) is None


async def test_an_insert_for_another_tenant_is_refused(nest: Nest, nora: acting.Actor) -> None:
    with pytest.raises(Exception, match="row-level security"):
        async with transaction(nora):
            await network.Membership.create(
                id=new_id(),
                organisation_id=nest.owner.organisation_id,
                person_id=nora.person_id,
                role=Role.OWNER,
            )
