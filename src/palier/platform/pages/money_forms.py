"""What the staff type about money: terms of an agreement, lines of an invoice, amounts."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from palier.association.pages.forms import date_in
from palier.billing.rules.agreements import Terms
from palier.foundation.language import gettext as _
from palier.invoicing.flows.issuing import Draft
from palier.invoicing.rules.money import Line

LINES = 4
"""Lines an invoice has room for on the form: an offer, what is further, and two more."""

_MOST = 100_000_000
"""Cents of one price: a million euros."""

Errors = dict[str, str]


def terms_in(raw: Mapping[str, str], default: int = 0) -> tuple[Terms | None, Errors]:
    """The terms typed, or what is wrong with each field. An empty number is `default`."""
    starts, ends = date_in(raw, "starts"), date_in(raw, "ends")
    days = {"starts": starts, "ends": ends}
    errors = {name: _("Write a date, such as 31 12 2026") for name, day in days.items() if day is None}
    typed = raw.get("quantity", "").strip()
    if typed and not re.fullmatch(r"[0-9]{1,6}", typed):
        errors["quantity"] = _("Write a whole number")
    if starts is None or ends is None or errors:
        return None, errors
    terms = Terms(starts, ends, int(typed) if typed else default, raw.get("free") == "yes")
    if not terms.sound:
        return None, {"ends": _("The last day comes after the first one, within five years")}
    return terms, {}


def draft_in(raw: Mapping[str, str]) -> tuple[Draft | None, Errors]:
    """The lines typed, or what is wrong with each field. A line without a description is left out."""
    lines, errors = [], dict[str, str]()
    for place in range(1, LINES + 1):
        line, wrong = _line(raw, place)
        errors |= wrong
        lines += [line] if line else []
    if not lines and not errors:
        errors["label-1"] = _("Write what is invoiced")
    starts, ends = date_in(raw, "since"), date_in(raw, "until")
    for name, day in (("since", starts), ("until", ends)):
        if day is None and any(raw.get(f"{name}-{part}", "").strip() for part in ("day", "month", "year")):
            errors[name] = _("Write a date, such as 31 12 2026")
    if (starts is None) != (ends is None) or (starts and ends and ends < starts):
        errors.setdefault("until", _("Write both days, the last one after the first, or none"))
    return (None, errors) if errors else (Draft(tuple(lines), starts, ends, _text(raw, "note", 300)), {})


def _line(raw: Mapping[str, str], place: int) -> tuple[Line | None, Errors]:
    label, reason = _text(raw, f"label-{place}", 160), _text(raw, f"reason-{place}", 100)
    if not label:
        return None, {}
    quantity = raw.get(f"quantity-{place}", "").strip() or "1"
    unit, discount = cents(raw.get(f"unit-{place}", "")), cents(raw.get(f"discount-{place}", "") or "0")
    errors = (
        {} if re.fullmatch(r"[1-9][0-9]{0,5}", quantity) else {f"quantity-{place}": _("Write a whole number")}
    )
    amounts = {f"unit-{place}": unit, f"discount-{place}": discount}
    errors |= {
        name: _("Write an amount, such as 1200 or 99,50") for name, value in amounts.items() if value is None
    }
    if discount and not reason:
        errors[f"reason-{place}"] = _("Say what the discount is for")
    if errors or unit is None or discount is None:
        return None, errors
    if discount > int(quantity) * unit:
        return None, {f"discount-{place}": _("The discount is more than the line")}
    return Line(label, int(quantity), unit, discount, reason if discount else ""), {}


def cents(text: str) -> int | None:
    """An amount as people type it ("1 200", "99,50", "99.50") in cents; None for anything else."""
    bare = re.sub(r"[\s\u00a0\u202f€]", "", text).replace(",", ".")
    try:
        amount = Decimal(bare) * 100
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount != amount.to_integral_value() or not 0 <= amount <= _MOST:
        return None
    return int(amount)


def _text(raw: Mapping[str, str], name: str, most: int) -> str:
    return " ".join(raw.get(name, "").split())[:most]
