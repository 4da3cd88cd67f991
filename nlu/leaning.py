"""How a kind leans on what the matter is: unlicensed building is mostly reported, a dark street lamp asks for help.

The lean is linear in the scores of the categories, so that it goes into the weights of the kinds and costs nothing to read.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from nlu.linear import Floats

_SHARE: Final = 0.07  # of the log-odds, in units of the model's scores
_WEIGHT_OF_ALL: Final = 10  # rows of every category that speak with a category's own


class Matters(Struct, frozen=True):
    """The fitted categories: the rows they were fitted to, ascending, scores blind to each row, weights and offsets."""

    labels: Sequence[str]
    rows: NDArray[np.int64]
    scores: Floats
    columns: Floats
    offsets: Floats


def lean_of(codes: Sequence[str], truth: NDArray[np.int64], categories: Sequence[str], kinds: int) -> Floats:
    """Return what a category's score adds to each kind's (categories, kinds), from rows of known category and kind."""
    seen = np.zeros((len(categories), kinds))
    of = np.array([categories.index(code) for code in codes])
    np.add.at(seen, (of, truth[: len(codes)]), 1)
    common = seen.sum(axis=0) / seen.sum()
    share = (seen + _WEIGHT_OF_ALL * common) / (seen.sum(axis=1, keepdims=True) + _WEIGHT_OF_ALL)
    lift = np.log(share / common)
    lean: Floats = (_SHARE * (lift - lift.mean(axis=0))).astype(np.float32)
    return lean


def leaning(
    matters: Matters, lean: Floats, rows: NDArray[np.int64], fitted: tuple[Floats, Floats], scores: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return weights, offsets and scores of the kinds with the lean in them; the categories know all of `rows`."""
    columns, offsets = fitted
    known = matters.scores[np.searchsorted(matters.rows, rows)]
    return columns + matters.columns @ lean, offsets + matters.offsets @ lean, scores + known @ lean
