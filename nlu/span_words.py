"""The words of a request as the span model sees them: what each is, where it stands, whether it is told twice."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nlu.cutter import Passage
from nlu.parties import Body, bodies, is_outside, worth_of_word
from nlu.place_words import Mark, Name, PlaceWords

Codes = NDArray[np.intp]
Floats = NDArray[np.float32]

MARKS: Final = max(Mark) + 1
HELD: Final = 9  # whether a word begins and ends within a known name, or within a role
COUNTS: Final = 6 * MARKS  # told once, several times, or in title and text; of more than one character; its mark
STARTS: Final = 25  # where a span may begin: which sentence, told how often; how far down
BARS: Final = frozenset("\n。！？；!?;，,：:")  # no place and no name goes on beyond them
_BREAK: Final = ("\n", "x")  # between title and text
_SENTENCE: Final = np.array((0, 1, 2, 2, 3))
_MARK_OF_HELD: Final = np.array((0, int(Mark.ADMIN), int(Mark.KNOWN)))
_IN_TITLE: Final = 4
_KINDS_OF_START: Final = 15
_STEP_DOWN: Final = 50  # characters
_FARTHEST_DOWN: Final = 8
_DIGITS: Final = re.compile("[0-9]+")
_LETTERS: Final = re.compile("[A-Za-z]+")
_ENDS_SENTENCE: Final = frozenset("。！？；\n!?;")
_STANDING: Final = 5  # numbers that tell what a word is
_KEPT_WORDS: Final = 50_000


class WordSheet(NamedTuple):
    """A title and a text as one row of words; arrays are (words,), offsets count in `text`, the two a line apart.

    `cuts` are the words with their parts of speech, of which the first `titled` are the title's. `starts_at` tells in two
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
    starts_at: tuple[Codes, Codes]
    names: Sequence[Name]
    bodies: Sequence[Body]
    weights: Floats


class _Kept(dict[tuple[str, str], bytes]):
    """What is known of words, worked out when a word is first met."""

    def __init__(self, work_out: Callable[[tuple[str, str]], bytes]) -> None:
        self._work_out = work_out

    def __missing__(self, cut: tuple[str, str]) -> bytes:
        if len(self) >= _KEPT_WORDS:
            self.clear()
        row = self[cut] = self._work_out(cut)
        return row


class SheetReader:
    """Lays out the words of requests of one city. `weigh` gives what goes with each word into the sheet's `weights`."""

    def __init__(self, words: PlaceWords, weigh: Callable[[str, str], Floats] | None = None) -> None:
        self._words = words
        self._weigh = weigh
        self._rows = _Kept(self._of_word)

    def __call__(self, text: Passage, title: Passage) -> WordSheet:
        """Return the words of a title and a text."""
        titled = len(title.words)
        joined = f"{title.text}\n{text.text}" if title.text else text.text
        begun = len(joined) - len(text.text)
        cuts = [*title.words, _BREAK, *text.words] if title.text else text.words
        rows = np.frombuffer(b"".join(map(self._rows.__getitem__, cuts)), np.float32)
        rows = rows.reshape(len(cuts), -1) if cuts else rows.reshape(0, _STANDING)
        standing = rows[:, :_STANDING].T.astype(np.intp)
        ends = standing[0].cumsum()
        starts = ends - standing[0]
        marks = standing[1]
        names = self._words.names(joined, cuts)
        named = bodies(joined, cuts, standing[4].nonzero()[0].tolist(), begun)
        held = roles = np.zeros(len(cuts), np.intp)
        if names:
            held = _held([(name.start, name.end, 1 if name.is_area else 2) for name in names], joined, starts, ends)
            of_names = _MARK_OF_HELD[held % 3]
            marks = np.where(of_names, of_names, marks)
        if named:
            roles = _held([(body.start, body.end, int(body.is_role)) for body in named], joined, starts, ends)
        told = _told(cuts, titled)
        counts = (told * 2 + standing[3]) * MARKS + marks
        starts_at = _starts_at(standing[2], told, starts - begun, titled)
        return WordSheet(
            joined, cuts, titled, starts, ends, marks, held, roles, counts, starts_at, names, named, rows[:, _STANDING:]
        )

    def features(self, word: str, tag: str) -> tuple[int, ...]:
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

    def _of_word(self, cut: tuple[str, str]) -> bytes:
        """Return (characters, mark, whether it ends a sentence, has several characters, ends as a body does), then the weights."""
        word, tag = cut
        standing = (
            len(word),
            self._words.mark(word, tag),
            word in _ENDS_SENTENCE,
            len(word) > 1,
            worth_of_word(word) > 0,
        )
        row = np.array(standing, np.float32).tobytes()
        return row + self._weigh(word, tag).tobytes() if self._weigh else row


def _held(parts: Sequence[tuple[int, int, int]], text: str, starts: Codes, ends: Codes) -> Codes:
    inside = np.zeros(len(text), np.intp)
    for start, end, what in parts:
        inside[start:end] = what
    held: Codes = inside[starts] + 3 * inside[ends - 1]
    return held


def _told(cuts: Sequence[tuple[str, str]], titled: int) -> Codes:
    """Return for every word whether it is told once (0), several times (1) or in title and text (2)."""
    words = [word for word, _ in cuts]
    counts = Counter(words)
    told = [counts[word] > 1 for word in words]
    if not titled:
        return np.array(told, np.intp)
    both = {*words[:titled]} & {*words[titled + 1 :]}
    return np.array([2 if word in both else several for word, several in zip(words, told, strict=True)], np.intp)


def _starts_at(ends_sentence: Codes, told: Codes, down: Codes, titled: int) -> tuple[Codes, Codes]:
    sentence = ends_sentence.cumsum() - ends_sentence
    far = down // _STEP_DOWN
    if titled:
        sentence -= sentence[titled + 1 : titled + 2].sum()
    which = _SENTENCE.take(sentence, mode="clip")
    far = np.minimum(far, _FARTHEST_DOWN) + _KINDS_OF_START
    if titled:
        which[: titled + 1] = _IN_TITLE
        far[: titled + 1] = _KINDS_OF_START + _FARTHEST_DOWN + 1
    return which * 3 + told, far
