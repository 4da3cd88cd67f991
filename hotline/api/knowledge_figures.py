"""知识待办统计: what each department owes to the knowledge base, and what is late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct, structs

from hotline.api import body
from hotline.api.shapes import Count, Named
from hotline.keys import HUB
from models.store import knowledge_tasks as store
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor

MONTH: Final = timedelta(days=30)


class KnowledgeOwner(Struct, kw_only=True):
    """One owner of knowledge; null is who keeps the knowledge base: questions that nothing answers."""

    owner: Named | None
    published: Annotated[int, Meta(ge=0, description="在用条目")]
    open: Annotated[int, Meta(ge=0, description="未办结的知识待办")]
    late: Annotated[int, Meta(ge=0, description="其中已超期")]
    closed_in_time: Count
    closed_late: Count


class KnowledgeFigures(Struct, kw_only=True):
    """Every owner, who is late with most first; what was closed is counted from `since` on."""

    since: datetime
    owners: list[KnowledgeOwner]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/knowledge/figures: since a moment, or in the last thirty days; a department sees its own."""
    hub = request.app[HUB]
    since = body.moment(request, "since") or hub.now() - MONTH
    rows = await hub.database.read(lambda session: store.figures(session, since, hub.now()))
    if actor.role is Role.DEPARTMENT:
        rows = [one for one in rows if one.owner == actor.department]
    owners = [
        structs.asdict(one)
        | {"owner": {"code": one.owner, "name": hub.department_name(one.owner)} if one.owner else None}
        for one in rows
    ]
    return body.answer({"since": since, "owners": owners}, KnowledgeFigures)
