"""All the evidence of an organisation: found, taken along, described, deleted."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Template

from palier.evidence.flows import changing, reading
from palier.evidence.flows.reading import Part, Wanted
from palier.evidence.form import Typed, read_form
from palier.evidence.store import AttachedUnseen
from palier.foundation import database, upload_wording
from palier.foundation.actor import Actor
from palier.foundation.files import FileGone
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, kept_file, page, see_other

READ, ANSWER = needs(Permission.READ), needs(Permission.ANSWER)
A_PAGE = 25


class Library(Controller):
    """`/o/{org}/evidence`"""

    path = "/o/{org:str}/evidence"

    @get("/", opt=READ)
    async def every_piece(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        """Everything, the newest first, or what some words, an end or no attachment pick out."""
        asked = request.query_params
        words, part = asked.get("q", "").strip()[:200], _part(asked.get("show", ""))
        async with database.reading(actor):
            shelf = await reading.load_library(actor, Wanted(words, part))
        pages = max(1, -(-len(shelf.found) // A_PAGE))
        number = min(max(1, _number(asked.get("page", ""))), pages)
        return page(
            request, "evidence/library.html", nav="assessments", shelf=shelf, words=words, part=part, parts=_parts(),
            shown=shelf.found[(number - 1) * A_PAGE : number * A_PAGE], number=number, pages=pages,
            may_change=actor.may(Permission.ANSWER), weight=upload_wording.weight,
        )  # fmt: skip

    @get("/{evidence:uuid}", opt=READ)
    async def one_piece(
        self, request: Request, actor: NamedDependency[Actor], evidence: FromPath[UUID]
    ) -> Template:
        return await _one(request, actor, evidence)

    @post("/{evidence:uuid}", opt=ANSWER)
    async def change(
        self, request: Request, actor: NamedDependency[Actor], evidence: FromPath[UUID]
    ) -> Response:
        """The title, the last day and the note."""
        raw = await form_of(request)
        async with database.reading(actor):
            fixed = (await reading.load_piece(actor, evidence)).shown_for_good
        typed, errors = read_form(raw, needed="" if fixed else "title")
        if not errors:
            try:
                await changing.change(
                    actor, evidence, title=typed.title, valid_until=typed.valid_until, note=typed.note
                )
                return see_other(_place(actor, evidence), notice=_("Changes saved."))
            except changing.ShownForGood:
                errors["title"] = _("A submitted round shows this title: it stays")
        return await _one(request, actor, evidence, status_code=422, errors=errors, typed=typed)

    @get("/{evidence:uuid}/file", opt=READ)
    async def take_along(
        self, actor: NamedDependency[Actor], evidence: FromPath[UUID], shelf: NamedDependency[Any]
    ) -> Response:
        """The file, to be saved. One whose bytes are lost or altered is not handed out."""
        try:
            row, data = await changing.take_along(actor, shelf, evidence)
        except FileGone:
            told = _("This file can no longer be read. Ask whoever attached it to attach it again.")
            return see_other(_place(actor, evidence), notice=told)
        return kept_file(row.file.media_type, row.file_name, data)

    @post("/{evidence:uuid}/delete", opt=ANSWER)
    async def delete(
        self, request: Request, actor: NamedDependency[Actor], evidence: FromPath[UUID]
    ) -> Response:
        """For good. Where it is attached, that has to be ticked as understood."""
        raw = await form_of(request)
        try:
            row = await changing.delete(actor, evidence, from_criteria=raw.get("sure", "") == "yes")
        except changing.StillAttached:
            errors = {"sure": _("It is attached to criteria: confirm that it goes from them too")}
            return await _one(request, actor, evidence, status_code=422, errors=errors)
        except changing.ShownForGood:
            return see_other(
                _place(actor, evidence), notice=_("A submitted round shows this evidence: it stays.")
            )
        except AttachedUnseen:
            told = _(
                "It also backs an answer that somebody gives alone: it can be deleted once those answers are opened."
            )
            return see_other(_place(actor, evidence), notice=told)
        told = _("“%(name)s” is deleted.") % {"name": row.title}
        return see_other(f"/o/{actor.organisation.slug}/evidence", notice=told)


async def _one(
    request: Request, actor: Actor, evidence: UUID, *, status_code: int = 200, errors: dict[str, str] | None = None,
    typed: Typed | None = None,
) -> Template:  # fmt: skip
    async with database.reading(actor):
        piece = await reading.load_piece(actor, evidence)
    row = piece.row
    kept = Typed(row.title, row.link, row.note, valid_until=row.valid_until)
    return page(
        request, "evidence/piece.html", nav="assessments", status_code=status_code, piece=piece, row=row,
        typed=typed or kept, until=typed.until if typed else row.valid_until, errors=errors or {},
        may_change=actor.may(Permission.ANSWER), weight=upload_wording.weight,
    )  # fmt: skip


def _place(actor: Actor, evidence: UUID) -> str:
    return f"/o/{actor.organisation.slug}/evidence/{evidence}"


def _part(word: str) -> Part:
    try:
        return Part(word)
    except ValueError:
        raise NotFoundException from None


def _number(word: str) -> int:
    return int(word) if word.isdecimal() and len(word) < 6 else 1


def _parts() -> list[tuple[str, str]]:
    return [
        (Part.ALL, _("All evidence")),
        (Part.ENDING, _("Expired or ending soon")),
        (Part.LOOSE, _("Attached nowhere")),
    ]


PAGES = [Library]
