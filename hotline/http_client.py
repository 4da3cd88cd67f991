"""The one door out: posts JSON to departments' systems. No redirects, short answers, public https targets only."""

from __future__ import annotations

import ipaddress
import socket
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT: Final = aiohttp.ClientTimeout(total=10, connect=3)
LONGEST_ANSWER: Final = 64 * 1024


class UnreachableDepartment(HotlineError):
    """The department's system did not take the message; the words say what happened."""

    code = "unreachable_department"
    status = 502


class ForbiddenTarget(InvalidRequest):
    """An endpoint that we may not call: not https, or not a public address."""

    code = "forbidden_target"


class Answer:
    """What came back: the status, and at most 64 KiB of the body."""

    def __init__(self, status: int, body: bytes, retry_after: float | None) -> None:
        self.status = status
        self.body = body
        self.retry_after = retry_after

    @property
    def is_taken(self) -> bool:
        """The other side has it."""
        return 200 <= self.status < 300


class HttpClient:
    """Posts to endpoints. `any_target` is the demo's switch: plain http and loopback addresses too."""

    def __init__(self, *, any_target: bool) -> None:
        self._any_target = any_target
        resolver = aiohttp.ThreadedResolver()
        self._session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            connector=aiohttp.TCPConnector(
                limit=200, limit_per_host=20, resolver=resolver if any_target else PublicResolver(resolver)
            ),
            # The environment's proxies would hide the address that we checked.
            trust_env=False,
        )

    def check(self, url: str) -> None:
        """Raise ForbiddenTarget for an address that we will not call."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise ForbiddenTarget("回调地址格式有误") from error
        if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or port == 0:
            raise ForbiddenTarget("回调地址须为完整的 https 地址，且不含用户名")
        if self._any_target:
            return
        if parts.scheme != "https":
            raise ForbiddenTarget("回调地址须为 https")
        if not is_public(parts.hostname):
            raise ForbiddenTarget("回调地址须为公网地址")

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a JSON body once; raises UnreachableDepartment where no answer came."""
        self.check(url)
        try:
            async with self._session.post(
                url,
                data=body,
                headers={"content-type": "application/json", "user-agent": "hotline-hub", **headers},
                allow_redirects=False,
            ) as response:
                content = await response.content.read(LONGEST_ANSWER)
                return Answer(response.status, content, _seconds(response.headers.get("retry-after")))
        except (aiohttp.ClientError, TimeoutError, OSError, UnicodeError) as error:
            raise UnreachableDepartment(f"{type(error).__name__}: {error}"[:300]) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()


class PublicResolver(AbstractResolver):
    """Resolves a name once and keeps only public addresses, so that what was checked is what is called."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the public addresses of a name; raises OSError where there is none."""
        found = await self._inner.resolve(host, port, family)
        allowed = [result for result in found if is_public(result["host"])]
        if not allowed:
            raise OSError(None, f"{host} 不是公网地址")
        return allowed

    async def close(self) -> None:
        """Close what is inside."""
        await self._inner.close()


def is_public(host: str) -> bool:
    """Tell whether a literal address is public; a name is judged when it is resolved."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host not in {"localhost", "localhost.localdomain"}
    mapped: Any = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_global and not address.is_multicast


def _seconds(text: str | None) -> float | None:
    return float(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else None
