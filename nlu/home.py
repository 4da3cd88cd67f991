"""Where the citizen lives (住址): the door, the house, and which words say that they are the citizen's own."""

import re
from typing import Final

_HAN: Final = "[一二三四五六七八九十零〇]"
# Which household it is. A building may be where the nuisance is; the door tells who complains.
HOUSEHOLD: Final = re.compile(
    rf"(?:[A-Za-z]?\d{{1,2}}|{_HAN}{{1,3}})单元[ \-—]?(?:[A-Za-z]?\d{{1,4}}|{_HAN}{{1,5}})?(?:室|号房?|户)?"
    rf"|(?<=[栋幢座楼#])[ \-—]?(?:[A-Za-z]?\d{{3,4}}|{_HAN}{{2,5}})(?:室|号房?|户)?(?!\d|年|月|元|米|人)"
    r"|(?<![\d年])\d{3,4}(?:室|号房|户)(?!\d)|\*\*\*(?:室|户)?"
    r"|(?<![\d路第])\d{3,4}(?=的?(?:住户|业主|居民|租户|邻居|\*\*\*))"
    r"|(?<=\d)-\d{1,2}-\d{3,4}(?![\d-])|\d{1,2}门\d{3,4}(?:室|号房?|户)?"
    rf"|(?:\d{{1,2}}|{_HAN}{{1,3}})[楼层][东西南北中][边侧]?户"
)
# Down to which house it is; 1号 by itself is a day.
_HOUSE: Final = re.compile(
    rf"(?:[A-Za-z]?\d{{1,4}}|{_HAN}{{1,3}})(?:号楼|号院|[栋幢座室层户门排#]|单元|楼(?![上下]))"
    rf"|(?<=[路街巷弄里道村苑园区城府湾院坊组牌])(?:\d{{1,4}}-)?(?:\d{{1,4}}|{_HAN}{{1,3}})号房?(?![路街线巷]|大道)"
    r"|(?:(?<=[园苑区城府湾院村])\d{1,3})?(?:[ \-—]\d{1,4}){1,2}$"
)
_WHO: Final = "住户|业主|居民|租户|租客|家属"
_SAYS: Final = "反映|来电|致电|称|表示|说|投诉|举报|咨询|求助"
# What says that a home is the citizen's own, and the words after it, up to where the matter begins.
_OWN: Final = re.compile(
    r"(?P<own>(?:我们?|本人|俺|咱们?)(?:家?(?:现?居?住|就住)|家在|家(?:的|楼上|楼下|隔壁|对门)?(?=[A-Za-z]?\d)"
    rf"|家(?![小里人的老长孩])(?=[^，]{{0,20}}(?:\d|{_HAN})[栋幢号单])|是(?![来想要])|系)"
    r"|^(?:现|家)?居?住(?:在|于)?|^系|(?:家庭|居)?[住地]址[是为:：]?)"
    r"(?P<where>.{0,40}?)(?=反映|投诉|举报|要求|楼上|楼下|隔壁|对面|旁|附近|$)"
    rf"|^(?!.{{0,4}}(?:投诉|举报|反映|检举|控告|希望|请))(?P<said>.{{2,40}}?)(?=(?:{_WHO})(?:$|{_SAYS}))"
)
_MARKS: Final = "，。；、！？\n"
_CLAUSE: Final = re.compile(r"([^，。；、！？\n]+)([，。；、！？\n]*)")
_DANGLING: Final = re.compile(rf"(?<=[是系])的(?={_WHO})|(?<=[是系])的$")
# Which of his firm's or school's people somebody is, where he says it of himself.
_NUMBER: Final = r"(?:工号|员工号|员工编号|学号|警号)[是为:： ]{0,2}[A-Za-z0-9-]{2,12}"
_OWN_NUMBER: Final = re.compile(rf"(?P<own>我|本人)[的是]?{_NUMBER}(?!的?(?:客服|工作人员|司机|师傅|窗口))")
_ONLY_NUMBER: Final = re.compile(_NUMBER)
_SELF: Final = re.compile(r"^(?:我们?|本人|俺)(?:是(?![来想要])|系|在.{1,15}(?:上班|工作|打工|任职)$)")
# A clause of which no more is left than that the citizen lives or is somewhere.
_EMPTY: Final = re.compile(
    r"(?:我们?|本人|俺|咱们?)?(?:家?(?:现?居?住|就住|家住)?(?:在|于)?|家在|是|系|(?:家庭|居)?[住地]址[是为:：]?)"
)


def without_household(words: str) -> str:
    """Return words of a place or a brief without the door (2单元502室) that would tell who lives there."""
    return HOUSEHOLD.sub("", words)


def street_of(words: str) -> str:
    """Return words of a place without the house: 幸福路12号3栋502 is on 幸福路."""
    return _HOUSE.sub("", without_household(words))


def without_home(text: str) -> str:
    """Return a text with no door in it, and of the citizen's own home no more than the street or the estate.

    The house of another stays: it may be where the nuisance is.
    """
    told = text[: len(text) - len(text.lstrip(_MARKS))]
    is_self = False
    for words, marks in _CLAUSE.findall(text):
        goes_on = is_self and _ONLY_NUMBER.fullmatch(words) is not None
        is_self = goes_on or _SELF.search(words) is not None or _OWN.search(words) is not None
        rest = "" if goes_on else _without_own(words)
        told += rest + marks if rest or rest == words else marks.lstrip("，、；")
    return told


def place_without_home(words: str, text: str) -> str:
    """Return words of a place, of a home no more than the street: one with a door, or one that the text tells as its citizen's own."""
    is_home = HOUSEHOLD.search(words) or (words in text and words not in without_home(text))
    return street_of(words) if is_home else words


def _without_own(words: str) -> str:
    told = _OWN.sub(lambda own: (own["own"] or "") + street_of(own["where"] or own["said"] or ""), words)
    told = without_household(_DANGLING.sub("", _OWN_NUMBER.sub(lambda number: number["own"], told)))
    return "" if told != words and _EMPTY.fullmatch(told) else told
