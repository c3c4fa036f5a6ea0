"""What the forms of plans send, read strictly; what cannot be read comes back as it was typed."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from uuid import UUID

from litestar.exceptions import NotFoundException

from palier.action_plans import wording
from palier.action_plans.flows.acting import Unacceptable
from palier.action_plans.flows.suggesting import Wish
from palier.action_plans.rules.life import ActionStatus, Fault
from palier.foundation.language import gettext as _

Raw = Mapping[str, str]
Errors = dict[str, str]


def op_of(raw: Raw) -> UUID:
    """The form's operation id. Raises NotFoundException for a form that is not ours."""
    return uuid_of(raw, "op")


def uuid_of(raw: Raw, name: str) -> UUID:
    """A hidden id. Raises NotFoundException."""
    try:
        return UUID(raw[name])
    except (KeyError, ValueError):
        raise NotFoundException from None


def revision_of(raw: Raw) -> int:
    """The revision the page showed. Raises NotFoundException."""
    try:
        return int(raw["rev"])
    except (KeyError, ValueError):
        raise NotFoundException from None


def status_of(raw: Raw) -> ActionStatus:
    """The status chosen. Raises NotFoundException for one that is not offered."""
    try:
        return ActionStatus(raw.get("status", ""))
    except ValueError:
        raise NotFoundException from None


def read_date(raw: Raw, name: str, errors: Errors) -> date | None:
    """The date in three boxes or one (`name`, ISO); None when all are empty, or with an error noted."""
    iso = raw.get(name)
    parts = tuple(iso.split("-"))[::-1] if iso else typed_date(raw, name)
    if not any(parts):
        return None
    try:
        found = date(int(parts[2]), int(parts[1]), int(parts[0]))
    except (ValueError, IndexError, OverflowError):
        errors[name] = _("This is not a date: day, month and year in figures")
        return None
    if not 2000 <= found.year <= 2100:
        errors[name] = _("Write the year with four figures")
        return None
    return found


def typed_date(raw: Raw, name: str) -> tuple[str, str, str]:
    """Day, month, year as typed."""
    return raw.get(f"{name}-day", ""), raw.get(f"{name}-month", ""), raw.get(f"{name}-year", "")


def read_owner(raw: Raw, name: str, errors: Errors) -> UUID | None:
    """The person chosen; None for nobody."""
    try:
        return UUID(raw[name]) if raw.get(name) else None
    except ValueError:
        errors[name] = unknown_owner()
        return None


def unknown_owner() -> str:
    """Told when somebody left the organisation meanwhile."""
    return _("Choose somebody of the list")


def read_figure(raw: Raw, name: str, errors: Errors) -> Decimal | None:
    """A number with a comma or a point."""
    text = (
        raw.get(name, "").replace("\u202f", "").replace("\u00a0", "").replace(" ", "").replace("\u2212", "-")
    )
    if not text:
        return None
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        value = Decimal("nan")
    if not value.is_finite() or abs(value) >= Decimal("1e11"):
        errors[name] = _("Write a number")
        return None
    return round(value, 3)


def read_whole(raw: Raw, name: str, default: int) -> int:
    """A whole number; what is none is out of every range and told so by the rules."""
    text = raw.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        return -1


def read_wish(raw: Raw, prefix: str, errors: Errors) -> Wish:
    """Owner, start and due date of one suggestion; fields are named `prefix` + owner, start, due."""
    wish = Wish(
        read_owner(raw, f"{prefix}owner", errors),
        read_date(raw, f"{prefix}start", errors),
        read_date(raw, f"{prefix}due", errors),
    )
    if wish.starts_on and wish.due_on and wish.due_on < wish.starts_on:
        errors[f"{prefix}due"] = wording.fault_words(Fault("due", "order"))
    return wish


def field_errors(refused: Unacceptable) -> Errors:
    """What the rules refuse, by form field."""
    return {fault.field: wording.fault_words(fault) for fault in refused.faults}
