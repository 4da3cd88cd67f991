"""统一身份认证: to the city's identity provider and back, signed in as by password; and whose account is bound to whom."""

from __future__ import annotations

import base64
import hmac
import re
import secrets
import time
from html import escape
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, TypeVar

import msgspec
import structlog
from aiohttp import web
from msgspec import Meta, Struct

from hotline import identity
from hotline.api import body, page_form
from hotline.api.auth import check_origin, is_by_tls
from hotline.api.frame import SIGNED_IN, page
from hotline.api.known_browser import remember_browser
from hotline.api.session import counted, give
from hotline.api.users import UserLine, line
from hotline.identity import UnknownPerson
from hotline.identity_provider import NotSignedIn
from hotline.keys import HUB, PROVIDER, SETTINGS
from hotline.provider_client import Begun, ProviderClient
from models.cipher import CannotOpen
from models.errors import HotlineError, NotFound

if TYPE_CHECKING:
    from models.ticket import Actor

Answer = TypeVar("Answer", bound=web.StreamResponse)
Kept = TypeVar("Kept", "Begun", "HalfWay")

LOG = structlog.get_logger()
START: Final = "/sign-in/start"
RETURN: Final = "/sign-in/return"
CODE: Final = "/sign-in/code"
# Only this browser brings them back, and only to the addresses of the sign-in.
BEGUN: Final = "hotline_sign_in"
HALF_WAY: Final = "hotline_second_factor"
PATH: Final = "/sign-in"
LASTS_S: Final = 600
LONGEST_CODE: Final = 4096
# Where one may be led after signing in: a page of ours, or a place of the console's; two slashes would begin another host.
OURS: Final = re.compile(r"/([a-z]{1,20}(/[a-z]{1,20})?)?(#/[!-~]{0,300})?")
SIGN_IN_PAGE: Final = "/#/sign-in"


class SignInWays(Struct, kw_only=True):
    """How people sign in: by the identity provider of this `name` where there is one, with `is_only` by password administrators alone.

    `refusals`: what the page says for each reason with which the provider's way leads back to it.
    """

    name: str | None
    is_only: bool
    refusals: dict[str, str]


class Binding(Struct, kw_only=True):
    """Who of the provider has the account: the `sub` of their ID token."""

    subject: Annotated[str, Meta(min_length=1, max_length=255)]


class HalfWay(Struct, frozen=True, kw_only=True):
    """Whom the provider has told us, while a code of their second factor is wanted."""

    username: str
    at: int
    to: str


async def ways(request: web.Request) -> web.Response:
    """GET /api/v1/session/ways."""
    client = request.app.get(PROVIDER)
    told = {
        "name": client.file.name if client else None,
        "is_only": client is not None and client.file.only,
        "refusals": identity.REFUSALS if client else {},
    }
    return body.answer(told, SignInWays)


async def start(request: web.Request) -> NoReturn:
    """GET /sign-in/start: to the provider."""
    client, to = _client(request), request.query.get("to", "")
    begun = Begun(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        at=int(time.time()),
        to=to if OURS.fullmatch(to) else "/",
    )
    try:
        address = await client.address(begun, _redirect_uri(request))
    except NotSignedIn as error:
        _refuse(error)
    redirection = web.HTTPSeeOther(address)
    _keep(request, redirection, BEGUN, begun)
    raise redirection


async def come_back(request: web.Request) -> web.Response:
    """GET /sign-in/return: from the provider, which says who it is; signed in, or back at the page that says why not."""
    client = _client(request)
    try:
        begun = _begun(request)
        claims = await client.claims(_code(request, client, begun), begun, _redirect_uri(request))
        came = await identity.come_in(request.app[HUB].database, client.file, claims)
    except UnknownPerson as error:
        return _forgetting(_unknown_page(error), BEGUN)
    except NotSignedIn as error:
        _refuse(error)
    if came.token is None:
        response = _forgetting(_code_page(None, 200), BEGUN)
        _keep(request, response, HALF_WAY, HalfWay(username=came.username, at=int(time.time()), to=begun.to))
        return response
    redirection = _forgetting(web.HTTPSeeOther(begun.to), BEGUN)
    give(request, redirection, came.token)
    raise redirection


async def finish(request: web.Request) -> web.Response:
    """POST /sign-in/code: the code of the second factor, by this page's own form."""
    check_origin(request)
    _client(request)
    given, _ = await page_form.read(request)
    try:
        half_way = _kept(request, HALF_WAY, HalfWay)
    except NotSignedIn as error:
        _refuse(error)
    try:
        async with counted(request, half_way.username):
            token = await identity.finish(request.app[HUB].database, half_way.username, given.get("code", "")[:40])
    except HotlineError as error:
        return _code_page(error.detail, error.status)
    redirection = _forgetting(web.HTTPSeeOther(half_way.to), HALF_WAY)
    give(request, redirection, token)
    remember_browser(request, redirection, half_way.username)
    raise redirection


