"""What the facts an entry of the audit trail writes down are called, and what their machine words mean.

Whoever records a fact under a new name adds it to `labels`: a test reads every name in the source.
"""

from collections.abc import Mapping
from functools import cache

from palier.accounts.rules import Method, Theme
from palier.action_plans import wording as action_plans
from palier.action_plans.rules.life import Channel, Stage
from palier.action_plans.rules.reminders import Errand
from palier.assessments.mirrored_wording import audience_words
from palier.assessments.results_wording import grade_words, state_words
from palier.association import wording as association
from palier.entitlements.rules.offers import Interval
from palier.foundation.language import LOCALES, current, language_name
from palier.foundation.language import gettext as _
from palier.network import wording as network
from palier.network.rules.mandates import Ending, HandOverState
from palier.practices.store import LeverState
from palier.practices.wording import lever_state_words
from palier.privacy.trail_sentences import rooms
from palier.privacy.wording import term_labels
from palier.questionnaires.rules import Grade
from palier.reports.press import FailureReason
from palier.respondents.rules import Rhythm
from palier.scoring.rules.answers import State
from palier.scoring.rules.mirror import Audience
from palier.single_sign_on import wording as single_sign_on
from palier.single_sign_on.rules.domains import Proof
from palier.structures import wording as structures

PLAIN = frozenset({
    "asked_by", "blocked_reason", "called", "cause", "contact", "evidence", "file", "finding", "guest",
    "indicators", "legal_group", "messages", "name", "note", "owner", "place", "reason", "recipient", "requires", "signed",
    "sponsor", "step", "steps", "text", "ticket", "title", "value", "voice", "why", "words",
})  # fmt: skip
"""Facts that people write: names and free text, never a machine's words."""

VALUE_OF = {
    "action_plans.steps_rewritten": "steps",
    "conversations.comment_changed": "text",
    "practices.lever_state_set": "lever_state",
    "reports.preset_changed": "name",
    "single_sign_on.state_chosen": "state",
    "team.reminders_planned": "rhythm",
    **{f"network.hand_over_{state}": "hand_over_state" for state in HandOverState},
}
"""By verb, what the before and after of an entry are that tells one fact without its name; a role unless it stands here."""


def label(room: str, key: str) -> str:
    """What a fact of `room` is called; "" for a name that nobody put in words."""
    own, shared = _labels_in(current())
    return own.get(f"{room}.{key}") or shared.get(key, "")


def words_of(room: str, key: str, text: str) -> str:
    """What a machine word says as the value of `key`; "" when it is none that is known."""
    known = _meanings_in(current())
    return known.get(f"{room}.{key}", known.get(key, {})).get(text, "")


@cache
def _labels_in(_locale: str) -> tuple[dict[str, str], dict[str, str]]:
    """The labels of single rooms and of all, made once a language: a page of entries asks for hundreds."""
    return _of_rooms(), labels()


@cache
def _meanings_in(_locale: str) -> Mapping[str, Mapping[str, str]]:
    return _meanings()


def _of_rooms() -> dict[str, str]:
    """Facts that one room calls otherwise than the others."""
    return {
        **{f"privacy.{kept}": words for kept, (words, _hint) in term_labels().items()},
        "privacy.brought": _("Files brought back"),
        "single_sign_on.subject": _("Identifier at the provider"),
        "single_sign_on.preset": _("Kind of provider"),
        "structures.total": _("Total score"),
    }


