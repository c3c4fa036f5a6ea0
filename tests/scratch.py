"""Folders that the database's account can reach too: pytest's own are closed to everybody but their maker."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder with a short name, open to pass through, gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="palier-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
