"""What the product is made of: every part known with a licence that may be shipped, no secret in the repository, no weak one at work."""

import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

from palier.foundation.settings import SettingError, read_settings

ROOT = Path(__file__).parents[2]
ELSEWHERE = {"brotlicffi", "colorama"}
"""Locked for other kinds of Python or of system: never installed on ours."""

FORBIDDEN = re.compile(r"\bAGPL|Affero|SSPL|BUSL|Commons Clause|non-?commercial|proprietary|(?<!Lesser )General Public License v3|(?<!L)GPL-[23]|(?<!L)GPLv[23](?!\+)", re.IGNORECASE)  # fmt: skip
CHOSEN = {"pyphen": "one of three: LGPL-2.1 or MPL-1.1 is taken, not GPL-2"}

NO_SECRETS = {
    "deploy/palier.env.example": "an address that shows where a password goes",
    "docs/settings.md": "an address that shows where a password goes",
    "src/palier/accounts/rules.py": "the name of a way to sign in",
    "src/palier/assessments/flows/submitting.py": "an alphabet",
    "src/palier/association/flows/joining.py": "an alphabet",
    "src/palier/demo/example.json": "the hash of a questionnaire",
    "src/palier/foundation/database.py": "an address that shows where a password goes",
    "src/palier/mirrors/flows/asking.py": "an alphabet",
    "src/palier/privacy/rules/": "a class of columns, and the names of columns that hold secrets",
    "src/palier/questionnaires/owners.py": "an alphabet",
    "src/palier/reports/rules/seals.py": "an alphabet",
    "src/palier/single_sign_on/flows/configuring.py": "what the sealing of client secrets is called",
    "src/palier/single_sign_on/flows/owning.py": "an alphabet",
    "src/palier/upkeep/dumping.py": "the name of a variable of PostgreSQL's programs",
    "src/palier/upkeep/rules/contents.py": "the name of a file of a backup",
    "tests/": "passwords of invented people, hashes of known content",
}
"""What looks like a secret and is none, and what it is. Nothing else may."""

UNREAD = re.compile(
    r"^(requirements/.*\.txt|package-lock\.json|locale/|questionnaires/|static/(fonts|img)|docs/pictures/)|\.(png|jpg|woff2|ttf|pdf|xlsx|ico)$"
)
"""Locks are made of hashes, catalogues and questionnaires of sentences; pictures hold no text."""


def locked() -> dict[str, set[str]]:
    """Every package of the lock the product runs on, with its versions: one, or one for each Python."""
    found: dict[str, set[str]] = {}
    text = (ROOT / "requirements/main.txt").read_text()
    for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", text, re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def licence_of(name: str) -> str:
    said = metadata.metadata(name)
    classified = [line for line in said.get_all("Classifier") or [] if line.startswith("License")]
    return (
        said.get("License-Expression")
        or "; ".join(classified)
        or str(said.get("License") or "").partition("\n")[0]
        or _first_line_of(name, said.get("License-File"))
    )


def _first_line_of(name: str, file: str | None) -> str:
    """Some say it in the file alone, which begins with its name."""
    found = [one for one in metadata.files(name) or [] if file and one.match(f"licenses/{file}")]
    return found[0].read_text().partition("\n")[0] if found else ""


def test_every_locked_package_has_a_licence_that_may_be_shipped() -> None:
    unknown, forbidden = [], []
    packages = locked().keys() - ELSEWHERE
    assert len(packages) > 60
    for name in packages:
        licence = licence_of(name)
        if not licence:
            unknown.append(name)
        if FORBIDDEN.search(licence) and name not in CHOSEN:
            forbidden.append(f"{name}: {licence}")
    assert unknown == []
    assert forbidden == []


def test_what_only_the_tests_fetch_is_as_locked_and_licensed_too() -> None:
    """Stripe World and what it stands on: wheels beside the environment, that no package list of it knows."""
    site = ROOT / ".venv/stripe-world/site"
    if not site.exists():
        pytest.skip("STRIPE WORLD IS NOT HERE: python3 bin/setup.py test fetches it")
    lock = (ROOT / "requirements/stripe-world.txt").read_text()
    wanted = dict(re.findall(r"^([a-z-]+)==(\S+)", lock, re.MULTILINE))
    found = {
        part.metadata["Name"].replace("_", "-"): part for part in metadata.distributions(path=[str(site)])
    }
    assert {name: part.version for name, part in found.items()} == wanted
    for name, part in found.items():
        said = f"{part.metadata.get('License-Expression') or ''} {part.metadata.get('License') or ''} {part.metadata.get_all('Classifier')}"
        assert re.search(r"MIT|PSF|OSI Approved|any-OSI", said), name
        assert not FORBIDDEN.search(said), name


