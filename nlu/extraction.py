"""Where it is and whom it is about (要素提取): the runs of words that the model prefers, with what the city's names add."""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
from msgspec import Struct

from models.city import City
from models.understanding import Misconduct, Place
from nlu.cutter import NOTHING, Passage
from nlu.masking import MASK
from nlu.misconduct import misconduct_of
from nlu.parties import Body, accused_of
from nlu.place_words import PlaceWords
from nlu.places import named_place, place_at, place_of_address
from nlu.similarity import Told
from nlu.span_choice import best_run
from nlu.span_model import Numbers, SpanModel
from nlu.span_weights import LONGEST, SpanWeights
from nlu.span_words import SheetReader, WordSheet
from nlu.times import beyond_time
from nlu.words import words

# A title names the place and the subject. Letters to learn from seldom say either there, so that this is set by hand.
_TITLE_BONUS: Final = np.array((1.0, 0.5))
# A place is told in nearly every request and a subject in most; the letters tell both more seldom.
_READINESS: Final = np.array((1.5, 2.5))
_BARE_AREA: Final = 3.0  # what a title is worth beside no more than a city or district
_BODY_SHARE: Final = 0.75
_BODY_HEAD_START: Final = 1.0
_UNLIKELY: Final = -12.0  # what a name is worth at least, whatever the model thinks of its words
# 12点, 3.5公里, 7号 by themselves are no place, nor is 定金5万8.
_MEASURE: Final = re.compile(
    r"(?:[\u4e00-\u9fff]{0,4}[金费款租资钱骗价])?[\d.,:一二三四五六七八九十百千万半多几壹贰叁肆伍陆柒捌玖拾佰仟kKwW]+"
    r"(?:点钟?|时|分|日|号|月|年|岁|米|公里|里|吨|斤|万|元|块)?半?"
)
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_MASKED: Final = MASK[0]
_TYPES: Final = frozenset(words("place", "types"))  # 小区, 医院: no place, where they stand behind a time alone
_SHORTEST_SPAN: Final = 2  # characters that are left of a span whose time was taken away


class Extracted(Struct, frozen=True):
    """`place` where it is, `subject` whom it is about, `accused` who is said to have done wrong, `misconduct` of an office."""

    place: Place | None
    subject: str | None
    accused: str | None
    misconduct: Misconduct | None


class Extractor:
    """Finds place and parties. Holds compiled rules and weights, no state; safe between threads.

    Without weights, as in a city without letters to learn from, only the city's names and named bodies are found.
    """

    def __init__(self, city: City, weights: SpanWeights | None) -> None:
        self._words = PlaceWords(city)
        self._model = SpanModel(self._words, weights) if weights else None
        self._read = self._model.read if self._model else SheetReader(self._words)

    def find(
        self, text: Passage, title: Passage = NOTHING, address: Passage = NOTHING, accused: str | None = None
    ) -> Extracted:
        """Return place and parties of a title and the opening of a text.

        An address given apart and one accused by name in the form come before what the text says.
        """
        return self.tell(text, title, address, accused)[0]

    def tell(
        self, text: Passage, title: Passage = NOTHING, address: Passage = NOTHING, accused: str | None = None
    ) -> tuple[Extracted, Told]:
        """Return the same, and the words in which place and subject stand."""
        told = self.point_out(self.lay_out(text, title))
        return self.name(told, text, title, address, accused), told

    def meet(self, passages: Iterable[Passage]) -> None:
        """Work out what is known of all words of some texts, which is quicker than text by text in `lay_out`."""
        self._read.meet(cut for passage in passages for cut in passage.words)

    def lay_out(self, text: Passage, title: Passage) -> WordSheet:
        """Return the words of a title and the opening of a text: the first of the three steps of `tell`."""
        return self._read(text, title)

    def point_out(self, sheet: WordSheet) -> Told:
        """Return where place and subject stand: the second step."""
        return Told(sheet, *self._spans(sheet))

    def name(self, told: Told, text: Passage, title: Passage, address: Passage, accused: str | None) -> Extracted:
        """Return place and parties as `find` does: the third step."""
        sheet, place, subject = told
        if address.text:
            found: Place | None = place_of_address(self._words, sheet, address)
        else:
            found = place_at(self._words, sheet, *place) if place else None
        about = sheet.text[slice(*subject)] if subject else None
        misconduct = misconduct_of(sheet.text, sheet.bodies)
        if accused:
            return Extracted(found, about or accused, accused, misconduct)
        return Extracted(found, about, accused_of(text.text, title.text, about), misconduct)

    def _spans(self, sheet: WordSheet) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """Return the offsets of place and subject."""
        if not sheet.cuts:
            return None, None
        if self._model is None:
            body = max(sheet.bodies, key=lambda one: one.worth, default=None)
            return named_place(sheet.names), (body.start, body.end) if body else None
        runs, none = self._model.runs(sheet)
        if sheet.titled:
            runs[:, : sheet.titled] += _TITLE_BONUS[:, None, None]
        least = (none - _READINESS).tolist()
        return (
            _in_earnest(sheet, _place(sheet, runs[0], least[0])),
            _in_earnest(sheet, _subject(sheet, runs[1], least[1])),
        )


