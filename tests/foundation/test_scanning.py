"""The scanner beside the product, played by a clamd that says what it is told to say."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from palier.foundation import scanning
from palier.foundation.refused_files import Reason, Refused
from palier.foundation.scanning import scanner_at
from palier.foundation.uploads import received

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


async def _clamd(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """INSTREAM as clamd speaks it: sized chunks up to an empty one; closes on streams over a megabyte."""
    assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
    seen = b""
    while size := int.from_bytes(await reader.readexactly(4), "big"):
        seen += await reader.readexactly(size)
        if len(seen) > 1_000_000:
            writer.write(b"INSTREAM size limit exceeded. ERROR\0")
            break
    else:
        writer.write(b"stream: Eicar-Test FOUND\0" if EICAR in seen else b"stream: OK\0")
    await writer.drain()
    writer.close()


@asynccontextmanager
async def clamd(socket: Path) -> AsyncIterator[str]:
    server = await asyncio.start_unix_server(_clamd, socket)
    async with server:
        yield f"clamd:{socket}"


async def verdict(address: str, data: bytes) -> bool | Reason:
    try:
        return await scanner_at(address)(data)
    except Refused as refused:
        return refused.reason


async def test_clean_infected_and_too_long(tmp_path: Path) -> None:
    async with clamd(tmp_path / "clamd.sock") as address:
        assert await verdict(address, b"Vu en gare") is True
        assert await verdict(address, b"a" * 100_000 + EICAR) is Reason.INFECTED
        assert await verdict(address, b"a" * 1_500_000) is Reason.NOT_SCANNED


async def test_silence_is_not_clean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await verdict(f"clamd:{tmp_path}/nobody.sock", b"a") is Reason.NOT_SCANNED
    assert await verdict("clamd://127.0.0.1:1", b"a") is Reason.NOT_SCANNED

    async def mute(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(writer)

    held: list[asyncio.StreamWriter] = []
    monkeypatch.setattr(scanning, "PATIENCE", 0.05)
    async with await asyncio.start_unix_server(mute, tmp_path / "mute.sock"):
        assert await verdict(f"clamd:{tmp_path}/mute.sock", b"a") is Reason.NOT_SCANNED
        for writer in held:
            writer.close()


async def test_without_a_scanner_a_file_says_that_nobody_looked() -> None:
    assert (await received("note.txt", b"Vu en gare")).scanned is False


async def test_an_infected_file_is_not_taken_and_a_clean_one_says_so(tmp_path: Path) -> None:
    async with clamd(tmp_path / "clamd.sock") as address:
        assert (await received("note.txt", b"Vu en gare", scanner_at(address))).scanned
        with pytest.raises(Refused) as refused:
            await received("note.txt", EICAR, scanner_at(address))
    assert refused.value.reason is Reason.INFECTED
