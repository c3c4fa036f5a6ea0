"""A load generator small enough not to be what is measured: HTTP/1.1 with keep-alive on bare asyncio transports."""

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

Ask = Callable[["bytes | None"], bytes]
"""The next request, given the answer to the last one (None: the first)."""

_PATIENCE = 30.0


class WrongAnswer(RuntimeError):
    """The server said something else than success: a figure of it would mean nothing."""


class Exchange(asyncio.Protocol):
    """One connection that sends a request, waits for the whole answer and sends the next."""

    def __init__(self) -> None:
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
        """The whole answer. Raises WrongAnswer for any status but 200."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if not answer.startswith(b"HTTP/1.1 200"):
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

    @property
    def p50(self) -> float:
        """Seconds."""
        return statistics.median(self.latencies)

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


async def run(port: int, asks: list[Ask], *, seconds: float, most: int | None = None) -> Run:
    """One connection for each of `asks`, each sending its next request once answered, until time or `most` is over."""
    loop = asyncio.get_running_loop()
    exchanges = [(await loop.create_connection(Exchange, "127.0.0.1", port))[1] for _ in asks]
    latencies: list[float] = []
    started, used = time.perf_counter(), time.process_time()
    pairs = zip(exchanges, asks, strict=True)
    try:
        work = (_converse(exchange, ask, started + seconds, most, latencies) for exchange, ask in pairs)
        await asyncio.wait_for(asyncio.gather(*work), seconds + _PATIENCE)
    finally:
        for exchange in exchanges:
            exchange.close()
    took = time.perf_counter() - started
    return Run(len(latencies), took, latencies, (time.process_time() - used) / took)


async def _converse(
    exchange: Exchange, ask: Ask, end: float, most: int | None, latencies: list[float]
) -> None:
    answer: bytes | None = None
    sent = 0
    while (before := time.perf_counter()) < end and (most is None or sent < most):
        answer = await exchange.send(ask(answer))
        latencies.append(time.perf_counter() - before)
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


def send(method: str, path: str, cookies: str, body: bytes) -> bytes:
    """A form as a page sends it."""
    return _request(method, path, cookies, body, gzip=True)


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
