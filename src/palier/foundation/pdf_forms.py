"""What somebody filled into the fields of a PDF, read in a process of its own that lives for one file.

filled = await read_pdf_form(data)     # raises BadForm
"""

import asyncio
import json
import os
import sys
from enum import StrEnum

READER = "palier.foundation.pdf_reading"
"""Run by name, under limits: a file from outside may be made to take all there is, and the web process does without qpdf."""

LONGEST = 20.0
"""Seconds before the reader is stopped."""

AT_ONCE = asyncio.Semaphore(2)
"""Readers running at the same time; the next file waits."""


class Trouble(StrEnum):
    """Why nothing can be read from a PDF."""

    DAMAGED = "damaged"
    LOCKED = "locked"
    NO_FIELDS = "no fields"
    TOO_MUCH = "too much"


class BadForm(Exception):
    """There is nothing to read from the file, with the reason."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.value)
        self.trouble = trouble


def is_pdf(data: bytes) -> bool:
    """Whether the bytes say they are a PDF: readers look for it at the start, and some writers put a few before."""
    return b"%PDF-" in data[:1024]


async def read_pdf_form(data: bytes) -> dict[str, str]:
    """Every field of the form by its full name, with its text or what is chosen; empty where nothing is. Raises BadForm."""
    async with AT_ONCE:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", READER, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL, env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )  # fmt: skip
        try:
            told, _ = await asyncio.wait_for(process.communicate(data), LONGEST)
        except (TimeoutError, asyncio.CancelledError) as stopped:
            process.kill()
            await process.wait()
            if isinstance(stopped, asyncio.CancelledError):
                raise
            raise BadForm(Trouble.TOO_MUCH) from stopped
    if process.returncode:
        raise BadForm(Trouble.TOO_MUCH)
    answer = json.loads(told)
    if "trouble" in answer:
        raise BadForm(Trouble(answer["trouble"]))
    fields: dict[str, str] = answer["fields"]
    return fields
