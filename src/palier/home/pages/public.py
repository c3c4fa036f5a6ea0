"""The pages for everybody, each at one address in French and one in English."""

from typing import Any

from litestar import Request, get
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template

from palier.assessments import results_wording
from palier.assessments.pages.results import box_of
from palier.entitlements.rules.offers import Kind, Offers
from palier.entitlements.wording import from_price
from palier.foundation import language
from palier.foundation.permissions import PUBLIC
from palier.foundation.settings import Settings
from palier.foundation.web import page, person_of, see_other
from palier.home.rules.example import Examples
from palier.home.wording import language_pages, shared_pages
from palier.questionnaires.catalogue import latest, latest_of_each
from palier.questionnaires.rules import CORE_TAG, Grade


@get("/", opt=PUBLIC)
async def front_door(request: Request) -> Redirect:
    """To the public home in the reader's language, or to the reader's own places."""
    return see_other("/home" if person_of(request) else f"/{language.current()}/")


@get([f"/{locale}/" for locale in language.LOCALES], opt=PUBLIC)
async def welcome(
    request: Request, settings: NamedDependency[Settings], examples: NamedDependency[Examples],
    offers: NamedDependency[Offers],
) -> Template:  # fmt: skip
    """What Palier is, with one real picture of a result."""
    speak(request)
    words = {
        "sentence": results_wording.reading_sentence,
        "band_words": results_wording.band_words,
        "box_of": box_of,
        "from_price": from_price(offers, Kind.ORGANISATION),
    }
    return public_page(
        request, settings, "home/welcome.html", example=await examples(), questionnaires=latest_of_each(), **words
    )  # fmt: skip


TEMPLATES = {
    "method": "home/method.html", "data": "home/data.html", "accessibility": "home/accessibility.html",
    "privacy": "home/privacy.html", "legal": "home/legal.html", "sitemap": "home/sitemap.html",
}  # fmt: skip


def _page_at(name: str, template: str) -> HTTPRouteHandler:
    @get([f"/{locale}/{name}" for locale in language.LOCALES], opt=PUBLIC, name=f"public {name}")
    async def show(request: Request, settings: NamedDependency[Settings]) -> Template:
        speak(request)
        return public_page(request, settings, template, nav=name, **_CONTENT.get(name, dict)())

    return show


def _method() -> dict[str, Any]:
    """What the method page reads from the shipped questionnaires."""
    reference = latest("SX")
    core = [criterion.code for criterion in reference.criteria if CORE_TAG in criterion.tags]
    return {"questionnaires": latest_of_each(), "reference": reference, "core": core, "grades": _grades()}


def _grades() -> list[tuple[str, str]]:
    caps = latest("SX").evidence_caps
    return [(results_wording.grade_words(grade), language.number(caps.of(grade))) for grade in Grade]


_CONTENT = {"method": _method, "sitemap": lambda: {"pages": language_pages(), "both": shared_pages()}}


def speak(request: Request) -> None:
    """The address decides the language, whatever a signed-in reader chose for the rest."""
    language.use(request.url.path[1:3])


def public_page(request: Request, settings: Settings, template: str, **context: Any) -> Template:
    """A page under /fr or /en, with its address in the other languages."""
    tail = request.url.path[3:] or "/"  # the router tells of /fr/ as /fr
    return page(
        request, template, settings=settings, tail=tail, page_path=f"/{language.current()}{tail}", **context
    )


PAGES = [front_door, welcome, *(_page_at(name, template) for name, template in TEMPLATES.items())]
