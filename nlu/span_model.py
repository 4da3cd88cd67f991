"""Which words name the place and the subject: a linear model that weighs every run of words at once, in numpy alone.

A run is worth what its first, inner and last words, the words beside it, its length and its beginning add up to; so the best of
all runs is found from cumulated sums, without trying them one by one.
"""

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlu.span_weights import AFTER, BEFORE, COLUMNS, FIRST, INNER, LAST, LONGEST, NEVER, ROLES, TARGETS, Floats, SpanWeights
from nlu.span_words import BARS, MARKS, SheetReader, WordSheet

Numbers = NDArray[np.float64]

_KEPT_WORDS: Final = 50_000


class SpanModel:
    """Weighs the runs of words of a request. Holds no state; safe between threads."""

    def __init__(self, read: SheetReader, weights: SpanWeights) -> None:
        self._features = read.features
        self._weights = weights
        self._tables = weights.tables
        self._tags = {tag: number for number, tag in enumerate(weights.tags, start=1)}
        self._row = lru_cache(_KEPT_WORDS)(self._of_word)

    def runs(self, sheet: WordSheet) -> tuple[Numbers, Numbers]:
        """Return what every run is worth (targets, first word, length - 1) and what it is worth that there is none (targets,)."""
        tables = self._tables
        own = np.frombuffer(b"".join([self._row(*cut) for cut in sheet.cuts]), np.float32).reshape(-1, COLUMNS + 1)
        words = own[:, : 2 * ROLES] + tables["held"][sheet.held] + tables["roles"][sheet.roles] + tables["counts"][sheet.counts]
        pairs = tables["mark_pairs"][pair_codes(sheet.marks, MARKS)]
        pairs = pairs + tables["tag_pairs"][pair_codes(own[:, COLUMNS].astype(np.intp), len(self._tags))]
        begins = tables["starts"][sheet.starts_at].sum(axis=1)
        worth = np.stack([worth_of_runs(words[:, ROLES * at : ROLES * (at + 1)], pairs[:, 2 * at : 2 * at + 2], begins[:, at],
                                 tables["lengths"][:, at]) for at in range(len(TARGETS))])
        none = tables["none"][0] + own[: sheet.titled, 2 * ROLES : COLUMNS].sum(axis=0)
        return worth, none.astype(np.float64)

    def _of_word(self, word: str, tag: str) -> bytes:
        """Return the weights of a word by itself and the number of its part of speech, as float32."""
        vocabulary = self._weights.vocabulary
        features = np.array(self._features(word, tag), np.int64)
        rows = np.searchsorted(vocabulary, features).clip(0, max(len(vocabulary) - 1, 0))
        known = rows[vocabulary[rows] == features] if len(vocabulary) else rows[:0]
        row = np.zeros(COLUMNS + 1, np.float32)
        row[:COLUMNS] = self._tables["words"][known].sum(axis=0)
        if word in BARS:
            row[INNER] = row[ROLES + INNER] = NEVER
        row[COLUMNS] = self._tags.get(tag, 0)
        return row.tobytes()


def pair_codes(codes: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    """Return a code for every gap between words, the ends included (words + 1,); `codes` are 0..most, 0 is for the ends."""
    between = np.zeros(len(codes) + 2, np.intp)
    between[1:-1] = codes
    paired: NDArray[np.intp] = between[:-1] * (most + 1) + between[1:]
    return paired


def worth_of_runs(words: Floats, pairs: Floats, begins: Floats, lengths: Floats) -> Numbers:
    count = len(words)
    first = words[:, FIRST] + begins + pairs[:-1, 0]
    first[1:] += words[:-1, BEFORE]
    inner = np.zeros(count + 1)
    np.cumsum(words[:, INNER], out=inner[1:], dtype=np.float64)
    end = np.full(count + LONGEST, inner[-1] + NEVER)
    end[:count] = words[:, LAST] + pairs[1:, 1] + inner[1:]
    end[: count - 1] += words[1:, AFTER]
    beyond = np.lib.stride_tricks.sliding_window_view(end, LONGEST)[:count]
    worth: Numbers = beyond + (first - inner[:-1])[:, None] + lengths
    return worth
