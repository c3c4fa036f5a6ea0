"""The words of practices: states, faults, whom a practice comes from, the criteria it serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from palier.foundation.language import LOCALES, current, language_name, ngettext, number
from palier.foundation.language import gettext as _
from palier.network.wording import families, label, sectors
from palier.practices.rules.sheets import LONGEST, MOST_LINKS, MOST_MONTHS, MOST_STEPS, Fault, Served, Sheet
from palier.practices.store import LeverState, SharedPractice, VersionState
from palier.questionnaires.rules import Criterion, Dimension, Questionnaire


def state_words(state: str) -> str:
    """How far a version is."""
    return {
        VersionState.DRAFT: _("Draft"), VersionState.PROPOSED: _("Waiting for the network’s staff"),
        VersionState.PUBLISHED: _("Published to members"), VersionState.SENT_BACK: _("Sent back"),
        VersionState.WITHDRAWN: _("No longer shared"),
    }[VersionState(state)]  # fmt: skip


def state_kind(state: str) -> str:
    """The look of the tag that tells it."""
    looks = {VersionState.PUBLISHED: "ok", VersionState.PROPOSED: "accent", VersionState.SENT_BACK: "warn"}
    return looks.get(VersionState(state), "")


def lever_state_words(state: str) -> str:
    """Whether members' plans propose a lever."""
    return {
        LeverState.DRAFT: _("Draft"), LeverState.PUBLISHED: _("Proposed in members’ plans"),
        LeverState.WITHDRAWN: _("No longer proposed in plans"),
    }[LeverState(state)]  # fmt: skip


def author_words(row: SharedPractice) -> str:
    """Whom it comes from, as the author chose: its name, or its sector and size."""
    return row.organisation_name or unnamed_words(row.sector, row.family)


def unnamed_words(sector: str, family: str) -> str:
    """An organisation that is not named."""
    known = sectors().get(sector) or families().get(family)
    return (
        _("An organisation of the sector “%(sector)s”") % {"sector": known}
        if known
        else _("An organisation of the network")
    )


def context_words(row: SharedPractice) -> list[str]:
    """Sector and size, where they are known and not said already."""
    sector = label("sector", row.sector) if row.organisation_name and row.sector else ""
    return [words for words in (sector, label("size", row.size) if row.size else "") if words]


def adopters_words(row: SharedPractice) -> str:
    """How many took it up, or nothing under k."""
    words = ngettext(
        "Adopted by %(num)s organisation or more", "Adopted by %(num)s organisations or more", row.adopters
    )
    return words % {"num": number(row.adopters)} if row.adopters else ""


def figure(value: Decimal) -> str:
    """A measured value without idle zeros."""
    exact = value.normalize()
    return number(exact, max(0, -int(exact.as_tuple().exponent)))


def measure_words(sheet: Sheet) -> str:
    """What was measured, in one line."""
    measure = sheet.measure
    if measure is None:
        return ""
    return _("%(name)s: from %(before)s to %(after)s %(unit)s") % {
        "name": measure.name, "before": figure(measure.before), "after": figure(measure.after), "unit": measure.unit,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServedWords:
    """A criterion a practice serves, in the reader's words."""

    code: str
    label: str
    questionnaire: str
    from_level: int
    to_level: int
    topic: str


def served_words(serves: tuple[Served, ...], known: Mapping[str, Questionnaire]) -> list[ServedWords]:
    """Each criterion with its name; one that is no longer asked keeps its code alone."""
    return [_served(one, known.get(one.questionnaire)) for one in serves]


def _served(one: Served, questionnaire: Questionnaire | None) -> ServedWords:
    asked = questionnaire is not None and one.criterion in questionnaire.index.positions
    return ServedWords(
        one.criterion,
        questionnaire.criterion(one.criterion).label.in_(current()) if questionnaire and asked else "",
        questionnaire.title.in_(current()) if questionnaire else one.questionnaire,
        one.from_level,
        one.to_level,
        f"{one.questionnaire}/{one.criterion}",
    )


def topic_choices(
    topics: Mapping[str, int], known: Mapping[str, Questionnaire]
) -> list[tuple[str, list[tuple[str, str]]]]:
    """What there is to choose among: each questionnaire with its dimensions and criteria that practices serve."""
    groups = []
    for code, questionnaire in known.items():
        if code in topics:
            whole = (code, counted(_("The whole questionnaire"), topics[code]))
            groups.append((questionnaire.title.in_(current()), [whole, *_parts(questionnaire, topics)]))
    return groups


def _parts(questionnaire: Questionnaire, topics: Mapping[str, int]) -> list[tuple[str, str]]:
    found = []
    for dimension in questionnaire.dimensions:
        parts: list[Dimension | Criterion] = [dimension, *dimension.criteria]
        for part in parts:
            topic = f"{questionnaire.id}/{part.code}"
            if topic in topics:
                words = f"{part.code} {part.label.in_(current())}"
                found.append((topic, counted(words, topics[topic])))
    return found


def counted(words: str, count: int) -> str:
    """ "SX1 Leadership (3)"."""
    return f"{words} ({number(count)})"


def criterion_choices(known: Mapping[str, Questionnaire]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every criterion of every questionnaire, for a form; values are "SX/SX1.1.1"."""
    return [
        (
            one.title.in_(current()),
            [(f"{one.id}/{c.code}", f"{c.code} {c.label.in_(current())}") for c in one.criteria],
        )
        for one in known.values()
    ]


def fault_words(fault: Fault) -> str:
    """What to put right."""
    match fault.rule:
        case "missing":
            return (
                _("Choose at least one criterion")
                if fault.field in ("serves", "criterion-1")
                else _("Fill in this field")
            )
        case "too_long":
            return _too_long(fault.field.partition("-")[0])
        case "range":
            return (
                _("Write a number of months between 1 and %(most)s") % {"most": MOST_MONTHS}
                if fault.field == "months"
                else _("Choose an effort from 1 to 5")
            )
        case "address":
            return _("Write whole web addresses that start with https://, one a line")
        case "twice":
            return _("The same criterion is chosen twice")
        case "uneven":
            return _("Write as many steps in English as in French")
        case "order":
            return _("The level reached must be above the level of departure")
        case _:
            return _("This value cannot be used here")


def _too_long(field: str) -> str:
    if field == "steps":
        words = _("At most %(lines)s steps of %(most)s characters each")
        return words % {"lines": MOST_STEPS, "most": LONGEST["steps"]}
    if field == "links":
        words = _("At most %(lines)s links of %(most)s characters each")
        return words % {"lines": MOST_LINKS, "most": LONGEST["links"]}
    return _("This text is too long: %(most)s characters at most") % {"most": number(LONGEST[field])}


def language_choices() -> list[tuple[str, str]]:
    """The languages a practice may be written in."""
    return [(locale, language_name(locale)) for locale in LOCALES]


def effort_choices() -> list[tuple[str, str]]:
    """Efforts with their figure."""
    words = {1: _("Low"), 2: _("Low"), 3: _("Medium"), 4: _("High"), 5: _("High")}
    return [(str(n), f"{n} \u2013 {words[n]}") for n in range(1, 6)]


def effort_words(effort: int) -> str:
    """Effort 1-5 in three words."""
    return _("Low") if effort < 3 else _("Medium") if effort == 3 else _("High")
