"""Every change leaves an entry, every verb has a sentence, no secret is written down: read from the source itself."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from palier.billing.rules.states import CheckoutState
from palier.foundation import audit
from palier.foundation.database import transaction
from palier.foundation.language import speaking
from palier.foundation.settings import ROOT
from palier.network.rules.mandates import Ending, HandOverState
from palier.privacy.trail_sentences import rooms, sentences

HOUSE = ROOT / "src/palier"
SOURCES = sorted(HOUSE.rglob("*.py"))
VERB = re.compile(r"[a-z_]+\.[a-z_]+")

COMPOSED = {
    "accounts/flows/securing.py": [
        "accounts.app_added", "accounts.app_removed", "accounts.codes_renewed", "accounts.passkey_added", "accounts.passkey_removed",
    ],
    "assessments/flows/asking.py": ["assessments.opinion_taken", "assessments.opinion_set_aside"],
    "association/flows/bulletins.py": ["association.bulletin_done", "association.bulletin_failed"],
    "billing/flows/projecting.py": [f"billing.checkout_{state}" for state in CheckoutState],
    "benchmarks/flows/asking.py": ["benchmarks.draft_asked", "benchmarks.set_aside_asked"],
    "network/flows/mandating.py": [
        *(f"network.mandate_{ending}" for ending in Ending if ending), *(f"network.hand_over_{state}" for state in HandOverState),
    ],
    "questionnaires/flows/bringing.py": ["questionnaires.withdrawn", "questionnaires.offered_again"],
    "team/flows/asking.py": ["team.asked", "team.expected", "team.terms_changed", "team.assigned", "team.not_asked"],
}  # fmt: skip
"""Verbs put together at run time, by the file that does."""

PASSED_ON = ("billing/flows", "billing/rules", "invoicing/flows")
"""Folders whose flows hand their verbs to one that records: every constant there that reads like one is."""

JOBS = {
    "platform.end_visit", "platform.remove_factors", "billing.drain", "billing.member_left", "billing.notice", "billing.place_letter",
    "billing.tell_staff",
}  # fmt: skip
"""Read like verbs where a module passes its verbs on by a name, and are names of jobs."""

UNRECORDED = {
    # Not a change of anybody's data: throttles, locks, retries, what is only passing.
    "billing.flows.buying._opened": "the address of a payment page; opening it was an entry a moment before",
    "billing.flows.customers._make": "the customer's id at Stripe, for an account whose details are entries",
    "billing.flows.customers.keep": "an empty account on the way to an order, which is an entry",
    "billing.flows.projecting._close": "an event of Stripe's was followed; what came of it is an entry",
    "billing.flows.projecting._fail": "an event of Stripe's waits for another try",
    "billing.flows.projecting._learn": "what the payer typed on the payment page, with the order that is an entry",
    "billing.flows.reviewing._fetch_events": "events of Stripe's that were missed; what comes of them are entries",
    "accounts.flows.entering.renew": "a new secret for a running session, after an entry that says why",
    "accounts.flows.linking.ask": "asks the worker for a letter; coming in by it is an entry",
    "accounts.flows.linking.send": "a letter with a link; coming in by it is an entry",
    "accounts.flows.securing.begin_app": "a seed that opens nothing before its first code, which is an entry",
    "accounts.flows.recovering.ask": "asks the worker for a letter; the reset itself is an entry",
    "accounts.flows.recovering.send_reset": "a letter with a link; the reset itself is an entry",
    "accounts.flows.signing_up.ask_again": "asks the worker for a letter",
    "accounts.flows.signing_up.send_confirmation": "a letter with a link; confirming is an entry",
    "accounts.flows.preferences.speak": "the language of the page, by a button in its foot",
    "accounts.flows.letters.choose": "by a link without signing in; `letter_choice` holds when",
    "accounts.flows.letters.keep_only": "`letter_choice` holds when",
    "action_plans.flows.bringing.bring": "a file to look at; writing it is an entry",
    "action_plans.flows.reminding.send_due": "letters; `sent_reminder` holds them",
    "assessments.flows.bringing.bring": "a file to look at; writing it is an entry",
    "assessments.flows.marking.mark": "a mark in the list of sections, for those who answer",
    "assessments.flows.opining.note_opening": "that a link was opened, beside the opinion it asks for",
    "assessments.flows.opining._spare": "gives a turn of the throttle back",
    "assessments.flows.presence.announce": "who is writing where, for two minutes",
    "association.flows.importing.bring": "a file to look at; writing it is an entry",
    "association.flows.joining.offer_behind": "gives a turn of the throttle back",
    "association.flows.leaving.tell_staff": "a letter, and the register's own note; leaving is an entry in both chains",
    "association.flows.writing._send": "letters; `sent_notice` holds them",
    "benchmarks.flows.contributing.collect": "carries out a submission, which is an entry with the consent",
    "benchmarks.flows.contributing.collect_of_member": "carries out a verification, which is an entry",
    "benchmarks.flows.contributing.settle_consent": "carries out a consent, which is an entry",
    "benchmarks.flows.writing_out.write_out": "copies of rows that stand already, for the release before; publishing them is an entry",
    "mirrors.flows.answering.answer": "answered by people who were promised that nothing is kept of who and when",
    "network.flows.recalling.recall_due": "letters about a mandate near its end",
    "platform.flows.acting.forget_failures": "jobs that failed for good, weeks ago",
    "privacy.flows.erasing.erase_organisation": "carries out a closing, which is an entry; what it leaves is written by SQL",
    "privacy.flows.keeping._in_batches": "a batch of a purge, whose counts are one entry at its end",
    "billing.flows.noticing.notice": "letters; `billing_notice` holds them",
    "billing.flows.noticing.tell_staff": "a letter to the staff; `billing_notice` holds it",
    "billing.flows.place_letters.write": "letters; `billing_notice` holds them",
    "privacy.flows.keeping.purge_billing": "what Stripe told long ago, and invoices whose ten years are over, of nobody",
    "privacy.flows.keeping.purge_letters": "letters sent long ago, of no organisation",
    "privacy.flows.packing._finish": "carries out an asking, which is an entry; fetching is one too",
    "privacy.flows.packing._give_up": "carries out an asking, which is an entry",
    "privacy.flows.packing._pack_house": "how far a parcel is",
    "privacy.flows.packing.clear": "parcels whose days are over",
    "privacy.flows.packing.pack": "carries out an asking, which is an entry",
    "privacy.flows.packing.tell": "how far a parcel is",
    "privacy.flows.trail_anchoring.anchor_today": "the anchors follow each other by their own hashes",
    "privacy.flows.trail_nightly.look_at_all": "a letter to the operator",
    "privacy.flows.trail_verifying.write_down": "what a look found, in a table of its own that is only added to",
    "single_sign_on.flows.arriving._attempt": "ends an attempt; coming in by it is an entry",
    "single_sign_on.flows.arriving._wait_for_account": "an attempt of some minutes; linking is an entry",
    "single_sign_on.flows.beginning._note": "an attempt of some minutes; coming in by it is an entry",
    "affiliations.flows.units._facts_of": "reads what a new unit inherits",
    "reports.flows.making._try_later": "puts a job back",
    "reports.flows.marking._try_later": "puts a job back",
    "reports.flows.marking.put_away_old_links": "links a year after their end, by the retention that docs/documents.md states",
    "team.flows.reminding.send_due": "letters; `round_reminder` holds them",
    "team.flows.reminding.send_one": "a letter asked for by an entry",
}
"""Flows that open a transaction and write no entry, with the reason."""

SQL_THAT_RECORDS = (
    "save_answer(",
    "save_answer_now(",
    "save_response(",
    "take_answer(",
    "agree_answer(",
    "erase_audit_details(",
    "erase_sandbox(",
)


# --- verbs ----------------------------------------------------------------------------------------------------------


@cache
def tree(source: Path) -> ast.Module:
    return ast.parse(source.read_text())


def records(node: ast.AST) -> bool:
    """Whether `node` is a call of `audit.record`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "record"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "audit"
    )


