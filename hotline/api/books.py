"""账目: whether the day's sums add up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from hotline import books
from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import HUB

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor


class BookPart(Struct, kw_only=True):
    """One part of a sum."""

    code: str
    name: str
    count: Count


class BookAccount(Struct, kw_only=True):
    """One sum: it is balanced where the parts make up the whole, which was counted in another way."""

    name: str
    title: str
    whole: Count
    parts: list[BookPart]
    is_balanced: bool


class Books(Struct, kw_only=True):
    """What arrived in [since, until) and what is open now, each sum told by its parts."""

    since: datetime
    until: datetime
    is_balanced: Annotated[bool, Meta(description="所有账目都平")]
    accounts: list[BookAccount]


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/books: since midnight where no time is given."""
    hub = request.app[HUB]
    since, until = body.span(request, hub)
    found = await books.told(hub, since, until)
    balanced = all(account["is_balanced"] for account in found)
    return body.answer({"since": since, "until": until, "is_balanced": balanced, "accounts": found}, Books)
