"""来电人限制: asked for at a seat, decided by a second person, shown with what the caller did."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from hotline import caller_limit
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Number
from hotline.api.view import masked_phone
from hotline.keys import HUB
from models.store import caller_limits
from models.ticket import number_of
from models.vocabulary import CallerLimitLevel

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.caller_limits import CallerLimit
    from models.store.database import Session
    from models.ticket import Actor

STATES: Final = ("asked", "holding", "over")
# What a caller did is shown of so long before.
BEFORE: Final = timedelta(days=90)


class CallerLimitLine(Struct, kw_only=True):
    """One limit; the phone is masked. `state` is asked, holding, refused, lifted or expired."""

    id: str
    caller: str
    level: CallerLimitLevel
    state: str
    reason: str
    interactions: list[int]
    tickets: list[Number]
    asked_by: str
    asked_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    decision: str | None
    expires_at: datetime | None
    lifted_by: str | None
    lifted_at: datetime | None
    lift_reason: str | None


class CallerLimits(Struct, kw_only=True):
    """One page of limits, the newest first."""

    limits: list[CallerLimitLine]
    cursor: Cursor


class CallerSeen(Struct, kw_only=True):
    """What a caller did in a time; `emergencies` are the tickets that told of a danger, and passed."""

    calls: Count
    in_vain: Count
    tickets: Count
    emergencies: Count


class CallerDossier(CallerLimitLine, kw_only=True):
    """A limit with what its caller did in the ninety days before it was asked for, and while it holds."""

    before: CallerSeen
    meanwhile: CallerSeen


class CallerLimitFigures(Struct, kw_only=True):
    """Limits asked for since then: asked = waiting + refused + granted, granted = holding + expired + lifted."""

    since: datetime
    asked: Count
    waiting: Count
    refused: Count
    granted: Count
    holding: Count
    expired: Count
    lifted: Count


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/caller-limits."""
    hub, size = request.app[HUB], body.page_size(request)
    before = body.read_cursor(request, tuple[int])
    state = body.one_of(request, "state", STATES) or ""
    found = await hub.database.read(
        lambda session: caller_limits.page(session, state, hub.now(), before[0] if before else None, size)
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"limits": [_line(hub, one) for one in found], "cursor": cursor}, CallerLimits)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/caller-limits."""
    _, fields = await body.read_body(request, caller_limit.AskLimit)
    made = await caller_limit.ask(request.app[HUB], actor, fields)
    return await _shown(request, made, status=201)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/caller-limits/{id}."""
    return await _shown(request, int(request.match_info["id"]))


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/caller-limits/{id}/steps."""
    limit_id = int(request.match_info["id"])
    _, fields = await body.read_body(request, caller_limit.LimitStep)
    await caller_limit.move(request.app[HUB], actor, limit_id, fields)
    return await _shown(request, limit_id)


async def figures(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/caller-limits/figures."""
    hub = request.app[HUB]
    since = body.since(request, hub)
    found = await hub.database.read(lambda session: caller_limits.figures(session, since, hub.now()))
    return body.answer({"since": since, **found}, CallerLimitFigures)


async def _shown(request: web.Request, limit_id: int, *, status: int = 200) -> web.Response:
    hub = request.app[HUB]

    async def work(session: Session) -> dict[str, Any]:
        limit = await caller_limits.get(session, limit_id)
        since, until = limit.decided_at or limit.asked_at, limit.lifted_at or limit.expires_at or hub.now()
        return {
            **_line(hub, limit),
            "before": await caller_limits.seen(session, limit.caller_index, limit.asked_at - BEFORE, limit.asked_at),
            "meanwhile": await caller_limits.seen(session, limit.caller_index, since, until),
        }

    return body.answer(await hub.database.read_together(work), CallerDossier, status=status)


def _line(hub: Hub, limit: CallerLimit) -> dict[str, Any]:
    phone = hub.database.keyring.unseal(limit.caller, "caller_limits", "caller", limit.caller_index.hex())
    return {
        **{name: getattr(limit, name) for name in limit.__struct_fields__},
        "id": str(limit.id),
        "caller": masked_phone(phone),
        "state": limit.state_at(hub.now()),
        "tickets": [number_of(one) for one in limit.tickets],
    }
