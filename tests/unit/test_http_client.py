import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from unittest.mock import Mock

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline.http_client import Answer, ForbiddenTarget, NotPublic, allowed_socket, failure, seconds, target
from hotline.workers.outbox import FIRST_PAUSE, JITTER, LONGEST_PAUSE, MOST_ATTEMPTS, pause

NOW = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)

PUBLIC = [
    "https://example.com/hook",
    "https://EXAMPLE.com:8443/hook?x=1",
    "https://example.com.:443/",
    "https://sub_domain.gov.cn/12345",
    "https://热线.政务/回调",
    "https://xn--lrxu80a.xn--zfr164b/",
    "https://8.8.8.8/",
    "https://8.8.8.8.:1/",
    "https://134744072/",
    "https://[2606:4700::1111]:8443/",
    "https://[::ffff:8.8.8.8]/",
]

NOT_PUBLIC = [
    # loopback, in every spelling that a resolver reads
    "https://127.0.0.1/",
    "https://127.0.0.1:8443/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://127.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0x7f000001/",
    "https://0x7f.1/",
    "https://0x7F.0x0.0x0.0x1/",
    "https://0177.0.0.1/",
    "https://0177.0.0.01/",
    "https://0/",
    "https://0.0.0.0/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://ｌｏｃａｌｈｏｓｔ/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::]/",
    # an IPv4 address inside an IPv6 one
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://[2002:7f00:1::]/",
    "https://[2002:c0a8:101::1]/",
    "https://[2001:0:4136:e378:8000:63bf:80ff:fffe]/",
    # private, link-local, shared, documentation, reserved, multicast
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://3232235777/",
    "https://169.254.169.254/latest/meta-data",
    "https://0xA9FEA9FE/",
    "https://100.64.0.1/",
    "https://192.0.2.1/",
    "https://198.18.0.1/",
    "https://224.0.0.1/",
    "https://239.255.255.250/",
    "https://240.0.0.1/",
    "https://255.255.255.255/",
    "https://[fe80::1]/",
    "https://[fe80::1%25eth0]/",
    "https://[fc00::1]/",
    "https://[fd12:3456::1]/",
    "https://[ff02::1]/",
    "https://[2001:db8::1]/",
    # names that only this house knows, or that are no names
    "https://intranet/",
    "https://postgres:5432/",
    "https://256.256.256.256/",
    "https://1.2.3.4.5/",
    "https://example.0x7f/",
    "https://exa%6dple.com/",
    "https://-example.com/",
    "https://example..com/",
    f"https://{'a' * 64}.com/",
    f"https://{'a.' * 130}com/",
]

MALFORMED = [
    "",
    "https://",
    "https:///hook",
    "https:example.com",
    "//example.com/",
    "example.com/hook",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:port/",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://:password@example.com/",
    "https://@example.com/",
    "https://example.com@127.0.0.1/",
    "https://127.0.0.1@example.com/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com\\.evil.example/",
    "https://exam ple.com/",
    "https://example.com/ho ok",
    "https://example.com\t/",
    "https://example.com\r\nHost: 127.0.0.1/",
    "https://example.com/\x00",
    "https://[::1/",
    "https://[localhost]/",
    "\u200bhttps://example.com/",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_a_public_https_address_may_be_called(url: str) -> None:
    assert target(url, any_target=False).scheme == "https"


@pytest.mark.parametrize("url", NOT_PUBLIC)
def test_an_address_that_is_not_public_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenTarget, match=r"公网|格式"):
        target(url, any_target=False)


@pytest.mark.parametrize("url", MALFORMED)
def test_a_malformed_or_misleading_url_is_refused_even_in_a_demo(url: str) -> None:
    for any_target in (False, True):
        with pytest.raises(ForbiddenTarget):
            target(url, any_target=any_target)


@pytest.mark.parametrize("url", ["http://example.com/", "http://8.8.8.8/", "HTTP://example.com/"])
def test_plain_http_is_refused(url: str) -> None:
    with pytest.raises(ForbiddenTarget, match="https"):
        target(url, any_target=False)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9000/hook", "http://localhost:9000/", "https://[::1]/", "http://hall/"]
)
def test_the_demo_switch_lets_plain_http_and_loopback_pass(url: str) -> None:
    assert str(target(url, any_target=True).host)


@given(st.text(max_size=40))
def test_any_text_is_refused_or_read_and_never_crashes(text: str) -> None:
    for url in (text, f"https://{text}/", f"https://{text}.example.com:{text}/"):
        try:
            target(url, any_target=False)
        except ForbiddenTarget:
            continue


