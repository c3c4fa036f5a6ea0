"""Questionnaires of one's own: the list with its upload, one file with its check, publishing, downloads.

The same pages serve an organisation and a network; only the address and who may change things differ.
"""

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.foundation.permissions import Permission, needs
from palier.foundation.rights import Feature, sold_with
from palier.foundation.web import form_of, page, see_other
from palier.questionnaires import store
from palier.questionnaires.checking import LARGEST
from palier.questionnaires.downloads import KINDS, as_file, model
from palier.questionnaires.flows import bringing
from palier.questionnaires.flows.bringing import NotPublishable, TooManyDrafts
from palier.questionnaires.flows.offering import built
from palier.questionnaires.owners import Owner
from palier.questionnaires.reasons import in_words

READABLE = (".yaml", ".yml", ".xlsx")
"""How the name of an upload may end."""


def provide_owner(request: Request) -> Owner:
    """Whoever the address names, as the entrance found them."""
    state = request.scope["state"]
    return Owner(state["actor"] if "org" in request.path_params else state["network_actor"])


async def every(request: Request, owner: NamedDependency[Any]) -> Template:
    """What was brought, the newest first, and the form for more."""
    return await _list(request, owner)


async def bring(request: Request, owner: NamedDependency[Any]) -> Response:
    """Keep and check an uploaded file."""
    raw = await form_of(request)
    name, data = await _uploaded(request)
    if error := _refusal(name, data):
        return await _list(request, owner, {"file": error})
    try:
        row = await bringing.upload(owner, name, data, UUID(raw.get("op", "")))
    except TooManyDrafts:
        return await _list(request, owner, {"file": _too_many()})
    except ValueError:
        raise NotFoundException from None
    return see_other(f"{owner.base}/questionnaires/{row.id}")


async def one(request: Request, owner: NamedDependency[Any], questionnaire: FromPath[UUID]) -> Template:
    """A file: its check, what it asks, what can be done with it."""
    return await _one(request, owner, questionnaire)


async def publish(request: Request, owner: NamedDependency[Any], questionnaire: FromPath[UUID]) -> Response:
    """Offer it from now on."""
    try:
        await bringing.publish(owner, questionnaire)
    except NotPublishable:
        return await _one(request, owner, questionnaire, refused=True)
    return _back(owner, questionnaire, _("The questionnaire is published: a round can be opened on it."))


async def withdraw(owner: NamedDependency[Any], questionnaire: FromPath[UUID]) -> Redirect:
    """Offer it no more."""
    await bringing.withdraw(owner, questionnaire)
    return _back(owner, questionnaire, _("The questionnaire is withdrawn. Rounds that use it go on."))


async def offer_again(owner: NamedDependency[Any], questionnaire: FromPath[UUID]) -> Redirect:
    """Take the withdrawal back."""
    await bringing.offer_again(owner, questionnaire)
    return _back(owner, questionnaire, _("The questionnaire is offered again."))


async def discard(owner: NamedDependency[Any], questionnaire: FromPath[UUID]) -> Redirect:
    """Delete a draft."""
    await bringing.discard(owner, questionnaire)
    return see_other(f"{owner.base}/questionnaires", _("The file is deleted."))


async def download(
    owner: NamedDependency[Any], questionnaire: FromPath[UUID], kind: FromPath[str]
) -> Response[bytes]:
    """The questionnaire as YAML or XLSX, or the file as it was uploaded."""
    async with reading(owner.tenant):
        row = await store.own(owner, questionnaire)
    if kind == "upload":
        return _file(row.file_name, "application/octet-stream", row.upload)
    if row.content is None:
        raise NotFoundException
    return _content(kind, f"{row.code}-{row.version}", row.content)


async def download_model(kind: FromPath[str]) -> Response[bytes]:
    """A shipped questionnaire to begin from."""
    return _content(kind, *model())


def _content(kind: str, name: str, content: Any) -> Response[bytes]:
    if kind not in KINDS:
        raise NotFoundException
    return _file(f"{name}.{kind}", KINDS[kind], as_file(kind, content))


