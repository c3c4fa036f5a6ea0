"""The press keeps printing, whatever one document does to its worker."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from palier.reports import typesetting
from palier.reports.press import FailureReason, Press, PrintingFailed
from tests.reports import samples
from tests.reports.printers import moody


@pytest.fixture
async def press() -> AsyncIterator[Press]:
    """One worker, so that whoever comes after a bad document needs its place."""
    press = Press(workers=1, seconds=1.0, printer=moody)
    await press.ready()
    yield press
    press.stop()


def named(organisation: str):
    return samples.action_plan("en", 0, cover=replace(samples.cover("en"), organisation=organisation))


@pytest.mark.parametrize(
    ("organisation", "reason"),
    [
        ("stuck", FailureReason.TOO_LONG),
        ("killed", FailureReason.WORKER_DIED),
        ("greedy", FailureReason.TOO_LARGE),
        ("knotted", FailureReason.UNPRINTABLE),
    ],
)
async def test_a_bad_document_fails_alone(press, organisation, reason):
    with pytest.raises(PrintingFailed) as failure:
        await press.render(named(organisation), "en")
    assert failure.value.reason is reason
    assert await press.render(named("next"), "fr") == b"%PDF fr"


async def test_a_document_that_computes_without_end_is_stopped_by_its_own_account():
    """By CPU time and long before the clock, however busy the machine is: another try would only cost the same again."""
    press = Press(workers=1, seconds=60.0, work=1.0, printer=moody)
    try:
        with pytest.raises(PrintingFailed) as failure:
            await press.render(named("stuck"), "en")
        assert failure.value.reason is FailureReason.TOO_COSTLY
        assert await press.render(named("next"), "en") == b"%PDF en"
    finally:
        press.stop()


@pytest.mark.parametrize("organisation", ["stuck", "asleep"])
async def test_others_are_printed_while_one_document_hangs(organisation):
    press = Press(workers=2, seconds=60.0, printer=moody)
    try:
        await press.ready()
        hanging = asyncio.ensure_future(press.render(named(organisation), "en"))
        for _ in range(5):
            assert await press.render(named("next"), "en") == b"%PDF en"
        assert not hanging.done()
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging
    finally:
        press.stop()


async def test_a_cancelled_render_frees_its_worker(press):
    waiting = asyncio.ensure_future(press.render(named("stuck"), "en"))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await press.render(named("next"), "en") == b"%PDF en"


async def test_another_process_prints_the_same_bytes():
    press = Press(workers=1)
    try:
        document = samples.action_plan("fr", 3)
        assert await press.render(document, "fr") == typesetting.print_document(document, "fr")
    finally:
        press.stop()


async def test_a_stopped_press_can_be_started_again(press):
    press.stop()
    press.start()
    assert await press.render(named("next"), "en") == b"%PDF en"
