"""Fitting the span model to letters: the right run should be worth more than all others together (log-linear, AdaGrad)."""

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from models.city import City, LetterRow
from nlu.cutter import Cutter
from nlu.normalise import Normaliser
from nlu.place_words import PlaceWords
from nlu.retelling import Retelling, Told
from nlu.span_model import Numbers, pair_codes, worth_of_runs
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
    SHAPES,
    TARGETS,
    SpanWeights,
)
from nlu.span_words import BARS, MARKS, Codes, SheetReader, WordSheet

_SEED: Final = 12345
_ROUNDS: Final = 3
_AS_WRITTEN: Final = 0.5  # of the letters, which then teach the subject; told anew they teach the place
_UNTITLED: Final = 0.1
_RATE: Final = 0.05
_DECAY: Final = 1e-3
_DROPPED: Final = 0.2  # of the features in each look, so that none is relied on alone
_FEWEST: Final = 16  # words with a feature, or it is left out
_OFTEN: Final = 3  # times; a word told so often is known before anybody waits for it
_EACH: Final = 5  # looks, after which the weights are added up for their mean
_LEAST: Final = 5e-3  # a gradient below it moves nothing
_OPENING: Final = 700  # characters, as the reader reads
_BARRED: Final = np.tile([NEVER if role == INNER else 0.0 for role in range(ROLES)], len(TARGETS))
# Rows that mean nothing: of a feature dropped, unknown or absent.
_WITH_NOTHING: Final = ("words", "held", "roles", "counts", "mark_pairs", "tag_pairs")


class _Example(Struct):
    """A letter in one telling. `right` are the runs that are right (first word, length - 1) for each target, None: not to be had."""

    sheet: WordSheet
    words: Codes
    tags: Codes
    right: tuple[list[tuple[int, int]] | None, ...]


class _Table:
    """Weights with their squared gradients (AdaGrad)."""

    def __init__(self, rows: int, columns: int, *, has_nothing: bool) -> None:
        self.weights = np.zeros((rows, columns))
        self._squares = np.full((rows, columns), 0.05)
        self._has_nothing = has_nothing
        self._sum = np.zeros((rows, columns))
        self._summed = 0

    def add_up(self) -> None:
        """Let the present weights count in the mean."""
        self._sum += self.weights
        self._summed += 1

    def mean(self) -> Numbers:
        """Return the mean of the weights that were added up, or the present ones."""
        return self._sum / self._summed if self._summed else self.weights

    def learn(self, rows: Codes, gradients: Numbers) -> None:
        """Move the weights of `rows` (n, m) against `gradients` (n, columns)."""
        moving = np.abs(gradients).max(axis=1) > _LEAST
        if not moving.any():
            return
        flat, size = rows[moving].ravel(), len(self.weights)
        each = np.repeat(gradients[moving], rows.shape[1], axis=0)
        hit = np.flatnonzero(np.bincount(flat, minlength=size))
        sums = np.stack([np.bincount(flat, column, size)[hit] for column in each.T], axis=1)
        self._squares[hit] += sums * sums
        self.weights[hit] -= _RATE * (sums + _DECAY * self.weights[hit]) / np.sqrt(self._squares[hit])
        if self._has_nothing:
            self.weights[0] = 0.0


def fit_spans(city: City, letters: Sequence[LetterRow]) -> SpanWeights | None:
    """Return the weights that letters teach, None without letters. The same letters give the same weights."""
    if not letters:
        return None
    tags: dict[str, int] = {}
    features: dict[str, int] = {}
    rounds = _examples(city, letters, features, tags)
    counts = np.bincount(np.concatenate([example.words.ravel() for examples in rounds for example in examples]))
    is_kept = counts >= _FEWEST
    rows = np.where(is_kept, is_kept.cumsum(), 0)
    for example in (example for examples in rounds for example in examples):
        example.words = rows[example.words]
    vocabulary = tuple(name for name, number in features.items() if is_kept[number])
    learner = _Learner(len(vocabulary), len(tags), sum(map(len, rounds)))
    for examples in rounds:
        for example in examples:
            learner.look(example)
    met = Counter(cut for example in rounds[0] for cut in example.sheet.cuts)
    often = tuple(sorted(cut for cut, count in met.items() if count >= _OFTEN))
    return SpanWeights(learner.tables(), vocabulary, tuple(tags), often)


