"""Files that came with a request; their bytes lie outside the database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from models.errors import InvalidRequest, NotFound
from models.store.database import queries

if TYPE_CHECKING:
    from datetime import datetime

    from models.store.database import Session

_SQL = queries("attachments")


class Attachment(Struct, frozen=True, kw_only=True):
    """A file of a ticket; `name` is opened and may be personal."""

    id: str
    name: str
    media_type: str
    size: int


class Kept(Attachment, frozen=True, kw_only=True):
    """One file with whose it is and what its bytes must come to."""

    ticket_id: int
    sha256: bytes


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


async def of_ticket(session: Session, ticket_id: int) -> list[Attachment]:
    """Return the files that came with a ticket, in order."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [Attachment(**_opened(session, row)) async for row in rows]


async def find(session: Session, attachment_id: str) -> Kept:
    """Return one file; raises NotFound, also while it belongs to no ticket."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=attachment_id)
    if row is None:
        raise NotFound("没有这个附件，请核对编号")
    return Kept(**_opened(session, row))


def _opened(session: Session, row: Any) -> dict[str, Any]:
    return {**row, "name": session.keyring.unseal(row["name"], "attachments", "name", row["id"])}
