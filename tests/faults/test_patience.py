"""A form that comes drop by drop is given up in words, a large one over a weak line is waited for."""

import asyncio
from typing import Any

import pytest
from litestar import Litestar

from palier.foundation import patience
from palier.foundation.patience import BYTES_A_SECOND, FIRST_SECONDS, TooSlow, patient

pytestmark = pytest.mark.database


class Line:
    """A line that brings pieces of `size` bytes, each `pause` seconds after the one before, on a clock of its own."""

    def __init__(self, size: int, pause: float, pieces: int) -> None:
        self.size, self.pause, self.left = size, pause, pieces
        self.now = 0.0

    async def receive(self) -> dict[str, Any]:
        self.now += self.pause
        self.left -= 1
        return {"type": "http.request", "body": b"a" * self.size, "more_body": self.left > 0}


async def read(line: Line) -> int:
    receive, size = patient(line.receive, lambda: line.now), 0
    while True:
        message = await receive()
        size += len(message["body"])
        if not message["more_body"]:
            return size


async def test_a_trickle_is_given_up() -> None:
    line = Line(size=1, pause=5, pieces=1000)
    with pytest.raises(TooSlow):
        await read(line)
    assert line.now < 2 * FIRST_SECONDS


async def test_a_large_file_over_a_weak_line_is_waited_for() -> None:
    line = Line(size=10 * BYTES_A_SECOND, pause=5, pieces=500)
    assert await read(line) == 5000 * BYTES_A_SECOND
    assert line.now > 40 * FIRST_SECONDS


async def test_a_silence_in_the_middle_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LONGEST_SILENCE", 0.01)
    with pytest.raises(TooSlow):
        await patient(asyncio.Event().wait)()  # type: ignore[arg-type]


async def test_once_the_form_is_whole_nobody_counts_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Handlers wait for the news that the reader has gone, for as long as they work."""
    monkeypatch.setattr(patience, "LONGEST_SILENCE", 0.01)
    pieces: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    receive = patient(pieces.get)
    pieces.put_nowait({"type": "http.request", "body": b"a", "more_body": False})
    await receive()
    gone = asyncio.ensure_future(receive())
    await asyncio.wait([gone], timeout=0.05)
    pieces.put_nowait({"type": "http.disconnect"})
    assert (await gone)["type"] == "http.disconnect"


async def test_the_sender_is_told_in_words_and_the_connection_ends(
    stage: Litestar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "LONGEST_SILENCE", 0.01)
    pieces: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    pieces.put_nowait({"type": "http.request", "body": b"email=", "more_body": True})
    sent: list[dict[str, Any]] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"127.0.0.1"), (b"content-length", b"1000"), (b"accept-language", b"en"), (b"content-type", b"application/x-www-form-urlencoded")]  # fmt: skip
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": "/signin", "raw_path": b"/signin",
        "query_string": b"", "root_path": "", "scheme": "http", "headers": headers, "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    await asyncio.wait_for(stage(scope, pieces.get, send), 20)  # type: ignore[arg-type]
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert b"That took too long to arrive" in b"".join(one.get("body", b"") for one in sent[1:])
