"""When it happened, or is to happen (时间): the words that say so."""

import re
from typing import Final
from zoneinfo import ZoneInfo

LOCAL_TIME: Final = ZoneInfo("Asia/Shanghai")

_N: Final = r"(?:\d{1,3}|[一二两三四五六七八九十几数]{1,3})"
_HALF: Final = r"(?:[上下]半年|[春夏秋冬][天季])"
_YEAR: Final = (
    r"(?:(?:19|20)\d{2}年?(?:至|到|-)(?:19|20)\d{2}年"
    rf"|(?:19|20)\d{{2}}年(?:度|末|初|底|{_HALF})?|(?:今|去|前|明|当|本|同)年(?:度|末|年?[初底]|{_HALF})?)"
)
_PART_OF_MONTH: Final = "初|底|末|中旬|上旬|下旬"
# 「楼下月租」 and 「以上月份」 name no month.
_MONTH: Final = (
    rf"(?:{_N}月(?:份|{_PART_OF_MONTH})?|(?<![以楼一底之])(?:上上|上|这|本|当|下)个?月(?:的?{_N}[日号]|份|{_PART_OF_MONTH})?"
    r"|(?<![年月半份个\d])[年月](?:底|末)(?![余片]))"
)
_DATE: Final = rf"(?:[农阴]历)?{_N}月初?{_N}[日号]?|(?:[农阴]历)?腊月初?{_N}"
_NUMERIC: Final = r"(?:19|20)\d{2}[-./]\d{1,2}(?:[-./]\d{1,2})?(?!\d)"
_WEEK: Final = r"(?:周|星期|礼拜)"
# 周一三五, but not 周三一直 or 周三五点.
_MORE_DAYS: Final = "(?:、?(?!一天)[一二三四五六日天](?=[、一二三四五六日天晚早上下中夜的都要，。]|$))*"
_DAY: Final = (
    r"(?:[今昨前明]天|大[前后]天|(?<![以之今往])后天(?![性天气])|[今昨当前明][日晚夜早晨]"
    rf"|(?<![楼地一之以底树])(?:上上|上|这|本|每|下下|下)个?{_WEEK}(?![边围遭])(?:末|[一二三四五六日天]{_MORE_DAYS})?"
    rf"|周(?:末|[一二三四五六日]{_MORE_DAYS})|星期[一二三四五六日天]{_MORE_DAYS}|双休日|节假日|寒暑假|(?<![个\d])工作日)"
)
_ROAD: Final = "(?![路街道巷大广村新花小公商超酒])"
_BARE_FEAST: Final = "五一|六一|十一|清明"  # 五一 may be a road, 清明 a street
_FEAST: Final = (
    rf"(?:(?:春节|国庆|元旦|端午|中秋|除夕){_ROAD}(?!月饼|粽|礼|联欢|烟花)节?|(?<=年)(?:{_BARE_FEAST})(?![路街月点大广])节?"
    rf"|(?:{_BARE_FEAST}|元宵|重阳)(?:节|(?=期间|当天|前后|那天|假期|长假|小长假|放假|以来))"
    r"|劳动节|大?年三十|(?:大年|正月)初[一二三四五六七八九十]|正月十五)(?:期间|假期|小?长假|放假)?"
)
_PART: Final = (
    r"(?:凌晨|清晨|早晨|早上|上午|中午|午间|下午|傍晚|晚上|夜间|夜里|夜晚|深夜|半夜|午夜"
    r"|早晚高峰期?|早高峰|晚高峰|上下班(?:高峰期?|的?时间|时段)?"
    r"|整夜|通宵|彻夜|日夜|昼夜|整天|整日|全天|白天)"
)
_NO_CLOCK: Final = "(?!间|候|常|代|段|要)"
_CLOCK: Final = (
    rf"(?:\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?"
    rf"|{_N}[点时]{_NO_CLOCK}钟?(?:半|整|多|许|一刻|{_N}分|[二三四五]?十[一二三四五六七八九]?(?![多几个来点时一二三四五六七八九]))?(?:左右|许|多)?)"
)
# 「两点」 alone is as often 「two points」 as two o'clock.
_CLEAR_CLOCK: Final = rf"(?:\d{{1,2}}[:：]\d{{2}}|\d{{1,2}}[点时]{_NO_CLOCK}|{_N}点(?:钟|半|多|左右|到|至))"
_EVERY: Final = r"(?:每[天日晚周月年夜]|每个(?:周末|月|星期|晚上)|天天|每到|每逢|夜夜|年年)"
_LONG: Final = (
    r"(?:常年|长年|长期|多年来?|这几年|近几年|近年来?|一直以来|近[日期]|最近|前不久|前几天|这几天"
    r"|前段时间|近段时间|目前|现在)"
)
_LENGTH: Final = (
    rf"(?:长达|已有|已经|将近|持续|连续|近)?(?:{_N}|半|好几|大半|数十)(?:多|余)?"
    rf"(?:个半?(?:月|小时|{_WEEK})|半?(?:年|天|小时|{_WEEK})|月(?=有余|之久|以来))(?:有余|之久|多|余|以来|来|时间|左右|[之以]?前(?![面边方任台往途来去]))?"
)

