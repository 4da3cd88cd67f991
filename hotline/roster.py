"""值班: who can be reached now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from models.blocks import read_week
from models.calendar import CHINA_TIME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.city import City, Roster


def on_duty(city: City, departments: set[str], at: datetime) -> Iterator[Roster]:
    """Yield who of some departments can be reached at a time (值班)."""
    local = at.astimezone(CHINA_TIME)
    since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    now = since_midnight // timedelta(microseconds=1)
    for one in city.rosters:
        if one.department in departments:
            blocks = read_week(((one.weekdays, f"{one.start}-{one.end}"),))[local.weekday()]
            if any(begin <= now < end for begin, end in blocks):
                yield one
