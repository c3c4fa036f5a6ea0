"""The page of one action: as it stands, or with what was sent and the reason it could not be kept."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.response import Template

from palier.action_plans import store, wording
from palier.action_plans.flows.acting import ChangedMeanwhile, facts_of
from palier.action_plans.flows.reconciling import reconcile
from palier.action_plans.flows.reviewing import reviews_of
from palier.action_plans.flows.stepping import seal_of
from palier.action_plans.flows.waiting import waits_of
from palier.action_plans.pages.action_form import choices, shown, typed
from palier.action_plans.pages.conversing import cards
from palier.action_plans.pages.desk import Desk, open_desk, shared
from palier.action_plans.pages.effects import became
from palier.action_plans.pages.forms import Errors, Raw, revision_of, typed_date
from palier.action_plans.rules.life import Facts, by_field
from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.web import page


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why something sent was not kept. `sent` is the form as it was typed, `form` which one it was.

    With a `conflict`, `mine` are the facts that were sent; `steps` are the steps somebody else rewrote meanwhile.
    """

    form: str = ""
    errors: Errors = field(default_factory=dict)
    sent: Raw = field(default_factory=dict)
    conflict: ChangedMeanwhile | None = None
    mine: Facts | None = None
    steps: list[str] | None = None

    @property
    def status_code(self) -> int:
        """409 when somebody else was faster, 422 when a rule refused, else 200."""
        return 409 if self.conflict or self.steps is not None else 422 if self.errors else 200


CALM = Trouble()


async def action_page(
    request: Request, actor: Actor, peers: Peers, action: UUID, trouble: Trouble = CALM
) -> Template:
    """The whole page. Raises DoesNotExist."""
    async with reading(actor):
        row = await store.action_by_id(actor, action)
        desk = await open_desk(actor, row.plan.slug, peers)
        talked = await cards(actor, row) | await became(actor, desk.view, row, peers)
        parts = await _parts(actor, row)
    one = next(found for found in desk.view.actions if found.row.id == row.id)
    return page(
        request, "action_plans/action.html", status_code=trouble.status_code, action=row, one=one, trouble=trouble,
        errors=trouble.errors, sent={form: trouble.sent if trouble.form == form else {} for form in FORMS},
        today=today(actor.person.time_zone), typed_date=typed_date, owners=_with_former(desk, row),
        facts_told=facts_told(row), steps=one.checklist, seal=seal_of([step.text for step in one.checklist]),
        stage_words=wording.stage_words, rhythm_words=wording.rhythm_words, **parts, **_form(desk, row, trouble),
        **_served(desk, row), **choices(desk.view.questionnaire), **talked | shared(request, actor, desk),
    )  # fmt: skip


FORMS = ("facts", "measure", "step", "steps", "wait", "review")
"""The forms of the page that may come back with what was typed."""


async def _parts(actor: Actor, row: store.Action) -> dict[str, Any]:
    waits = await waits_of(actor, row.id)
    return {
        "readings": (await store.readings_of(actor, [row.id])).get(row.id, []),
        "reviews": await reviews_of(actor, row.id),
        "waits": waits,
        "wait_choices": by_plan(waits.offered),
    }


def by_plan(actions: list[store.Action]) -> list[tuple[str, Any]]:
    """Actions to choose from, under the name of their plan when there are several."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in actions:
        groups.setdefault(one.plan.title, []).append((str(one.id), one.title))
    return list(groups.items()) if len(groups) > 1 else [pair for group in groups.values() for pair in group]


def facts_told(row: store.Action) -> list[tuple[str, str]]:
    """What stands, for those who only read: every fact somebody gave, in words."""
    people = {"owner": row.owner_name, "sponsor": row.sponsor}
    told = {name: people.get(name, value) for name, value in by_field(facts_of(row)).items()}
    return [
        (wording.field_words(name), wording.value_words(name, told[name]))
        for name in READ_ORDER
        if told[name] not in (None, "", False, (), {})
    ]


READ_ORDER = (
    "status", "progress", "owner", "due_on", "blocked_reason", "finding", "cause", "evidence", "sponsor", "starts_on",
    "effort", "impact", "cost", "channels", "stage", "review_every_months", "next_review_on",
)  # fmt: skip


def _form(desk: Desk, row: store.Action, trouble: Trouble) -> dict[str, Any]:
    """What the form of the facts shows: as stored, as typed, or what two people's versions come to."""
    if trouble.form != "facts":
        return {"values": shown(facts_of(row)), "revision": row.revision, "clashes": ()}
    if trouble.conflict is None or trouble.mine is None:
        return {"values": typed(trouble.sent), "revision": revision_of(trouble.sent), "clashes": ()}
    found = reconcile(trouble.conflict, trouble.mine, dict(desk.owners))
    return {
        "values": shown(found.facts),
        "revision": trouble.conflict.action.revision,
        "clashes": [
            (
                wording.field_words(one.field),
                wording.value_words(one.field, one.theirs),
                wording.value_words(one.field, one.mine),
                one.taken,
            )
            for one in found.differences
        ],
    }


def _with_former(desk: Desk, row: store.Action) -> list[tuple[Any, str]]:
    """The members, and the owner and the sponsor even after they left."""
    former = {row.owner_id: row.owner_name, row.sponsor_id: row.sponsor}
    known = dict(desk.owners)
    return [*desk.owners, *((one, name) for one, name in former.items() if one and one not in known)]


def _served(desk: Desk, row: store.Action) -> dict[str, Any]:
    """The criteria with their names."""
    questionnaire = desk.view.questionnaire
    return {
        "served": [
            (step, questionnaire.criterion(step["criterion"]))
            for step in row.serves
            if step["criterion"] in questionnaire.index.positions
        ]
    }
