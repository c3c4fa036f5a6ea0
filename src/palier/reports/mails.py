"""The letter to whoever did not want to wait for a document, in their own language."""

from palier.foundation import mail
from palier.foundation.language import speaking
from palier.reports.store import Report, Waiting


async def finished(reader: Waiting, row: Report, address: str, *, made: bool) -> None:
    """Say that the document is ready, or could not be made, and where it is; in the caller's transaction."""
    with speaking(reader.locale):
        await mail.write(
            reader.email, "reports/mails/finished", name=reader.name, title=row.title, made=made, address=address
        )  # fmt: skip
