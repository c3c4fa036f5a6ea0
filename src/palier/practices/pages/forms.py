"""The form of a practice: read into a sheet, shown again as typed."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from palier.foundation.actor import Actor
from palier.foundation.identifiers import new_id
from palier.foundation.language import gettext as _
from palier.practices import wording
from palier.practices.flows.writing import Unacceptable
from palier.practices.rules.sheets import MOST_SERVED, Contact, Measure, Served, Sheet
from palier.questionnaires.rules import Questionnaire

Raw = Mapping[str, str]
Errors = dict[str, str]
KPI = ("kpi_name", "kpi_unit", "kpi_before", "kpi_after")


def op_of(raw: Raw) -> UUID:
    """The operation id of a form; one of its own when it came without."""
    try:
        return UUID(raw.get("op", ""))
    except ValueError:
        return new_id()


def whole(raw: Raw, name: str, default: int) -> int:
    """A whole number as typed; 0, which no field accepts, when it is none."""
    text = raw.get(name, "") or str(default)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def lines(raw: Raw, name: str) -> tuple[str, ...]:
    """The lines of a text that say something."""
    return tuple(line.strip() for line in raw.get(name, "").split("\n") if line.strip())


def one_line(text: str) -> str:
    """A title is one line, whatever was pasted."""
    return " ".join(text.split())


def read_sheet(
    raw: Raw, actor: Actor, known: Mapping[str, Questionnaire], before: Sheet | None
) -> tuple[Sheet, Errors]:
    """The form, with what could not be read. `before`: the sheet as it stands; its contact may be kept, not chosen."""
    errors: Errors = {}
    sheet = Sheet(
        one_line(raw.get("title", "")), raw.get("done", ""), raw.get("context", ""), raw.get("named") != "no",
        read_serves(raw, known, errors), raw.get("effect", ""), _measure(raw, errors), whole(raw, "months", 3),
        whole(raw, "effort", 2), raw.get("watch", ""), lines(raw, "steps"), lines(raw, "links"),
        _contact(raw, actor, before.contact if before else None),
    )  # fmt: skip
    return sheet, errors


def read_serves(raw: Raw, known: Mapping[str, Questionnaire], errors: Errors) -> tuple[Served, ...]:
    """The criteria chosen with their levels, in the order of the form."""
    found = []
    for n in range(1, MOST_SERVED + 1):
        topic = raw.get(f"criterion-{n}", "")
        if not topic:
            continue
        questionnaire = known.get(topic.partition("/")[0])
        code = topic.partition("/")[2]
        low, high = whole(raw, f"from-{n}", 1), whole(raw, f"to-{n}", 0)
        if questionnaire is None or code not in questionnaire.index.positions:
            errors[f"criterion-{n}"] = _("Choose a criterion of the list")
        elif not 1 <= low < high <= len(questionnaire.criterion(code).scale.values):
            errors[f"criterion-{n}"] = _("The level reached must be above the level of departure")
        else:
            found.append(Served(questionnaire.id, questionnaire.dimension_of(code).code, code, low, high))
    return tuple(found)


def _measure(raw: Raw, errors: Errors) -> Measure | None:
    if not any(raw.get(name) for name in KPI):
        return None
    if not raw.get("kpi_name"):
        errors["kpi_name"] = _("Name the indicator")
    before, after = _figure(raw, "kpi_before", errors), _figure(raw, "kpi_after", errors)
    if before is None or after is None:
        return None
    return Measure(raw.get("kpi_name", ""), raw.get("kpi_unit", ""), before, after)


def _figure(raw: Raw, name: str, errors: Errors) -> Decimal | None:
    text = raw.get(name, "").replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace(",", ".")
    try:
        value = Decimal(text)
        if not value.is_finite() or abs(value) >= Decimal("1e9"):
            raise InvalidOperation
        return value.quantize(Decimal("0.001"))
    except InvalidOperation:
        errors[name] = _("Write a figure, such as 12 or 3.5")
        return None


def _contact(raw: Raw, actor: Actor, before: Contact | None) -> Contact | None:
    """Oneself or nobody: a colleague already named stays until somebody takes the name out."""
    match raw.get("contact"):
        case "me":
            return Contact(str(actor.person_id), actor.person.name, actor.person.email)
        case "keep":
            return before
        case _:
            return None


def errors_of(refused: Unacceptable) -> Errors:
    """The faults beside their fields."""
    return {
        "criterion-1" if fault.field == "serves" else fault.field: wording.fault_words(fault)
        for fault in refused.faults
    }


def typed(sheet: Sheet, locale: str, actor: Actor) -> dict[str, Any]:
    """A sheet as the form's fields hold it."""
    measure = sheet.measure
    values: dict[str, Any] = {
        "title": sheet.title, "done": sheet.done, "context": sheet.context, "named": "yes" if sheet.named else "no",
        "effect": sheet.effect, "months": sheet.months, "effort": sheet.effort, "watch": sheet.watch,
        "steps": "\n".join(sheet.steps), "links": "\n".join(sheet.links), "locale": locale,
        "kpi_name": measure.name if measure else "", "kpi_unit": measure.unit if measure else "",
        "kpi_before": wording.figure(measure.before) if measure else "",
        "kpi_after": wording.figure(measure.after) if measure else "",
        "contact": _contact_value(sheet.contact, actor),
    }  # fmt: skip
    return values | serves_typed(sheet.serves)


def serves_typed(serves: tuple[Served, ...]) -> dict[str, Any]:
    """The criteria as the form's fields hold them."""
    values: dict[str, Any] = {}
    for n, one in enumerate(serves, 1):
        values |= {
            f"criterion-{n}": f"{one.questionnaire}/{one.criterion}",
            f"from-{n}": one.from_level,
            f"to-{n}": one.to_level,
        }
    return values


def _contact_value(contact: Contact | None, actor: Actor) -> str:
    if contact is None:
        return "none"
    return "me" if contact.person == str(actor.person_id) else "keep"
