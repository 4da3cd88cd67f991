"""Behind proxies of ours: from which address somebody asks, which limits and locks are counted by.

Each proxy adds to X-Forwarded-For whom it spoke to. Only what our own proxies wrote is believed: the list is read from its end.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Final

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp.typedefs import Handler, Middleware

    Networks = Sequence[IPv4Network | IPv6Network]

FORWARDED_FOR: Final = "x-forwarded-for"
# One subscriber has at least so large a network of IPv6, and may ask from every address in it.
SUBSCRIBER_BITS: Final = 64


def who_asks(proxies: Networks) -> Middleware:
    """Return what gives every request the address of whoever asks, not that of the proxy in front."""

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        peer = request.remote or ""
        address = asker(peer, request.headers.getall(FORWARDED_FOR, ()), proxies)
        return await handler(request if address == peer else request.clone(remote=address))

    return named


def asker(peer: str, forwarded: Sequence[str], proxies: Networks) -> str:
    """Return the nearest address that is no proxy of ours; all of one IPv6 subscriber are one address.

    Where a proxy of ours says something else than an address, or nothing, it is the one who asks.
    """
    at = _read(peer)
    if at is None:
        return peer
    chain = [part.strip() for line in forwarded for part in line.split(",")]
    while chain and any(at in network for network in proxies):
        before = _read(chain.pop())
        if before is None:
            break
        at = before
    if isinstance(at, IPv6Address):
        return str(IPv6Network((at, SUBSCRIBER_BITS), strict=False))
    return str(at)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    try:
        at = ip_address(text)
    except ValueError:
        return None
    return at.ipv4_mapped or at if isinstance(at, IPv6Address) else at
