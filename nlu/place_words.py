"""The words that places are made of: districts, named spots, numbers, and what stands between them."""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind
from msgspec.structs import replace

from models.city import City, GazetteerEntry
from models.understanding import Place
from nlu.crossings import crossing_roads, is_crossing, meeting_point
from nlu.mistyped import Mistyped
from nlu.words import words


class Mark(IntEnum):
    """What a piece of text is to a place."""

    ADMIN = 1  # a city, district or street
    KNOWN = 2  # a name of the gazetteer
    NAMED = 3  # a word that ends as places end
    HOME = 4  # one that ends as housing ends
    NUMBER = 5
    RELATIVE = 6  # 对面, 附近
    PROPER = 7  # a proper name or a single character of one
    NOUN = 8
    LINK = 9  # 与, 至
    OF = 10  # 的
    SOFT = 11  # no place by itself, but may be part of a name
    STOP = 12
    UNIT = 13  # what follows a number in an address


class Name(NamedTuple):
    """A name of the city in a text, with its offsets: of an area, or else of the gazetteer."""

    start: int
    end: int
    word: str
    is_area: bool


_HOMES: Final = words("place", "homes")
_ENDINGS: Final = (*_HOMES, *words("place", "endings"))
_UNITS: Final = frozenset(words("place", "units"))
_STANDING: Final[dict[str, Mark]] = {
    **dict.fromkeys(words("place", "other"), Mark.STOP),
    **dict.fromkeys(
        "了个着过是在我你他她它有被把将让给向从对为于请等很不没都也还就又再要会能可住该此某各每您经，。！？；：“”《》【】",
        Mark.STOP,
    ),
    **dict.fromkeys("\n ,.!?;:\"'—…~", Mark.STOP),
    **dict.fromkeys(words("place", "relative"), Mark.RELATIVE),
    **dict.fromkeys(words("place", "links"), Mark.LINK),
    "的": Mark.OF,
}
# Pseudonymised districts (A3区), counties and provinces of elsewhere.
_GENERAL_ADMIN: Final = re.compile(r"[A-Z]\d{0,2}(?:省|市|区|县)(?!域|民)市?|西地省|[\u4e00-\u9fff]{2}省(?!道)")
_MAYBE_ADMIN: Final = re.compile("[A-Z省]")
_ADMIN_ENDINGS: Final = ("市", "区", "县", "镇", "乡", "道")
# A district's short name is a district only by itself: not in 高新技术, not in 临江路.
_NAMED_AFTER: Final = re.compile("[路街桥巷山村园苑府湾里]|大道|公园|小区|花园|广场|新城|学校|中学|小学|医院|大厦|国际")
_KEPT_WORDS: Final = 50_000  # words whose mark is remembered
_PROPER_TAGS: Final = frozenset(("nr", "ns", "nt", "nz", "nrt", "nrfg", "j"))
_NOUN_TAGS: Final = frozenset(("n", "s", "f", "b", "eng", "ng", "q", "m", "g", "k", "h", "tg"))
_SOFT_TAGS: Final = frozenset(("v", "vn", "a", "an", "d", "i", "l", "z", "zg", "t", "y", "r", "p"))
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9一二三四五六七八九十百#-]+$")


