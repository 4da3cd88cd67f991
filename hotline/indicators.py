"""指标: the worker counts once an hour; who asks adds days up. A department's own figures come of its own parts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from models.calendar import CHINA_TIME
from models.errors import NotFound
from models.indicators import AXES, Standing, added, league
from models.store import indicators as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline.hub import Hub
    from models.indicators import Count, DepartmentClass
    from models.store.database import Session

EVERY: Final = timedelta(hours=1)
DAYS_AT_ONCE: Final = timedelta(days=6)


async def refresh(hub: Hub) -> int:
    """Count where the last counting is an hour old or days are stale; returns how often."""
    now = hub.now()
    if not await hub.database.write(lambda session: store.claim(session, now, EVERY)):
        return 0
    await count(hub)
    return 1


async def count(hub: Hub) -> None:
    """Bring the daily counts up to now, some days at a time: no statement is long, and what is counted stays where we are killed."""
    now, today, city = hub.now(), hub.today(), hub.city
    rules = store.Rules(
        calendar=hub.provisional_calendar,
        repeat_within_days=city.indicators.repeat_within_days,
        short_abandon_s=city.seats.rule.short_abandon_s,
    )
    first, seen_at = await hub.database.write(lambda session: store.begin(session, now))
    while first <= today:
        last = min(first + DAYS_AT_ONCE, today)
        await _count_days(hub, first, last, now, rules)
        first = last + timedelta(days=1)
    await hub.database.write(lambda session: store.counted(session, now, seen_at))


async def _count_days(hub: Hub, first: date, last: date, now: datetime, rules: store.Rules) -> None:
    await hub.database.write(lambda session: store.count(session, first, last, now, rules))


async def count_all(hub: Hub) -> None:
    """Count everything that there ever was anew, as after an import of the past."""
    await hub.database.write(lambda session: store.stale(session, datetime(1970, 1, 3, tzinfo=CHINA_TIME), hub.now()))
    await count(hub)


async def whole_city(session: Session, first: date, last: date) -> dict[str, Count]:
    """Return what was counted of the whole city from a day to another, both meant."""
    return (await store.sums(session, AXES[0], first, last)).get("", {})


async def of_classes(hub: Hub, session: Session, first: date, last: date) -> dict[str, dict[str, Count]]:
    """Return what was counted of each class of departments, all of its members together."""
    counted = await store.sums(session, "department", first, last)
    return {one.code: added(counted.get(code, {}) for code in members(hub, one)) for one in hub.city.indicators.classes}


def class_of(hub: Hub, code: str) -> DepartmentClass:
    """Return a class of departments; raises NotFound."""
    for one in hub.city.indicators.classes:
        if one.code == code:
            return one
    raise NotFound(f"没有代码为“{code}”的单位分类，请从 /api/v1/indicators/definitions 中选择")


def members(hub: Hub, meant: DepartmentClass) -> list[str]:
    """Return the departments of a class."""
    return [
        unit.code
        for unit in hub.city.departments.values()
        if hub.city.indicators.class_of(unit.code, unit.kind) is meant
    ]


async def standings(hub: Hub, session: Session, meant: DepartmentClass, first: date, last: date) -> list[Standing]:
    """Return how the departments of one class stand, the ranked first."""
    codes = members(hub, meant)
    counted: Mapping[str, Mapping[str, Count]] = await store.sums(session, "department", first, last, codes)
    return league(hub.city.indicators, counted, codes)


async def counted_at(hub: Hub) -> datetime | None:
    """Return up to when the figures are; None before the first counting."""
    return await hub.database.read(store.counted_at)
