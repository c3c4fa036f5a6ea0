"""Settings: defaults that work at once, refusals that name the variable, a page that describes every one."""

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from pathlib import Path

import pytest

from palier.foundation.settings import ROOT, VARIABLES, Environment, SettingError, Settings, read_settings

LONG_ENOUGH = "a secret of the tests and nobody"
PAGE = (ROOT / "docs" / "settings.md").read_text()


def read(data_directory: Path, **variables: str) -> Settings:
    return read_settings({"PALIER_DATA_DIR": str(data_directory), **variables})


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.embedded
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")


def test_the_first_variable_that_is_not_empty_wins(tmp_path: Path) -> None:
    ours, platform = "postgresql://ours/palier", "postgresql://platform/palier"
    both = read(tmp_path, PALIER_DATABASE_URL=ours, DATABASE_URL=platform)
    assert both.database_url == ours
    assert read(tmp_path, PALIER_DATABASE_URL="", DATABASE_URL=platform).database_url == platform


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PALIER_ENVIRONMENT", "staging"),
        ("PALIER_PORT", "eighty"),
        ("PALIER_PORT", "0"),
        ("PALIER_PORT", "65536"),
        ("WEB_CONCURRENCY", "-1"),
        ("PALIER_PUBLIC_URL", "palier.example"),
        ("PALIER_SMTP_URL", "mail.example:25"),
        ("PALIER_SCANNER", "http://scanner.example"),
        ("PALIER_SCANNER", "clamd:"),
        ("PALIER_SECRET", "too short"),
        ("PALIER_FILES_URL", "https://s3.example.org/bucket"),
        ("PALIER_FILES_URL", "s3://"),
        ("PALIER_FILES_ENDPOINT", "s3.example.org"),
        ("PALIER_FILES_PATH_STYLE", "maybe"),
        ("PALIER_FILES_ROOM", "0"),
        ("PALIER_BACKUP_KEEP", "0"),
        ("PALIER_BACKUP_RECIPIENTS", "AGE-SECRET-KEY-1"),
        ("PALIER_METRICS_TOKEN", "guessed"),
        ("PALIER_LOG", "xml"),
        ("PALIER_ACCESS_LOG", "maybe"),
        ("PALIER_SLOW_QUERY_MS", "-1"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_by_name(tmp_path: Path, variable: str, value: str) -> None:
    with pytest.raises(SettingError, match=variable):
        read(tmp_path, **{variable: value})


def test_a_development_secret_is_made_once_and_is_ours_alone(tmp_path: Path) -> None:
    first = read(tmp_path).secret
    assert read(tmp_path).secret == first
    assert len(first) >= 32
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: read(tmp_path).secret, range(16)))
    assert len(secrets) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_production_refuses_to_invent_its_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="PALIER_SECRET is missing"):
        read(tmp_path, PALIER_ENVIRONMENT="production")
    assert read(tmp_path, PALIER_ENVIRONMENT="production", PALIER_SECRET=LONG_ENOUGH).production
    assert not (tmp_path / "secret").exists()


def test_printing_the_settings_shows_no_password(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        PALIER_DATABASE_URL="postgresql://palier:hunter2@db/palier",
        PALIER_DATABASE_URL_WEB="postgresql://web:hunter2@db/palier",
        PALIER_SMTP_URL="smtp://us:hunter2@mail",
        PALIER_SECRET="hunter2" * 6,
    )
    assert "hunter2" not in repr(settings)


def test_every_field_has_its_variables() -> None:
    assert set(VARIABLES) == {field.name for field in fields(Settings)}


def test_the_page_describes_every_setting_and_invents_none() -> None:
    known = {name for names in VARIABLES.values() for name in names}
    described = set(re.findall(r"^\| `(\w+)`", PAGE, re.MULTILINE))
    assert described == known | {"PALIER_CHROMIUM", "TEST_DATABASE_URL"}


def test_only_this_module_reads_the_environment() -> None:
    """Otherwise a setting could exist that no page describes. Starting a process hands the environment on."""
    handing_on = {
        "foundation/settings.py",
        "foundation/metrics.py",  # the library takes its folder from there
        "foundation/embedded_postgres.py",
        "foundation/pdf_forms.py",
        "upkeep/dumping.py",
        "cli/children.py",
        "action_plans/planner.py",
    }
    sources = ROOT / "src" / "palier"
    reading = {
        str(path.relative_to(sources))
        for path in sources.rglob("*.py")
        if re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    }
    assert reading <= handing_on


def test_a_bucket_needs_its_keys_and_shows_no_secret(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="PALIER_FILES_KEY_ID"):
        read(tmp_path, PALIER_FILES_URL="s3://kept")
    with pytest.raises(SettingError, match="PALIER_FILES_SECRET"):
        read(tmp_path, PALIER_FILES_URL="s3://kept", PALIER_FILES_KEY_ID="palier")
    keys = {"PALIER_FILES_KEY_ID": "palier", "PALIER_FILES_SECRET": "hush-hush"}
    settings = read(tmp_path, PALIER_FILES_URL="s3://kept/palier/", **keys)
    assert settings.files_url == "s3://kept/palier"
    assert "hush" not in repr(settings)
