"""The demonstration: what it is, a private copy for whoever asks, and making it one's own."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Template

from palier.accounts.flows.choosing_passwords import PasswordRefused
from palier.accounts.pages.entering import browser_of, later, too_often, welcome
from palier.accounts.pages.signing_up import email_error, sent_to
from palier.accounts.pages.wording import password_sentence
from palier.accounts.sessions import cookie
from palier.accounts.throttle import TooManyAttempts
from palier.demo import keeping, sandboxes
from palier.demo.keeping import Wish
from palier.foundation.actor import Actor
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC, Permission, needs
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, parse, person_of, see_other


class Demonstration(Controller):
    """`/demo`: GET explains, POST makes the copy."""

    path = "/demo"
    opt = PUBLIC

    @get()
    async def explain(self, request: Request) -> Template:
        return await _explained(request)

    @post()
    async def make(self, request: Request, settings: NamedDependency[Settings]) -> Response:
        person = person_of(request)
        if person and (slug := await sandboxes.living_of(person)):
            return see_other(f"/o/{slug}")
        try:
            opened = await sandboxes.open_sandbox(browser_of(request, settings))
        except sandboxes.NotHere:
            return await _explained(request, status_code=404)
        except sandboxes.Full:
            sentence = _("Many people are trying at this moment. Come back in an hour.")
            return await _explained(request, sentence, status_code=503)
        except TooManyAttempts as error:
            return later(await _explained(request, too_often(), status_code=429), error)
        return welcome(opened.secret, f"/o/{opened.slug}", settings, remember=False)


async def _explained(request: Request, refusal: str = "", *, status_code: int = 200) -> Template:
    person = person_of(request)
    living = await sandboxes.living_of(person) if person else None
    return page(
        request, "demo/demo.html", status_code=status_code, available=await sandboxes.available(), living=living, refusal=refusal
    )  # fmt: skip


class KeepForm(msgspec.Struct):
    """The fields of the form that makes a copy one's own."""

    organisation: Annotated[str, msgspec.Meta(max_length=160)]
    name: Annotated[str, msgspec.Meta(max_length=120)]
    email: Annotated[str, msgspec.Meta(max_length=254)]
    password: str


class Keeping(Controller):
    """`/o/{org}/keep`: only a throw-away copy can be kept."""

    path = "/o/{org:str}/keep"
    opt = needs(Permission.MANAGE_ORGANISATION)

    @get()
    async def form(self, request: Request, actor: NamedDependency[Actor]) -> Template:
        _check_copy(actor)
        return _form(request, {}, {})

    @post()
    async def keep(
        self, request: Request, actor: NamedDependency[Actor], settings: NamedDependency[Settings], shelf: NamedDependency[Any]
    ) -> Response:  # fmt: skip
        _check_copy(actor)
        raw = await form_of(request)
        form, errors = parse(KeepForm, raw)
        errors |= email_error(raw.get("email", ""))
        if form is None or errors:
            return _form(request, raw, errors)
        wish = Wish(form.name, form.email, form.password, form.organisation)
        try:
            await keeping.keep(actor, wish, browser_of(request, settings).address, settings.public_url, shelf)
        except PasswordRefused as refused:
            return _form(request, raw, {"password": password_sentence(refused.fault)})
        except TooManyAttempts as error:
            return later(_form(request, raw, {"email": too_often()}, 429), error)
        answer = sent_to("/signup/check-mail", form.email)
        answer.set_cookie(cookie("", secure=settings.secure))
        return answer


def _check_copy(actor: Actor) -> None:
    if not actor.organisation.sandbox:
        raise NotFoundException


def _form(request: Request, raw: dict[str, str], errors: dict[str, str], status_code: int = 200) -> Template:
    status = 422 if errors and status_code == 200 else status_code
    return page(request, "demo/keep.html", status_code=status, raw=raw, errors=errors)


PAGES = [Demonstration, Keeping]
