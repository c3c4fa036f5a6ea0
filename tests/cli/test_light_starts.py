"""What a process loads before anybody asked for anything: a start waits for it, an idle process holds it."""

import subprocess
import sys

import pytest

LATER = {
    "openpyxl", "icalendar", "webauthn", "zxcvbn", "joserfc", "dns", "stripe", "weasyprint", "pptx", "xlsxwriter", "pypdfium2",
    "highspy", "facturx", "opentelemetry", "pyrage", "numpy", "cryptography", "obstore", "PIL", "filetype", "pebble", "segno", "stdnum",
}  # fmt: skip
"""Libraries of one page, one job or one setting."""


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("palier.app", LATER | {"httpx", "procrastinate", "psycopg"}),
        ("palier.jobs", LATER | {"litestar"}),
        ("palier.cli.serve", LATER | {"tortoise", "litestar", "jinja2", "psycopg", "yaml"}),
    ],
    ids=["web", "worker", "supervisor"],
)
def test_a_process_loads_what_every_one_of_its_kind_needs(module: str, never: set[str]) -> None:
    asked = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert module.partition(".")[0] in loaded
    assert not loaded & never


def test_libraries_that_others_would_take_along_stay_away() -> None:
    """Pydantic lies about where we are tested; Tortoise and Litestar would load it."""
    asked = (
        "import sys; from palier.foundation.quick_start import quickly\n"
        "with quickly():\n"
        "    from palier import app, jobs; app.create_app()\n"
        "print('pydantic' in sys.modules)\n"
        "import pydantic; print(pydantic.BaseModel.__name__)"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False", "BaseModel"]
