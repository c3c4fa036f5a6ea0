"""The words of plans: statuses, efforts, terms of the formula, faults, and what happened to an action."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from palier.action_plans.rules.agenda import Span
from palier.action_plans.rules.checklist import LONGEST_STEP, MOST_STEPS
from palier.action_plans.rules.life import LONGEST, ActionStatus, Channel, Fault, Stage
from palier.action_plans.rules.reminders import Kind
from palier.action_plans.rules.suggestions import Order, Quadrant
from palier.conversations.mails import MENTION
from palier.foundation.language import day, ngettext, number, pgettext, signed
from palier.foundation.language import gettext as _
from palier.practices.rules.offers import Offer


def status_words(status: str) -> str:
    """Where an action stands."""
    return {
        ActionStatus.PLANNED: _("Planned"),
        ActionStatus.IN_PROGRESS: _("In progress"),
        ActionStatus.DONE: _("Done"),
    }[ActionStatus(status)]


def column_words(status: str) -> str:
    """The heading over several actions of a status."""
    return {
        ActionStatus.PLANNED: pgettext("actions", "Planned"),
        ActionStatus.IN_PROGRESS: _("In progress"),
        ActionStatus.DONE: pgettext("actions", "Done"),
    }[ActionStatus(status)]


def status_choices() -> list[tuple[str, str]]:
    """Statuses in their order."""
    return [(status.value, status_words(status)) for status in ActionStatus]


def span_words(span: Span) -> str:
    """How near a due date is, as a heading."""
    return {
        Span.LATE: _("Overdue"),
        Span.THIS_WEEK: _("This week"),
        Span.SOON: _("In the next 30 days"),
        Span.LATER: _("Later"),
        Span.UNDATED: _("Without a due date"),
    }[span]


def channel_words(channel: str) -> str:
    """Where people meet the service."""
    return {
        Channel.COUNTER: _("Counter"), Channel.PHONE: _("Telephone"), Channel.MAIL: _("Letters"),
        Channel.EMAIL: _("E-mail"), Channel.WEB: _("Website"), Channel.APP: _("Mobile app"),
        Channel.MESSAGING: _("Messaging"), Channel.SOCIAL: _("Social networks"),
        Channel.FIELD: _("In the field"), Channel.PARTNER: _("Partners"),
    }[Channel(channel)]  # fmt: skip


def channel_choices() -> list[tuple[str, str]]:
    """Channels in their order."""
    return [(channel.value, channel_words(channel)) for channel in Channel]


def reminder_choices() -> list[tuple[str, str, str]]:
    """Each letter about actions and rounds: its kind, what it is called, when it is sent."""
    return [
        (
            Kind.DIGEST, _("Weekly digest"),
            _("On Monday: your overdue actions and those due within two weeks; for those who lead, what is overdue elsewhere too."),
        ),
        (Kind.SOON, _("A week before"), _("Seven days before the date of an action you carry.")),
        (Kind.LATE, _("The day after"), _("The day after the date of an action you carry, when it is not done.")),
        (Kind.SPONSOR, _("As a sponsor"), _("When an action you sponsor is two weeks overdue.")),
        ("round", _("What I am asked to answer"), _("On the days a round’s lead chose, while something asked of you has no answer.")),
        (MENTION, _("Mentions"), _("At once, when a comment calls you by name.")),
    ]  # fmt: skip


def due_words(due_on: date, today: date) -> str:
    """A due date, and how far it is from the reader's day."""
    days = (due_on - today).days
    values = {"on": day(due_on), "days": number(abs(days))}
    if days == 0:
        return _("due today, %(on)s") % values
    if days == 1:
        return _("due tomorrow, %(on)s") % values
    if days > 0:
        return ngettext("due on %(on)s, in %(days)s day", "due on %(on)s, in %(days)s days", days) % values
    late = ngettext("was due on %(on)s, %(days)s day ago", "was due on %(on)s, %(days)s days ago", -days)
    return late % values


def effort_words(effort: int) -> str:
    """Effort 1-5 in three words."""
    if effort < 3:
        return _("Low")
    return _("Medium") if effort == 3 else _("High")


def effort_choices() -> list[tuple[str, str]]:
    """Efforts with their figure."""
    return [(str(n), f"{n} \u2013 {effort_words(n)}") for n in range(1, 6)]


def stage_words(stage: str) -> str:
    """The turn of the wheel an action is at."""
    return {
        Stage.PLAN: pgettext("stage", "Plan"),
        Stage.DO: pgettext("stage", "Do"),
        Stage.CHECK: pgettext("stage", "Check"),
        Stage.ACT: pgettext("stage", "Act"),
    }[Stage(stage)]


def stage_choices() -> list[tuple[str, str]]:
    """Stages in their order."""
    return [(stage.value, stage_words(stage)) for stage in Stage]


def rhythm_choices() -> list[tuple[str, str]]:
    """How often an action may be reviewed."""
    return [(str(months), rhythm_words(months)) for months in (1, 2, 3, 6, 12)]


def rhythm_words(months: int) -> str:
    """How often an action is reviewed."""
    return ngettext("Every month", "Every %(num)s months", months) % {"num": months}


def weight_choices() -> list[tuple[str, str]]:
    """How much a dimension matters."""
    words = (_("Not a priority"), _("As usual"), _("Important"), _("Very important"))
    return [(str(n), f"{n} \u2013 {text}") for n, text in enumerate(words)]


def order_choices() -> list[tuple[str, str]]:
    """How suggestions may be sorted."""
    words = {Order.BALANCE: _("Balance"), Order.GAIN: _("Gain"), Order.EFFORT: _("Effort")}
    return [(order.value, words[order]) for order in words]


