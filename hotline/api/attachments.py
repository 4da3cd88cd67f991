"""Attachments: a photo, a sound or a document; sniffed, capped, kept outside the database, handed out with care."""

from __future__ import annotations

import asyncio
import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, unquote

import structlog
from aiohttp import web
from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.tickets import visible
from hotline.api.view import attached, may_have_attachment
from hotline.keys import HUB, SETTINGS
from models.errors import InvalidRequest, NotFound
from models.photo import stripped
from models.store import attachments, tickets
from models.ticket import number_of

if TYPE_CHECKING:
    from models.store.database import Session
    from models.ticket import Actor

LOG = structlog.get_logger()
# What a file is, is read from its first bytes; what a client says of it is not believed.
SIGNATURES: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"ID3", "audio/mpeg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"RIFF", "audio/wav"),
)
LONGEST_NAME_HEADER: Final = 600
LONGEST_NAME: Final = 200
MEDIA_TYPES: Final = tuple(dict.fromkeys(kind for _, kind in SIGNATURES))
PHOTO_TYPES: Final = ("image/jpeg", "image/png")
# Strangers' files: saved, never shown as a page of ours, kept by no cache.
SAFE: Final = {
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "cache-control": "private, no-store",
}


class Attached(Struct, kw_only=True):
    """A stored attachment; `id` is what a request names."""

    id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    media_type: str
    size: Annotated[int, Meta(ge=1)]


async def create(request: web.Request, actor: Actor) -> web.Response:
    """Store the request's body as a file; `x-file-name` is its name, percent-encoded."""
    content = await request.read()
    media_type = sniffed(content)
    if media_type is None:
        raise InvalidRequest("只接受 JPEG、PNG 图片，PDF 文档，MP3、WAV 录音")
    stored = await keep(request.app, content, _file_name(request), media_type)
    return body.answer(stored, Attached, status=201)


def sniffed(content: bytes) -> str | None:
    """Return what a file is by its first bytes, None for what is not taken; of the RIFF files only sound is."""
    found = next((kind for start, kind in SIGNATURES if content.startswith(start)), None)
    return None if found == "audio/wav" and content[8:12] != b"WAVE" else found


async def create_photo(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/photos: a photo of the work, of which nothing but the picture is kept."""
    stored = await keep_photo(request.app, await request.read(), _file_name(request))
    return body.answer(stored, Attached, status=201)


async def keep_photo(app: web.Application, content: bytes, name: str) -> attachments.Stored:
    """Put a photo by without what else it tells; raises InvalidRequest for what is none."""
    picture = stripped(content)
    media_type = next(kind for start, kind in SIGNATURES if picture.startswith(start))
    return await keep(app, picture, name, media_type, is_stripped=True)


async def keep(
    app: web.Application, content: bytes, name: str, media_type: str, *, is_stripped: bool = False
) -> attachments.Stored:
    """Put a file by and record it; it belongs to no ticket yet."""
    hub = app[HUB]
    stored = attachments.Stored(
        id=secrets.token_hex(16),
        name=name,
        media_type=media_type,
        size=len(content),
        sha256=hashlib.sha256(content).digest(),
        is_stripped=is_stripped,
    )
    _keep(app[SETTINGS].attachments_dir, stored.id, content)
    await hub.database.write(lambda session: attachments.add(session, stored, hub.now()))
    return stored


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/attachments/{id}: the file, to whoever may read its ticket (view.may_have_attachment)."""
    hub = request.app[HUB]

    async def work(session: Session) -> tuple[attachments.Attachment, str]:
        kept = await attachments.find(session, request.match_info["id"])
        ticket, _ = await visible(session, hub, actor, number_of(kept.ticket_id))
        if not may_have_attachment(actor, ticket, kept):
            raise NotFound("没有这个附件，请核对编号")
        caller_name = (await tickets.text(session, ticket.id)).caller_name
        return kept, attached(hub, kept, caller_name)["name"]

    kept, name = await hub.database.read(work)
    content = await read(request.app, kept)
    if content is None:
        raise NotFound("附件文件缺失或已损坏，请联系系统管理员从备份恢复")
    shown = f"attachment; filename=\"{kept.id}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**SAFE, "content-disposition": shown}
    return web.Response(body=content, content_type=kept.media_type, headers=headers)


async def read(app: web.Application, kept: attachments.Attachment) -> bytes | None:
    """Return the bytes of a file, None where they are lost or are no longer what was put by."""
    content = await asyncio.to_thread(_read, app[SETTINGS].attachments_dir / kept.id)
    if content is None or hashlib.sha256(content).digest() != kept.sha256:
        LOG.error("attachment lost or damaged", id=kept.id)
        return None
    return content


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _file_name(request: web.Request) -> str:
    """Return what the uploaded file is called; raises InvalidRequest for a name that is not percent-encoded."""
    header = request.headers.get("x-file-name", "")
    if len(header) > LONGEST_NAME_HEADER or not all("!" <= character <= "~" for character in header):
        raise InvalidRequest(f"X-File-Name 应为百分号编码的文件名，不超过{LONGEST_NAME_HEADER}个字符")
    return Path(unquote(header)).name.replace("\x00", "")[:LONGEST_NAME] or "附件"


def _keep(folder: Path, name: str, content: bytes) -> None:
    """Write the file whole before its row exists: a row never points to half a file."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    side = folder / f"{name}.part"
    with side.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    side.rename(folder / name)
