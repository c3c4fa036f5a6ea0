"""Every page of the house in the demonstration: the routes of the application with real ids, and who opens each.

A new route is in the atlas without being asked; one whose address cannot be filled in stops the sweep.
"""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx

from palier.app import create_app
from palier.foundation.clock import now
from palier.foundation.database import credentials
from palier.foundation.identifiers import fingerprint, new_id
from palier.foundation.permissions import Permission
from palier.foundation.settings import read_settings
from palier.foundation.sheets import Column, Sheet, write_sheets
from palier.questionnaires.building import content_hash
from palier.questionnaires.catalogue import definition, latest
from palier.questionnaires.yaml_layout import yaml_text_of
from palier.single_sign_on.store import door_of
from tests.browser.money import plant_money
from tests.browser.staff import GAELLE, SESSION, plant_staff
from tests.demonstration import Demonstration

CLAIRE, MALIK, SOPHIE, INES, HUGO = (
    f"{name}@palier.example"
    for name in ("claire.lambert", "malik.ouali", "sophie.denis", "ines.caron", "hugo.martin")
)
VISITOR, GUEST = "", "guest"
"""Nobody, and somebody with a throw-away copy."""
VALLEY = "/o/transports-du-val"

NOT_PAGES = {
    "/account/data/parcels/{parcel:uuid}",
    "/account/billing/invoices/{sheet:str}", "/o/{org:str}/billing/invoices/{sheet:str}", "/n/{net:str}/billing/invoices/{sheet:str}",
    "/admin/billing/files/{sheet:str}", "/admin/billing/invoices/{invoice:uuid}/preview", "/admin/billing/invoices/journal.csv",
    "/sso/back", "/sso/callback/{house:str}", "/sso/left",
    "/.well-known/security.txt", "/.well-known/palier-anchors.json", "/o/{org:str}/trail/proof", "/n/{net:str}/trail/proof", "/healthz", "/readyz", "/metrics", "/robots.txt", "/static/{file_path:path}", "/{path:path}",
    "/o/{org:str}/a/{action:uuid}/comments", "/o/{org:str}/a/{action:uuid}/files", "/o/{org:str}/a/{action:uuid}/files/{file:uuid}",
    "/o/{org:str}/e/{assessment:str}/q/{code:str}/comments", "/o/{org:str}/e/{assessment:str}/q/{code:str}/here",
    "/o/{org:str}/evidence/{evidence:uuid}/file", "/n/{net:str}/bulletins/{bulletin:uuid}", "/o/{org:str}/bulletins/{bulletin:uuid}", "/calendar/{secret:str}/palier.ics",
}  # fmt: skip
"""Answers for machines."""

