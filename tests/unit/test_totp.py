from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from hotline import totp
from hotline.lockout import ACCOUNT, ADDRESS, wait

# RFC 6238, appendix B: the secret of its SHA-1 rows, and the last six of its eight digits.
SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("wall_s", "digits"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(wall_s: int, digits: str) -> None:
    assert totp.code(SECRET, wall_s // totp.STEP_S) == digits
    assert totp.step_of(SECRET, digits, wall_s) == wall_s // totp.STEP_S


def test_a_code_holds_a_step_before_and_after_and_no_longer() -> None:
    given = totp.code(SECRET, 1000)
    held = [step for step in range(995, 1006) if totp.step_of(SECRET, given, step * totp.STEP_S) == 1000]
    assert held == [999, 1000, 1001]
    assert totp.step_of(SECRET, "字母", 30_000) is None


def test_an_app_reads_issuer_and_name_from_the_address() -> None:
    told = totp.uri(SECRET, "王小明", "云州12345")
    assert told.startswith("otpauth://totp/")
    assert f"secret={SECRET}" in told
    assert " " not in told


def test_the_wait_doubles_with_every_wrong_password_and_has_an_end() -> None:
    assert wait(ACCOUNT, ACCOUNT.free - 1) == timedelta()
    waits = [wait(ACCOUNT, ACCOUNT.free + n) for n in range(5)]
    assert waits == [timedelta(seconds=30 * 2**n) for n in range(5)]
    assert wait(ACCOUNT, 10_000) == ACCOUNT.longest
    assert wait(ADDRESS, 10_000) == ADDRESS.longest
