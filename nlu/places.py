"""Where it is (地点): the most specific words of the text that say so, and the gazetteer's entry for them."""

from collections.abc import Iterator
from typing import Final

from models.city import City
from models.understanding import Place
from nlu.cutter import NOTHING, Passage
from nlu.place_words import Mark, Piece, PlaceWords
from nlu.words import words

_TITLE_BONUS: Final = 0.8
_EARLY: Final = 250.0  # characters of position that weigh one point
_LEADS: Final = words("place", "leads")
_LEAD_BONUS: Final = 0.6
_LONGEST: Final = 45  # characters
_SHORTEST_NAME: Final = 2
_FARTHEST_SPOT: Final = 4  # pieces between a district and the word that ends the name
_NAME_PIECES: Final = 2  # pieces of a name before its last word, where no district begins it
_BARE_NAME_PIECES: Final = 3  # pieces of a name without an ending, after a district

_FILLS: Final = frozenset({Mark.PROPER, Mark.NOUN, Mark.NUMBER})
_SPOTS: Final = frozenset({Mark.KNOWN, Mark.NAMED, Mark.HOME})
_TELLING: Final = _SPOTS | {Mark.ADMIN, Mark.RELATIVE}
_KNOWN: Final = frozenset({Mark.ADMIN, Mark.KNOWN})
_AFTER_RELATIVE: Final = frozenset({Mark.RELATIVE, Mark.LINK, Mark.OF})
_WORTH: Final = {
    Mark.ADMIN: 0.5,
    Mark.KNOWN: 2.0,
    Mark.NAMED: 1.5,
    Mark.HOME: 0.8,
    Mark.NUMBER: 0.4,
    Mark.RELATIVE: 0.4,
    Mark.PROPER: 0.5,
}


class Places:
    """Finds places by the city's gazetteer and, beyond it, by the way Chinese places are named."""

    def __init__(self, city: City) -> None:
        self._words = PlaceWords(city)

    def find(self, text: Passage, title: Passage = NOTHING, address: Passage = NOTHING) -> Place | None:
        """Return the place of a title and the opening of a text; an address given apart comes first.

        `span` stands in the text as returned, leading city and district words included.
        """
        if address.text:
            known = [piece.key for _, pieces in self._candidates(address) for piece in pieces if piece.key]
            return self._words.located(address.text, known, address.text)
        best: tuple[float, str, list[Piece]] | None = None
        for source, bonus in ((title, _TITLE_BONUS), (text, 0.0)):
            for worth, pieces in self._candidates(source):
                score = worth + bonus
                if best is None or score > best[0]:
                    best = score, source.text[pieces[0].start : pieces[-1].end], pieces
        if best is None:
            return None
        keys = [piece.key for piece in best[2] if piece.key]
        return self._words.located(best[1], keys, title.text + text.text)

    def _candidates(self, passage: Passage) -> Iterator[tuple[float, list[Piece]]]:
        """Yield each stretch of the text that may be the place, with what it is worth."""
        for run in self._words.runs(passage):
            first = _first(run)
            if first is not None:
                pieces = run[first : _last(run, first) + 1]
                if pieces[-1].end - pieces[0].start <= _LONGEST:
                    yield _worth(pieces, passage.text), pieces


def _worth(pieces: list[Piece], text: str) -> float:
    start = pieces[0].start
    admin = sum(piece.mark is Mark.ADMIN for piece in pieces)
    worth = sum(_WORTH.get(mark, 0.0) for mark in {piece.mark for piece in pieces}) + 0.2 * min(admin, 3)
    if text[max(0, start - 4) : start].endswith(_LEADS):
        worth += _LEAD_BONUS
    return worth - start / _EARLY


def _first(run: list[Piece]) -> int | None:
    """Return where the place begins: at the first city or district, else a word or two before a named spot."""
    for index, piece in enumerate(run):
        if piece.mark in _KNOWN:
            return index
    for index, piece in enumerate(run):
        if piece.mark in _SPOTS:
            start = index
            while start > 0 and index - start < _NAME_PIECES and run[start - 1].mark in _FILLS:
                start -= 1
            # 「路边」 and 「医院」 name nothing; 「望江」 does, where 「大道」 follows.
            is_bare = start == index and len(piece.text) <= _SHORTEST_NAME
            if not is_bare or (index + 1 < len(run) and run[index + 1].mark in _SPOTS):
                return start
    return None


def _last(run: list[Piece], first: int) -> int:
    """Return where the place ends: at its last telling word; a district alone takes the proper name after it."""
    last = first
    for index in range(first + 1, len(run)):
        mark = run[index].mark
        after_relative = run[last].mark is Mark.RELATIVE and mark not in _AFTER_RELATIVE
        if index - last > _FARTHEST_SPOT or after_relative or (mark is Mark.OF and not _leads_home(run, index)):
            break
        if mark in _TELLING or (mark is Mark.NUMBER and index - last == 1):
            last = index
    if run[last].mark is Mark.ADMIN:
        end = min(len(run), last + 1 + _BARE_NAME_PIECES)
        while last + 1 < end and run[last + 1].mark is Mark.PROPER:
            last += 1
    return last


def _leads_home(run: list[Piece], of: int) -> bool:
    """Tell whether 「的」 leads to housing (长江路的阳光小区), not to what is complained of (小区的物业)."""
    return any(piece.mark in {Mark.HOME, Mark.KNOWN} for piece in run[of + 1 : of + 1 + _FARTHEST_SPOT])
