"""自动派单: which categories go out by themselves, how sure they must be, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from hotline import auto_dispatch
from hotline.api import body
from hotline.fields import Reason, required
from hotline.keys import HUB
from models.store import auto_dispatch as store

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.auto_dispatch import Outcome, Switch
    from models.store.database import Session
    from models.ticket import Actor

Probability = Annotated[float, Meta(ge=0, le=1)]
Count = Annotated[int, Meta(ge=0)]


class CategoryLine(Struct, kw_only=True):
    """One category: is it on, how sure its lead must be (none: it never goes out by itself), and the last 30 days.

    `coverage` is the share of its tickets that went out by themselves, `misdirected` how many of those went elsewhere after.
    """

    code: str
    name: str
    is_on: bool
    bar: Probability | None
    tickets: Count
    dispatched: Count
    misdirected: Count
    coverage: Probability | None
    error: Probability | None
    switched_at: datetime | None
    switched_by: str | None
    reason: str | None


class Promise(Struct, kw_only=True):
    """The model's guarantee: at most `error` of what goes out by itself has a wrong lead, with `confidence`."""

    error: Probability
    confidence: Probability
    rows: Count
    dispatched: Count
    wrong: Count


class AutoDispatch(Struct, kw_only=True):
    """Every category and the guarantee that stands over all of them."""

    model_version: str
    guarantee: Promise | None
    categories: list[CategoryLine]


class Wanted(Struct, kw_only=True):
    """Switch on or off, and why."""

    is_on: bool
    reason: Reason


async def show(request: web.Request, _actor: Actor) -> web.Response:
    """GET /api/v1/auto-dispatch."""
    hub = request.app[HUB]
    since = hub.now() - auto_dispatch.WATCHED

    async def work(session: Session) -> tuple[dict[str, Outcome], dict[str, int]]:
        return await store.outcomes(session, since), await store.shares(session, since)

    await auto_dispatch.follow(hub)
    outcomes, tickets = await hub.database.read(work)
    lines = [
        _line(hub, code, outcomes.get(code), tickets.get(code, 0), hub.auto_switches.get(code))
        for code, category in hub.city.categories.items()
        if not category.l3
    ]
    told = {"model_version": hub.reader.model_version, "guarantee": _promise(hub), "categories": lines}
    return body.answer(told, AutoDispatch)


async def put(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/auto-dispatch/{category}."""
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, Wanted)
    category, reason = request.match_info["category"], required(wanted.reason, "理由")
    change = await hub.database.write(
        lambda session: auto_dispatch.switch(session, hub, category, is_on=wanted.is_on, by=actor.name, reason=reason)
    )
    return body.answer(_line(hub, category, None, 0, change), CategoryLine)


def _promise(hub: Hub) -> dict[str, object] | None:
    promised = hub.reader.guarantee
    return {name: getattr(promised, name) for name in Promise.__struct_fields__} if promised else None


def _line(hub: Hub, code: str, outcome: Outcome | None, tickets: int, switch: Switch | None) -> dict[str, object]:
    dispatched = outcome.dispatched if outcome else 0
    misdirected = outcome.misdirected if outcome else 0
    return {
        "code": code,
        "name": hub.category_name(code),
        "is_on": hub.goes_by_itself(code),
        "bar": hub.reader.bars.get(code),
        "tickets": tickets,
        "dispatched": dispatched,
        "misdirected": misdirected,
        "coverage": round(min(dispatched / tickets, 1), 4) if tickets else None,
        "error": round(misdirected / dispatched, 4) if dispatched else None,
        "switched_at": switch.at if switch else None,
        "switched_by": switch.actor if switch else None,
        "reason": switch.reason if switch else None,
    }
