"""Fitting a model to labels of somebody's own (hotline nlu train), and saying honestly how good it is.

Some rows may come raw, others cut into words with the grammatical words left out. A raw row is brought to the form of the
others: cut, without the words that raw rows have and cut ones never.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from models.errors import InvalidRequest
from nlu.fitting import SEED, fit_head, matrix_of, sharpness_of
from nlu.heads import LABEL
from nlu.linear import Floats, Head, LinearModel, known
from nlu.ngrams import Counted, Grams
from nlu.word_runs import counted_words, words_of

_REGULARISATION: Final = 1.0
_RARITY: Final = 1.5  # how much more a rare run counts than by its plain inverse document frequency
_TELLING: Final = 0.5  # and one that tells of a label, than by how much more often it is met under it than elsewhere
_LEAST_TELLING: Final = 0.01  # a text of nothing but what tells nothing still has a length
_FEWEST_ROWS: Final = 50  # from here on a run or word of one row only tells nothing
_FOLDS: Final = 5
_MOST_JUDGED: Final = 2_000  # rows; every one is compared with every row
_BLOCK: Final = 200  # rows compared at a time, for memory
_SAME_MESSAGE: Final = 0.7  # cosine


class LabelledText(Struct, frozen=True, kw_only=True):
    """One row of labels of one's own. A text that is cut already has one word a line."""

    text: str
    label: str
    is_cut: bool = False


class OwnLabelsReport(Struct, frozen=True, kw_only=True):
    """What was fitted, and how good it is on rows that it had not seen in any form.

    `judged` rows were judged in five folds: the raw ones, if there are any. `macro_f1` is the mean of the folds with its
    `standard_error`, `accuracy` is over all judged rows; None where a label has too few rows. `peak_mb` is the process's.
    """

    rows: int
    features: int
    labels: int
    judged: int
    macro_f1: float | None
    standard_error: float | None
    accuracy: float | None
    seconds: float
    peak_mb: int
    version: str


class _Rows(Struct, frozen=True):
    """The rows to learn from. `truth` (rows,) is each one's place in `labels`."""

    words: Sequence[tuple[str, ...]]
    is_cut: NDArray[np.bool_]
    labels: tuple[str, ...]
    truth: NDArray[np.int64]


class _Fitted(Struct, frozen=True):
    """What was learnt. `rarity` (runs,) is what `frequency` is without what labels tell, for comparing texts."""

    left_out: frozenset[str]
    vocabulary: Grams
    rarity: Floats
    frequency: Floats
    weights: Floats
    bias: Floats


class _Judged(Struct, frozen=True):
    """Rows that were judged: their place, the scores of each (rows, labels), and the macro-F1 of each fold."""

    rows: NDArray[np.int64]
    scores: Floats
    macro_f1: NDArray[np.float64]


def labelled(rows: Iterable[Mapping[str, str]]) -> Iterator[LabelledText]:
    """Read rows with `text`, or `tokens` parted by blanks, and `label` or `code`."""
    for row in rows:
        text = row.get("text") or ""
        tokens = "" if text else "\n".join((row.get("tokens") or "").split())
        yield LabelledText(text=text or tokens, label=row.get("label") or row.get("code") or "", is_cut=bool(tokens))


def train_labels(rows: Iterable[LabelledText], folder: Path) -> OwnLabelsReport:
    """Fit one head to labels of somebody's own, judge it and write the model to a folder.

    InvalidRequest if there are fewer than two labels.
    """
    started = perf_counter()
    every = _read(rows)
    counts, fitted = _fit(every, np.arange(len(every.truth)))
    judged = _judge(every, matrix_of(counts, fitted.vocabulary, fitted.rarity))
    scores, truth = (judged.scores, every.truth[judged.rows]) if judged else (None, every.truth)
    head = Head(every.labels, 0, sharpness_of(scores, truth))
    version = sha256(fitted.weights.tobytes() + fitted.vocabulary.tobytes()).hexdigest()[:12]
    arrays = (fitted.vocabulary, fitted.frequency, fitted.weights, fitted.bias)
    LinearModel(*arrays, {LABEL: head}, version, left_out=fitted.left_out).save(folder)
    return OwnLabelsReport(
        rows=len(every.truth),
        features=len(fitted.vocabulary),
        labels=len(every.labels),
        judged=len(judged.rows) if judged else 0,
        macro_f1=round(float(judged.macro_f1.mean()), 4) if judged else None,
        standard_error=round(float(judged.macro_f1.std(ddof=1) / _FOLDS**0.5), 4) if judged else None,
        accuracy=round(float((judged.scores.argmax(axis=1) == truth).mean()), 4) if judged else None,
        seconds=round(perf_counter() - started, 1),
        peak_mb=getrusage(RUSAGE_SELF).ru_maxrss // 1024,
        version=version,
    )


