"""How far the volume forecast may be trusted (回测): the past is forecast again from days further back, as if it were to come.

What it missed by is the interval: the residuals of the back-test, in units of how far chance would miss what was expected, and taken by
step ahead and by kind of series (conformal: so many of ten past days lay inside, so many days to come are said to). And it is the
proof: weighted error (WAPE) beside that of "the same weekday last week", which anybody can forecast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from models.volume import HORIZON, Floats, expected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.volume import History, Sorts

# Four weeks to see a level and the weekdays, and as many origins before anything is said of intervals.
LEAST_DAYS: Final = 56
LEAST_SEEN: Final = 28
MOST_ORIGINS: Final = 224
INSIDE: Final = 0.8


class Past(Struct, frozen=True):
    """What the days after each origin were said to bring and what they brought (origins × steps × series).

    `week_before` is what the same weekday brought a week before.
    """

    said: Floats
    came: Floats
    week_before: Floats


class Errors(Struct, frozen=True, kw_only=True):
    """Weighted errors: summed misses over summed requests, of the forecast and of the week before; `coverage` is the share of days
    that lay within intervals told beforehand, None where there were none to check.
    """

    kind: str
    origins: int
    tickets: float
    error: float
    error_of_week_before: float
    coverage: float | None

    @property
    def better_by(self) -> float:
        """Which share of the week before's error the forecast spares."""
        return 1 - self.error / self.error_of_week_before if self.error_of_week_before else 0.0


def again(history: History, sorts: Sorts, origins: int = MOST_ORIGINS) -> Past:
    """Forecast the newest past again, from at most so many days; from none where the past is shorter than needed."""
    counts, last = history.counts, history.days - HORIZON
    starts = range(max(LEAST_SEEN, last - origins + 1), last + 1)
    many = counts.shape[1]
    said = [expected(counts[:at], sorts[: at + HORIZON], history.whole) for at in starts]
    came = [counts[at : at + HORIZON] for at in starts]
    before = [counts[at - HORIZON : at] for at in starts]
    empty = np.zeros((0, HORIZON, many))
    return Past(*(np.array(rows) if rows else empty for rows in (said, came, before)))


def bounds(said: Floats, past: Past, kinds: Sequence[str]) -> tuple[Floats, Floats]:
    """Return lower and upper bound of what is said (steps × series), within which four days of five should lie.

    Raises ValueError where the past has no origin.
    """
    if not len(past.said):
        raise ValueError("no past to learn intervals from")
    missed = (past.came - past.said) / spread(past.said)
    low, high = np.zeros_like(said), np.zeros_like(said)
    named = np.array(kinds)
    for kind in set(kinds):
        which = np.flatnonzero(named == kind)
        for step in range(said.shape[0]):
            low[step, which], high[step, which] = _quantiles(missed[:, step, which])
    chance = spread(said)
    lower = np.maximum(np.minimum(said + low * chance, said), 0.0)
    return lower, np.maximum(said + high * chance, said)


def spread(said: Floats) -> Floats:
    """Chance alone misses by the root of what is expected, a day that is unlike its level by a tenth of it."""
    return np.asarray(np.sqrt(said + 0.25 + (0.1 * said) ** 2))


def _quantiles(missed: Floats) -> tuple[float, float]:
    """The outer tenths, with the place of a finite sample: a little wider than its own."""
    ordered = np.sort(missed.ravel())
    tail = (1 - INSIDE) / 2
    place = int(np.floor((len(ordered) + 1) * tail)) - 1
    if place < 0:
        return float(ordered[0]), float(ordered[-1])
    return float(ordered[place]), float(ordered[-1 - place])


def errors(history: History, past: Past) -> list[Errors]:
    """Return the weighted errors by kind of series; intervals are held against the newer half."""
    kinds = [one.kind for one in history.series]
    covered = _covered(past, kinds)
    found = []
    for kind in dict.fromkeys(kinds):
        which = [n for n, one in enumerate(kinds) if one == kind]
        came = past.came[:, :, which]
        total = float(came.sum())
        found.append(
            Errors(
                kind=kind,
                origins=len(past.said),
                tickets=total,
                error=_share(np.abs(past.said[:, :, which] - came).sum(), total),
                error_of_week_before=_share(np.abs(past.week_before[:, :, which] - came).sum(), total),
                coverage=None if covered is None else float(covered[:, :, which].mean()),
            )
        )
    return found


def _covered(past: Past, kinds: Sequence[str]) -> Floats | None:
    """Tell which days of the newer half lay within the intervals that were told then; None where the past is too short to tell.

    What came of an origin is known a week after it: no interval rests on more than that.
    """
    half = len(past.said) // 2
    if half < HORIZON:
        return None
    inside = []
    for at in range(half, len(past.said)):
        until = at - HORIZON + 1
        known = Past(past.said[:until], past.came[:until], past.week_before[:until])
        lower, upper = bounds(past.said[at], known, kinds)
        inside.append((past.came[at] >= np.floor(lower)) & (past.came[at] <= np.ceil(upper)))
    return np.array(inside, dtype=float)


def _share(missed: float, total: float) -> float:
    return float(missed) / total if total else 0.0
