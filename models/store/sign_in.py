"""登录: wrong passwords in a row, and the second factor (动态口令) of an account."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from models.cipher import token_hash
from models.store.database import queries

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.store.database import Session

_SQL = queries("sign_in")


class Factor(Struct, frozen=True, kw_only=True):
    """A second factor: its secret, opened, and since when it is asked for; None: it is set up and not confirmed yet."""

    secret: str
    since: datetime | None


async def locked_until(session: Session, keys: Sequence[bytes], at: datetime) -> datetime | None:
    """Return until when one of these may try no password."""
    found: datetime | None = await _SQL.locked_until(
        session.connection, city_code=session.city_code, keys=list(keys), at=at
    )
    return found


async def try_once(
    session: Session,
    key: bytes,
    at: datetime,
    *,
    forgotten_before: datetime,
    stale_before: datetime,
    free: int,
    is_in_a_row: bool,
) -> bool:
    """Count a password as wrong before it is checked; False while locked, or while the one that may be tried is checked."""
    found: int | None = await _SQL.try_once(
        session.connection,
        city_code=session.city_code,
        key=key,
        at=at,
        forgotten_before=forgotten_before,
        stale_before=stale_before,
        free=free,
        is_in_a_row=is_in_a_row,
    )
    return found is not None


async def found_wrong(session: Session, key: bytes) -> int:
    """Record that one was checked and was wrong; returns how many were so far."""
    return int(await _SQL.found_wrong(session.connection, city_code=session.city_code, key=key) or 0)


async def lock(session: Session, key: bytes, until: datetime) -> None:
    """Lock an account or an address for a while."""
    await _SQL.lock(session.connection, city_code=session.city_code, key=key, locked_until=until)


async def wake(session: Session, wall_now: datetime) -> None:
    """Let no lock last longer than one of its length that is set now."""
    await _SQL.wake(session.connection, city_code=session.city_code, wall_now=wall_now)


async def take_back(session: Session, key: bytes) -> None:
    """What was counted was not wrong."""
    await _SQL.take_back(session.connection, city_code=session.city_code, key=key)


async def forgive(session: Session, key: bytes, long_past: datetime) -> None:
    """The right password ends the row of wrong ones; what is long past of others goes too."""
    await _SQL.forgive(session.connection, city_code=session.city_code, key=key)
    await _SQL.forget(session.connection, city_code=session.city_code, before=long_past)


async def factor(session: Session, username: str) -> Factor | None:
    """Return the second factor of an account, None where it has none."""
    row = await _SQL.factor(session.connection, city_code=session.city_code, username=username)
    if row is None or row["totp_secret"] is None:
        return None
    secret = session.keyring.unseal(row["totp_secret"], "users", "totp_secret", username)
    return Factor(secret=secret, since=row["totp_since"])


async def set_factor(session: Session, username: str, secret: str | None, since: datetime | None) -> None:
    """Keep a secret, asked for from `since` on; None takes it away with its recovery codes."""
    sealed = None if secret is None else session.keyring.seal(secret, "users", "totp_secret", username)
    await _SQL.set_factor(
        session.connection, city_code=session.city_code, username=username, secret=sealed, since=since
    )
    if secret is None:
        await _SQL.drop_codes(session.connection, city_code=session.city_code, username=username)


async def take_step(session: Session, username: str, step: int) -> bool:
    """Take the code of a step of time; False where it, or a later one, was taken already."""
    taken = await _SQL.take_step(session.connection, city_code=session.city_code, username=username, step=step)
    return taken is not None


async def set_codes(session: Session, username: str, codes: Iterable[str]) -> None:
    """Replace the recovery codes of an account; only hashes are kept."""
    await _SQL.drop_codes(session.connection, city_code=session.city_code, username=username)
    for code in codes:
        await _SQL.add_code(
            session.connection, city_code=session.city_code, username=username, code_hash=token_hash(code)
        )


async def take_code(session: Session, username: str, code: str) -> bool:
    """Take a recovery code; False where it is none."""
    taken = await _SQL.take_code(
        session.connection, city_code=session.city_code, username=username, code_hash=token_hash(code)
    )
    return taken is not None


async def codes_left(session: Session, username: str) -> int:
    """Return how many recovery codes an account has left."""
    return int(await _SQL.codes_left(session.connection, city_code=session.city_code, username=username))
