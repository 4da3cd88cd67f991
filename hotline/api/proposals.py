"""GET /api/v1/tickets/{number}/proposal: whom the catalogue gives a ticket to now, and who cannot have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Count, Named
from hotline.api.tickets import visible
from hotline.keys import HUB
from hotline.proposal import route_again
from models.errors import Conflict, InvalidRequest
from models.lifecycle import AssignmentState
from models.store import disputes, tickets
from models.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor


class TicketProposal(Struct, kw_only=True):
    """What a dispatch without a `lead` would do now; null where the catalogue gives none, and `doubts` say why.

    `recused` and those whose send-back was upheld cannot lead; after a ruling `ruled` alone may. `must_designate` tells that the
    next dispatch is a designation (第三次派单即指定).
    """

    lead: Named | None
    assisting: list[Named]
    copied: list[Named]
    because: str
    doubts: list[str]
    recused: list[Named]
    sent_back_by: list[Named]
    ruled: Named | None
    dispatch_count: Count
    must_designate: bool


async def show(request: web.Request, actor: Actor) -> web.Response:
    """Read it with the category or the kind that a person is about to correct it to, where they are named."""
    hub, number = request.app[HUB], request.match_info["number"]
    category, kind = body.query(request, "category"), body.query(request, "kind")
    if category is not None and category not in hub.city.categories:
        raise InvalidRequest(f"没有编码为“{category}”的事项分类")
    if kind is not None and kind not in set(Kind):
        raise InvalidRequest("参数 kind 应为诉求类型，见 /api/v1/labels")

    async def work(session: Session) -> dict[str, Any]:
        ticket, parts = await visible(session, hub, actor, number)
        text = await tickets.text(session, ticket.id)
        if category is not None:
            detail = category if len(category) > 4 else None
            ticket = msgspec.structs.replace(ticket, category=category[:4], detail=detail)
        if kind is not None:
            ticket = msgspec.structs.replace(ticket, kind=Kind(kind))
        try:
            way = route_again(hub, ticket, text)
        except msgspec.ValidationError as error:
            raise Conflict("这件工单登记时的理解结果由别的版本记录，给不出建议，请选择主办单位") from error
        ruled = None if ticket.is_disputed else await disputes.ruled_lead(session, ticket.id)
        ended = {part.department for part in parts if part.is_lead and part.state is AssignmentState.SENT_BACK}
        return {
            "lead": _named(hub, [way.lead.department])[0] if way.lead else None,
            "assisting": _named(hub, (one.department for one in way.assisting)),
            "copied": _named(hub, (one.department for one in way.copy)),
            "because": way.because,
            "doubts": list(way.doubts),
            "recused": _named(hub, sorted({*ticket.recused, *way.recused})),
            "sent_back_by": _named(hub, sorted(ended)),
            "ruled": _named(hub, [ruled])[0] if ruled else None,
            "dispatch_count": ticket.dispatch_count,
            "must_designate": hub.policy.send_back.must_designate(ticket.dispatch_count),
        }

    return body.answer(await hub.database.read(work), TicketProposal)


def _named(hub: Hub, codes: Iterable[str]) -> list[Named]:
    return [Named(code=code, name=hub.department_name(code)) for code in codes]
