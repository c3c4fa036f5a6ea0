"""docs/method.md says what the engine does: its examples run, and every mention of it finds its heading."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/method.md"


def test_the_examples_on_the_method_page_come_out_as_printed(monkeypatch):
    monkeypatch.chdir(ROOT)
    tried = doctest.testfile(str(PAGE), module_relative=False)
    assert tried.attempted > 10
    assert tried.failed == 0


def test_every_mention_of_the_method_page_finds_its_heading():
    headings = {
        title.lower().replace(" ", "-")
        for title in re.findall(r"^#+ (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    }
    for file in (ROOT / "src").rglob("*.py"):
        for anchor in re.findall(r"docs/method\.md#([a-z-]+)", file.read_text("utf-8")):
            assert anchor in headings, f"{file.relative_to(ROOT)} points at #{anchor}"
