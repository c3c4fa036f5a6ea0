"""What our own code may not do: switch escaping off, compile a template out of words, write SQL out of words, pass a form on whole."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src/palier").rglob("*.py"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))

UNESCAPED = {
    "templates/macros/ui.html: |safe": "drawings of icons that ship with the product",
    "foundation/fragments.py: Markup": "what a template of ours rendered, kept: every word in it was escaped there",
    "foundation/qr.py: Markup": "a drawing of squares, no text in it",
    "mirrors/qr.py: Markup": "a drawing of squares, no text in it",
    "foundation/compiled.py: Markup": "our own sentences without values, in their language",
    "foundation/templates.py: Markup": "our own sentences; what is put into them is escaped by Markup's own %",
    "foundation/templates.py: autoescape": "on for everything but the plain text of letters",
    "foundation/charts/drawing.py: Markup": "the one place that writes SVG: attributes and contents are escaped there",
}
"""Where escaping is not Jinja's, and why that is right."""

COMPOSED = {
    "action_plans/whole.py": "columns of our own tables; values are parameters",
    "assessments/store.py": "columns of our own table; values are parameters",
    "benchmarks/flows/freezing.py": "table and owner are two constants of the module",
    "benchmarks/flows/frozen.py": "columns are constants; edition and cohort are parameters",
    "benchmarks/store.py": "columns of our own tables; values are parameters",
    "foundation/embedded_postgres.py": "psycopg's own identifiers, of constants",
    "foundation/migrating.py": "the two database roles, constants; utility statements take no parameter",
    "foundation/database.py": "only UUIDs and hexadecimal digits enter the text",
    "platform/flows/reading.py": "names of our own functions; values are parameters",
    "privacy/flows/houses.py": "tables and columns of our own register; the organisation is a parameter",
    "privacy/flows/keeping.py": "constants of the module",
    "privacy/flows/trail.py": "conditions are constants joined by and; values are parameters",
    "upkeep/dumping.py": "psycopg's own identifiers, of names the catalogue gave",
    "upkeep/flows/restoring.py": "psycopg's own identifiers, of names the catalogue gave; a constant of the module",
}
"""Files whose SQL is put together, and of what."""

_SQL = re.compile(r"\b(select|insert into|update|delete from|grant|create (role|table|database))\b.*\b(from|where|set|values|to|login|nologin|owner)\b", re.IGNORECASE | re.DOTALL)  # fmt: skip


def short(path: Path) -> str:
    return str(path.relative_to(ROOT)).removeprefix("src/palier/")


def unescaped(name: str, source: str) -> Iterator[str]:
    """Where a module says that words are markup already, or reads words as a template."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func).rpartition(".")[2]
            empty = bool(node.args) and isinstance(node.args[0], ast.Constant)
            if called == "Markup" and not empty:
                yield f"{name}: Markup"
            if called in ("from_string", "Template") and ast.unparse(node.func) in (
                "env.from_string",
                "environment().from_string",
                "jinja2.Template",
            ):
                yield f"{name}: {called}"
            yield from (f"{name}: autoescape" for given in node.keywords if given.arg == "autoescape")


def composed(source: str) -> Iterator[str]:
    """Texts that read as SQL and are put together out of pieces."""
    for node in ast.walk(ast.parse(source)):
        joined = isinstance(node, ast.JoinedStr) and any(
            isinstance(part, ast.FormattedValue) for part in node.values
        )
        added = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod)
        formatted = (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
        )
        if (
            (joined or added or formatted)
            and _SQL.search(text := ast.unparse(node))
            and not _only_constants(node)
        ):
            yield text[:120]


def _only_constants(node: ast.AST) -> bool:
    """Whether nothing but texts is added up: a long statement over several lines."""
    return isinstance(node, ast.BinOp) and all(
        isinstance(part, ast.Constant | ast.BinOp | ast.Add) for part in ast.walk(node)
    )


def test_escaping_is_never_switched_off_but_where_it_is_said_why() -> None:
    found = {place for source in SOURCES for place in unescaped(short(source), source.read_text())}
    for template in TEMPLATES:
        text = re.sub(r"{#.*?#}", "", template.read_text(), flags=re.DOTALL)
        for sign in (r"\|\s*safe\b", r"{%-?\s*autoescape", r"\bMarkup\("):
            if re.search(sign, text):
                found.add(f"{short(template)}: {'|safe' if 'safe' in sign else sign}")
    assert found - UNESCAPED.keys() == set()


def test_no_template_is_made_of_words() -> None:
    """Only files are templates: nothing that was typed is ever compiled."""
    said = [
        short(source)
        for source in SOURCES
        if re.search(
            r"\.from_string\((?!wanted)|jinja2\.Template\(|\.overlay\(.*autoescape=False", source.read_text()
        )
    ]
    assert said == []


def test_sql_is_put_together_only_where_it_is_said_of_what() -> None:
    found = {short(source): list(composed(source.read_text())) for source in SOURCES}
    wrong = {name: texts for name, texts in found.items() if texts and name not in COMPOSED}
    assert wrong == {}


def test_no_form_is_passed_on_whole() -> None:
    """A row takes the fields a handler names: `**raw` would let anybody write any column."""
    wrong = []
    for source in SOURCES:
        for call in ast.walk(ast.parse(source.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Attribute)
                and call.func.attr in ("create", "update", "filter", "update_from_dict")
            ):
                spread = [ast.unparse(given.value) for given in call.keywords if given.arg is None]
                wrong += [
                    f"{short(source)}:{call.lineno}: **{name}"
                    for name in spread
                    if name in ("raw", "form", "posted", "fields", "data", "request")
                ]
    assert wrong == []


def test_nothing_reads_code_or_objects_out_of_words() -> None:
    banned = re.compile(
        r"\b(eval|exec|compile|__import__)\(|\bpickle\b|\bmarshal\b|\bshelve\b|yaml\.(load|unsafe_load|full_load)\(|shell=True|os\.system\("
    )
    wrong = [
        f"{short(s)}: {found[0]}"
        for s in SOURCES
        if (found := banned.search(re.sub(r"re\.compile\(|\.compile\(", "", s.read_text())))
    ]
    assert wrong == ["action_plans/planner.py: pickle", "action_plans/solving.py: pickle", "cli/children.py: pickle"], (
        "two talk to each other, and the supervisor to a copy of itself, through the pipes of a process of our own; nobody else does"
    )  # fmt: skip


def test_scripts_of_ours_never_write_markup() -> None:
    """Without these a text has no way into the page but as text (htmx swaps what our own templates escaped)."""
    banned = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.srcdoc|createContextualFragment|setTimeout\(\s*['\"]"
    )
    wrong = [
        f"{short(file)}: {found[0]}"
        for file in sorted((ROOT / "static/js").glob("*.js"))
        if (found := banned.search(file.read_text()))
    ]
    assert wrong == []


def test_the_rules_see_what_they_forbid() -> None:
    assert list(unescaped("x", "Markup(name)"))
    assert list(unescaped("x", "env.from_string(name)"))
    assert list(unescaped("x", "Environment(autoescape=False)"))
    assert list(composed("select(f'select * from person where name = {name}')"))
    assert list(composed("'select * from person where name = ' + name"))
    assert list(composed("'select * from person where name = %s' % name"))
    assert list(composed("'update x set y = {}'.format(name)"))
    assert not list(composed("'select a from b where ' 'c = $1'"))