def _examples(
    city: City, letters: Sequence[LetterRow], features: dict[str, int], tags: dict[str, int]
) -> list[list[_Example]]:
    """Return the letters, told anew and shuffled for each round."""
    normalise, cutter, read = (
        Normaliser(city.language.fillers),
        Cutter(city.language.custom_words),
        SheetReader(PlaceWords(city)),
    )
    chance, retell = Random(_SEED), Retelling(city, _SEED)  # noqa: S311 - chance in learning, no secret
    plain = [
        Told(normalise(one.title), normalise(one.text)[:_OPENING], normalise(one.place), normalise(one.subject))
        for one in letters
    ]
    homes = [told.place for told in plain if told.place]
    rounds = []
    for _ in range(_ROUNDS):
        examples = []
        for told in chance.sample(plain, len(plain)):
            is_anew = chance.random() > _AS_WRITTEN
            if is_anew:
                told = retell(told, chance.choice(homes) if homes else "")  # noqa: PLW2901 - the same letter, told anew
            elif chance.random() < _UNTITLED:
                told = Told("", told.text, told.place, told.subject)  # noqa: PLW2901
            sheet = read(cutter.passage(told.text), cutter.passage(told.title))
            example = _example(sheet, told, read, features, tags)
            place, subject = example.right
            example.right = (place, None) if is_anew else (None, subject)
            examples.append(example)
        rounds.append([example for example in examples if example.sheet.cuts])
    return rounds


def _example(
    sheet: WordSheet, told: Told, read: SheetReader, features: dict[str, int], tags: dict[str, int]
) -> _Example:
    words = np.array(
        [[features.setdefault(one, len(features)) for one in read.features(*cut)] for cut in sheet.cuts], np.intp
    )
    numbers = np.array([tags.setdefault(tag, len(tags) + 1) for _, tag in sheet.cuts], np.intp)
    return _Example(sheet, words, numbers, tuple(_runs_of(sheet, span) for span in (told.place, told.subject)))


def _runs_of(sheet: WordSheet, span: str) -> list[tuple[int, int]] | None:
    """Return where a span stands as whole words; None where it stands only across them."""
    if not span:
        return []
    runs, at = [], sheet.text.find(span)
    while at >= 0:
        first, last = np.searchsorted(sheet.starts, at), np.searchsorted(sheet.ends, at + len(span))
        is_whole = first < len(sheet.cuts) and sheet.starts[first] == at and sheet.ends[last] == at + len(span)
        if is_whole and last - first < LONGEST:
            runs.append((int(first), int(last - first)))
        at = sheet.text.find(span, at + 1)
    return runs or None