class PlaceWords:
    """Marks the words of a text by the city's gazetteer, its district words and general patterns."""

    def __init__(self, city: City) -> None:
        self._entries: dict[str, list[GazetteerEntry]] = {}
        for entry in city.gazetteer:
            for name in {entry.name, *entry.aliases}:
                self._entries.setdefault(name, []).append(entry)
        self._areas = _areas(city)
        self._parents = {code: department.parent for code, department in city.departments.items()}
        self._endings = tuple({*_ENDINGS, *city.language.place_suffixes})
        self._admin = {*self._areas, city.name, city.name.removesuffix("市")}
        self._mistyped = Mistyped(self._entries, self._admin, self._endings)
        names = {*self._entries, *self._admin}
        self._names = AhoCorasick(names, matchkind=MatchKind.LeftmostLongest)
        self._by_word = lru_cache(_KEPT_WORDS)(self._mark_of_word)

    def mark(self, word: str, tag: str) -> Mark:
        """Return what a word is to a place, wherever it stands."""
        return self._by_word(word, tag)

    def located(self, span: str, keys: Iterable[str], text: str, beyond: str = "", areas: Iterable[str] = ()) -> Place:
        """Return the place of a span with what the gazetteer knows of the words in it; `beyond` stands right after it.

        A name that several places bear is settled by a district word of the text, else left open. `areas` are the areas that
        are named beside the span: they count where it names none, and a name that lies in none of them is told as a contradiction.
        """
        backwards = [*keys][::-1]
        named = self._districts(backwards) or self._districts(areas)
        place = self._crossing(span, backwards[::-1], text, beyond) if len(backwards) > 1 else None
        place = place or self._known(span, backwards, text, named)
        if place is not None:
            is_against = named and place.district is not None and place.district not in named
            return replace(place, told_district=named[0]) if is_against else place
        area = next((self._areas[key] for key in backwards if key in self._areas), None)
        if area is None:
            return Place(span)
        return Place(span, street=area if "-" in area else None, district=self._district(area))

    def _known(self, span: str, keys: Sequence[str], text: str, named: Sequence[str]) -> Place | None:
        """Return the place of the gazetteer that a span means, the first of the keys or else one with a wrong character.

        Outside of the districts that are named it is no wrong character, but another name.
        """
        if not any(key in self._entries for key in keys):
            meant = self._mistyped.find(span)
            if meant and (not named or all(self._district(one.street) in named for one in self._entries[meant])):
                keys = [meant]
        for key in keys:
            entries = self._settled(key, text)
            if len(entries) == 1:
                (entry,) = entries
                return Place(span, entry.name, entry.lat, entry.lon, entry.street, self._district(entry.street))
        return None

    def _districts(self, words: Iterable[str]) -> list[str]:
        """Return the districts that words name, or in which the streets lie that they name."""
        found = [self._district(self._areas[word]) for word in words if word in self._areas]
        return [one for one in dict.fromkeys(found) if one is not None]

    def _settled(self, key: str, text: str) -> list[GazetteerEntry]:
        """Return who bears a name; of several places those in a district that the text names."""
        entries = self._entries.get(key, [])
        return entries if len(entries) < 2 else self._within(entries, self._spoken(text))

    def _spoken(self, text: str) -> set[str]:
        """Return the districts and streets that a text names."""
        return {code for word, code in self._areas.items() if word in text}

    def _within(self, entries: list[GazetteerEntry], areas: set[str]) -> list[GazetteerEntry]:
        return [entry for entry in entries if self._lineage(entry.street) & areas]

    def _crossing(self, span: str, keys: Sequence[str], text: str, beyond: str) -> Place | None:
        """Return where two roads cross, what both agree in: a point between them, else a street or a district, else their names alone.

        None where it is no crossing of two roads that are known in the district that the text names.
        """
        bearers = [self._entries.get(key, []) for key in keys]
        if not is_crossing(span + beyond, bearers):
            return None
        spoken = self._spoken(text)
        pair = crossing_roads([self._within(one, spoken) if spoken and len(one) > 1 else one for one in bearers])
        if pair is None:
            return None
        lat, lon = meeting_point(pair) or (None, None)
        streets = {road.street for road in pair}
        districts = {self._district(street) for street in streets}
        districts = districts if len(districts) == 1 else districts & spoken
        return Place(
            span,
            "与".join(sorted(road.name for road in pair)) + "路口",
            lat,
            lon,
            streets.pop() if len(streets) == 1 else None,
            districts.pop() if len(districts) == 1 else None,
        )

    def names(self, text: str, cuts: Sequence[tuple[str, str]]) -> list[Name]:
        """Return the known names of a text that was cut into words; they do not overlap."""
        found: list[Name] = []
        if _MAYBE_ADMIN.search(text):
            found += [Name(one.start(), one.end(), one[0], is_area=True) for one in _GENERAL_ADMIN.finditer(text)]
        inside = {at for name in found for at in range(name.start, name.end)}
        borders: set[int] = set()
        for _, start, end in self._names.find_matches_as_indexes(text):
            word = text[start:end]
            is_area = word in self._admin
            if is_area and not word.endswith(_ADMIN_ENDINGS):
                borders = borders or {0, *accumulate(len(cut) for cut, _ in cuts)}
                if not borders.issuperset((start, end)) or _NAMED_AFTER.match(text, end):
                    continue
            if not inside or inside.isdisjoint(range(start, end)):
                found.append(Name(start, end, word, is_area))
        return found

    def _mark_of_word(self, word: str, tag: str) -> Mark:
        standing = _STANDING.get(word)
        if standing is not None:
            return standing
        if word in _UNITS:
            return Mark.UNIT
        if _ALPHANUMERIC.match(word):
            return Mark.NUMBER
        if word.endswith(self._endings):
            return Mark.HOME if word.endswith(_HOMES) else Mark.NAMED
        return _by_tag(word, tag)

    def _district(self, code: str) -> str | None:
        return self._parents.get(code) if "-" in code else code

    def _lineage(self, street: str) -> set[str]:
        return {street, self._district(street) or street}


def _by_tag(word: str, tag: str) -> Mark:
    is_single = len(word) == 1 and "\u4e00" <= word <= "\u9fff"
    if tag in _PROPER_TAGS or (is_single and tag not in _SOFT_TAGS):
        return Mark.PROPER
    if tag in _NOUN_TAGS:
        return Mark.NOUN
    return Mark.SOFT if tag in _SOFT_TAGS else Mark.STOP


def _areas(city: City) -> dict[str, str]:
    """Return the words for districts and streets, each with its department code."""
    areas = dict(city.language.district_words)
    for code, department in city.departments.items():
        if department.kind in {"district", "street"}:
            areas.setdefault(department.name, code)
    return areas
