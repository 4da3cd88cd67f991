"""全过程档案: the whole story of a ticket in one archive, to be read by people and by programs, and checked by both."""

from __future__ import annotations

import asyncio
import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web
from msgspec import Struct

from hotline.api.attachments import SAFE, read
from hotline.api.departments import DeliveryLine
from hotline.api.file_page import html
from hotline.api.shapes import AttachmentLine, TicketPage
from hotline.api.tickets import page_of, visible
from hotline.api.trail import Chain, TicketClock, TrailEvent, chain_of, clock_of, trail_of
from hotline.api.view import may_have_attachment
from hotline.keys import HUB
from models.store import attachments, deliveries
from models.ticket import number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.attachments import Attachment
    from models.store.database import Session
    from models.ticket import Actor

MOST_DELIVERIES: Final = 1000
# What is larger together is listed with its digest and left out: the archive is made in memory.
LARGEST_FILES: Final = 64 * 1024 * 1024
ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
}
MADE: Final = (2000, 1, 1, 0, 0, 0)


class FileInside(AttachmentLine, kw_only=True):
    """A file of the ticket; `path` is where it lies in the archive, null where it was lost, damaged or too large."""

    path: str | None


class TicketFile(Struct, kw_only=True):
    """The whole story, masked as its reader may see it."""

    made_at: datetime
    made_by: str
    ticket: TicketPage
    clock: TicketClock
    trail: list[TrailEvent]
    deliveries: list[DeliveryLine]
    files: list[FileInside]
    chain: Chain


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets/{number}/file: a ZIP of one HTML page, one JSON document, and the files."""
    hub, number = request.app[HUB], request.match_info["number"]
    content, kept = await hub.database.read_together(lambda session: _story(session, hub, actor, number))
    inside, total = {}, 0
    for place, one in enumerate(kept):
        path, data = f"files/{place + 1:02d}-{one.taken or 'request'}.{ENDINGS[one.media_type]}", None
        if total + one.size <= LARGEST_FILES:
            data = await read(request.app, one)
        if data is not None:
            inside[path], total = data, total + len(data)
        content["files"].append({**_line(content, one), "path": path if data is not None else None})
    # What the shapes do not promise is not told.
    file = msgspec.json.decode(msgspec.json.encode(content), type=TicketFile)
    archive = await asyncio.to_thread(_zipped, hub, file, inside)
    headers = {**SAFE, "content-disposition": f'attachment; filename="{number}.zip"'}
    return web.Response(body=archive, content_type="application/zip", headers=headers)


async def _story(session: Session, hub: Hub, actor: Actor, number: str) -> tuple[dict[str, Any], list[Attachment]]:
    ticket, _ = await visible(session, hub, actor, number)
    kept = [one for one in await attachments.of_ticket(session, ticket.id) if may_have_attachment(actor, ticket, one)]
    barred = hub.barring(actor.department)
    sent = await deliveries.page(session, None, actor.department, ticket.id, None, MOST_DELIVERIES, barred=barred)
    page = await page_of(session, hub, actor, number)
    # What a file tells does not depend on who has the ticket open now.
    page["held_by"] = None
    if actor.role is Role.DEPARTMENT:
        # Whom to call, a department reads where it works; a file is passed on.
        page["caller"] = None
    content = {
        "made_at": hub.now(),
        "made_by": actor.name,
        "ticket": page,
        "clock": await clock_of(session, hub, actor, number),
        "trail": await trail_of(session, hub, actor, number),
        "deliveries": [{**msgspec.structs.asdict(row), "ticket": number_of(row.ticket_id)} for row in reversed(sent)],
        "files": [],
        "chain": await chain_of(session, hub, actor, number),
    }
    return content, kept


def _line(content: dict[str, Any], one: Attachment) -> dict[str, Any]:
    found: dict[str, Any] = next(line for line in content["ticket"]["attachments"] if line["id"] == one.id)
    return found


def _zipped(hub: Hub, file: TicketFile, inside: dict[str, bytes]) -> bytes:
    """Return the archive; its members bear no time of their own, so that the same story makes the same bytes."""
    number, buffer = file.ticket.number, io.BytesIO()
    story = msgspec.json.format(msgspec.json.encode(file), indent=1)
    members = {f"{number}.html": html(hub, file).encode(), f"{number}.json": story, **inside}
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in members.items():
            member = zipfile.ZipInfo(path, MADE)
            member.compress_type = zipfile.ZIP_STORED if path in inside else zipfile.ZIP_DEFLATED
            archive.writestr(member, data)
    return buffer.getvalue()
