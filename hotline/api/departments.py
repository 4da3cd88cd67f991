"""Departments' endpoints and the deliveries to them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from msgspec import Meta, Struct, structs

from hotline.api import body
from hotline.api.shapes import Count, Cursor, Number
from hotline.endpoint import register
from hotline.keys import HTTP_CLIENT, HUB
from models.errors import Forbidden, InvalidRequest
from models.store import deliveries
from models.ticket import id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor


class EndpointRequest(Struct, kw_only=True):
    """Where a department's system is reached; `rotate` asks for new secrets."""

    url: Annotated[str, Meta(min_length=8, max_length=2000)]
    rotate: bool = False


class EndpointAnswer(Struct, kw_only=True):
    """A registered endpoint. We sign with `webhook_secret`, the department with `callback_secret`."""

    department: str
    url: str
    webhook_secret: str
    callback_secret: str
    verified_at: datetime


class DeliveryLine(Struct, kw_only=True):
    """A webhook in a list."""

    id: str
    ticket: Number
    department: str
    type: str
    state: Literal["waiting", "delivered", "dead"]
    attempts: Count
    created_at: datetime
    next_at: datetime
    delivered_at: datetime | None
    last_error: str | None


class Deliveries(Struct, kw_only=True):
    """One page of webhooks, newest first."""

    deliveries: list[DeliveryLine]
    cursor: Cursor


class Replayed(Struct, kw_only=True):
    """A delivery that is sent again."""

    id: str
    state: Literal["waiting"] = "waiting"


async def put_endpoint(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/departments/{code}/endpoint."""
    department = request.match_info["code"]
    if actor.role is Role.DEPARTMENT and actor.department != department:
        raise Forbidden("只能登记本单位的接口")
    _, wanted = await body.read_body(request, EndpointRequest)
    endpoint = await register(request.app[HUB], request.app[HTTP_CLIENT], department, wanted.url, rotate=wanted.rotate)
    return body.answer(
        {
            "department": department,
            "url": endpoint.url,
            "webhook_secret": endpoint.webhook_secrets[0],
            "callback_secret": endpoint.callback_secrets[0],
            "verified_at": endpoint.verified_at,
        },
        EndpointAnswer,
    )


async def list_deliveries(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/deliveries: a department sees its own."""
    state = body.query(request, "state")
    if state not in {None, "waiting", "delivered", "dead"}:
        raise InvalidRequest("参数 state 应为 waiting、delivered 或 dead")
    asked = body.query(request, "department")
    department = actor.department or asked
    number = body.query(request, "ticket")
    ticket_id = id_of(number) if number else None
    size = body.page_size(request)
    before = body.read_cursor(request, tuple[datetime, str])
    hub = request.app[HUB]
    barred = hub.barring(actor.department)
    rows = await hub.database.read(
        lambda session: deliveries.page(session, state, department, ticket_id, before, size, barred=barred)
    )
    last = rows[-1] if len(rows) == size else None
    cursor = body.make_cursor(last.created_at, last.id) if last else None
    shown = [{**structs.asdict(row), "ticket": number_of(row.ticket_id)} for row in rows]
    return body.answer({"deliveries": shown, "cursor": cursor}, Deliveries)


async def replay(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/deliveries/{id}/replay."""
    hub = request.app[HUB]
    delivery_id = request.match_info["id"]
    await hub.database.write(lambda session: deliveries.replay(session, delivery_id, hub.now()))
    return body.answer({"id": delivery_id, "state": "waiting"}, Replayed)
