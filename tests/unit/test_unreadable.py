"""Nonsense that comes in place of HTTP: nothing of it, nor of who sent it, stands in the log."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from hotline.api.unreadable import LOGGER, WithoutRequest

if TYPE_CHECKING:
    import pytest

PHONE = "13712345678"
NONSENSE = (
    f"GET /api/v1/tickets?q={PHONE}{'a' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: x\r\nCookie: hotline_session={PHONE}{'a' * 9000}\r\n\r\n",
    f"GET / HTTP/1.1\r\nHost: x\r\nCookie hotline_session={PHONE}\r\n\r\n",
    f"GET /{PHONE} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
)


async def send(server: BaseTestServer, text: str) -> bytes:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(text.encode())
    answer = await reader.read()
    writer.close()
    return answer


async def test_what_cannot_be_read_is_logged_once_a_minute_and_without_what_it_was(
    caplog: pytest.LogCaptureFixture,
) -> None:
    logger, quiet = logging.getLogger(LOGGER), WithoutRequest()
    logger.addFilter(quiet)
    try:
        async with TestServer(web.Application()) as server:
            for text in NONSENSE:
                assert b"400 Bad Request" in await send(server, text)
    finally:
        logger.removeFilter(quiet)
    [told] = caplog.records
    assert told.getMessage() == "request that cannot be read: LineTooLong"
    assert PHONE not in caplog.text
    assert "127.0.0.1" not in caplog.text


def test_a_fault_of_the_program_keeps_its_traceback() -> None:
    fault = ValueError("of ours")
    record = logging.LogRecord(
        LOGGER, logging.ERROR, __file__, 1, "from %s", ("203.0.113.7",), (ValueError, fault, None)
    )
    assert WithoutRequest().filter(record)
    assert "203.0.113.7" not in record.getMessage()
    assert record.exc_info is not None
