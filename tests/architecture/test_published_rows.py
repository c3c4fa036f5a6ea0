"""Published rows are all that a page, a document or a file reads of others: what was given is reached by few, and named here."""

import ast
from pathlib import Path

from tests.architecture.over import of_each

HOUSE = Path(__file__).parents[2] / "src" / "palier"

THE_WORKER = {
    f"benchmarks/flows/{name}.py"
    for name in ("cells", "contributing", "correcting", "kept_text", "publishing", "sealing")
} | {"benchmarks/store.py", "demo/planting.py"}
"""Who may name what members gave: the flows of the worker, the store, and what plants a demonstration."""

GIVEN = {
    "Contribution",
    "contribution",
    "draft_row",
    "DraftRow",
    "batch_cell",
    "BatchCell",
    "release_text",
    "ReleaseText",
}

SOURCES = sorted(
    path for path in HOUSE.rglob("*.py") if "rules" not in path.parts and "charts" not in path.parts
)


def said(source: Path) -> set[str]:
    """The names a module uses of the store, and the tables its SQL names."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source.read_text())):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in ("store", "benchmarks")
        ):
            found.add(node.attr)
        elif isinstance(node, ast.ImportFrom) and node.module == "palier.benchmarks.store":
            found |= {name.name for name in node.names}
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.startswith("select ")
        ):
            found |= set(node.value.split())
    return found


@of_each(SOURCES)
def test_nobody_but_the_worker_reaches_what_members_gave(source: Path) -> None:
    if str(source.relative_to(HOUSE)) in THE_WORKER:
        return
    assert not said(source) & GIVEN


def test_the_rule_would_notice_a_page_that_reads_contributions(tmp_path: Path) -> None:
    page = tmp_path / "page.py"
    page.write_text("from palier.benchmarks import store\nrows = store.Contribution.all()\n")
    assert said(page) & GIVEN
    page.write_text('rows = select("select scores from contribution")\n')
    assert said(page) & GIVEN
