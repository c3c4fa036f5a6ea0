"""The languages of the interface: messages by gettext, numbers and dates as each language writes them.

Sentences are written in English. Every folder of `locale` is one more language; what it does not say is said in English.
Source: docs/operations.md#one-more-language.
"""

import gettext as gnu
import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache, lru_cache, reduce
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, get_decimal_symbol
from babel.support import Translations

if TYPE_CHECKING:
    from babel.messages import Catalog

_ROOT = Path(__file__).parents[3] / "locale"
_WRITTEN = "en"
_REGIONS = {"fr": "fr_FR", "en": "en_GB"}
"""Whose dates and numbers a language follows, where its name alone would mean another country's."""


def _present() -> tuple[str, ...]:
    """French first, for whoever says nothing; English, in which all is written; then every other folder there is."""
    folders = sorted(folder.name for folder in _ROOT.iterdir() if any(folder.glob("*.po")))
    return ("fr", _WRITTEN, *(name for name in folders if name not in {"fr", _WRITTEN}))


LOCALES = _present()
_MINUS = "\u2212"

_locale: ContextVar[str] = ContextVar("locale", default="fr")
_time_zone: ContextVar[str] = ContextVar("time zone", default="Europe/Paris")

Number = int | float | Decimal | Fraction


def use(locale: str, time_zone: str = "Europe/Paris") -> None:
    """Speak `locale` and tell the time of `time_zone` from here on, in this context."""
    _locale.set(locale if locale in LOCALES else LOCALES[0])
    _time_zone.set(time_zone)


@contextmanager
def speaking(locale: str, time_zone: str = "") -> Iterator[None]:
    """Write to somebody in their language, and at the time where they live, then go on in the reader's."""
    before = _locale.set(locale if locale in LOCALES else LOCALES[0])
    there = _time_zone.set(time_zone or _time_zone.get())
    try:
        yield
    finally:
        _time_zone.reset(there)
        _locale.reset(before)


def current() -> str:
    """The language in use: one of LOCALES."""
    return _locale.get()


def time_zone() -> str:
    """Where the time is told: "Europe/Paris"."""
    return _time_zone.get()


@lru_cache(256)
def negotiate(accept_language: str) -> str:
    """The best of our languages for a browser that sends `accept_language`; browsers send few, again and again."""
    wanted = [part.split(";")[0].strip() for part in accept_language.split(",") if part.strip()]
    return negotiate_locale(wanted, LOCALES, sep="-") or LOCALES[0]


@cache
def _translations(locale: str) -> gnu.NullTranslations:
    """Every room's sentences in one dictionary, for a page looks up hundreds. A later room's word wins."""
    rooms = [_compiled(path, locale) for path in sorted((_ROOT / locale).glob("*.po"))]
    return reduce(Translations.merge, rooms) if rooms else gnu.NullTranslations()


def _compiled(path: Path, locale: str) -> Translations:
    buffer = io.BytesIO()
    write_mo(buffer, _read(path, locale))
    buffer.seek(0)
    return Translations(buffer)


def _read(path: Path, locale: str) -> "Catalog":
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def gettext(message: str) -> str:
    """`message` (English) in the language in use."""
    return _translations(current()).gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """The form for `count`; in French zero is singular."""
    return _translations(current()).ngettext(singular, plural, count)


def pgettext(context: str, message: str) -> str:
    """`message` where one English word has two French ones: `context` says which is meant."""
    return _translations(current()).pgettext(context, message)


def _region() -> str:
    locale = current()
    return _REGIONS.get(locale, locale.replace("-", "_"))


def _rounded(value: Number, decimals: int) -> Decimal:
    exact = (
        Decimal(value.numerator) / Decimal(value.denominator)
        if isinstance(value, Fraction)
        else Decimal(str(value))
    )
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP) + 0  # no zero below zero


def number(value: Number, decimals: int = 0) -> str:
    """`value` rounded half up: "62,4" and "12 345" (U+202F) in French, "62.4" and "12,345" in English; minus is U+2212."""
    return _written(_rounded(value, decimals), decimals, _region())


@lru_cache(maxsize=4096)
def _written(rounded: Decimal, decimals: int, region: str) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(rounded, pattern, locale=region).replace("-", _MINUS)


def points(value: Number | None) -> str:
    """A score, 0-100 with one decimal; an en dash where there is none."""
    return "\u2013" if value is None else number(value, 1)


def signed(value: Number, decimals: int = 1) -> str:
    """A difference with its sign: "+2,4", "\u22120,3", "0,0"."""
    rounded = _rounded(value, decimals)
    return ("+" if rounded > 0 else "") + number(rounded, decimals)


def percent(share: Number) -> str:
    """A share of one as a whole percentage: "62 %" (U+00A0) or "62%"."""
    return with_percent(number(share * 100))


def with_percent(figure: str) -> str:
    """`figure` with the sign of per cent as the language writes it: "62,5 %" (U+00A0) or "62.5%"."""
    close = Locale.parse(_region()).percent_formats[None].pattern.endswith("0%")
    return f"{figure}%" if close else f"{figure}\u00a0%"


def money(value: Decimal, currency: str) -> str:
    """An amount with its cents: "1 490,00 €" (U+202F, U+00A0) or "€1,490.00"; minus is U+2212."""
    return format_currency(_rounded(value, 2), currency, locale=_region()).replace("-", _MINUS)


def decimal_mark() -> str:
    """What stands between whole and part: "," or "."."""
    return get_decimal_symbol(_region())


def day(value: date | datetime | None, form: str = "long") -> str:
    """A date with its month in words: "3 novembre 2026"; `form="medium"` for "3 nov. 2026"."""
    if value is None:
        return "\u2013"
    local = value.astimezone(ZoneInfo(_time_zone.get())).date() if isinstance(value, datetime) else value
    return _dated(local, form, _region())


@lru_cache(maxsize=1024)
def _dated(value: date, form: str, region: str) -> str:
    said = format_date(value, format=form, locale=region)
    return f"1er{said[1:]}" if region.startswith("fr") and value.day == 1 else said


def hour(value: datetime) -> str:
    """The time of day where the reader lives: "14:32"."""
    local = value.astimezone(ZoneInfo(_time_zone.get()))
    return _clock(local.hour, local.minute, _region())


@lru_cache(maxsize=2 * 1440)
def _clock(hours: int, minutes: int, region: str) -> str:
    return format_time(time(hours, minutes), format="HH:mm", locale=region)


def joined(items: Iterable[str]) -> str:
    """ "a, b et c" / "a, b and c"."""
    every = list(items)
    if len(every) < 2:
        return "".join(every)
    last = gettext("and")
    return f"{', '.join(every[:-1])} {last} {every[-1]}"


def country_name(code: str) -> str:
    """A country by its two letters (ISO 3166), in the language in use: "Allemagne"; the letters where it has no name."""
    return Locale.parse(_region()).territories.get(code, code)


def language_name(locale: str) -> str:
    """A language in its own words: "Français", "English"."""
    own = Locale.parse(locale, sep="-")
    return (own.get_display_name(own) or locale).capitalize()