VARIANTS = (
    (CLAIRE, f"{VALLEY}/e/{{open}}"),
    (CLAIRE, f"{VALLEY}/questionnaires/{{faulty}}"),
    (CLAIRE, f"{VALLEY}/questionnaires/{{draft}}"),
    (SOPHIE, f"{VALLEY}/questionnaires"),
    (HUGO, "/o/{client}/questionnaires"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/SX1.1.1?only=blank"),
    (CLAIRE, f"{VALLEY}/e/{{alone}}"),
    (CLAIRE, f"{VALLEY}/e/{{alone}}/q/{{apart}}"),
    (SOPHIE, f"{VALLEY}/e/{{alone}}/consensus"),
    (SOPHIE, f"{VALLEY}/e/{{open}}/team"),
    (CLAIRE, f"{VALLEY}/e/{{open}}?mine=1"),
    (GUEST, "/o/{sandbox}/e/{open}/team"),
    (SOPHIE, f"{VALLEY}/e/{{alone}}/consensus/{{apart}}"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/mirror"),
    (SOPHIE, f"{VALLEY}/e/{{open}}/mirror"),
    (CLAIRE, f"{VALLEY}/e/{{alone}}/results"),
    (VISITOR, "/m/nothing"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/SX4.2.3"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/s/SX1.1"),
    (SOPHIE, f"{VALLEY}/evidence/{{evidence}}"),
    (CLAIRE, f"{VALLEY}/evidence?q=zzzz"),
    (CLAIRE, f"{VALLEY}/evidence?show=ending"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/q/SX4.2.3/evidence?q=ligne"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/check"),
    (CLAIRE, f"{VALLEY}/e/{{open}}/results"),
    (CLAIRE, f"{VALLEY}/plans/{{plan}}?view=list"),
    (CLAIRE, f"{VALLEY}/plans/{{plan}}?view=roadmap"),
    (SOPHIE, f"{VALLEY}/plans/{{plan}}?view=roadmap&by=channel"),
    (CLAIRE, f"{VALLEY}/plans/{{plan}}?view=list&text=zzzz"),
    (INES, "/actions"),
    (SOPHIE, f"{VALLEY}/plans/{{plan}}/capacity"),
    (CLAIRE, f"{VALLEY}/compare?a={{before}}&b={{done}}"),
    (CLAIRE, f"{VALLEY}/plans/{{past}}/effects"),
    (SOPHIE, f"{VALLEY}/plans/{{past}}/effects"),
    (CLAIRE, f"{VALLEY}/reports/{{made}}"),
    (CLAIRE, f"{VALLEY}/reports/paper?what=round:{{open}}"),
    (CLAIRE, f"{VALLEY}/search?q=irritants"),
    (CLAIRE, f"{VALLEY}/practices?q=zzzz"),
    (CLAIRE, f"{VALLEY}/practices/{{told}}"),
    (SOPHIE, f"{VALLEY}/practices/{{practice}}"),
    (INES, "/n/excellence-de-service/levers/new?questionnaire=SX"),
    (CLAIRE, "/o/transports-du-val/e/{done}/sharing"),
    (INES, "/n/excellence-de-service/members?complete=no"),
    (INES, "/n/excellence-de-service/members/{expected}"),
    (INES, "/n/excellence-de-service/campaigns/{planned}"),
    (INES, "/n/excellence-de-service/cohorts?by=country"),
    (SOPHIE, f"{VALLEY}/network/excellence-de-service/directory"),
    (CLAIRE, f"{VALLEY}/search?q=zzzz"),
    (CLAIRE, "/home?all=1"),
    (CLAIRE, "/help?q=zzzz"),
    (CLAIRE, "/no/such/page"),
    (SOPHIE, VALLEY),
    (SOPHIE, f"{VALLEY}/e/{{open}}/q/SX1.1.1"),
    (SOPHIE, f"{VALLEY}/plans/{{plan}}"),
    (SOPHIE, f"{VALLEY}/settings"),
    (HUGO, "/portfolio?show=ending&sort=-score"),
    (HUGO, "/portfolio?q=zzzz"),
    (HUGO, "/o/{client}"),
    (HUGO, "/o/{client}/assessments"),
    (GUEST, "/o/{sandbox}"),
    (GUEST, "/o/{sandbox}/e/{open}/benchmark"),
    (VISITOR, "/no/such/page"),
    (GAELLE, "/o/{client}"),
    (GAELLE, "/o/{client}/people"),
    (SOPHIE, f"{VALLEY}/visits"),
    (GAELLE, f"/admin/people?email={HUGO}"),
    (GAELLE, "/admin/people?email=nobody@palier.example"),
    (GAELLE, "/admin/jobs?state=todo"),
    (GAELLE, "/admin/billing/invoices/{drafted}"),
    (GAELLE, "/admin/billing/invoices?state=overdue&q=zzzz"),
    (GAELLE, "/admin/billing/holders?q=transports"),
    (GAELLE, "/admin/mails?state=waiting"),
    (GAELLE, "/admin/organisations?q=zzzz"),
    (VISITOR, "/reset/nothing"),
    (VISITOR, "/invite/nothing"),
    (CLAIRE, f"{VALLEY}/reports/{{finished}}"),
    (VISITOR, "/s/guarded-by-a-password"),
    (VISITOR, "/s/nothing"),
    (VISITOR, "/ask/nothing"),
    (VISITOR, "/ask/ask-me-too-late"),
    (CLAIRE, f"{VALLEY}/e/{{before}}/asked"),
)
"""Other states of a page than the one its route alone shows."""


@dataclass(frozen=True, slots=True)
class Place:
    """One page: who opens it, where, and by which route."""

    who: str
    address: str
    route: str

    def __str__(self) -> str:
        return f"{self.who.partition('.')[0] or 'visitor'} {self.address}"


@dataclass(frozen=True, slots=True)
class Atlas:
    """The served demonstration and its places. `sessions` holds each person's cookie; `blank` what nobody could fill in."""

    site: str
    demonstration: Demonstration
    ids: dict[str, str]
    places: tuple[Place, ...]
    blank: tuple[str, ...]
    sessions: dict[str, str]

    @classmethod
    async def draw(cls, demonstration: Demonstration, site: str) -> "Atlas":
        """Look up the ids, fill in the routes, sign everybody in."""
        ids = await ids_of(demonstration)
        sessions = {who: await sign_in(site, who, secret) for who, secret in demonstration.passwords.items()}
        sessions[GUEST], ids["sandbox"] = await take_a_copy(site)
        sessions[GAELLE] = SESSION
        routes = list(_routes(demonstration))
        filled = [
            Place(who, address_of(route, ids), route) for who, route in routes if not missing(route, ids)
        ]
        variants = [Place(who, address.format(**ids), address) for who, address in VARIANTS]
        blank = [f"{route}: {', '.join(missing(route, ids))}" for _, route in routes if missing(route, ids)]
        return cls(site, demonstration, ids, (*filled, *variants), tuple(blank), sessions)

    def cookies(self, who: str) -> dict[str, str]:
        return {"session": self.sessions[who]} if who else {}

    async def speak(self, locale: str, theme: str = "auto") -> None:
        """Every person's preferences; a visitor's are in the request."""
        async with connection(self.demonstration) as owner:
            await owner.execute("update person set locale = $1, theme = $2", locale, theme)


async def sign_in(site: str, email: str, password: str) -> str:
    """The session cookie of somebody who signs in by the form."""
    async with httpx.AsyncClient(base_url=site, timeout=60) as client:
        await _post(client, "/signin", {"email": email, "password": password})
        return client.cookies["session"]


async def take_a_copy(site: str) -> tuple[str, str]:
    """A visitor asks for a demonstration of their own: their session cookie and its slug."""
    async with httpx.AsyncClient(base_url=site, timeout=60) as client:
        location = await _post(client, "/demo", {})
        return client.cookies["session"], location.split("/")[2]


async def _post(client: httpx.AsyncClient, address: str, form: dict[str, str]) -> str:
    """Send the form of a page; where it leads."""
    token = re.search(r'name="_csrf_token" value="([^"]+)"', (await client.get(address)).text)
    assert token, address
    answer = await client.post(address, data={"_csrf_token": token[1], **form})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


@asynccontextmanager
async def connection(demonstration: Demonstration) -> AsyncIterator[asyncpg.Connection]:
    """The database as its administrator sees it: row-level security aside."""
    given = credentials(demonstration.url)
    opened = await asyncpg.connect(
        **{key: given[key] for key in ("host", "port", "password", "database")},
        user=demonstration.administrator,
    )
    try:
        yield opened
    finally:
        await opened.close()


# --- filling in -----------------------------------------------------------------------------------------------------


def _routes(demonstration: Demonstration) -> Iterator[tuple[str, str]]:
    app = create_app(read_settings(demonstration.environment()))
    for route in app.routes:
        handler = getattr(route, "route_handler_map", {}).get("GET")
        if handler and route.path not in NOT_PAGES:
            yield opened_by(route.path, handler[0].opt), route.path


def opened_by(path: str, opt: dict[str, object]) -> str:
    if opt.get("permission") is Permission.MANAGE_NETWORK:
        return INES
    if opt.get("permission") is Permission.RUN_PLATFORM:
        return GAELLE
    if path.startswith("/portfolio"):
        return HUGO
    if path == "/o/{org:str}/keep":
        return GUEST
    return VISITOR if opt.get("audience") == "public" else CLAIRE


_MEANT = {
    ("admin", "slug"): "org",
    ("portfolio", "mandate"): "held",
    ("admin", "kind"): "payer",
    ("/admin/billing/invoices/{invoice:uuid}/preview", "invoice"): "drafted",
    ("erasure", "secret"): "erasure",
    ("/o/{org:str}/keep", "org"): "sandbox",
}
"""By the first step of the address, or all of it, what a name means there."""


def key_of(route: str, name: str) -> str:
    """What a path parameter means on this route: the same word names different things."""
    before = route.partition("{" + name)[0]
    if special := _MEANT.get((route.split("/")[1], name)) or _MEANT.get((route, name)):
        return special
    if name in ("assessment", "slug"):
        return _round_of(route)
    if name == "code" and "/consensus" in route:
        return "apart"
    if name == "remark":
        return "said" if "/q/" in route else name
    if before == "/o/{org:str}/assessments/new/":
        return "questionnaire"
    if name == "questionnaire":
        return "of_network" if route.startswith("/n/") else "own"
    if name == "practice":
        own = route.endswith("/edit") or "/versions/" in route
        return "waiting" if "/n/{net" in route else "told" if own else name
    if name == "brought":
        return "brought_actions" if "/plans/" in route else "brought_answers"
    if name == "token":
        return before.strip("/")
    return "finished" if name == "report" and route.endswith("/share") else name


def _round_of(route: str) -> str:
    """Which of the rounds a route is about."""
    if "/consensus" in route or "/mirror" in route:
        return "alone"
    past = any(word in route for word in ("receipt", "results", "why", "history", "benchmark"))
    return "done" if past else "open"


def _parameters(route: str) -> list[str]:
    return re.findall(r"\{(\w+):\w+\}", route)


def missing(route: str, ids: dict[str, str]) -> list[str]:
    return [name for name in _parameters(route) if key_of(route, name) not in ids]


def address_of(route: str, ids: dict[str, str]) -> str:
    return re.sub(r"\{(\w+):\w+\}", lambda part: ids[key_of(route, part[1])], route)


_IN_NETWORK = "join network n on n.id = network_id where n.slug = 'excellence-de-service'"
_IN_VALLEY = "join organisation o on o.id = organisation_id where o.slug = 'transports-du-val'"
_PLAN = f"select p.id from action_plan p {_IN_VALLEY} order by p.id limit 1"
_LOOKED_UP = {
    "practice": f"select s.id from shared_practice s {_IN_NETWORK} and s.adopters = 0 and s.measured order by s.published_at limit 1",
    "told": f"select v.practice_id from practice_version v {_IN_VALLEY} order by v.practice_id limit 1",
    "waiting": f"select v.practice_id from practice_version v {_IN_NETWORK} and v.state = 'proposed' limit 1",
    "lever": f"select l.id from network_lever l {_IN_NETWORK} order by l.id limit 1",
    "member": f"select m.id from network_member m {_IN_NETWORK} order by m.id limit 1",
    "edition": f"select e.id from edition e {_IN_NETWORK} order by e.published_on desc limit 1",
    "expected": f"select r.id from register_entry r {_IN_NETWORK} and r.organisation_id is null limit 1",
    "planned": f"select p.id from campaign_plan p {_IN_NETWORK} and p.launched_at is null limit 1",
    "import_id": f"select i.id from member_import i {_IN_NETWORK} limit 1",
    "secret": "select d.code from network_door d join network n on n.id = d.id where n.slug = 'excellence-de-service'",
    "campaign": f"select c.id from campaign c {_IN_NETWORK} order by c.opens_on desc limit 1",
    "sealed": f"select d.campaign_id from edition_draft d {_IN_NETWORK} and not exists (select from edition e where e.campaign_id = d.campaign_id)",
    "plan": f"select p.slug from action_plan p {_IN_VALLEY} order by p.id limit 1",
    "past": f"select p.slug from action_plan p {_IN_VALLEY} order by p.created_at limit 1",
    "action": f"select a.id from action a {_IN_VALLEY} and a.status = 'in_progress' order by a.id limit 1",
    "evidence": f"select e.id from evidence e {_IN_VALLEY} and e.file_id is not null order by e.id limit 1",
    "said": "select id from topic_comment where topic = 'criterion' and person_name = 'Claire Lambert' limit 1",
    "remark": f"select c.id from topic_comment c {_IN_VALLEY} and c.topic = 'action' and c.person_name = 'Claire Lambert' order by c.id limit 1",
    "report": "select id from report where title = 'Bilan' limit 1",
    **{f"brought_{what}": f"select id from brought_file where name = '{name}.xlsx'" for what, name in (("answers", "reponses"), ("actions", "actions"))},
    "finished": "select id from report where title = 'Bilan partagé' limit 1",
    **{name: f"select id from own_questionnaire where file_name = '{name}.yaml'" for name in ("own", "of_network", "draft", "faulty")},
    "asked": "select r.id from respondent r join assessment a on a.id = r.assessment_id join organisation o on o.id = r.organisation_id "
    "where o.slug = 'transports-du-val' and a.mode = 'together' order by r.id limit 1",
    "mirror": f"select l.code from mirror_link l {_IN_VALLEY} and l.audience = 'customers'",
    "holder": "select id from organisation where slug = 'transports-du-val'",
    "agreement": "select id from offer_agreement where state = 'asked' limit 1",
    "invoice": "select id from invoice where number <> '' and issuer = 'palier' limit 1",
    "drafted": "select id from invoice where state = 'draft' and issuer = 'palier' limit 1",
    "sponsorship": f"select s.id from sponsorship s {_IN_VALLEY} limit 1",
    "hand_over": f"select h.id from hand_over h {_IN_VALLEY} limit 1",
    "mandate": f"select m.id from mandate m {_IN_VALLEY} limit 1",
    "held": "select m.id from mandate m join person p on p.id = m.consultant_id where p.email like 'hugo.%' order by m.ends_on limit 1",
    "territory": f"select t.territory_id from territory_member t {_IN_VALLEY} limit 1",
    "unit": "select u.id from unit u join organisation o on o.id = u.parent_id where o.slug = 'transports-du-val' order by u.id limit 1",
    "given": "select a.id from assessment a where a.state = 'submitted' and a.organisation_id = (select u.organisation_id from unit u "
    "join organisation o on o.id = u.parent_id where o.slug = 'transports-du-val' order by u.id limit 1) order by a.opens_on desc limit 1",
    "client": "select o.slug from mandate m join organisation o on o.id = m.organisation_id order by m.id limit 1",
}  # fmt: skip


async def ids_of(demonstration: Demonstration) -> dict[str, str]:
    rounds = f"select a.slug from assessment a {_IN_VALLEY} order by a.slug"
    async with connection(demonstration) as owner:
        before, done, ongoing = [row["slug"] for row in await owner.fetch(rounds)][-3:]
        found = {name: await owner.fetchval(sql) for name, sql in _LOOKED_UP.items()}
    return {name: str(value) for name, value in found.items() if value is not None} | {
        "org": "transports-du-val", "house": "transports-du-val", "net": "excellence-de-service", "network": "excellence-de-service", "open": ongoing, "done": done, "before": before,
        "checkout": str(new_id()),
        "alone": f"ex-{now().year}", "audience": "staff", "apart": "EX1.1.1",
        "made": str(found["report"]), "questionnaire": "SX", "code": "SX1.1.1", "section": "SX1.1", "element": "SX1.1", "version": "1",
        "kind": "yaml", "payer": "organisation", "sheet": f"{found['invoice']}.xml", "seal": "7KQ2-M9XD-4RTB-HW3C", "shared": "share-me", "asked_code": "ask-me", "confirm": "confirm-me", "reset": "reset-me", "signin/link": "link-me", "erasure": "erase-me", "invite": "invite-me",
        "belong": "belong-me", "o/{org:str}/belong": "belong-me", "message": "opening", "letters": "refuse-me", "reminders": "remind-me", "reminders/stop": "stop-me", "keep-factors": "keep-me",
    }  # fmt: skip


async def plant_questionnaires(owner: asyncpg.Connection) -> None:
    """Of the organisation's own: one published, one that may be, one with faults. Of the network's: one published."""
    claire, valley, network = [
        await owner.fetchval(sql)
        for sql in (
            f"select id from person where email = '{CLAIRE}'",
            "select id from organisation where slug = 'transports-du-val'",
            "select id from network where slug = 'excellence-de-service'",
        )
    ]
    data = definition("SX", latest("SX").version)
    data.pop("changes", None)
    for place, (name, state) in enumerate(
        (("own", "published"), ("of_network", "published"), ("draft", "draft"), ("faulty", "draft"))
    ):
        content = None if name == "faulty" else data | {"id": f"SX-2345{place}", "version": "1.0.0"}
        await owner.execute(
            "insert into own_questionnaire (id, organisation_id, network_id, code, version, title, content, hash, state, file_name, upload, "
            "uploaded_by, uploaded_name, uploaded_at, published_at, published_name) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
            "'Claire Lambert', now(), $13, 'Claire Lambert')",
            new_id(), None if name == "of_network" else valley, network if name == "of_network" else None,
            content["id"] if content else "", "1.0.0" if content else "", json.dumps(content["title"] if content else {}),
            json.dumps(content) if content else None, content_hash(content) if content else "", state, f"{name}.yaml",
            (yaml_text_of(content) if content else f"{yaml_text_of(data)}licens: x\n").encode(), claire,
            now() if state == "published" else None,
        )  # fmt: skip


def workbook(*lines: tuple[str, ...]) -> bytes:
    """A workbook of these lines, the heads first."""
    return write_sheets([Sheet("A", tuple(Column(head) for head in lines[0]), lines[1:])])


async def plant_brought_files(owner: asyncpg.Connection) -> None:
    """Answers and actions that wait to be confirmed: changes, faults, and what somebody else changed too."""
    rounds = f"select a.id from assessment a {_IN_VALLEY} order by a.slug desc limit 1"
    answers = [
        ("SX1.1.1", "1", ""),
        ("SX4.2.3", "4", "Constat"),
        ("SX9.9.9", "2", ""),
        ("SX1.1.2", "neuf", ""),
    ]
    taken = await owner.fetchval(
        f"select a.title from action a join action_plan p on p.id = a.plan_id where p.id = ({_PLAN}) limit 1"
    )
    actions = [
        (taken, "", "5"),
        ("Rappeler sous 48 heures", "31/01/2027", "2"),
        ("Écouter les appels", "demain", "3"),
    ]
    files = (
        ("reponses", f"'assessment ' || ({rounds})", workbook(("code", "level", "rationale"), *answers)),
        ("actions", f"'plan ' || ({_PLAN})", workbook(("title", "due_on", "effort"), *actions)),
    )
    for name, subject, content in files:
        await owner.execute(
            "insert into brought_file (id, organisation_id, subject, name, content, sha256, brought_by, brought_at, outcome) "
            f"select $1, o.id, {subject}, $2, $3, '', p.id, now(), '{{}}' from organisation o, person p "
            f"where o.slug = 'transports-du-val' and p.email = '{CLAIRE}'",
            new_id(), f"{name}.xlsx", content,
        )  # fmt: skip


async def plant_a_remark(owner: asyncpg.Connection, person: UUID, organisation: UUID) -> None:
    """What Claire says about a criterion of the round that is being answered."""
    topic = new_id()
    await owner.execute(
        "insert into discussed_criterion (id, organisation_id, assessment_id, code) "
        "select $1, organisation_id, id, 'SX1.1.1' from assessment where organisation_id = $2 order by slug desc limit 1",
        topic, organisation,
    )  # fmt: skip
    await owner.execute(
        "insert into topic_comment (id, organisation_id, topic, topic_id, person_id, person_name, text, called, at, revision) "
        "values ($1, $2, 'criterion', $3, $4, 'Claire Lambert', 'Trois, je crois.', '{}', now(), 1)",
        new_id(), organisation, topic, person,
    )  # fmt: skip


async def plant_what_is_missing(demonstration: Demonstration) -> None:
    """What the demonstration has not: mailed links, an invitation, a document, questionnaires of one's own."""
    soon = now() + timedelta(days=3)
    async with connection(demonstration) as owner:
        await plant_questionnaires(owner)
        await plant_brought_files(owner)
        claire = await owner.fetchval("select id from person where email = $1", CLAIRE)
        valley = await owner.fetchval("select id from organisation where slug = 'transports-du-val'")
        await plant_a_remark(owner, claire, valley)
        await plant_money(owner, valley, claire)
        for purpose, secret in (("confirm", "confirm-me"), ("reset", "reset-me"), ("sign in", "link-me")):
            await owner.execute(
                "insert into mailed_link (id, person_id, purpose, fingerprint, created_at, expires_at) values ($1, $2, $3, $4, now(), $5)",
                new_id(), claire, purpose, fingerprint(secret), soon,
            )  # fmt: skip
        await owner.execute(
            "insert into erasure (id, person_id, fingerprint, asked_at, due_at, counts) "
            "select $1, id, $2, now(), $3, '{}' from person where email like '%@palier.example' order by email desc limit 1",
            new_id(), fingerprint("erase-me"), soon,
        )  # fmt: skip
        await owner.execute(
            "insert into affiliation_letter (id, organisation_id, organisation_name, purpose, territory_name, kind, place, email, "
            "fingerprint, asked_by, asked_name, asked_at, expires_at) values ($1, $2, 'Groupe du Val', 'unit', '', 'site', '', $3, $4, $5, "
            "'Paul Roy', now(), $6)",
            new_id(), new_id(), CLAIRE, fingerprint("belong-me"), claire, soon,
        )  # fmt: skip
        await owner.execute(
            "insert into invitation (id, organisation_id, email, role, fingerprint, invited_by_id, created_at, expires_at) "
            "values ($1, $2, 'new@palier.example', 'reader', $3, $4, now(), $5)",
            new_id(), valley, fingerprint("invite-me"), claire, soon,
        )  # fmt: skip
        await owner.execute(
            "insert into issued_file (id, organisation_id, fingerprint, sha256, kind, issuer, issued_at) "
            "values ($1, $2, $3, $4, 'results', 'Transports du Val', now())",
            new_id(), valley, fingerprint("7KQ2M9XD4RTBHW3C"), "5f2a" * 16,
        )  # fmt: skip
        await owner.execute(
            "insert into letter_choice (id, topic, email, fingerprint) select $1, id::text, 'someone@palier.example', $2 from network "
            "where slug = 'excellence-de-service'",
            new_id(), fingerprint("refuse-me"),
        )  # fmt: skip
        await owner.execute(
            "insert into letter_choice (id, topic, email, fingerprint) values ($1, 'reminder.soon', $2, $3)",
            new_id(), CLAIRE, fingerprint("stop-me"),
        )  # fmt: skip
        await owner.execute(
            "insert into sent_reminder (id, organisation_id, action_id, person_id, email, kind, due_on, fingerprint, sent_at) "
            "select $1, a.organisation_id, a.id, a.owner_id, $2, 'soon', a.due_on, $3, now() from action a "
            "where a.owner_id = $4 and a.status <> 'done' and a.due_on is not null order by a.due_on limit 1",
            new_id(), CLAIRE, fingerprint("remind-me"), claire,
        )  # fmt: skip
        await owner.execute(
            "insert into report_preset (id, organisation_id, name, answers, changed_name, changed_at) "
            "values ($1, $2, 'Comité de direction', '{}', 'Claire Lambert', now())",
            new_id(), valley,
        )  # fmt: skip
        await owner.execute(
            "insert into report (id, organisation_id, kind, title, locale, content, content_key, state, attempts, failure, created_by, "
            "created_name, created_at) "
            "values ($1, $2, 'action_plan', 'Bilan', 'fr', '{}', 'x', 'queued', 0, '', $3, 'Claire Lambert', now())",
            new_id(), valley, claire,
        )  # fmt: skip
        await plant_staff(owner)
        await plant_links(owner, claire, valley)
        await plant_questions(owner, claire)
        await plant_provider(owner)


async def plant_links(owner: asyncpg.Connection, person: UUID, organisation: UUID) -> None:
    """A document that is made, with a link anybody can use, one with a password, and one whose marked copy was not made."""
    report, file = new_id(), new_id()
    await owner.execute(
        "insert into stored_file (id, organisation_id, key, name, media_type, size, sha256, created_at) "
        "values ($1, $2, $3, 'Bilan partagé.pdf', 'application/pdf', 312000, '', now())",
        file, organisation, str(file),
    )  # fmt: skip
    await owner.execute(
        "insert into report (id, organisation_id, kind, title, locale, content, content_key, state, attempts, file_id, pages, failure, "
        "created_by, created_name, created_at, finished_at) "
        "values ($1, $2, 'plan', 'Bilan partagé', 'fr', '{}', 'y', 'done', 1, $3, 5, '', $4, 'Claire Lambert', now() - interval '1 h', now())",
        report, organisation, file, person,
    )  # fmt: skip
    for code, password, watermark, failure in (
        ("share-me", "", "", ""), ("guarded-by-a-password", "x", "", ""), ("not-made", "", "Préfecture", "too_long"),
    ):  # fmt: skip
        link = new_id()
        await owner.execute(
            "insert into shared_link (id, report_id, organisation_id, organisation_name, fingerprint, recipient, password_hash, watermark, "
            "attempts, failure, created_by, created_name, created_at, expires_at) "
            "values ($1, $2, $3, 'Transports du Val', $4, 'Conseil du 12 mars', $5, $6, 0, $7, $8, 'Claire Lambert', now(), now() + interval '7 days')",
            link, report, organisation, fingerprint(code), password, watermark, failure, person,
        )  # fmt: skip
        await owner.execute(
            "insert into link_opening (id, link_id, organisation_id, at) values ($1, $2, $3, now())", new_id(), link, organisation
        )  # fmt: skip


async def plant_provider(owner: asyncpg.Connection) -> None:
    """The valley's own identity provider, a domain of its own and one to be proved."""
    name = "transports-du-val"
    await owner.execute(
        "insert into identity_provider (id, organisation_id, organisation_name, slug, door, preset, name, issuer, client_id, client_secret, "
        "second_factor, state, newcomer_role, tested_at, created_at) select $1, o.id, o.name, o.slug, $2, 'generic', 'Comptes du Val', "
        "'https://comptes.val.example', 'palier', '', false, 'optional', 'reader', now(), now() from organisation o where o.slug = $3",
        new_id(), door_of(f"organisation {name}"), name,
    )  # fmt: skip
    for domain, proof, until in (
        ("val.example", "dns", now() + timedelta(days=200)),
        ("val-ouest.example", "none", None),
    ):
        await owner.execute(
            "insert into sign_on_domain (id, organisation_id, domain, door, token, code, proof, proved_until, created_at) "
            "select $1, o.id, $2, $3, 'c0ffee', '', $4, $5, now() from organisation o where o.slug = $6",
            new_id(), domain, door_of(f"domain {domain}"), proof, until, name,
        )  # fmt: skip


async def plant_questions(owner: asyncpg.Connection, person: UUID) -> None:
    """Colleagues asked about a criterion of the open round: one who answered, one who has not, one for whom it is too late."""
    rounds = f"select a.* from assessment a {_IN_VALLEY} and a.slug like 'sx-%' order by a.slug desc limit 1"
    for code, guest, closes, revision in (
        ("ask-me", "Sophie Martin", None, 1), ("asked-in-vain", "Paul Roux", None, 0), ("ask-me-too-late", "Anne Noir", now(), 1)
    ):  # fmt: skip
        link = new_id()
        await owner.execute(
            "insert into asked_link (id, organisation_id, organisation_name, assessment_id, code, round_name, questionnaire, version, "
            "definition_hash, alone, fingerprint, guest, note, mailed, asked_by, asked_name, asked_at, expires_at, closes_at, decision, "
            "decided_revision, decided_name) select $1, a.organisation_id, 'Transports du Val', a.id, 'SX1.1.1', a.name, a.questionnaire, "
            "a.version, a.definition_hash, false, $2, $3, 'Vous tenez le guichet.', false, $4, 'Claire Lambert', now(), "
            f"now() + interval '7 days', $5, '', 0, '' from ({rounds}) a",
            link, fingerprint(code), guest, person, closes,
        )  # fmt: skip
        await owner.execute(
            "insert into asked_opinion (id, link_id, organisation_id, state, level, reason, rationale, revision, given_at) "
            "select $1, l.id, l.organisation_id, $3, $4, '', $5, $6, $7 from asked_link l where l.id = $2",
            new_id(), link, "answered" if revision else "blank", 3 if revision else None,
            "Vu au guichet nord." if revision else "", revision, now() if revision else None,
        )  # fmt: skip
