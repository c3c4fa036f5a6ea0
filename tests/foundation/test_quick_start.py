"""What an import leaves out, nothing of ours asks for."""

import re
import subprocess
import sys

from tortoise.filters import get_filters_for_field

from palier.foundation.quick_start import LOOKUPS
from palier.foundation.settings import ROOT

KNOWN = {name.removeprefix("column") for name in get_filters_for_field("column", None, "column")}
"""Every lookup of a column that Tortoise offers."""


def spoken_of(lookup: str) -> list[str]:
    sources = sorted((ROOT / "src").rglob("*.py"))
    return [str(one.relative_to(ROOT)) for one in sources if re.search(rf"\w{lookup}\b", one.read_text())]


def test_no_query_uses_a_lookup_that_is_left_out() -> None:
    used = {lookup: places for lookup in KNOWN - LOOKUPS if (places := spoken_of(lookup))}
    assert not used, "name it in quick_start.LOOKUPS"


def test_nothing_is_kept_that_tortoise_does_not_know() -> None:
    assert LOOKUPS < KNOWN


def test_tables_imported_quickly_know_the_others() -> None:
    asked = (
        "from palier.foundation.quick_start import quickly\n"
        "with quickly():\n"
        "    from palier.network.store import Organisation\n"
        "print(*sorted(name for name in Organisation._meta._filters if name.startswith('name')))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == sorted(f"name{lookup}" for lookup in LOOKUPS)
