"""The words of a plan taken away and brought back: columns, what may be chosen, what is wrong with a line."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from palier.action_plans import wording
from palier.action_plans.rules.action_lines import Fault, Reason, Words
from palier.action_plans.rules.action_merging import Change, told
from palier.action_plans.rules.life import ActionStatus, Channel, Stage
from palier.foundation.filled_sheets import Heads, folded
from palier.foundation.language import LOCALES, ngettext, speaking
from palier.foundation.language import gettext as _

_CLOSED: dict[str, tuple[tuple[Any, ...], Callable[[Any], str]]] = {
    "status": (tuple(ActionStatus), wording.status_words),
    "stage": (tuple(Stage), wording.stage_words),
    "channels": (tuple(Channel), wording.channel_words),
    "kpi_direction": (("up", "down"), wording.direction_words),
}


def heads() -> dict[str, str]:
    """What the columns of a plan's actions are called."""
    names = (
        "title", "serves", "finding", "cause", "evidence", "owner", "sponsor", "sponsor_email", "starts_on", "due_on",
        "status", "progress", "effort", "impact", "cost", "stage", "blocked", "blocked_reason", "channels",
        "next_review_on", "kpi_name", "kpi_unit", "kpi_direction", "kpi_baseline", "kpi_target", "currency",
    )  # fmt: skip
    return {name: wording.field_words(name) for name in names} | {
        "review_every_months": _("Months between reviews"), "kpi_source": _("Source of the indicator"), "steps": _("Steps"),
        "waits_for": _("Waits for"), "late": _("Late"), "gain": _("Estimated gain, in points"),
        "last_measure": _("Last measure"), "lever": _("Lever"), "mark": _("Mark (leave as it is)"),
    }  # fmt: skip


def choosable() -> dict[str, tuple[str, ...]]:
    """The words of the columns with a closed list of one choice."""
    one = {
        name: tuple(words(value) for value in values)
        for name, (values, words) in _CLOSED.items()
        if name != "channels"
    }
    return one | {"blocked": (_("yes"), _("no"))}


@dataclass(frozen=True, slots=True)
class Known:
    """The heads and words a file may use, in any language of the interface or as they are stored."""

    heads: Heads
    words: Words


@cache
def known_words() -> Known:
    """What a file may say."""
    closed: dict[str, dict[str, Any]] = {name: {} for name in (*_CLOSED, "blocked")}
    named = []
    for locale in LOCALES:
        with speaking(locale):
            named.append(heads())
            for name, (values, words) in _CLOSED.items():
                for value in values:
                    closed[name] |= {folded(value): value, folded(words(value)): value}
            closed["blocked"] |= {
                "yes": True,
                "no": False,
                "x": True,
                folded(_("yes")): True,
                folded(_("no")): False,
            }
    return Known(Heads(named), Words(closed))


# --- what a file does -------------------------------------------------------------------------------------------------


def told_changes(change: Change) -> list[tuple[str, str, str]]:
    """Each field a line changes: what it is called, what stands, what it becomes; of a new action there is no before."""
    stands = change.before
    steps = {"steps": list(change.steps or (stands.steps if stands else ()))}
    after = {**change.line.values, **_settled(change), **steps}
    if stands is None:
        return [
            (heads()[name], "", _words(name, after.get(name))) for name in change.fields if name != "title"
        ]
    before = told(stands.facts, stands.owner, stands.sponsor) | {"steps": list(stands.steps)}
    return [
        (heads()[name], _words(name, before.get(name)), _words(name, after.get(name)))
        for name in change.fields
    ]


def _settled(change: Change) -> dict[str, Any]:
    """What the status decides is shown as it will be, whatever the file says."""
    names = ("progress", "stage", "blocked", "blocked_reason")
    return {name: getattr(change.facts, name) for name in names}


def _words(name: str, value: Any) -> str:
    if name == "steps":
        return " · ".join(value) or "\u2013"
    return wording.value_words(name, value)


def brought_words(created: int, changed: int, kept: int) -> str:
    """What a file has done."""
    made = ngettext("%(num)s action created", "%(num)s actions created", created) % {"num": created}
    other = ngettext("%(num)s changed", "%(num)s changed", changed) % {"num": changed}
    done = _("From the file: %(made)s, %(changed)s.") % {"made": made, "changed": other}
    if not kept:
        return done
    left = ngettext(
        "%(num)s action stays as it is: somebody else changed it too.",
        "%(num)s actions stay as they are: somebody else changed them too.", kept,
    )  # fmt: skip
    return f"{done} {left % {'num': kept}}"


def fault_words(one: Fault) -> str:
    """What is wrong and what to do about it."""
    if one.rule:
        return wording.fault_words(one.rule)
    told_ = {
        Reason.NO_TITLE_COLUMN: _("No column holds the titles of actions. Keep the heads of the workbook."),
        Reason.REPEATED_COLUMN: _("Two columns have this head. Keep one."),
        Reason.TOO_MANY_LINES: _("A file brings at most %(value)s actions. Bring the rest in a second file."),
        Reason.REPEATED: _("The same action as on line %(value)s. Keep one line; to add an action, fill in a new line."),
        Reason.GONE: _("This action is no longer in the plan. To add it anew, type it on a new line."),
        Reason.FORMULA: _("A formula is not read. Type its result as text."),
        Reason.DATE: _("The cell holds a date. Format it as text, then type it again."),
        Reason.ERROR: _("The cell holds an error of the spreadsheet. Type what it should say."),
        Reason.TOO_LONG: _("The text is too long. Shorten it."),
        Reason.NOT_A_DATE: _("Not a date. Write it as 2027-01-31 or 31/01/2027."),
        Reason.NOT_A_NUMBER: _("Not a number. Write figures only."),
        Reason.UNKNOWN_WORD: _("Choose one of the words listed, or leave the cell empty."),
        Reason.UNKNOWN_CRITERION: _("Write criteria with the level to reach, as in SX1.1.1=3; SX1.2.1=4, from the rounds of the plan."),
        Reason.UNKNOWN_PERSON: _("Nobody of this name is here. Write the name of a member, or leave the cell empty."),
        Reason.SEVERAL_PEOPLE: _("Several people have this name. Choose the person on the page of the action."),
        Reason.STEPS: wording.steps_fault_words(one.value).replace("%", "%%"),
    }  # fmt: skip
    return told_[one.reason] % {"value": one.value}
