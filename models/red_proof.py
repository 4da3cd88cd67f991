"""What the red-card model is worth: it learns from the older parts and is asked about the newer ones, at moments on the way."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from msgspec import Struct

from models.logistic import Bin, miscalibration, ranking, reliability
from models.red_risk import NotEnoughHistory, WatchedPart, learn, risks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from models.office_time import OpenTime
    from models.red_risk import RedModel

# Hours before the date between which each past part is looked at once.
_STRATA: Final = (0.25, 1.5, 4.0, 9.0, 16.0, 24.0, 36.0, 48.0, 60.0, 72.0)
_HELD_OUT: Final = 0.25
_EVERY: Final = timedelta(hours=7)
_MOST_MOMENTS: Final = 240
SPANS: Final = (4, 24, 72)


class Proof(Struct, frozen=True, kw_only=True):
    """How good the answers for one span were: `parts` cases, of which `due` had their date within the span and `red` turned red.

    `ranking` is the AUC over all open parts, `ranking_of_due` over those alone whose date lay within the span: which of them would
    not be done was the harder question. `off_by` is how far what was said of those lay from what came, in the mean over `bins`.
    """

    within: int
    parts: int
    due: int
    red: int
    expected: float
    ranking: float | None
    ranking_of_due: float | None
    off_by: float | None
    bins: list[Bin]


def moments(parts: Sequence[WatchedPart], seed: int = 1) -> list[tuple[WatchedPart, datetime]]:
    """Return parts with moments at which they were open, some for each date that they had."""
    chance = np.random.default_rng(seed)
    return [(part, at) for part in parts for at in _of_part(part, chance)]


def _of_part(part: WatchedPart, chance: np.random.Generator) -> Iterator[datetime]:
    starts = [(part.dispatched_at, part.first_reply_by), *part.moves]
    ends = [move[0] for move in part.moves] + [None]
    for (since, due), until in zip(starts, ends, strict=True):
        for low, high in itertools.pairwise(_STRATA):
            at = due - timedelta(hours=float(chance.uniform(low, high)))
            if since <= at and (until is None or at < until) and part.is_open(at):
                yield at


def prove(parts: Sequence[WatchedPart], opening: Callable[[str, int, int], OpenTime]) -> list[Proof]:
    """Learn from the three quarters of parts whose date came first, ask about the others; raises NotEnoughHistory."""
    ordered = sorted(parts, key=lambda part: part.first_reply_by)
    cut = ordered[int(len(ordered) * (1 - _HELD_OUT))].first_reply_by if ordered else None
    older = [part for part in ordered if cut is not None and _last(part) < cut]
    newer = [part for part in ordered if cut is not None and part.first_reply_by >= cut]
    try:
        model = learn(moments(older), opening)
    except NotEnoughHistory as error:
        raise NotEnoughHistory(f"{error}（较新的四分之一留作检验，不计在内）") from error
    said: dict[int, list[tuple[float, bool, bool]]] = {span: [] for span in SPANS}
    for at in _looks(newer):
        for span, rows in _asked(model, newer, at, opening).items():
            said[span] += rows
    return [_proof(span, rows) for span, rows in said.items()]


def _last(part: WatchedPart) -> datetime:
    return max([part.first_reply_by, *(move[1] for move in part.moves)])


def _looks(parts: Sequence[WatchedPart]) -> list[datetime]:
    """Moments every few hours, day and night, while the newer parts ran."""
    if not parts:
        return []
    first, last = parts[0].first_reply_by - timedelta(days=1), parts[-1].first_reply_by
    many = int((last - first) / _EVERY) + 1
    return [first + _EVERY * n for n in range(0, many, many // _MOST_MOMENTS + 1)]


def _asked(
    model: RedModel, parts: Sequence[WatchedPart], at: datetime, opening: Callable[[str, int, int], OpenTime]
) -> dict[int, list[tuple[float, bool, bool]]]:
    """Say of every open part, for each span: the chance, whether its date lies within, whether it turned red within."""
    due = [part.since_and_due(at)[1] for part in parts]
    alive = [n for n, part in enumerate(parts) if part.is_open(at) and due[n] > at]
    told = risks(model, [parts[n] for n in alive], at, opening)
    found: dict[int, list[tuple[float, bool, bool]]] = {}
    for span in SPANS:
        until = at + timedelta(hours=span)
        found[span] = [
            (one.chance if due[n] <= until else 0.0, due[n] <= until, due[n] <= until and parts[n].turned_red(at))
            for n, one in zip(alive, told, strict=True)
        ]
    return found


def _proof(span: int, rows: Sequence[tuple[float, bool, bool]]) -> Proof:
    table = np.array(rows, dtype=float).reshape(-1, 3)
    of_due = table[table[:, 1] == 1]
    bins = reliability(of_due[:, 0], of_due[:, 2]) if len(of_due) else []
    return Proof(
        within=span,
        parts=len(table),
        due=len(of_due),
        red=int(table[:, 2].sum()),
        expected=float(table[:, 0].sum()),
        ranking=ranking(table[:, 0], table[:, 2]),
        ranking_of_due=ranking(of_due[:, 0], of_due[:, 2]),
        off_by=miscalibration(bins),
        bins=bins,
    )