def verbs() -> set[str]:
    """Every verb the product may write: literal, passed on by a name in its module, composed, or in SQL."""
    found = {verb for some in COMPOSED.values() for verb in some} | {"privacy.erased"}
    for source in SOURCES:
        calls = [node for node in ast.walk(tree(source)) if records(node) and node.func.attr == "record"]
        for call in calls:
            said = call.args[1]
            if isinstance(said, ast.Constant):
                found.add(said.value)
            elif isinstance(said, ast.JoinedStr):
                assert str(source.relative_to(HOUSE)) in COMPOSED, (
                    f"{source}: name the verbs it composes in COMPOSED"
                )
            else:
                found |= _constants(source) - JOBS
        if str(source.relative_to(HOUSE)).startswith(PASSED_ON):
            found |= {verb for verb in _constants(source) if not verb.endswith("_")} - JOBS
    for script in (ROOT / "migrations").glob("*.sql"):
        found |= set(re.findall(r"audit_append\([^;]*?'([a-z_]+\.[a-z_]+)'", script.read_text()))
    return found


def _constants(source: Path) -> set[str]:
    """Whatever in a module reads like a verb of ours."""
    return {
        node.value
        for node in ast.walk(tree(source))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and VERB.fullmatch(node.value)
        and node.value.partition(".")[0] in rooms()
    }


@pytest.mark.parametrize("locale", ["en", "fr"])
def test_every_verb_has_a_sentence(locale):
    with speaking(locale):
        known = sentences()
        assert {verb for verb in verbs() if verb not in known} == set(), (
            "privacy/trail_sentences.py says every verb"
        )
        assert {verb.partition(".")[0] for verb in known} <= set(rooms())
        if locale == "fr":
            with speaking("en"):
                english = sentences()
            assert {verb for verb, words in known.items() if words == english[verb]} <= {"plans.created"}


