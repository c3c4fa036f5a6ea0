"""Closing a window of the run's chromium without waiting for an answer that never comes."""

import asyncio
import contextlib

from playwright.async_api import BrowserContext

PATIENCE = 20.0
"""Seconds. Once in thousands of windows chromium forgets to answer (after a download); a run that waits for it waits for ever."""


async def leave(context: BrowserContext) -> None:
    """Close `context`, or leave it to the end of the run."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(context.close(), PATIENCE)
