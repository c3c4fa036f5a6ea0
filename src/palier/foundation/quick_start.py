"""How a process that needs the whole house imports it: a third sooner than plainly."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from tortoise import models


@contextmanager
def quickly() -> Iterator[None]:
    """While this lasts, two things wait that the import of a thousand modules pays for in vain.

    The collector: what is imported stays, and looking for rubbish in it takes a fifth of the time. And Tortoise, which
    parses the source of every table for comments that would describe its fields: nobody asks it for descriptions.
    """
    reads = models._get_comments
    models._get_comments = _none
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        models._get_comments = reads


def _none(cls: type[models.Model]) -> dict[str, str]:
    return {}
