"""The border with pyotp: the codes of an app (RFC 6238, six digits, thirty seconds); and the codes for the day it is lost."""

import hmac
import re
import secrets
from base64 import b32encode
from datetime import datetime

import pyotp

RECOVERY_CODES = 10
_RECOVERY_BYTES = 10
_DRIFT = (-1, 0, 1)
"""Half minutes by which a telephone's clock may be off."""


def new_seed() -> str:
    """A seed for an app: 160 random bits in base 32."""
    return pyotp.random_base32()


def app_address(seed: str, email: str) -> str:
    """What the QR code says: the seed, and under which name the app shows it."""
    return pyotp.TOTP(seed).provisioning_uri(name=email, issuer_name="Palier")


def step_of(seed: str, code: str, at: datetime, after: int) -> int | None:
    """The half minute whose code this is, around `at` and later than the step `after`; None for any other code."""
    app, digits = pyotp.TOTP(seed), re.sub(r"\s", "", code)
    around = [app.timecode(at) + drift for drift in _DRIFT]
    fitting = [
        step for step in around if hmac.compare_digest(app.generate_otp(step).encode(), digits.encode())
    ]
    return next((step for step in fitting if step > after), None)


def code_at(seed: str, at: datetime) -> str:
    """What the app shows at that moment."""
    return pyotp.TOTP(seed).at(at)


def new_recovery_codes() -> list[str]:
    """Ten codes of 80 random bits, in groups of four letters."""
    texts = [b32encode(secrets.token_bytes(_RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(re.findall("....", text)) for text in texts]


def normalised_recovery_code(text: str) -> str:
    """A recovery code as it is compared, however it was typed."""
    return re.sub(r"[^a-z2-7]", "", text.casefold())
