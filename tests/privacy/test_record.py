"""The record of processing says what the inventory says: on the page and in docs/privacy/record.md."""

import os
from pathlib import Path

from palier.foundation import language
from palier.privacy.records import as_markdown, processings, sub_processors
from palier.privacy.rules.register import INVENTORY
from tests.conftest import Browser

HEAD = """# Record of processing (article 30 GDPR)

Written from the inventory by `tests/privacy/test_record.py` (`PALIER_WRITE_DOCS=1` writes it anew). For what organisations put into Palier they are the
controllers and the installation is the processor; for accounts and security the installation is the controller. Who else processes
depends on the installation: its page `/en/privacy/record` says so.

"""


def test_every_table_about_people_is_in_a_processing() -> None:
    told = {table for one in processings() for table in one.tables}
    assert {entry.table for entry in INVENTORY if entry.personal and entry.purpose != "technical"} == told


def test_the_document_is_what_the_inventory_says(repository: Path) -> None:
    language.use("en")
    text = HEAD + "\n".join(as_markdown()) + "\n"
    language.use("fr")
    place = repository / "docs/privacy/record.md"
    if os.environ.get("PALIER_WRITE_DOCS"):
        place.write_text(text)
    assert place.read_text() == text


async def test_everybody_reads_the_record(visit: Browser) -> None:
    async with visit(None) as browser:
        assert "Registre des traitements" in (await browser.get("/fr/privacy/record")).text
        assert "Record of processing" in (await browser.get("/en/privacy/record")).text


def test_only_whom_the_settings_name_processes() -> None:
    assert len(sub_processors("", mail=False, bucket="")) == 1
    assert [one.name for one in sub_processors("Maison", mail=True, bucket="s3.example")][::2] == [
        "Maison",
        "s3.example",
    ]
