"""An entry of the audit trail as its reader is told it: who, as what, what, about what, and what it changed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from palier.foundation.language import day, hour
from palier.foundation.language import gettext as _
from palier.network.wording import roles
from palier.privacy.rules.trail import AUTOMATIC, OWN_NAME
from palier.privacy.trail_sentences import sentences

_LONGEST = 600
"""Characters of a value on the page; the exports hold all."""
_NOTHING = "\u2013"


@dataclass(frozen=True, slots=True)
class Change:
    """One fact before and after, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """What an entry tells beside its subject: facts that changed, and facts that stand alone."""

    changes: list[Change]
    facts: list[tuple[str, str]]


def what(verb: str) -> str:
    """What happened, in words; a verb nobody put in words is shown as it is."""
    return sentences().get(verb, verb)


def who(entry: Mapping[str, Any]) -> str:
    """Who did it, by their name of today."""
    if entry["person_id"] is None:
        return "Palier"
    return entry["person"] or _("a deleted account")


def capacity(entry: Mapping[str, Any]) -> str:
    """As what they did it."""
    if entry["mandate_id"]:
        return _("Consultant by mandate")
    if not entry["role"]:
        return _("In their own name") if entry["person_id"] else _("Automatic")
    return capacities().get(entry["role"], entry["role"])


def capacities() -> dict[str, str]:
    """Every capacity somebody may act in, as the filter offers them."""
    return {
        **roles(), "network": _("Staff of the network"), "staff": _("Staff of the platform"),
        AUTOMATIC: _("Automatic"), OWN_NAME: _("In their own name"),
    }  # fmt: skip


def about(subject: str, details: Mapping[str, Any]) -> str:
    """What an entry whose subject is gone was about: the title it wrote down, else the name in its subject."""
    for key in ("title", "name", "email"):
        if isinstance(details.get(key), str) and details[key]:
            return str(details[key])
    rest = subject.partition(" ")[2]
    return "" if _is_id(rest) else rest


def _is_id(text: str) -> bool:
    try:
        UUID(text.rpartition(" ")[2])
    except ValueError:
        return False
    return True


# --- before and after -----------------------------------------------------------------------------------------------

_WITHHELD = {"after_sha256", "comment", "content_key", "link", "revision"}
"""For machines; the exports hold them."""


def told(details: Mapping[str, Any]) -> Told:
    """`details` as changes and facts, values as a reader writes them."""
    rest = {key: value for key, value in details.items() if key not in _WITHHELD}
    changes = _pairs(rest.pop("changes", None)) if isinstance(rest.get("changes"), dict) else []
    if "before" in rest or "after" in rest:
        changes += _sides(rest.pop("before", None), rest.pop("after", None))
    return Told(changes, [(label(key), value_words(key, value)) for key, value in rest.items()])


def _pairs(changes: Mapping[str, Any] | None) -> list[Change]:
    return [
        Change(label(key), value_words(key, pair[0]), value_words(key, pair[1]))
        for key, pair in (changes or {}).items()
        if isinstance(pair, list) and len(pair) == 2
    ]


def _sides(before: Any, after: Any) -> list[Change]:
    if not isinstance(before, dict) and not isinstance(after, dict):
        return [Change(_("Value"), value_words("role", before), value_words("role", after))]
    old, new = (side if isinstance(side, dict) else {} for side in (before, after))
    return [
        Change(label(key), value_words(key, old.get(key)), value_words(key, new.get(key)))
        for key in [*old, *(key for key in new if key not in old)]
        if old.get(key) != new.get(key)
    ]


def label(key: str) -> str:
    """What a fact is called."""
    return _labels().get(key) or key.replace("_", " ")


