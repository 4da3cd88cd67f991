"""Which of the likely runs is told (择优): the one that on the whole says the same as the right one, or a part or more of it.

The model tells how likely each run is to be the right one. Where it wavers between 「时代年华开发商」, 「开发商」 and a bank, the two
that speak of the same speak for one another, and a name that is told three times counts three times.
"""

from collections.abc import Iterable, Sequence
from math import exp
from operator import itemgetter
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlu.span_model import Numbers
from nlu.span_weights import LONGEST
from nlu.span_words import WordSheet

_MARGIN: Final = 3.5  # log-odds behind the best run; what lies farther behind adds next to nothing
_MOST: Final = 16  # runs that are weighed against one another
_SHARPNESS: Final = 0.5  # by which the log-odds are evened out: the model is surer of itself than it may be
_SHORTEST: Final = 2  # characters of what says anything
_LONGEST_TOLD: Final = 40  # characters

_WORTH: Final = itemgetter(2)

Run = tuple[int, int, float]  # where it begins and ends, and what it is worth


def best_run(sheet: WordSheet, runs: Numbers, besides: Sequence[Run] = ()) -> tuple[tuple[int, int], float] | None:
    """Return the offsets of what to tell and the worth of the best run, None where none says anything.

    `besides` are what may be told too, though it begins or ends within a word.
    """
    flat = runs.ravel()
    most = float(flat.max())
    for _, _, worth in besides:
        most = max(most, worth)
    likely = (flat > most - _MARGIN).nonzero()[0]
    if len(likely) > _MOST:
        likely = likely[np.argpartition(-flat[likely], _MOST)[:_MOST]]
    told_too = [run for run in besides if run[2] > most - _MARGIN]
    spans, odds = _by_words(sheet.text, [*_runs(sheet, flat, likely), *told_too], most)
    if not spans:
        return None
    return spans[_foremost(odds)], most


def _runs(sheet: WordSheet, flat: Numbers, likely: NDArray[np.intp]) -> Iterable[Run]:
    firsts, lengths = np.divmod(likely, LONGEST)
    starts = sheet.starts.take(firsts).tolist()
    ends = sheet.ends.take(firsts + lengths, mode="clip").tolist()
    return zip(starts, ends, flat[likely].tolist(), strict=True)


def _by_words(text: str, runs: Iterable[Run], most: float) -> tuple[dict[str, tuple[int, int]], dict[str, float]]:
    """Return where the words of runs stand best, and what speaks for them wherever they stand."""
    spans: dict[str, tuple[int, int]] = {}
    odds: dict[str, float] = {}
    for start, end, worth in sorted(runs, key=_WORTH):
        if _SHORTEST <= end - start <= _LONGEST_TOLD:
            words = text[start:end]
            odds[words] = odds.get(words, 0.0) + exp((worth - most) * _SHARPNESS)
            spans[words] = (start, end)
    return spans, odds


def _foremost(odds: dict[str, float]) -> str:
    """Return the words for which most speaks: their own odds, twice, and those of what they are a part of or contain."""
    names, shares = [*odds], [*odds.values()]
    support = [2 * share for share in shares]
    for one, words in enumerate(names):
        for other in range(one):
            if words in names[other] or names[other] in words:
                support[one] += shares[other]
                support[other] += shares[one]
    return names[support.index(max(support))]
