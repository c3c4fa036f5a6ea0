"""Joining a network with a code or a link: anybody signed in, for an organisation they own."""

from collections.abc import Mapping
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts.throttle import TooManyAttempts
from palier.association.flows import joining
from palier.association.store import Unknown
from palier.foundation.actor import NetworkActor, Person
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN, Permission, needs
from palier.foundation.turns import TooOften, Turns
from palier.foundation.web import form_of, page, see_other

MOST_LOOKS, WINDOW = 20, 300.0
"""Offers one person may open, in so many seconds: codes are short, and guessing them by address is guessing too."""

_looks = Turns(MOST_LOOKS, WINDOW)


class Joining(Controller):
    """`/join`"""

    path = "/join"
    opt = SIGNED_IN

    @get()
    async def ask(self, request: Request) -> Template:
        return _code(request, "", {})

    @post()
    async def try_code(self, request: Request, person: NamedDependency[Person]) -> Response:
        code = (await form_of(request)).get("code", "")
        try:
            await joining.offer_behind(person, code)
        except Unknown:
            return _code(
                request, code, {"code": _("No network has this code. Ask its staff for the current one.")}
            )
        except TooManyAttempts:
            return _code(request, code, {"code": _("Too many tries. Try again in a few minutes.")})
        return see_other(f"/join/{joining.as_typed(code)}")

    @get("/{secret:str}")
    async def offer(
        self, request: Request, person: NamedDependency[Person], secret: FromPath[str]
    ) -> Template:
        try:
            _looks.take(str(person.person_id))
        except TooOften:
            return _code(request, "", {"code": _("Too many tries. Try again in a few minutes.")}, 429)
        return await _offer(request, person, secret, {})

    @post("/{secret:str}")
    async def join(
        self, request: Request, person: NamedDependency[Person], secret: FromPath[str]
    ) -> Response:
        chosen = (await form_of(request)).get("organisation", "")
        mine = {str(one.id): one for one in await joining.may_join(person)}
        if chosen not in mine:
            return await _offer(request, person, secret, {"organisation": _("Choose an organisation")})
        found = await joining.join(person, UUID(chosen), secret)
        said = (
            _("%(organisation)s is already a member of %(network)s.")
            if found.already
            else _("%(organisation)s asks to join %(network)s. Its staff verify the request.")
        )
        return see_other(
            f"/o/{mine[chosen].slug}",
            said % {"organisation": mine[chosen].name, "network": found.network.name},
        )


@post("/n/{net:str}/members/code", opt=needs(Permission.MANAGE_NETWORK))
async def new_code(network_actor: NamedDependency[NetworkActor]) -> Redirect:
    """Another code for the network."""
    code = await joining.turn_key(network_actor)
    return see_other(
        f"/n/{network_actor.network_slug}/members", _("The new code is %(code)s.") % {"code": code}
    )


def _code(request: Request, code: str, errors: Mapping[str, str], status: int = 0) -> Template:
    status = status or (422 if errors else 200)
    return page(request, "association/join_code.html", status_code=status, code=code, errors=errors)


async def _offer(request: Request, person: Person, secret: str, errors: Mapping[str, str]) -> Template:
    found = await joining.look_behind(secret)
    mine = await joining.may_join(person)
    return page(
        request, "association/join.html", status_code=422 if errors else 200, offer=found, secret=secret, errors=errors,
        choices=[(str(one.id), one.name) for one in mine],
    )  # fmt: skip


PAGES = [Joining, new_code]
