"""交接班: drafts of registrations, and the open work of one agent handed to another or to a seat group."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from msgspec import Meta, Struct

from hotline import giving, shift_change
from hotline.api import body
from hotline.api.shapes import Cursor
from hotline.keys import HUB
from models.store import drafts, shift_changes
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.store.drafts import Draft
    from models.store.shift_changes import ShiftChange
    from models.ticket import Actor

DraftId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
Id = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class DraftPage(Struct, kw_only=True):
    """A draft of an agent, or of the seat group that it was handed to."""

    id: DraftId
    agent: str | None
    seat_group: str | None
    interaction: int | None
    fields: dict[str, Any]
    written_at: datetime


class Drafts(Struct, kw_only=True):
    """One page of drafts."""

    drafts: list[DraftPage]
    cursor: Cursor


class DraftDropped(Struct, kw_only=True):
    """A draft is gone."""

    dropped: Literal[True] = True


class ShiftChangePage(Struct, kw_only=True):
    """Who handed which drafts and interactions to whom, and who has taken over."""

    id: Id
    handed_by: str
    from_agent: str
    to_agent: str | None
    to_seat_group: str | None
    remark: str
    drafts: list[DraftId]
    interactions: list[int]
    at: datetime
    accepted_by: str | None
    accepted_at: datetime | None


class ShiftChanges(Struct, kw_only=True):
    """One page of changes of shift, the newest first."""

    shift_changes: list[ShiftChangePage]
    cursor: Cursor


async def drafts_listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/drafts."""
    size, after = body.page_size(request), body.read_cursor(request, tuple[str])

    async def read(session: Session) -> list[Draft]:
        groups = await giving.groups_of(session, actor.name)
        return await drafts.page(session, actor.name, groups, after[0] if after else "", size)

    found = await request.app[HUB].database.read(read)
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"drafts": found, "cursor": cursor}, Drafts)


async def write_draft(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/drafts/{draft}."""
    _, written = await body.read_body(request, shift_change.DraftFields)
    return body.answer(
        await shift_change.write(request.app[HUB], actor, request.match_info["draft"], written), DraftPage
    )


async def drop_draft(request: web.Request, actor: Actor) -> web.Response:
    """DELETE /api/v1/drafts/{draft}."""
    await shift_change.drop(request.app[HUB], actor, request.match_info["draft"])
    return body.answer({}, DraftDropped)


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/shift_changes: an agent sees what concerns them and their groups, a shift lead and a supervisor all."""
    size, before = body.page_size(request), body.read_cursor(request, tuple[Id])
    agent = actor.name if actor.role is Role.AGENT else None

    async def read(session: Session) -> list[ShiftChange]:
        groups = await giving.groups_of(session, actor.name)
        return await shift_changes.page(session, agent, groups, before[0] if before else None, size)

    found = await request.app[HUB].database.read(read)
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"shift_changes": found, "cursor": cursor}, ShiftChanges)


async def hand_over(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/shift_changes."""
    _, handing = await body.read_body(request, shift_change.Handing)
    return body.answer(await shift_change.hand_over(request.app[HUB], actor, handing), ShiftChangePage, status=201)


async def accept(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/shift_changes/{id}/accept."""
    changed = await shift_change.accept(request.app[HUB], actor, int(request.match_info["id"]))
    return body.answer(changed, ShiftChangePage)
