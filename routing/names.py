"""Which departments the words of a text name: by short name, full name or alias, the longest first."""

import re
from typing import Final

from ahocorasick_rs import AhoCorasick, MatchKind
from msgspec import Struct

from models.city import City
from routing.jurisdiction import Jurisdiction

# Words of Chinese administration, no city's own. How callers name the local body without its proper name:
LOCAL_STREET: Final = ("街道办", "街道", "镇政府", "乡政府", "镇里", "乡里")
LOCAL_DISTRICT: Final = ("区政府", "县政府", "区里", "县里")
LOCAL_BUREAU: Final = ("区", "县", "我区", "我县", "本区", "本县", "我们区", "我们县")
# “派出所对面的棋牌室”, “税务局宿舍”: the office only says where it is.
_BESIDE: Final = re.compile("的?(旁|对面|斜对面|附近|门口|门前|大门|后面|隔壁|楼下|边上|背后|周边|宿舍|家属|小区|广场)")
# “东湖区老王烧烤店” is a shop; “东湖区领导”, “东湖区政府” and “东湖区” alone are the district.
_OFFICE: Final = re.compile(
    "政府|管委会|委员会|党委|党工委|办事处|街道办|办公室|公署|公所|书记|区长|县长|镇长|乡长|主任|干部|领导|人员|官员|公务员|执法"
)
_AREAS: Final = frozenset({"district", "street"})


class _Match(Struct, frozen=True):
    """A name found in a text: where it begins and ends, and whose it is."""

    start: int
    end: int
    codes: tuple[str, ...]


class DepartmentNames:
    """All names of all departments of a city. Read-only; safe between threads."""

    def __init__(self, city: City) -> None:
        self._city = city
        owners: dict[str, list[str]] = {}
        for code, body in city.departments.items():
            for name in {body.name, body.full_name, *body.aliases} - {""}:
                owners.setdefault(name, []).append(code)
        self._names = AhoCorasick(owners, matchkind=MatchKind.LeftmostLongest)
        self._owners = tuple(tuple(sorted(codes)) for codes in owners.values())

    def find(self, text: str, jurisdiction: Jurisdiction | None = None) -> tuple[str, ...]:
        """Return the codes of the departments that a text names, in the order of the text.

        “东湖区桃园街道” names the street: who stands over the name that follows only says where it is.
        “东湖区城管局”, and “区城管局” in a known district, name that district's own bureau: both codes
        are returned, because the district answers for a bureau that has no code of its own.
        """
        matches = self._matches(text)
        found: dict[str, None] = {}
        for match, follower in zip(matches, [*matches, None][1:], strict=True):
            if jurisdiction is not None and text[: match.start] in LOCAL_BUREAU:
                found[jurisdiction.district] = None
            found.update(dict.fromkeys(self._meant(text, match, follower)))
        return tuple(found or dict.fromkeys(_local(text, jurisdiction)))

    def _meant(self, text: str, match: _Match, follower: _Match | None) -> list[str]:
        """Return the codes of a name that stand for the office, not for a place or a shop's address."""
        if _BESIDE.match(text, match.end):
            return []
        if follower is not None and text[match.end : follower.start] in ("", "的"):
            below = [self._city.ancestors(code) for code in follower.codes]
            return [code for code in match.codes if not any(code in over for over in below)]
        rest = text[match.start : follower.start if follower else len(text)]
        is_whole = len(rest) == match.end - match.start
        return [code for code in match.codes if is_whole or not self._is_area(code) or _OFFICE.search(rest)]

    def _is_area(self, code: str) -> bool:
        return self._city.departments[code].kind in _AREAS

    def _matches(self, text: str) -> list[_Match]:
        """Return every name, leftmost and longest, none overlapping."""
        # Half a surrogate pair cannot be searched, and is in no name.
        found = self._names.find_matches_as_indexes(text.encode(errors="replace").decode())
        return [_Match(start, end, self._owners[name]) for name, start, end in found]


def _local(text: str, jurisdiction: Jurisdiction | None) -> list[str]:
    if jurisdiction is None:
        return []
    if jurisdiction.street is not None and any(word in text for word in LOCAL_STREET):
        return [jurisdiction.street]
    if any(word in text for word in LOCAL_DISTRICT):
        return [jurisdiction.district]
    return []
