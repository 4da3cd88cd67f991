"""Who is asking: a bearer token (channel or department), or a signed-in person's cookie."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from hotline.keys import HUB, SETTINGS
from models.errors import Forbidden, Unauthorized
from models.store import credentials
from models.vocabulary import LABELS as VOCABULARY_LABELS
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from models.ticket import Actor

COOKIE: Final = "hotline_session"
STAFF: Final = frozenset(Role) - {Role.CHANNEL, Role.CITIZEN, Role.CLOCK, Role.PROGRAM}
READERS: Final = STAFF - {Role.ADMINISTRATOR, Role.AUDITOR, Role.KNOWLEDGE}
INTAKE: Final = frozenset({Role.CHANNEL, Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER})


async def actor_of(request: web.Request, allowed: frozenset[Role]) -> Actor:
    """Return who is asking; raises Unauthorized without a known credential, Forbidden for the wrong role."""
    actor = await _known(request)
    if actor is None:
        raise Unauthorized("请先登录，或在 Authorization 头中提供有效凭证")
    if actor.role not in allowed:
        raise Forbidden(f"{VOCABULARY_LABELS['role'][actor.role]}无权使用此功能")
    return actor


def check_origin(request: web.Request) -> None:
    """Refuse a browser that acts for another site (CSRF); programs send no Origin."""
    origin = request.headers.get("origin")
    if origin is not None and origin not in {f"{request.scheme}://{request.host}", request.app[SETTINGS].url}:
        raise Forbidden("请求来源与本站不一致")


async def _known(request: web.Request) -> Actor | None:
    database = request.app[HUB].database
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() == "bearer" and token:
        return await database.read(lambda session: credentials.bearer(session, token.strip()))
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    if request.method not in {"GET", "HEAD"}:
        check_origin(request)
    return await database.read(lambda session: credentials.signed_in(session, cookie, datetime.now(UTC)))
