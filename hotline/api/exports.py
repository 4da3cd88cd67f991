"""导出: ask for a list as a file, see how far it is, fetch it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from hotline import export
from hotline.api import body
from hotline.api.shapes import Count, Cursor
from hotline.keys import HUB
from hotline.worklist import ListFields
from models.calendar import CHINA_TIME
from models.errors import NotFound
from models.export_file import MEDIA_TYPES, ExportFormat
from models.store import exports as store
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.store.exports import Kept
    from models.ticket import Actor


class ExportLine(Struct, kw_only=True):
    """An export: `progress` from 0 to 1, `rows` written, `is_cut` where more would have fitted, `size` in bytes.

    `state` is waiting, made, failed (`error` says why) or dropped: the file is gone, the line stays.
    """

    id: str
    filters: ListFields
    format: ExportFormat
    state: str
    progress: Annotated[float, Meta(ge=0, le=1)]
    rows: Count
    is_cut: bool
    asked_by: str
    role: Role
    asked_at: datetime
    made_at: datetime | None
    size: Count | None
    error: str | None


class Exports(Struct, kw_only=True):
    """One page, the newest first."""

    exports: list[ExportLine]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/exports: one's own; an auditor sees who has taken away what."""
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    by = None if actor.role is Role.AUDITOR else actor.name
    found = await request.app[HUB].database.read(
        lambda session: store.page(session, by, before[0] if before else None, size)
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"exports": [_line(one) for one in found], "cursor": cursor}, Exports)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/exports: the worker makes it; 202 with where to look."""
    _, wanted = await body.read_body(request, export.ExportAsked)
    return body.answer(_line(await export.ask(request.app[HUB], actor, wanted)), ExportLine, status=202)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/exports/{export}."""
    found = await request.app[HUB].database.read(lambda session: _own(session, request, actor))
    return body.answer(_line(found), ExportLine)


async def file(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/exports/{export}/file: for who asked for it alone."""

    async def work(session: Session) -> tuple[Kept, bytes]:
        kept = await _own(session, request, actor)
        return kept, await store.content(session, kept.id)

    kept, content = await request.app[HUB].database.read(work)
    made_at = (kept.made_at or kept.asked_at).astimezone(CHINA_TIME)
    name = f"工单导出-{made_at:%Y%m%d-%H%M}.{kept.format}"
    return body.download(content, MEDIA_TYPES[kept.format], f"export-{kept.id}.{kept.format}", name)


async def _own(session: Session, request: web.Request, actor: Actor) -> Kept:
    """Return an export of the asker's own; raises NotFound. An auditor reads the lines of all, and no file."""
    export_id = int(request.match_info["export"])
    found = await store.get(session, export_id)
    if found.asked_by != actor.name and actor.role is not Role.AUDITOR:
        raise NotFound(f"没有编号为{export_id}的导出")
    return found


def _line(one: Kept) -> dict[str, Any]:
    values = {name: getattr(one, name) for name in one.__struct_fields__}
    return {**values, "id": str(one.id), "progress": one.progress / 100, "rows": one.row_count}
