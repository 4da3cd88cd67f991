"""The made-up past that `make scale` loads: every ticket in one month, numbered on as the hub numbers them."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise

import pytest

from tests.bench import archive


@pytest.mark.parametrize("tickets", [10_000, 1_000_000, 10_000_000])
@pytest.mark.parametrize("now", [datetime(2026, 1, 1, 0, 5, tzinfo=UTC), datetime(2026, 11, 28, 12, tzinfo=UTC)])
def test_every_ticket_lies_in_one_month(tickets: int, now: datetime) -> None:
    found = archive.months(tickets, now)
    assert len({month.yyyymm for month in found}) == archive.MONTHS
    assert found[0].first == 1
    assert sum(month.tickets for month in found) == tickets
    for one, following in pairwise(found):
        assert one.first + one.tickets == following.first
        assert one.until == following.since
    assert (found[-1].yyyymm, found[-1].until) == (now.year * 100 + now.month, now)
    assert found[-1].tickets > 2 * found[0].tickets
