"""12345与110双向统计: handoffs to 110 and its siblings, orders from 110, clues; by day, and sums that must agree."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import HUB
from models.store import handoff_figures as store

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.ticket import Actor


class HandoffCounts(Struct, kw_only=True):
    """12345→: `opened` = offered_in_time + offered_late + not_offered = confirmed_in_time + confirmed_late + unconfirmed."""

    opened: Count = 0
    by_person: Count = 0
    offered_in_time: Count = 0
    offered_late: Count = 0
    not_offered: Count = 0
    confirmed_in_time: Count = 0
    confirmed_late: Count = 0
    unconfirmed: Count = 0
    with_outside_number: Count = 0


class NumberCounts(HandoffCounts, kw_only=True):
    """The same of one day and number."""

    day: dt.date
    number: str


class OrderCounts(Struct, kw_only=True):
    """110→12345: `received` = pushed + by_telephone = open + closed + sent_back + ended_otherwise."""

    received: Count = 0
    pushed: Count = 0
    by_telephone: Count = 0
    open: Count = 0
    closed: Count = 0
    sent_back: Count = 0
    ended_otherwise: Count = 0


class OrderDay(OrderCounts, kw_only=True):
    """The same of one day."""

    day: dt.date


class ClueCounts(Struct, kw_only=True):
    """线索: `pushed` = by_rule + by_person = acknowledged + waiting + withdrawn."""

    pushed: Count = 0
    by_rule: Count = 0
    by_person: Count = 0
    acknowledged: Count = 0
    waiting: Count = 0
    withdrawn: Count = 0


class ClueDay(ClueCounts, kw_only=True):
    """The same of one day."""

    day: dt.date


class HandoffFigures(Struct, kw_only=True):
    """What went both ways in a span. The totals are the sums of the days; days are China's, and those without any are left out."""

    since: datetime
    until: datetime
    handoffs: HandoffCounts
    handoff_days: list[NumberCounts]
    orders: OrderCounts
    order_days: list[OrderDay]
    clues: ClueCounts
    clue_days: list[ClueDay]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/handoffs/figures: of today, or of a span of 92 days at most."""
    hub = request.app[HUB]
    since, until = body.span(request, hub)

    async def work(session: Session) -> dict[str, Any]:
        handoffs = await store.handoffs(session, since, until)
        orders = await store.orders(session, since, until)
        clues = await store.clues(session, since, until)
        return {
            "handoffs": _summed(handoffs, HandoffCounts),
            "handoff_days": handoffs,
            "orders": _summed(orders, OrderCounts),
            "order_days": orders,
            "clues": _summed(clues, ClueCounts),
            "clue_days": clues,
        }

    return body.answer({"since": since, "until": until, **await hub.database.read(work)}, HandoffFigures)


def _summed(days: list[dict[str, Any]], kind: type[Struct]) -> dict[str, int]:
    return {name: sum(day[name] for day in days) for name in kind.__struct_fields__}