def _labels() -> dict[str, str]:
    return {
        "accent": _("Colour"), "answers": _("Answers"), "asked_by": _("Asked by"), "assessment": _("Assessment"),
        "attachments": _("Criteria"), "audiences": _("Audiences"), "batches": _("Batches"), "by": _("By"),
        "by_receipt": _("Receipt of the correction"), "called": _("People called"), "closed_at": _("Closed on"),
        "closes_on": _("Closes on"), "code": _("Criterion"), "codes": _("Criteria"),
        "consent": _("Consent"), "contact": _("Contact shown"), "corrections": _("Corrections"),
        "country": _("Country"), "days": _("Days"), "definition_hash": _("Fingerprint of the questionnaire"),
        "due": _("Due date"), "due_on": _("Due date"), "edition": _("Edition"), "effort": _("Effort"),
        "email": _("E-mail address"), "ending": _("How it ended"), "ends_on": _("Last day"), "entries": _("Entries"),
        "evidence_grade": _("Evidence"), "family": _("Family of sectors"), "faults": _("Faults"), "file": _("File"),
        "filters": _("Filters"), "finding": _("Finding"), "format": _("Format"), "gain": _("Expected gain"),
        "given": _("Given"), "guest": _("Guest"), "hash": _("Fingerprint"), "in_time": _("In time"),
        "invited": _("Invited as"), "joined": _("Joined on"), "joined_as": _("Joined as"), "kept": _("Left as it was"),
        "kind": _("Kind"), "legal_group": _("Group"), "legal_kind": _("Legal kind"), "level": _("Level"),
        "lever": _("Lever"), "link": _("Link"), "locale": _("Language"), "mailed": _("Sent by mail"),
        "marked": _("Marked"), "members": _("Members"), "messages": _("Messages"), "method": _("How"),
        "name": _("Name"), "note": _("Note"), "of": _("Taken from"), "on": _("Date"), "opens_on": _("Opens on"),
        "owner": _("Owner"), "pages": _("Pages"), "parent": _("Parent"), "password": _("With a password"),
        "people_word": _("Word for the people served"), "person": _("Person"), "place": _("Place"),
        "plan": _("Action plan"), "practice": _("Practice"), "progress": _("Progress"),
        "provider": _("Identity provider"), "questionnaire": _("Questionnaire"), "reason": _("Reason"),
        "receipt": _("Receipt"), "recipient": _("Recipient"), "registration": _("SIREN number"),
        "reminder": _("Reminder"), "reminders": _("Reminders"), "replaces": _("Replaces"), "requires": _("Waits for"),
        "result_hash": _("Fingerprint of the result"), "revoked_at": _("Ended on"), "role": _("Role"),
        "saved": _("Saved"), "second_factor": _("With a second factor"), "sector": _("Sector"),
        "sessions": _("Sessions"), "sha256": _("Fingerprint"), "shortcuts": _("Keyboard shortcuts"), "size": _("Size"),
        "starts_on": _("Start"), "state": _("State"), "status": _("Status"), "step": _("Step of the action"),
        "submission": _("Submission"), "superseded": _("Replaced"), "text": _("Text"), "theme": _("Appearance"),
        "themes": _("Themes"), "time_zone": _("Time zone"), "title": _("Title"), "to": _("To"),
        "to_review": _("To review"), "until": _("Until"), "valid_until": _("Valid until"), "value": _("Value"),
        "version": _("Version"), "voice": _("Voice"), "wanted": _("Wanted"), "why": _("Reason"),
        "wording": _("Wording"), "wording_hash": _("Fingerprint of the wording"), "words": _("Words"),
    }  # fmt: skip


def value_words(key: str, value: Any) -> str:
    """A value as its reader writes it; an en dash for none."""
    if value in (None, "", [], {}):
        return _NOTHING
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return _shortened(", ".join(value_words(key, one) for one in value))
    if isinstance(value, dict):
        return _shortened(
            "; ".join(f"{label(name)}: {value_words(name, one)}" for name, one in value.items())
        )
    return _shortened(_text(key, str(value)))


def _text(key: str, text: str) -> str:
    if key == "role":
        return capacities().get(text, text)
    if key == "method":
        return _methods().get(text, text)
    if _HASH.fullmatch(text):
        return f"{text[:12]}…"
    return _time(text) if _TIME.match(text) else text


_HASH = re.compile("[0-9a-f]{40,64}")


def _methods() -> dict[str, str]:
    return {
        "password": _("Password"), "link": _("Link by mail"), "passkey": _("Passkey"), "provider": _("Identity provider"),
        "demonstration": _("Demonstration"),
    }  # fmt: skip


_TIME = re.compile(r"\d{4}-\d\d-\d\d($|[ T]\d\d:\d\d)")
"""How days and moments begin as JSON holds them."""


def _time(text: str) -> str:
    try:
        if len(text) == len("2026-11-22"):
            return day(date.fromisoformat(text), "medium")
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    return f"{day(at, 'medium')} {hour(at)}" if at.tzinfo else text


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"
