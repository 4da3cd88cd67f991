"""Files that came with a request; their bytes lie outside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import InvalidRequest
from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("attachments")


async def add(
    session: Session, attachment_id: str, name: str, media_type: str, size: int, sha256: bytes, at: datetime
) -> None:
    """Record a stored file; its name may be personal and is sealed."""
    await _SQL.add(
        session.connection,
        city_code=session.city_code,
        id=attachment_id,
        name=session.keyring.seal(name, "attachments", "name", attachment_id),
        media_type=media_type,
        size=size,
        sha256=sha256,
        at=at,
    )


async def belong_to(session: Session, ids: list[str], ticket_id: int) -> None:
    """Give uploaded files to a ticket; raises InvalidRequest for one that is unknown or belongs to another."""
    if not ids:
        return
    rows = _SQL.belong_to(session.connection, city_code=session.city_code, ids=ids, ticket_id=ticket_id)
    unknown = sorted(set(ids) - {row["id"] async for row in rows})
    if unknown:
        raise InvalidRequest(f"附件“{unknown[0]}”不存在或已用于其他工单，请重新上传")