def _file(name: str, media_type: str, data: bytes) -> Response[bytes]:
    """Saved, never shown: what somebody uploaded does not run here."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    headers = {
        "content-disposition": f'attachment; filename="{plain}"',
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return Response(data, media_type=media_type, headers=headers)


async def _uploaded(request: Request) -> tuple[str, bytes]:
    """Name and bytes of the file, no more than one over the limit; nothing without a file."""
    file = (await request.form()).get("file")
    if not isinstance(file, UploadFile):
        return "", b""
    return file.filename.replace("\0", "")[-200:], await file.read(LARGEST + 1)


def _refusal(name: str, data: bytes) -> str:
    """Why a file is not even kept; empty when it is."""
    if not data:
        return _("Choose a file that is not empty")
    if not name.lower().endswith(READABLE):
        return _("Choose a file whose name ends in .yaml or .xlsx")
    if len(data) > LARGEST:
        return _("This file is too large: %(most)s MB at most") % {"most": number(LARGEST // 1_000_000)}
    return ""


def _too_many() -> str:
    return _("%(most)s files wait to be published: delete some first") % {"most": bringing.MOST_DRAFTS}


async def _list(request: Request, owner: Owner, errors: dict[str, str] | None = None) -> Template:
    async with reading(owner.tenant):
        rows = await store.owned_by(owner)
    return _page(
        request,
        owner,
        "questionnaires/list.html",
        status_code=422 if errors else 200,
        rows=rows,
        errors=errors or {},
    )


async def _one(request: Request, owner: Owner, questionnaire_id: UUID, *, refused: bool = False) -> Template:
    async with reading(owner.tenant):
        row = await store.own(owner, questionnaire_id)
        report = await bringing.report_on(owner, row)
    return _page(
        request, owner, "questionnaires/questionnaire.html", status_code=422 if refused else 200, row=row, report=report,
        questionnaire=built(row) if row.content else None, address=_address(owner, row.id),
    )  # fmt: skip


def _page(request: Request, owner: Owner, template: str, *, status_code: int, **context: Any) -> Template:
    return page(
        request, template, status_code=status_code, owner=owner, tab="questionnaires",
        nav="assessments", here=f"{owner.base}/questionnaires", new_op=new_id(), in_words=in_words, kinds=list(KINDS), **context,
    )  # fmt: skip


def _address(owner: Owner, questionnaire: UUID) -> str:
    return f"{owner.base}/questionnaires/{questionnaire}"


def _back(owner: Owner, questionnaire: UUID, notice: str) -> Redirect:
    return see_other(_address(owner, questionnaire), notice)


def _doors(path: str, read: dict[str, Any], write: dict[str, Any]) -> list[HTTPRouteHandler]:
    """The handlers of one kind of owner: `read` and `write` say who may."""
    row = f"{path}/{{questionnaire:uuid}}"
    new = write | sold_with(Feature.OWN_QUESTIONNAIRES)
    known: dict[str, Any] = {"dependencies": {"owner": Provide(provide_owner, sync_to_thread=False)}}
    return [
        get(path, opt=read, **known)(every),
        post(path, opt=new, **known)(bring),
        get(f"{path}/model/{{kind:str}}", opt=read)(download_model),
        get(row, opt=read, **known)(one),
        get(f"{row}/file/{{kind:str}}", opt=read, **known)(download),
        post(f"{row}/publish", opt=new, **known)(publish),
        post(f"{row}/withdraw", opt=write, **known)(withdraw),
        post(f"{row}/offer", opt=write, **known)(offer_again),
        post(f"{row}/discard", opt=write, **known)(discard),
    ]


STAFF = needs(Permission.MANAGE_NETWORK)
PAGES = [
    *_doors("/o/{org:str}/questionnaires", needs(Permission.READ), needs(Permission.MANAGE_QUESTIONNAIRES)),
    *_doors("/n/{net:str}/questionnaires", STAFF, STAFF),
]