class _Learner:
    """Looks at one example after another. What it has learnt is the mean of its second half, which hangs less on the last ones."""

    def __init__(self, words: int, tags: int, examples: int) -> None:
        self._chance = np.random.default_rng(_SEED)
        self._tags = tags
        self._summed_after = examples // 2
        self._looks = 0
        shapes = {**SHAPES, "words": (words + 1, COLUMNS), "tag_pairs": ((tags + 1) ** 2, 4)}
        self._tables = {name: _Table(*shape, has_nothing=name in _WITH_NOTHING) for name, shape in shapes.items()}

    def tables(self) -> dict[str, NDArray[np.float32]]:
        """Return the weights, of the words without the row that means nothing."""
        found = {name: table.mean().astype(np.float32) for name, table in self._tables.items()}
        found["words"] = found["words"][1:]
        return found

    def look(self, example: _Example) -> None:
        """Learn from one example."""
        sheet = example.sheet
        words = self._thinned(example.words)
        pairs = (
            ("mark_pairs", self._thinned(pair_codes(sheet.marks, MARKS)[:, None])),
            ("tag_pairs", self._thinned(pair_codes(example.tags, self._tags)[:, None])),
        )
        codes = (("held", sheet.held[:, None]), ("roles", sheet.roles[:, None]), ("counts", sheet.counts[:, None]))
        own = self._weights("words", words)
        worth = own[:, : 2 * ROLES] + sum(self._weights(*one) for one in codes)
        worth[np.fromiter((word in BARS for word, _ in sheet.cuts), bool, len(worth))] += _BARRED
        beside = self._weights(*pairs[0]) + self._weights(*pairs[1])
        starts_at = np.stack(sheet.starts_at, axis=1)
        runs = worth_of_runs(worth, beside, self._weights("starts", starts_at), self._tables["lengths"].weights)
        empty = self._tables["none"].weights[0] + own[: sheet.titled, 2 * ROLES :].sum(axis=0)
        wrong = _Wrong(runs, empty, example.right, sheet.titled)
        self._tables["words"].learn(words, wrong.words)
        for name, rows in codes:
            self._tables[name].learn(rows, wrong.words[:, : 2 * ROLES])
        for name, rows in pairs:
            self._tables[name].learn(rows, wrong.pairs)
        self._tables["starts"].learn(starts_at, wrong.begins)
        self._tables["lengths"].learn(np.arange(LONGEST)[:, None], wrong.lengths)
        self._tables["none"].learn(np.zeros((1, 1), np.intp), wrong.none)
        self._looks += 1
        if self._looks >= self._summed_after and self._looks % _EACH == 0:
            for table in self._tables.values():
                table.add_up()

    def _weights(self, name: str, rows: Codes) -> Numbers:
        found: Numbers = self._tables[name].weights[rows].sum(axis=1)
        return found

    def _thinned(self, rows: Codes) -> Codes:
        return np.where(self._chance.random(rows.shape) < _DROPPED, 0, rows)


class _Wrong:
    """How far each weight of an example is off: the gradients of the negative log-probability of what is right.

    `words` (words, columns), `pairs` (gaps, 4), `begins` (words, targets), `lengths` (lengths, targets), `none` (1, targets).
    """

    def __init__(
        self, runs: Numbers, empty: Numbers, right: tuple[list[tuple[int, int]] | None, ...], titled: int
    ) -> None:
        count = runs.shape[1]
        self.words, self.pairs = np.zeros((count, COLUMNS)), np.zeros((count + 1, 4))
        self.begins, self.lengths, self.none = np.zeros((count, 2)), np.zeros((LONGEST, 2)), np.zeros((1, 2))
        for at, runs_right in enumerate(right):
            if runs_right is not None:
                self._add(at, *_surprise(runs[at], float(empty[at]), runs_right), titled)

    def _add(self, at: int, runs: Numbers, none: float, titled: int) -> None:
        first, last, inner = _ends_of(runs)
        self.none[0, at] = none
        self.lengths[:, at] = runs.sum(axis=0)
        self.begins[:, at] = first
        self.pairs[:-1, 2 * at], self.pairs[1:, 2 * at + 1] = first, last
        own = self.words[:, ROLES * at : ROLES * (at + 1)]
        own[:-1, BEFORE], own[1:, AFTER] = first[1:], last[:-1]
        own[:, FIRST], own[:, LAST], own[:, INNER] = first, last, inner
        self.words[:titled, 2 * ROLES + at] = none


def _surprise(runs: Numbers, empty: float, right: list[tuple[int, int]]) -> tuple[Numbers, float]:
    """Return the gradients of the negative log-probability of the right runs, or of there being none: of every run, of none."""
    most = max(float(runs.max()), empty)
    odds = np.exp(runs - most)
    none = float(np.exp(empty - most))
    whole = odds.sum() + none
    odds /= whole
    none /= whole
    if not right:
        return odds, none - 1.0
    at = tuple(np.array(right).T)
    odds[at] -= odds[at] / max(float(odds[at].sum()), 1e-300)
    return odds, none


def _ends_of(gradients: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Return what the gradients of runs come to for their first, last and inner words (words,)."""
    count = len(gradients)
    first: Numbers = gradients.sum(axis=1)
    ends = np.arange(count)[:, None] + np.arange(LONGEST)
    last: Numbers = np.bincount(ends.ravel(), gradients.ravel(), count + LONGEST)[:count].astype(np.float64)
    inner: Numbers = first.cumsum() - (last.cumsum() - last)
    return first, last, inner
