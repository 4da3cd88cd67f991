"""Whether it happened in another city (外地): its name, by what stands before and after it. A doubt for a person, no more."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from ahocorasick_rs import AhoCorasick, MatchKind

from models.city import City
from nlu.words import words

_PROVINCES: Final = frozenset(words("elsewhere", "provinces"))
_CITY_PROVINCES: Final = frozenset(("北京", "上海", "天津", "重庆", "香港", "澳门"))
_AMBIGUOUS: Final = words("elsewhere", "ambiguous")
_CITIES: Final = words("elsewhere", "cities")


def _any(alternatives: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(alternatives, key=len, reverse=True)))


# 市 is no ending in 北京市场, while 上海市民 are of 上海.
_ENDING: Final = re.compile(rf"(?:{_any(words('elsewhere', 'endings'))})(?!场|面|价|值|容)")
_NAMED_AFTER: Final = re.compile(_any(words("elsewhere", "named_after")))
_COMES_FROM: Final = re.compile(rf"(?:{_any(words('elsewhere', 'comes_from'))})$")
_IS_OTHER: Final = re.compile(rf"(?:{_any(words('elsewhere', 'is_other'))})$")
_LIVES: Final = re.compile(rf"[^，。；！？\s]{{0,4}}(?:{_any(words('elsewhere', 'lives'))})")
_HOME: Final = re.compile(_any(words("elsewhere", "home")))
_THERE: Final = re.compile(_any(words("elsewhere", "there")))
# 朝阳区 after 北京, 绵竹市 after 四川省: a place within a place is where it is.
_WITHIN: Final = re.compile(
    r"[\u4e00-\u9fff]{1,4}?(?:新区|(?<![夜超门集菜早城都])市|(?<![小社市片园景校厂辖学库山地])区|[县旗镇]|街道)"
    r"(?!场|民|域|里|间|别|长|政)"
)
_GOES_ON: Final = re.compile(r"[\u4e00-\u9fff]")
_COMPANY: Final = re.compile(r"[^，。；！？\s的]{0,16}?(?:公司|集团|厂|事务所|企业)")
_SHOP: Final = re.compile(r"[\u4e00-\u9fff]{0,5}?(?:店|馆|铺|面|粉|酒楼|餐厅|饭庄|食府)")
_ISSUED: Final = re.compile(r"(?:签发|颁发|发|办理?|买|寄|领|考)(?:来|出来?|过来)?的")
_PEOPLE: Final = re.compile(r"人(?!民)|籍|户口|户籍")
_AT: Final = re.compile(r"[在住位于]$")
_FIRST: Final = re.compile(r"(?:^|[\n，。；：！？,.;:!?]|反映|投诉|举报|请问|咨询|关于)(?:我|我们|本人|人|家)?$")
_REACH: Final = 8  # characters before a name that are looked at
_NEAR: Final = 20  # characters after a name in which 这边 means it
_APART: Final = 4  # characters between a name of elsewhere and a district that lies there
_PSEUDONYM: Final = re.compile(r"[A-Z]\d{0,2}市|[A-Z]\d{1,2}[区县]|西地省")


class _Hit(NamedTuple):
    """A name of elsewhere with its ending; `begins` is where the province begins that stands right before it, else `start`."""

    start: int
    end: int
    name: str
    has_ending: bool
    begins: int


class Elsewhere:
    """Finds names of other cities and provinces. Read-only; safe between threads."""

    def __init__(self, city: City) -> None:
        self._city = {city.name, city.name.removesuffix("市")}
        self._streets = {body.name for body in city.departments.values() if body.kind == "street"}
        districts = {body.name for body in city.departments.values() if body.kind == "district"}
        self._own = {*self._city, *self._streets, *districts, *city.language.district_words}
        places = {name for entry in city.gazetteer for name in (entry.name, *entry.aliases)}
        others = {*_PROVINCES, *_CITIES} | {f"{name}{end}" for name in _AMBIGUOUS for end in ("市", "地区", "州")}
        self._others = others - self._own
        self._quick = AhoCorasick(self._others)
        # Where there is one, the city's own names are looked for too: 朝阳街道 is not in 朝阳.
        self._names = AhoCorasick({*self._others, *self._own, *places}, matchkind=MatchKind.LeftmostLongest)

    def find(self, text: str) -> str | None:
        """Return the words that say that it happened elsewhere, the first of a normalised text, or None."""
        if not self._quick.find_matches_as_indexes(text):
            return None
        found = [(text[start:end], start, end) for _, start, end in self._names.find_matches_as_indexes(text)]
        others: list[_Hit] = []
        for name, start, end in found:
            if name in self._others:
                others.append(_hit(text, start, end, others[-1:]))
        if not others or _PSEUDONYM.search(text):
            return None
        here = {
            name for name, start, end in found if name in self._own and self._is_here(text, name, start, end, others)
        }
        if here - self._streets:
            return None
        # Other cities have an 解放街道 too: it only speaks against a name that nothing defines.
        return next((text[hit.start : hit.end] for hit in others if _is_placed(text, hit, is_own=bool(here))), None)

    def _is_here(self, text: str, name: str, start: int, end: int, others: list[_Hit]) -> bool:
        """Tell whether a name of one's own says where it is: its people may be anywhere, 南昌市东湖区 is there."""
        if name in self._city:
            return _PEOPLE.match(text, end) is None
        return not any(0 <= start - hit.end <= _APART for hit in others)


def _hit(text: str, start: int, end: int, before: list[_Hit]) -> _Hit:
    name = text[start:end]
    ending = _ENDING.match(text, end)
    has_ending = ending is not None or name.endswith(("市", "地区", "州"))
    begins = before[0].begins if before and before[0].end == start else start
    return _Hit(start, ending.end() if ending else end, name, has_ending, begins)


def _is_placed(text: str, hit: _Hit, *, is_own: bool) -> bool:
    """Tell whether it happened there; `is_own` where a street that bears a name of one's own is named too."""
    before = text[max(0, hit.begins - _REACH) : hit.begins]
    if _COMES_FROM.search(before) or _NAMED_AFTER.match(text, hit.end):
        return False
    within = _WITHIN.match(text, hit.end)
    if within is not None:
        return _PEOPLE.match(text, within.end()) is None and _ISSUED.match(text, within.end()) is None
    if _IS_OTHER.search(before):
        return False
    is_city = hit.name not in _PROVINCES or hit.name in _CITY_PROVINCES
    if hit.has_ending and is_city and _GOES_ON.match(text, hit.end):
        return not any(other.match(text, hit.end) for other in (_COMPANY, _ISSUED, _LIVES))
    return not is_own and _is_told(text, hit, before, is_city=is_city)


def _is_told(text: str, hit: _Hit, before: str, *, is_city: bool) -> bool:
    """Tell whether a name that nothing defines is where the caller says that it happens."""
    there = _THERE.search(text, hit.end, hit.end + _NEAR)
    if there is not None and there.start() == hit.end:
        return True
    if _HOME.search(text) or (there is None and _LIVES.match(text, hit.end)):
        return False
    if _COMPANY.match(text, hit.end) or _SHOP.match(text, hit.end):
        return False
    # A province is too large to be the place of a matter, unless something is there.
    return (is_city or there is not None) and (_AT.search(before) or (is_city and _FIRST.search(before))) is not None
