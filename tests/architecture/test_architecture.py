"""The shape of the house (docs/architecture.md). When a test here fails, move the code, not the test."""

import ast
import re
from functools import cache
from pathlib import Path

from tests.architecture.over import ROOT, of_each

PACKAGE = ROOT / "src/palier"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))

LADDER = [
    "app", "jobs", "__main__", "cli", "demo", "home", "platform", "upkeep", "privacy", "association", "portfolio", "invoicing", "reports", "structures", "action_plans", "practices", "benchmarks", "mirrors", "consensus", "team",
    "assessments", "evidence", "respondents", "conversations", "billing", "single_sign_on", "affiliations", "network", "entitlements", "accounts", "scoring", "questionnaires", "foundation",
]  # fmt: skip
"""A room imports only rooms that stand after it. `app`, `jobs`, `__main__` and `cli` are the composition root together."""

COMPOSITION = {"app", "jobs", "__main__", "cli"}

DOORS = {"pages", "api", "jobs", "entrance", "refusals"}
"""The top floor: what the outside world reaches. Then flows, then one file per outside system or craft, then the
tables or definition files, then the pure rules."""


def floor_of(name: str) -> int:
    if name in DOORS:
        return 4
    return {"flows": 3, "store": 1, "catalogue": 1, "rules": 0}.get(name, 2)


BORDERS = {
    "tortoise": {
        "foundation/database",
        "foundation/store",
        "foundation/migrating",
        "foundation/migration_step",
        "foundation/quick_start",
        "foundation/migration_run",
        "foundation/rows",
        "foundation/web",
        "network/mandates",  # two more tables of a room whose store is full
        "*/store",
    },
    "litestar": {
        "app",
        "foundation/web",
        "foundation/headers",
        "foundation/packing",
        "accounts/sessions",
        "accounts/browsers",
        "*/pages",
        "*/entrance",
        "*/refusals",
        "*/api",
    },
    "asyncpg": {
        "foundation/away",
        "foundation/database",
        "foundation/migrating",
        "foundation/migration_run",
        "foundation/web",
        "*/store",
        "*/flows",
        "cli/*",
    },
    "procrastinate": {"foundation/jobs", "foundation/working", "foundation/migrating"},
    "aiosmtplib": {"foundation/mail"},
    "obstore": {"foundation/files"},
    "weasyprint": {"reports/pdf", "reports/press"},
    "pikepdf": {"reports/pdf", "reports/pdf_fields", "foundation/pdf_reading"},
    "pebble": {"reports/press"},
    "pptx": {"reports/slides"},
    "xlsxwriter": {"reports/slides"},
    "pypdfium2": {"reports/pictures"},
    "argon2": {"accounts/passwords"},
    "babel": {"foundation/language"},
    "jinja2": {
        "foundation/templates",
        "foundation/compiled",
        "foundation/mail",
        "reports/typesetting",
        "reports/wording",
    },
    "highspy": {"action_plans/solving"},
    "segno": {"foundation/qr"},
    "pyotp": {"accounts/codes"},
    "webauthn": {"accounts/passkeys"},
    "icalendar": {"action_plans/calendar_file"},
    "numpy": {"*/rules"},
    "cryptography": {"foundation/sealing", "privacy/trail_signing"},
    "httpx": {"foundation/outbound", "single_sign_on/relying"},
    "joserfc": {"single_sign_on/tokens", "single_sign_on/relying"},
    "dns": {"single_sign_on/name_server"},
    "stripe": {"billing/stripe"},
    "stdnum": {"billing/registrations"},
    "facturx": {"invoicing/factur_x"},
    "prometheus_client": {"foundation/metrics"},
    "opentelemetry": {"foundation/tracing"},
    "pythonjsonlogger": {"foundation/logs"},
    "pyrage": {"upkeep/sealed_archive"},
    "openpyxl": {"foundation/spreadsheets", "foundation/sheets"},
}
"""Each outside library is touched from these files only."""

DRAWERS = {"utils", "util", "helpers", "helper", "common", "service", "services", "manager", "base", "misc"}


@cache
def tree_of(source: Path) -> ast.Module:
    return ast.parse(source.read_text())


def imports(source: Path) -> set[str]:
    """Dotted names a file imports at run time or for types."""
    names: set[str] = set()
    for node in ast.walk(tree_of(source)):
        if isinstance(node, ast.ImportFrom):
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def place(source: Path) -> tuple[str, str]:
    """Room and floor: the first two steps of a file's path ("assessments", "flows")."""
    parts = source.relative_to(PACKAGE).with_suffix("").parts
    return parts[0], parts[1] if len(parts) > 1 else ""


def short(source: Path) -> str:
    return str(source.relative_to(ROOT))


def allowed(room: str, floor: str, places: set[str]) -> bool:
    spots = {f"{room}/{floor}", f"*/{floor}", f"{room}/*", room}
    return bool(spots & places)


@of_each(SOURCES)
def test_imports_go_down_the_rooms(source: Path) -> None:
    room, _ = place(source)
    if room == "__init__":
        return
    for name in imports(source):
        if name.startswith("palier."):
            other = name.split(".")[1]
            if room in COMPOSITION and other in COMPOSITION:
                continue
            assert LADDER.index(room) <= LADDER.index(other), f"{name} stands above {room}"


