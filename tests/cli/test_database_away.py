"""A command whose database lets nobody in says so in one line, with what to do, and shows no password."""

import os
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import pytest

from palier.cli.database import why_unanswered


@pytest.fixture
def away() -> str:
    """An address on this machine where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"postgresql://palier:geheim@127.0.0.1:{probe.getsockname()[1]}/palier"


@pytest.mark.parametrize("command", ["migrate", "recompute"])
def test_a_server_that_is_away_is_one_line(command: str, away: str) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "palier", command],
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PALIER_DATABASE_URL": away},
    )
    assert told.returncode == 1
    assert told.stdout == ""
    (line,) = told.stderr.splitlines()
    assert line.startswith("palier: the database does not answer: ")
    assert str(urlsplit(away).port) in line
    assert "Check PALIER_DATABASE_URL" in line
    assert "geheim" not in line


def test_why_nobody_is_let_in_is_the_server_s_own_word(cluster: str, away: str) -> None:
    assert why_unanswered(cluster) is None
    unmade = urlsplit(cluster)._replace(path="/nobody_made_it").geturl()
    assert "nobody_made_it" in str(why_unanswered(unmade))
    assert "refused" in str(why_unanswered(away))
