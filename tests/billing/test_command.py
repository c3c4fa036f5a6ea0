"""`palier billing`: what it says, and with which status it ends."""

import argparse
import os
import subprocess
import sys
from typing import Any

import pytest

from palier.billing.stripe import Stripe
from palier.cli import billing as command
from palier.foundation.settings import Settings
from tests.billing.selling import FORMER_SECRET, KEY, Wire
from tests.billing.stripe_peer.world import World


def palier(settings: Settings, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    known = {
        "PALIER_DATABASE_URL": str(settings.database_url),
        "PALIER_DATA_DIR": str(settings.data_directory),
    }
    return subprocess.run(
        [sys.executable, "-m", "palier", "billing", *words],
        check=False, capture_output=True, text=True, env=os.environ | known | environment,
    )  # fmt: skip


async def test_without_a_key_nothing_can_be_said_and_without_stripe_only_what_stands_here(
    stage: Any, settings: Settings
) -> None:
    assert palier(settings, "prices").returncode == 2
    keyed = {
        "PALIER_STRIPE_KEY": KEY,
        "PALIER_STRIPE_WEBHOOK_SECRETS": FORMER_SECRET,
        "PALIER_STRIPE_API": "http://127.0.0.1:9",
    }
    said = palier(settings, "status", **keyed)
    assert (said.returncode, said.stdout.splitlines()[-1]) == (0, "never compared")
    away = palier(settings, "review", **keyed)
    assert (away.returncode, "could not be reached" in away.stderr) == (2, True)
    assert palier(settings, "status", **keyed).returncode == 1  # the comparison that failed stands there


def test_prices_are_listed_and_made_and_a_second_time_stand(
    selling_settings: Settings, stripe_peer: World, wire: Wire, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    def run(**flags: bool) -> int:
        monkeypatch.setattr(command, "read_settings", lambda: selling_settings)
        monkeypatch.setattr(command, "till_from", lambda settings: Stripe(settings, wire))
        return command.run(
            argparse.Namespace(**({"act": "prices", "replace": False, "dry_run": False} | flags))
        )

    assert run(dry_run=True) == 1
    assert stripe_peer.of("price") == []
    assert "missing" in capsys.readouterr().out
    assert run() == 0
    assert "palier_network_year" in capsys.readouterr().out
    assert run(dry_run=True) == 0
