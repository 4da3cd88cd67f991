"""紧急转接: one key begins it, the other side is offered it and confirms, a three-way note says what was agreed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from hotline import handoff as use_case
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Number
from hotline.fields import HandoffNumber, Reason, required
from hotline.keys import HUB
from models.errors import InvalidRequest
from models.store import handoffs as store
from models.store.tickets import EARLIEST
from models.ticket import id_of, number_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.handoffs import Handoff
    from models.ticket import Actor

HandoffId = Annotated[str, Meta(pattern="^[A-Za-z0-9_]{1,80}$")]


class Press(Struct, kw_only=True):
    """一键转接 of a call (`interaction`), or of a ticket, with its reason and what `remainder` says."""

    number: HandoffNumber
    interaction: Annotated[int, Meta(ge=1, le=2**63 - 1)] | None = None
    ticket: Number | None = None
    reason: Reason | None = None
    remainder: bool = True


class ThreeWay(Struct, kw_only=True):
    """三方通话: who was on and what was agreed, masked."""

    parties: list[str]
    agreed: str
    by: str
    at: datetime


class HandoffPage(Struct, kw_only=True):
    """One handoff. `is_late`: nobody has confirmed it by `confirm_by`, and the shift lead must see to it."""

    id: HandoffId
    ticket: Number | None
    interaction: int | None
    number: str
    flag: str
    opened_at: datetime
    opened_by: str
    offer_by: datetime
    offered_at: datetime | None
    confirm_by: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    is_late: bool
    alarm_count: Count
    outside_number: str | None
    note: ThreeWay | None


class Handoffs(Struct, kw_only=True):
    """One page of handoffs, the nearest due first."""

    handoffs: list[HandoffPage]
    cursor: Cursor


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/handoffs: what the other side has not confirmed, or all that bears their number."""
    hub = request.app[HUB]
    size = body.page_size(request)
    after = body.read_cursor(request, tuple[datetime, str]) or (EARLIEST, "")
    outside_number = body.query(request, "outside_number")
    found = await hub.database.read(
        lambda session: store.page(session, after, size, is_open=outside_number is None, outside_number=outside_number)
    )
    cursor = body.make_cursor(found[-1].confirm_by, found[-1].id) if len(found) == size else None
    return body.answer({"handoffs": [_page(hub, one) for one in found], "cursor": cursor}, Handoffs)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/handoffs."""
    hub = request.app[HUB]
    _, pressed = await body.read_body(request, Press)
    if pressed.ticket is not None:
        reason = hub.mask(required(pressed.reason or "通话中一键转接", "转接原因"))
        fields = use_case.HandOff(number=pressed.number, reason=reason, remainder=pressed.remainder)
        made = await use_case.press_on_ticket(hub, actor, id_of(pressed.ticket), fields)
    elif pressed.interaction is not None:
        made = await use_case.press(hub, actor, pressed.interaction, pressed.number)
    else:
        raise InvalidRequest("请指明正在通话的来话（interaction）或工单（ticket）")
    return await _shown(request, made, status=201)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/handoffs/{id}."""
    return await _shown(request, request.match_info["id"])


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/handoffs/{id}/steps."""
    _, fields = await body.read_body(request, use_case.HandoffStep)
    await use_case.move(request.app[HUB], actor, request.match_info["id"], fields)
    return await _shown(request, request.match_info["id"])


async def _shown(request: web.Request, handoff_id: str, *, status: int = 200) -> web.Response:
    hub = request.app[HUB]
    found = await hub.database.read(lambda session: store.get(session, handoff_id))
    return body.answer(_page(hub, found), HandoffPage, status=status)


def _page(hub: Hub, handoff: Handoff) -> dict[str, Any]:
    return {
        **{name: getattr(handoff, name) for name in handoff.__struct_fields__},
        "ticket": number_of(handoff.ticket_id) if handoff.ticket_id is not None else None,
        "is_late": handoff.confirmed_at is None and handoff.confirm_by < hub.now(),
    }
