"""GET /api/v1/notices: what citizens are told by short message (短信告知), the newest first."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Number
from hotline.keys import HUB, SETTINGS
from models.store import notices
from models.ticket import number_of

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor


class NoticeLine(Struct, kw_only=True):
    """One message, its address masked; `content`, which holds query codes, is shown in a demo only, where it goes nowhere else."""

    id: str
    ticket: Number | None
    kind: str
    address: str
    content: str | None
    created_at: datetime
    sent_at: datetime | None


class NoticeLines(Struct, kw_only=True):
    """The newest messages; `is_demo` tells that none leaves the house."""

    notices: list[NoticeLine]
    is_demo: bool


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/notices?limit=."""
    hub, is_demo, size = request.app[HUB], request.app[SETTINGS].demo, body.page_size(request)
    found = await hub.database.read(lambda session: notices.newest(session, size))
    lines = [
        {
            "id": one.id,
            "ticket": number_of(one.ticket_id) if one.ticket_id else None,
            "kind": one.kind,
            "address": "微信用户" if one.kind == "chat_wechat" else hub.mask(one.address),
            "content": one.content if is_demo else None,
            "created_at": one.created_at,
            "sent_at": one.sent_at,
        }
        for one in found
    ]
    return body.answer({"notices": lines, "is_demo": is_demo}, NoticeLines)
