"""Bringing a file of members: chosen, shown line by line, and written only when confirmed."""

from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.association import wording as words
from palier.association.flows import importing
from palier.association.pages.forms import op_of
from palier.association.rules.member_file import HEAVIEST, MOST_LINES
from palier.association.rules.sheets import Unreadable
from palier.foundation.actor import NetworkActor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import form_of, page, see_other
from palier.network import wording

MOST_SHOWN = 200
"""Lines of each kind the preview lists; the counts say the rest."""


class Importing(Controller):
    """`/n/{net}/members/import`"""

    path = "/n/{net:str}/members/import"
    opt = needs(Permission.MANAGE_NETWORK)

    @get()
    async def choose(self, request: Request) -> Template:
        return _choose(request)

    @post()
    async def bring(self, request: Request, network_actor: NamedDependency[NetworkActor]) -> Response:
        """Read the file; nothing is written to the register."""
        raw = await form_of(request)
        name, data = await _uploaded(request)
        if error := _refused(name, data):
            return _choose(request, error)
        try:
            found = await importing.bring(network_actor, name, data, op_of(raw))
        except Unreadable:
            return _choose(
                request, _("This is no text file. In the spreadsheet, save as CSV and bring that.")
            )
        return see_other(f"/n/{network_actor.network_slug}/members/import/{found}")

    @get("/{import_id:uuid}")
    async def preview(
        self, request: Request, network_actor: NamedDependency[NetworkActor], import_id: FromPath[UUID]
    ) -> Template:
        """What the file would create and update, and every fault."""
        async with reading(network_actor):
            found = await importing.preview(network_actor, import_id)
        return page(
            request, "association/import_preview.html", nav="network", tab="members", found=found, columns=words.columns(),
            fault=words.fault, label=wording.label, most=MOST_SHOWN, imported=words.imported,
        )  # fmt: skip

    @post("/{import_id:uuid}")
    async def confirm(
        self, network_actor: NamedDependency[NetworkActor], import_id: FromPath[UUID]
    ) -> Redirect:
        created, updated = await importing.carry_out(network_actor, import_id)
        return see_other(f"/n/{network_actor.network_slug}/members", words.imported(created, updated))


async def _uploaded(request: Request) -> tuple[str, bytes]:
    file = (await request.form()).get("file")
    return (file.filename, await file.read(HEAVIEST + 1)) if isinstance(file, UploadFile) else ("", b"")


def _refused(name: str, data: bytes) -> str:
    if not name:
        return _("Choose a file")
    if not data:
        return _("The file is empty. Save it again in the spreadsheet, or choose another one.")
    return _("The file is too heavy: 5 MB at most.") if len(data) > HEAVIEST else ""


def _choose(request: Request, error: str = "") -> Template:
    return page(
        request, "association/import.html", status_code=422 if error else 200, nav="network", tab="members",
        errors={"file": error} if error else {}, columns=words.columns(), most=MOST_LINES, new_op=new_id(),
        sectors=wording.sector_choices(), sizes=wording.size_choices(), countries=wording.country_choices(),
        legal_kinds=wording.legal_kind_choices(),
    )  # fmt: skip


PAGES = [Importing]
