"""动态口令 (RFC 6238): six digits from a secret and the time, as every authenticator app makes them."""

from __future__ import annotations

import base64
import hmac
import secrets
from typing import Final
from urllib.parse import quote, urlencode

STEP_S: Final = 30
DIGITS: Final = 6
SECRET_BYTES: Final = 20
# A telephone's clock may be a step before or behind.
DRIFT: Final = 1


def new_secret() -> str:
    """Return a fresh secret in base 32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code(secret: str, step: int) -> str:
    """Return the digits of a step of time (RFC 4226, 5.3)."""
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**DIGITS:0{DIGITS}}"


def step_of(secret: str, given: str, wall_s: float) -> int | None:
    """Return the step of time whose code was given, None where it is none of now, of just before or just after."""
    now = int(wall_s) // STEP_S
    steps = range(now - DRIFT, now + DRIFT + 1)
    return next((step for step in steps if hmac.compare_digest(code(secret, step).encode(), given.encode())), None)


def uri(secret: str, username: str, issuer: str) -> str:
    """Return what an app reads from a QR code."""
    told = urlencode({"secret": secret, "issuer": issuer, "digits": DIGITS, "period": STEP_S}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{username}')}?{told}"
