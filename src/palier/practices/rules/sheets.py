"""What a practice tells: its sheet, what must be told before it is proposed, and its plain form for the tables."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

LONGEST: Final = {
    "title": 160, "done": 4000, "context": 1000, "effect": 2000, "watch": 2000, "steps": 300, "links": 500,
    "kpi_name": 160, "kpi_unit": 40,
}  # fmt: skip
"""The most characters a text may have; for steps and links, each of them."""

MOST_SERVED, MOST_STEPS, MOST_LINKS = 4, 10, 4
MOST_MONTHS = 60


@dataclass(frozen=True, slots=True)
class Served:
    """A criterion the practice moved, and from which level to which (1 is the first)."""

    questionnaire: str
    dimension: str
    criterion: str
    from_level: int
    to_level: int


@dataclass(frozen=True, slots=True)
class Measure:
    """An indicator before and after, in its own unit."""

    name: str
    unit: str
    before: Decimal
    after: Decimal


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who agreed to be asked; nobody is named by another."""

    person: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A practice as its author tells it, in one language.

    `named`: the organisation is named, else it is "an organisation of the sector". `months`: until the effect was
    seen. `effort`: 1 to 5, as of levers.
    """

    title: str
    done: str = ""
    context: str = ""
    named: bool = True
    serves: tuple[Served, ...] = ()
    effect: str = ""
    measure: Measure | None = None
    months: int = 3
    effort: int = 2
    watch: str = ""
    steps: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    contact: Contact | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        """What it is found under: "SX", "SX/SX1" and "SX/SX1.1.1" for each criterion it serves."""
        found: dict[str, None] = {}
        for one in self.serves:
            found |= dict.fromkeys(
                [
                    one.questionnaire,
                    *(f"{one.questionnaire}/{code}" for code in (one.dimension, one.criterion)),
                ]
            )
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Fault:
    """What keeps a sheet from being kept or proposed. `rule`: missing, too_long, range, address, order, twice."""

    field: str
    rule: str


def faults(sheet: Sheet, *, proposing: bool) -> list[Fault]:
    """Everything to put right; a draft may still lack what a proposal must tell."""
    return [*_lacking(sheet, proposing=proposing), *_out_of_bounds(sheet)]


def _lacking(sheet: Sheet, *, proposing: bool) -> Iterator[Fault]:
    wanted = ("title", "done", "effect") if proposing else ("title",)
    for name in wanted:
        if not getattr(sheet, name):
            yield Fault(name, "missing")
    if proposing and not sheet.serves:
        yield Fault("serves", "missing")


def _out_of_bounds(sheet: Sheet) -> Iterator[Fault]:
    for name in ("title", "done", "context", "effect", "watch"):
        if len(getattr(sheet, name)) > LONGEST[name]:
            yield Fault(name, "too_long")
    for name, most in (("steps", MOST_STEPS), ("links", MOST_LINKS)):
        lines = getattr(sheet, name)
        if len(lines) > most or any(len(line) > LONGEST[name] for line in lines):
            yield Fault(name, "too_long")
    if not all(is_web_address(link) for link in sheet.links):
        yield Fault("links", "address")
    if sheet.measure and (
        len(sheet.measure.name) > LONGEST["kpi_name"] or len(sheet.measure.unit) > LONGEST["kpi_unit"]
    ):
        yield Fault("kpi_name", "too_long")
    if not 1 <= sheet.months <= MOST_MONTHS:
        yield Fault("months", "range")
    if not 1 <= sheet.effort <= 5:
        yield Fault("effort", "range")
    yield from _wrong_criteria(sheet)


def _wrong_criteria(sheet: Sheet) -> Iterator[Fault]:
    if any(one.from_level >= one.to_level for one in sheet.serves):
        yield Fault("serves", "order")
    codes = [(one.questionnaire, one.criterion) for one in sheet.serves]
    if len(set(codes)) < len(codes):
        yield Fault("serves", "twice")


def is_web_address(text: str) -> bool:
    """Whether a reader may be sent there: http or https, a host, nothing hidden in between."""
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and parts.username is None
            and not any(character.isspace() or character in "\"'<>\\" for character in text)
        )  # fmt: skip
    except ValueError:
        return False


def copied(sheet: Sheet) -> Sheet:
    """The sheet for somebody else's plan: nobody's address goes along."""
    return replace(sheet, contact=None)


def to_plain(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON takes it; figures as text, exact."""
    measure, contact = sheet.measure, sheet.contact
    return {
        "title": sheet.title, "done": sheet.done, "context": sheet.context, "named": sheet.named,
        "serves": [[one.questionnaire, one.dimension, one.criterion, one.from_level, one.to_level] for one in sheet.serves],
        "effect": sheet.effect, "months": sheet.months, "effort": sheet.effort, "watch": sheet.watch,
        "steps": list(sheet.steps), "links": list(sheet.links),
        "measure": [measure.name, measure.unit, str(measure.before), str(measure.after)] if measure else None,
        "contact": [contact.person, contact.name, contact.email] if contact else None,
    }  # fmt: skip


def from_plain(plain: Mapping[str, Any]) -> Sheet:
    """The sheet `to_plain` wrote."""
    measure, contact = plain.get("measure"), plain.get("contact")
    return Sheet(
        plain["title"], plain["done"], plain["context"], plain["named"],
        tuple(Served(*row) for row in plain["serves"]), plain["effect"],
        Measure(measure[0], measure[1], Decimal(measure[2]), Decimal(measure[3])) if measure else None,
        plain["months"], plain["effort"], plain["watch"], tuple(plain["steps"]), tuple(plain["links"]),
        Contact(*contact) if contact else None,
    )  # fmt: skip
