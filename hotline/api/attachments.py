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
from hotline.api.view import attached, may_have_attachments
from hotline.keys import HUB, SETTINGS
from models.errors import InvalidRequest, NotFound
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
FOLDER: Final = "attachments"
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
    media_type = next((kind for start, kind in SIGNATURES if content.startswith(start)), None)
    if media_type is None:
        raise InvalidRequest("只接受 JPEG、PNG 图片，PDF 文档，MP3、WAV 录音")
    name = _file_name(request)
    hub = request.app[HUB]
    attachment_id = secrets.token_hex(16)
    _keep(request.app[SETTINGS].data_dir / FOLDER, attachment_id, content)
    digest = hashlib.sha256(content).digest()
    await hub.database.write(
        lambda session: attachments.add(session, attachment_id, name, media_type, len(content), digest, hub.now())
    )
    return body.answer({"id": attachment_id, "media_type": media_type, "size": len(content)}, Attached, status=201)


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/attachments/{id}: the file, to whoever may read its ticket (view.may_have_attachments)."""
    hub = request.app[HUB]

    async def work(session: Session) -> tuple[attachments.Kept, str]:
        kept = await attachments.find(session, request.match_info["id"])
        ticket, _ = await visible(session, hub, actor, number_of(kept.ticket_id))
        if not may_have_attachments(actor, ticket):
            raise NotFound("没有这个附件，请核对编号")
        caller_name = (await tickets.text(session, ticket.id)).caller_name
        return kept, attached(hub, kept, caller_name)["name"]

    kept, name = await hub.database.read(work)
    content = await asyncio.to_thread(_read, request.app[SETTINGS].data_dir / FOLDER / kept.id)
    if content is None or hashlib.sha256(content).digest() != kept.sha256:
        LOG.error("attachment lost or damaged", id=kept.id)
        raise NotFound("附件文件缺失或已损坏，请联系系统管理员从备份恢复")
    shown = f"attachment; filename=\"{kept.id}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**SAFE, "content-disposition": shown}
    return web.Response(body=content, content_type=kept.media_type, headers=headers)


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
