"""What every answer says to a browser: to guess nothing, to frame nothing, to keep nothing, and to come back encrypted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from hotline.config import Settings

# Pages and files say more themselves (frame.py, console.py, attachments.py); this is for whoever says nothing.
DEFAULTS: Final = (
    ("x-content-type-options", "nosniff"),
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cache-control", "no-store"),
)
A_YEAR: Final = "max-age=31536000"


def safe_headers(settings: Settings) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """Return what completes the headers of an answer; HSTS is told where people reach the hub by https."""
    is_encrypted = (settings.public_url or "").startswith("https:")
    wanted = (*DEFAULTS, ("strict-transport-security", A_YEAR)) if is_encrypted else DEFAULTS

    async def complete(_request: web.Request, response: web.StreamResponse) -> None:
        headers = response.headers
        # Which versions answer is nobody's.
        headers["server"] = "hotline-hub"
        for name, value in wanted:
            if name not in headers:
                headers[name] = value

    return complete
