"""How much and how many (数量): sums of money, people or households affected."""

import re
from typing import Final

from nlu.times import number_of

_MOST: Final = 20  # sums that are kept of one text
_UNITS: Final = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "十万": 1e5, "百万": 1e6, "千万": 1e7, "亿": 1e8}
_MONEY: Final = re.compile(
    r"(?P<figure>\d{1,12}(?:,\d{3})*(?:\.\d+)?|[一二两三四五六七八九十百千万]{1,8})(?:多|余|来|几)?(?P<unit>千万|百万|十万|[百千万亿])?(?:多|余)?(?:块钱?|元|圆|人民币)"
    r"|(?<=[投花付交欠款价费赔失额收借存贷资金了])(?P<bare>\d{1,6}(?:\.\d+)?)(?P<tens>千万|百万|万|亿)(?![人户平公方立吨亩次名位里辆㎡件株棵家册字年余多民])"
)
_MONEY_UNIT: Final = re.compile("[块元圆万亿币]")  # one of which ends every sum
_CHINESE: Final = "一二两三四五六七八九十百千万"
_PEOPLE: Final = re.compile(
    # A figure's first character comes first, so that all others are passed over at the speed of a search for a character.
    rf"(?P<figure>[\d{_CHINESE}](?<![\d年月第.][\d{_CHINESE}])(?:(?<=\d)\d{{0,5}}|(?<!\d)[{_CHINESE}]{{0,5}}))(?:多|余|来|几)?(?P<unit>[百千万])?(?:多|余)?(?:个|名|位)?"
    r"(?:户(?!型|口|均|外|主|籍)|(?:住户|业主|居民|村民|家庭|家长|学生|工人|民工|农民工|员工|职工|老人|群众|乘客|考生|受害者|受害人|市民)|人(?!员|民|才|行|们|家|次|均|大|工|为|力|口|生|事|都))"
)
# 三四百人, 七八十人: the fewest that it may be.
_BETWEEN: Final = re.compile("([一二两三四五六七八九])[一二三四五六七八九](十?)")
_MOST_PEOPLE: Final = 10_000_000
_SCALE: Final = {"百": 100, "千": 1000, "万": 10_000}


def amounts_of(text: str) -> tuple[float, ...]:
    """Return the sums of money in a normalised text in yuan, in order, each once."""
    if not _MONEY_UNIT.search(text):
        return ()
    found: dict[float, None] = {}
    for money in _MONEY.finditer(text):
        figure, unit = money["figure"] or money["bare"], money["unit"] or money["tens"] or ""
        value = float(figure.replace(",", "")) if figure[0].isascii() else float(_count(figure))
        if value:
            found[round(value * _UNITS[unit], 2)] = None
    return tuple(found)[:_MOST]


def people_of(text: str) -> int | None:
    """Return the largest number of people or households told, None where none is or it is only one."""
    most = 1
    for people in _PEOPLE.finditer(text):
        count = _count(people["figure"]) * _SCALE.get(people["unit"] or "", 1)
        if most < count <= _MOST_PEOPLE:
            most = count
    return most if most > 1 else None


def _count(words: str) -> int:
    """Read Arabic figures, or Chinese ones with hundreds and thousands (三百二十)."""
    if words[0].isascii():
        return int(words)
    total, rest = 0, words
    for word, scale in (("万", 10_000), ("千", 1000), ("百", 100)):
        before, found, after = rest.partition(word)
        if found:
            total += (_below_hundred(before) or 1) * scale
            rest = after
    return total + _below_hundred(rest)


def _below_hundred(words: str) -> int:
    between = _BETWEEN.fullmatch(words)
    if between:
        return number_of(between[1]) * (10 if between[2] else 1)
    try:
        return number_of(words) if words else 0
    except ValueError:
        return 0