@given(st.ip_addresses(v=4))
def test_every_spelling_of_an_ipv4_address_is_judged_alike(address: object) -> None:
    octets = str(address).split(".")
    number = int.from_bytes(bytes(int(octet) for octet in octets), "big")
    spellings = [
        str(address),
        str(number),
        hex(number),
        f"0{number:o}",
        ".".join(hex(int(octet)) for octet in octets),
        ".".join(f"0{int(octet):o}" for octet in octets),
        f"[::ffff:{address}]",
    ]
    assert len({_is_allowed(f"https://{spelling}/") for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("family", "place"),
    [
        (socket.AF_INET, ("127.0.0.1", 443)),
        (socket.AF_INET, ("10.1.2.3", 443)),
        (socket.AF_INET, ("169.254.169.254", 80)),
        (socket.AF_INET6, ("::1", 443, 0, 0)),
        (socket.AF_INET6, ("::ffff:192.168.0.1", 443, 0, 0)),
        (socket.AF_INET6, ("fe80::1%2", 443, 0, 2)),
    ],
)
def test_no_socket_is_made_for_what_a_name_resolved_to_within_the_house(
    family: socket.AddressFamily, place: tuple[str, int]
) -> None:
    with pytest.raises(OSError, match="不是公网地址"):
        allowed_socket((family, socket.SOCK_STREAM, 6, "", place))


@pytest.mark.parametrize(
    ("place", "is_called"),
    [("10.20.3.4", True), ("10.21.3.4", False), ("127.0.0.1", False), ("169.254.169.254", False), ("8.8.8.8", True)],
)
def test_within_the_house_only_what_the_operator_names_is_called(place: str, is_called: bool) -> None:  # noqa: FBT001 - a column of the table
    networks = [ipaddress.ip_network("10.20.0.0/16"), ipaddress.ip_network("fd12::/32")]
    info = (socket.AF_INET, socket.SOCK_STREAM, 6, "", (place, 443))
    if is_called:
        allowed_socket(info, networks).close()
        assert target(f"https://{place}/hook", any_target=False, networks=networks)
        return
    with pytest.raises(OSError, match="不是公网地址"):
        allowed_socket(info, networks)
    with pytest.raises(ForbiddenTarget):
        target(f"https://{place}/hook", any_target=False, networks=networks)


def test_what_the_operator_names_is_called_by_https_only() -> None:
    with pytest.raises(ForbiddenTarget, match="https"):
        target("http://10.20.3.4/hook", any_target=False, networks=[ipaddress.ip_network("10.20.0.0/16")])


def test_a_socket_is_made_for_a_public_address() -> None:
    made = allowed_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443)))
    made.close()
    assert made.family is socket.AF_INET


KEY = Mock(host="hall.example", port=443, ssl=True)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (aiohttp.ClientConnectorError(KEY, ConnectionRefusedError(111, "Connect call failed")), "无法连接"),
        (aiohttp.ClientConnectorDNSError(KEY, OSError(-2, "Name or service not known")), "域名无法解析"),
        (aiohttp.ClientConnectorError(KEY, NotPublic("10.0.0.1 不是公网地址")), "不是公网地址"),
        (aiohttp.ConnectionTimeoutError("Connection timeout to host"), "超时"),
        (aiohttp.ServerTimeoutError(), "超时"),
        (TimeoutError(), "超时"),
        (aiohttp.ClientConnectorCertificateError(KEY, ssl.SSLCertVerificationError(1, "self-signed")), "证书"),
        (aiohttp.ClientConnectorSSLError(KEY, ssl.SSLError(1, "wrong version number")), "证书"),
        (aiohttp.ServerDisconnectedError(), "中断"),
        (aiohttp.ClientOSError(104, "Connection reset by peer"), "无法连接"),
        (aiohttp.ClientPayloadError("Response payload is not completed"), "中断"),
        (aiohttp.ClientResponseError(Mock(), (), message="Expected HTTP/"), "HTTP"),
        (ValueError("Chunk too big"), "无法识别"),
        (OSError(101, "Network is unreachable"), "无法连接"),
    ],
)
def test_why_no_answer_came_is_said_in_chinese_without_the_exceptions_own_words(error: Exception, word: str) -> None:
    said = failure(error)
    assert word in said
    assert not [one for one in ("error", "host", "10.0.0.1", "[", "failed", "self-signed") if one in said.lower()]


@pytest.mark.parametrize(
    ("status", "word"), [(301, "重定向"), (308, "重定向"), (404, "状态码 404"), (500, "状态码 500")]
)
def test_an_answer_that_takes_nothing_is_said_with_its_status(status: int, word: str) -> None:
    assert word in Answer(status, b"", None).words


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("120", 120.0),
        ("Mon, 23 Nov 2026 01:32:00 GMT", 120.0),
        ("Mon, 23 Nov 2026 01:00:00 GMT", 0.0),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("١٢", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, expected: float | None) -> None:
    assert seconds(header, NOW) == expected


def test_all_tries_together_take_about_three_days() -> None:
    total = sum((pause(attempt) for attempt in range(1, MOST_ATTEMPTS)), timedelta())
    assert timedelta(days=2.5) < total < timedelta(days=3.5)
    assert sum(JITTER) / 2 == 1.0


def test_the_pause_doubles_until_its_limit() -> None:
    pauses = [pause(attempt) for attempt in range(1, MOST_ATTEMPTS)]
    assert pauses[:4] == [FIRST_PAUSE, FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE


def _is_allowed(url: str) -> bool:
    try:
        target(url, any_target=False)
    except ForbiddenTarget:
        return False
    return True
