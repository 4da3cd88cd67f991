"""The words of a request as the span model sees them: what each is, where it stands, whether it is told twice."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlu.cutter import Passage
from nlu.parties import Body, bodies, is_outside, worth_of_word
from nlu.place_words import Mark, Name, PlaceWords

Codes = NDArray[np.intp]

MARKS: Final = max(Mark) + 1
HELD: Final = 9  # whether a word begins and ends within a known name, or within a role
COUNTS: Final = 6 * MARKS  # told once, several times, or in title and text; of more than one character; its mark
STARTS: Final = 25  # where a span may begin: which sentence, told how often; how far down
BARS: Final = frozenset("\n。！？；!?;，,：:")  # no place and no name goes on beyond them
_BREAK: Final = ("\n", "x")  # between title and text
_SENTENCE: Final = np.array((0, 1, 2, 2, 3))
_IN_TITLE: Final = 4
_KINDS_OF_START: Final = 15
_STEP_DOWN: Final = 50  # characters
_FARTHEST_DOWN: Final = 8
_DIGITS: Final = re.compile("[0-9]+")
_LETTERS: Final = re.compile("[A-Za-z]+")
_ENDS_SENTENCE: Final = frozenset("。！？；\n!?;")
_KEPT_WORDS: Final = 50_000


class WordSheet(NamedTuple):
    """A title and a text as one row of words; arrays are (words,), offsets count in `text`, the two a line apart.

    `cuts` are the words with their parts of speech, of which the first `titled` are the title's. `starts_at` (words, 2) tells in two
    codes where a span that begins with a word would begin.
    """

    text: str
    cuts: Sequence[tuple[str, str]]
    titled: int
    starts: Codes
    ends: Codes
    marks: Codes
    held: Codes
    roles: Codes
    counts: Codes
    starts_at: Codes
    names: Sequence[Name]
    bodies: Sequence[Body]


class SheetReader:
    """Lays out the words of requests of one city."""

    def __init__(self, words: PlaceWords) -> None:
        self._words = words
        self._standing = lru_cache(_KEPT_WORDS)(self._of_word)
        self.features = lru_cache(_KEPT_WORDS)(self._features)

    def __call__(self, text: Passage, title: Passage) -> WordSheet:
        """Return the words of a title and a text."""
        joined = f"{title.text}\n{text.text}" if title.text else text.text
        cuts = [*title.words, _BREAK, *text.words] if title.text else [*text.words]
        lengths = np.fromiter((len(word) for word, _ in cuts), np.intp, len(cuts))
        ends = lengths.cumsum()
        starts = ends - lengths
        standing = np.array([self._standing(*cut) for cut in cuts], np.intp).reshape(-1, 3)
        names = self._words.names(joined, cuts)
        held = _held(((name.start, name.end, 1 if name.is_area else 2) for name in names), joined, starts, ends)
        marks = np.where(held % 3, np.where(held % 3 == 1, Mark.ADMIN, Mark.KNOWN), standing[:, 0])
        titled = len(title.words)
        told = _told(cuts, titled)
        begun = len(title.text) + 1 if title.text else 0
        named = [*bodies(title, 0, is_title=True), *bodies(text, begun, is_title=False)]
        return WordSheet(
            joined,
            cuts,
            titled,
            starts,
            ends,
            marks,
            held,
            _held(((body.start, body.end, 1) for body in named if body.is_role), joined, starts, ends),
            (told * 2 + standing[:, 2]) * MARKS + marks,
            _starts_at(standing[:, 1], told, (starts - begun).clip(0), titled),
            names,
            named,
        )

    def _features(self, word: str, tag: str) -> tuple[int, ...]:
        """Return what a word is wherever it stands, as numbers that stay the same from one start to the next."""
        plain = _LETTERS.sub("A", _DIGITS.sub("0", word))
        told = (
            f"w{plain}",
            f"t{tag}",
            f"z{plain[-1:]}",
            f"Z{plain[-2:]}",
            f"a{plain[:1]}",
            f"l{min(len(word), 5)}",
            f"m{int(self._words.mark(word, tag))}",
            f"p{worth_of_word(word)}{is_outside(word)}",
        )
        return tuple(crc32(one.encode("utf-8", "surrogatepass")) for one in told)

    def _of_word(self, word: str, tag: str) -> tuple[int, int, int]:
        """Return (mark, whether it ends a sentence, whether it has more than one character)."""
        return int(self._words.mark(word, tag)), int(word in _ENDS_SENTENCE), int(len(word) > 1)


def _held(parts: Iterable[tuple[int, int, int]], text: str, starts: Codes, ends: Codes) -> Codes:
    inside = np.zeros(len(text), np.intp)
    for start, end, what in parts:
        inside[start:end] = what
    held: Codes = inside[starts] + 3 * inside[ends - 1]
    return held


def _told(cuts: Sequence[tuple[str, str]], titled: int) -> Codes:
    """Return for every word whether it is told once (0), several times (1) or in title and text (2)."""
    counts = Counter(word for word, _ in cuts)
    both = {word for word, _ in cuts[:titled]} & {word for word, _ in cuts[titled + 1 :]}
    return np.fromiter((2 if word in both else int(counts[word] > 1) for word, _ in cuts), np.intp, len(cuts))


def _starts_at(ends_sentence: Codes, told: Codes, down: Codes, titled: int) -> Codes:
    first = titled + 1 if titled else 0
    before = ends_sentence.cumsum() - ends_sentence
    sentence = before - before[first : first + 1].sum()
    which = _SENTENCE[sentence.clip(0, _IN_TITLE)]
    far = np.minimum(down // _STEP_DOWN, _FARTHEST_DOWN)
    which[:titled] = _IN_TITLE
    far[:titled] = _FARTHEST_DOWN + 1
    return np.stack((which * 3 + told, _KINDS_OF_START + far), axis=1)