async def bind(request: web.Request, actor: Actor) -> web.Response:
    """PUT /api/v1/users/{username}/identity."""
    hub, client = request.app[HUB], _client(request)
    _, wanted = await body.read_body(request, Binding)
    username = request.match_info["username"]
    account = await identity.bind(hub, actor, username, client.file.issuer, wanted.subject)
    return body.answer(line(hub, account), UserLine)


async def unbind(request: web.Request, actor: Actor) -> web.Response:
    """DELETE /api/v1/users/{username}/identity."""
    hub = request.app[HUB]
    return body.answer(line(hub, await identity.unbind(hub, actor, request.match_info["username"])), UserLine)


def button(request: web.Request, to: str) -> str:
    """Return the way by the provider for a plain page with a form to sign in; nothing where there is none."""
    client = request.app.get(PROVIDER)
    if client is None:
        return ""
    return f'<section><a href="{START}?to={to}">用{escape(client.file.name)}登录</a></section>'


def _client(request: web.Request) -> ProviderClient:
    client = request.app.get(PROVIDER)
    if client is None:
        raise NotFound("本系统没有接入统一身份认证")
    return client


def _redirect_uri(request: web.Request) -> str:
    return f"{request.app[SETTINGS].address}{RETURN}"


def _begun(request: web.Request) -> Begun:
    """Return the sign-in that this browser began; raises NotSignedIn where it did not, or too long ago."""
    begun = _kept(request, BEGUN, Begun)
    if not hmac.compare_digest(begun.state.encode(), request.query.get("state", "").encode(errors="replace")):
        raise NotSignedIn("expired")
    return begun


def _code(request: web.Request, client: ProviderClient, begun: Begun) -> str:
    """Return the code that the provider sends; raises NotSignedIn."""
    # Another provider's answer is not taken to this one (RFC 9207).
    if request.query.get("iss", client.file.issuer) != client.file.issuer:
        raise NotSignedIn("untrusted")
    code = request.query.get("code", "")
    if not code or len(code) > LONGEST_CODE or "error" in request.query:
        raise NotSignedIn("cancelled" if request.query.get("error") == "access_denied" else "fault")
    return code


def _refuse(error: NotSignedIn) -> NoReturn:
    """Lead back to the page to sign in, which says why; the log learns what was wrong, and not whose it was."""
    LOG.warning("sign-in by the provider refused", reason=error.reason, cause=error.cause)
    raise _forgetting(web.HTTPSeeOther(f"{SIGN_IN_PAGE}?refused={error.reason}"), BEGUN)


def _keep(request: web.Request, response: web.StreamResponse, name: str, value: Struct) -> None:
    sealed = request.app[HUB].database.keyring.seal(msgspec.json.encode(value).decode(), "cookie", name, "")
    response.set_cookie(
        name,
        base64.urlsafe_b64encode(sealed).decode(),
        httponly=True,
        # The provider leads back from its own site, which sends no strict cookie along.
        samesite="Lax",
        secure=is_by_tls(request),
        max_age=LASTS_S,
        path=PATH,
    )


def _kept(request: web.Request, name: str, kind: type[Kept]) -> Kept:
    """Return what this browser was given; raises NotSignedIn where it has nothing, or has it too long."""
    try:
        sealed = base64.urlsafe_b64decode(request.cookies.get(name, "").encode())
        text = request.app[HUB].database.keyring.unseal(sealed, "cookie", name, "")
        value = msgspec.json.decode(text, type=kind)
    except (CannotOpen, msgspec.DecodeError, ValueError) as error:
        raise NotSignedIn("expired") from error
    if not 0 <= time.time() - value.at <= LASTS_S:
        raise NotSignedIn("expired")
    return value


def _forgetting(response: Answer, name: str) -> Answer:
    response.del_cookie(name, path=PATH)
    return response


def _unknown_page(error: UnknownPerson) -> web.Response:
    content = f"""<main class="narrow"><section class="alarm"><h2>还没有本系统的账号</h2>
<p>您已通过统一身份认证，但还没有账号与您绑定。请把下面的身份编号告诉本系统的系统管理员，由其为您绑定账号后，再重新登录。</p>
<p>身份编号：<b>{escape(error.subject)}</b></p><p><a href="{SIGN_IN_PAGE}">返回登录</a></p></section></main>"""
    return page("还没有账号", content, status=403)


def _code_page(told: str | None, status: int) -> web.Response:
    error = f'<section class="error">{escape(told)}</section>' if told else ""
    content = f"""<main class="narrow">{error}<section><h2>动态口令</h2><form method="post" action="{CODE}">
<label>动态口令或备用码<input name="code" autocomplete="one-time-code" maxlength="40" autofocus required></label>
<button>登录</button></form><p><a href="{SIGN_IN_PAGE}">返回登录</a></p></section></main>"""
    return page("动态口令", content, status=status, headers=SIGNED_IN)
