"""How likely an open part turns red (红牌): that its date for the reply passes before the reply is signed off.

A survival model by landmarks: of every past part is asked, at moments before its date, whether it was still open when the date
came; one logistic model answers for all of these moments, with what was known at each. A part whose date lies beyond the span
asked about cannot turn red within it. An approved extension before the date counts as not red. Pure.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from models.calendar import CHINA_TIME, stamp
from models.logistic import Logistic, fit, probability

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from models.logistic import Floats
    from models.office_time import OpenTime

# A department's own share of red parts counts as much as the whole's after so many parts.
_PRIOR_PARTS: Final = 20.0
_LEAST_BETWEEN: Final = 0.1
# Four fifths lie within so many standard deviations.
_WITHIN: Final = 1.2816
_HOUR: Final = 3_600_000_000
_KINDS: Final = ("inquiry", "complaint", "tip_off")
LEAST_PARTS: Final = 300
LEAST_OF_EACH: Final = 40


class WatchedPart(Struct, frozen=True, kw_only=True):
    """A part and what became of it. `moves` are when its date moved and to when; `asked_at` when time was asked for, and
    `sent_back_at` when its department asked to be rid of it; `turns` how many departments had been rid of the ticket before.
    """

    ticket_id: int
    ordinal: int
    department: str
    role: str
    kind: str
    urgency: int
    dispatched_at: datetime
    first_reply_by: datetime
    moves: tuple[tuple[datetime, datetime], ...] = ()
    acknowledged_at: datetime | None = None
    contacted_at: datetime | None = None
    replied_at: datetime | None = None
    signed_off_at: datetime | None = None
    ended_at: datetime | None = None
    asked_at: tuple[datetime, ...] = ()
    sent_back_at: tuple[datetime, ...] = ()
    turns: int = 0

    def since_and_due(self, at: datetime) -> tuple[datetime, datetime]:
        """Return since when its date holds, as known at a moment, and the date."""
        known = [move for move in self.moves if move[0] <= at]
        return known[-1] if known else (self.dispatched_at, self.first_reply_by)

    def is_open(self, at: datetime) -> bool:
        """Tell whether it was there at a moment and its reply not signed off."""
        over = min((end for end in (self.signed_off_at, self.ended_at) if end is not None), default=None)
        return self.dispatched_at <= at and (over is None or over > at)

    def turned_red(self, at: datetime) -> bool:
        """Tell whether it was still open at the date that held at a moment, and the date had not been moved."""
        due = self.since_and_due(at)[1]
        return self.is_open(due) and not any(at < move[0] <= due for move in self.moves)


class RedModel(Struct, frozen=True, kw_only=True):
    """What was learnt: the weights, the share of red parts of all, how many each department had and of how many.

    `between` is the variance of departments' log odds: how unlike the others one may be of which nothing is known.
    """

    logistic: Logistic
    share: float
    between: float
    departments: dict[str, tuple[float, float]]
    parts: int


class Risk(Struct, frozen=True):
    """The chance to be open when the date comes, and between what it lies four times of five."""

    chance: float
    low: float
    high: float


class NotEnoughHistory(ValueError):
    """Too few parts whose date has passed; its text says what is missing, in Chinese."""


def learn(asked: Sequence[tuple[WatchedPart, datetime]], opening: Callable[[str, int, int], OpenTime]) -> RedModel:
    """Fit to past parts, each at some moments before its date. `opening` gives a department's hours over a range of days.

    Raises NotEnoughHistory.
    """
    came = np.array([part.turned_red(at) for part, at in asked], dtype=float)
    ids = np.array([(part.ticket_id, part.ordinal) for part, _ in asked]).reshape(-1, 2)
    _, first = np.unique(ids, axis=0, return_index=True)
    red, parts = float(came[first].sum()), len(first)
    if parts < LEAST_PARTS or min(red, parts - red) < LEAST_OF_EACH:
        raise NotEnoughHistory(
            f"到期的承办件只有{parts}件，其中红牌{red:.0f}件；至少要{LEAST_PARTS}件，红牌与按期各{LEAST_OF_EACH}件"
        )
    share = red / parts
    units = [asked[n][0].department for n in first]
    sums: dict[str, list[float]] = {}
    for unit, is_red in zip(units, came[first], strict=True):
        known = sums.setdefault(unit, [0.0, 0.0])
        known[0] += float(is_red)
        known[1] += 1
    # A part tells nothing of itself by its department's share: its own outcome is left out of it.
    own = [
        (sums[part.department][0] - red_, sums[part.department][1] - 1)
        for (part, _), red_ in zip(asked, came, strict=True)
    ]
    rates = np.array([_rate(seen, n, share) for seen, n in own])
    features = _features(asked, rates, opening)
    logistic = fit(features, came, cases=parts)
    departments = {unit: (seen, n) for unit, (seen, n) in sums.items()}
    return RedModel(logistic=logistic, share=share, between=_between(departments), departments=departments, parts=parts)


def risks(
    model: RedModel, parts: Sequence[WatchedPart], at: datetime, opening: Callable[[str, int, int], OpenTime]
) -> list[Risk]:
    """Return for every open part, not yet red, how likely its date passes before it is signed off."""
    if not parts:
        return []
    known = [model.departments.get(part.department, (0.0, 0.0)) for part in parts]
    rates = np.array([_rate(seen, n, model.share) for seen, n in known])
    features = _features([(part, at) for part in parts], rates, opening)
    odds, variance = model.logistic.log_odds(features)
    # A department of which little is known may be any.
    weight = model.logistic.weights[1] / model.logistic.scale[0]
    variance += weight**2 / (1 / model.between + np.array([n for _, n in known]) * rates * (1 - rates))
    off = _WITHIN * np.sqrt(variance)
    told = np.stack([probability(odds), probability(odds - off), probability(odds + off)], axis=1)
    return [Risk(*map(float, row)) for row in told]


def _between(departments: Mapping[str, tuple[float, float]]) -> float:
    """The variance of departments' log odds over what chance alone makes of it; never nothing."""
    seen = np.array([one for one in departments.values() if one[1] >= _PRIOR_PARTS]).reshape(-1, 2)
    if len(seen) < 3:
        return _LEAST_BETWEEN
    red, kept = seen[:, 0] + 0.5, seen[:, 1] - seen[:, 0] + 0.5
    return max(float(np.var(np.log(red / kept), ddof=1) - (1 / red + 1 / kept).mean()), _LEAST_BETWEEN)


