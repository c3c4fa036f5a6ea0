"""Where a network's staff checks and publishes an edition. Never an answer or a score."""

from typing import Any

from litestar import Controller, Request
from litestar.response import Template

from palier.foundation.actor import NetworkActor
from palier.foundation.language import current
from palier.foundation.permissions import Permission, needs
from palier.foundation.web import page
from palier.questionnaires.catalogue import latest_of_each
from palier.questionnaires.flows.offering import own_titles


class Staff(Controller):
    """`/n/{net}`"""

    path = "/n/{net:str}"
    opt = needs(Permission.MANAGE_NETWORK)


def _page(request: Request, tab: str, template: str, *, status_code: int = 200, **context: Any) -> Template:
    return page(request, template, status_code=status_code, nav="network", tab=tab, **context)


async def _words(actor: NetworkActor) -> dict[str, Any]:
    """The titles of every questionnaire a campaign may name, withdrawn ones included."""
    own = {code: title.in_(current()) for code, title in (await own_titles(actor)).items()}
    titles = {one.id: one.title.in_(current()) for one in latest_of_each()}
    return {"titles": own | titles}


PAGES = [Staff]
