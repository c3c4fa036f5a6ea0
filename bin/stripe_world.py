"""Fetch Stripe World and the Stripe API's schema for the tests: wheels named by hash, unzipped into .venv/stripe-world/site.

Its wheels are for the Python inside Pyodide (tests/billing/stripe_world.mjs), so they are only unzipped, never installed.
The schema that the in-process peer validates with (tests/billing/stripe_peer) lies in one of them.
"""

import subprocess
import sys
import tempfile
import zipfile
from importlib.util import find_spec
from pathlib import Path
from shutil import copytree, rmtree

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "stripe-world.txt"
SITE = ROOT / ".venv" / "stripe-world" / "site"

PLATFORM = [
    "--python-version", "3.14", "--implementation", "cp", "--abi", "cp314", "--abi", "none",
    "--platform", "pyemscripten_2026_0_wasm32", "--platform", "any",
]  # fmt: skip


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        ended = download(Path(folder))
        if ended.returncode:
            print(reason(ended.stderr), file=sys.stderr)
            return 1
        unzip(Path(folder))
    borrow_yaml()
    return 0


def download(folder: Path) -> subprocess.CompletedProcess[str]:
    """The wheels of the lock, from the registry that the machine's pip is set up for."""
    command = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--require-hashes", *PLATFORM, "--dest", str(folder), "-r", str(LOCK)]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def reason(errors: str) -> str:
    """pip's last line about it: the ones before tell the same at length."""
    lines = [line for line in errors.splitlines() if line.startswith("ERROR")]
    return lines[-1] if lines else errors.strip()[-300:]


def unzip(folder: Path) -> None:
    """Beside the old ones first, so that whoever reads them never meets half of them."""
    beside = SITE.with_name("site.new")
    rmtree(beside, ignore_errors=True)
    for wheel in sorted(folder.glob("*.whl")):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(beside)
    rmtree(SITE, ignore_errors=True)
    beside.rename(SITE)


def borrow_yaml() -> None:
    """PyYAML is on no registry for that Python: the pure half of the one installed here does."""
    spec = find_spec("yaml")
    if spec is None or spec.origin is None:
        raise SystemExit("PyYAML is not here, and Palier itself needs it")
    copytree(
        Path(spec.origin).parent, SITE / "yaml", dirs_exist_ok=True,
        ignore=lambda _, names: [name for name in names if not name.endswith(".py")],
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
