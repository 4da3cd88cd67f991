"""账号: what every way to sign in shares: how a session begins, and how it is noted what was done to an account."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import argon2

from models.store import credentials, users
from models.store.users import AccountChange

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session
    from models.store.users import Account
    from models.vocabulary import Role

HASHER: Final = argon2.PasswordHasher()
# What nobody knows a password for.
NO_PASSWORD: Final = HASHER.hash(secrets.token_urlsafe(16))
SESSION_FOR: Final = timedelta(hours=12)
# Letters, digits and Chinese characters: an account's name stands in addresses.
USERNAME: Final = "^[A-Za-z0-9._@·\u4e00-\u9fff-]{1,64}$"


async def begin_session(
    session: Session, username: str, at: datetime, *, by_provider: bool = False
) -> tuple[str, datetime]:
    """Begin a session of an account; returns its fresh token, and when it ends at the latest."""
    token, ends_at = secrets.token_urlsafe(32), at + SESSION_FOR
    await credentials.begin(session, token, username, at, ends_at, by_provider=by_provider)
    return token, ends_at


async def note(
    session: Session, account: Account, action: users.Act, by: str | None, at: datetime, role_before: Role | None = None
) -> None:
    """Write down who did what to whose account."""
    change = AccountChange(
        username=account.username,
        action=action,
        role_before=role_before,
        role=account.role,
        department=account.department,
        by_user=by,
        at=at,
    )
    await users.note(session, change)
