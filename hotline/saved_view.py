"""常用视图: a person keeps what they ask lists for under a name of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from hotline import worklist
from hotline.worklist import ListFields
from models.errors import Conflict
from models.store import saved_views
from models.store.saved_views import SavedView

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor


class ViewFields(Struct, kw_only=True):
    """What a view asks for: the filters of `GET /api/v1/tickets`."""

    filters: ListFields


async def save(hub: Hub, actor: Actor, name: str, fields: ViewFields) -> SavedView:
    """Keep a view under its name, in place of one that is there. Raises InvalidRequest, NotFound, Conflict where there are too many."""
    worklist.refuse_traces(hub, name, fields.filters.q)
    # A view that could not be opened is refused now.
    worklist.asked(hub, actor, fields.filters)
    view = SavedView(name=name, filters=msgspec.to_builtins(fields.filters), changed_at=hub.now())
    most = hub.city.worklists.most_views

    async def work(session: Session) -> bool:
        return await saved_views.put(session, actor.name, view, most)

    if not await hub.database.write(work):
        raise Conflict(f"常用视图最多{most}个，请先删去不用的")
    return view
