"""Tokens, accounts and sessions; only hashes are stored."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from models.cipher import token_hash
from models.store.database import queries
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("credentials")
WRITTEN_EVERY: Final = timedelta(minutes=1)


class User(Struct, frozen=True, kw_only=True):
    """An account of a person. `must_change`: somebody else has seen the password, and nothing else goes before its change."""

    username: str
    role: Role
    department: str | None
    password_hash: str
    must_change: bool = False
    is_disabled: bool = False
    has_lost_role: bool = False


class SignedIn(Struct, frozen=True):
    """Who is signed in, and whether the password must be changed first; of a token what limits it: the only addresses, how often."""

    actor: Actor
    must_change: bool
    scope: frozenset[str] | None = None
    per_minute: int | None = None


async def bearer(session: Session, token: str, wall_now: datetime) -> SignedIn | None:
    """Return whose token this is, None where nobody's, or no more."""
    row = await _SQL.find(
        session.connection, city_code=session.city_code, token_hash=token_hash(token), wall_now=wall_now
    )
    if row is None:
        return None
    role, subject = Role(row["role"]), row["subject"]
    scope = None if row["scope"] is None else frozenset(row["scope"])
    actor = Actor(role, subject, subject if role is Role.DEPARTMENT else None)
    return SignedIn(actor, must_change=False, scope=scope, per_minute=row["per_minute"])


async def add(session: Session, token: str, role: Role, subject: str, at: datetime) -> None:
    """Make a token known."""
    await _SQL.add(
        session.connection,
        city_code=session.city_code,
        token_hash=token_hash(token),
        role=role,
        subject=subject,
        created_at=at,
    )


async def add_user(session: Session, user: User, at: datetime) -> bool:
    """Make an account; False where the name is taken."""
    made = await _SQL.add_user(
        session.connection,
        city_code=session.city_code,
        username=user.username,
        role=user.role,
        department=user.department,
        password_hash=user.password_hash,
        must_change=user.must_change,
        created_at=at,
    )
    return made is not None


async def user(session: Session, username: str) -> User | None:
    """Return an account, None where there is none."""
    row = await _SQL.user(session.connection, city_code=session.city_code, username=username)
    if row is None:
        return None
    return User(
        username=row["username"],
        role=Role(row["role"]),
        department=row["department"],
        password_hash=row["password_hash"],
        must_change=row["must_change"],
        is_disabled=row["is_disabled"],
        has_lost_role=row["has_lost_role"],
    )


async def begin(
    session: Session, token: str, username: str, at: datetime, expires_at: datetime, *, by_provider: bool
) -> None:
    """Remember a signed-in browser by its token's hash, in wall time; `by_provider`: no password was used."""
    await _SQL.add_session(
        session.connection,
        city_code=session.city_code,
        token_hash=token_hash(token),
        username=username,
        created_at=at,
        expires_at=expires_at,
        by_provider=by_provider,
    )


async def signed_in(
    session: Session, token: str, wall_now: datetime, idle_for: timedelta, *, is_use: bool = True
) -> SignedIn | None:
    """Return who is signed in with this token, None where nobody is, or nobody has used it for so long.

    With `is_use` it is used now, which is written down once a minute.
    """
    key = token_hash(token)
    row = await _SQL.session(
        session.connection,
        city_code=session.city_code,
        token_hash=key,
        wall_now=wall_now,
        idle_since=wall_now - idle_for,
    )
    if row is None:
        return None
    if is_use and wall_now - row["seen_at"] > WRITTEN_EVERY:
        await _SQL.touch(session.connection, city_code=session.city_code, token_hash=key, wall_now=wall_now)
    return SignedIn(Actor(Role(row["role"]), row["username"], row["department"]), row["must_change"])


async def end(session: Session, token: str) -> None:
    """Sign out."""
    await _SQL.end_session(session.connection, city_code=session.city_code, token_hash=token_hash(token))
