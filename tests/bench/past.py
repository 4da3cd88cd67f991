"""A made-up past to forecast from: requests by day, and parts with their dates. Chance is seeded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np

from models.deadlines import deadline
from models.limits import limit
from models.red_risk import WatchedPart
from models.volume import DayCount

if TYPE_CHECKING:
    from models.calendar import Calendar, OfficeHours

WEEK: Final = (1.15, 1.1, 1.05, 1.0, 1.0, 0.7, 0.6)
HOLIDAY: Final = 0.5
DISTRICTS: Final = ("donghu", "xicheng", "nanping", "beitang", "linjiang", "")


def days(first: date, many: int, calendar: Calendar, *, a_day: float = 400, seed: int = 1) -> list[DayCount]:
    """Requests with a trend, weekdays, holidays, make-up days and a burst of a category now and then."""
    chance = np.random.default_rng(seed)
    codes = [f"{group:02d}{n:02d}" for group in range(1, 7) for n in range(1, 6)]
    shares = chance.dirichlet(np.full(len(codes), 0.6))
    places = chance.dirichlet(np.full(len(DISTRICTS), 3.0))
    bursts = {int(day): int(chance.integers(len(codes))) for day in chance.choice(many, many // 45, replace=False)}
    found, extra = [], np.zeros(len(codes))
    for n in range(many):
        day = first + timedelta(days=n)
        extra *= 0.6
        if n in bursts:
            extra[bursts[n]] += a_day * 0.3
        level = a_day * (1 + 0.3 * np.sin(n / 58) + n / many * 0.3) * float(chance.gamma(60, 1 / 60))
        level *= _of_day(day, calendar)
        wanted = (level * shares + extra)[:, None] * places[None, :]
        drawn = chance.poisson(wanted)
        found += [
            DayCount(day, code, place, int(drawn[i, j]))
            for i, code in enumerate(codes)
            for j, place in enumerate(DISTRICTS)
            if drawn[i, j]
        ]
    return found


def _of_day(day: date, calendar: Calendar) -> float:
    if calendar.is_working_day(day):
        return WEEK[day.weekday()] if day.weekday() < 5 else 0.95
    return WEEK[day.weekday()] if day.weekday() >= 5 and day not in calendar.holidays else HOLIDAY


def parts(first: date, many: int, calendar: Calendar, hours: OfficeHours, *, seed: int = 1) -> list[WatchedPart]:
    """Parts of departments that are quick or slow, surer to be done in time the earlier they are begun; some ask for more time."""
    chance = np.random.default_rng(seed)
    speed = chance.normal(0, 0.5, 15)
    begin = datetime.combine(first, time(), UTC)
    starts = np.sort(chance.uniform(0, 90, many))
    return [
        _part(n, begin + timedelta(days=float(start)), speed, chance, (calendar, hours))
        for n, start in enumerate(starts)
    ]


def _part(
    n: int, at: datetime, speed: np.ndarray, chance: np.random.Generator, office: tuple[Calendar, OfficeHours]
) -> WatchedPart:
    unit, urgency = int(chance.integers(len(speed))), int(chance.choice([2, 3, 4], p=[0.2, 0.5, 0.3]))
    kind = str(chance.choice(["inquiry", "assistance", "complaint", "tip_off"], p=[0.2, 0.4, 0.3, 0.1]))
    due = deadline(at, limit({2: "2wd", 3: "5wd", 4: "7wd"}[urgency]), *office)
    whole = due - at
    pace = float(np.exp(speed[unit] + chance.normal(-0.55, 0.45) + 0.25 * (kind == "complaint")))
    begun = at + whole * min(0.9, 0.25 * pace * float(chance.uniform(0.3, 1.7)))
    replied = at + whole * pace
    signed = replied + timedelta(hours=float(chance.exponential(3)))
    moves: tuple[tuple[datetime, datetime], ...] = ()
    asked: tuple[datetime, ...] = ()
    if replied > due and chance.random() < 0.3:
        asked = (due - whole * 0.15,)
        moves = ((due - whole * 0.05, due + whole * 0.6),) if chance.random() < 0.7 else ()
    return WatchedPart(
        ticket_id=n,
        ordinal=1,
        department=f"unit{unit}",
        role=str(chance.choice(["lead", "assisting"], p=[0.8, 0.2])),
        kind=kind,
        urgency=urgency,
        dispatched_at=at,
        first_reply_by=due,
        moves=moves,
        acknowledged_at=begun,
        contacted_at=begun + (replied - begun) * 0.4 if replied > begun else None,
        replied_at=replied,
        signed_off_at=signed,
        ended_at=signed + timedelta(hours=20),
        asked_at=asked,
        turns=int(chance.random() < 0.1),
    )
