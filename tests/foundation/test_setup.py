"""Setting a clone up: one message when Python will not do, a second run that costs nothing, clean locks."""

import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from palier.foundation.settings import ROOT

LOCKS = [*sorted((ROOT / "requirements").glob("*.txt")), ROOT / "package-lock.json"]


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """bin/setup.py over a clone that is an empty folder with locks, running no command but noting each."""
    spec = importlib.util.spec_from_file_location("palier_setup", ROOT / "bin" / "setup.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for folder in (".venv/bin", "requirements", "static/vendor/pdf-fonts", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (
        "pyproject.toml",
        "package-lock.json",
        "bin/vendor.py",
        "bin/stripe_world.py",
        "static/vendor/htmx.min.js",
    ):
        (tmp_path / name).write_text(name)
    for name in ("bootstrap", "main", "dev", "node", "stripe-world"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    for name in ("python", "uv"):
        (tmp_path / ".venv" / "bin" / name).write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / ".venv" / "bin" / name).chmod(0o755)
    places = {
        "ROOT": tmp_path,
        "VENV": tmp_path / ".venv",
        "PYTHON": tmp_path / ".venv" / "bin" / "python",
        "UV": tmp_path / ".venv" / "bin" / "uv",
        "STAMPS": tmp_path / ".venv" / "palier-setup.json",
        "VENDOR": tmp_path / "static" / "vendor",
        "REQUIREMENTS": tmp_path / "requirements",
    }
    for name, place in places.items():
        monkeypatch.setattr(module, name, place)
    monkeypatch.setattr(module, "PDF_LIBRARIES", {})
    monkeypatch.setattr(module, "commands", [], raising=False)
    monkeypatch.setattr(module, "run", module.commands.append)
    return module


def test_a_second_run_does_nothing(setup: ModuleType) -> None:
    setup.set_up("run")
    assert setup.commands
    setup.commands.clear()
    setup.set_up("run")
    assert setup.commands == []


def test_a_changed_lock_is_installed_again(setup: ModuleType) -> None:
    setup.set_up("run")
    setup.commands.clear()
    (setup.REQUIREMENTS / "main.txt").write_text("main, newer")
    setup.set_up("run")
    assert len(setup.commands) == 2
    assert setup.REQUIREMENTS / "main.txt" in setup.commands[0]


def test_a_changed_npm_lock_fetches_the_assets_again(setup: ModuleType) -> None:
    setup.set_up("run")
    setup.commands.clear()
    (setup.ROOT / "package-lock.json").write_text("newer")
    setup.set_up("run")
    assert [command for command in setup.commands if "ci" in command]


def test_a_step_that_failed_is_tried_again(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(setup, "run", lambda command: (_ for _ in ()).throw(OSError("no network")))
        with pytest.raises(OSError, match="no network"):
            setup.set_up("run")
    setup.set_up("run")
    assert setup.commands


def test_a_moved_clone_is_installed_again(setup: ModuleType) -> None:
    setup.set_up("run")
    stamps = json.loads(setup.STAMPS.read_text())
    setup.commands.clear()
    setup.STAMPS.write_text(json.dumps(stamps | {"packages-main": setup.fingerprint(salt="elsewhere")}))
    setup.set_up("run")
    assert setup.commands


def test_where_stripe_world_cannot_be_had_the_set_up_goes_on_and_says_so(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_registry(command: list[object]) -> None:
        raise subprocess.CalledProcessError(1, [str(part) for part in command])

    with monkeypatch.context() as broken:
        broken.setattr(setup, "run", no_registry)
        setup.install_stripe_world()
    assert "BILLING TESTS WILL BE SKIPPED" in capsys.readouterr().out
    setup.install_stripe_world()
    assert [str(part) for part in setup.commands[0]][1].endswith("stripe_world.py")
    (setup.VENV / "stripe-world" / "site").mkdir(parents=True)
    setup.commands.clear()
    setup.install_stripe_world()
    assert setup.commands == []


def test_packages_are_installed_by_hash_and_never_built(setup: ModuleType) -> None:
    setup.set_up("run")
    locked = [command for command in setup.commands if "-r" in command]
    assert len(locked) == 2
    assert all("--require-hashes" in command for command in locked)
    assert "--no-build" in locked[-1]


def test_an_old_python_gets_one_message_with_the_line_to_type(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert setup.missing_python() is None
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    assert "apt-get install -y python3 python3-venv" in setup.missing_python()


def test_a_python_without_venv_gets_the_same_message(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    assert "without venv" in setup.missing_python()


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "://" not in text
    assert "sha512-" in text if lock.suffix == ".json" else "--hash=sha256:" in text


def test_the_lock_holds_what_the_project_asks_for() -> None:
    """The part of it that a person forgets: a dependency was added, `make lock` was not run."""
    asked = (ROOT / "pyproject.toml").read_text().split("[project.scripts]")[0]
    names = set(re.findall(r'^  "([a-z0-9-]+)', asked, re.MULTILINE))
    locked = set(
        re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements" / "dev.txt").read_text(), re.MULTILINE)
    )
    assert names
    assert names <= locked