def labels() -> dict[str, str]:
    """What every fact is called."""
    return {
        **_labels_of_actions(), **_labels_of_billing(),
        "accent": _("Colour"), "action_removed": _("Action removed"), "answers": _("Answers"),
        "answers_open": _("Answers open to the parent"), "asked_by": _("Asked by"), "assessment": _("Assessment"),
        "attachments": _("Criteria"), "audiences": _("Audiences"), "batches": _("Batches"), "by": _("By"),
        "by_receipt": _("Receipt of the correction"), "called": _("People called"), "carried": _("Carried over"),
        "changed": _("Changed"), "client_id": _("Client identifier"), "closed_at": _("Closed on"),
        "closes_on": _("Closes on"), "code": _("Criterion"), "codes": _("Criteria"), "consent": _("Consent"),
        "consent_hash": _("Fingerprint of the consent"), "consent_wording": _("Wording of the consent"),
        "contact": _("Contact shown"), "corrections": _("Corrections"), "country": _("Country"),
        "created": _("Created"), "days": _("Days"), "definition_hash": _("Fingerprint of the questionnaire"),
        "due": _("Due date"), "due_on": _("Due date"), "edition": _("Edition"), "elements": _("Elements"),
        "email": _("E-mail address"), "ending": _("How it ended"), "ends_on": _("Last day"),
        "entries": _("Entries"), "errand": _("What was answered"), "evidence": _("Evidence"),
        "evidence_grade": _("Evidence"), "evidence_link": _("Link to the evidence"),
        "family": _("Family of sectors"), "faults": _("Faults"), "file": _("File"), "filters": _("Filters"),
        "format": _("Format"), "from": _("From"), "gain": _("Expected gain"), "given": _("Given"),
        "guest": _("Guest"), "hand_over": _("Handing over"), "hash": _("Fingerprint"), "in_time": _("In time"),
        "indicators": _("Indicators"), "invited": _("Invited as"), "issuer": _("Issuer"), "joined": _("Joined on"),
        "joined_as": _("Joined as"), "k": _("Fewest members of a group"), "kept": _("Left as it was"),
        "kind": _("Kind"), "last days": _("Last days"), "left_at": _("Left on"), "left_name": _("Ended by"),
        "legal_group": _("Group"), "legal_kind": _("Legal kind"), "level": _("Level"), "lever": _("Lever"),
        "levers": _("Levers"), "link": _("Link"), "locale": _("Language"), "logo": _("Logo"),
        "mailed": _("Sent by mail"), "mandate": _("Mandate"), "marked": _("Marked"), "members": _("Members"),
        "messages": _("Messages"), "method": _("How"), "name": _("Name"), "note": _("Note"), "of": _("Taken from"),
        "on": _("Date"), "opening": _("Opening"), "opens_on": _("Opens on"), "pages": _("Pages"),
        "parent": _("Parent"), "password": _("With a password"), "people_word": _("Word for the people served"),
        "person": _("Person"), "place": _("Place"), "plan": _("Action plan"), "practice": _("Practice"),
        "proof": _("Proof"), "proved_until": _("Proved until"), "provider": _("Identity provider"),
        "purpose": _("Purpose"), "q": _("Text"), "questionnaire": _("Questionnaire"), "reason": _("Reason"),
        "receipt": _("Receipt"), "recipient": _("Recipient"), "registration": _("SIREN number"),
        "reminder": _("Reminder"), "reminders": _("Reminders"), "replaces": _("Replaces"),
        "requires": _("Waits for"), "result_hash": _("Fingerprint of the result"), "revoked_at": _("Ended on"),
        "role": _("Role"), "room": _("Kind of act"), "saved": _("Saved"),
        "second_factor": _("With a second factor"), "secret_replaced": _("Secret replaced"), "sector": _("Sector"),
        "sessions": _("Sessions"), "sha256": _("Fingerprint"), "shared": _("Version shared"),
        "shortcuts": _("Keyboard shortcuts"), "signed": _("Signed by"), "since": _("Starting on"),
        "size": _("Size"), "source": _("Source"), "starts_on": _("Start"), "state": _("State"),
        "step": _("Step of the action"), "subject": _("Subject"), "submission": _("Submission"),
        "superseded": _("Replaced"), "switched_off": _("Switched off"), "targets": _("Targets"), "team": _("Team"),
        "territory": _("Territory"), "text": _("Text"), "thanks": _("Thanks"), "theme": _("Appearance"),
        "themes": _("Themes"), "ticket": _("Support request"), "time_zone": _("Time zone"), "to": _("To"),
        "to_review": _("To review"), "unit": _("Unit"), "until": _("Until"), "updated": _("Updated"),
        "valid_until": _("Valid until"), "value": _("Value"), "values": _("Values"), "version": _("Version"),
        "visit": _("Visit"), "voice": _("Voice"), "wanted": _("Wanted"), "weight": _("Weight"),
        "weights": _("Weights"), "why": _("Reason"), "wording": _("Wording"),
        "wording_hash": _("Fingerprint of the wording"), "words": _("Words"),
    }  # fmt: skip


def _labels_of_billing() -> dict[str, str]:
    """The facts of offers, payments, places and invoices. Amounts are in cents."""
    return {
        "amount": _("Amount in cents"), "customer": _("Customer at Stripe"), "day": _("Date"), "ended": _("Ended on"),
        "ends": _("Ends on"), "free": _("Free of charge"), "holder": _("For whom"), "interval": _("Paid every"),
        "invoice": _("Invoice"), "network": _("Network"), "number": _("Number"), "offer": _("Offer"), "problem": _("Problem"),
        "quantity": _("Quantity"), "total": _("Total in cents"), "trial_end": _("End of the trial"), "type": _("Kind"),
    }  # fmt: skip


def _labels_of_actions() -> dict[str, str]:
    """The facts of actions, of plans' capacity and of levers."""
    shared = (
        "blocked", "blocked_reason", "cause", "channels", "cost", "currency", "effort", "finding", "impact", "kpi_baseline",
        "kpi_direction", "kpi_name", "kpi_source", "kpi_target", "kpi_unit", "next_review_on", "owner", "progress",
        "review_every_months", "serves", "sponsor", "sponsor_email", "stage", "status", "title",
    )  # fmt: skip
    return {
        **{name: action_plans.field_words(name) for name in shared},
        "criterion": _("Criterion"), "dimensions": _("Dimensions"), "direction": _("Direction"),
        "excluded": _("Left out"), "first": _("First quarter"), "kpi": _("Indicator"), "months": _("Months"),
        "pinned": _("To be done in any case"), "points": _("Points"), "quarter": _("Quarter"), "steps": _("Steps"),
    }  # fmt: skip