# --- every change ---------------------------------------------------------------------------------------------------

Function = tuple[str, str]
"""A module below palier, and a function's name in it."""


def module_of(source: Path) -> str:
    return ".".join(source.relative_to(HOUSE).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(source): source for source in SOURCES}


@cache
def functions(module: str) -> dict[str, ast.AST]:
    found = (
        node
        for node in ast.walk(tree(MODULES[module]))
        if isinstance(node, ast.AsyncFunctionDef | ast.FunctionDef)
    )
    return {node.name: node for node in found}


@cache
def names_in(module: str) -> dict[str, str]:
    """What a module imported from palier, by the name it has there: "room.flows.doing" or "room.flows.doing.act"."""
    found = {}
    for node in ast.walk(tree(MODULES[module])):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("palier"):
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}".removeprefix("palier.")
    return found


def called(module: str, call: ast.Call) -> Function | None:
    """The function of ours that a call reaches, where that can be read."""
    match call.func:
        case ast.Name(id=name):
            if name in functions(module):
                return module, name
            place, _, act = names_in(module).get(name, "").rpartition(".")
        case ast.Attribute(value=ast.Name(id=name), attr=act):
            place = names_in(module).get(name, "")
        case _:
            return None
    return (place, act) if place in MODULES and act in functions(place) else None


@cache
def leaves_an_entry(module: str, name: str, trail: tuple[Function, ...] = ()) -> bool:
    """Whether a function records, itself or through what it calls."""
    node = functions(module)[name]
    for part in ast.walk(node):
        if records(part):
            return True
        if (
            isinstance(part, ast.Constant)
            and isinstance(part.value, str)
            and any(sql in part.value for sql in SQL_THAT_RECORDS)
        ):
            return True
        if isinstance(part, ast.Name) and part.id.isupper() and _names_recording_sql(module, part.id):
            return True
        if isinstance(part, ast.Call) and _leads_to_one(module, part, (*trail, (module, name))):
            return True
    return False


def _leads_to_one(module: str, call: ast.Call, trail: tuple[Function, ...]) -> bool:
    onwards = called(module, call)
    return onwards is not None and onwards not in trail and leaves_an_entry(*onwards, trail[-6:])


def _names_recording_sql(module: str, name: str) -> bool:
    """Whether a constant of the module is a statement that calls a function which records."""
    text = MODULES[module].read_text()
    found = re.search(rf"^{name}\b[^=]*= *(.*?)(?=^\S|\Z)", text, re.DOTALL | re.MULTILINE)
    return bool(found and any(sql in found.group(1) for sql in SQL_THAT_RECORDS))


def writers() -> list[Function]:
    """The flows that open a transaction."""
    return [
        (module, name)
        for module in MODULES
        if ".flows" in module and not module.startswith("demo")
        for name, node in functions(module).items()
        if any(
            isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "transaction"
            for part in ast.walk(node)
        )
    ]


def test_every_flow_that_writes_leaves_an_entry_or_says_why_not():
    silent = {f"{module}.{name}" for module, name in writers() if not leaves_an_entry(module, name)}
    assert silent - set(UNRECORDED) == set(), "record the change, or say in UNRECORDED why it is none"
    assert set(UNRECORDED) - silent == set(), "these record now, or are gone"


# --- no secret ------------------------------------------------------------------------------------------------------

SECRET = re.compile(
    r"password|secret|token|fingerprint|code$|codes$|seed|salt|cookie|credential", re.IGNORECASE
)
HARMLESS = {
    "secret_replaced": "single_sign_on.provider_changed: whether",
    "password": "reports.shared: whether there is one",
    "codes": "criteria",
    "code": "a criterion",
}


def test_no_key_of_any_details_names_a_secret():
    keys = {
        keyword.arg: source.relative_to(HOUSE)
        for source in SOURCES
        for node in ast.walk(tree(source))
        if records(node)
        for keyword in node.keywords
        if keyword.arg and SECRET.search(keyword.arg)
    }
    assert set(keys) <= set(HARMLESS), keys


CANARY = "canary-password-7f3a9"


async def test_a_password_never_reaches_the_trail(visit, claire, owner):
    """Signing up, in, and changing a password leave entries, and none of them holds it."""
    async with visit(claire) as browser:
        for address, fields in (
            ("/signup", {"name": "Jean", "email": "jean@example.org", "password": CANARY}),
            ("/signin", {"email": "claire@example.org", "password": CANARY}),
            ("/account/password", {"current": CANARY, "password": CANARY + CANARY}),
        ):
            await browser.send_form(address, fields)
    async with transaction(claire):
        await audit.record(claire, "plans.renamed", "plan")
    rows = await owner.fetch("select e::text as said from audit_entry e")
    assert rows
    assert not [row["said"] for row in rows if CANARY in row["said"]]
