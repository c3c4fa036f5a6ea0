"""The account page: preferences; and the language for everybody."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.response import Redirect, Template

from palier.accounts.flows import preferences
from palier.accounts.rules import TIME_ZONES, Theme
from palier.foundation import language
from palier.foundation.actor import Person
from palier.foundation.language import gettext as _
from palier.foundation.permissions import PUBLIC, SIGNED_IN
from palier.foundation.web import form_of, own_path, page, parse, person_of, see_other

_YEAR = 31_536_000


class PreferencesForm(msgspec.Struct):
    """What the first form of the account page may set; nothing else about a person can be posted."""

    name: Annotated[str, msgspec.Meta(max_length=120)]
    locale: Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(language.LOCALES)})$")]
    theme: Theme
    time_zone: Annotated[str, msgspec.Meta(max_length=40)]
    shortcuts: str = ""


class Account(Controller):
    """What a person sets for themselves."""

    path = "/account"
    opt = SIGNED_IN

    @get()
    async def show(self, request: Request, person: NamedDependency[Person]) -> Template:
        return _account(request, person)

    @post("/preferences")
    async def save(self, request: Request, person: NamedDependency[Person]) -> Response:
        raw = await form_of(request)
        form, errors = parse(PreferencesForm, raw)
        if form is not None and form.time_zone not in TIME_ZONES and form.time_zone != person.time_zone:
            errors["time_zone"] = _("Choose a time zone of the list")
        if form is None or errors:
            return _account(request, person, errors, raw)
        wanted = preferences.Preferences(
            form.name, form.locale, form.theme, form.time_zone, form.shortcuts == "yes"
        )
        await preferences.save(person, wanted)
        language.use(form.locale, form.time_zone)
        answer = see_other("/account", _("Your preferences are saved."))
        answer.set_cookie(_language_cookie(form.locale))
        return answer


def _account(
    request: Request, person: Person, errors: dict[str, str] | None = None, raw: dict[str, Any] | None = None,
) -> Template:  # fmt: skip
    saved = {
        "name": person.name, "locale": person.locale, "theme": person.theme, "time_zone": person.time_zone,
        "shortcuts": "yes" if person.shortcuts else "",
    }  # fmt: skip
    values = saved if raw is None else dict.fromkeys(saved, "") | raw
    zones = TIME_ZONES if person.time_zone in TIME_ZONES else (person.time_zone, *TIME_ZONES)
    return page(
        request, "accounts/account.html", status_code=422 if errors else 200, values=values,
        errors=errors or {}, place="preferences", zones=[(zone, zone.replace("_", " ")) for zone in zones],
        known_languages=[(locale, language.language_name(locale)) for locale in language.LOCALES],
    )  # fmt: skip


@post("/language", opt=PUBLIC)
async def choose_language(request: Request) -> Redirect:
    """Speak the chosen language from now on, on this browser and, for somebody signed in, on the others."""
    raw = await form_of(request)
    locale = raw.get("locale", "")
    locale = locale if locale in language.LOCALES else language.current()
    if person := person_of(request):
        await preferences.speak(person, locale)
    answer = see_other(own_path(raw.get("next"), f"/{locale}/"))
    answer.set_cookie(_language_cookie(locale))
    return answer


def _language_cookie(locale: str) -> Cookie:
    return Cookie(key="locale", value=locale, httponly=True, samesite="lax", path="/", max_age=_YEAR)


PAGES = [Account, choose_language]