def _read(rows: Iterable[LabelledText]) -> _Rows:
    examples = [row for row in rows if row.text.strip() and row.label]
    labels = tuple(sorted({row.label for row in examples}))
    if len(labels) < 2:
        raise InvalidRequest("训练数据至少要有两种标签")
    return _Rows(
        [words_of(row.text, is_cut=row.is_cut) for row in examples],
        np.array([row.is_cut for row in examples]),
        labels,
        np.array([labels.index(row.label) for row in examples]),
    )


def _fit(rows: _Rows, part: NDArray[np.int64]) -> tuple[list[Counted], _Fitted]:
    """Fit to some rows. Return all rows as that fit counts them, and the fit."""
    left_out = _left_out(rows, part)
    counts = [counted_words([word for word in words if word not in left_out]) for words in rows.words]
    seen, numbers = np.unique(np.concatenate([counts[row].grams for row in part]), return_counts=True)
    kept = numbers >= (2 if len(part) >= _FEWEST_ROWS else 1)
    vocabulary = seen[kept]
    rarity = ((np.log((1 + len(part)) / (1 + numbers[kept])) + 1) ** _RARITY).astype(np.float32)
    frequency = rarity * _telling(rows, part, counts, vocabulary) ** _TELLING
    matrix = matrix_of([counts[row] for row in part], vocabulary, frequency)
    weights, bias = fit_head(matrix, rows.truth[part], len(rows.labels), _REGULARISATION)
    return counts, _Fitted(left_out, vocabulary, rarity, frequency, weights, bias)


def _telling(rows: _Rows, part: NDArray[np.int64], counts: Sequence[Counted], vocabulary: Grams) -> Floats:
    """Return how much more or less often a run is met under the label that it tells most of than under all others, in e-folds."""
    met = np.zeros((len(rows.labels), len(vocabulary)))
    for label, of_label in enumerate(met):
        own = part[rows.truth[part] == label]
        grams, times = np.unique(np.concatenate([counts[row].grams for row in own]), return_counts=True)
        at, known_times = known(vocabulary, Counted(grams, times.astype(np.float32)))
        of_label[at] = known_times
    here, elsewhere = (1 + times for times in (met, met.sum(axis=0) - met))
    odds = np.log(here / here.sum(axis=1, keepdims=True)) - np.log(elsewhere / elsewhere.sum(axis=1, keepdims=True))
    telling: Floats = np.abs(odds).max(axis=0).clip(_LEAST_TELLING).astype(np.float32)
    return telling


def _left_out(rows: _Rows, part: NDArray[np.int64]) -> frozenset[str]:
    """Return the words that raw rows have (two or more of them) and cut rows never; none without cut rows."""
    raw, cut = part[~rows.is_cut[part]], part[rows.is_cut[part]]
    if not cut.size:
        return frozenset()
    known = {word for row in cut for word in rows.words[row]}
    common = Counter(word for row in raw for word in {*rows.words[row]} - known)
    return frozenset(word for word, number in common.items() if number > 1)


def _judge(rows: _Rows, matrix: csr_matrix) -> _Judged | None:
    """Judge the raw rows, or all where none is raw, in folds; None where a label has too few.

    What is the same message as a row of the fold, raw or cut, takes no part in the fit that judges it.
    """
    judged = np.flatnonzero(~rows.is_cut) if not rows.is_cut.all() else np.arange(len(rows.truth))
    judged = np.sort(np.random.default_rng(SEED).permutation(judged)[:_MOST_JUDGED])
    truth = rows.truth[judged]
    if np.bincount(truth, minlength=len(rows.labels)).min() < _FOLDS:
        return None
    scores = np.zeros((len(judged), len(rows.labels)), dtype=np.float32)
    macro_f1 = []
    for _, fold in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(judged, truth):
        part = np.flatnonzero(~_same_messages(matrix, judged[fold]))
        if len(set(rows.truth[part])) < len(rows.labels):
            return None
        counts, fitted = _fit(rows, part)
        unseen = matrix_of([counts[row] for row in judged[fold]], fitted.vocabulary, fitted.frequency)
        scores[fold] = unseen @ fitted.weights + fitted.bias
        macro_f1.append(f1_score(truth[fold], scores[fold].argmax(axis=1), average="macro"))
    return _Judged(judged, scores, np.array(macro_f1))


def _same_messages(matrix: csr_matrix, fold: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of every row whether it is in a fold or the same message as one there: cut, copied, or sent again."""
    is_same = np.zeros(matrix.shape[0], dtype=bool)
    is_same[fold] = True
    for start in range(0, len(fold), _BLOCK):
        near = matrix @ matrix[fold[start : start + _BLOCK]].T
        is_same |= near.max(axis=1).toarray().ravel() >= _SAME_MESSAGE
    return is_same
