"""值班: who can be reached when."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from models.blocks import read_week
from models.calendar import CHINA_TIME
from models.city import City, Roster


def on_duty(city: City, departments: Collection[str], at: datetime) -> Iterator[Roster]:
    """Yield who of some departments can be reached at a time."""
    local = at.astimezone(CHINA_TIME)
    since_midnight = local - local.replace(hour=0, minute=0, second=0, microsecond=0)
    now = since_midnight // timedelta(microseconds=1)
    for one in city.rosters:
        if one.department in departments:
            blocks = read_week(((one.weekdays, f"{one.start}-{one.end}"),))[local.weekday()]
            if any(begin <= now < end for begin, end in blocks):
                yield one
