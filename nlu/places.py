"""Where it is (地点): what the gazetteer knows of the words that say so."""

from collections.abc import Sequence
from typing import Final

from models.understanding import Place
from nlu.cutter import Passage
from nlu.place_words import Name, PlaceWords
from nlu.span_words import WordSheet

_BEYOND: Final = 4  # characters after a span that may still tell of it (A路跟B路那个路口)
_APART: Final = 1  # characters between two names of one place


def place_at(words: PlaceWords, sheet: WordSheet, start: int, end: int) -> Place:
    """Return the place that stands at the offsets of a sheet; a district told elsewhere settles a name that two places bear."""
    inside = [name.word for name in sheet.names if start <= name.start and name.end <= end]
    beyond = sheet.text[end : end + _BEYOND]
    return words.located(sheet.text[start:end], inside, sheet.text, beyond, _areas(sheet))


def place_of_address(words: PlaceWords, sheet: WordSheet, address: Passage) -> Place:
    """Return the place of an address that was given apart: all of it; `sheet` is the request that it was given with."""
    inside = [name.word for name in words.names(*address)]
    return words.located(address.text, inside, address.text, areas=_areas(sheet))


def _areas(sheet: WordSheet) -> list[str]:
    return [name.word for name in sheet.names if name.is_area]


def named_place(names: Sequence[Name]) -> tuple[int, int] | None:
    """Return the offsets of the first names of the city that stand together, the ones with a gazetteer's name before bare areas."""
    together: list[list[Name]] = []
    for name in sorted(names):
        if together and name.start - together[-1][-1].end <= _APART:
            together[-1].append(name)
        else:
            together.append([name])
    if not together:
        return None
    best = max(together, key=lambda group: (any(not name.is_area for name in group), -group[0].start))
    return best[0].start, best[-1].end