def _place(sheet: WordSheet, runs: Numbers, least: float) -> tuple[int, int] | None:
    """Return the offsets of the place, None where none is told."""
    found = best_run(sheet, _specific(sheet, runs))
    if found is None or found[1] <= least:
        return None
    span = found[0]
    is_place = _CHINESE.search(sheet.text, *span) and not _MEASURE.fullmatch(sheet.text, *span)
    return span if is_place else None


def _in_earnest(sheet: WordSheet, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """Return a span without the time in its front, unless that is part of a name; None where nothing else is left, or is masked."""
    if span is None or _MASKED in sheet.text[slice(*span)]:
        return None
    start = beyond_time(sheet.text, *span)
    if start == span[0] or any(name.start < start and span[0] < name.end for name in sheet.names):
        return span
    left = sheet.text[start : span[1]]
    return (start, span[1]) if len(left) >= _SHORTEST_SPAN and left not in _TYPES else None


def _specific(sheet: WordSheet, runs: Numbers) -> Numbers:
    """Return the runs of places; where the best is a bare city or district of the text, those of the title weigh more."""
    if not sheet.titled:
        return runs
    first, length = divmod(int(runs.argmax()), LONGEST)
    if first >= sheet.titled and (sheet.held[first : first + length + 1] % 3 == 1).all():
        runs = runs.copy()
        runs[: sheet.titled] += _BARE_AREA
    return runs


def _subject(sheet: WordSheet, runs: Numbers, least: float) -> tuple[int, int] | None:
    """Return the offsets of the subject, among the runs also those of a body or role, for which its name speaks."""
    besides = []
    if sheet.bodies:
        runs = runs.copy()
        firsts = sheet.starts.searchsorted([body.start for body in sheet.bodies]).tolist()
        lasts = sheet.ends.searchsorted([body.end for body in sheet.bodies]).tolist()
        for body, first, last in zip(sheet.bodies, firsts, lasts, strict=True):
            own = _BODY_SHARE * (body.worth + _BODY_HEAD_START)
            if _is_run(sheet, body, first, last):
                runs[first, last - first] = max(float(runs[first, last - first]), _UNLIKELY) + own
            else:
                besides.append((body.start, body.end, _UNLIKELY + own))
    found = best_run(sheet, runs, besides)
    return found[0] if found is not None and found[1] > least else None


def _is_run(sheet: WordSheet, body: Body, first: int, last: int) -> bool:
    """Tell whether a body begins and ends where words do; a role may begin within the last one (老住户), none after it."""
    if first >= len(sheet.starts) or last - first >= LONGEST:
        return False
    return bool(sheet.starts[first] == body.start and sheet.ends[last] == body.end)
