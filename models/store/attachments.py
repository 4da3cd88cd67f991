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
    """A file of a ticket; `name` is opened and may be personal, `sha256` is what its bytes must come to.

    A photo of the work (整改前、整改后) was `taken` "before" or "after" it by whoever has the part `assignment`, or, where
    that is None, by whoever reported it; the others came with the request.
    """

    id: str
    name: str
    media_type: str
    size: int
    ticket_id: int
    sha256: bytes
    taken: str | None
    assignment: int | None


class Stored(Struct, frozen=True, kw_only=True):
    """A file that was put by and belongs to no ticket yet; `is_stripped` says that it is a photo and nothing more."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: bytes
    is_stripped: bool = False


async def add(session: Session, stored: Stored, at: datetime) -> None:
    """Record a stored file; its name may be personal and is sealed."""
    sealed = session.keyring.seal(stored.name, "attachments", "name", stored.id)
    written = {name: getattr(stored, name) for name in stored.__struct_fields__}
    await _SQL.add(session.connection, city_code=session.city_code, **{**written, "name": sealed}, at=at)


async def belong_to(session: Session, ids: list[str], ticket_id: int) -> None:
    """Give uploaded files to a ticket; raises InvalidRequest for one that is unknown or belongs to another."""
    if not ids:
        return
    rows = _SQL.belong_to(session.connection, city_code=session.city_code, ids=ids, ticket_id=ticket_id)
    unknown = sorted(set(ids) - {row["id"] async for row in rows})
    if unknown:
        raise InvalidRequest(f"附件“{unknown[0]}”不存在或已用于其他工单，请重新上传")


async def take_photo(session: Session, photo: str, ticket_id: int, taken: str, assignment: int | None) -> bytes:
    """Give an uploaded photo to a ticket; returns its digest. Raises InvalidRequest where it is none, or taken already."""
    digest: bytes | None = await _SQL.take_photo(
        session.connection,
        city_code=session.city_code,
        id=photo,
        ticket_id=ticket_id,
        taken=taken,
        assignment=assignment,
    )
    if digest is None:
        raise InvalidRequest(f"照片“{photo}”不存在或已使用，请重新上传（POST /api/v1/photos）")
    return digest


async def of_ticket(session: Session, ticket_id: int) -> list[Attachment]:
    """Return the files of a ticket, in order."""
    rows = _SQL.of_ticket(session.connection, city_code=session.city_code, ticket_id=ticket_id)
    return [Attachment(**_opened(session, row)) async for row in rows]


async def find(session: Session, attachment_id: str) -> Attachment:
    """Return one file; raises NotFound, also while it belongs to no ticket."""
    row = await _SQL.find(session.connection, city_code=session.city_code, id=attachment_id)
    if row is None:
        raise NotFound("没有这个附件，请核对编号")
    return Attachment(**_opened(session, row))


def _opened(session: Session, row: Any) -> dict[str, Any]:
    return {**row, "name": session.keyring.unseal(row["name"], "attachments", "name", row["id"])}
