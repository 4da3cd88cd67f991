"""A logistic model, fitted by Newton's steps, and how good its probabilities are."""

from __future__ import annotations

from typing import Final, TypeAlias

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
_STEPS: Final = 50
_CLOSE: Final = 1e-8
_FARTHEST: Final = 30.0
# How strongly a weight is drawn to nothing, in standard deviations of its feature: one case for each.
_RIDGE: Final = 1.0


class Logistic(Struct, frozen=True):
    """Weights of standardised features, the constant first; `covariance` is how unsure they are."""

    mean: list[float]
    scale: list[float]
    weights: list[float]
    covariance: list[list[float]]

    def log_odds(self, features: Floats) -> tuple[Floats, Floats]:
        """Return the log odds of each row, and their variance by the unsureness of the weights."""
        rows = _with_constant((features - np.array(self.mean)) / np.array(self.scale))
        variance = np.einsum("ij,jk,ik->i", rows, np.array(self.covariance), rows)
        return rows @ np.array(self.weights), variance


class Bin(Struct, frozen=True):
    """Of `n` cases that were said to have about the chance `said`, the share `came` came true."""

    n: int
    said: float
    came: float


def fit(features: Floats, came: Floats, cases: int) -> Logistic:
    """Fit to rows of features and what came of each (0 or 1); rows of one case are alike, so that only `cases` tell something new."""
    mean = features.mean(axis=0)
    spread = features.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    rows = _with_constant((features - mean) / scale)
    drawn = np.full(rows.shape[1], _RIDGE)
    drawn[0] = 1e-6
    found = np.zeros(rows.shape[1])
    for _ in range(_STEPS):
        chance = probability(rows @ found)
        slope = rows.T @ (came - chance) - drawn * found
        bend = (rows.T * (chance * (1 - chance))) @ rows + np.diag(drawn)
        step = np.linalg.solve(bend, slope)
        found += np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < _CLOSE:
            break
    chance = probability(rows @ found)
    bend = (rows.T * (chance * (1 - chance))) @ rows + np.diag(drawn)
    covariance = np.linalg.inv(bend) * len(rows) / cases
    return Logistic(mean.tolist(), scale.tolist(), found.tolist(), covariance.tolist())


def probability(log_odds: Floats) -> Floats:
    """Return the probabilities of log odds."""
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -_FARTHEST, _FARTHEST))))


def ranking(said: Floats, came: Floats) -> float | None:
    """AUC: how often one that came true was said to be likelier than one that did not; None where there are not both."""
    yes, no = int(came.sum()), int(len(came) - came.sum())
    if not yes or not no:
        return None
    _, place, many = np.unique(said, return_inverse=True, return_counts=True)
    # Those that share a value share the mean of their ranks.
    ranks = (np.cumsum(many) - (many - 1) / 2)[place]
    return float((ranks[came == 1].sum() - yes * (yes + 1) / 2) / (yes * no))


def reliability(said: Floats, came: Floats, bins: int = 10) -> list[Bin]:
    """Group cases of like chance, as many in each, and say what came of them."""
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return [Bin(len(part), float(said[part].mean()), float(came[part].mean())) for part in parts]


def miscalibration(found: list[Bin]) -> float | None:
    """How far what was said lies from what came, in the mean over all cases; None where there are none."""
    cases = sum(one.n for one in found)
    return sum(one.n * abs(one.said - one.came) for one in found) / cases if cases else None


def _with_constant(rows: Floats) -> Floats:
    return np.hstack([np.ones((len(rows), 1)), rows])