_NO_HOUSE: Final = "(?![楼栋幢院线门店桌台机井座库区])"
# 「5号」 by itself is as often a house.
_NUMBERED: Final = (
    rf"(?<![路街巷弄道村园区楼栋幢座第#月.\d]){_N}[日号]"
    rf"(?:(?=(?:到|至|-|—|~){_N}[日号]{_NO_HOUSE})|(?=开始|当天|那天|{_PART}))"
)
_SIMPLE: Final = (
    rf"(?:{_NUMERIC}|{_YEAR}的?(?:{_DATE}|{_MONTH})?|{_DATE}|{_MONTH}|{_DAY}|{_FEAST}|{_EVERY}|{_PART}|{_NUMBERED}"
    rf"|(?={_CLEAR_CLOCK}){_CLOCK})"
)
_POINT: Final = rf"{_SIMPLE}(?:(?:[的 ]|[那当]天的?)?(?:{_SIMPLE}|晚?{_CLOCK}))*"
_NOW: Final = "如今|今(?![年天日晚早])|现在|目前"
_UNTIL: Final = (
    rf"(?:一直)?(?:到|至|-|—|~)+"
    rf"(?:(?:次日|第二天)(?:{_POINT})?|{_NOW}|天亮|{_POINT}|[早晚夜]?{_CLOCK}|{_N}点间|初[一二三四五六七八九十]|{_N}[日号]{_NO_HOUSE})"
)
_RANGE: Final = (
    rf"(?:从|自)?{_POINT}(?:(?:{_UNTIL}){{1,2}}|[、和或及与]{_POINT})?"
    r"(?:以后|之后|开始|以来|起(?![火诉来因])|期间|左右|许|后|前后|[之以]?前(?![面边方任台来往去几段不所提]))?"
)
# The characters with which such words begin: nine of ten in a text are none, and are passed over in one look.
_BEGINS: Final = (
    "0-9一二两三四五六七八九十几数半好大长已将持连近今去前当本同上这昨周星双节寒春国元"
    "凌清早中午下傍晚夜深整通彻日昼全白每天年常多最目现从自明后除端清重正劳工月农阴腊"
)
ANY_TIME: Final = rf"(?P<length>(?<!哪){_LENGTH})|(?P<vague>{_LONG})(?:{_PART})?|(?P<point>{_RANGE})"
TIME: Final = re.compile(rf"(?=[{_BEGINS}])(?:{ANY_TIME})")
_TIME_AT_FRONT: Final = frozenset("0123456789日号点时分期间至到周星礼" + _BEGINS.removeprefix("0-9"))
_FARTHEST_BACK: Final = 12  # characters before a span in which a time may have begun that reaches into it
_BARE_MONTH: Final = re.compile(f"{_N}月")
_AFTER_TIME: Final = "的在于,，、"
# A year inside 《…》, a document number or a promise for the future is not when it happened.
_QUOTED: Final = re.compile(r"《[^》]{0,60}》|〔\d+〕|\d{1,3}年(?:产权|房龄|合同|工龄|学制)")

_HARDLY_A_TIME: Final = frozenset(("目前", "现在"))
_TELLING_LENGTH: Final = re.compile(r"^(?:长达|已|将近|持续|连续)|多|余|久|[来前]$")
_PRECISION: Final = (
    (re.compile(rf"{_DATE}|{_NUMERIC}|{_EVERY}|[昨前今明后]天|[昨明][晚夜]|下个?{_WEEK}"), 1.0),
    (re.compile(_PART), 1.0),
    (re.compile(_CLEAR_CLOCK), 0.5),
)
_LEAST_WEIGHT: Final = 0.5
_EARLY_PENALTY: Final = 120  # characters of position that outweigh one step of precision


def find_time(text: str, title: str = "") -> str | None:
    """Return the most telling time expression of a normalised title and text."""
    best: tuple[float, str] | None = None
    for source, head_start in ((title, 0.3), (text, 0.0)):
        quoted: list[tuple[int, int]] | None = None
        for found in TIME.finditer(source):
            if quoted is None:
                quoted = [quote.span() for quote in _QUOTED.finditer(source)]
            if any(start <= found.start() < end for start, end in quoted):
                continue
            telling = _weight(found)
            weight = telling + head_start - found.start() / _EARLY_PENALTY
            if telling >= _LEAST_WEIGHT and (best is None or weight > best[0]):
                best = weight, found[0]
    return best[1] if best else None


def beyond_time(text: str, start: int, end: int) -> int:
    """Return where a span of place or subject begins in earnest: after the words of a time in its front (11点楼下, 上周三幸福路).

    A bare month may be a name (三月花园).
    """
    if text[start] not in _TIME_AT_FRONT:
        return start
    for found in TIME.finditer(text, max(0, start - _FARTHEST_BACK), end):
        if found.start() <= start < found.end():
            is_time = found["length"] is None and not _BARE_MONTH.fullmatch(found[0])
            after = found.end()
            return after + (after < end and text[after] in _AFTER_TIME) if is_time else start
    return start


def _weight(found: re.Match[str]) -> float:
    words = found[0]
    if found["vague"]:
        return 0.4 if words in _HARDLY_A_TIME else 1.0
    if found["length"]:
        return 1.5 if _TELLING_LENGTH.search(words) or found.string.startswith("了", found.end()) else 0.4
    return 2.0 + sum(bonus for pattern, bonus in _PRECISION if pattern.search(words))
