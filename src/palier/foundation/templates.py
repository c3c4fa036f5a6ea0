"""The one Jinja environment factory: autoescaped, strict about missing names, speaking the reader's language."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from palier.foundation import language
from palier.foundation.charts.gallery import GALLERY
from palier.foundation.compiled import Spoken

ROOT = Path(__file__).parents[3] / "templates"


@cache
def environment() -> Spoken:
    """The environment every page, mail and document is rendered with."""
    env = Spoken(
        loader=FileSystemLoader(ROOT),
        autoescape=_is_markup,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_callables(  # type: ignore[attr-defined]
        language.gettext, language.ngettext, newstyle=True, pgettext=language.pgettext
    )
    env.globals |= {"gettext": _said, "_": _said}
    env.filters |= {
        "points": language.points, "signed": language.signed, "percent": language.percent, "day": language.day,
        "hour": language.hour, "number": language.number, "joined": language.joined,
    }  # fmt: skip
    env.globals |= {
        "charts": GALLERY,
        "language_name": language.language_name,
        "locales": language.LOCALES,
        "current_locale": language.current,
    }
    return env


@pass_eval_context
def _said(reading: EvalContext, message: str, /, **values: Any) -> str:
    """As Jinja's own, in one call where it makes three: a page says hundreds of sentences, few with values in them."""
    text = language.gettext(message)
    text = Markup(text) if reading.autoescape else text  # noqa: S704  (ours, not a reader's)
    return text % values if values or "%" in text else text


def _is_markup(template: str | None) -> bool:
    """Everything but the plain text of a mail, where an escaped apostrophe would be read as such."""
    return template is None or not template.endswith(".txt")


def render(template: str, **context: Any) -> str:
    """`template` as text, in the language in use."""
    return environment().get_template(template).render(**context)
