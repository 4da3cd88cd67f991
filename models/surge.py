"""苗头: series that bring more than their own past explains, on a day or in a week."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from models.volume import HORIZON, Floats, expected
from models.volume_backtest import spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.volume import History, Series, Sorts
    from models.volume_backtest import Past

# So far above what was expected lay one day in so many, of all series of the kind; a handful of requests is no surge.
_ONE_IN: Final = 200
_LEAST: Final = 5


class Surge(Struct, frozen=True, kw_only=True):
    """A series that brought more than `high` from the first to the last day, `over` a day (perhaps not over yet) or a week."""

    kind: str
    code: str
    over: str
    first: date
    last: date
    came: int
    expected: float
    high: float


class _Watched(Struct, frozen=True):
    """What came of every series and what was expected, with the same of the past (origins × series)."""

    over: str
    first: date
    last: date
    came: Floats
    said: Floats
    past_came: Floats
    past_said: Floats


def surges(history: History, sorts: Sorts, past: Past, today: Mapping[Series, int]) -> list[Surge]:
    """Return what ran away on the present day as far as it has gone, on the last whole one, and in the last seven whole ones.

    The farthest above its bound comes first.
    """
    counts, days, whole = history.counts, history.days, history.whole
    before = expected(counts[:-1], sorts[:days], whole)[0]
    now = expected(counts, sorts[: days + 1], whole)[0]
    came_now = np.array([float(today.get(one, 0)) for one in history.series])
    step = (past.came[:, 0], past.said[:, 0])
    week = (past.came[:-HORIZON].sum(axis=1), past.said[:-HORIZON].sum(axis=1))
    last = history.day(days - 1)
    watched = [
        _Watched("day", history.day(days), history.day(days), came_now, now, *step),
        _Watched("day", last, last, counts[-1], before, *step),
        _Watched(
            "week", history.day(days - HORIZON), last, past.came[-1].sum(axis=0), past.said[-1].sum(axis=0), *week
        ),
    ]
    found = [surge for one in watched for surge in _beyond(history, one)]
    return sorted(found, key=lambda one: one.came / max(one.high, 1.0), reverse=True)


def _beyond(history: History, watched: _Watched) -> list[Surge]:
    if not len(watched.past_said):
        return []
    missed = (watched.past_came - watched.past_said) / spread(watched.past_said)
    kinds = np.array([one.kind for one in history.series])
    high = watched.said.copy()
    for kind in set(kinds.tolist()):
        which = kinds == kind
        limit = float(np.quantile(missed[:, which], 1 - 1 / _ONE_IN, method="higher"))
        high[which] += max(limit, 0.0) * spread(watched.said[which])
    return [
        Surge(
            kind=one.kind,
            code=one.code,
            over=watched.over,
            first=watched.first,
            last=watched.last,
            came=int(watched.came[n]),
            expected=float(watched.said[n]),
            high=float(high[n]),
        )
        for n, one in enumerate(history.series)
        if watched.came[n] > high[n] and watched.came[n] >= _LEAST
    ]
