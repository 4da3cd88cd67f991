"""What the classifier sees of a text: runs of one to three characters, the title's counted more than once."""

import re
from collections import Counter
from itertools import pairwise
from typing import Final

TITLE_WEIGHT: Final = 5  # a title says the matter; a letter's body says much else
LONGEST_READ: Final = 2000  # characters that rules and extractors read of a text
_LONGEST_COUNTED: Final = 1000  # characters that are counted; beyond them letters repeat themselves
_HEAD_SHARE: Final = 0.7
_MARKS: Final = re.compile(r"\W+")


def excerpt(text: str, longest: int = LONGEST_READ) -> str:
    """Return what is read of a text: all of it, or the beginning and the end of a longer one."""
    if len(text) <= longest:
        return text
    head = int(longest * _HEAD_SHARE)
    return text[:head] + "\n" + text[head - longest :]


def grams(text: str) -> list[str]:
    """Return the runs of one, two and three characters of a text without its marks and blanks."""
    text = _MARKS.sub("", text)
    pairs = [a + b for a, b in pairwise(text)]
    triples = [a + b for a, b in zip(pairs, text[2:], strict=False)]
    return [*text, *pairs, *triples]


def counted(text: str, title: str = "") -> Counter[str]:
    """Count the runs of a normalised text and its title."""
    counts = Counter(grams(excerpt(text, _LONGEST_COUNTED)))
    if title:
        for gram in grams(title[:LONGEST_READ]):
            counts[gram] += TITLE_WEIGHT
    return counts
