"""The arithmetic of fitting: which n-grams count, rows as the model sees them, one linear answer, how sharp it is."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack
from sklearn.model_selection import StratifiedKFold
from sklearn.svm import LinearSVC

from nlu.linear import Floats, known
from nlu.ngrams import Counted, Grams

SEED: Final = 12345
_REGULARISATION: Final = 0.3
_FOLDS: Final = 3
_MOST_FEATURES: Final = 70_000
_SHARPNESSES: Final = tuple(float(value) for value in np.geomspace(0.5, 20, 60))
_UNKNOWN_SHARPNESS: Final = 3.0

# How the weights and offsets that were fitted to some rows score others: (weights, offsets, rows) -> (rows, labels).
Scoring = Callable[[Floats, Floats, NDArray[np.int64]], Floats]


def vocabulary_of(counts: Sequence[Counted]) -> tuple[Grams, Floats]:
    """Return the n-grams of two texts or more (the commonest, if there are too many) and their weight."""
    every, numbers = np.unique(np.concatenate([count.grams for count in counts]), return_counts=True)
    fewest = 2 if len(counts) > _FOLDS * 10 else 1
    # Stable, so that of equally common ones always the same are kept.
    kept = np.sort(np.argsort(-numbers, kind="stable")[:_MOST_FEATURES])
    kept = kept[numbers[kept] >= fewest]
    frequency: Floats = np.log((1 + len(counts)) / (1 + numbers[kept])).astype(np.float32) + np.float32(1)
    return every[kept], frequency


def matrix_of(counts: Sequence[Counted], vocabulary: Grams, frequency: Floats) -> csr_matrix:
    """Return the rows as LinearModel.scores sees them: (1 + log count) × frequency, of unit length."""
    indices, values, ends = [], [], [0]
    for count in counts:
        rows, times = known(vocabulary, count)
        row = (1 + np.log(times)) * frequency[rows]
        indices.append(rows)
        values.append(row / (np.sqrt(row @ row) or 1.0))
        ends.append(ends[-1] + len(rows))
    shape = (len(counts), len(vocabulary))
    return csr_matrix((np.concatenate(values), np.concatenate(indices), ends), shape=shape, dtype=np.float64)


class Besides(NamedTuple):
    """Texts that every fit of a head learns from and none is judged by: their features (rows, n-grams) and labels (rows,)."""

    matrix: csr_matrix
    truth: NDArray[np.int64]


def fit_head(
    matrix: csr_matrix,
    truth: NDArray[np.int64],
    labels: int,
    regularisation: float = _REGULARISATION,
    besides: Besides | None = None,
) -> tuple[Floats, Floats]:
    """Return weights (n-grams × labels) and offsets (labels,)."""
    if besides is not None:
        matrix, truth = vstack((matrix, besides.matrix), format="csr"), np.concatenate((truth, besides.truth))
    model = LinearSVC(C=regularisation, random_state=SEED).fit(matrix, truth)
    columns = model.coef_.T.astype(np.float32)
    offsets = model.intercept_.astype(np.float32)
    if labels == 2:
        columns, offsets = np.hstack([-columns, columns]), np.hstack([-offsets, offsets])
    return columns, offsets


def out_of_fold(
    matrix: csr_matrix,
    truth: NDArray[np.int64],
    labels: int,
    score: Scoring,
    besides: Besides | None = None,
) -> Floats | None:
    """Return the scores of every row by a model that has not seen it (rows, labels); None where a label is too rare."""
    if np.bincount(truth, minlength=labels).min() < _FOLDS:
        return None
    scores = np.zeros((len(truth), labels), dtype=np.float32)
    for seen, unseen in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(matrix, truth):
        columns, offsets = fit_head(matrix[seen], truth[seen], labels, besides=besides)
        scores[unseen] = score(columns, offsets, unseen)
    return scores


def sharpness_of(scores: Floats | None, truth: NDArray[np.int64]) -> float:
    """Return the sharpness under which texts that the model has not seen are least surprising."""
    if scores is None:
        return _UNKNOWN_SHARPNESS
    return min(_SHARPNESSES, key=lambda value: _surprise(scores, truth, value))


def _surprise(scores: Floats, truth: NDArray[np.int64], sharpness: float) -> float:
    """Return the mean negative log-probability of the truth."""
    logits = scores * sharpness
    logits -= logits.max(axis=1, keepdims=True)
    chosen = logits[np.arange(len(truth)), truth] - np.log(np.exp(logits).sum(axis=1))
    return float(-chosen.mean())
