"""Cursors that we did not make."""

from __future__ import annotations

from datetime import datetime

import pytest
from aiohttp.test_utils import make_mocked_request

from hotline.api import body
from models.errors import InvalidRequest


@pytest.mark.parametrize(
    "at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "2026-01-01T00:00:00"]
)
def test_a_cursor_of_no_time_that_the_database_knows_is_told_in_words(at: str) -> None:
    request = make_mocked_request("GET", f"/?cursor={body.make_cursor(at, 1)}")
    with pytest.raises(InvalidRequest):
        body.read_cursor(request, tuple[datetime, int])
