"""热线号码: the public register of telephone numbers (公开电话台账), its changes, and how calls were handled by line."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct

from hotline import announcement, overflow
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Named
from hotline.keys import HUB
from models.errors import InvalidRequest, NotFound
from models.line import open_line
from models.store import announcements
from models.vocabulary import Integration

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.line import Line
    from models.store.announcements import Announced
    from models.ticket import Actor


class CallCounts(Struct, kw_only=True):
    """offered = answered + abandoned + unanswered + waiting; `unanswered` have ended without an answer or giving up."""

    offered: Count
    answered: Count
    abandoned: Count
    unanswered: Count
    waiting: Count


class CountsOfLine(CallCounts, kw_only=True):
    """The same of one line; null is what named none."""

    line: str | None


class TransferCount(Struct, kw_only=True):
    """How often calls went from one line's seats to another's, and why: the line was closed, nobody answered (full),
    or a seat passed them on (theirs, skill, asked).
    """

    from_line: str | None
    to_line: str
    reason: str
    count: Count


class ReferralCount(Struct, kw_only=True):
    """转介: how many callers were told by script to turn to this line."""

    line: str
    count: Count


class NumberedCount(Struct, kw_only=True):
    """Tickets that came by a line whose records are kept elsewhere, and how many have their number there."""

    line: str
    tickets: Count
    numbered: Count


class CallsByLine(Struct, kw_only=True):
    """Calls that arrived in a time. Over all dialled lines, and over all handling lines, every count adds up to the total."""

    since: datetime
    until: datetime
    total: CallCounts
    dialled: Annotated[list[CountsOfLine], Meta(description="按拨打的号码")]
    handling: Annotated[list[CountsOfLine], Meta(description="按接听席组所属的号码")]
    transferred: list[TransferCount]
    referred: list[ReferralCount]
    elsewhere: Annotated[list[NumberedCount], Meta(description="记录在别处的号码：工单数、已有外部编号的")]


class RegisteredLine(Struct, kw_only=True):
    """One number of the public register. `answered_by` is the number whose seats answer now; null where nobody of ours does."""

    number: str
    name: str
    integration: Integration
    department: Named | None
    purpose: str
    hours: str
    is_open: bool
    overflow_to: str | None
    answered_by: str | None
    script: Annotated[str, Meta(description="转接或告知时说的话；空为本平台受理")]


class LineRegister(Struct, kw_only=True):
    """One page of the public register, in the city's order."""

    lines: list[RegisteredLine]
    cursor: Cursor


class LineAnnouncement(Struct, kw_only=True):
    """A number that was added, removed or changed, announced `at` a time and true from `holds_from` on.

    `state`: what was announced ahead is `planned`, `overdue` where its day has come and the register is as it was, or `called_off`.
    """

    id: Annotated[int, Meta(ge=1)]
    line: str
    name: str
    change: Literal["added", "removed", "changed"]
    details: list[str]
    at: datetime
    holds_from: datetime
    state: Annotated[
        Literal["in_force", "planned", "overdue", "called_off"],
        Meta(description="in_force 已实施，planned 预告，overdue 预告已到期而台账未变，called_off 已取消"),
    ]
    called_off_because: str | None


class LineAnnouncements(Struct, kw_only=True):
    """One page of announcements, the newest first."""

    announcements: list[LineAnnouncement]
    cursor: Cursor


async def listed(request: web.Request) -> web.Response:
    """GET /api/v1/lines: what the public may know of every number, those that fit the words or the integration."""
    hub, size = request.app[HUB], body.page_size(request)
    after = body.read_cursor(request, tuple[str])
    integration, words = body.query(request, "integration"), body.query(request, "q")
    if integration is not None and integration not in set(Integration):
        raise InvalidRequest(f"参数 integration 应为 {'、'.join(Integration)} 之一")
    found = [line for line in hub.city.lines.values() if _fits(hub, line, integration, words)]
    if after is not None:
        numbers = [line.number for line in found]
        found = found[numbers.index(after[0]) + 1 :] if after[0] in numbers else []
    shown = found[:size]
    cursor = body.make_cursor(shown[-1].number) if len(found) > size else None
    return body.answer({"lines": [_line(hub, line) for line in shown], "cursor": cursor}, LineRegister)


async def one(request: web.Request) -> web.Response:
    """GET /api/v1/lines/{line}."""
    hub, number = request.app[HUB], request.match_info["line"]
    line = hub.city.lines.get(number)
    if line is None:
        raise NotFound(f"公开电话台账中没有号码“{number}”")
    return body.answer(_line(hub, line), RegisteredLine)


async def announced(request: web.Request) -> web.Response:
    """GET /api/v1/lines/announcements: what changed in the register."""
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    rows = await request.app[HUB].database.read(
        lambda session: announcements.page(session, before[0] if before else None, size)
    )
    cursor = body.make_cursor(rows[-1].id) if len(rows) == size else None
    shown = [_announced(request.app[HUB], row) for row in rows]
    return body.answer({"announcements": shown, "cursor": cursor}, LineAnnouncements)


async def plan(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/lines/announcements."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, announcement.PlannedChange)
    return body.answer(_announced(hub, await announcement.plan(hub, actor, fields)), LineAnnouncement, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/lines/announcements/{announcement}/steps."""
    hub, number = request.app[HUB], int(request.match_info["announcement"])
    _, fields = await body.read_body(request, announcement.AnnouncementStep)
    return body.answer(_announced(hub, await announcement.move(hub, number, fields)), LineAnnouncement)


def _announced(hub: Hub, one: Announced) -> dict[str, Any]:
    told = {
        name: getattr(one, name) for name in ("id", "line", "name", "change", "details", "at", "called_off_because")
    }
    # What came earlier than it was announced holds since it came.
    holds_from = min(when for when in (one.holds_from or one.at, one.done_at) if when is not None)
    return told | {"holds_from": holds_from, "state": one.state_at(hub.now())}


def _fits(hub: Hub, line: Line, integration: str | None, words: str | None) -> bool:
    if integration is not None and line.integration != integration:
        return False
    told = (line.number, line.name, line.purpose, hub.department_name(line.department))
    return words is None or any(words in one for one in told)


def _line(hub: Hub, line: Line) -> dict[str, Any]:
    at = hub.now()
    answering = open_line(hub.city.lines, line, at)
    return {
        "number": line.number,
        "name": line.name,
        "integration": line.integration,
        "department": {"code": line.department, "name": hub.department_name(line.department)}
        if line.department
        else None,
        "purpose": line.purpose,
        "hours": line.hours,
        "is_open": line.is_open(at),
        "overflow_to": line.overflow_to,
        "answered_by": answering.number if answering.seat_group and answering.is_open(at) else None,
        "script": line.script,
    }


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/lines/figures: since a moment, or midnight, until another, or now."""
    hub = request.app[HUB]
    since, until = body.span(request, hub)
    return body.answer(await overflow.figures(hub, since, until), CallsByLine)
