"""The way to Stripe itself: what is sent with every call, what comes back, and that nobody pays for it who does not sell."""

import logging
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from palier.billing.stripe import VERSION, CardDeclined, Refused, Stripe, TillAway, key_of, till_from
from palier.foundation.settings import Settings
from tests.billing.selling import KEY

ERRORS = {
    "declined": (402, {"type": "card_error", "code": "card_declined", "decline_code": "lost_card", "message": "m"}),
    "gone": (404, {"type": "invalid_request_error", "code": "resource_missing", "param": "id", "message": "m"}),
    "forbidden": (403, {"type": "invalid_request_error", "message": "m"}),
    "other_words": (400, {"type": "idempotency_error", "message": "m"}),
    "wait": (429, {"type": "invalid_request_error", "message": "m"}),
    "broken": (500, {"type": "api_error", "message": "m"}),
}  # fmt: skip


@pytest.fixture
def seen() -> list[httpx.Request]:
    return []


@pytest.fixture
async def till(selling_settings: Settings, seen: list[httpx.Request], stripe_peer: object) -> Stripe:
    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        status, error = ERRORS.get(request.url.path.rpartition("/")[2], (200, None))
        body = (
            {"error": error}
            if error
            else {"id": "cus_1", "amount_decimal": "1.5", "data": [], "deleted": True}
        )
        return (
            httpx.Response(502, text="<html>")
            if "proxy" in request.url.path
            else httpx.Response(status, json=body)
        )

    settings = replace(selling_settings, stripe_api="http://stripe.example")
    return Stripe(settings, httpx.MockTransport(answer))


async def test_every_call_names_version_and_key_and_tells_nothing_else(
    till: Stripe, seen: list[httpx.Request], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert await till.read("customers/cus_1", expand=["tax_ids"]) == {
            "id": "cus_1", "amount_decimal": "1.5", "data": [], "deleted": True,
        }  # fmt: skip
        await till.post("customers", {"metadata": {"a": "b"}}, "one")
        await till.remove("subscriptions/sub_1")
    assert [(one.method, one.url.path) for one in seen] == [
        ("GET", "/v1/customers/cus_1"), ("POST", "/v1/customers"), ("DELETE", "/v1/subscriptions/sub_1"),
    ]  # fmt: skip
    assert {one.headers["stripe-version"] for one in seen} == {VERSION}
    assert {one.headers["authorization"] for one in seen} == {f"Bearer {KEY}"}
    assert seen[1].headers["idempotency-key"] == "one"
    assert not any("x-stripe-client-telemetry" in one.headers for one in seen)
    assert not [record for record in caplog.records if record.name == "stripe"]
    await till.close()


async def test_errors_are_three_and_none_quotes_what_was_sent(
    till: Stripe, seen: list[httpx.Request]
) -> None:
    with pytest.raises(CardDeclined) as declined:
        await till.post("declined", {}, "k")
    assert declined.value.code == "lost_card"
    for path, code in (
        ("gone", "resource_missing"),
        ("forbidden", "PermissionError"),
        ("other_words", "IdempotencyError"),
    ):
        with pytest.raises(Refused) as refusal:
            await till.post(path, {}, "k")
        assert refusal.value.code == code
    assert await till.find("gone") is None
    with pytest.raises(Refused):
        await till.find("forbidden")
    for path in ("wait", "broken", "proxy"):
        seen.clear()
        with pytest.raises(TillAway):
            await till.post(path, {}, "k")
        assert {one.headers["idempotency-key"] for one in seen} == {"k"}
        assert len(seen) == (1 if path == "wait" else 3)
    await till.close()


def test_keys_are_one_for_the_same_wish_and_short() -> None:
    assert key_of("checkout", "id", {"a": 1, "b": 2}) == key_of("checkout", "id", {"b": 2, "a": 1})
    assert key_of("checkout", "id") != key_of("checkout", "other")
    assert len(key_of("checkout", "x" * 9999)) < 255


def test_the_mode_follows_the_key_and_without_one_there_is_no_till(selling_settings: Settings) -> None:
    modes = {"sk_live_1": True, "rk_live_1": True, "sk_test_1": False, "rk_test_live_": False}
    for key, live in modes.items():
        till = till_from(replace(selling_settings, stripe_key=key))
        assert till
        assert till.live is live
    assert till_from(replace(selling_settings, stripe_key=None)) is None


def test_a_process_that_sells_nothing_never_loads_the_library(repository: Path) -> None:
    code = "import sys, palier.app; sys.exit('stripe' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=repository, check=False).returncode == 0
