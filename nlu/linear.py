"""A linear model over counted n-grams: several answers (heads) from one look at the text, in numpy alone."""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from models.errors import HotlineError
from nlu.ngrams import Counted, Grams
from nlu.pair_weights import PairWeights
from nlu.span_weights import SpanWeights

Floats = NDArray[np.float32]

_WEIGHTS_FILE: Final = "weights.npz"
_MODEL_FILE: Final = "model.json"
# A title names the matter where a long letter tells how it came about.
TITLE_SHARE: Final = 0.3
_ARRAYS: Final = ("vocabulary", "frequency", "weights", "bias")


class UnusableModel(HotlineError):
    """The model folder is missing, damaged or of another make."""

    code = "unusable_model"
    status = 503


class Head(Struct, frozen=True):
    """One question the model answers: its labels, the columns they own, and how sharp its scores are.

    Probabilities are the softmax of scores times `sharpness`, fitted on texts the model had not seen.
    """

    labels: tuple[str, ...]
    first: int
    sharpness: float


class Guarantee(Struct, frozen=True, kw_only=True):
    """With `confidence` at most `error` of what clears its category's bar has a wrong lead.

    Tested on `rows` requests, of which `dispatched` cleared the bar and `wrong` had a wrong lead. A category that has no
    bar never goes out by itself.
    """

    error: float
    confidence: float
    laxity: float
    rows: int
    dispatched: int
    wrong: int
    bars: dict[str, float]


class _Stored(Struct, frozen=True):
    version: str
    heads: dict[str, Head]
    guarantee: Guarantee | None = None
    left_out: tuple[str, ...] | None = None


class LinearModel:
    """TF-IDF weights of n-grams for each label. Read-only; safe between threads.

    `vocabulary` (n-grams,) is ascending, packed as in nlu.ngrams. `weights` is float32 (n-grams × labels of all heads)
    with the inverse document frequency in it, `bias` (labels,). `guarantee` tells which requests may go out without a
    person's look (nlu.guarantee); without it, none. `left_out` are words that are not counted; None where runs are
    counted across words. `spans` finds place and subject, where letters taught it; `pairs` weighs what two requests share.
    """

    def __init__(  # noqa: PLR0913 - what a model folder holds
        self,
        vocabulary: Grams,
        frequency: Floats,
        weights: Floats,
        bias: Floats,
        heads: Mapping[str, Head],
        version: str,
        *,
        guarantee: Guarantee | None = None,
        left_out: frozenset[str] | None = None,
        spans: SpanWeights | None = None,
        pairs: PairWeights | None = None,
    ) -> None:
        self.vocabulary = vocabulary
        self.frequency = frequency
        self.weights = weights
        self.bias = bias
        self.heads = dict(heads)
        self.version = version
        self.guarantee = guarantee
        self.left_out = left_out
        self.spans = spans
        self.pairs = pairs

    def scores(self, counts: Counted) -> Floats:
        """Return the score of every label of every head (labels,)."""
        rows, values = self.features(counts)
        if not rows.size:
            return self.bias
        scores: Floats = values @ self.weights.take(rows, axis=0) + self.bias
        return scores

    def features(self, counts: Counted) -> tuple[NDArray[np.intp], Floats]:
        """Return the rows of the n-grams that the model knows, ascending, and their values: a vector of unit length."""
        rows, times = known(self.vocabulary, counts)
        values: Floats = (1 + np.log(times, dtype=np.float32)) * self.frequency[rows]
        if rows.size:
            values /= np.sqrt(values @ values)
        return rows, values

    def of_head(self, scores: Floats, head: str, bonus: Floats | None = None) -> tuple[Sequence[str], Floats]:
        """Return the labels of a head and their logits (log-probabilities up to a constant).

        `bonus` is added to the scores of the labels, before they are sharpened.
        """
        about = self.heads[head]
        own = scores[about.first : about.first + len(about.labels)]
        logits: Floats = (own if bonus is None else own + bonus) * np.float32(about.sharpness)
        return about.labels, logits

    def column(self, head: str, label: str) -> int:
        """Return the column of `weights` that a label of a head owns. ValueError if the head does not have it."""
        return self.heads[head].first + self.heads[head].labels.index(label)

    def save(self, folder: Path) -> None:
        """Write the model as npz and JSON; nothing in it can run code when it is read."""
        folder.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            folder / _WEIGHTS_FILE,
            vocabulary=self.vocabulary,
            frequency=self.frequency,
            weights=self.weights.astype(np.float16),
            bias=self.bias,
        )
        if self.spans is not None:
            self.spans.save(folder)
        if self.pairs is not None:
            self.pairs.save(folder)
        left_out = None if self.left_out is None else tuple(sorted(self.left_out))
        stored = _Stored(self.version, self.heads, self.guarantee, left_out)
        (folder / _MODEL_FILE).write_bytes(msgspec.json.encode(stored))

    @classmethod
    def load(cls, folder: Path) -> "LinearModel":
        """Read a model that `save` wrote. UnusableModel if it is not there or damaged."""
        try:
            stored = msgspec.json.decode((folder / _MODEL_FILE).read_bytes(), type=_Stored)
            with np.load(folder / _WEIGHTS_FILE, allow_pickle=False) as arrays:
                vocabulary, frequency, weights, bias = (arrays[name] for name in _ARRAYS)
            spans = SpanWeights.load(folder)
            pairs = PairWeights.load(folder)
        except (OSError, ValueError, KeyError, BadZipFile, zlib.error, msgspec.MsgspecError) as error:
            raise UnusableModel(f"分类模型不可用（{folder}）：{error}，请重新训练") from error
        if weights.shape != (len(vocabulary), len(bias)) or len(frequency) != len(vocabulary):
            raise UnusableModel(f"分类模型不可用（{folder}）：文件不成套，请重新训练")
        left_out = None if stored.left_out is None else frozenset(stored.left_out)
        return cls(
            vocabulary,
            frequency,
            weights.astype(np.float32),
            bias,
            stored.heads,
            stored.version,
            guarantee=stored.guarantee,
            left_out=left_out,
            spans=spans,
            pairs=pairs,
        )


def weighed(scores: Floats, title_scores: Floats | None) -> Floats:
    """Return the scores of a text with those of its title, where it has one; any shape, both the same."""
    return scores if title_scores is None else scores + np.float32(TITLE_SHARE) * title_scores


def known(vocabulary: Grams, counts: Counted) -> tuple[NDArray[np.intp], Floats]:
    """Return the rows of the n-grams that a vocabulary has, ascending, and how often each occurs."""
    if not vocabulary.size:
        return np.empty(0, np.intp), np.empty(0, np.float32)
    rows = vocabulary.searchsorted(counts.grams)
    is_known = vocabulary.take(rows, mode="clip") == counts.grams
    return rows[is_known], counts.times[is_known]


def softmax(logits: Floats) -> Floats:
    """Return probabilities that sum to one."""
    odds: Floats = np.exp(logits - np.maximum.reduce(logits))
    odds /= np.add.reduce(odds)
    return odds
