"""The units of a parent: their scores side by side, as a page and as files; the answers of those that opened them."""

from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Template

from palier.affiliations import store
from palier.affiliations.rules.belonging import Purpose
from palier.foundation.actor import Actor
from palier.foundation.clock import now
from palier.foundation.database import reading
from palier.foundation.language import current
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page, saved_as
from palier.structures import units_file, wording
from palier.structures.flows.rolling_up import AnswersClosed, load_units, open_round
from palier.structures.rules.overview import Overview

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UnitsPage(Controller):
    """`/o/{org}/units`"""

    path = "/o/{org:str}/units"
    opt = needs(Permission.READ)

    @get()
    async def show(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        q: FromQuery[str] = "",
        year: FromQuery[str] = "",
    ) -> Template:
        """A parent's table; for a unit, what its parent sees."""
        async with reading(actor):
            parent = await store.parent_of(actor)
            found = await load_units(actor, q, _year(year))
            manages = actor.may(Permission.MANAGE_ORGANISATION)
            letters = await store.open_letters(actor, Purpose.UNIT) if manages else []
        return page(
            request, "structures/units.html", nav="units", found=found, parent=parent, letters=letters, manages=manages,
            names=wording.names(found.overview, current()) if found.overview else {}, kinds=wording.unit_kinds(),
            coverage=wording.coverage, spread=wording.spread, now=now(),
            choices=[(one.id, one.title.in_(current())) for one in found.questionnaires.values()],
            years=[(str(one), str(one)) for one in found.overview.years] if found.overview else [],
        )  # fmt: skip

    @get("/table.csv")
    async def csv(
        self, actor: NamedDependency[Actor], q: FromQuery[str] = "", year: FromQuery[str] = ""
    ) -> Response[bytes]:
        """The same figures for any spreadsheet."""
        return await _file(actor, "csv", q, year)

    @get("/table.xlsx")
    async def workbook(
        self, actor: NamedDependency[Actor], q: FromQuery[str] = "", year: FromQuery[str] = ""
    ) -> Response[bytes]:
        """The same figures as a workbook."""
        return await _file(actor, "xlsx", q, year)

    @get("/table.json")
    async def data(
        self, actor: NamedDependency[Actor], q: FromQuery[str] = "", year: FromQuery[str] = ""
    ) -> Response[bytes]:
        """The same figures for programs."""
        return await _file(actor, "json", q, year)

    @get("/{unit:uuid}/answers/{given:uuid}")
    async def answers(
        self, request: Request, actor: NamedDependency[Actor], unit: FromPath[UUID], given: FromPath[UUID]
    ) -> Template:
        """What a unit chose, criterion by criterion, where it opened its answers."""
        async with reading(actor):
            row = await store.unit_of(actor, unit)
            try:
                found = await open_round(actor, row, given)
            except AnswersClosed:
                raise NotFoundException from None
        return page(
            request, "structures/unit_answers.html", nav="units", found=found, unit=row, said=wording.said
        )


def _year(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


async def _file(actor: Actor, ending: str, code: str, year: str) -> Response[bytes]:
    async with reading(actor):
        overview = (await load_units(actor, code, _year(year))).overview
    if overview is None:
        raise NotFoundException
    content, media = _written(ending, overview)
    name = f"units-{overview.questionnaire.id}-{overview.year}.{ending}"
    return Response(content, media_type=media, headers={"content-disposition": saved_as(name)})


def _written(ending: str, overview: Overview) -> tuple[bytes, str]:
    table = units_file.units_table(overview, wording.names(overview, current()))
    match ending:
        case "csv":
            return units_file.units_csv(table), "text/csv; charset=utf-8"
        case "xlsx":
            return units_file.units_workbook(table), XLSX
        case _:
            return units_file.units_json(overview), "application/json"


PAGES = [UnitsPage]
