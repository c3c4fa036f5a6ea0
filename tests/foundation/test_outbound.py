"""Addresses that other people gave us lead to public hosts and nowhere else."""

import asyncio
import secrets
import socket
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest

from palier.foundation.outbound import LARGEST, Blocked, Oversized, caller
from palier.foundation.settings import SettingError, read_settings

EVIL = (
    "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest", "https://10.0.0.1/", "https://[::1]/",
    "https://[::ffff:127.0.0.1]/", "https://0.0.0.0/", "https://2130706433/", "https://0x7f.1/", "http://example.org/",
    "https://[fd00::1]/", "https://100.64.0.1/", "https://[2002:7f00:1::]/", "https://224.0.0.1/", "https://user@127.0.0.1/",
)  # fmt: skip


@pytest.fixture
def environment(tmp_path: Any) -> dict[str, str]:
    return {"PALIER_DATA_DIR": str(tmp_path)}


@pytest.mark.parametrize("address", EVIL)
async def test_an_address_that_is_not_public_is_not_called(address: str, environment: dict[str, str]) -> None:
    async with caller(read_settings(environment)) as client:
        with pytest.raises(Blocked):
            await client.get(address)


async def test_a_name_with_one_private_address_among_public_ones_is_not_called(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def two(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, 1, 6, "", (one, 443)) for one in ("93.184.216.34", "192.168.1.1")]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", two)
    async with caller(read_settings(environment)) as client:
        with pytest.raises(Blocked):
            await client.get("https://two.example/")


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("location", "/large")
            self.end_headers()
            return
        self.send_response(200)
        self.send_header("content-length", str(LARGEST + 1))
        self.end_headers()
        self.wfile.write(b"x" * (LARGEST + 1))

    def log_message(self, *_: Any) -> None:
        """Quietly."""


async def test_no_redirect_is_followed_and_no_large_answer_is_read(environment: dict[str, str]) -> None:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    settings = replace(read_settings(environment), outbound_allow=("127.0.0.1",))
    try:
        async with caller(settings) as client:
            site = f"http://127.0.0.1:{server.server_port}"
            assert (await client.get(f"{site}/away")).status_code == 302
            with pytest.raises(Oversized):
                await client.get(f"{site}/large")
            with pytest.raises(Blocked):
                await client.get("https://127.0.0.2/")
    finally:
        server.shutdown()
        server.server_close()


async def test_a_client_that_waits_too_long_is_told_so(
    environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("palier.foundation.outbound.SECONDS", 0.01)
    with pytest.raises(httpx.ReadTimeout):
        async with caller(read_settings(environment)):
            await asyncio.Event().wait()


def test_production_reaches_public_addresses_only(environment: dict[str, str]) -> None:
    given = {
        "PALIER_ENVIRONMENT": "production",
        "PALIER_SECRET": secrets.token_urlsafe(48),
        "PALIER_OUTBOUND_ALLOW": "127.0.0.1",
    }
    with pytest.raises(SettingError, match="PALIER_OUTBOUND_ALLOW"):
        read_settings(environment | given)
