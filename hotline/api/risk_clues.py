"""影响社会稳定线索: what was pushed to 110, by a rule or the desk, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from hotline import risk_clue as use_case
from hotline.api import body
from hotline.api.shapes import Cursor, Level, Number
from hotline.keys import HUB
from hotline.step import run
from models.errors import Forbidden, InvalidRequest
from models.store import risk_clues as store
from models.ticket import id_of, number_of
from models.vocabulary import Channel, Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.risk_clues import RiskClue
    from models.ticket import Actor

STATES: Final = ("waiting", "acknowledged", "withdrawn")


class CluePage(Struct, kw_only=True):
    """One clue. `is_late`: 110 has not acknowledged it by `acknowledge_by`; `reference` is what 110 calls it."""

    id: str
    ticket: Number
    state: Literal["waiting", "acknowledged", "withdrawn"]
    flags: list[str]
    level: Level
    pushed_at: datetime
    pushed_by: str
    is_by_rule: bool
    acknowledge_by: datetime
    is_late: bool
    acknowledged_at: datetime | None
    reference: str | None
    withdrawn_at: datetime | None
    reason: str | None


class Clues(Struct, kw_only=True):
    """One page of clues, the newest first."""

    clues: list[CluePage]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/risk-clues."""
    hub = request.app[HUB]
    state = body.query(request, "state")
    if state is not None and state not in STATES:
        raise InvalidRequest("参数 state 应为 waiting、acknowledged 或 withdrawn")
    size, before = body.page_size(request), body.read_cursor(request, tuple[datetime, str])
    found = await hub.database.read(lambda session: store.page(session, state, before, size))
    cursor = body.make_cursor(found[-1].pushed_at, found[-1].id) if len(found) == size else None
    return body.answer({"clues": [_page(hub, one) for one in found], "cursor": cursor}, Clues)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/risk-clues/{id}."""
    return await _shown(request, request.match_info["id"])


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/risk-clues."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, use_case.Push)
    clue_id = await run(hub, actor, id_of(fields.ticket), lambda step: use_case.push(step, fields))
    return await _shown(request, clue_id, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/risk-clues/{id}/steps: 110's own system may only acknowledge."""
    hub, clue_id = request.app[HUB], request.match_info["id"]
    _, fields = await body.read_body(request, use_case.ClueStep)
    if actor.role is Role.CHANNEL and (actor.name != Channel.POLICE or fields.action != "acknowledge"):
        raise Forbidden("该凭证不能办这一步：110的系统只确认线索（acknowledge），撤回由热线办理")
    clue = await hub.database.read(lambda session: store.get(session, clue_id))
    await run(hub, actor, clue.ticket_id, lambda step: use_case.move(step, clue_id, fields))
    return await _shown(request, clue_id)


async def _shown(request: web.Request, clue_id: str, *, status: int = 200) -> web.Response:
    hub = request.app[HUB]
    found = await hub.database.read(lambda session: store.get(session, clue_id))
    return body.answer(_page(hub, found), CluePage, status=status)


def _page(hub: Hub, clue: RiskClue) -> dict[str, Any]:
    return {
        **{name: getattr(clue, name) for name in clue.__struct_fields__},
        "ticket": number_of(clue.ticket_id),
        "state": clue.state,
        "is_late": clue.state == "waiting" and clue.acknowledge_by < hub.now(),
    }
