"""热线号码: open by the city's hours, and overflowing to the first that is open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from models.line import Line, open_line
from models.vocabulary import Integration

NIGHT = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
FIRST = Line(
    number="1",
    name="甲",
    integration=Integration.PARALLEL,
    department=None,
    seat_group="a",
    hours="08:30-12:00|13:30-17:30",
    overflow_to="2",
    record_elsewhere=False,
    script="",
)
SECOND = replace(FIRST, number="2", overflow_to="3")
THIRD = replace(FIRST, number="3", hours="00:00-24:00", overflow_to=None)


@pytest.mark.parametrize(
    ("hour", "minute", "is_open"), [(0, 29, False), (0, 30, True), (4, 0, False), (5, 30, True), (9, 30, False)]
)
def test_a_line_is_open_by_the_hours_of_the_city_and_not_of_greenwich(hour: int, minute: int, is_open: bool) -> None:  # noqa: FBT001
    assert FIRST.is_open(datetime(2026, 11, 23, hour, minute, tzinfo=UTC)) is is_open


def test_the_first_open_line_of_a_chain_answers() -> None:
    lines = {line.number: line for line in (FIRST, SECOND, THIRD)}
    assert open_line(lines, FIRST, MORNING) is FIRST
    assert open_line(lines, FIRST, NIGHT) is THIRD


def test_a_chain_that_ends_closed_or_turns_back_stays_where_it_began() -> None:
    assert open_line({"1": FIRST, "2": SECOND}, FIRST, NIGHT) is FIRST
    turning = replace(SECOND, overflow_to="1")
    assert open_line({"1": FIRST, "2": turning}, FIRST, NIGHT) is FIRST
