"""A load generator small enough not to be what is measured: HTTP/1.1 with keep-alive on bare asyncio transports."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

Ask = Callable[["bytes | None"], bytes]
"""The next request, given the answer to the last one (None: the first)."""

_PATIENCE = 30.0


OK = b"HTTP/1.1 200 "
SEE_OTHER = b"HTTP/1.1 303 "
"""What a form that worked is answered with."""


class WrongAnswer(RuntimeError):
    """The server said something else than what was waited for: a figure of it would mean nothing."""


class Exchange(asyncio.Protocol):
    """One connection that sends a request, waits for the whole answer and sends the next."""

    def __init__(self, success: bytes = OK) -> None:
        self._success = success
        self._buffer = bytearray()
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0 or len(self._buffer) < head + 4 + _length(self._buffer[:head].lower()):
            return
        answer, self._buffer = bytes(self._buffer), bytearray()
        if self._answer and not self._answer.done():
            self._answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def send(self, request: bytes) -> bytes:
        """The whole answer. Raises WrongAnswer for any status but that of success."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if not answer.startswith(self._success):
            raise WrongAnswer(answer[:400].decode(errors="replace"))
        return answer

    def close(self) -> None:
        self._transport.close()


def _length(head: bytes) -> int:
    _, found, rest = head.partition(b"content-length:")
    if not found:
        raise WrongAnswer("an answer without content-length")
    return int(rest.split(b"\r\n", 1)[0])


@dataclass(frozen=True, slots=True)
class Run:
    """What one bounded run saw."""

    requests: int
    seconds: float
    latencies: list[float]
    generator_share: float
    """CPU of the generator over the clock: near 1 it, and not the server, set the pace."""

    received: int = 0
    """Bytes of all answers, their heads included, as they came over the wire."""

    @property
    def p50(self) -> float:
        """Seconds."""
        return statistics.median(self.latencies)

    @property
    def p95(self) -> float:
        """Seconds that one request in twenty took longer than."""
        return sorted(self.latencies)[int(len(self.latencies) * 0.95)]

    @property
    def bytes_each(self) -> float:
        return self.received / self.requests

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


@dataclass(slots=True)
class _Seen:
    """What all connections of a run write down."""

    latencies: list[float] = field(default_factory=list)
    received: int = 0


async def run(
    port: int,
    asks: Sequence[Ask],
    *,
    seconds: float,
    most: int | None = None,
    success: bytes = OK,
    near: bool = False,
) -> Run:
    """One connection for each of `asks`, each sending its next request once answered, until time or `most` is over.

    `near`: every connection comes from an address of its own, 127.0.1.1 and on: what is counted by address is not all
    counted together. Raises WrongAnswer when any answer is not `success`: nothing is then reported.
    """
    exchanges = await _connected(port, len(asks), success, near=near)
    seen = _Seen()
    started, used = time.perf_counter(), time.process_time()
    pairs = zip(exchanges, asks, strict=True)
    try:
        work = (_converse(exchange, ask, started + seconds, most, seen) for exchange, ask in pairs)
        await asyncio.wait_for(asyncio.gather(*work), seconds + _PATIENCE)
    finally:
        for exchange in exchanges:
            exchange.close()
    took = time.perf_counter() - started
    if not seen.latencies:
        raise WrongAnswer("nothing was asked: the time was over before the first request")
    return Run(len(seen.latencies), took, seen.latencies, (time.process_time() - used) / took, seen.received)


async def _connected(port: int, many: int, success: bytes, *, near: bool) -> list[Exchange]:
    loop = asyncio.get_running_loop()
    exchanges = []
    for number in range(many):
        ours = (f"127.0.1.{number + 1}", 0) if near else None
        _, exchange = await loop.create_connection(
            lambda: Exchange(success), "127.0.0.1", port, local_addr=ours
        )
        exchanges.append(exchange)
    return exchanges


async def _converse(exchange: Exchange, ask: Ask, end: float, most: int | None, seen: _Seen) -> None:
    answer: bytes | None = None
    sent = 0
    while (before := time.perf_counter()) < end and (most is None or sent < most):
        answer = await exchange.send(ask(answer))
        seen.latencies.append(time.perf_counter() - before)
        seen.received += len(answer)
        sent += 1


async def body_size(port: int, request: bytes) -> int:
    """Bytes of the answer's body."""
    _, exchange = await asyncio.get_running_loop().create_connection(Exchange, "127.0.0.1", port)
    answer = await exchange.send(request)
    exchange.close()
    return len(answer.partition(b"\r\n\r\n")[2])


def always(request: bytes) -> Ask:
    """The same request again and again."""
    return lambda _answer: request


def get(path: str, cookies: str = "", *, gzip: bool = True) -> bytes:
    """A GET as a browser sends it."""
    return _request("GET", path, cookies, b"", gzip=gzip)


def send(method: str, path: str, cookies: str, body: bytes, *, gzip: bool = True) -> bytes:
    """A form as a page sends it."""
    return _request(method, path, cookies, body, gzip=gzip)


def _request(method: str, path: str, cookies: str, body: bytes, *, gzip: bool) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "host: 127.0.0.1", "accept-language: fr"]
    lines += [f"cookie: {cookies}"] if cookies else []
    lines += ["accept-encoding: gzip"] if gzip else []
    if body:
        lines += [
            f"content-length: {len(body)}",
            "content-type: application/x-www-form-urlencoded",
            "hx-request: true",
        ]
    return "\r\n".join([*lines, "", ""]).encode() + body
