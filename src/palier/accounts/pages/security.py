"""The security page: the password, second factors, where one is signed in."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect, Template

from palier.accounts import factors, store
from palier.accounts.flows import preferences
from palier.accounts.flows.choosing_passwords import PasswordRefused
from palier.accounts.flows.entering import WrongCredentials
from palier.accounts.pages.entering import browser_of, too_often, welcome
from palier.accounts.pages.wording import began, password_sentence
from palier.accounts.rules import Method, browser_name
from palier.accounts.throttle import TooManyAttempts
from palier.foundation.actor import Person
from palier.foundation.database import reading
from palier.foundation.language import gettext as _
from palier.foundation.permissions import SIGNED_IN
from palier.foundation.settings import Settings
from palier.foundation.web import form_of, page, see_other

HERE = "/account/security"


@dataclass(frozen=True, slots=True)
class ListedSession:
    """A row of the session list."""

    id: UUID
    browser: str
    began: str
    row: store.Session
    current: bool


class Security(Controller):
    """How one signs in, and where one is signed in."""

    path = "/account"
    opt = SIGNED_IN

    @get("/security")
    async def show(self, request: Request, person: NamedDependency[Person]) -> Template:
        return await _security(request, person)

    @post("/password")
    async def change_password(
        self, request: Request, person: NamedDependency[Person], settings: NamedDependency[Settings]
    ) -> Response:
        raw = await form_of(request)
        current, new = raw.get("current", ""), raw.get("password", "")
        try:
            secret = await preferences.change_password(
                person, current, new, browser_of(request, settings), settings.public_url
            )
        except WrongCredentials:
            return await _security(request, person, {"current": _("This is not your current password")})
        except PasswordRefused as refused:
            return await _security(request, person, {"password": password_sentence(refused.fault)})
        except TooManyAttempts:
            return await _security(request, person, {"current": too_often()}, status_code=429)
        notice = _("Your password is changed. Every other session was ended.")
        return welcome(secret, HERE, settings, notice)

    @post("/sessions/{session:uuid}/end")
    async def end_session(
        self, request: Request, person: NamedDependency[Person], session: FromPath[UUID]
    ) -> Redirect:
        await preferences.end_session(person, session)
        return see_other(f"{HERE}#sessions", _("The session is ended."))

    @post("/sessions/end")
    async def end_other_sessions(self, request: Request, person: NamedDependency[Person]) -> Redirect:
        await preferences.end_other_sessions(person)
        return see_other(f"{HERE}#sessions", _("Every other session is ended."))


async def _security(
    request: Request, person: Person, errors: dict[str, str] | None = None, status_code: int = 200
) -> Template:
    async with reading(person):
        rows = await store.sessions_of(person.person_id)
        row = await store.Person.get(id=person.person_id)
        known = await factors.of(person.person_id)
    context: dict[str, Any] = {
        "sessions": [_listed(each, person) for each in rows], "has_password": bool(row.password_hash), "known": known,
        "visiting": person.method == Method.DEMONSTRATION, "errors": errors or {},
    }  # fmt: skip
    status = 422 if errors and status_code == 200 else status_code
    return page(request, "accounts/security.html", status_code=status, place="security", **context)


def _listed(row: store.Session, person: Person) -> ListedSession:
    how = began(row.method, second_factor=row.second_factor_at is not None)
    return ListedSession(row.id, browser_name(row.user_agent), how, row, row.id == person.session_id)


PAGES = [Security]