def test_a_forbidden_licence_would_be_seen() -> None:
    for said in ("AGPL-3.0-only", "GPL-3.0-or-later", "GNU Affero General Public License v3", "SSPL-1.0"):
        assert FORBIDDEN.search(said), said
    for said in ("LGPL-3.0-only", "MIT", "GNU Library or Lesser General Public License (LGPL)", "MPL-2.0"):
        assert not FORBIDDEN.search(said), said


def test_every_locked_package_is_pinned_by_its_hash() -> None:
    text = (ROOT / "requirements/main.txt").read_text()
    bare = [
        name
        for name in locked()
        if not re.search(rf"^{re.escape(name)}==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE)
    ]
    assert bare == []


@pytest.mark.long
def test_the_bill_of_materials_is_complete(tmp_path: Path) -> None:
    """`make sbom`: every locked package that runs here, by name, version, address and licence."""
    target = tmp_path / "sbom.json"
    subprocess.run(
        [sys.executable, ROOT / "bin/sbom.py", str(target)], check=True, cwd=ROOT, capture_output=True
    )
    bill = json.loads(target.read_text())
    parts = {part["name"].lower().replace("_", "-").replace(".", "-"): part for part in bill["components"]}
    assert bill["bomFormat"] == "CycloneDX"
    assert bill["metadata"]["component"]["name"] == "palier"
    for name, versions in locked().items():
        if name not in ELSEWHERE:
            part = parts[name.lower().replace("_", "-").replace(".", "-")]
            assert part["version"] in versions
            assert part["purl"].startswith("pkg:pypi/")
            assert part.get("licenses"), f"{name} has no licence"
    assert "htmx-org" in parts
    assert "pytest" not in parts


def secrets_in(files: list[Path]) -> list[str]:
    """What looks like a secret, by file."""
    found = SecretsCollection()
    with default_settings():
        for file in files:
            found.scan_file(str(file))
    return [
        f"{Path(secret.filename).relative_to(ROOT)}:{secret.line_number}: {secret.type}"
        for _, secret in found
    ]


def tracked() -> list[str]:
    """What may hold a secret. Where one would be said to be none whatever it is, nobody looks: a third of all there is to read."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    known = tuple(NO_SECRETS)
    return [
        name
        for name in listed.stdout.splitlines()
        if not (UNREAD.search(name) or name.startswith(known)) and (ROOT / name).is_file()
    ]


def test_the_version_it_says_it_is_is_the_newest_of_the_changelog() -> None:
    """Backups, the staff's pages and the figures tell it: whoever upgrades goes by it."""
    said = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert said == re.findall(r"^## (\S+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)[0]
    assert metadata.version("palier") == said


def test_what_runs_holds_no_secret() -> None:
    """Code, settings and documents outside the tests and the templates; the long run reads everything."""
    files = [
        name
        for name in tracked()
        if name.startswith(
            (
                "src/palier/foundation",
                "src/palier/cli",
                "src/palier/accounts",
                "src/palier/app",
                "docs/",
                "bin/",
            )
        )
        or "/" not in name
    ]
    assert len(files) > 60
    _none_but_known(files)


@pytest.mark.long
def test_the_repository_holds_no_secret() -> None:
    files = tracked()
    assert len(files) > 900
    _none_but_known(files)


def _none_but_known(files: list[str]) -> None:
    assert secrets_in([ROOT / name for name in files]) == []


def test_a_secret_would_be_found(tmp_path: Path) -> None:
    planted = ROOT / "var" / "planted-for-a-test.py"
    planted.parent.mkdir(exist_ok=True)
    planted.write_text('API_KEY = "sk_live_' + "4eC39HqLyjWDarjtT1zdp7dc" + '"\n')
    try:
        assert secrets_in([planted])
    finally:
        planted.unlink()


@pytest.mark.parametrize("secret", ["", "changeme", "x" * 31])
def test_production_does_not_start_on_a_weak_secret(secret: str, tmp_path: Path) -> None:
    environment = {"PALIER_ENVIRONMENT": "production", "PALIER_DATA_DIR": str(tmp_path), "PALIER_PUBLIC_URL": "https://palier.example", "PALIER_DATABASE_URL": "postgres://x@localhost/x"}  # fmt: skip
    with pytest.raises(SettingError, match="PALIER_SECRET"):
        read_settings(environment | {"PALIER_SECRET": secret})
    assert not list(tmp_path.iterdir()), "and makes none by itself"


@pytest.mark.parametrize(
    "secret", ["x" * 40, "changeme" * 5, "secretsecretsecretsecretsecretsecret", "0123456789" * 4]
)
def test_production_does_not_start_on_a_secret_that_is_long_and_no_secret(
    secret: str, tmp_path: Path
) -> None:
    environment = {"PALIER_ENVIRONMENT": "production", "PALIER_DATA_DIR": str(tmp_path), "PALIER_PUBLIC_URL": "https://palier.example", "PALIER_DATABASE_URL": "postgres://x@localhost/x"}  # fmt: skip
    with pytest.raises(SettingError, match="PALIER_SECRET"):
        read_settings(environment | {"PALIER_SECRET": secret})
