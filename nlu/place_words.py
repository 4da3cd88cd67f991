"""The words that places are made of: districts, named spots, numbers, and what stands between them."""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from models.city import City, GazetteerEntry
from models.understanding import Place
from nlu.cutter import Passage
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


class Piece(NamedTuple):
    """A word of the text with its offsets; `key` is the gazetteer or district word it is."""

    start: int
    end: int
    text: str
    mark: Mark
    key: str | None


_HOMES: Final = words("place", "homes")
_ENDINGS: Final = (*_HOMES, *words("place", "endings"))
_UNITS: Final = frozenset(words("place", "units"))
_TYPES: Final = frozenset(words("place", "types"))
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
_ADMIN_ENDINGS: Final = ("市", "区", "县", "镇", "乡", "道")
# A district's short name is a district only by itself: not in 高新技术, not in 临江路.
_NAMED_AFTER: Final = re.compile("[路街桥巷山村园苑府湾里]|大道|公园|小区|花园|广场|新城|学校|中学|小学|医院|大厦|国际")
_NAMING: Final = frozenset({Mark.ADMIN, Mark.KNOWN, Mark.NAMED, Mark.HOME})
_END: Final = (0, 0, Mark.STOP, None)
_NAMELESS: Final = frozenset({Mark.STOP, Mark.OF, Mark.LINK})
_KEPT_WORDS: Final = 50_000  # words whose mark is remembered
_PROPER_TAGS: Final = frozenset(("nr", "ns", "nt", "nz", "nrt", "nrfg", "j"))
_NOUN_TAGS: Final = frozenset(("n", "s", "f", "b", "eng", "ng", "q", "m", "g", "k", "h", "tg"))
_SOFT_TAGS: Final = frozenset(("v", "vn", "a", "an", "d", "i", "l", "z", "zg", "t", "y", "r", "p"))
_ALPHANUMERIC: Final = re.compile(r"[A-Za-z0-9一二三四五六七八九十百#-]+$")
_NO_HOUSE_NUMBER: Final = frozenset("年月日个次人万元块天点多余户名条辆位家岁%千百、")


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
        names = {*self._entries, *self._admin}
        self._names = AhoCorasick(names, matchkind=MatchKind.LeftmostLongest)
        self._by_word = lru_cache(_KEPT_WORDS)(self._mark_of_word)
        self._alone = lru_cache(_KEPT_WORDS)(self._mark_alone)

    def runs(self, passage: Passage) -> Iterator[list[Piece]]:
        """Yield the stretches between words that end a place, each as its marked pieces, where something is named."""
        text = passage.text
        run: list[tuple[int, int, Mark, str | None]] = []
        is_naming = False
        for marked in (*self._marks(passage), _END):
            mark = marked[2]
            if mark is not Mark.STOP:
                run.append(marked)
                is_naming = is_naming or mark in _NAMING
                continue
            if is_naming:
                yield [Piece(start, end, text[start:end], one, key) for start, end, one, key in run]
                is_naming = False
            run.clear()

    def _marks(self, passage: Passage) -> list[tuple[int, int, Mark, str | None]]:
        """Return (start, end, mark, key) over the whole text in order."""
        text, tagged = passage
        hits = self._hits(passage)
        starts = iter([*sorted(hits), len(text)])
        next_hit = next(starts)
        found: list[tuple[int, int, Mark, str | None]] = []
        begin = position = 0
        before = Mark.STOP
        for cut in tagged:
            word, tag = cut
            end = position = position + len(word)
            if begin + len(word) == end <= next_hit:
                before = self._alone(cut) or self._mark(word, tag, text[end : end + 1], before)
                found.append((begin, end, before, None))
                begin = end
                continue
            # A hit may begin or end inside a cut word; the rest of that word is judged alone.
            while begin < end:
                stop = min(end, next_hit)
                if stop > begin:
                    before = self._mark(text[begin:stop], tag, text[stop : stop + 1], before)
                    found.append((begin, stop, before, None))
                    begin = stop
                if stop == next_hit and stop < end:
                    hit = hits[stop]
                    found.append((hit.start, hit.end, hit.mark, hit.key))
                    before, begin = hit.mark, hit.end
                    next_hit = next(starts)
                    while next_hit < begin:
                        next_hit = next(starts)
        return found

    def located(self, span: str, keys: Iterable[str], text: str) -> Place:
        """Return the place of a span with what the gazetteer knows of the words in it.

        A name that several places bear is settled by a district word of the text, else left open.
        """
        backwards = [*keys][::-1]
        for key in backwards:
            entries = self._entries.get(key, [])
            if len(entries) > 1:
                spoken = {code for word, code in self._areas.items() if word in text}
                entries = [entry for entry in entries if self._lineage(entry.street) & spoken]
            if len(entries) == 1:
                (entry,) = entries
                return Place(span, entry.name, entry.lat, entry.lon, entry.street, self._district(entry.street))
        area = next((self._areas[key] for key in backwards if key in self._areas), None)
        if area is None:
            return Place(span)
        return Place(span, street=area if "-" in area else None, district=self._district(area))

    def _hits(self, passage: Passage) -> dict[int, Piece]:
        """Return the known names by where they begin; they do not overlap."""
        text, tagged = passage
        hits: dict[int, Piece] = {}
        borders: set[int] = set()
        inside: set[int] = set()
        for general in _GENERAL_ADMIN.finditer(text):
            hits[general.start()] = Piece(general.start(), general.end(), general[0], Mark.ADMIN, None)
            inside.update(range(general.start(), general.end()))
        for _, start, end in self._names.find_matches_as_indexes(text):
            word = text[start:end]
            is_bare = word in self._admin and not word.endswith(_ADMIN_ENDINGS)
            if is_bare:
                borders = borders or {0, *accumulate(len(word) for word, _ in tagged)}
                if not borders.issuperset((start, end)) or _NAMED_AFTER.match(text, end):
                    continue
            if inside.isdisjoint(range(start, end)):
                mark = Mark.ADMIN if word in self._admin else Mark.KNOWN
                hits[start] = Piece(start, end, word, mark, word)
        return hits

    def _mark(self, word: str, tag: str, following: str, before: Mark) -> Mark:
        if before is Mark.NUMBER and word in _UNITS:
            return Mark.NAMED
        standing = _STANDING.get(word)
        if standing is not None:
            return standing if before is not Mark.STOP else Mark.STOP
        if word in _TYPES and before in _NAMELESS:
            # 「小区」 alone names nothing, after a name it ends one.
            return Mark.STOP
        mark = self._by_word(word, tag)
        return Mark.STOP if mark is Mark.NUMBER and following in _NO_HOUSE_NUMBER else mark

    def _mark_alone(self, cut: tuple[str, str]) -> Mark | None:
        """Return what a cut word is wherever it stands, None where that depends on its neighbours."""
        word, tag = cut
        standing = _STANDING.get(word)
        if word in _UNITS or word in _TYPES:
            return None
        if standing is not None:
            return standing if standing is Mark.STOP else None
        mark = self._by_word(word, tag)
        return mark if mark is not Mark.NUMBER else None

    def _mark_of_word(self, word: str, tag: str) -> Mark:
        """Return what a word is by itself."""
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
