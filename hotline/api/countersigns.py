"""双人复核: what waits for a second person, who signs or refuses; a caller revealed; the access log that the auditor reads."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from hotline import countersign
from hotline import reveal as use_case
from hotline.api import body
from hotline.api.shapes import Cursor, Number
from hotline.countersign import Unsigned, Waiting
from hotline.fields import Remark
from hotline.keys import HUB
from hotline.step import run
from models.store import access_log, countersigns
from models.store.access_log import Look
from models.store.countersigns import Countersign, Deed
from models.ticket import id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.step import Step
    from models.ticket import Actor


class CountersignStep(Struct, kw_only=True):
    """`grant` signs; `refuse` needs a reason."""

    action: Literal["grant", "refuse"]
    reason: Remark = ""


class CountersignLine(Struct, kw_only=True):
    """One deed that needs two. `asked` is what exactly; `may_decide` tells whether the asker of this list may be the second."""

    id: str
    ticket: Number
    what: Deed
    asked: dict[str, Any]
    reason: str
    asked_by: str
    asked_role: Role
    asked_at: datetime
    lapses_at: datetime
    is_granted: bool | None
    decided_by: str | None
    decided_at: datetime | None
    used_at: datetime | None
    may_decide: bool


class Countersigns(Struct, kw_only=True):
    """One page, the newest first."""

    countersigns: list[CountersignLine]
    cursor: Cursor


class Revealed(Struct, kw_only=True):
    """Who asks, in clear (200); or with `waits` (202) that a second person must sign first."""

    number: Number
    caller: use_case.RevealedCaller | None = None
    waits: Waiting | None = None


class AccessLine(Struct, kw_only=True):
    """Who looked at whose data, why, and who signed beside."""

    id: str
    at: datetime
    by: str
    role: Role
    what: Look
    ticket: Number | None
    second: str | None
    reason: str


class AccessLog(Struct, kw_only=True):
    """查阅记录, the newest first."""

    looks: list[AccessLine]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/countersigns."""
    hub, size = request.app[HUB], body.page_size(request)
    before, number = body.read_cursor(request, tuple[int]), body.query(request, "ticket")
    now = hub.now()
    waiting_at = now if body.yes_no(request, "waiting") else None
    found = await hub.database.read(
        lambda session: countersigns.page(
            session,
            before[0] if before else None,
            size,
            waiting_at=waiting_at,
            ticket_id=id_of(number) if number else None,
        )
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"countersigns": [_line(actor, one, now) for one in found], "cursor": cursor}, Countersigns)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/countersigns/{id}/steps."""
    hub, countersign_id = request.app[HUB], int(request.match_info["id"])
    _, fields = await body.read_body(request, CountersignStep)
    asked = await hub.database.read(lambda session: countersigns.get(session, countersign_id))
    is_granted = fields.action == "grant"

    async def work(step: Step) -> Countersign:
        return await countersign.decide(step, countersign_id, is_granted=is_granted, reason=fields.reason)

    decided = await run(hub, actor, asked.ticket_id, work)
    return body.answer(_line(actor, decided, hub.now()), CountersignLine)


async def reveal(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tickets/{number}/reveal: a POST, so that no reason and no name ever stands in an address."""
    hub, number = request.app[HUB], request.match_info["number"]
    _, fields = await body.read_body(request, use_case.Revealing)
    try:
        caller = await run(hub, actor, id_of(number), lambda step: use_case.reveal(step, fields))
    except Unsigned as unsigned:
        wanted = unsigned.wanted
        waits = await run(hub, actor, id_of(number), lambda step: countersign.ask(step, wanted))
        return body.answer({"number": number, "waits": waits}, Revealed, status=202)
    response = body.answer({"number": number, "caller": caller}, Revealed)
    response.headers["cache-control"] = "no-store"
    return response


async def looks(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/access-log."""
    hub, size = request.app[HUB], body.page_size(request)
    before, number = body.read_cursor(request, tuple[int]), body.query(request, "ticket")
    by_user, since, until = body.query(request, "by"), body.moment(request, "since"), body.moment(request, "until")
    found = await hub.database.read(
        lambda session: access_log.page(
            session,
            before[0] if before else None,
            size,
            by_user=by_user,
            ticket_id=id_of(number) if number else None,
            since=since,
            until=until,
        )
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    lines = [
        {
            **{name: getattr(one, name) for name in ("at", "role", "what", "second")},
            "id": str(one.id),
            "by": one.by_user,
            "ticket": number_of(one.ticket_id) if one.ticket_id else None,
            "reason": hub.mask(one.reason),
        }
        for one in found
    ]
    return body.answer({"looks": lines, "cursor": cursor}, AccessLog)


def _line(actor: Actor, one: Countersign, now: datetime) -> dict[str, Any]:
    is_open = one.decided_at is None and one.lapses_at > now
    return {
        **{name: getattr(one, name) for name in one.__struct_fields__ if name not in {"ticket_id", "seq", "fields"}},
        "id": str(one.id),
        "ticket": number_of(one.ticket_id),
        "asked": msgspec.json.decode(one.fields),
        "may_decide": is_open and one.asked_by != actor.name and actor.role in countersign.SECONDS,
    }
