"""The page behind the link that ends a network's campaign messages: it opens, and a button decides."""

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from palier.accounts.flows import letters
from palier.accounts.pages.refusing import NO_TOKEN_NEEDED, decide
from palier.association.flows import writing
from palier.foundation.permissions import PUBLIC
from palier.foundation.web import page


class Letters(Controller):
    """`/letters/{token}`: whoever holds the link decides for its address."""

    path = "/letters/{token:str}"
    opt = PUBLIC

    @get()
    async def show(self, request: Request, token: FromPath[str]) -> Template:
        choice = await letters.choice_behind(token)
        network = await writing.network_behind(choice.topic)
        return page(request, "association/letters.html", choice=choice, network=network, token=token)

    @post(opt=NO_TOKEN_NEEDED)
    async def choose(self, request: Request, token: FromPath[str]) -> Response:
        return await decide(request, token, f"/letters/{token}")


PAGES = [Letters]
