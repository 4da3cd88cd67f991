"""How alike two requests are (相似度), from fingerprints that say nothing without the key.

A fingerprint is a banded min-hash: two-character shingles are mixed with secret 64-bit parameters, each
of 32 functions keeps its minimum, and each pair of minima becomes one number by keyed BLAKE2b. Whoever reads
the stored numbers can neither invert them nor try out sentences without the key.
"""

import re
from collections.abc import Sequence
from hashlib import blake2b
from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

BANDS: Final = 16
_ROWS: Final = 2
_BAND_BYTES: Final = 8
_WORD_BITS: Final = np.uint64(32)
_SHINGLE_SHIFT: Final = np.uint64(21)
# Marks, blanks and digits differ between two calls about one matter; grammatical characters are in all.
_IGNORED: Final = re.compile(r"[^\u3400-\u9fffA-Za-z]|[的了是在我们你他这那也都就和有]")
_LONGEST: Final = 4000

_Words = NDArray[np.uint64]


class Fingerprinter:
    """Takes fingerprints under one key (16..64 bytes). Fingerprints under other keys cannot be compared."""

    def __init__(self, key: bytes) -> None:
        self._key = key[:64]
        need = BANDS * _ROWS * 2
        stream = b"".join(
            blake2b(block.to_bytes(4, "big"), key=self._key, person=b"hub-minhash").digest()
            for block in range(need // 8)
        )
        parameters = np.frombuffer(stream, dtype=np.uint64)
        self._add: _Words = parameters[: need // 2, None].copy()
        self._multiply: _Words = parameters[need // 2 :, None] | np.uint64(1)
        self._bands = tuple(
            blake2b(key=self._key, digest_size=_BAND_BYTES, person=position.to_bytes(2, "big"))
            for position in range(BANDS)
        )

    def __call__(self, text: str) -> tuple[int, ...]:
        """Return 16 signed 64-bit numbers for a text, or none for a text without two characters to compare.

        Every number belongs to its position, so that two texts resemble each other only if numbers are
        equal wherever they stand: a set overlap finds the candidates.
        """
        kept = _IGNORED.sub("", text[:_LONGEST])
        codes = np.frombuffer(kept.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        if codes.size <= 1:
            return ()
        shingles = np.unique((codes[:-1] << _SHINGLE_SHIFT) | codes[1:])
        mixed = (shingles[None, :] + self._add) * self._multiply
        mixed ^= mixed >> _WORD_BITS
        mixed *= self._multiply
        minima = mixed.min(axis=1).tobytes()
        size = len(minima) // BANDS
        keyed = []
        for position, fresh in enumerate(self._bands):
            digest = fresh.copy()
            digest.update(minima[position * size : (position + 1) * size])
            keyed.append(digest.digest())
        return tuple(np.frombuffer(b"".join(keyed), dtype=">i8").tolist())


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimate how much of two texts is the same, 0..1 (Jaccard of two-character shingles).

    Both must be fingerprints under the same key. Nothing resembles a text without a fingerprint.
    """
    if not one or not other:
        return 0.0
    equal = sum(a == b for a, b in zip(one, other, strict=False))
    return sqrt(equal / BANDS)
