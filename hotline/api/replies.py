"""POST /api/v1/replies/check: what the check of replies (答复质检) would find, while the reply is still being written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from hotline.api import body
from hotline.api.tickets import visible
from hotline.fields import Remark, ReplyText, required
from hotline.keys import HUB
from hotline.reply_check import Checked, checked
from models.store import tickets
from nlu.reply_check import Finding

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.ticket import Actor


class WrittenReply(Struct, kw_only=True):
    """A reply as it stands, to the ticket of that number; nothing of it is kept."""

    ticket: Annotated[str, Meta(pattern="^[0-9]{14,17}$")]
    text: ReplyText
    law_basis: Remark = ""


class ReplyFindings(Struct, kw_only=True):
    """What its author should mend; where one `returns`, it would not be signed off unless that is confirmed."""

    findings: list[Finding]


async def check(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/replies/check."""
    hub = request.app[HUB]
    _, written = await body.read_body(request, WrittenReply)
    reply = required(written.text, "反馈内容", 5)

    async def work(session: Session) -> Checked:
        ticket, _ = await visible(session, hub, actor, written.ticket)
        return checked(hub, ticket, await tickets.text(session, ticket.id), reply, written.law_basis)

    return body.answer(await hub.database.read(work), ReplyFindings)
