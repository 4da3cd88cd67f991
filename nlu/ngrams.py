"""What the classifier sees of a text: runs of one to three characters, the title's counted more than once."""

import re
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

Grams = NDArray[np.int64]

TITLE_WEIGHT: Final = 5  # a title says the matter; a letter's body says much else
LONGEST_READ: Final = 2000  # characters that rules and extractors read of a text
LONGEST_COUNTED: Final = 1000  # characters that are counted; beyond them letters repeat themselves
_HEAD_SHARE: Final = 0.7
_MARKS: Final = re.compile(r"\W+")
_COUNTED: Final = re.compile(r"\w")
_CHARACTER_BITS: Final = 21  # any character of Unicode; three fill 63 bits, so that no two runs are one number


def excerpt(text: str, longest: int = LONGEST_READ) -> str:
    """Return what is read of a text: all of it, or the beginning and the end of a longer one."""
    if len(text) <= longest:
        return text
    head = int(longest * _HEAD_SHARE)
    return text[:head] + "\n" + text[head - longest :]


class Counted(NamedTuple):
    """The runs of a text, each once, and how often it occurs there.

    `grams` (n,) int64 ascending: a run packed in one number, 21 bits a character. `times` (n,) float32.
    """

    grams: Grams
    times: NDArray[np.float32]


def counted_characters(text: str) -> list[int]:
    """Return where the characters stand that `grams` runs over: all but marks and blanks."""
    return [found.start() for found in _COUNTED.finditer(text)]


def grams(text: str) -> Grams:
    """Return the runs of one, two and three characters of a text without its marks and blanks, packed."""
    raw = _MARKS.sub("", text).encode("utf-32-le", "surrogatepass")
    single = np.frombuffer(raw, np.uint32).astype(np.int64)
    double = single[:-1] << _CHARACTER_BITS | single[1:]
    triple = double[:-1] << _CHARACTER_BITS | single[2:]
    return np.concatenate((single, double, triple))


def counted(text: str, title: str = "") -> Counted:
    """Count the runs of a normalised text and its title."""
    every = grams(excerpt(text, LONGEST_COUNTED))
    if title:
        every = np.concatenate((every, *[grams(title[:LONGEST_READ])] * TITLE_WEIGHT))
    every.sort()
    is_first = np.empty(len(every), dtype=bool)
    is_first[:1] = True
    np.not_equal(every[1:], every[:-1], out=is_first[1:])
    first = is_first.nonzero()[0]
    times = np.empty(len(first), np.float32)
    np.subtract(first[1:], first[:-1], out=times[:-1], casting="unsafe")
    times[-1:] = len(every) - first[-1:]
    return Counted(every[first], times)
