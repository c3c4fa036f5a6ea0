"""Before anything starts: the place of the files takes bytes and gives them back."""

from typing import TYPE_CHECKING

from palier.cli.database import CannotStart
from palier.foundation.later import Later
from palier.foundation.settings import Settings

if TYPE_CHECKING:
    from palier.foundation import files
else:
    files = Later("palier.foundation.files")  # with all its tables: most installations have no bucket to try


async def refuse_a_shelf_that_is_away(settings: Settings) -> None:
    """Try the bucket that PALIER_FILES_URL names; a folder is not tried here. Raises CannotStart, in one line."""
    if not settings.files_url:
        return
    try:
        await files.check(files.shelves(settings))
    except files.ShelfAway as error:
        where = (
            f"{settings.files_url} at {settings.files_endpoint}"
            if settings.files_endpoint
            else settings.files_url
        )
        raise CannotStart(
            f"the files’ place {where} cannot be used: {error}. See docs/operations.md#files"
        ) from None
