"""A browser in which somebody has signed in before: whoever guesses an account's password elsewhere does not lock it out there.

The cookie opens nothing. It only says against whom a wrong password counts: this browser, not the account.
"""

from __future__ import annotations

import hmac
import secrets
import time
from typing import TYPE_CHECKING, Final

from hotline.api.auth import is_by_tls
from hotline.keys import HUB

if TYPE_CHECKING:
    from collections.abc import Callable

    from aiohttp import web

    from hotline.hub import Hub

# At a shared desk each account has its own.
COOKIE: Final = "hotline_known_"
LASTS_S: Final = 90 * 24 * 3600
# A header of requests has room for some ninety.
MOST_KEPT: Final = 20
LONGEST_TIME: Final = 12


def known_browser(request: web.Request, username: str) -> str | None:
    """Return by what wrong passwords of this account are counted in this browser; None where nobody signed in there lately."""
    hub = request.app[HUB]
    browser, _, signature = request.cookies.get(_name(hub, username), "").rpartition(".")
    made, _, _ = browser.partition(".")
    if not hmac.compare_digest(signature.encode(errors="replace"), _signature(hub, username, browser).encode()):
        return None
    return browser if time.time() - int(made) <= LASTS_S else None


def remember_browser(request: web.Request, response: web.StreamResponse, username: str) -> None:
    """Let this browser be known by whoever has just signed in with the right password."""
    hub = request.app[HUB]
    browser, name = f"{int(time.time())}.{secrets.token_hex(8)}", _name(hub, username)
    others = sorted(
        (other for other in request.cookies if other.startswith(COOKIE) and other != name), key=_age(request)
    )
    for other in others[MOST_KEPT - 1 :]:
        response.del_cookie(other, path="/")
    response.set_cookie(
        name,
        f"{browser}.{_signature(hub, username, browser)}",
        httponly=True,
        samesite="Lax",
        secure=is_by_tls(request),
        max_age=LASTS_S,
        path="/",
    )


def _age(request: web.Request) -> Callable[[str], int]:
    """Return how old the cookie of a name says that it is: the newest comes first, what says nothing last."""

    def age(name: str) -> int:
        made, _, _ = request.cookies[name].partition(".")
        return -int(made) if made.isascii() and made.isdecimal() and len(made) <= LONGEST_TIME else 0

    return age


def _name(hub: Hub, username: str) -> str:
    return f"{COOKIE}{_digest(hub, f'known browser of {username}')[:12]}"


def _signature(hub: Hub, username: str, browser: str) -> str:
    return _digest(hub, f"known browser {browser} of {username}")


def _digest(hub: Hub, text: str) -> str:
    return hub.database.keyring.digest(text.encode(errors="replace")).hex()[:32]
