"""What `deploy/` says is what the Procfile and the settings say. Containers are not built here: that wants a registry."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from palier.__main__ import COMMANDS
from palier.foundation.settings import ROOT, VARIABLES

DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service")) + sorted(DEPLOY.glob("*.timer"))
WEB = next(line for line in (ROOT / "Procfile").read_text().splitlines() if line.startswith("web: "))


def options(command: str) -> list[str]:
    """Granian's options, but for where it listens and how many it starts: those differ from place to place."""
    text = re.sub(r"\$+\{[^}]*\}", "N", command.partition("granian ")[2])
    return re.sub(r"--(host|port|workers) \S+ ", "", text).split()


def test_web_is_started_everywhere_as_the_procfile_starts_it() -> None:
    unit = next(
        line
        for line in (DEPLOY / "palier-web.service").read_text().splitlines()
        if line.startswith("ExecStart=")
    )
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["web"]["command"][-1]
    assert options(unit) == options(service) == options(WEB)
    assert len(options(WEB)) > 5


def test_every_command_of_ours_exists() -> None:
    texts = [path.read_text() for path in DEPLOY.iterdir()] + [(ROOT / "docs/deployment.md").read_text(), (ROOT / "docs/upgrading.md").read_text()]  # fmt: skip
    said = {word for text in texts for word in re.findall(r"(?:-m palier|bin/palier|^palier|`palier|&& palier) ([a-z]+)", text, re.MULTILINE)}  # fmt: skip
    assert {"serve", "work", "migrate", "backup", "restore", "doctor"} <= said
    assert said <= COMMANDS.keys()


def test_every_variable_that_is_named_is_a_setting() -> None:
    known = {name for names in VARIABLES.values() for name in names}
    for path in [*DEPLOY.iterdir(), ROOT / "docs/deployment.md", ROOT / "docs/upgrading.md"]:
        assert set(re.findall(r"PALIER_[A-Z_]+", path.read_text())) <= known, path.name


@pytest.mark.parametrize("unit", UNITS, ids=lambda path: path.name)
def test_systemd_understands_the_units(unit: Path, tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not on this machine: nobody reads the units here")
    for path in UNITS:  # the programs they start are not here; `true` stands in
        (tmp_path / path.name).write_text(
            re.sub(r"/opt/palier/\.venv/bin/\w+", "/bin/true", path.read_text())
        )
    done = subprocess.run(
        [program, "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if unit.name in line]
    assert told == []


def test_compose_names_what_exists_and_gives_nobody_more_than_needed() -> None:
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert (ROOT / compose["x-palier"]["build"]["dockerfile"]).is_file()
    for name in ("release", "web", "worker"):
        service = compose["services"][name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
    for name in re.findall(r"\./([a-z.]+):", (DEPLOY / "compose.yaml").read_text()):
        assert (DEPLOY / name).is_file(), name
    assert all(port.startswith("127.0.0.1:") for port in compose["services"]["web"]["ports"])


def test_the_image_holds_no_secret_and_runs_as_nobody_special() -> None:
    text = (DEPLOY / "Containerfile").read_text()
    assert "USER palier" in text
    assert "PALIER_SECRET" not in text
    ignored = (DEPLOY / "Containerfile.dockerignore").read_text().split()
    assert {"var", ".venv", ".git"} <= set(ignored)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_proxies_let_the_largest_file_through_and_write_addresses_themselves(name: str) -> None:
    text = (DEPLOY / name).read_text()
    assert re.search(r"(client_max_body_size\s+12m|max_size 12MB)", text)
    assert "$proxy_add_x_forwarded_for" not in text
    assert "/metrics" in text


def test_every_file_of_deploy_stands_in_the_guide() -> None:
    guide = (ROOT / "docs/deployment.md").read_text()
    spoken = {path.name for path in DEPLOY.iterdir()} - {
        "owner.sh",
        "Containerfile.dockerignore",
        "palier-backup.service",
    }
    assert {name for name in spoken if name not in guide} == set()
