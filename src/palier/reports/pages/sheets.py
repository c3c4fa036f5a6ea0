"""The sheet of one action as a document, asked for from the page one prints."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException

from palier.assessments.rules.peers import Peers
from palier.foundation.actor import Actor
from palier.foundation.language import LOCALES, day
from palier.foundation.language import gettext as _
from palier.foundation.permissions import Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, parse, see_other
from palier.reports.flows import asking
from palier.reports.rules.wishes import Kind, Wish


class SheetOrder(msgspec.Struct, frozen=True):
    """The form, as the print view sends it."""

    op: UUID
    action: UUID
    locale: str


@post("/o/{org:str}/reports/sheet", opt=needs(Permission.EXPORT))
async def ask_sheet(
    request: Request,
    actor: NamedDependency[Actor],
    peers: NamedDependency[Peers],
    shelf: NamedDependency[Any],
    settings: NamedDependency[Settings],
) -> Response:
    """Freeze the action as it stands and have its sheet made; the same again leads to the one that is there."""
    order, _errors = parse(SheetOrder, await form_of(request))
    if order is None or order.locale not in LOCALES:
        raise NotFoundException
    wish = Wish(Kind.ACTION, order.locale, action=order.action)
    asked = await asking.ask_report(actor, wish, order.op, peers, shelf, settings.public_url)
    told = _("Nothing has changed since this document was asked for on %(day)s.")
    return see_other(
        f"/o/{actor.organisation.slug}/reports/{asked.report}",
        notice=told % {"day": day(asked.since)} if asked.since else "",
    )


PAGES = [ask_sheet]
