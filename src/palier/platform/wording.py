"""The words of the staff's pages, and of visits as owners read them."""

from palier.foundation.language import gettext as _
from palier.foundation.language import number
from palier.platform.rules.visits import VisitState

Entry = tuple[str, str, str]


def sections() -> list[Entry]:
    """The list at the side: key, words, address."""
    return [
        ("overview", _("Overview"), "/admin"),
        ("organisations", _("Organisations"), "/admin/organisations"),
        ("networks", _("Networks"), "/admin/networks"),
        ("people", _("Accounts"), "/admin/people"),
        ("visits", _("Visits"), "/admin/visits"),
        ("billing", _("Billing"), "/admin/billing"),
        ("jobs", _("Jobs"), "/admin/jobs"),
        ("mails", _("Outgoing letters"), "/admin/mails"),
        ("questionnaires", _("Questionnaires"), "/admin/questionnaires"),
        ("health", _("Health"), "/admin/health"),
        ("trail", _("Audit trail of the platform"), "/admin/trail"),
    ]


def visit_states() -> dict[VisitState, str]:
    """Where a visit is, for a tag."""
    return {
        VisitState.WAITING: _("Waiting for an owner"), VisitState.LAPSED: _("Lapsed"), VisitState.REFUSED: _("Refused"),
        VisitState.AGREED: _("Agreed to"), VisitState.LIVE: _("Under way"), VisitState.OVER: _("Has ended"),
    }  # fmt: skip


def organisation_kinds() -> list[tuple[str, str]]:
    """What the list of organisations can be narrowed to."""
    return [
        ("", _("All organisations")), ("network", _("Members of a network")), ("alone", _("In no network")),
        ("sandbox", _("Throw-away demonstrations")),
    ]  # fmt: skip


def job_states() -> list[tuple[str, str]]:
    """The states of the queue that are shown."""
    return [("failed", _("Failed")), ("todo", _("Waiting")), ("doing", _("Under way"))]


def mail_states() -> list[tuple[str, str]]:
    """Letters not sent."""
    return [("failed", _("Failed")), ("waiting", _("Waiting"))]


def trail_verbs() -> list[tuple[str, str]]:
    """What the platform's trail can be narrowed to: how the verbs begin."""
    return [
        ("", _("Everything")),
        ("platform.", _("What the staff did")),
        ("accounts.", _("Accounts and sign-ins")),
    ]


def size(count: int) -> str:
    """Bytes as people say them: "12 MB"."""
    for unit, words in ((1 << 30, _("%(n)s GB")), (1 << 20, _("%(n)s MB")), (1 << 10, _("%(n)s kB"))):
        if count >= unit:
            return words % {"n": number(count / unit, 1 if count < 10 * unit else 0)}
    return _("%(n)s bytes") % {"n": number(count)}


def obstacle(reason: str) -> str:
    """What /readyz says stands in the way, in words."""
    kind = reason.partition(":")[0]
    said = {
        "data directory": _("The data directory cannot be written to: nobody can store a file."),
        "disk": _("The disk of the data directory is nearly full: soon nobody can save anything."),
        "migrations": _("The database is not at the current schema: run palier migrate."),
        "worker": _("No worker has been alive for two minutes: letters and documents wait."),
        "database": _("The database does not answer."),
    }
    return said.get(kind, reason)
