"""What of a form is kept as a preset: how a document is made, never what it is about."""

from collections.abc import Mapping

SUBJECT = frozenset({"assessment", "plan", "action"})
"""Fields that say what a document is about: another time, it is about something else."""

CONTROLS = frozenset({"op", "preset", "preset-name"})
"""Fields of the form itself."""

LONGEST_NAME = 80
MOST_FIELDS, LONGEST_FIELD = 60, 400
MOST_PRESETS = 40
"""Of one organisation, or of one consultant."""


def kept(raw: Mapping[str, str]) -> dict[str, str]:
    """The form's fields as a preset keeps them: raw, so that they are judged each time they are used."""
    fields = {
        name: text
        for name, text in raw.items()
        if name not in SUBJECT | CONTROLS and not name.startswith("_") and len(name) <= LONGEST_NAME
    }
    return {name: fields[name][:LONGEST_FIELD] for name in sorted(fields)[:MOST_FIELDS]}
