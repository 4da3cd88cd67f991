"""People's accounts as an administrator sees them, and what was done to them; sign-in is in models.store.credentials."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from models.cipher import token_hash
from models.errors import NotFound
from models.store.database import queries
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("users")
LAST: Final = 2**63 - 1

Act = Literal[
    "create",
    "disable",
    "enable",
    "reset_password",
    "change_password",
    "set_role",
    "second_factor_on",
    "second_factor_off",
    "bind",
    "unbind",
    "lose_role",
]


class Account(Struct, frozen=True, kw_only=True):
    """A person's account (账号), in wall time. `must_change`: somebody else has seen its password. `is_bound`: to a person of the
    city's identity provider.
    """

    username: str
    role: Role
    department: str | None
    created_at: datetime
    signed_in_at: datetime | None
    must_change: bool
    disabled_at: datetime | None
    is_bound: bool


class LockedAccount(Account, frozen=True, kw_only=True):
    """An account that nobody else changes before this transaction ends."""

    password_hash: str


class AccountChange(Struct, frozen=True, kw_only=True):
    """Who did what to whose account. `by_user` None: a command on the machine itself. `role` is the one from then on."""

    username: str
    action: Act
    role_before: Role | None
    role: Role
    department: str | None
    by_user: str | None
    at: datetime
    id: int = 0


class Wanted(Struct, frozen=True, kw_only=True):
    """Which accounts a list takes; None takes all."""

    role: Role | None = None
    department: str | None = None
    is_active: bool | None = None


async def page(session: Session, wanted: Wanted, after: str, size: int) -> list[Account]:
    """Return one page of accounts with names after one, by name."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        role=wanted.role,
        department=wanted.department,
        is_active=wanted.is_active,
        after=after,
        page_size=size,
    )
    return [msgspec.convert(dict(row), Account) async for row in rows]


async def lock(session: Session, username: str) -> LockedAccount:
    """Lock and return an account; raises NotFound."""
    row = await _SQL.lock(session.connection, city_code=session.city_code, username=username)
    if row is None:
        raise NotFound(f"没有账号“{username}”")
    return msgspec.convert(dict(row), LockedAccount)


async def lock_administrators(session: Session) -> list[str]:
    """Lock those who administer the installation and may sign in; returns their names. Before any other account."""
    rows = _SQL.lock_administrators(session.connection, city_code=session.city_code)
    return [row["username"] async for row in rows]


async def change(session: Session, account: LockedAccount) -> None:
    """Keep what changed of an account."""
    await _SQL.change(
        session.connection,
        city_code=session.city_code,
        username=account.username,
        role=account.role,
        department=account.department,
        password_hash=account.password_hash,
        must_change=account.must_change,
        disabled_at=account.disabled_at,
    )


async def end_sessions(session: Session, username: str, *, but: str | None = None) -> None:
    """Sign somebody out everywhere, but for the session of one token where one is given."""
    but_hash = None if but is None else token_hash(but)
    await _SQL.end_sessions(session.connection, city_code=session.city_code, username=username, but=but_hash)


async def note(session: Session, change: AccountChange) -> None:
    """Write down who did what; nothing changes it afterwards."""
    told = {name: getattr(change, name) for name in AccountChange.__struct_fields__ if name != "id"}
    await _SQL.note(session.connection, city_code=session.city_code, **told)


async def changes(session: Session, username: str | None, before: int | None, size: int) -> list[AccountChange]:
    """Return one page of what was done to accounts, or to one, the newest first."""
    rows = _SQL.changes(
        session.connection,
        city_code=session.city_code,
        username=username,
        before=LAST if before is None else before,
        page_size=size,
    )
    return [msgspec.convert(dict(row), AccountChange) async for row in rows]


async def was_in_other_hands(session: Session, username: str, since: datetime) -> bool:
    """Tell whether another account made this one since then, or took it in hand; a command on the machine is nobody's account."""
    return bool(
        await _SQL.was_in_other_hands(session.connection, city_code=session.city_code, username=username, since=since)
    )
