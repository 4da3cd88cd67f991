"""常用视图: a person's own named filters."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline import saved_view
from hotline.api import body
from hotline.keys import HUB
from hotline.worklist import ListFields
from models.store import saved_views

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.saved_views import SavedView
    from models.ticket import Actor

NAME: Final = "^[0-9A-Za-z_\u4e00-\u9fff-]{1,40}$"


class ViewLine(Struct, kw_only=True):
    """One view: what `GET /api/v1/tickets` is asked for."""

    name: str
    filters: ListFields
    changed_at: datetime


class Views(Struct, kw_only=True):
    """Every view of the asker, by name."""

    views: list[ViewLine]


class ViewGone(Struct, kw_only=True):
    """The view that is not there any more."""

    name: str


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/views."""
    found = await request.app[HUB].database.read(lambda session: saved_views.of_owner(session, actor.name))
    return body.answer({"views": [_line(one) for one in found]}, Views)


async def put(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/views/{name}."""
    _, fields = await body.read_body(request, saved_view.ViewFields)
    return body.answer(
        _line(await saved_view.save(request.app[HUB], actor, request.match_info["name"], fields)), ViewLine
    )


async def delete(request: web.Request, actor: Actor) -> web.Response:
    """DELETE /api/v1/views/{name}."""
    name = request.match_info["name"]
    await request.app[HUB].database.write(lambda session: saved_views.drop(session, actor.name, name))
    return body.answer({"name": name}, ViewGone)


def _line(one: SavedView) -> dict[str, Any]:
    return msgspec.structs.asdict(one)
