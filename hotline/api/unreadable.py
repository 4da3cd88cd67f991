"""What is no HTTP that we can read: aiohttp logs it with whole pieces of the request, and with whose address it came from.

In an address or a header may stand a phone, a query code or a cookie. What we log says what kind of fault it was, and is said
once a minute, so that nobody fills the disk by sending nonsense.
"""

from __future__ import annotations

import logging
import time
from typing import Final

from aiohttp.http_exceptions import HttpProcessingError

LOGGER: Final = "aiohttp.server"
AGAIN_AFTER_S: Final = 60.0


class WithoutRequest(logging.Filter):
    """Takes out of aiohttp's own records what was sent and who sent it; a fault of the program keeps its traceback."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether a record is written."""
        error = record.exc_info[1] if record.exc_info else None
        record.args = ()
        if not isinstance(error, HttpProcessingError):
            record.msg = "request failed outside of its handler"
            return True
        record.msg, record.exc_info = f"request that cannot be read: {type(error).__name__}", None
        now = time.monotonic()
        is_told = now >= self._quiet_until
        if is_told:
            self._quiet_until = now + AGAIN_AFTER_S
        return is_told


def log_little() -> None:
    """Let aiohttp log no request from now on."""
    logging.getLogger(LOGGER).addFilter(WithoutRequest())
