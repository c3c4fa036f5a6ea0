"""Evidence beside a criterion: a file or a link brought, something already there used again, something taken off."""

from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.assessments.flows import backing, sheets
from palier.assessments.flows.backing import Locked
from palier.evidence.flows.attaching import MOST_HERE, Brought, TooMany
from palier.evidence.form import Typed, read_form
from palier.foundation import clock, upload_wording
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.files import NoRoom
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.refused_files import Reason, Refused
from palier.foundation.scanning import scanner_at
from palier.foundation.settings import Settings
from palier.foundation.uploads import HEAVIEST, LARGEST_REQUEST, Received, received
from palier.foundation.web import form_of, is_htmx, page, see_other

READ, ANSWER = needs(Permission.READ), needs(Permission.ANSWER)
FILE, LINK = "file", "link"
KINDS = (FILE, LINK)


def card_context() -> dict[str, Any]:
    """What the card of attached evidence needs beside `backing`, nothing typed and nothing wrong."""
    return {
        "evidence_op": new_id, "evidence_taken": upload_wording.taken_words(), "evidence_accept": upload_wording.accept(),
        "evidence_heaviest": HEAVIEST, "evidence_heavy": upload_wording.too_heavy(), "weight": upload_wording.weight,
        "evidence_errors": {}, "evidence_typed": Typed(), "evidence_kind": "",
    }  # fmt: skip


class BackingPage(Controller):
    """`/o/{org}/e/{assessment}/q/{code}/evidence`"""

    path = "/o/{org:str}/e/{assessment:str}/q/{code:str}/evidence"

    @get("/", opt=READ)
    async def look(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str]
    ) -> Template:
        """What is attached, and what could be used again."""
        return await _page(request, actor, assessment, code)

    @post("/", opt=ANSWER, request_max_body_size=LARGEST_REQUEST)
    async def bring(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings],
        shelf: NamedDependency[Any], assessment: FromPath[str], code: FromPath[str],
    ) -> Response:  # fmt: skip
        raw = await form_of(request)
        kind, op = raw.get("kind", ""), _op(raw)
        if kind not in KINDS:
            raise NotFoundException
        typed, errors = read_form(raw, needed=LINK if kind == LINK else "")
        try:
            file = await _sent(request, settings) if kind == FILE else None
            if not errors:
                brought = _brought(typed, file)
                await backing.bring(actor, shelf, assessment, code, brought, op, settings.files_room)
                told = _("“%(name)s” is attached.") % {"name": brought.title}
                return await _done(request, actor, assessment, code, told)
        except Refused as refused:
            errors[kind] = upload_wording.refusal_words(refused.reason)
        except (NoRoom, TooMany) as full:
            errors[kind] = full_words(full)
        except Locked:
            return _too_late(actor, assessment, code)
        wrong = {f"{kind}-{field}": sentence for field, sentence in errors.items()}
        return await _page(
            request, actor, assessment, code, status_code=422, evidence_errors=wrong, evidence_typed=typed,
            evidence_kind=kind,
        )  # fmt: skip

    @post("/{evidence:uuid}/use", opt=ANSWER)
    async def use(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str],
        evidence: FromPath[UUID],
    ) -> Response:  # fmt: skip
        try:
            used = await backing.use(actor, assessment, code, evidence)
        except Locked:
            return _too_late(actor, assessment, code)
        except TooMany as full:
            return see_other(f"{place_of(actor, assessment, code)}/evidence", notice=full_words(full))
        told = _("“%(name)s” is attached.") % {"name": used.evidence.title}
        return see_other(f"{place_of(actor, assessment, code)}#attached", notice=told)

    @post("/{evidence:uuid}/detach", opt=ANSWER)
    async def detach(
        self, request: Request, actor: NamedDependency[Actor], assessment: FromPath[str], code: FromPath[str],
        evidence: FromPath[UUID],
    ) -> Response:  # fmt: skip
        try:
            row = await backing.detach(actor, assessment, code, evidence)
        except Locked:
            return _too_late(actor, assessment, code)
        told = _("“%(name)s” is no longer attached here. It stays among your evidence.") % {"name": row.title}
        return await _done(request, actor, assessment, code, told)


def place_of(actor: Actor, slug: str, code: str) -> str:
    """Where the criterion is answered."""
    return f"/o/{actor.organisation.slug}/e/{slug}/q/{code}"


def full_words(full: NoRoom | TooMany) -> str:
    """Why there is no room, and what to do."""
    if isinstance(full, TooMany):
        return _("This criterion has %(most)s pieces of evidence already: remove one first") % {
            "most": MOST_HERE
        }
    return _(
        "Your organisation’s files fill all their room (%(room)s): delete evidence that is no longer used first"
    ) % {"room": upload_wording.weight(full.room)}


def _op(raw: dict[str, str]) -> UUID:
    try:
        return UUID(raw["op"])
    except (KeyError, ValueError):
        raise NotFoundException from None


async def _sent(request: Request, settings: Settings) -> Received:
    """The file of the form, judged. No more than one byte over what is taken is read. Raises Refused."""
    sent = (await request.form()).get("file")
    if not isinstance(sent, UploadFile):
        raise Refused(Reason.EMPTY)
    return await received(sent.filename or "", await sent.read(HEAVIEST + 1), scanner_at(settings.scanner))


def _brought(typed: Typed, file: Received | None) -> Brought:
    """Without a title, a file is called as it is named, a link as it reads."""
    title = typed.title or (file.name if file else typed.link.partition("://")[2][:200])
    return Brought(title, typed.valid_until, typed.note, "" if file else typed.link, file)


async def _page(
    request: Request,
    actor: Actor,
    slug: str,
    code: str,
    *,
    told: str = "",
    status_code: int = 200,
    **shown: Any,
) -> Template:
    """The card alone for htmx, else the page around it with what could be used again."""
    fragment = is_htmx(request) and request.method != "GET"
    words = request.query_params.get("q", "").strip()[:200]
    async with reading(actor):
        sheet = await sheets.load_sheet(actor, slug, code)
        desk = sheet.desk
        found = await backing.load_backing(actor, desk.assessment, code)
        choice = None if fragment else await backing.load_choice(actor, desk.assessment, code, words)
    answer = page(
        request, "assessments/backing_changed.html" if fragment else "assessments/backing.html", nav="assessments",
        status_code=status_code, desk=desk, assessment=desk.assessment, questionnaire=desk.questionnaire,
        progress=desk.progress, criterion=sheet.criterion, backing=found, choice=choice, words=words, told=told,
        round=f"/o/{actor.organisation.slug}/e/{slug}", today=clock.today(actor.person.time_zone),
        **(card_context() | shown),
    )  # fmt: skip
    if fragment:
        focus = next(iter(shown.get("evidence_errors", {})), "") or "attached-h"
        answer.headers["hx-trigger-after-settle"] = f'{{"focus-on": "{focus}"}}'
    return answer


async def _done(request: Request, actor: Actor, slug: str, code: str, told: str) -> Response:
    if is_htmx(request):
        return await _page(request, actor, slug, code, told=told)
    return see_other(f"{place_of(actor, slug, code)}#attached", notice=told)


def _too_late(actor: Actor, slug: str, code: str) -> Redirect:
    told = _("The assessment was submitted meanwhile: what it shows stays.")
    return see_other(place_of(actor, slug, code), notice=told)


PAGES = [BackingPage]
