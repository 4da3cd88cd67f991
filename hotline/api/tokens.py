"""接口凭证 over HTTP: listed without the tokens; each is told once, when it is made."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from msgspec import Struct

from hotline import token
from hotline.api import body
from hotline.api.shapes import Cursor
from hotline.keys import HUB
from models.store import tokens
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.tokens import Token
    from models.ticket import Actor

# Which addresses a program of each role may call: what the scope of its token can name.
PROGRAMS = web.AppKey("PROGRAMS", dict[Role, frozenset[str]])


class TokenLine(Struct, kw_only=True):
    """One token, without the token. `scope` null: every address of its role; `per_minute` null: what is usual for its role;
    `expires_at` null: made by a command on the machine.
    """

    id: str
    role: Role
    subject: str
    label: str
    scope: list[str] | None
    per_minute: int | None
    created_at: datetime
    created_by: str | None
    expires_at: datetime | None
    revoked_at: datetime | None
    replaced_by: str | None
    is_live: bool


class Tokens(Struct, kw_only=True):
    """One page, the newest first."""

    tokens: list[TokenLine]
    cursor: Cursor


class TokenAnswer(TokenLine, kw_only=True):
    """The token of a new one or a successor, told this once; null where it was revoked or limited."""

    token: str | None


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tokens."""
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    role = body.one_of(request, "role", (str(Role.CHANNEL), str(Role.DEPARTMENT), str(Role.AGENT)))
    found = await request.app[HUB].database.read(
        lambda session: tokens.page(session, Role(role) if role else None, before[0] if before else None, size)
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"tokens": [_line(one) for one in found], "cursor": cursor}, Tokens)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tokens."""
    _, wanted = await body.read_body(request, token.NewToken)
    known = request.app[PROGRAMS][Role(wanted.role)]
    made, secret = await token.issue(request.app[HUB], actor, wanted, known)
    return body.answer({**_line(made), "token": secret}, TokenAnswer, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tokens/{id}/steps."""
    _, fields = await body.read_body(request, token.TokenStep)
    changed, secret = await token.change(request.app[HUB], actor, int(request.match_info["id"]), fields)
    return body.answer({**_line(changed), "token": secret}, TokenAnswer)


def _line(one: Token) -> dict[str, Any]:
    is_live = one.revoked_at is None and (one.expires_at is None or one.expires_at > datetime.now(UTC))
    return {
        **{name: getattr(one, name) for name in one.__struct_fields__},
        "id": str(one.id),
        "replaced_by": str(one.replaced_by) if one.replaced_by else None,
        "is_live": is_live,
    }
