"""Which of the likely runs is told (择优): the one that on the whole says the same as the right one, or a part or more of it.

The model tells how likely each run is to be the right one. Where it wavers between 「时代年华开发商」, 「开发商」 and a bank, the two
that speak of the same speak for one another, and a name that is told three times counts three times.
"""

from collections.abc import Iterable, Sequence
from math import exp
from typing import Final

import numpy as np
from msgspec import Struct

from nlu.span_model import Numbers
from nlu.span_weights import LONGEST, NEVER
from nlu.span_words import WordSheet

_MARGIN: Final = 5.0  # log-odds behind the best run; what lies farther behind adds nothing
_MOST: Final = 40  # runs that are weighed against one another
_SHORTEST: Final = 2  # characters of what says anything
_LONGEST_TOLD: Final = 40  # characters

Run = tuple[int, int, float]  # where it begins and ends, and what it is worth


class Taste(Struct, frozen=True):
    """How runs are chosen.

    `exactness` is what being the very words counts beside an overlap, `sharpness` (0..1) how far the odds are kept apart.
    Who tells more or less than is right is given the share of the length that both have, to the power of `more` or `less`.
    """

    exactness: float
    sharpness: float
    more: float
    less: float


class Candidate(Struct):
    """Words that may be told: where they stand best, how good they are there, and what speaks for them in all."""

    span: tuple[int, int]
    worth: float
    odds: float


def best_run(
    sheet: WordSheet, runs: Numbers, taste: Taste, besides: Sequence[Run] = ()
) -> tuple[tuple[int, int], float] | None:
    """Return the offsets of what to tell and the worth of the best run, None where none says anything.

    `besides` are what may be told too, though it begins or ends within a word.
    """
    flat = runs.ravel()
    most = max(float(flat.max()), max((worth for _, _, worth in besides), default=NEVER))
    likely = (flat > most - _MARGIN).nonzero()[0]
    if len(likely) > _MOST:
        likely = likely[np.argpartition(-flat[likely], _MOST)[:_MOST]]
    told_too = [run for run in besides if run[2] > most - _MARGIN]
    found = _candidates(sheet.text, [*_runs(sheet, flat, likely.tolist()), *told_too], most, taste.sharpness)
    if not found:
        return None
    if len(found) == 1:
        return next(iter(found.values())).span, most
    odds = [(words, one.odds) for words, one in found.items()]
    told = max(found, key=lambda words: _support(words, odds, taste) + taste.exactness * found[words].odds)
    return found[told].span, most


def _runs(sheet: WordSheet, flat: Numbers, likely: list[int]) -> Iterable[Run]:
    last = len(sheet.cuts) - 1
    starts = sheet.starts[[index // LONGEST for index in likely]].tolist()
    ends = sheet.ends[[min(index // LONGEST + index % LONGEST, last) for index in likely]].tolist()
    return zip(starts, ends, flat[likely].tolist(), strict=True)


def _candidates(text: str, runs: Iterable[Run], most: float, sharpness: float) -> dict[str, Candidate]:
    """Return the likely runs by their words."""
    found: dict[str, Candidate] = {}
    for start, end, worth in runs:
        if not _SHORTEST <= end - start <= _LONGEST_TOLD:
            continue
        odds = exp((worth - most) * sharpness)
        words = text[start:end]
        known = found.get(words)
        if known is None:
            found[words] = Candidate((start, end), worth, odds)
            continue
        known.odds += odds
        if worth > known.worth:
            known.span, known.worth = (start, end), worth
    return found


def _support(words: str, odds: list[tuple[str, float]], taste: Taste) -> float:
    """Return what speaks for words: their own odds, and those of what they are a part of or contain."""
    length = len(words)
    return sum(
        [
            share * (len(other) / length) ** taste.more
            if other in words
            else share * (length / len(other)) ** taste.less
            for other, share in odds
            if other in words or words in other
        ]
    )
