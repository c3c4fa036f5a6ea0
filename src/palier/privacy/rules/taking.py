"""Which columns tell somebody what is held about them: their own rows whole, what they wrote, and elsewhere only that they are named.

What others wrote, others' names and the organisation's content stay out: the right of one person does not open those of
another (GDPR, article 15 (4)).
"""

from typing import Any, Final

from palier.privacy.rules.inventory import Held, Kind, Owner
from palier.privacy.rules.register import INVENTORY

WROTE: Final = {
    "action_review": "person_id", "answer_event": "person_id", "asked_link": "asked_by", "comment_report": "person_id",
    "consent": "said_by", "correction": "said_by", "dismissal": "person_id", "evidence": "added_by",
    "practice_comment": "person_id", "response": "person_id", "response_event": "person_id", "topic_comment": "person_id",
}  # fmt: skip
"""Tables whose texts their author takes away, and the column that says who that is."""

OF_AN_ACCOUNT: Final = ("billing_notice", "checkout", "invoice", "offer_agreement", "subscription")
"""Tables whose rows belong to whoever the billing account they hang on belongs to."""

_OTHERS = {"before", "called", "guest", "hidden_reason", "voices", "dissent", "counts"}
"""Words that are, or may be, those of others."""

_CONTEXT = {
    "organisation_id", "network_id", "assessment_id", "plan_id", "code", "at", "created_at", "role", "name", "title",
    "kind", "file_name", "due_on", "starts_on", "state", "asked_at", "size", "media_type",
}  # fmt: skip
"""What says where and when somebody is named, in the rows of others."""


def steps_for_a_parcel(entries: tuple[Held, ...] = INVENTORY) -> list[dict[str, Any]]:
    """What `held_about` (migration 0035) is asked, table by table."""
    return [step for entry in entries for step in _steps(entry)]


def _steps(entry: Held) -> list[dict[str, Any]]:
    if entry.table == "audit_entry":
        return [_step(entry, ["person_id"], ["at", "chain", "seq", "role", "verb", "subject"])]
    if entry.table in OF_AN_ACCOUNT:
        return [_of_account(entry)]
    if entry.table == "person":
        return [_step(entry, ["id"], _shown(entry, Kind.NAME, Kind.ADDRESS, Kind.ABOUT))]
    if entry.drop or entry.owner is Owner.PERSON:
        return _own(entry)
    if entry.table in WROTE:
        return [_step(entry, [WROTE[entry.table]], _shown(entry, Kind.PLAIN, Kind.TEXT, Kind.TECHNICAL))]
    people = [column.name for column in entry.of(Kind.PERSON) if column.name not in ("tell", "respondent_id")]
    known = [column.name for column in entry.columns if column.name in _CONTEXT | set(people) | {"id"}]
    return [_step(entry, [one], known) for one in people] + _by_address(entry, known)


def _of_account(entry: Held) -> dict[str, Any]:
    """What hangs on the person's own account as a payer, whole."""
    return _step(entry, ["account_id"], columns_of_an_organisation(entry)) | {"by": "account"}


def _own(entry: Held) -> list[dict[str, Any]]:
    shown = _shown(
        entry, Kind.NAME, Kind.ADDRESS, Kind.ABOUT, Kind.PERSON, Kind.PLAIN, Kind.TEXT, Kind.TECHNICAL
    )
    by_person = entry.drop in {column.name for column in entry.of(Kind.PERSON)}
    if by_person:
        return [_step(entry, [entry.drop], shown)]
    return _by_address(entry, shown)


def _by_address(entry: Held, shown: list[str]) -> list[dict[str, Any]]:
    addresses = [column.name for column in entry.of(Kind.ADDRESS)]
    return [_step(entry, addresses, shown) | {"by": "address"}] if addresses else []


def _shown(entry: Held, *kinds: Kind) -> list[str]:
    return [column.name for column in entry.of(*kinds) if column.name not in _OTHERS]


def _step(entry: Held, who: list[str], columns: list[str]) -> dict[str, Any]:
    return {
        "table": entry.table,
        "who": who,
        "by": "person",
        "columns": list(dict.fromkeys([*columns, *who])),
    }


def columns_of_an_organisation(entry: Held) -> list[str]:
    """What an organisation takes away of a table: all but secrets and the bytes, which come as files of their own."""
    return [column.name for column in entry.columns if column.kind not in (Kind.SECRET, Kind.BYTES)]


def tables_of_a_parcel(entries: tuple[Held, ...] = INVENTORY) -> list[Held]:
    """The tables an organisation takes away: its own rows, not what a network keeps of it."""
    return [
        entry for entry in entries
        if entry.owner is Owner.ORGANISATION and entry.table not in _NOT_TAKEN
        and ("organisation_id" in entry.names() or entry.table in OF_AN_ACCOUNT)
    ]  # fmt: skip


_NOT_TAKEN = {"parcel", "presence"}
