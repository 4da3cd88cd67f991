"""The one door out: posts JSON to departments' systems. No redirects, short answers, https to public addresses only.

Within the house nothing is called but what the operator names (HOTLINE_WEBHOOK_NETWORKS): departments often sit on the
government's own network.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from models.errors import HotlineError, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Address = ipaddress.IPv4Address | ipaddress.IPv6Address
    Networks = Sequence[ipaddress.IPv4Network | ipaddress.IPv6Network]

TIMEOUT: Final = aiohttp.ClientTimeout(total=10, sock_connect=3)
LONGEST_ANSWER: Final = 64 * 1024
# IPv6 addresses that a gateway turns into the IPv4 address in their last 32 bits (RFC 6052, RFC 4291 §2.5.5.1).
TRANSLATED: Final = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
NAME: Final = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")

# The first that fits: a certificate's error is a connector's and a ValueError too.
_FAILURES: Final[tuple[tuple[tuple[type[Exception], ...], str], ...]] = (
    ((ssl.SSLError, aiohttp.ServerFingerprintMismatch), "证书无效或加密连接失败，请检查对方系统的证书"),
    ((TimeoutError,), "连接或应答超时"),
    ((aiohttp.ClientConnectorDNSError,), "无法连接：域名无法解析"),
    ((aiohttp.ServerDisconnectedError, aiohttp.ClientPayloadError, ConnectionResetError), "连接中断，没有收到完整应答"),
    ((aiohttp.ClientResponseError,), "对方的应答不是有效的 HTTP"),
    ((ValueError,), "回调地址或应答无法识别"),
)
_OUT_OF_REACH: Final = "无法连接：对方系统没有响应，请检查地址、端口和网络"


class UnreachableDepartment(HotlineError):
    """The department's system did not take the message; the words say what happened."""

    code = "unreachable_department"
    status = 502


class ForbiddenTarget(InvalidRequest):
    """An endpoint that we may not call: not https, or not a public address."""

    code = "forbidden_target"


class NotPublic(OSError):
    """What a name resolved to is an address within the house."""


class Answer:
    """What came back: the status, at most 64 KiB of the body, and the seconds that it asks us to wait."""

    def __init__(self, status: int, body: bytes, retry_after: float | None) -> None:
        self.status = status
        self.body = body
        self.retry_after = retry_after

    @property
    def is_taken(self) -> bool:
        """The other side has it."""
        return 200 <= self.status < 300

    @property
    def words(self) -> str:
        """What the other side answered, for a person to read."""
        if 300 <= self.status < 400:
            return f"对方要求重定向（状态码 {self.status}），请使用最终地址"
        return f"对方答复状态码 {self.status}"


