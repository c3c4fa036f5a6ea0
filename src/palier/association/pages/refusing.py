"""The page behind the link that ends a network's campaign messages: it opens, and a button decides."""

from litestar import Controller, Request, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.association.flows import writing
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC
from palier.foundation.web import form_of, page, see_other


class Letters(Controller):
    """`/letters/{token}`: whoever holds the link decides for its address."""

    path = "/letters/{token:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, token: FromPath[str]) -> Template:
        choice, network = await writing.choice_behind(token)
        return page(request, "association/letters.html", choice=choice, network=network, token=token)

    @post()
    async def choose(self, request: Request, token: FromPath[str]) -> Redirect:
        refuse = "again" not in await form_of(request)
        await writing.choose(token, refuse=refuse)
        said = (
            _("No more messages go to this address.")
            if refuse
            else _("The messages go to this address again.")
        )
        return see_other(f"/letters/{token}", said)


PAGES = [Letters]
