"""统一身份: which account a person of the city's identity provider has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("identities")


async def username(session: Session, issuer: str, subject: str) -> str | None:
    """Return whose account a person of a provider has, None where none."""
    found: str | None = await _SQL.username(
        session.connection, city_code=session.city_code, identity=_identity(session, issuer, subject)
    )
    return found


async def bind(session: Session, issuer: str, subject: str, username: str, at: datetime) -> bool:
    """Bind an account to a person; False where either is bound already."""
    made = await _SQL.bind(
        session.connection,
        city_code=session.city_code,
        identity=_identity(session, issuer, subject),
        username=username,
        bound_at=at,
    )
    return made is not None


async def unbind(session: Session, username: str) -> bool:
    """End the binding of an account; False where there is none."""
    return await _SQL.unbind(session.connection, city_code=session.city_code, username=username) is not None


async def lose_role(session: Session, username: str, at: datetime) -> bool:
    """Let nobody sign in to an account whose person has no role any more; False where that is known already."""
    lost = await _SQL.lose_role(session.connection, city_code=session.city_code, username=username, at=at)
    return lost is not None


async def regain_role(session: Session, username: str) -> bool:
    """Let its person in again; False where no role was lost."""
    return await _SQL.regain_role(session.connection, city_code=session.city_code, username=username) is not None


def _identity(session: Session, issuer: str, subject: str) -> bytes:
    # No issuer has a space in it: another one with another subject is never the same text.
    return session.keyring.blind_index(f"identity {issuer} {subject}")
