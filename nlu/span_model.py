"""Which words name the place and the subject: a linear model that weighs every run of words at once, in numpy alone.

A run is worth what its first, inner and last words, the words beside it, its length and its beginning add up to; so the best of
all runs is found from cumulated sums, without trying them one by one.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nlu.place_words import PlaceWords
from nlu.span_weights import (
    AFTER,
    BEFORE,
    COLUMNS,
    FIRST,
    INNER,
    LAST,
    LONGEST,
    NEVER,
    ROLES,
    TARGETS,
    Floats,
    SpanWeights,
)
from nlu.span_words import BARS, MARKS, Cut, SheetReader, WordSheet

Numbers = NDArray[np.float64]


class SpanModel:
    """Weighs the runs of words of a request. Safe between threads."""

    def __init__(self, words: PlaceWords, weights: SpanWeights) -> None:
        self.read = SheetReader(words, self._weigh)
        self._rows = {feature: row for row, feature in enumerate(weights.vocabulary, start=1)}
        self._tables = weights.tables
        # Before the first row stands nothing, for what is unknown.
        self._of_words = np.vstack((np.zeros((1, COLUMNS), np.float32), weights.tables["words"]))
        self._tags = {tag: number for number, tag in enumerate(weights.tags, start=1)}
        if weights.met:
            self.read.meet(weights.met)

    def runs(self, sheet: WordSheet) -> tuple[Numbers, Numbers]:
        """Return what every run of a sheet that `read` gave is worth (targets, first word, length - 1), and there being none (targets,)."""
        tables = self._tables
        own = sheet.weights
        words = own[:, : 2 * ROLES] + tables["counts"].take(sheet.counts, axis=0)
        if sheet.names:
            words += tables["held"].take(sheet.held, axis=0)
        if sheet.bodies:
            words += tables["roles"].take(sheet.roles, axis=0)
        pairs = tables["mark_pairs"].take(pair_codes(sheet.marks, MARKS), axis=0)
        pairs += tables["tag_pairs"].take(pair_codes(own[:, COLUMNS].astype(np.intp), len(self._tags)), axis=0)
        starts = tables["starts"]
        begins = starts.take(sheet.starts_at[0], axis=0) + starts.take(sheet.starts_at[1], axis=0)
        none = tables["none"][0].astype(np.float64)
        if sheet.titled:
            none += own[: sheet.titled, 2 * ROLES : COLUMNS].sum(axis=0)
        return worth_of_runs(words, pairs, begins, tables["lengths"]), none

    def _weigh(self, cuts: Sequence[Cut]) -> Floats:
        """Return the weights of words by themselves and the numbers of their parts of speech (words, columns + 1)."""
        rows = self._rows
        known = [[rows.get(feature, 0) for feature in self.read.features(*cut)] for cut in cuts]
        weights = np.empty((len(cuts), COLUMNS + 1), np.float32)
        weights[:, :COLUMNS] = self._of_words.take(known, axis=0).sum(axis=1)
        barred = [word in BARS for word, _ in cuts]
        weights[barred, INNER] = weights[barred, ROLES + INNER] = NEVER
        weights[:, COLUMNS] = [self._tags.get(tag, 0) for _, tag in cuts]
        return weights


def pair_codes(codes: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Return a code for every gap between words, the ends included (words + 1,); `codes` are 0..most, 0 is for the ends."""
    between = np.zeros(len(codes) + 2, np.intp)
    between[1:-1] = codes
    paired = between[:-1] * (most + 1)
    paired += between[1:]
    return paired


def worth_of_runs(
    words: Floats | Numbers, pairs: Floats | Numbers, begins: Floats | Numbers, lengths: Floats | Numbers
) -> Numbers:
    """Return what every run is worth (targets, first word, length - 1).

    `words` (words, targets × roles), `pairs` (gaps, targets × 2) for a run that begins and ends there, `begins` (words, targets).
    """
    count, targets = len(words), len(TARGETS)
    roles = words.reshape(count, targets, ROLES).transpose(1, 2, 0)
    gaps = pairs.reshape(count + 1, targets, 2).transpose(1, 2, 0)
    inner = np.zeros((targets, count + 1))
    np.cumsum(roles[:, INNER], axis=1, out=inner[:, 1:], dtype=np.float64)
    first = roles[:, FIRST] + gaps[:, 0, :-1] + begins.T - inner[:, :-1]
    first[:, 1:] += roles[:, BEFORE, :-1]
    end = np.empty((targets, count + LONGEST))
    end[:, count:] = inner[:, -1:] + NEVER
    end[:, :count] = roles[:, LAST] + gaps[:, 1, 1:] + inner[:, 1:]
    end[:, : count - 1] += roles[:, AFTER, 1:]
    # Every row of the view is where a run that begins with its word may end.
    beyond: Numbers = np.ndarray((targets, count, LONGEST), end.dtype, end, 0, (end.strides[0], *end.strides[1:] * 2))
    worth: Numbers = beyond + first[:, :, None] + lengths.T[:, None, :]
    return worth
