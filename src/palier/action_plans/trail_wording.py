"""What happened to an action, in sentences, from the trail."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from palier.action_plans.trail import Event
from palier.action_plans.wording import field_words, figure, value_words
from palier.conversations import wording as conversations
from palier.foundation.language import gettext as _


def history_words(event: Event) -> list[str]:
    """What an entry of the trail tells, one sentence each; details that were erased tell nothing."""
    changes = changes_words(event.details.get("changes", {}))
    sentence = _sentences().get(event.verb.removeprefix("action_plans."))
    if source := event.details.get("source"):
        changes = [*changes, _("From the file %(name)s") % {"name": source}]
    if sentence is None:
        return conversations.told(event.verb, event.details) or changes or [_("Changed")]
    details = defaultdict(lambda: "\u2013", event.details)
    if "value" in details:
        details["value"] = figure(details["value"])
    return [sentence % details, *changes]


def _sentences() -> dict[str, str]:
    return {
        "lever_adopted": _("Adopted from the suggestions"),
        "practice_adopted": _("Adopted from the practices of the network"),
        "told_as_practice": _("Told to the network as a practice"),
        "action_added": _("Added"),
        "kpi_measured": _("Measured: %(value)s"),
        "kpi_reading_removed": _("Measure taken back: %(value)s"),
        "step_done": _("Step done: %(step)s"),
        "step_reopened": _("Step to do again: %(step)s"),
        "step_added": _("Step added: %(step)s"),
        "steps_rewritten": _("Steps rewritten"),
        "dependency_added": _("Waits for “%(requires)s”"),
        "dependency_removed": _("No longer waits for “%(requires)s”"),
        "action_reviewed": _("Reviewed"),
        "reminder_answered": _("From a reminder’s link"),
    }


def changes_words(changes: Mapping[str, Any]) -> list[str]:
    """ "Due date: 3 nov. 2026 → 10 nov. 2026"; a long text is only said to have changed."""
    return [
        _("%(field)s changed") % {"field": field_words(name)}
        if name in ("finding", "cause", "evidence")
        else _("%(field)s: %(before)s → %(after)s")
        % {
            "field": field_words(name),
            "before": value_words(name, pair[0]),
            "after": value_words(name, pair[1]),
        }
        for name, pair in changes.items()
    ]
