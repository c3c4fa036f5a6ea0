"""What a process loads before anybody asked for anything: a start waits for it, an idle process holds it."""

import subprocess
import sys

import pytest

LATER = {
    "openpyxl", "icalendar", "webauthn", "zxcvbn", "joserfc", "dns", "stripe", "weasyprint", "pptx", "xlsxwriter", "pypdfium2",
    "highspy", "facturx", "opentelemetry", "pyrage",
}  # fmt: skip
"""Libraries of one page, one job or one setting."""


@pytest.mark.parametrize(
    ("module", "never"),
    [
        ("palier.app", LATER | {"httpx", "procrastinate", "psycopg"}),
        ("palier.jobs", LATER | {"litestar"}),
        ("palier.cli.serve", LATER | {"tortoise", "litestar", "jinja2", "numpy"}),
    ],
    ids=["web", "worker", "supervisor"],
)
def test_a_process_loads_what_every_one_of_its_kind_needs(module: str, never: set[str]) -> None:
    asked = f"import sys, {module}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    loaded = set(told.stdout.split())
    assert module.partition(".")[0] in loaded
    assert not loaded & never
