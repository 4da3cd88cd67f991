"""Signs that a text may bear, each a question of its own: dangers, reasons why it is out of scope, that it is urgent."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.svm import LinearSVC

from models.city import City, CorpusRow, DangerRow, OutsideRow
from models.vocabulary import Urgency
from nlu.fitting import SEED
from nlu.flags import FlagRules, flags_of
from nlu.heads import FLAG, REAL, SCOPE, URGENT
from nlu.linear import Floats

_WEIGHT_OF_DANGER: Final = 4  # a danger missed costs more than one falsely seen
_SHARE_OF_ORDINARY: Final = (
    0.02  # what an ordinary text says of unreal dangers, beside one that was written to sound like one
)


class Signs(Struct, frozen=True):
    """Signs to fit, each a question of its own: `is_there` and `counts` (rows, signs), the latter where the former is known.

    `shares` (rows,) is what each row counts for, None where all count alike.
    """

    head: str
    names: tuple[str, ...]
    is_there: NDArray[np.bool_]
    counts: NDArray[np.bool_]
    weight: float  # what a miss costs beside a false alarm
    shares: NDArray[np.float32] | None = None


def urgent_sign(ordinary: Sequence[CorpusRow], rows: int) -> Signs:
    """Return whether it is urgent at all, to fit on the ordinary rows, which come first of all `rows`."""
    is_there = np.zeros((rows, 1), dtype=bool)
    is_there[: len(ordinary), 0] = [row.urgency <= Urgency.URGENT for row in ordinary]
    counts = np.zeros_like(is_there)
    counts[: len(ordinary)] = True
    return Signs(URGENT, (URGENT,), is_there, counts, _WEIGHT_OF_DANGER)


def flag_signs(city: City, texts: Sequence[str], dangers: Sequence[DangerRow], start: int) -> Signs:
    """Return the flags to fit; the dangers begin at row `start`, and after them come only rows that do not count.

    An ordinary text on which a rule fires shows neither that the flag is raised nor that it is not.
    """
    flags = tuple(sorted({str(row.flags[0]) for row in dangers}))
    rules = FlagRules(city.flags)
    is_there = np.zeros((len(texts), len(flags)), dtype=bool)
    counts = np.zeros_like(is_there)
    counts[: start + len(dangers)] = True
    for row, text in enumerate(texts[:start]):
        counts[row, [flags.index(flag) for flag in flags_of(rules.find(text)) if flag in flags]] = False
    for row, danger in enumerate(dangers, start):
        is_there[row, [flags.index(flag) for flag in danger.flags if flag in flags]] = danger.is_raised
    return Signs(FLAG, flags, is_there, counts, _WEIGHT_OF_DANGER)


def real_sign(flags: Signs, start: int) -> Signs:
    """Return whether a danger that is spoken of is real, to fit on the rows of `flags`; the dangers begin at row `start`.

    Films, drills, figures of speech, what is long settled and mere questions sound alike whatever the danger, so that
    one sign learns them from all of them. Ordinary texts on which no rule fires are of no danger.
    """
    is_there: NDArray[np.bool_] = np.any(flags.is_there, axis=1)
    counts: NDArray[np.bool_] = np.all(flags.counts, axis=1)
    shares = np.ones(len(is_there), dtype=np.float32)
    shares[:start] = _SHARE_OF_ORDINARY
    return Signs(REAL, (REAL,), is_there[:, np.newaxis], counts[:, np.newaxis], weight=1, shares=shares)


def scope_signs(texts: Sequence[str], outside: Sequence[OutsideRow], ordinary: int, start: int) -> Signs:
    """Return the reasons to fit; the first `ordinary` rows are all in scope, the others begin at row `start`."""
    reasons = tuple(sorted({row.reason for row in outside if row.reason is not None}))
    is_there = np.zeros((len(texts), len(reasons)), dtype=bool)
    counts = np.zeros_like(is_there)
    counts[:ordinary] = True
    for place, row in enumerate(outside, start):
        counts[place] = True
        if row.reason is not None:
            is_there[place, reasons.index(row.reason)] = True
    return Signs(SCOPE, reasons, is_there, counts, _WEIGHT_OF_DANGER)


def fit_signs(matrix: csr_matrix, signs: Signs) -> tuple[Floats, Floats]:
    """Return weights (n-grams × signs) and offsets (signs,)."""
    columns, offsets = [], []
    for index in range(len(signs.names)):
        known = signs.counts[:, index]
        model = LinearSVC(C=1.0, class_weight={True: signs.weight}, random_state=SEED)
        shares = None if signs.shares is None else signs.shares[known]
        model.fit(matrix[known], signs.is_there[known, index], sample_weight=shares)
        columns.append(model.coef_[0])
        offsets.append(model.intercept_[0])
    return np.array(columns, dtype=np.float32).T, np.array(offsets, dtype=np.float32)
