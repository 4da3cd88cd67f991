"""How much and how many (数量): sums of money, people or households affected."""

import re
from typing import Final

from nlu.numerals import count_of

_MOST: Final = 20  # sums that are kept of one text
_HAN: Final = "零〇一二两三四五六七八九十百千万亿壹贰叁肆伍陆柒捌玖拾佰仟"
_ABOUT: Final = "[多余来几]"
_FIGURE: Final = (
    rf"(?:\d{{1,12}}(?:,\d{{3}})*(?:\.\d+)?|[{_HAN}])[{_HAN}\dkKwW]{{0,12}}(?:{_ABOUT}[十百千万亿]{{0,2}})?"
)
_SPENT: Final = "[投花付交欠款价费赔失额收借存贷资金骗罚转退租掏赚扣卖]"
_THEN: Final = "(?:[我你他她了掉走出过去近约共给用]|们|大概|差不多|至少|将近)"
_DUES: Final = "(?:押金|定金|订金|保证金|工资|学费|房租|租金|罚款|首付|彩礼|货款|欠款|存款)"
# What is counted that is no money, and what would make a figure longer.
_COUNTED: Final = (
    "[人户平公方立吨亩次名位里辆㎡件株棵家册字年余多来几民个天日月号周小时分秒度页条只头箱袋套台部张份间栋层米斤瓶克点种步级岁趟遍趟口车票路班期元块圆"
    rf"\da-zA-Z.,%{_HAN}]"
)
_MONEY: Final = re.compile(
    rf"(?P<figure>{_FIGURE})(?:块(?:钱|(?![砖地田石木板玻牌空瓷电屏肉表糖]))|元|圆|人民币)"
    rf"|(?P<due>{_FIGURE})(?=的?{_DUES})"
    rf"|(?:{_SPENT}{_THEN}{{0,3}}(?P<spent>{_FIGURE})|了(?P<bare>\d{{1,6}}(?:\.\d+)?(?:千万|百万|万|亿)\d?))(?!(?!一[个套间位台年月]){_COUNTED})"
)
_LARGE: Final = re.compile(r"[百千万亿佰仟wWkK]|\d{3,}[多余]$")
_MONEY_UNIT: Final = re.compile(r"[块元圆币百千万亿佰仟]|\d[kKwW]|\d{3}[多余]")  # one of which is in every sum
_CHINESE: Final = "一二两三四五六七八九十百千万"
_PEOPLE: Final = re.compile(
    # A figure's first character comes first, so that all others are passed over at the speed of a search for a character.
    rf"(?P<figure>[\d{_CHINESE}](?<![\d年月第.][\d{_CHINESE}])(?:(?<=\d)\d{{0,5}}|(?<!\d)[{_CHINESE}]{{0,5}}))(?:多|余|来|几)?(?P<unit>[百千万])?(?:多|余)?(?:个|名|位)?"
    r"(?:户(?!型|口|均|外|主|籍)|(?:住户|业主|居民|村民|家庭|家长|学生|工人|民工|农民工|员工|职工|老人|群众|乘客|考生|受害者|受害人|市民)|人(?!员|民|才|行|们|家|次|均|大|工|为|力|口|生|事|都))"
)
_MOST_PEOPLE: Final = 10_000_000
_SCALE: Final = {"百": 100, "千": 1000, "万": 10_000}


def amounts_of(text: str) -> tuple[float, ...]:
    """Return the sums of money in a normalised text in yuan, in order, each once."""
    if not _MONEY_UNIT.search(text):
        return ()
    found: dict[float, None] = {}
    for money in _MONEY.finditer(text):
        figure = money["figure"] or money["due"] or money["bare"] or money["spent"]
        # 「交10」 and 「收了三」 count something else.
        value = count_of(figure) if money["figure"] or _LARGE.search(figure) else 0.0
        if value:
            found[round(value, 2)] = None
    return tuple(found)[:_MOST]


def people_of(text: str) -> int | None:
    """Return the largest number of people or households told, None where none is or it is only one."""
    most = 1
    for people in _PEOPLE.finditer(text):
        count = int(count_of(people["figure"])) * _SCALE.get(people["unit"] or "", 1)
        if most < count <= _MOST_PEOPLE:
            most = count
    return most if most > 1 else None
