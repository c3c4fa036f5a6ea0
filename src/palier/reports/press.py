"""The press: worker processes that set documents in type, each under limits, so that none can hold up the others.

press = Press()
press.start()
pdf = await press.render(document, "fr")     # raises PrintingFailed
press.stop()
"""

import asyncio
import contextlib
import logging
import resource
import signal
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from enum import StrEnum
from math import ceil
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Any

from palier.foundation.later import Later
from palier.reports.rules.documents import Unprintable
from palier.reports.rules.kinds import Document
from palier.reports.rules.pictures import Pictures
from palier.reports.rules.slides import Slides

if TYPE_CHECKING:
    import multiprocessing

    import pebble
else:
    multiprocessing, pebble = Later("multiprocessing"), Later("pebble")

log = logging.getLogger(__name__)
Printer = Callable[[Any, str], bytes]
"""What sets a document in type, in a worker: found there by its name."""

ENGINE = "palier.reports.typesetting"
"""Loaded by name and in the workers only: it takes a second and tens of megabytes that no other process needs."""

SLIDES = "palier.reports.slides.deck"
"""What makes presentations; loaded by name as well."""

LONGEST_RENDER = 30.0
"""Seconds a document may take by the clock before its worker is killed: a machine that is busy may need them."""

MOST_WORK = 20.0
"""Seconds of computing a document may take, by itself: one that needs more would need them again."""

MOST_MEMORY = 1_500_000_000
"""Bytes of address space of one worker."""

RENDERS_PER_WORKER = 200
"""A worker is replaced after so many documents, whatever its state."""


class FailureReason(StrEnum):
    """Why no document came out; the page words it."""

    TOO_LONG = "too_long"
    TOO_COSTLY = "too_costly"
    TOO_LARGE = "too_large"
    UNPRINTABLE = "unprintable"
    WORKER_DIED = "worker_died"
    FAULT = "fault"
    """Ours: a template, a font, a record that cannot be read."""


class PrintingFailed(Exception):
    """No document came out. Another try makes sense for TOO_LONG and WORKER_DIED only."""

    def __init__(self, reason: FailureReason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def print_document(document: Document, locale: str) -> bytes:
    """`document` as PDF, or as a presentation where it is one, in a worker. Raises Unprintable."""
    if isinstance(document, Slides):
        deck: bytes = resolve_name(f"{SLIDES}:print_slides")(document, locale)
        return deck
    content: bytes = resolve_name(f"{ENGINE}:print_document")(document, locale)
    return content


class Press:
    """A pool of typesetting processes. One per application process; `start` it early, so that the first reader need not wait."""

    def __init__(
        self,
        workers: int = 2,
        seconds: float = LONGEST_RENDER,
        work: float = MOST_WORK,
        memory: int = MOST_MEMORY,
        printer: Printer = print_document,
    ) -> None:
        self._workers = workers
        self._seconds = seconds
        self._work = work
        self._memory = memory
        self._printer = printer
        self._pool: pebble.ProcessPool | None = None

    def start(self) -> None:
        """Start the workers without waiting for them; they load fonts and styles meanwhile."""
        self._running_pool().schedule(_stand_ready)

    async def ready(self) -> None:
        """Wait until a worker is warm."""
        await asyncio.wrap_future(self._running_pool().schedule(_stand_ready))

    async def render(self, document: Any, locale: str) -> bytes:
        """`document`, of a kind the printer knows, as PDF. Cancelling the call kills the render. Raises PrintingFailed."""
        content: bytes = await self._done(_limited, self._printer, document, locale, self._work)
        return content

    async def count_pages(self, content: bytes) -> int:
        """How many pages the PDF `content` has, or slides the presentation. Raises PrintingFailed."""
        pages: int = await self._done(_count_pages, content)
        return pages

    async def picture(self, document: Document, locale: str) -> Pictures:
        """The first pages of `document` as pictures. Cancelling the call kills the render. Raises PrintingFailed."""
        pictures: Pictures = await self._done(_pictured, self._printer, document, locale, self._work)
        return pictures

    async def _done(self, work: Callable[..., Any], *arguments: Any) -> Any:
        try:
            job = self._running_pool().schedule(work, arguments, timeout=self._seconds)
            return await asyncio.wrap_future(job)
        except TimeoutError as fault:
            raise PrintingFailed(FailureReason.TOO_LONG) from fault
        except MemoryError as fault:
            raise PrintingFailed(FailureReason.TOO_LARGE) from fault
        except Unprintable as fault:
            raise PrintingFailed(FailureReason.UNPRINTABLE) from fault
        except pebble.ProcessExpired as fault:
            spent = fault.exitcode == -signal.SIGXCPU
            raise PrintingFailed(FailureReason.TOO_COSTLY if spent else FailureReason.WORKER_DIED) from fault
        except BrokenExecutor as fault:
            raise PrintingFailed(FailureReason.WORKER_DIED) from fault
        except Exception as fault:
            log.exception("a document could not be printed")
            raise PrintingFailed(FailureReason.FAULT) from fault

    def stop(self) -> None:
        """End the workers and what they are doing."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None

    def _running_pool(self) -> "pebble.ProcessPool":
        """The pool, opened anew where it has broken down."""
        if self._pool is None or not self._pool.active:
            self._close_broken()
            self._pool = self._open_pool()
        return self._pool

    def _close_broken(self) -> None:
        if self._pool is not None:
            with contextlib.suppress(RuntimeError):
                self._pool.stop()
                self._pool.join()

    def _open_pool(self) -> "pebble.ProcessPool":
        """Workers come from a fork server: they share nothing with the web process, and a replacement is quick to start."""
        server = multiprocessing.get_context("forkserver")
        server.set_forkserver_preload([ENGINE])
        pool = pebble.ProcessPool(
            max_workers=self._workers,
            max_tasks=RENDERS_PER_WORKER,
            initializer=_enter_worker,
            initargs=(self._memory,),
            context=server,
        )
        pool.schedule(_stand_ready)
        return pool


def _enter_worker(memory: int) -> None:
    """Bound the worker before it reads anything, then load what every document needs."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resolve_name(f"{ENGINE}:warm_up")()


def _stand_ready() -> None:
    """Done as soon as a worker takes jobs."""


def _count_pages(content: bytes) -> int:
    counter = "palier.reports.pdf:count_pages" if content.startswith(b"%PDF") else f"{SLIDES}:count_slides"
    pages: int = resolve_name(counter)(content)
    return pages


def _pictured(printer: Printer, document: Document, locale: str, work: float) -> Pictures:
    content = _limited(printer, document, locale, work)
    pictures: Pictures = resolve_name("palier.reports.pictures:pictures_of")(content)
    return pictures


def _limited(printer: Printer, document: Any, locale: str, work: float) -> bytes:
    """Print with `work` CPU seconds at most: the limit counts from the worker's birth, so it moves along."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(time.process_time() + work), hard))
    return printer(document, locale)
