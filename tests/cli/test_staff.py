"""`palier staff`: the one place where somebody is put on the platform's staff."""

import os
import subprocess
import sys
from typing import Any

from palier.foundation.audit import PLATFORM
from palier.foundation.settings import Settings
from tests.conftest import Cast


def palier(settings: Settings, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PALIER_DATABASE_URL": str(settings.database_url), "PALIER_DATA_DIR": str(settings.data_directory),
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, "-m", "palier", "staff", *words],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    )


async def test_the_command_line_puts_on_the_staff_lists_and_removes_and_says_so_in_the_chain(
    cast: Cast, settings: Settings, owner: Any
) -> None:
    assert palier(settings, "add", "nobody@example.org").returncode == 1
    assert palier(settings, "add", "Hugo@example.org", "--note", "assistance").returncode == 0
    assert "on the staff already" in palier(settings, "add", "hugo@example.org").stderr
    assert "hugo@example.org" in palier(settings, "list").stdout
    assert palier(settings, "remove", "hugo@example.org").returncode == 0
    assert palier(settings, "list").stdout == ""
    said = await owner.fetch("select verb, details from audit_entry where chain = $1 and verb like 'platform.%' order by seq", PLATFORM)  # fmt: skip
    assert [row["verb"] for row in said] == ["platform.staff_added", "platform.staff_removed"]
    assert "assistance" in said[0]["details"]
