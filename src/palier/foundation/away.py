"""What Palier stands on and is away for a moment, and what to tell people then: never 500, since nothing of ours is wrong.

The database (restarting, or too slow just now), room on a disk (full, or suddenly read-only), the place of the files.
"""

import errno
from dataclasses import dataclass

import asyncpg

from palier.foundation.files import ShelfAway
from palier.foundation.language import gettext as _

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}
_TOO_BUSY = (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError)
"""A statement or its wait for somebody else's change took longer than a page may (foundation.database.credentials)."""

_DEEPEST = 5
"""How far the cause of an error is looked for: the ORM wraps the driver's, a flow may wrap the ORM's."""


@dataclass(frozen=True, slots=True)
class Away:
    """What the page says, the seconds after which another try makes sense, and what the log says.

    `alarming` where nothing heals before an operator does something.
    """

    title: str
    advice: str
    seconds: int
    alarm: str
    alarming: bool


def told_of(error: BaseException) -> Away:
    """The words for an error that says something is away."""
    causes = _causes(error)
    if any(_no_room(one) for one in causes):
        return Away(
            _("Nothing can be kept at the moment"),
            _(
                "The disk of this service is full or cannot be written to. Reading goes on; "
                "what you typed is still on your page: try again in a few minutes."
            ),
            30,
            "no room left on a disk, or it cannot be written to",
            alarming=True,
        )
    if any(isinstance(one, ShelfAway) for one in causes):
        return Away(
            _("Files are out of reach"),
            _(
                "The place where files are kept does not answer. Nothing was lost and everything else works: try again in a few minutes."
            ),
            30,
            "the place of the files does not answer",
            alarming=True,
        )
    if any(isinstance(one, _TOO_BUSY) for one in causes):
        return Away(
            _("Too much is going on at once"),
            _(
                "This took longer than it may, and nothing was changed. What you typed is still on your page: try again in a few seconds."
            ),
            5,
            "a statement took too long",
            alarming=False,
        )
    return Away(
        _("One moment, please"),
        _("The service is restarting. What you typed is still on your page: try again in a few seconds."),
        3,
        "database unavailable",
        alarming=False,
    )


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and len(found) < _DEEPEST:
        found.append(one)
        one = one.__cause__
    return found


def _no_room(error: BaseException) -> bool:
    if isinstance(error, asyncpg.DiskFullError | asyncpg.PostgresIOError):
        return True
    if isinstance(error, ShelfAway):
        return "(os error 28)" in str(error) or "(os error 30)" in str(error)
    return isinstance(error, OSError) and error.errno in _NO_ROOM
