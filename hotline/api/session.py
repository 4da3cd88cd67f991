"""POST, GET and DELETE /api/v1/session: people of the hotline and of departments sign in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hotline import accounts
from hotline.api import body
from hotline.api.auth import COOKIE, check_origin
from hotline.keys import HUB
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.ticket import Actor

Password = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Struct, kw_only=True):
    """Name and password."""

    username: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Password


class SignedIn(Struct, kw_only=True):
    """Who is signed in; `ends_at` when signing in."""

    username: str
    role: Role
    department: str | None
    ends_at: datetime | msgspec.UnsetType = msgspec.UNSET


class SignedOut(Struct, kw_only=True):
    """Nobody is signed in any more."""

    signed_out: Literal[True] = True


async def create(request: web.Request) -> web.Response:
    """Sign in; the cookie is HttpOnly and never leaves for another site's requests."""
    check_origin(request)
    _, wanted = await body.read_body(request, SignIn)
    token, ends_at, user = await accounts.sign_in(request.app[HUB].database, wanted.username, wanted.password)
    response = body.answer(
        {"username": user.username, "role": user.role, "department": user.department, "ends_at": ends_at},
        SignedIn,
        status=201,
    )
    _give(request, response, token)
    return response


def _give(request: web.Request, response: web.StreamResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=request.secure,
        max_age=int(accounts.SESSION_FOR.total_seconds()),
        path="/",
    )


async def sign_in_by_form(request: web.Request, given: Mapping[str, str], to: str) -> NoReturn:
    """Sign in by a page's own form and go on to an address of ours; raises Unauthorized, Forbidden, else a redirection."""
    check_origin(request)
    names = ("username", "password")
    token, _, _ = await accounts.sign_in(request.app[HUB].database, *(given.get(name, "")[:200] for name in names))
    redirection = web.HTTPSeeOther(to)
    _give(request, redirection, token)
    raise redirection


async def sign_out_by_form(request: web.Request, to: str) -> NoReturn:
    """Sign out by a page's own form and go on to an address of ours."""
    check_origin(request)
    if token := request.cookies.get(COOKIE):
        await accounts.sign_out(request.app[HUB].database, token)
    redirection = web.HTTPSeeOther(to)
    redirection.del_cookie(COOKIE, path="/")
    raise redirection


async def show(request: web.Request, actor: Actor) -> web.Response:
    """Who am I."""
    return body.answer({"username": actor.name, "role": actor.role, "department": actor.department}, SignedIn)


async def delete(request: web.Request) -> web.Response:
    """Sign out; without a session nothing happens."""
    check_origin(request)
    token = request.cookies.get(COOKIE)
    if token:
        await accounts.sign_out(request.app[HUB].database, token)
    response = body.answer({"signed_out": True}, SignedOut)
    response.del_cookie(COOKIE, path="/")
    return response
