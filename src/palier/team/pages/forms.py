"""What the forms of a team send, read strictly."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from palier.assessments.store import Unknown
from palier.foundation.language import gettext as _
from palier.respondents.rules import LONGEST, SHORTEST, Rhythm
from palier.team.flows.asking import LONGEST_VOICE, Terms, Wish

Raw = Mapping[str, str]
Errors = dict[str, str]


def op_of(raw: Raw) -> UUID:
    """The form's operation id. Raises Unknown for a form that is not ours."""
    try:
        return UUID(raw["op"])
    except (KeyError, ValueError):
        raise Unknown("form") from None


def read_day(raw: Raw, name: str, errors: Errors) -> date | None:
    """The date of a date box, None when it is empty or, with an error noted, no date."""
    if not raw.get(name):
        return None
    try:
        return date.fromisoformat(raw[name])
    except ValueError:
        errors[name] = _("This date does not exist")
        return None


def terms_of(raw: Raw, errors: Errors) -> Terms:
    """What a row was made to say."""
    if len(raw.get("voice", "")) > LONGEST_VOICE:
        errors["voice"] = _("60 characters at most")
    return Terms(raw.get("voice", ""), read_day(raw, "due", errors))


def seen_in(raw: Raw) -> Terms:
    """What the row said when the page was read."""
    return Terms(raw.get("seen-voice", ""), read_day(raw, "seen-due", {}))


def codes_in(raw: Raw) -> tuple[str, ...]:
    """The sections and criteria ticked."""
    return tuple(name.removeprefix("code-") for name in raw if name.startswith("code-"))


def wish_of(raw: Raw, errors: Errors) -> Wish:
    """Whom to ask."""
    people = frozenset(_id_in(name) for name in raw if name.startswith("person-"))
    pasted = raw.get("pasted", "")
    if not people and not pasted:
        errors["pasted"] = _("Tick somebody, or paste at least one address")
    return Wish(people, pasted, codes_in(raw), read_day(raw, "due", errors))


def _id_in(name: str) -> UUID:
    try:
        return UUID(name.removeprefix("person-"))
    except ValueError:
        raise Unknown("form") from None


def plan_of(raw: Raw, errors: Errors) -> tuple[Rhythm, int]:
    """When to remind. Raises Unknown for a rhythm that is not offered."""
    try:
        rhythm = Rhythm(raw.get("rhythm", ""))
    except ValueError:
        raise Unknown("form") from None
    if rhythm is not Rhythm.BEFORE:
        return rhythm, 7
    days = int(raw["days"]) if raw.get("days", "").isdecimal() and len(raw["days"]) < 4 else 0
    if not SHORTEST <= days <= LONGEST:
        errors["days"] = _("A number of days from 1 to 60")
    return rhythm, days