# --- machine words --------------------------------------------------------------------------------------------------


def _meanings() -> Mapping[str, Mapping[str, str]]:
    """Words by fact and value; "room.fact" where a room means something of its own by it."""
    directions = {way: action_plans.direction_words(way) for way in ("up", "down")}
    roles = {**network.roles(), "network": _("Staff of the network"), "staff": _("Staff of the platform")}
    proofs: dict[str, str] = {Proof.DNS: _("Record in the domain name system"), Proof.MAIL: _("Code by mail")}
    return {
        **_of_organisations(), **_of_actions(), "role": roles, "method": methods(), "room": rooms(),
        "locale": {locale: language_name(locale) for locale in LOCALES},
        "theme": {Theme.AUTO: _("As on this device"), Theme.LIGHT: _("Light"), Theme.DARK: _("Dark")},
        "state": {state: state_words(state) for state in State}, "evidence_grade": {grade: grade_words(grade) for grade in Grade},
        "audiences": {one: audience_words(one, network.people_in_plural("")) for one in Audience},
        "ending": {
            Ending.REVOKED: _("Ended by the organisation"), Ending.GIVEN_BACK: _("Given back by the consultant"),
            Ending.HANDED_OVER: _("Handed over"),
        },
        "hand_over_state": {
            HandOverState.PROPOSED: _("Proposed"), HandOverState.ACCEPTED: _("Agreed to"), HandOverState.REFUSED: _("Declined"),
            HandOverState.WITHDRAWN: _("Taken back"), HandOverState.LAPSED: _("No longer possible"),
        },
        "lever_state": {state: lever_state_words(state) for state in LeverState},
        "rhythm": {
            Rhythm.OFF: _("Never by itself"), Rhythm.WEEKLY: _("Every Monday"), Rhythm.BEFORE: _("Once before the date"),
        },
        "direction": directions, "kpi_direction": directions, "single_sign_on.by": proofs, "single_sign_on.proof": proofs,
        "single_sign_on.state": {state: words for state, words, _hint in single_sign_on.state_choices()},
        "single_sign_on.preset": {preset: words for preset, words, _hint in single_sign_on.preset_choices()},
        "reports.reason": _failures(), "privacy.by": {"link": _("Link by mail")},
        "interval": {Interval.YEAR: _("Year"), Interval.MONTH: _("Month")},
        "format": {"csv": "CSV", "xlsx": "XLSX", "jsonl": "JSON Lines"},
    }  # fmt: skip


def _failures() -> dict[str, str]:
    """Why a document did not come out."""
    return {
        FailureReason.TOO_LONG: _("Printing took too long"), FailureReason.TOO_COSTLY: _("It needed too much memory"),
        FailureReason.TOO_LARGE: _("The file became too large"), FailureReason.UNPRINTABLE: _("It cannot be printed"),
        FailureReason.WORKER_DIED: _("The server stopped meanwhile"), FailureReason.FAULT: _("A fault of Palier"),
    }  # fmt: skip


def _of_organisations() -> dict[str, dict[str, str]]:
    return {
        "family": network.families(), "sector": network.sectors(), "size": network.sizes(),
        "country": network.countries(), "legal_kind": network.legal_kinds(), "people_word": network.people_words(),
        "association.place": {str(place): words for place, words in association.places().items()},
        "affiliations.kind": structures.unit_kinds(), "structures.kind": structures.territory_kinds(),
        "evidence.kind": {"file": _("File"), "link": _("Link")},
        "purpose": {"unit": _("Unit"), "territory": _("Territory")},
    }  # fmt: skip


def _of_actions() -> dict[str, dict[str, str]]:
    return {
        "status": dict(action_plans.status_choices()),
        "stage": {stage: action_plans.stage_words(stage) for stage in Stage},
        "channels": {channel: action_plans.channel_words(channel) for channel in Channel},
        "errand": {Errand.DONE: _("Done"), Errand.POSTPONE: _("Postponed")},
        "reminder": {kind: words for kind, words, _hint in action_plans.reminder_choices()},
    }


def methods() -> dict[str, str]:
    """How somebody signed in."""
    return {
        Method.PASSWORD: _("Password"), Method.LINK: _("Link by mail"), Method.PASSKEY: _("Passkey"),
        Method.PROVIDER: _("Identity provider"), Method.DEMONSTRATION: _("Demonstration"),
    }  # fmt: skip
