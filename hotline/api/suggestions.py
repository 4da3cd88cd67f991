"""公开的建议: anybody reads and supports, the hotline publishes, the hotline and the lead say what becomes of it."""

from __future__ import annotations

import hmac
import secrets
import time
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from aiohttp import web
from msgspec import Meta, Struct

from hotline import suggestion as use_case
from hotline.api import body, track
from hotline.api.limiter import Limiter
from hotline.api.shapes import Count, Cursor, Named, Number
from hotline.keys import HUB
from hotline.step import run
from hotline.suggestion import Supporter
from models.errors import Conflict, InvalidRequest
from models.store import suggestions
from models.ticket import id_of, number_of
from models.vocabulary import SuggestionState

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.suggestions import Suggestion
    from models.ticket import Actor

ORDERS: Final = ("newest", "most_supported")
LARGEST: Final = 2**63 - 1
MOST_VISITORS_A_MINUTE: Final = 120
MOST_A_MINUTE: Final = 6
# New visitors by address, and supports by supporter.
NEW_VISITORS: Final = web.AppKey("new_visitors", Limiter)
SUPPORTS: Final = web.AppKey("supports", Limiter)

Visitor = Annotated[str, Meta(min_length=40, max_length=80, pattern=r"^[0-9a-f]{32}\.[0-9a-f]{32}$")]


class SuggestionPage(Struct, kw_only=True):
    """A published suggestion: nothing of who suggested it. `answer` is why it was adopted or not, `done` what was done."""

    id: str
    state: SuggestionState
    title: str
    brief: str
    topic: Named
    answer: str | None
    done: str | None
    supports: Count
    published_at: datetime
    studied_at: datetime | None
    decided_at: datetime | None
    done_at: datetime | None


class Suggestions(Struct, kw_only=True):
    """One page of published suggestions."""

    suggestions: list[SuggestionPage]
    cursor: Cursor


class PublishedSuggestion(SuggestionPage, kw_only=True):
    """The same for the hotline and the lead, with the ticket that it came from."""

    number: Number
    consent: str
    published_by: str
    is_published: bool


class Support(Struct, kw_only=True):
    """Who supports: a verified phone by a ticket's `number` and query `code`, or else a `visitor`'s token."""

    visitor: Visitor | None = None
    number: Annotated[str, Meta(max_length=20)] | None = None
    code: Annotated[str, Meta(max_length=20)] | None = None


class Counted(Struct, kw_only=True):
    """How many support it now, and whether this one was new."""

    supports: Count
    is_new: bool


class VisitorToken(Struct, kw_only=True):
    """A visitor's token: to be kept, it supports each suggestion once."""

    visitor: Visitor


async def listed(request: web.Request) -> web.Response:
    """GET /api/v1/suggestions."""
    hub, size = request.app[HUB], body.page_size(request)
    state, is_by_support = _state(request), _order(request) == "most_supported"
    after = body.read_cursor(request, tuple[int, int])
    if after is not None and not all(0 <= part <= LARGEST for part in after):
        raise InvalidRequest("参数 cursor 无效，请从头开始")

    async def work(session: Session) -> list[Suggestion]:
        if is_by_support:
            return await suggestions.most_supported(session, state, after, size)
        return await suggestions.newest(session, state, after[1] if after else None, size)

    found = await hub.database.read(work)
    cursor = body.make_cursor(found[-1].supports, found[-1].id) if len(found) == size else None
    return body.answer({"suggestions": [page_of(hub, one) for one in found], "cursor": cursor}, Suggestions)


