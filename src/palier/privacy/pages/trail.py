"""The audit trail of an organisation and of a network, and what a person finds of their own account."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Stream, Template

from palier.foundation.actor import Actor, NetworkActor, Person
from palier.foundation.clock import today
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN, Permission, needs
from palier.foundation.spreadsheets import workbook_file
from palier.foundation.web import form_of, page, saved_as
from palier.privacy import trail_wording as wording
from palier.privacy.flows import trail
from palier.privacy.flows.trail_anchoring import last_anchored
from palier.privacy.flows.trail_subjects import Subject, load_subjects
from palier.privacy.rules.trail import MOST_COUNTED, MOST_IN_A_WORKBOOK, Asked, asked, place
from palier.privacy.trail_file import csv_part, head, json_lines, line
from palier.privacy.trail_sentences import rooms

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the page."""

    entry: dict[str, Any]
    who: str
    capacity: str
    what: str
    subject: Subject
    told: wording.Told
    erased: bool


class OrganisationTrail(Controller):
    """`/o/{org}/trail`: for owners."""

    path = "/o/{org:str}/trail"
    opt = needs(Permission.MANAGE_ORGANISATION)

    @get()
    async def show(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """Who did what, the latest first."""
        return await _show(request, actor, asked(request.query_params))

    @post("/export", status_code=200)
    async def export(self, request: Request, actor: NamedDependency[Actor]) -> Response | Stream:
        """The trail, or what the filters find of it, as a file."""
        return await _export(request, actor, actor.organisation.slug)


class NetworkTrail(Controller):
    """`/n/{net}/trail`: for the network's staff."""

    path = "/n/{net:str}/trail"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def show(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Template:
        """Who of the staff did what."""
        return await _show(request, network_actor, asked(request.query_params))

    @post("/export", status_code=200)
    async def export(
        self, request: Request, network_actor: NamedDependency[NetworkActor]
    ) -> Response | Stream:
        """The network's trail as a file."""
        return await _export(request, network_actor, network_actor.network_slug)


@get("/account/trail", opt=SIGNED_IN)
async def own_trail(request: Request, person: NamedDependency[Person]) -> Template:
    """A person's sign-ins and what was changed on their account."""
    async with reading(person):
        found = await trail.load_page(person, Asked(), place(request.query_params.get("before", "")))
    return page(
        request,
        "privacy/trail_own.html",
        nav="account",
        rows=[_row(one, {}) for one in found.entries],
        found=found,
    )


async def _show(request: Request, reader: Actor | NetworkActor, wish: Asked, error: str = "") -> Template:
    before = place(request.query_params.get("before", ""))
    async with reading(reader):
        found = await trail.load_page(reader, wish, before)
        choices = await trail.load_choices(reader)
        anchored = await last_anchored(reader)
        subjects = await load_subjects(reader, (one["subject"] for one in found.entries))
    words = rooms()
    return page(
        request, "privacy/trail.html", nav="network" if isinstance(reader, NetworkActor) else "people", tab="trail",
        status_code=422 if error else 200, error=error, base=_base(reader), asked=wish, found=found, before=before,
        rows=[_row(one, subjects) for one in found.entries], choices=choices, anchored=anchored,
        most_counted=MOST_COUNTED,
        rooms=[(room, words.get(room, room)) for room in choices.rooms], capacities=_capacities(reader),
    )  # fmt: skip


def _base(reader: Actor | NetworkActor) -> str:
    return f"/o/{reader.organisation.slug}" if isinstance(reader, Actor) else f"/n/{reader.network_slug}"


def _capacities(reader: Actor | NetworkActor) -> list[tuple[str, str]]:
    """In a network's chain nobody acts by a role of an organisation, and in an organisation's nobody as staff."""
    some = wording.capacities()
    if isinstance(reader, Actor):
        return [(key, words) for key, words in some.items() if key not in ("network", "staff")]
    return [(key, some[key]) for key in ("network", "staff", "automatic", "own")]


def _row(entry: dict[str, Any], subjects: Any) -> Shown:
    details = trail.details_of(entry)
    return Shown(
        entry, wording.who(entry), wording.capacity(entry), wording.what(entry["verb"]),
        subjects.get(entry["subject"]) or Subject(wording.about(entry["subject"], details)),
        wording.told(entry["verb"], details), erased=not entry["salt"],
    )  # fmt: skip


# --- files ----------------------------------------------------------------------------------------------------------


class Write(Protocol):
    """How a part of the trail is written; `first` of its file."""

    def __call__(self, entries: Any, *, first: bool) -> bytes: ...


def _lines(entries: Any, *, first: bool) -> bytes:
    return json_lines(entries)


_STREAMED: dict[str, tuple[Write, str]] = {
    "csv": (csv_part, "text/csv; charset=utf-8"),
    "jsonl": (_lines, "application/jsonl; charset=utf-8"),
}


async def _export(request: Request, reader: Actor | NetworkActor, name: str) -> Response | Stream:
    raw = await form_of(request)
    wish, form = asked(raw), raw.get("format", "")
    if form in _STREAMED:
        last = await trail.begin_export(reader, wish, form)
        write, media_type = _STREAMED[form]
        return Stream(
            _parts(reader, wish, last, write), media_type=media_type, headers=_headers(reader, name, form)
        )
    if form != "xlsx":
        return await _show(request, reader, wish, _("Choose a kind of file"))
    return await _workbook(request, reader, wish, name)


async def _parts(reader: Actor | NetworkActor, wish: Asked, last: int, write: Write) -> AsyncIterator[bytes]:
    first = True
    async for entries in trail.export_batches(reader, wish, last):
        yield write(entries, first=first)
        first = False
    if first:
        yield write([], first=True)


async def _workbook(request: Request, reader: Actor | NetworkActor, wish: Asked, name: str) -> Response:
    async with reading(reader):
        many = await trail.count(reader, wish)
    if many > MOST_IN_A_WORKBOOK:
        return await _show(request, reader, wish, _too_long())
    last = await trail.begin_export(reader, wish, "xlsx")
    lines = [head()]
    async for entries in trail.export_batches(reader, wish, last):
        lines += [line(entry) for entry in entries]
    content = await asyncio.to_thread(workbook_file, _("Audit trail"), lines)
    return Response(content, media_type=XLSX, headers=_headers(reader, name, "xlsx"))


def _too_long() -> str:
    return _("This is too long for a workbook. Take CSV or JSON Lines, or choose a shorter period.")


def _headers(reader: Actor | NetworkActor, name: str, ending: str) -> dict[str, str]:
    title, day = _("Audit trail"), today(reader.person.time_zone).isoformat()
    return {
        "content-disposition": saved_as(f"{title} {name} {day}.{ending}"),
        "cache-control": "private, no-store",
    }


PAGES = [OrganisationTrail, NetworkTrail, own_trail]
