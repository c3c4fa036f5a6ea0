"""Everything of an organisation in one zip: its rows, its rounds and plans as data files, its documents, evidence and questionnaires."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from palier.action_plans import store as plans
from palier.action_plans.flows.overview import load_plan
from palier.action_plans.pages.data_file import actions_csv, plan_json
from palier.assessments.flows.rounds import load_round
from palier.assessments.pages.data_file import answers_csv, round_json
from palier.assessments.store import visible_assessments
from palier.conversations.store import TopicFile
from palier.evidence.store import every_evidence, uses_in
from palier.foundation import files, templates
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading, select
from palier.foundation.store import StoredFile
from palier.privacy.packing import Box, file_name
from palier.privacy.rules.inventory import Held
from palier.privacy.rules.taking import OF_AN_ACCOUNT, columns_of_an_organisation, tables_of_a_parcel
from palier.questionnaires.store import OwnQuestionnaire
from palier.questionnaires.yaml_layout import yaml_text_of
from palier.reports.rules.formats import format_of
from palier.reports.store import Report

Tell = Callable[[int], Awaitable[None]]


async def pack_house(actor: Actor, path: Path, shelf: files.Shelf, tell: Tell) -> None:
    """Fill the zip at `path`, telling the percentage as it goes. Raises TooBig, FileGone, ShelfAway.

    What the database hides from `actor` stays out: answers that colleagues give alone and that are not opened yet.
    """
    box = Box(path)
    try:
        await _tables(actor, box)
        await tell(30)
        await _rounds(actor, box)
        await _plans(actor, box)
        await _questionnaires(actor, box)
        await tell(50)
        await _files(actor, box, shelf, tell)
    except BaseException:
        box.drop()
        raise
    page = templates.render(
        "privacy/parcel_house.html", organisation=actor.organisation.name, made=now(), packed=box.packed
    )
    head = {"format": "palier.organisation/1", "organisation": actor.organisation.slug, "made_at": now()}
    box.close(head, page)


async def _tables(actor: Actor, box: Box) -> None:
    for entry in tables_of_a_parcel():
        async with reading(actor):
            rows = await _rows(actor, entry)
        if rows:
            box.put_table("data", entry.table, rows)
    async with reading(actor):
        box.put_table("data", "organisation", await select(_HOUSE, actor.organisation_id))
        box.put_table("data", "people", await select(_PEOPLE, actor.organisation_id))


_HOUSE = (
    "select name, slug, family, sector, size, country, legal_kind, legal_group, registration, people_word, accent, created_at "
    "from organisation where id = $1"
)
_PEOPLE = (
    "select p.id, p.name, p.email, m.role, m.created_at from membership m join person p on p.id = m.person_id "
    "where m.organisation_id = $1 order by p.name"
)


_ON_ACCOUNT = "account_id in (select id from billing_account where organisation_id = $1)"


async def _rows(actor: Actor, entry: Held) -> list[dict[str, Any]]:
    """The names come from the inventory, never from outside."""
    columns = ", ".join(f'"{name}"' for name in columns_of_an_organisation(entry))
    whose = _ON_ACCOUNT if entry.table in OF_AN_ACCOUNT else "organisation_id = $1"
    sql = f'select {columns} from "{entry.table}" where {whose}'  # noqa: S608
    return await select(sql, actor.organisation_id)


async def _rounds(actor: Actor, box: Box) -> None:
    async with reading(actor):
        for assessment in await visible_assessments(actor):
            one = await load_round(actor, assessment.slug)
            attached = await uses_in(actor, assessment.id)
            box.put(f"rounds/{assessment.slug}.json", round_json(actor.organisation, one, attached))
            box.put(f"rounds/{assessment.slug}-answers.csv", answers_csv(one))


async def _plans(actor: Actor, box: Box) -> None:
    async with reading(actor):
        for plan in await plans.visible_plans(actor):
            view = await load_plan(actor, plan.slug)
            titles = await plans.titles_of(actor, {one for action in view.actions for one in action.requires})
            box.put(f"plans/{plan.slug}.json", plan_json(actor.organisation, view, titles))
            box.put(f"plans/{plan.slug}-actions.csv", actions_csv(view, titles))


async def _questionnaires(actor: Actor, box: Box) -> None:
    async with reading(actor):
        rows = await OwnQuestionnaire.filter(organisation_id=actor.organisation_id)
    for row in rows:
        if row.content:
            name = file_name(f"{row.code}-{row.version}.yaml")
            box.put(f"questionnaires/{name}", yaml_text_of(row.content).encode())


async def _files(actor: Actor, box: Box, shelf: files.Shelf, tell: Tell) -> None:
    async with reading(actor):
        named = await _named(actor)
        rows = await StoredFile.filter(organisation_id=actor.organisation_id, id__in=list(named))
    for number, row in enumerate(rows, 1):
        folder, name = named[row.id]
        box.put(f"{folder}/{file_name(name)}", await files.fetch(shelf, row))
        if number % 20 == 0:
            await tell(50 + 45 * number // len(rows))


async def _named(actor: Actor) -> dict[Any, tuple[str, str]]:
    """The stored files that belong in the parcel, by id: their folder and the name people know them by."""
    made = await Report.filter(organisation_id=actor.organisation_id).exclude(file_id=None)
    beside = await TopicFile.filter(organisation_id=actor.organisation_id).select_related("file")
    return (
        {row.file_id: ("documents", f"{row.title}.{format_of(row.kind).suffix}") for row in made}
        | {row.file_id: ("evidence", row.file_name) for row in await every_evidence(actor) if row.file_id}
        | {row.file_id: ("beside", row.file.name) for row in beside}
    )
