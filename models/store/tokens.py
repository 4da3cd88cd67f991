"""接口凭证: the tokens of programs as an administrator sees them; only hashes are kept. Whose one is says models.store.credentials."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Struct

from models.cipher import token_hash
from models.errors import NotFound
from models.store.database import queries
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session

_SQL = queries("tokens")
LAST: Final = 2**63 - 1


class Token(Struct, frozen=True, kw_only=True):
    """One token without the token, in wall time. `scope` None: all addresses of its role; `per_minute` None: what is usual for it;
    `expires_at` None: made by a command.
    """

    role: Role
    subject: str
    label: str
    scope: list[str] | None
    created_at: datetime
    created_by: str | None
    expires_at: datetime | None
    revoked_at: datetime | None = None
    replaced_by: int | None = None
    per_minute: int | None = None
    id: int = 0


async def issue(session: Session, token: str, wanted: Token) -> int:
    """Make a token known; returns its id."""
    names = ("role", "subject", "label", "scope", "per_minute", "created_at", "created_by", "expires_at")
    told = {name: getattr(wanted, name) for name in names}
    return int(await _SQL.issue(session.connection, city_code=session.city_code, token_hash=token_hash(token), **told))


async def lock(session: Session, token_id: int) -> Token:
    """Lock and return one; raises NotFound."""
    row = await _SQL.lock(session.connection, city_code=session.city_code, id=token_id)
    if row is None:
        raise NotFound(f"没有编号为{token_id}的凭证")
    return msgspec.convert(dict(row), Token)


async def limit(session: Session, token_id: int, per_minute: int | None) -> None:
    """It may be used so often."""
    await _SQL.limit(session.connection, city_code=session.city_code, id=token_id, per_minute=per_minute)


async def revoke(session: Session, token_id: int, at: datetime) -> None:
    """It holds no more."""
    await _SQL.revoke(session.connection, city_code=session.city_code, id=token_id, at=at)


async def replace(session: Session, token_id: int, by: int, until: datetime) -> None:
    """Another takes its place; it holds until then, never longer than it did."""
    await _SQL.replace(session.connection, city_code=session.city_code, id=token_id, replaced_by=by, expires_at=until)


async def page(session: Session, role: Role | None, before: int | None, size: int) -> list[Token]:
    """Return one page, the newest first."""
    rows = _SQL.page(
        session.connection,
        city_code=session.city_code,
        role=role,
        before=LAST if before is None else before,
        page_size=size,
    )
    return [msgspec.convert(dict(row), Token) async for row in rows]