def _rate(red: float, parts: float, share: float) -> float:
    return (red + _PRIOR_PARTS * share) / (parts + _PRIOR_PARTS)


def _features(
    asked: Sequence[tuple[WatchedPart, datetime]], rates: Floats, opening: Callable[[str, int, int], OpenTime]
) -> Floats:
    """Return what is known of each part at its moment, a row each; the department's log odds come first."""
    now = np.array([stamp(at) for _, at in asked])
    span = [part.since_and_due(at) for part, at in asked]
    since, due = np.array([stamp(one[0]) for one in span]), np.array([stamp(one[1]) for one in span])
    hours = np.maximum((due - now) / _HOUR, 0.0)
    office = _office_hours([part.department for part, _ in asked], now, np.maximum(due, now), opening)
    used = np.clip((now - since) / np.maximum(due - since, 1), 0, 1)
    stood = np.array([_standing(part, at) for part, at in asked], dtype=float)
    odds = np.log(rates / (1 - rates))
    replied = stood[:, 2]
    columns = [odds, np.log1p(hours), np.log1p(office), np.sqrt(office), used, replied * np.log1p(office)]
    return np.column_stack([*columns, stood])


def _standing(part: WatchedPart, at: datetime) -> list[float]:
    def had(moment: datetime | None) -> bool:
        return moment is not None and moment <= at

    due = part.since_and_due(at)[1].astimezone(CHINA_TIME)
    return [
        had(part.acknowledged_at),
        had(part.contacted_at),
        had(part.replied_at),
        part.role == "lead",
        part.role == "delegated",
        *(part.kind == kind for kind in _KINDS),
        4 - part.urgency,
        any(move[0] <= at for move in part.moves),
        any(asked <= at for asked in part.asked_at),
        any(asked <= at for asked in part.sent_back_at),
        min(part.turns, 3),
        due.weekday() >= 4,
    ]


def _office_hours(
    departments: Sequence[str], start: Floats, end: Floats, opening: Callable[[str, int, int], OpenTime]
) -> Floats:
    days = 86_400_000_000
    first, last = int(start.min() // days), int(end.max() // days)
    named = np.array(departments)
    found = np.zeros(len(named))
    for department in set(departments):
        which = named == department
        found[which] = opening(department, first, last).hours_between(start[which], end[which])
    return found
