"""风暴: whether there is one, since when and why, and what waits meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct

from hotline import storm as use_case
from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import HUB
from models.store import storms

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

MOST_SHOWN = 10


class StormLine(Struct, kw_only=True):
    """One storm. `arrivals` and `expected` are of the five minutes that began it, `peak` is the most of any since."""

    id: str
    cause: Annotated[Literal["burst", "day", "hand"], Meta(description="burst 五分钟倍数，day 全日倍数，hand 班长手动")]
    reason: str
    arrivals: Count
    expected: Annotated[float, Meta(ge=0)]
    peak: Count
    began_by: str
    began_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    ended_reason: str | None


class StormNow(Struct, kw_only=True):
    """Whether there is a storm; `five` came in the last five minutes, where `expected` is usual. `waits` is what is put off in one."""

    is_on: bool
    five: Count
    expected: Annotated[float, Meta(ge=0)]
    begins_at: Annotated[float, Meta(ge=0, description="五分钟来件达到此数即进入")]
    waits: list[str]
    storms: Annotated[list[StormLine], Meta(description="最近的风暴，新的在前")]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/storm."""
    return await _shown(request.app[HUB])


async def switch(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/storm."""
    _, fields = await body.read_body(request, use_case.Switching)
    await use_case.switch(request.app[HUB], actor, fields)
    return await _shown(request.app[HUB])


async def _shown(hub: Hub) -> web.Response:
    rule = hub.city.incidents.storm

    async def work(session: Session) -> dict[str, Any]:
        found = await storms.arrivals(session, hub.now())
        newest = await storms.newest(session, MOST_SHOWN)
        lines = [{**{name: getattr(one, name) for name in one.__struct_fields__}, "id": str(one.id)} for one in newest]
        expected = found.expected(rule)
        return {
            "is_on": bool(newest) and newest[0].ended_at is None,
            "five": found.five,
            "expected": round(expected, 1),
            "begins_at": round(rule.burst * expected, 1),
            "waits": use_case.SHED,
            "storms": lines,
        }

    return body.answer(await hub.database.read(work), StormNow)