@of_each(SOURCES)
def test_inside_a_room_imports_go_down_the_floors(source: Path) -> None:
    room, floor = place(source)
    if room in {"foundation", "cli", "questionnaires"} or not floor:
        return
    for name in imports(source):
        steps = name.split(".")
        if steps[:2] == ["palier", room] and len(steps) > 2:
            assert floor_of(floor) >= floor_of(steps[2]), f"{name} stands above {floor}"


@of_each(SOURCES)
def test_rules_are_pure(source: Path) -> None:
    room, floor = place(source)
    if floor != "rules":
        return
    outside = {name.split(".")[0] for name in imports(source)}
    forbidden = {"tortoise", "litestar", "asyncpg", "jinja2", "msgspec", "yaml", "ruamel", "httpx", "asyncio"}
    assert not outside & forbidden
    assert "numpy" not in outside or room in {"scoring", "benchmarks"}


@of_each(SOURCES)
def test_each_library_has_its_border(source: Path) -> None:
    room, floor = place(source)
    for name in imports(source):
        library = name.split(".")[0]
        if library in BORDERS:
            assert allowed(room, floor, BORDERS[library]), f"{library} is not used from {short(source)}"


def test_no_two_files_import_each_other_in_a_ring() -> None:
    modules = {
        ".".join(s.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): s
        for s in SOURCES
    }
    graph = {
        name: {
            found
            for wanted in imports(source)
            for found in (wanted, wanted.rpartition(".")[0])
            if found in modules and found != name
        }
        for name, source in modules.items()
    }
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for other in graph[name]:
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@of_each(SOURCES)
def test_a_file_reads_top_down(source: Path) -> None:
    tree = tree_of(source)
    assert source.stem not in DRAWERS, "name it after its subject"
    assert source.read_text().count("\n") <= 400, "make it a folder of the same name"
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "no relative imports"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert not any(isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)), (
                f"import inside {node.name}"
            )


@of_each(SOURCES)
def test_every_module_and_every_public_rule_says_what_it_is(source: Path) -> None:
    _, floor = place(source)
    assert ast.get_docstring(tree_of(source)), "a module starts with what it is for"
    if floor in {"rules", "flows"}:
        for node in tree_of(source).body:
            if isinstance(
                node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
            ) and not node.name.startswith("_"):
                assert ast.get_docstring(node), f"{node.name} says nothing about itself"


@of_each(t for t in TEMPLATES if t.name.startswith("_") and "mails" not in t.parts)
def test_a_partial_is_one_element_with_an_id(template: Path) -> None:
    html = re.sub(r"{#.*?#}|{%.*?%}", "", template.read_text(), flags=re.DOTALL).strip()
    opening = re.match(r"<([a-z][a-z0-9]*)([^>]*)>", html)
    assert opening, f"{template.name} starts with an element"
    tag, attributes = opening.groups()
    assert 'id="' in attributes
    assert html.endswith(f"</{tag}>")


def test_every_template_is_used() -> None:
    text = "".join(p.read_text() for p in SOURCES + TEMPLATES)
    names = {str(t.relative_to(ROOT / "templates")) for t in TEMPLATES}
    letters = {name for name in names if "/mails/" in name and f'"{name.removesuffix(".html")}"' in text}
    assert {name for name in names - letters if f'"{name}"' not in text and f"'{name}'" not in text} == set()


@of_each(TEMPLATES)
def test_pages_obey_the_strict_content_policy(template: Path) -> None:
    html = template.read_text()
    assert not re.search(r'\sstyle="', html), "no style attribute"
    assert not re.search(r"<script(?![^>]*\ssrc=)", html), "no inline script"
    assert not re.search(r'\son[a-z]+="|hx-on|hx-vals=.js:', html), "no handler in an attribute"


def test_templates_and_tests_mirror_the_rooms() -> None:
    rooms = {p.name for p in PACKAGE.iterdir() if p.is_dir() and p.name != "__pycache__"}
    assert {p.name for p in (ROOT / "templates").iterdir()} <= rooms | {"layout", "macros"}
    assert {p.name for p in (ROOT / "tests").iterdir() if p.is_dir() and p.name != "__pycache__"} <= rooms | {
        "architecture",
        "benches",
        "browser",
        "faults",
        "security",
        "journeys",
    }


@of_each(SOURCES)
def test_a_lock_is_asked_with_whole_rows(source: Path) -> None:
    """Tortoise forgets FOR UPDATE when values, a count or an existence are asked: nothing would be locked."""
    kept = {"get", "first", "order_by", "filter", "exclude"}
    for call in (node for node in ast.walk(tree_of(source)) if isinstance(node, ast.Attribute)):
        before = call.value.func if isinstance(call.value, ast.Call) else None
        if isinstance(before, ast.Attribute) and before.attr == "select_for_update":
            assert call.attr in kept, f"line {call.lineno}: the lock is lost in .{call.attr}()"


@of_each(sorted((ROOT / "tests").rglob("*.py")))
def test_browser_tests_click_only_what_a_person_could(test: Path) -> None:
    """A forced click goes to where something was: the page scrolls, and it lands on something else."""
    keywords = [node for node in ast.walk(tree_of(test)) if isinstance(node, ast.keyword)]
    assert [keyword.lineno for keyword in keywords if keyword.arg == "force"] == []