def order_note(order: Order) -> str:
    """What a sort does, in a sentence."""
    return {
        Order.BALANCE: _("Ranked by gain, peers, strategy and evidence, divided by effort."),
        Order.GAIN: _("Ranked by estimated gain."),
        Order.EFFORT: _("Ranked by effort, the least first."),
    }[order]


def quadrant_words(quadrant: Quadrant) -> str:
    """Gain against effort."""
    return {
        Quadrant.QUICK_WIN: _("Quick win"),
        Quadrant.PROJECT: _("Project"),
        Quadrant.FILL_IN: _("Fill-in"),
        Quadrant.DROP: _("Low priority"),
    }[quadrant]


def term_words(name: str) -> str:
    """What a term of the priority measures."""
    return {
        "gain": _("Estimated gain, in points"),
        "peer_gap": _("Gap to the top quarter of peers, in points"),
        "strategy": _("Strategic weight, 0 to 3"),
        "evidence_gap": _("Declared but not supported, in points"),
    }[name]


def gain_words(gain: Any) -> str:
    """Points gained, with their sign and unit: "+0,8 pt"."""
    unit = _("pts") if abs(gain) >= 2 else _("pt")
    return f"{signed(gain)}\u00a0{unit}"


def source_line(offer: Offer) -> str:
    """Where a lever from outside the questionnaire comes from, as a plan keeps it."""
    if offer.practice is None:
        return _("Source: lever of %(network)s") % {"network": offer.network}
    title = offer.lever.title.in_(offer.locale)
    if not offer.organisation:
        return _("Source: practice “%(title)s”, %(network)s") % {"title": title, "network": offer.network}
    words = _("Source: practice “%(title)s” of %(organisation)s, %(network)s")
    return words % {"title": title, "organisation": offer.organisation, "network": offer.network}


def fault_words(fault: Fault) -> str:
    """What to put right."""
    match fault.rule:
        case "missing":
            return _missing(fault.field)
        case "unknown":
            return _("This is not an e-mail address")
        case "too_long":
            most = number(LONGEST[fault.field])
            return _("This text is too long: %(most)s characters at most") % {"most": most}
        case "order":
            return _("The due date must not be before the start")
        case "wrong_way":
            return _("The target must lie beyond the baseline, in the direction chosen")
        case _:
            return _("This figure is out of range")


def steps_fault_words(rule: str) -> str:
    """What to put right in a list of steps."""
    if rule == "too_long":
        return _("A step is too long: %(most)s characters at most") % {"most": number(LONGEST_STEP)}
    return _("Too many steps: %(most)s at most") % {"most": number(MOST_STEPS)}


def _missing(field: str) -> str:
    return {
        "kpi_name": _("Name the indicator"),
        "blocked_reason": _("Say what blocks the action"),
        "sponsor": _("Name the sponsor this address belongs to"),
    }.get(field, _("Give the action a title"))


def field_words(name: str) -> str:
    """What a fact of an action is called."""
    return {
        "title": _("Title"), "finding": _("Finding"), "serves": _("Criteria"), "owner": _("Owner"),
        "sponsor": _("Sponsor"), "starts_on": _("Start"), "due_on": _("Due date"), "status": _("Status"),
        "progress": _("Progress"), "effort": _("Effort"), "kpi_name": _("Indicator"), "kpi_unit": _("Unit"),
        "kpi_direction": _("Direction"), "kpi_baseline": _("Baseline"), "kpi_target": _("Target"), "kpi_source": _("Source"),
        "cause": _("Cause"), "evidence": _("Evidence"), "impact": _("Impact"), "cost": _("Cost"), "currency": _("Currency"),
        "stage": _("Stage"), "blocked": _("Blocked"), "blocked_reason": _("What blocks it"), "channels": _("Channels"),
        "sponsor_email": _("Address of the sponsor"), "review_every_months": _("Reviews"),
        "next_review_on": _("Next review"),
    }.get(name, name)  # fmt: skip


def value_words(name: str, value: Any) -> str:
    """A fact as a reader is told it; an en dash for none."""
    if value in (None, "", {}, [], ()):
        return "\u2013"
    return _TELLING.get(name, str)(value)


def _date_words(value: Any) -> str:
    return day(value if isinstance(value, date) else date.fromisoformat(value), "medium")


def direction_words(direction: str) -> str:
    """Which way an indicator improves."""
    return _("More is better") if direction == "up" else _("Less is better")


def figure(value: Any) -> str:
    """A measured value as typed, without idle zeros: "84", "3,4"."""
    try:
        exact = Decimal(str(value)).normalize()
    except InvalidOperation:
        return str(value)
    return number(exact, max(0, -int(exact.as_tuple().exponent)))


_TELLING: Mapping[str, Callable[[Any], str]] = {
    "starts_on": _date_words,
    "due_on": _date_words,
    "next_review_on": _date_words,
    "status": status_words,
    "stage": stage_words,
    "kpi_direction": direction_words,
    "kpi_baseline": figure,
    "kpi_target": figure,
    "cost": lambda value: f"{figure(value)}\u00a0€",
    "channels": lambda value: ", ".join(channel_words(one) for one in value),
    "blocked": lambda value: _("Yes") if value else _("No"),
    "review_every_months": lambda value: rhythm_words(int(value)),
    "effort": lambda value: dict(effort_choices()).get(str(value), str(value)),
    "impact": lambda value: dict(effort_choices()).get(str(value), str(value)),
    "progress": lambda value: f"{value}\u00a0%",
    "serves": lambda value: ", ".join(f"{code} \u2192 {level}" for code, level in value.items()),
}
"""How facts that are no plain text are told."""
