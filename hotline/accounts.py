"""Staff accounts and log-in: argon2id, opaque session tokens, only hashes stored."""

from __future__ import annotations

import asyncio
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from models.errors import Conflict, InvalidRequest, Unauthorized
from models.store import credentials
from models.store.credentials import User

if TYPE_CHECKING:
    from models.store.database import Database, Session
    from models.ticket import Actor
    from models.vocabulary import Role

HASHER: Final = argon2.PasswordHasher()
# Checked where the name is unknown, so that the time of an answer tells nothing.
NOBODY: Final = HASHER.hash(secrets.token_urlsafe(16))
SESSION_FOR: Final = timedelta(hours=12)
SHORTEST_PASSWORD: Final = 10


async def add(session: Session, username: str, password: str, role: Role, department: str | None, at: datetime) -> None:
    """Make an account; raises Conflict where the name is taken, InvalidRequest for a short password."""
    if len(password) < SHORTEST_PASSWORD:
        raise InvalidRequest(f"密码至少{SHORTEST_PASSWORD}位")
    password_hash = await asyncio.to_thread(HASHER.hash, password)
    user = User(username=username, role=role, department=department, password_hash=password_hash)
    if not await credentials.add_user(session, user, at):
        raise Conflict(f"账号“{username}”已存在")


async def sign_in(database: Database, username: str, password: str) -> tuple[str, datetime, User]:
    """Return a fresh session token, when it ends, and who signed in; raises Unauthorized."""
    user = await database.read(lambda session: credentials.user(session, username))
    is_right = await asyncio.to_thread(_matches, user.password_hash if user else NOBODY, password)
    if user is None or not is_right:
        raise Unauthorized("用户名或密码不正确")
    token, now = secrets.token_urlsafe(32), datetime.now(UTC)
    ends_at = now + SESSION_FOR
    await database.write(lambda session: credentials.begin(session, token, user.username, now, ends_at))
    return token, ends_at, user


async def sign_out(database: Database, token: str) -> None:
    """End a session."""
    await database.write(lambda session: credentials.end(session, token))


async def signed_in(database: Database, token: str) -> Actor | None:
    """Return who holds a session token, None where nobody does."""
    return await database.read(lambda session: credentials.signed_in(session, token, datetime.now(UTC)))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
