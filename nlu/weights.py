"""Which words weighed (依据词): what the n-grams of a text add to a label's score, summed over words that people read."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
from msgspec import Struct

from nlu.cutter import STOP_WORDS, Cutter
from nlu.linear import TITLE_SHARE, Floats, LinearModel
from nlu.ngrams import (
    LONGEST_COUNTED,
    LONGEST_READ,
    TITLE_WEIGHT,
    Counted,
    Grams,
    counted,
    counted_characters,
    excerpt,
    grams,
)

_RUNS: Final = (1, 2, 3)
_LEAST_SHARE: Final = 0.005  # a word that weighs less explains nothing


class Word(Struct, frozen=True):
    """A word of the text and its share of all that speaks for a label (0..1); below 0 it speaks against it."""

    word: str
    share: float


class Weights:
    """What each word of one text adds to the scores of some labels.

    An n-gram's part of a score is shared out among the places where it stands, and there among its characters; a word
    has what its characters have. All words together have the score without the labels' offsets.
    """

    def __init__(
        self,
        model: LinearModel,
        cutter: Cutter,
        text: str,
        title: str,
        columns: Sequence[int],
        *,
        weighs_title: bool = True,
    ) -> None:
        """Weigh a normalised text and title for labels by their columns in the model.

        `weighs_title` tells whether the title's own scores count beside those of the whole, as for a category.
        """
        whole, alone = counted(text, title), counted(title)
        body, head = excerpt(text, LONGEST_COUNTED), title[:LONGEST_READ]
        each = _Each(model, whole, columns)
        added: list[tuple[str, Floats]] = [(body, each.spread(body))]
        if head:
            spread = TITLE_WEIGHT * each.spread(head)
            if weighs_title:
                spread += np.float32(TITLE_SHARE) * _Each(model, alone, columns).spread(head)
            added.append((head, spread))
        self._by_word: dict[str, Floats] = {}
        for passage, spread in added:
            for word, start, end in _cut(cutter, passage):
                before = self._by_word.get(word)
                own = spread[start:end].sum(axis=0)
                self._by_word[word] = own if before is None else before + own

    @property
    def total(self) -> Floats:
        """What all words add (columns,)."""
        return np.sum([*self._by_word.values()], axis=0) if self._by_word else np.zeros(0, np.float32)

    def speaking(self, column: int, over: int | None = None) -> list[Word]:
        """Return the words that weigh on the label of a column, or on it rather than on another's; the most first.

        Grammatical words are left out, and what weighs next to nothing.
        """
        weights = {word: float(own[column] - (0 if over is None else own[over])) for word, own in self._by_word.items()}
        whole = sum(weight for weight in weights.values() if weight > 0) or 1.0
        told = [
            Word(word, round(weight / whole, 3))
            for word, weight in weights.items()
            if word not in STOP_WORDS and abs(weight) / whole >= _LEAST_SHARE
        ]
        return sorted(told, key=lambda one: -one.share)


class _Each:
    """What one occurrence of each n-gram of a counted text adds."""

    def __init__(self, model: LinearModel, counts: Counted, columns: Sequence[int]) -> None:
        rows, values = model.features(counts)
        self._grams = model.vocabulary[rows]
        times = counts.times[np.searchsorted(counts.grams, self._grams)]
        self._added: Floats = (values / times)[:, None] * model.weights[rows][:, list(columns)]

    def spread(self, text: str) -> Floats:
        """Return what every character of a text adds (characters, columns)."""
        spread = np.zeros((len(text), self._added.shape[1]), np.float32)
        places = counted_characters(text)
        runs = self._of(grams(text))
        counting = np.zeros((len(places), runs.shape[1]), np.float32)
        first = 0
        for length in _RUNS:
            number = max(len(places) - length + 1, 0)
            share = runs[first : first + number] / length
            for offset in range(length):
                counting[offset : offset + number] += share
            first += number
        spread[places] = counting
        return spread

    def _of(self, runs: Grams) -> Floats:
        if not self._grams.size:
            return np.zeros((len(runs), self._added.shape[1]), np.float32)
        rows = np.searchsorted(self._grams, runs)
        is_known = self._grams.take(rows, mode="clip") == runs
        added: Floats = self._added.take(rows, axis=0, mode="clip") * is_known[:, None]
        return added


def _cut(cutter: Cutter, text: str) -> Iterator[tuple[str, int, int]]:
    start = 0
    for word in cutter.words(text):
        yield word, start, start + len(word)
        start += len(word)
