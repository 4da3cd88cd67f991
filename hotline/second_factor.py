"""动态口令: an account's second factor; set up by its owner, confirmed by a code, with recovery codes for a lost telephone."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hotline import totp
from models.errors import Conflict, InvalidRequest, SecondFactorRequired, Unauthorized
from models.store import sign_in

if TYPE_CHECKING:
    from models.store.database import Session

RECOVERY_CODES: Final = 10
ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"


class WrongCode(InvalidRequest):
    """A code that the account's app does not show now, or showed before."""

    code = "wrong_code"

    def __init__(self) -> None:
        super().__init__("动态口令不正确或已用过，请等下一个口令再试")


async def check(session: Session, username: str, given: str | None) -> None:
    """Let in who gives a code of now, or a recovery code, each once. Raises SecondFactorRequired, Unauthorized."""
    factor = await sign_in.factor(session, username)
    if factor is None or factor.since is None:
        return
    if not given:
        raise SecondFactorRequired
    if not await _takes(session, username, factor.secret, given):
        raise Unauthorized("动态口令或备用码不正确")


async def begin(session: Session, username: str) -> str:
    """Make a secret that is not asked for before it is confirmed; raises Conflict where one is in use."""
    factor = await sign_in.factor(session, username)
    if factor is not None and factor.since is not None:
        raise Conflict("已启用动态口令；换手机的，请先停用再重新启用")
    secret = totp.new_secret()
    await sign_in.set_factor(session, username, secret, None)
    return secret


async def confirm(session: Session, username: str, given: str) -> list[str]:
    """Ask for a code from now on; returns the recovery codes, told once. Raises Conflict, WrongCode."""
    factor = await sign_in.factor(session, username)
    if factor is None or factor.since is not None:
        raise Conflict("请先获取动态口令的密钥" if factor is None else "已启用动态口令")
    step = totp.step_of(factor.secret, given, datetime.now(UTC).timestamp())
    if step is None:
        raise WrongCode
    await sign_in.set_factor(session, username, factor.secret, datetime.now(UTC))
    await sign_in.take_step(session, username, step)
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    await sign_in.set_codes(session, username, codes)
    return codes


async def end(session: Session, username: str, given: str) -> None:
    """Ask for no code any more; only who has one may end it. Raises Conflict, WrongCode."""
    factor = await sign_in.factor(session, username)
    if factor is None or factor.since is None:
        raise Conflict("没有启用动态口令")
    if not await _takes(session, username, factor.secret, given):
        raise WrongCode
    await sign_in.set_factor(session, username, None, None)


async def take_away(session: Session, username: str) -> None:
    """An administrator takes a lost one away; raises Conflict where there is none."""
    if await sign_in.factor(session, username) is None:
        raise Conflict("该账号没有启用动态口令")
    await sign_in.set_factor(session, username, None, None)


async def _takes(session: Session, username: str, secret: str, given: str) -> bool:
    given = given.strip().lower().replace("-", "").replace(" ", "")
    step = totp.step_of(secret, given, datetime.now(UTC).timestamp())
    if step is not None:
        return await sign_in.take_step(session, username, step)
    return await sign_in.take_code(session, username, given)
