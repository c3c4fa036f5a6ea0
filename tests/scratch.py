"""Folders that the database's account can reach too: pytest's own are closed to everybody but their maker.

One of them is the run's: what takes long to make is made there once, whoever of the run's processes comes first.
"""

import fcntl
import os
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


_OF_THE_RUN = "PALIER_TEST_SCRATCH"


def open_the_run() -> None:
    """Make the run's folder, once, before its processes start; they hear of it through their environment."""
    folder = Path(tempfile.mkdtemp(prefix="palier-"))
    folder.chmod(0o711)
    os.environ[_OF_THE_RUN] = str(folder)


def close_the_run() -> None:
    """Remove it, when the last of its processes has ended."""
    shutil.rmtree(os.environ.pop(_OF_THE_RUN))


def of_the_run() -> Path:
    """The folder all processes of this run share."""
    return Path(os.environ[_OF_THE_RUN])


@contextmanager
def first(what: str) -> Iterator[bool]:
    """Whether nobody in this run has done `what` yet. Whoever comes meanwhile waits; one who fails leaves it to the next."""
    done = of_the_run() / f"{what}.done"
    with done.with_suffix(".lock").open("a+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield not done.exists()
        done.touch()
