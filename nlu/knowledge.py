"""Finding what answers a question (知识检索): words of title, keywords and text, with synonyms, and the category that the model reads."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from math import log
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.knowledge import Entry
from nlu.cutter import Cutter

_TITLE: Final = 3.0
_KEYWORDS: Final = 2.5
_BODY: Final = 1.0
# As in BM25: how soon a word said again says nothing new, and how much a long text is held against it.
_SATURATION: Final = 1.2
_LENGTH: Final = 0.3
_PAIR: Final = 0.4  # two neighbouring characters beside a word
_SYNONYM: Final = 0.5
_OF_CATEGORY: Final = 10.0

Floats = NDArray[np.float64]


class Hit(NamedTuple):
    """An entry that may answer, and how well (no upper bound, comparable within one question)."""

    entry: Entry
    score: float


class _Posting(NamedTuple):
    """The entries that have a term, and what it is worth in each."""

    rows: NDArray[np.int64]
    worth: Floats


class Knowledge:
    """The entries of a city, indexed. Read-only after construction; safe between threads."""

    def __init__(self, cutter: Cutter, entries: Iterable[Entry], synonyms: Iterable[Sequence[str]] = ()) -> None:
        self._cutter = cutter
        self._entries = list(entries)
        self._synonyms: defaultdict[str, list[str]] = defaultdict(list)
        for group in synonyms:
            for word in group:
                self._synonyms[word] += (other for other in group if other != word)
        self._longest = max(map(len, self._synonyms), default=0)
        self._postings = self._index()
        self._rows_of: defaultdict[str, list[int]] = defaultdict(list)
        for row, entry in enumerate(self._entries):
            self._rows_of[entry.category[:4]].append(row)

    def search(
        self,
        question: str,
        on: date,
        *,
        categories: Mapping[str, float] | None = None,
        fits: Callable[[Entry], bool] = lambda _: True,
        most: int = 10,
    ) -> list[Hit]:
        """Return what answers a question best, the best first; nothing that is not valid on that day.

        `categories` are what the question may be about, by code, with probabilities 0..1.
        """
        scores = np.zeros(len(self._entries))
        terms = self._terms(question)
        for term, share in terms.items():
            self._add(scores, term, share)
        for term, share in self._meant(question, terms).items():
            self._add(scores, term, share)
        is_found = scores > 0
        for category, p in (categories or {}).items():
            scores[self._rows_of.get(category, [])] += _OF_CATEGORY * p
        scores[~is_found] = 0
        found: list[Hit] = []
        for row in np.argsort(-scores, kind="stable").tolist():
            if len(found) == most or scores[row] <= 0:
                break
            entry = self._entries[row]
            if entry.is_valid(on) and fits(entry):
                found.append(Hit(entry, float(scores[row])))
        return found

    def _add(self, scores: Floats, term: str, share: float) -> None:
        posting = self._postings.get(term)
        if posting is not None:
            scores[posting.rows] += share * posting.worth

    def _terms(self, text: str) -> dict[str, float]:
        """Return the words of a text and its pairs of characters, with what each counts."""
        words = self._cutter.search_tokens(text)
        return dict.fromkeys(_pairs(text), _PAIR) | dict.fromkeys(words, 1.0)

    def _meant(self, text: str, said: Collection[str]) -> dict[str, float]:
        """Return the words that somebody else would use for what is said, with what each counts."""
        found: dict[str, float] = {}
        for start in range(len(text)):
            for end in range(start + 1, min(start + self._longest, len(text)) + 1):
                for other in self._synonyms.get(text[start:end], ()):
                    for word in self._cutter.search_tokens(other):
                        found[word] = _SYNONYM
        return {word: share for word, share in found.items() if word not in said}

    def _index(self) -> dict[str, _Posting]:
        counts: defaultdict[str, dict[int, float]] = defaultdict(dict)
        lengths = []
        for row, entry in enumerate(self._entries):
            worth: defaultdict[str, float] = defaultdict(float)
            for text, weight in self._fields(entry):
                for term in self._terms(text):
                    worth[term] += weight
            lengths.append(len(entry.words))
            for term, weight in worth.items():
                counts[term][row] = weight
        mean = sum(lengths) / (len(lengths) or 1) or 1.0
        long = np.array([1 - _LENGTH + _LENGTH * length / mean for length in lengths])
        postings = {}
        for term, by_row in counts.items():
            rows = np.fromiter(by_row, np.int64, len(by_row))
            times = np.fromiter(by_row.values(), np.float64, len(by_row))
            rarity = log(1 + (len(lengths) - len(rows) + 0.5) / (len(rows) + 0.5))
            postings[term] = _Posting(rows, rarity * times * (_SATURATION + 1) / (times + _SATURATION * long[rows]))
        return postings

    @staticmethod
    def _fields(entry: Entry) -> tuple[tuple[str, float], ...]:
        return (entry.title, _TITLE), ("|".join(entry.keywords), _KEYWORDS), (entry.words, _BODY)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1) if text[at : at + 2].isalnum()}
