"""Pairs of neighbouring characters and how much each says of a request: a pair that few requests share says most."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Pairs = NDArray[np.int64]
Units = NDArray[np.int64]

UNITS: Final = 12  # units of weight in one e-fold of rarity
MOST: Final = 127  # units
_LEAST: Final = 4
_FILE: Final = "pairs.npz"
CHARACTER_BITS: Final = 21
# A house number, a bus line or a firm's name in letters is one sign: 405 is not 40 and 05.
_RUN: Final = re.compile("[A-Za-z0-9]+")
_SIGNS: Final = 0xF0000
_MOST_SIGNS: Final = 0xFFFE
_CHARACTERS: Final = 0x110000  # of Unicode
# Pseudonymised districts (A3区) and their like stand in every other request.
_ADMIN: Final = re.compile("[A-Z][0-9]{0,2}[省市区县]")
# Grammatical characters are in all requests.
_LEFT_OUT: Final = "的了是在我你他她们这那也都就和有"


def _counted() -> NDArray[np.bool_]:
    counted = np.zeros(_CHARACTERS, np.bool_)
    counted[0x3400:0xA000] = counted[_SIGNS:] = True
    counted[[ord(one) for one in _LEFT_OUT]] = False
    return counted


_COUNTED: Final = _counted()


def pairs_of(text: str) -> tuple[Pairs, NDArray[np.intp], NDArray[np.intp]]:
    """Return the pairs of a normalised text in their order, packed in one number each, and where their two signs begin (pairs,)."""
    plain = _ADMIN.sub(_blank, text)
    coded = _RUN.sub(_sign, plain)
    codes = np.frombuffer(coded.encode("utf-32-le", "surrogatepass"), np.uint32)
    places = _COUNTED.take(codes).nonzero()[0]
    counted = codes.take(places).astype(np.int64)
    return counted[:-1] << CHARACTER_BITS | counted[1:], places[:-1], places[1:]


class PairWeights:
    """The weight of every pair of two texts or more of a corpus, in units, and of one that it has not (`unknown`).

    `vocabulary` (pairs,) is ascending.
    """

    def __init__(self, vocabulary: Pairs, weights: Units, unknown: int) -> None:
        self.vocabulary = vocabulary
        self.weights = weights
        self.unknown = unknown

    def of(self, pairs: Pairs) -> Units:
        """Return the weights of pairs (pairs,)."""
        if not self.vocabulary.size:
            return np.full(len(pairs), self.unknown, np.int64)
        rows = self.vocabulary.searchsorted(pairs)
        known = self.vocabulary.take(rows, mode="clip") == pairs
        weights: Units = np.where(known, self.weights.take(rows, mode="clip"), self.unknown)
        return weights

    def save(self, folder: Path) -> None:
        """Write the weights beside the model's."""
        np.savez_compressed(
            folder / _FILE,
            vocabulary=self.vocabulary,
            weights=self.weights.astype(np.uint8),
            unknown=np.array(self.unknown),
        )

    @classmethod
    def load(cls, folder: Path) -> "PairWeights | None":
        """Read what `save` wrote; None where nothing was. ValueError if it is damaged."""
        if not (folder / _FILE).exists():
            return None
        with np.load(folder / _FILE, allow_pickle=False) as arrays:
            return cls(arrays["vocabulary"], arrays["weights"].astype(np.int64), int(arrays["unknown"]))


def fit_pairs(texts: Iterable[str]) -> PairWeights:
    """Return the weights of the pairs of normalised texts: the logarithm of how few of them have it."""
    every = [np.unique(pairs_of(text)[0]) for text in texts]
    vocabulary, numbers = np.unique(np.concatenate([*every, np.empty(0, np.int64)]), return_counts=True)
    kept = numbers > 1
    weights = _units(np.log(len(every) / (1.0 + numbers[kept])))
    return PairWeights(vocabulary[kept], weights, int(_units(np.log(np.array([max(len(every), 1.0)])))[0]))


def _units(weights: NDArray[np.float64]) -> Units:
    return np.clip(np.rint(weights * UNITS), _LEAST, MOST).astype(np.int64)


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _sign(found: re.Match[str]) -> str:
    return chr(_SIGNS + crc32(found[0].upper().encode()) % _MOST_SIGNS) + " " * (len(found[0]) - 1)