async def one(request: web.Request) -> web.Response:
    """GET /api/v1/suggestions/{suggestion}."""
    hub, suggestion_id = request.app[HUB], int(request.match_info["suggestion"])
    found = await hub.database.read(lambda session: suggestions.get(session, suggestion_id))
    return body.answer(page_of(hub, found), SuggestionPage)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/suggestions."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, use_case.Publication)
    made = await run(hub, actor, id_of(fields.ticket), lambda step: use_case.publish(step, fields))
    return body.answer(_published(hub, made), PublishedSuggestion, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/suggestions/{suggestion}/steps."""
    hub, suggestion_id = request.app[HUB], int(request.match_info["suggestion"])
    _, fields = await body.read_body(request, use_case.SuggestionStep)
    found = await hub.database.read(lambda session: suggestions.get(session, suggestion_id))
    moved = await run(hub, actor, found.ticket_id, lambda step: use_case.move(step, suggestion_id, fields))
    return body.answer(_published(hub, moved), PublishedSuggestion)


async def support(request: web.Request) -> web.Response:
    """POST /api/v1/suggestions/{suggestion}/support."""
    _, wanted = await body.read_body(request, Support)
    suggestion_id = int(request.match_info["suggestion"])
    if wanted.number is not None:
        supporter = await _by_phone(request, wanted.number, wanted.code)
    else:
        supporter = by_visitor(request.app[HUB], wanted.visitor or "")
    is_new = await count(request.app, suggestion_id, supporter)
    found = await request.app[HUB].database.read(lambda session: suggestions.get(session, suggestion_id))
    return body.answer({"supports": found.supports, "is_new": is_new}, Counted)


async def greet(request: web.Request) -> web.Response:
    """POST /api/v1/visitors."""
    return body.answer({"visitor": new_visitor(request)}, VisitorToken, status=201)


async def count(app: web.Application, suggestion_id: int, supporter: Supporter) -> bool:
    """Count a supporter once, not too often; tells whether it is new. Raises NotFound, Conflict, TooManyRequests."""
    hub, often, key, now = app[HUB], app[SUPPORTS], supporter.mark.hex(), time.monotonic()
    often.check(key, now)
    often.add(key, now)
    return await hub.database.write(lambda session: use_case.support(session, hub.now(), suggestion_id, supporter))


def new_visitor(request: web.Request) -> str:
    """Return a token for somebody who has none; raises TooManyRequests where an address asks for many."""
    often, address, now = request.app[NEW_VISITORS], request.remote or "", time.monotonic()
    often.check(address, now)
    often.add(address, now)
    made = secrets.token_hex(16)
    return f"{made}.{_signature(request.app[HUB], made)}"


def by_visitor(hub: Hub, token: str) -> Supporter:
    """Return the supporter of a visitor's token; raises InvalidRequest for one that we did not make."""
    made, _, signature = token.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(hub, made).encode()):
        raise InvalidRequest("请提供工单号和查询码，或先取访客凭证（POST /api/v1/visitors）")
    return Supporter(hub.database.keyring.digest(f"supporter:{made}".encode()), is_verified=False)


async def _by_phone(request: web.Request, number: str, code: str | None) -> Supporter:
    """Return the supporter of the phone that a ticket's query code was sent to; raises NotFound, Conflict, TooManyRequests."""
    ticket, _ = await request.app[HUB].database.read(
        lambda session: track.own(request.app, session, number, code, asks=request.remote or "")
    )
    if ticket.caller_index is None:
        raise Conflict("该工单没有登记电话，不能作为实名支持")
    return Supporter(ticket.caller_index, is_verified=True)


def _signature(hub: Hub, made: str) -> str:
    return hub.database.keyring.digest(f"visitor:{made}".encode(errors="replace")).hex()[:32]


def _state(request: web.Request) -> str | None:
    state = body.query(request, "state")
    if state is not None and state not in set(SuggestionState):
        raise InvalidRequest(f"参数 state 应为 {'、'.join(SuggestionState)} 之一")
    return state


def _order(request: web.Request) -> str:
    order = body.query(request, "order") or ORDERS[0]
    if order not in ORDERS:
        raise InvalidRequest(f"参数 order 应为 {' 或 '.join(ORDERS)}")
    return order


def page_of(hub: Hub, one: Suggestion) -> dict[str, Any]:
    """Return a suggestion as anybody sees it."""
    page = {name: getattr(one, name) for name in SuggestionPage.__struct_fields__ if name not in {"id", "topic"}}
    return {**page, "id": str(one.id), "topic": {"code": one.category, "name": hub.category_name(one.category)}}


def _published(hub: Hub, one: Suggestion) -> dict[str, Any]:
    kept = {"consent": one.consent, "published_by": one.published_by, "is_published": one.withdrawn_at is None}
    return {**page_of(hub, one), "number": number_of(one.ticket_id), **kept}
