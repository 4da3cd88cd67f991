"""Who asks, behind proxies: read from the end that our own proxies wrote, never from what a client made up."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from hotline.api.proxies import asker

PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.9.0.0/24"), ip_network("fd09::/64"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7, 10.9.0.4"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7", "10.9.0.4"], "203.0.113.7"),
        # What stands before the last that is no proxy was made up by whoever asked.
        ("127.0.0.1", ["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["127.0.0.1, 203.0.113.7, 10.9.0.4"], "203.0.113.7"),
        # Who comes past the proxy says nothing about themselves.
        ("203.0.113.9", ["198.51.100.1"], "203.0.113.9"),
        ("127.0.0.1", [], "127.0.0.1"),
        ("127.0.0.1", ["unknown"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7, <script>"], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7, ,10.9.0.4"], "10.9.0.4"),
        ("10.9.0.4", ["10.9.0.5"], "10.9.0.5"),
        ("::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        ("fd09::1", ["2001:db8:1:2:aaaa::1"], "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", [], "2001:db8:1:2::/64"),
        ("", ["203.0.113.7"], ""),
    ],
)
def test_who_asks_is_the_nearest_address_that_is_no_proxy_of_ours(peer: str, forwarded: list[str], who: str) -> None:
    assert asker(peer, forwarded, PROXIES) == who


def test_without_proxies_nobody_is_believed() -> None:
    assert asker("127.0.0.1", ["203.0.113.7"], ()) == "127.0.0.1"
