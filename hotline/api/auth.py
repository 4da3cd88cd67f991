"""Who is asking: a bearer token (channel or department), or a signed-in person's cookie."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web

from hotline.accounts import IDLE_FOR
from hotline.api import token_pace
from hotline.keys import HUB, SETTINGS
from models.cipher import token_hash
from models.errors import Forbidden, PasswordChangeRequired, Unauthorized
from models.labels import LABELS
from models.store import credentials
from models.vocabulary import PEOPLE, Role

if TYPE_CHECKING:
    from models.store.credentials import SignedIn
    from models.ticket import Actor

COOKIE: Final = "hotline_session"
# A page says of what it asks by itself, with nobody at its keys: it is answered, and keeps nobody signed in.
UNATTENDED: Final = "hotline-unattended"
KNOWN_FOR_S: Final = 5.0
MOST_KNOWN: Final = 10_000
# A handler may ask again who is asking: the request was counted.
COUNTED: Final = web.RequestKey("COUNTED", bool)
STAFF: Final = PEOPLE
READERS: Final = STAFF - {Role.ADMINISTRATOR, Role.AUDITOR, Role.KNOWLEDGE}
INTAKE: Final = frozenset({Role.CHANNEL, Role.AGENT, Role.SHIFT_LEAD, Role.DISPATCHER})


class KnownTokens:
    """Whose bearer tokens were seen in the last seconds, by their hashes: a channel sends hundreds of requests a second.

    A revoked token is refused when it is forgotten here. Unknown tokens are not remembered.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[SignedIn, float]] = {}

    def find(self, token: bytes, now: float) -> SignedIn | None:
        """Return whose token this is at that second of a monotonic clock, None where that is not known lately."""
        known, until = self._known.get(token, (None, now))
        return known if until > now else None

    def keep(self, token: bytes, known: SignedIn, now: float) -> None:
        """Remember it for some seconds."""
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[token] = (known, now + KNOWN_FOR_S)


KNOWN_TOKENS: Final = web.AppKey("KNOWN_TOKENS", KnownTokens)


def is_by_tls(request: web.Request) -> bool:
    """Tell whether browsers reach us by TLS: ours, or that of a proxy in front."""
    return request.secure or request.app[SETTINGS].address.startswith("https:")


async def actor_of(
    request: web.Request, allowed: frozenset[Role], *, before_change: bool = False, is_use: bool = True
) -> Actor:
    """Return who is asking; raises Unauthorized without a known credential, Forbidden for the wrong role, TooManyRequests.

    Where nothing goes `before_change` of a password that must be changed, raises PasswordChangeRequired. A page that only
    stays open is no `is_use` of the session, nor is what it asks unattended.
    """
    known = await _known(request, is_use=is_use)
    if known is None:
        raise Unauthorized("请先登录，或在 Authorization 头中提供有效凭证")
    if known.must_change and not before_change:
        raise PasswordChangeRequired
    if known.actor.role not in allowed:
        raise Forbidden(f"{LABELS['role'][known.actor.role]}无权使用此功能")
    if known.scope is not None and _address(request) not in known.scope:
        raise Forbidden("该凭证的使用范围不包括此功能，请向系统管理员申请")
    return known.actor


async def must_change_first(request: web.Request) -> bool:
    """Tell whether whoever asks has signed in with a password that must be changed first."""
    known = await _known(request)
    return known is not None and known.must_change


async def is_known(request: web.Request) -> bool:
    """Tell whether somebody with a credential asks an address that is open to all."""
    return await _known(request) is not None


def check_origin(request: web.Request) -> None:
    """Refuse a browser that acts for another site (CSRF); programs send no Origin."""
    origin = request.headers.get("origin")
    settings = request.app[SETTINGS]
    if origin is not None and origin not in {f"{request.scheme}://{request.host}", settings.url, settings.address}:
        raise Forbidden("请求来源与本站不一致")


async def _known(request: web.Request, *, is_use: bool = True) -> SignedIn | None:
    """Return whose token or session this is, None where nobody's; raises Forbidden for another site's write."""
    token = bearer_token(request)
    if token is not None:
        return await _bearer(request, token)
    cookie = request.cookies.get(COOKIE)
    if not cookie or not cookie.isascii():
        return None
    if request.method not in {"GET", "HEAD"}:
        check_origin(request)
    # A stream is opened again by the page itself, whenever it broke; its request can carry no header.
    is_use = is_use and UNATTENDED not in request.headers and hdrs.UPGRADE not in request.headers
    return await request.app[HUB].database.read(
        lambda session: credentials.signed_in(session, cookie, datetime.now(UTC), IDLE_FOR, is_use=is_use)
    )


def bearer_token(request: web.Request) -> str | None:
    """Return the token of the Authorization header; where there is one, no cookie counts."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token else None


def _address(request: web.Request) -> str:
    """Return how the table of URLs names what is asked for."""
    resource = request.match_info.route.resource
    return f"{'GET' if request.method == 'HEAD' else request.method} {resource.canonical if resource else request.path}"


async def _bearer(request: web.Request, token: str) -> SignedIn | None:
    if not token.isascii():
        return None
    known, key, now = request.app[KNOWN_TOKENS], token_hash(token), time.monotonic()
    found = known.find(key, now)
    if found is None:
        at = datetime.now(UTC)
        found = await request.app[HUB].database.read(lambda session: credentials.bearer(session, token, at))
        if found is not None:
            known.keep(key, found, now)
    if found is not None and COUNTED not in request:
        request[COUNTED] = True
        # The database may have taken its time: what came meanwhile has been counted by a later one.
        token_pace.check(request.app, key, found, time.monotonic())
    return found
