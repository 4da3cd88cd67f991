"""Which requests may go out without a person's look: a bar for every category, one guarantee over all of them.

Learn then Test (Angelopoulos and others, 2021): rising laxities are tried in a fixed order on requests of which nothing
was learnt, and the last one that passes keeps the share of wrong leads within the error, with the confidence wanted, on
requests like those. Nothing is promised of requests unlike them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.stats import binom

from nlu.category import leads_of
from nlu.linear import Floats, Guarantee

# A city allows 3 %; requests written to test on are tidier than those of life, so that of them half is promised.
ERROR: Final = 0.015
CONFIDENCE: Final = 0.95
# Shares of wrong leads among what the model had not seen of the corpus, which is harder than life.
_LAXITIES: Final = tuple(float(value) for value in np.arange(0.010, 0.1001, 0.0025))
_FEWEST: Final = 300  # requests that a test needs, so that one chance error does not end the trial of all bars
_WEIGHT_OF_ALL: Final = 60  # rows of every category that speak with a category's own


class Judged(Struct, frozen=True):
    """Requests of which the answer is known: the category guessed (its column), how likely its lead is, is it right."""

    guess: NDArray[np.int64]
    lead_p: Floats
    is_right: NDArray[np.bool_]


class Judge:
    """Tells of scores how likely the guessed category's lead is and whether it is right."""

    def __init__(self, labels: Sequence[str], lead_of: Mapping[str, str | None], sharpness: float) -> None:
        self._labels = labels
        self._lead_of = lead_of
        self._sharpness = np.float32(sharpness)
        self._same_lead = leads_of(labels, lead_of)

    def __call__(self, scores: Floats, accepted: Iterable[set[str]]) -> Judged:
        """Judge rows (rows, labels) by the categories accepted for each."""
        guess = scores.argmax(axis=1)
        odds = np.exp((scores - scores.max(axis=1, keepdims=True)) * self._sharpness)
        lead_p = (odds * self._same_lead[guess]).sum(axis=1) / odds.sum(axis=1)
        leads = ({self._lead_of.get(code) or code for code in codes} for codes in accepted)
        guessed = (self._lead_of.get(self._labels[index]) or self._labels[index] for index in guess)
        return Judged(guess, lead_p, np.array([one in right for one, right in zip(guessed, leads, strict=True)]))


def guarantee(labels: Sequence[str], learnt: Judged, kept: Judged) -> Guarantee | None:
    """Return the laxest bars that pass on `kept`, None where none do. `learnt` are rows judged by a model blind to them."""
    found = None
    for laxity in _LAXITIES:
        bars = _bars(len(labels), learnt, laxity)
        clears = kept.lead_p >= bars[kept.guess]
        dispatched, wrong = int(clears.sum()), int((~kept.is_right[clears]).sum())
        if dispatched < _FEWEST:
            continue
        if binom.cdf(wrong, dispatched, ERROR) > 1 - CONFIDENCE:
            break
        found = Guarantee(
            error=ERROR,
            confidence=CONFIDENCE,
            laxity=round(laxity, 4),
            rows=len(kept.guess),
            dispatched=dispatched,
            wrong=wrong,
            bars={label: round(float(bar), 4) for label, bar in zip(labels, bars, strict=True) if np.isfinite(bar)},
        )
    return found


def _bars(labels: int, learnt: Judged, laxity: float) -> NDArray[np.float64]:
    """Return for every category the least probability above which no more than `laxity` of its rows had a wrong lead."""
    order = np.argsort(-learnt.lead_p, kind="stable")
    falling, common = learnt.lead_p[order], _error_so_far(learnt.is_right[order])
    bars = np.full(labels, np.inf)
    guesses = learnt.guess[order]
    for label in range(labels):
        own = np.flatnonzero(guesses == label)
        counts = np.arange(1, len(own) + 1)
        errors = _error_so_far(learnt.is_right[order][own]) * counts
        tolerable = np.flatnonzero((errors + _WEIGHT_OF_ALL * common[own]) / (counts + _WEIGHT_OF_ALL) <= laxity)
        if tolerable.size:
            bars[label] = falling[own[tolerable[-1]]]
    return bars


def _error_so_far(is_right: NDArray[np.bool_]) -> NDArray[np.float64]:
    error: NDArray[np.float64] = np.cumsum(~is_right) / np.arange(1, len(is_right) + 1)
    return error
