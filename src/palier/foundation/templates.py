"""The one Jinja environment factory: autoescaped, strict about missing names, speaking the reader's language."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from palier.foundation import language
from palier.foundation.charts.gallery import GALLERY

ROOT = Path(__file__).parents[3] / "templates"


@cache
def environment() -> Environment:
    """The environment every page, mail and document is rendered with."""
    env = Environment(
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
    env.filters |= {
        "points": language.points, "signed": language.signed, "percent": language.percent, "day": language.day,
        "hour": language.hour, "number": language.number, "joined": language.joined,
    }  # fmt: skip
    env.globals |= {
        "charts": GALLERY,
        "language_name": language.language_name,
        "current_locale": language.current,
    }
    return env


def _is_markup(template: str | None) -> bool:
    """Everything but the plain text of a mail, where an escaped apostrophe would be read as such."""
    return template is None or not template.endswith(".txt")


def render(template: str, **context: Any) -> str:
    """`template` as text, in the language in use."""
    return environment().get_template(template).render(**context)
