"""What the documents on security promise stands: tests that exist, an address to write to that is valid for a while yet."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from litestar import Litestar

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/security.md").read_text()


def test_every_requirement_names_tests_that_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)
    assert len(named) > 40
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (ROOT / file).is_file()
        or not re.search(rf"^(async )?def {test}\b", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert missing == []
    assert {int(row) for row in re.findall(r"^\| (\d+) \|", TABLE, re.MULTILINE)} == set(range(1, 24))


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/threat-model.md", "docs/security.md"])
def test_every_file_a_document_names_is_there(page: str) -> None:
    text = (ROOT / page).read_text()
    linked = [(ROOT / page).parent / target for target in re.findall(r"\]\(([^)#:]+)\)", text)]
    named = [ROOT / target for target in re.findall(r"`((?:tests|docs)/[\w/.-]+\.(?:py|md))", text)]
    assert linked
    assert [str(path) for path in (*linked, *named) if not path.exists()] == []


def test_the_threat_model_is_one_page() -> None:
    assert (ROOT / "docs/threat-model.md").read_text().count("\n") <= 60


async def test_security_txt_says_what_its_standard_asks(app: Litestar) -> None:
    """RFC 9116: a contact, one expiry within a year and not past, the address it is found at, as plain text in UTF-8."""
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://palier.test") as browser:
        answer = await browser.get("/.well-known/security.txt")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = [line.partition(": ")[::2] for line in answer.text.splitlines() if line]
    said = dict(fields)
    assert len(said) == len(fields), "each field once"
    assert re.fullmatch(r"mailto:[^@\s]+@[^@\s]+", said["Contact"])
    expires = datetime.fromisoformat(said["Expires"])
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=366)
    assert said["Canonical"].endswith("/.well-known/security.txt")
    assert said["Preferred-Languages"] == "fr, en"
