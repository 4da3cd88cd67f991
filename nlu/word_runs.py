"""What a model of one's own labels sees of a text: runs of characters inside its words, the first words' counted more."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np

from nlu.cutter import Cutter
from nlu.masking import mask
from nlu.ngrams import Counted, Grams, excerpt
from nlu.normalise import Normaliser

_WORD: Final = re.compile(r"\w")
_LONGEST: Final = 4  # characters of a run, the blank before or after the word among them
_CHARACTER_BITS: Final = 16  # four fill a number; rarer characters may share one, which does no harm
_BLANK: Final = ord(" ")
# A letter says its matter first, mostly in a title: the first word counts five times, the eleventh two and a half.
_LEAD: Final = 4.0
_LEAD_WORDS: Final = 10.0


def words_of(text: str, *, is_cut: bool = False) -> tuple[str, ...]:
    """Return the words of a text, masked and in one spelling. A text that is cut already has one word a line."""
    normalise, cutter = _tools()
    masked = mask(excerpt(normalise(text))).text
    words = masked.split("\n") if is_cut else cutter.words(masked)
    return tuple(word for word in words if _WORD.search(word))


@cache
def _tools() -> tuple[Normaliser, Cutter]:
    return Normaliser(), Cutter()


def counted_words(words: Sequence[str]) -> Counted:
    """Count the runs of two to four characters inside words; the beginning and the end of a word are characters too."""
    framed = f" {' '.join(words)} " if words else ""
    characters = np.frombuffer(framed.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    is_blank = characters == _BLANK
    weights = 1 + _LEAD * np.exp(-(np.cumsum(is_blank) - 1) / _LEAD_WORDS)
    every, heavy = [], []
    for length in range(2, _LONGEST + 1):
        run = np.zeros(max(len(characters) - length + 1, 0), np.uint64)
        is_within = np.ones(len(run), dtype=bool)
        for place in range(length):
            run = run << np.uint64(_CHARACTER_BITS) | characters[place : place + len(run)] & np.uint64(0xFFFF)
            if 0 < place < length - 1:
                is_within &= ~is_blank[place : place + len(run)]
        # Of a run that begins with a blank the word is the one after it, as cumsum has it.
        every.append(run[is_within].view(np.int64))
        heavy.append(weights[: len(run)][is_within])
    return _each_once(np.concatenate(every), np.concatenate(heavy))


def _each_once(runs: Grams, weights: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Counted:
    grams, which = np.unique(runs, return_inverse=True)
    return Counted(grams, np.bincount(which, weights, minlength=len(grams)).astype(np.float32))
