"""The record of processing (GDPR, article 30), written from the inventory: purposes, people, data, how long; and who else processes."""

from collections.abc import Iterator
from dataclasses import dataclass

from palier.foundation.language import gettext as _
from palier.privacy.rules.inventory import Kind
from palier.privacy.rules.keeping import BROUGHT, EVENTS, LETTERS, SIGN_INS, TERMS, Kept
from palier.privacy.rules.register import INVENTORY


@dataclass(frozen=True, slots=True)
class Processing:
    """One processing: what for, on which ground, about whom, how long. `kinds` and `tables` come from the inventory."""

    name: str
    ground: str
    people: str
    duration: str
    kinds: tuple[str, ...]
    tables: tuple[str, ...]


def processings() -> list[Processing]:
    """Every purpose of the inventory that touches people."""
    return [_processing(purpose, *words) for purpose, words in _purposes().items()]


def _processing(purpose: str, name: str, ground: str, people: str, duration: str) -> Processing:
    entries = [entry for entry in INVENTORY if entry.purpose == purpose and entry.personal]
    found = {column.kind for entry in entries for column in entry.columns}
    kinds = tuple(words for kind, words in _kinds().items() if kind in found)
    return Processing(name, ground, people, duration, kinds, tuple(entry.table for entry in entries))


def _kinds() -> dict[Kind, str]:
    return {
        Kind.NAME: _("names"),
        Kind.ADDRESS: _("e-mail addresses"),
        Kind.PERSON: _("who did what"),
        Kind.ABOUT: _("preferences, devices and times"),
        Kind.TEXT: _("texts people write"),
        Kind.BYTES: _("files"),
        Kind.LEGAL: _("invoices as they were issued"),
        Kind.SECRET: _("prints of secrets"),
    }


def _purposes() -> dict[str, tuple[str, str, str, str]]:
    contract, interest, consent = _("contract"), _("legitimate interest"), _("consent")
    users, members = _("people with an account"), _("people of the organisation, and those they name")
    house, years = _("as long as the organisation exists, or its own terms"), _term(Kept.TRAIL)
    account = _("as long as the account exists")
    return {
        "accounts": (_("Accounts"), contract, users, account),
        "security": (_("Signing in safely: sessions, second factors, refused attempts"), interest, users,
                     _("sessions 30 days at most; attempts a week; the rest with the account")),
        "sign_on": (_("Signing in through the organisation’s identity provider"), contract, users, house),
        "letters": (_("Letters"), contract, _("people with an account, and those invited"), _days(LETTERS)),
        "members": (_("Members, invitations, mandates"), contract, members, house),
        "structures": (_("Units and territories"), contract, members, house),
        "rounds": (_("Rounds, answers, evidence"), contract, members, _("as long as the organisation exists; %(what)s") % {"what": _days(BROUGHT)}),
        "team": (_("Who answers, and each one’s answers"), contract, members, house),
        "talk": (_("Comments and files"), contract, members, _term(Kept.COMMENTS)),
        "actions": (_("Action plans and reminders"), contract, members, house),
        "documents": (_("Documents and links to them"), contract, _("people of the organisation, and recipients they name"), _term(Kept.DOCUMENTS)),
        "practices": (_("Practices told to a network"), contract, members, house),
        "network": (_("Networks and their registers"), interest, _("contacts of members"), _("as long as the network exists")),
        "benchmark": (_("Consent of organisations to benchmarks"), consent, _("who committed the organisation"), _("as long as the organisation exists")),
        "mirrors": (_("Questions to customers and staff, without names"), interest, _("who set them up; answers name nobody"), house),
        "trail": (_("Audit trail"), interest, users, _("details %(details)s, of sign-ins %(signed)s; that something happened: for good") % {"details": years, "signed": _days(SIGN_INS)}),
        "billing": (_("Offers, orders and who pays"), contract, _("who pays and who ordered"), _("as long as the account or the organisation exists")),
        "invoices": (_("Invoices"), _("legal obligation"), _("whom invoices are made out to"), _("ten years (Code de commerce, article L123-22)")),
        "stripe": (_("What Stripe tells of payments"), contract, _("who pays"), _days(EVENTS)),
        "platform": (_("Running the installation"), interest, _("staff of the installation"), _("as long as the organisation exists")),
        "privacy": (_("Requests about data"), _("legal obligation"), users, _("that an erasure took place, without a name: for good")),
    }  # fmt: skip


def _term(kept: Kept) -> str:
    term = TERMS[kept]
    return _("%(usual)s days, or what the organisation chose, from %(fewest)s to %(most)s") % {
        "usual": term.usual, "fewest": term.fewest, "most": term.most,
    }  # fmt: skip


def _days(days: int) -> str:
    return _("%(days)s days") % {"days": days}


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who processes data on behalf of the installation."""

    name: str
    what: str


def sub_processors(hosting: str, *, mail: bool, bucket: str, stripe: bool = False) -> list[Other]:
    """Who else touches data, as this installation is set up: nobody beyond its host unless a setting names somebody."""
    found = [
        Other(
            hosting or _("whoever runs this installation"),
            _("runs the servers, the database and the backups"),
        )
    ]
    if mail:
        found.append(Other(_("the mail server of the installation"), _("delivers letters")))
    if bucket:
        found.append(Other(bucket, _("keeps the files")))
    if stripe:
        found.append(Other("Stripe Payments Europe, Ltd.", _("takes payments and makes their invoices")))
    return found


def as_markdown() -> Iterator[str]:
    """The record as docs/privacy/record.md holds it."""
    yield "| processing | ground | people | data | how long | tables |"
    yield "|---|---|---|---|---|---|"
    for one in processings():
        tables = ", ".join(f"`{table}`" for table in one.tables)
        yield f"| {one.name} | {one.ground} | {one.people} | {', '.join(one.kinds)} | {one.duration} | {tables} |"
