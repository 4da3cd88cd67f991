"""POST, GET and DELETE /api/v1/session, and its password: people of the hotline and of departments sign in."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NoReturn

import msgspec
from aiohttp import web
from msgspec import Meta, Struct

from hotline import accounts, lockout, second_factor
from hotline.account import SESSION_FOR
from hotline.api import body
from hotline.api.auth import COOKIE, bearer_token, check_origin, is_by_tls, must_change_first
from hotline.api.known_browser import known_browser, remember_browser
from hotline.keys import HUB, PROVIDER
from models.errors import Forbidden, Unauthorized
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping

    from models.store.credentials import User

# What each role may call: "METHOD /path", as the table of URLs has it.
MAY: Final = web.AppKey("MAY", dict[Role, list[str]])
Password = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(Struct, kw_only=True):
    """Name and password; `code` where the account has a second factor (动态口令), or one of its recovery codes."""

    username: Annotated[str, Meta(min_length=1, max_length=64)]
    password: Password
    code: Annotated[str, Meta(max_length=40)] | None = None


class NewPassword(Struct, kw_only=True):
    """The password one has, and the one it becomes; how long that must be is said in words for who types it."""

    old: Password
    new: Password


class PasswordChanged(Struct, kw_only=True):
    """The new password holds."""

    username: str
    must_change: Literal[False] = False


class SignedIn(Struct, kw_only=True):
    """Who is signed in; `ends_at` when signing in.

    With `must_change` everything but this and the change of the password is refused. `may` is what the role may call,
    as "METHOD /path", what is open to everybody included. `now` is the hub's time, which in a demo may run `clock_speed`
    times as fast.
    """

    username: str
    role: Role
    department: str | None
    must_change: bool
    may: list[str]
    now: datetime
    clock_speed: float
    ends_at: datetime | msgspec.UnsetType = msgspec.UNSET


class SignedOut(Struct, kw_only=True):
    """Nobody is signed in any more."""

    signed_out: Literal[True] = True


async def create(request: web.Request) -> web.Response:
    """Sign in; the cookie is HttpOnly and never leaves for another site's requests."""
    check_origin(request)
    _, wanted = await body.read_body(request, SignIn)
    token, ends_at, user = await _sign_in(request, wanted.username, wanted.password, wanted.code)
    actor = Actor(user.role, user.username, user.department)
    told = {**_told(request, actor, must_change=user.must_change), "ends_at": ends_at}
    response = body.answer(told, SignedIn, status=201)
    give(request, response, token)
    remember_browser(request, response, user.username)
    return response


async def _sign_in(request: web.Request, username: str, password: str, code: str | None) -> tuple[str, datetime, User]:
    """Raises Unauthorized, ProviderOnly, SecondFactorRequired, and TooManyRequests after too many wrong ones."""
    async with counted(request, username):
        provider = request.app.get(PROVIDER)
        return await accounts.sign_in(
            request.app[HUB].database,
            username,
            password,
            code,
            only_administrators=provider is not None and provider.file.only,
        )


def counted(request: web.Request, username: str) -> contextlib.AbstractAsyncContextManager[None]:
    """Let a password or a code be tried; raises TooManyRequests while account or address are locked."""
    wrong = (Unauthorized, accounts.WrongPassword, second_factor.WrongCode)
    browser = known_browser(request, username)
    return lockout.guarded(request.app[HUB].database, username, request.remote, wrong, browser=browser)


def give(request: web.Request, response: web.StreamResponse, token: str) -> None:
    """Let the browser keep a session."""
    response.set_cookie(
        COOKIE,
        token,
        httponly=True,
        samesite="Lax",
        secure=is_by_tls(request),
        max_age=int(SESSION_FOR.total_seconds()),
        path="/",
    )


async def sign_in_by_form(request: web.Request, given: Mapping[str, str], to: str) -> NoReturn:
    """Sign in by a page's own form and go on to an address of ours; raises Unauthorized, Forbidden, else a redirection."""
    check_origin(request)
    username, password, code = (given.get(name, "")[:200] for name in ("username", "password", "code"))
    token, _, user = await _sign_in(request, username, password, code or None)
    redirection = web.HTTPSeeOther(to)
    give(request, redirection, token)
    remember_browser(request, redirection, user.username)
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
    """Who am I, and what may I call."""
    return body.answer(_told(request, actor, must_change=await must_change_first(request)), SignedIn)


def _told(request: web.Request, actor: Actor, *, must_change: bool) -> dict[str, Any]:
    clock = request.app[HUB].clock
    return {
        "username": actor.name,
        "role": actor.role,
        "department": actor.department,
        "must_change": must_change,
        "may": request.app[MAY][actor.role],
        "now": clock.now(),
        "clock_speed": clock.speed,
    }


async def change_password(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/session/password: one's own."""
    token = request.cookies.get(COOKIE)
    if token is None or bearer_token(request) is not None:
        raise Forbidden("以凭证访问的没有密码可改，请用账号登录后再改")
    _, wanted = await body.read_body(request, NewPassword)
    async with counted(request, actor.name):
        await accounts.change_password(request.app[HUB].database, token, actor.name, wanted.old, wanted.new)
    return body.answer({"username": actor.name}, PasswordChanged)


async def delete(request: web.Request) -> web.Response:
    """Sign out; without a session nothing happens."""
    check_origin(request)
    token = request.cookies.get(COOKIE)
    if token:
        await accounts.sign_out(request.app[HUB].database, token)
    response = body.answer({"signed_out": True}, SignedOut)
    response.del_cookie(COOKIE, path="/")
    return response