class HttpClient:
    """Posts to endpoints; of addresses within the house only to those in `networks`.

    `any_target` is the demo's switch: plain http and loopback addresses too.
    """

    def __init__(self, *, any_target: bool, networks: Networks = ()) -> None:
        self._any_target = any_target
        self._networks = networks
        self._session = aiohttp.ClientSession(
            timeout=TIMEOUT,
            # How many posts are under way is bounded by who posts: a limit here would let one slow host hold up others.
            connector=aiohttp.TCPConnector(limit=0, socket_factory=None if any_target else self._socket),
            # One department's cookies are not another's.
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # The environment's proxies would hide the address that we check.
            trust_env=False,
        )

    def check(self, url: str) -> URL:
        """Return the URL as it will be called; raises ForbiddenTarget for an address that we will not call."""
        return target(url, any_target=self._any_target, networks=self._networks)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post a JSON body once; raises ForbiddenTarget, UnreachableDepartment where no answer came."""
        return await self._send("POST", url, body, {"content-type": "application/json", **headers})

    async def get(self, url: str) -> Answer:
        """Ask once for what lies at an address; raises ForbiddenTarget, UnreachableDepartment where no answer came."""
        return await self._send("GET", url, None, {})

    async def _send(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        checked = self.check(url)
        sent = {"user-agent": "hotline-hub", "accept-encoding": "identity", **headers}
        try:
            async with self._session.request(
                method, checked, data=body, headers=sent, allow_redirects=False
            ) as response:
                content = await _read(response.content)
                return Answer(response.status, content, seconds(response.headers.get("retry-after"), datetime.now(UTC)))
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise UnreachableDepartment(failure(error)) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._session.close()

    def _socket(self, info: aiohttp.AddrInfoType) -> socket.socket:
        return allowed_socket(info, self._networks)


def target(url: str, *, any_target: bool, networks: Networks = ()) -> URL:
    """Read a URL once, by the parser that also calls it; raises ForbiddenTarget.

    What a name resolves to is judged by `allowed_socket`, at the moment of the connection.
    """
    if not url.isprintable() or " " in url or "\\" in url:
        raise ForbiddenTarget("回调地址含有空格、反斜杠或不可见字符")
    try:
        parsed = URL(url)
    except ValueError as error:
        raise ForbiddenTarget("回调地址格式有误") from error
    host, authority = parsed.raw_host, url.partition("//")[2].partition("/")[0]
    if parsed.scheme not in {"https", "http"} or not host or "@" in authority or not parsed.port:
        raise ForbiddenTarget("回调地址须为完整的 https 地址，且不含用户名")
    if any_target:
        return parsed
    if parsed.scheme != "https":
        raise ForbiddenTarget("回调地址须为 https")
    address = literal(host)
    if not (is_allowed(address, networks) if address else NAME.fullmatch(host.removesuffix("."))):
        raise ForbiddenTarget("回调地址须为公网地址")
    return parsed


def literal(host: str) -> Address | None:
    """Return the address that a host spells out, None for a name.

    Old spellings count too (2130706433, 0x7f.1, 0177.0.0.1): the resolver would read them as addresses.
    """
    bare = host.removesuffix(".")
    try:
        return ipaddress.ip_address(bare)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(bare))
    except OSError:
        return None


def is_public(address: Address) -> bool:
    """Tell whether an address, and every address that hides in it, belongs to the open Internet."""
    return all(one.is_global and not one.is_multicast for one in (address, *_hidden(address)))


def is_allowed(address: Address, networks: Networks) -> bool:
    """Tell whether an address may be called: a public one, or one that the operator has named."""
    return is_public(address) or any(address.version == one.version and address in one for one in networks)


def allowed_socket(info: aiohttp.AddrInfoType, networks: Networks = ()) -> socket.socket:
    """Make a socket for the very address that is about to be called; raises OSError where it may not be.

    The check stands between the resolver and the connection, so a name cannot change its mind in between.
    """
    family, kind, protocol, _, place = info
    if not is_allowed(ipaddress.ip_address(str(place[0])), networks):
        raise NotPublic(f"{place[0]} 不是公网地址")
    return socket.socket(family, kind, protocol)


def failure(error: Exception) -> str:
    """Return in Chinese why no answer came: its class only, for an exception's own words are for programmers."""
    if isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, NotPublic):
        return "无法连接：域名指向的不是公网地址"
    return next((words for kinds, words in _FAILURES if isinstance(error, kinds)), _OUT_OF_REACH)


def seconds(retry_after: str | None, now: datetime) -> float | None:
    """Return how long a Retry-After header asks to wait: seconds or an HTTP date (RFC 9110 §10.2.3)."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        at = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def _hidden(address: Address) -> list[ipaddress.IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address carries: mapped, 6to4, Teredo, translated."""
    if not isinstance(address, ipaddress.IPv6Address):
        return []
    found = [address.ipv4_mapped, address.sixtofour, address.teredo[1] if address.teredo else None]
    if any(address in network for network in TRANSLATED):
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return [one for one in found if one is not None]


async def _read(content: aiohttp.StreamReader) -> bytes:
    """Return the body, cut off at the longest answer that we care for."""
    read = bytearray()
    while len(read) < LONGEST_ANSWER and (piece := await content.readany()):
        read += piece
    return bytes(read[:LONGEST_ANSWER])
