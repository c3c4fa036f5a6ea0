"""Sharing a document: the form, the address told once, the links there are, ending one."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from palier.accounts.flows.choosing_passwords import PasswordRefused
from palier.accounts.pages.wording import password_sentence
from palier.foundation.actor import Actor
from palier.foundation.database import reading
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.foundation.language import ngettext
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, see_other
from palier.reports import store
from palier.reports.flows import sharing
from palier.reports.rules.sharing import (
    LIFETIMES,
    LONGEST_RECIPIENT,
    MOST_LINKS,
    USUAL_LIFETIME,
    Terms,
    one_line,
)
from palier.reports.store import Report, ReportState


class ShareForm(msgspec.Struct, frozen=True):
    """The form, as a browser sends it."""

    op: UUID
    recipient: Annotated[str, msgspec.Meta(max_length=LONGEST_RECIPIENT)]
    days: int
    password: str = ""
    marked: str = ""


class Sharing(Controller):
    """`/o/{org}/reports/{report}/share` and the links it has."""

    path = "/o/{org:str}/reports/{report:uuid}"
    opt = needs(Permission.EXPORT)

    @get("/share")
    async def prepare(
        self, request: Request, actor: NamedDependency[Actor], report: FromPath[UUID]
    ) -> Response:
        row = await _row(actor, report)
        if row.state is not ReportState.DONE:
            return see_other(_address(actor, report))
        return await _form(request, actor, row, {"days": str(USUAL_LIFETIME)})

    @post("/share")
    async def share(
        self,
        request: Request,
        actor: NamedDependency[Actor],
        report: FromPath[UUID],
        settings: NamedDependency[Settings],
    ) -> Response:
        """The address stands on this answer and never again: only its fingerprint is kept."""
        row = await _row(actor, report)
        raw = await form_of(request)
        form, errors = _read(raw)
        if form is None or errors:
            return await _form(request, actor, row, raw, errors)
        terms = Terms(form.recipient, form.days, form.password, form.marked == "yes")
        try:
            code = await sharing.share(actor, report, terms, form.op)
        except PasswordRefused as refused:
            return await _form(request, actor, row, raw, {"password": password_sentence(refused.fault)})
        except sharing.TooManyLinks:
            return await _form(request, actor, row, raw, {"recipient": _too_many()})
        except sharing.NotMade:
            return see_other(_address(actor, report))
        address = f"{settings.public_url}/s/{code}"
        return page(
            request, "reports/share_done.html", nav="reports", report=row, address=address, terms=terms
        )

    @post("/links/{link:uuid}/revoke")
    async def revoke(
        self, actor: NamedDependency[Actor], report: FromPath[UUID], link: FromPath[UUID]
    ) -> Redirect:
        await sharing.revoke(actor, report, link)
        return see_other(
            f"{_address(actor, report)}#links", _("The link is revoked: it opens nothing any more.")
        )

    @post("/links/{link:uuid}/again")
    async def mark_again(
        self, actor: NamedDependency[Actor], report: FromPath[UUID], link: FromPath[UUID]
    ) -> Redirect:
        await sharing.mark_again(actor, report, link)
        return see_other(f"{_address(actor, report)}#links")


def _address(actor: Actor, report: UUID) -> str:
    return f"/o/{actor.organisation.slug}/reports/{report}"


async def _row(actor: Actor, report: UUID) -> Report:
    async with reading(actor):
        return await store.report_of(actor, report)


def _read(raw: dict[str, str]) -> tuple[ShareForm | None, dict[str, str]]:
    raw = raw | {"recipient": one_line(raw.get("recipient", ""))}
    form, errors = parse(ShareForm, raw)
    if raw["recipient"] and "recipient" in errors:
        errors["recipient"] = _("Use at most %(n)s characters.") % {"n": LONGEST_RECIPIENT}
    if "days" in errors or (form and form.days not in LIFETIMES):
        errors["days"] = _("Choose how long the link works")
    return form, errors


def _too_many() -> str:
    return _("%(n)s links of this document work already. Revoke one first.") % {"n": MOST_LINKS}


async def _form(
    request: Request,
    actor: Actor,
    row: Report,
    values: dict[str, str],
    errors: dict[str, str] | None = None,
) -> Response:
    async with reading(actor):
        peers = await store.shows_peers(row)
    blank = {"recipient": "", "days": "", "marked": ""}
    lifetimes = [(days, ngettext("%(num)s day", "%(num)s days", days) % {"num": days}) for days in LIFETIMES]
    return page(
        request, "reports/share.html", nav="reports", status_code=422 if errors else 200, report=row, peers=peers,
        values=blank | values, errors=errors or {}, lifetimes=lifetimes, longest=LONGEST_RECIPIENT, new_op=new_id(),
    )  # fmt: skip


PAGES: list[Any] = [Sharing]
