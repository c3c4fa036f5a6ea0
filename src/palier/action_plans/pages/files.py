"""Files beside an action: put there, taken along, taken away."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from palier.action_plans import store
from palier.action_plans.flows import attaching
from palier.action_plans.pages.conversing import address_of, conversation_page
from palier.action_plans.pages.desk import EDIT, READ
from palier.action_plans.pages.forms import op_of
from palier.conversations.flows.attaching import MOST_FILES, Full
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.files import FileGone
from palier.foundation.language import gettext as _
from palier.foundation.refused_files import Reason, Refused
from palier.foundation.scanning import scanner_at
from palier.foundation.settings import Settings
from palier.foundation.upload_wording import refusal_words
from palier.foundation.uploads import HEAVIEST, LARGEST_REQUEST, Received, received
from palier.foundation.web import form_of, is_htmx, kept_file, see_other


class Files(Controller):
    """`/o/{org}/a/{action}/files`"""

    path = "/o/{org:str}/a/{action:uuid}/files"

    @get("/", opt=READ)
    async def lead_there(self, actor: NamedDependency[Actor], action: FromPath[UUID]) -> Redirect:
        """Who opens the address of the form is led to the files."""
        async with reading(actor):
            await store.action_by_id(actor, action)
        return see_other(f"{address_of(actor, action)}#files")

    @post("/", opt=EDIT, request_max_body_size=LARGEST_REQUEST)
    async def attach(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings],
        shelf: NamedDependency[Any], action: FromPath[UUID],
    ) -> Response:  # fmt: skip
        op = op_of(await form_of(request))
        async with reading(actor):
            await store.action_by_id(actor, action)
        try:
            sent = await _sent(request, settings)
            row = await attaching.attach(actor, shelf, action, sent, op, settings.files_room)
        except Refused as refused:
            said = refusal_words(refused.reason)
        except Full as full:
            said = _full(full)
        else:
            told = _("“%(name)s” is attached.") % {"name": row.file.name}
            if is_htmx(request):
                return await conversation_page(request, actor, action, part="files", told=told)
            return see_other(f"{address_of(actor, action)}#files", notice=told)
        return await conversation_page(request, actor, action, part="files", errors={"attachment": said})

    @get("/{file:uuid}", opt=READ)
    async def take_along(
        self,
        actor: NamedDependency[Actor],
        action: FromPath[UUID],
        file: FromPath[UUID],
        shelf: NamedDependency[Any],
    ) -> Response:
        """The file, to be saved. One whose bytes are lost or altered is not handed out."""
        try:
            found, data = await attaching.take_along(actor, shelf, action, file)
        except FileGone:
            told = _("This file can no longer be read. Ask whoever attached it to attach it again.")
            return see_other(f"{address_of(actor, action)}#files", notice=told)
        return kept_file(found.file.media_type, found.file.name, data)

    @post("/{file:uuid}/remove", opt=EDIT)
    async def detach(
        self, request: Request, actor: NamedDependency[Actor], action: FromPath[UUID], file: FromPath[UUID]
    ) -> Response:
        told = _("“%(name)s” is removed.") % {"name": await attaching.detach(actor, action, file)}
        if is_htmx(request):
            return await conversation_page(request, actor, action, part="files", told=told)
        return see_other(f"{address_of(actor, action)}#files", notice=told)


async def _sent(request: Request, settings: Settings) -> Received:
    """The file of the form, judged. No more than one byte over what is taken is read. Raises Refused."""
    sent = (await request.form()).get("file")
    if not isinstance(sent, UploadFile):
        raise Refused(Reason.EMPTY)
    return await received(sent.filename or "", await sent.read(HEAVIEST + 1), scanner_at(settings.scanner))


def _full(full: Full) -> str:
    if full.by_number:
        return _("This action has %(most)s files already: remove one first") % {"most": MOST_FILES}
    return _("Your organisation has no room left for files: remove some first")


PAGES = [Files]
