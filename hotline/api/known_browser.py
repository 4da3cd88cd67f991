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
    from aiohttp import web

    from hotline.hub import Hub

# At a shared desk each account has its own.
COOKIE: Final = "hotline_known_"
LASTS_S: Final = 90 * 24 * 3600


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
    browser = f"{int(time.time())}.{secrets.token_hex(8)}"
    response.set_cookie(
        _name(hub, username),
        f"{browser}.{_signature(hub, username, browser)}",
        httponly=True,
        samesite="Lax",
        secure=is_by_tls(request),
        max_age=LASTS_S,
        path="/",
    )


def _name(hub: Hub, username: str) -> str:
    return f"{COOKIE}{_digest(hub, f'known browser of {username}')[:12]}"


def _signature(hub: Hub, username: str, browser: str) -> str:
    return _digest(hub, f"known browser {browser} of {username}")


def _digest(hub: Hub, text: str) -> str:
    return hub.database.keyring.digest(text.encode(errors="replace")).hex()[:32]
