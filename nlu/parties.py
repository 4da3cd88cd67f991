"""Whom it is about (被反映对象) and who is accused of misconduct or a breach (被举报方)."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

from nlu.words import words

# Whoever bears such a name is what the request is about; a company tells more than an office.
_WORTHS: Final = (
    (words("party", "firms"), 2.0),
    (words("party", "shops"), 1.6),
    (words("party", "offices"), 1.2),
)
_NO_PARTY: Final = frozenset(words("party", "none"))
_PUBLIC: Final = words("party", "public")
_OUTSIDE: Final = frozenset(words("party", "outside"))
_ROLES: Final = re.compile("|".join(sorted(words("party", "roles"), key=len, reverse=True)))
_VEHICLE_LINE: Final = re.compile(r"[A-Z]?\d{1,4}路(?:公交)?车?|地铁\d{1,2}号线")
_MAYBE_LINE: Final = re.compile(r"[\d地][路铁]")
_WEAK_ROLES: Final = re.compile("业主|住户|职能部门|社区工作人员")
_NAME_TAGS: Final = frozenset(
    ("n", "nr", "ns", "nt", "nz", "nrt", "j", "b", "eng", "m", "vn", "ng", "f", "s", "a", "l", "i", "z", "q")
)
_ADMIN: Final = re.compile(r"(?:[A-Z]\d{0,2}|[\u4e00-\u9fff]{2})[省市区县]$")
_PLACE_END: Final = re.compile(
    r"(?:[路街道镇乡村区县市省]|小区|社区|街道|花园|广场|大道|栋|号|期|楼|口|侧|附近|对面|旁)$"
)
# Who is called by a firm's full name is meant before a role (开发商, 搅拌站) that it plays.
_FIRMS: Final = words("party", "firms")
_FULL_NAME: Final = 6  # characters
_FULL_NAME_BONUS: Final = 2.5
_NAME_WORDS: Final = 4
_SHORTEST_NAME: Final = 3  # characters, the ending included
_PERSON: Final = re.compile(
    r"[\u4e00-\u9fff]{1,10}?(?:局长|书记|主任|镇长|村长|队长|所长|校长|院长|经理|法官|民警|干部|科长|处长|站长|组长|会计)"
    r"(?:[\u4e00-\u9fff]{2,3}(?=[，。的利贪受收违在与和]))?"
)
_ACCUSING: Final = re.compile(r"^(?:我们?|本人)?(?:现|要|想)?(?:实名)?(?:举报|投诉|反映|检举|控告)")
_ACCUSATION: Final = re.compile("|".join(words("party", "accusations")))
_TITLE_BONUS: Final = 2.0
_EARLY: Final = 200.0  # characters of position that weigh one point


class Body(NamedTuple):
    """Who may be meant, with offsets; `worth` is what speaks for its being the subject, by name and by where it stands."""

    start: int
    end: int
    worth: float
    is_role: bool


def bodies(text: str, cuts: Sequence[tuple[str, str]], endings: Iterable[int], begun: int) -> list[Body]:
    """Return whoever a text, cut into words, calls by name or role.

    `endings` are the words that end as bodies' names do; the text proper begins at the offset `begun`, before it stands a title.
    """
    found = [(*one, False) for one in _named(text, cuts, endings)] + [(*one, True) for one in _roles(text)]
    return [
        Body(
            start,
            start + len(name),
            worth + (_TITLE_BONUS - start / _EARLY if start < begun else (begun - start) / _EARLY),
            is_role,
        )
        for start, worth, name, is_role in found
    ]


def worth_of_word(word: str) -> float:
    """Return what a word's ending says for its naming a body, 0 where it says nothing."""
    if word in _NO_PARTY:
        return 0.0
    return next((worth for endings, worth in _WORTHS if word.endswith(endings)), 0.0)


def is_outside(word: str) -> bool:
    """Tell whether a word stands beside names and never in one."""
    return word in _OUTSIDE


def accused_of(text: str, title: str, subject: str | None) -> str | None:
    """Return who is accused of misconduct or a breach: a person by office and name, else the subject; None without accusing words."""
    if not _ACCUSATION.search(title) and not _ACCUSATION.search(text):
        return None
    person = _PERSON.search(title) or _PERSON.search(text)
    if person is not None:
        return _ACCUSING.sub("", person[0]) or None
    # Whoever complains is not whom the complaint is about.
    return None if subject is not None and _WEAK_ROLES.fullmatch(subject) else subject


def _named(text: str, cuts: Sequence[tuple[str, str]], endings: Iterable[int]) -> Iterator[tuple[int, float, str]]:
    """Yield (offset, worth, name) of every body that the text calls by a name."""
    ends: list[int] = []
    for index in endings:
        ends = ends or [0, *accumulate([len(word) for word, _ in cuts])]
        word = cuts[index][0]
        first = _leftmost(cuts, index)
        start = ends[first]
        admin = _ADMIN.search(text, max(0, start - 4), start)
        # Public bodies are told apart by whose they are (东湖区教育局); a shop is known by its own name.
        if admin is not None and word.endswith(_PUBLIC):
            start = admin.start()
        if start < ends[index] and ends[index + 1] - start >= _SHORTEST_NAME:
            name = text[start : ends[index + 1]]
            is_full = len(name) >= _FULL_NAME and name.endswith(_FIRMS)
            yield start, worth_of_word(word) + is_full * _FULL_NAME_BONUS, name


def _roles(text: str) -> Iterator[tuple[int, float, str]]:
    for role in _ROLES.finditer(text):
        yield role.start(), 1.2 if len(role[0]) > len("物业") else 1.0, role[0]
    for line in _VEHICLE_LINE.finditer(text) if _MAYBE_LINE.search(text) else ():
        yield line.start(), 1.3, line[0]
    for role in _WEAK_ROLES.finditer(text):
        yield role.start(), -_TITLE_BONUS, role[0]


def _leftmost(tagged: Sequence[tuple[str, str]], last: int) -> int:
    """Return where the name begins that ends with a word."""
    first = last
    while first > 0 and last - first < _NAME_WORDS:
        word, tag = tagged[first - 1]
        is_single = len(word) == 1 and "\u4e00" <= word <= "\u9fff" and not tag.startswith(("v", "u", "m"))
        if not (is_single or tag in _NAME_TAGS) or word in _OUTSIDE or _PLACE_END.search(word):
            break
        first -= 1
    return first
