"""The words of a request as the span model sees them: what each is, where it stands, whether it is told twice."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlu.cutter import Passage
from nlu.parties import Body, bodies, is_outside, worth_of_word
from nlu.place_words import Mark, Name, PlaceWords

Codes = NDArray[np.intp]
Floats = NDArray[np.float32]
Cut = tuple[str, str]  # a word and its part of speech

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


class SheetReader:
    """Lays out the words of requests of one city. `weigh` gives what goes with words into a sheet's `weights`, a row for each."""

    def __init__(self, words: PlaceWords, weigh: Callable[[Sequence[Cut]], Floats] | None = None) -> None:
        self._words = words
        self._weigh = weigh
        self._rows: dict[Cut, bytes] = {}

    def __call__(self, text: Passage, title: Passage) -> WordSheet:
        """Return the words of a title and a text."""
        titled = len(title.words)
        joined = f"{title.text}\n{text.text}" if title.text else text.text
        begun = len(joined) - len(text.text)
        cuts = [*title.words, _BREAK, *text.words] if title.text else text.words
        rows = np.frombuffer(self._known(cuts), np.float32)
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

    def features(self, word: str, tag: str) -> tuple[str, ...]:
        """Return what a word is wherever it stands, each thing by a name of its own."""
        is_plain = word.isalpha() and not word.isascii()
        plain = word if is_plain else _LETTERS.sub("A", _DIGITS.sub("0", word))
        return (
            f"w{plain}",
            f"t{tag}",
            f"z{plain[-1:]}",
            f"Z{plain[-2:]}",
            f"a{plain[:1]}",
            f"l{min(len(word), 5)}",
            f"m{self._words.mark(word, tag):d}",
            f"p{worth_of_word(word)}{is_outside(word)}",
        )

    def meet(self, cuts: Iterable[Cut]) -> dict[Cut, bytes]:
        """Work out together what is known of words that are met for the first time. Return what is known, theirs among it."""
        rows = self._rows
        if len(rows) > _KEPT_WORDS:
            self._rows = rows = {}
        new = [*{*cuts}.difference(rows)]
        if new:
            rows.update(self._worked_out(new))
        return rows

    def _known(self, cuts: Sequence[Cut]) -> bytes:
        rows = self._rows
        try:
            return b"".join([rows[cut] for cut in cuts])
        except KeyError:
            rows = self.meet(cuts)
            return b"".join([rows[cut] for cut in cuts])

    def _worked_out(self, cuts: Sequence[Cut]) -> Iterable[tuple[Cut, bytes]]:
        table = np.array([self._of_word(*cut) for cut in cuts], np.float32)
        if self._weigh:
            table = np.hstack((table, self._weigh(cuts)))
        return zip(cuts, map(bytes, table), strict=True)

    def _of_word(self, word: str, tag: str) -> tuple[int, ...]:
        """Return (characters, mark, whether it ends a sentence, has several characters, ends as a body does)."""
        return len(word), self._words.mark(word, tag), word in _ENDS_SENTENCE, len(word) > 1, worth_of_word(word) > 0


def _held(parts: Sequence[tuple[int, int, int]], text: str, starts: Codes, ends: Codes) -> Codes:
    inside = np.zeros(len(text), np.intp)
    for start, end, what in parts:
        inside[start:end] = what
    held: Codes = inside[starts] + 3 * inside[ends - 1]
    return held


def _told(cuts: Sequence[tuple[str, str]], titled: int) -> Codes:
    """Return for every word whether it is told once (0), several times (1) or in title and text (2)."""
    words = [word for word, _ in cuts]
    often = {word for word, times in Counter(words).items() if times > 1}
    # Bytes become an array in a fraction of the time that a list takes.
    told = np.frombuffer(bytes(map(often.__contains__, words)), np.uint8).astype(np.intp)
    if titled:
        both = {*words[:titled]} & {*words[titled + 1 :]}
        told[[word in both for word in words]] = 2
    return told


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
