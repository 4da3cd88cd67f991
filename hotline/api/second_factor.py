"""动态口令 over HTTP: an account's owner sets the second factor up, confirms it, and ends it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

import segno
from msgspec import Meta, Struct

from hotline import accounts, totp
from hotline.api import body
from hotline.api.auth import COOKIE, bearer_token
from hotline.api.session import Password, counted
from hotline.api.shapes import Count
from hotline.keys import HUB
from models.errors import Forbidden
from models.store import sign_in

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.ticket import Actor

Code = Annotated[str, Meta(min_length=1, max_length=40)]


class SecondFactor(Struct, kw_only=True):
    """Whether the account asks for a code at sign-in, since when, and how many recovery codes are left."""

    is_on: bool
    since: datetime | None
    recovery_codes_left: Count


class SettingUp(Struct, kw_only=True):
    """One's own password once more: a screen left alone is not enough."""

    password: Password


class NewSecret(Struct, kw_only=True):
    """What an authenticator app takes: `uri` as a QR code in `qr` (SVG), or `secret` typed in."""

    secret: str
    uri: str
    qr: str


class CodeGiven(Struct, kw_only=True):
    """The six digits that the app shows now; to end it, a recovery code too."""

    code: Code


class SecondFactorOn(Struct, kw_only=True):
    """It is asked for from now on; `recovery_codes` are told this once."""

    recovery_codes: list[str]
    is_on: Literal[True] = True


class SecondFactorOff(Struct, kw_only=True):
    """It is not asked for any more."""

    is_on: Literal[False] = False


async def show(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/session/second-factor."""
    _check_person(request)

    async def work(session: Session) -> dict[str, object]:
        factor = await sign_in.factor(session, actor.name)
        since = factor.since if factor else None
        left = await sign_in.codes_left(session, actor.name)
        return {"is_on": since is not None, "since": since, "recovery_codes_left": left}

    return body.answer(await request.app[HUB].database.read(work), SecondFactor)


async def begin(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/session/second-factor."""
    _check_person(request)
    hub = request.app[HUB]
    _, wanted = await body.read_body(request, SettingUp)
    async with counted(request, actor.name):
        secret = await accounts.begin_second_factor(hub.database, actor.name, wanted.password)
    uri = totp.uri(secret, actor.name, f"{hub.city.name}12345")
    return body.answer({"secret": secret, "uri": uri, "qr": segno.make(uri).svg_inline(scale=4)}, NewSecret, status=201)


async def confirm(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/session/second-factor."""
    codes = await _changed(request, actor, is_on=True)
    return body.answer({"recovery_codes": codes}, SecondFactorOn)


async def end(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/session/second-factor/end: a DELETE would carry the code in its address."""
    await _changed(request, actor, is_on=False)
    return body.answer({}, SecondFactorOff)


async def _changed(request: web.Request, actor: Actor, *, is_on: bool) -> list[str]:
    _check_person(request)
    _, given = await body.read_body(request, CodeGiven)
    async with counted(request, actor.name):
        return await accounts.change_second_factor(
            request.app[HUB].database, actor.name, actor.role, given.code, is_on=is_on
        )


def _check_person(request: web.Request) -> None:
    if request.cookies.get(COOKIE) is None or bearer_token(request) is not None:
        raise Forbidden("以凭证访问的没有动态口令，请用账号登录后再设")
