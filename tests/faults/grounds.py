"""A data directory with every table and a place to answer in, made once a run and copied for whoever is going to break it."""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from palier.cli import schema
from palier.foundation import embedded_postgres
from palier.foundation.settings import ROOT
from tests.cli.planting import Place, plant
from tests.scratch import first, of_the_run

ROUNDS = 6
"""Rounds that only wait to be submitted: three for the sieges, three for the tests that submit under fire."""


def lay(folder: Path) -> Place:
    """Fill `folder` with a copy and say what is planted in it. A start there migrates nothing: seconds instead of a minute."""
    made = of_the_run() / "ground"
    with first("ground") as nobody_has:
        if nobody_has:
            _make(made)
    subprocess.run(["cp", "-a", f"{made}/.", str(folder)], check=True)  # owners and times too
    facts = json.loads((folder / "place.json").read_text())
    lists = {name: tuple(value) for name, value in facts.items() if isinstance(value, list)}
    return Place(**facts | lists | {"organisation": UUID(facts["organisation"])})


def _make(folder: Path) -> None:
    folder.mkdir(mode=0o711)
    with embedded_postgres.running(folder, say=lambda _: None) as cluster:
        _migrate(cluster.url)
        schema.remember(cluster)
        place = plant(cluster.url, cluster.url.replace("palier@", "postgres@", 1), answered=ROUNDS)
    (folder / "place.json").write_text(json.dumps(asdict(place), default=str))


def _migrate(url: str) -> None:
    """In a process of its own: this one may have a pool open."""
    environment = os.environ | {"PALIER_DATABASE_URL": url, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-m", "palier", "migrate"], env=environment, cwd=ROOT, check=True)
