"""When it happened (时间): the words that say so, and the moment where they name a day."""

import re
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

LOCAL_TIME: Final = ZoneInfo("Asia/Shanghai")

_N: Final = r"(?:\d{1,3}|[一二两三四五六七八九十几数]{1,3})"
_HALF: Final = r"(?:[上下]半年|[春夏秋冬][天季])"
_YEAR: Final = (
    r"(?:(?:19|20)\d{2}年?(?:至|到|-)(?:19|20)\d{2}年"
    rf"|(?:19|20)\d{{2}}年(?:度|末|初|底|{_HALF})?|(?:今|去|前|当|本|同)年(?:度|末|年?[初底]|{_HALF})?)"
)
_MONTH: Final = rf"(?:{_N}月(?:份|初|底|末|中旬|上旬|下旬)?|(?:上|这|本|当)个?月(?:份|初|底|末)?)"
_DATE: Final = rf"{_N}月{_N}[日号]?"
_NUMERIC: Final = r"(?:19|20)\d{2}[-./]\d{1,2}(?:[-./]\d{1,2})?(?!\d)"
_WEEK: Final = r"(?:周|星期|礼拜)"
_DAY: Final = (
    rf"(?:[今昨前]天|大前天|[今昨当前][日晚夜早晨]|(?:上|这|本|每)个?{_WEEK}[一二三四五六日天末]?"
    r"|周[一二三四五六日末]|星期[一二三四五六日天]+|双休日|节假日|寒暑假|春节|国庆|元旦)"
)
_PART: Final = (
    r"(?:凌晨|清晨|早晨|早上|上午|中午|午间|下午|傍晚|晚上|夜间|夜里|夜晚|深夜|半夜|午夜"
    r"|早晚高峰期?|早高峰|晚高峰|上下班(?:高峰期?|的?时间|时段)?"
    r"|整夜|通宵|彻夜|日夜|昼夜|整天|整日|全天|白天)"
)
_NO_CLOCK: Final = "(?!间|候|常|代|段|要)"
_CLOCK: Final = (
    rf"(?:\d{{1,2}}[:：]\d{{2}}(?:[:：]\d{{2}})?"
    rf"|{_N}[点时]{_NO_CLOCK}钟?(?:半|整|多|许|{_N}分)?(?:左右|许|多)?)"
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
    rf"(?:个半?(?:月|小时|{_WEEK})|半?(?:年|天|小时|{_WEEK})|月(?=有余|之久|以来))(?:有余|之久|多|余|以来|来|时间|左右)?"
)

_SIMPLE: Final = (
    rf"(?:{_NUMERIC}|{_YEAR}的?(?:{_DATE}|{_MONTH})?|{_DATE}|{_MONTH}|{_DAY}|{_EVERY}|{_PART}"
    rf"|(?={_CLEAR_CLOCK}){_CLOCK})"
)
_POINT: Final = rf"{_SIMPLE}(?:[的 ]?(?:{_SIMPLE}|{_CLOCK}))*"
_UNTIL: Final = rf"(?:一直)?(?:到|至|-|—|~)+(?:次日|第二天|如今|今(?![年天日晚早]))?(?:{_POINT})?"
_RANGE: Final = (
    rf"(?:从|自)?{_POINT}(?:{_UNTIL}|[、和或及与]{_POINT})?"
    r"(?:以后|之后|开始|以来|起(?![火诉来因])|期间|左右|许|后|前后|[之以]?前(?![面边方任台来往去几段不所提]))?"
)
# The characters with which such words begin: nine of ten in a text are none, and are passed over in one look.
_BEGINS: Final = (
    "0-9一二两三四五六七八九十几数半好大长已将持连近今去前当本同上这昨周星双节寒春国元"
    "凌清早中午下傍晚夜深整通彻日昼全白每天年常多最目现从自"
)
ANY_TIME: Final = rf"(?P<length>{_LENGTH})|(?P<vague>{_LONG})(?:{_PART})?|(?P<point>{_RANGE})"
TIME: Final = re.compile(rf"(?=[{_BEGINS}])(?:{ANY_TIME})")
# A year inside 《…》, a document number or a promise for the future is not when it happened.
_QUOTED: Final = re.compile(r"《[^》]{0,60}》|〔\d+〕|\d{1,3}年(?:产权|房龄|合同|工龄|学制)")

_NAMED_DAYS: Final = {"今": 0, "昨": 1, "前": 2, "大前": 3}
_NUMERALS: Final = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TEN: Final = 10
_NOON: Final = 12
SMALL_HOURS: Final = 6  # of the night that began the evening before
NIGHT: Final = re.compile("晚|夜")
_FIELDS: Final = re.compile(
    rf"(?:(?P<year>(?:19|20)\d{{2}})年|(?P<this>[今去前])年)?(?:的)?(?P<month>{_N})月(?P<day>{_N})[日号]?"
    r"|(?P<iso>(?:19|20)\d{2}[-./]\d{1,2}[-./]\d{1,2})|(?P<named>大前|[今昨前])(?:天|日|晚|夜|早)"
)
_HOUR: Final = re.compile(rf"(?P<hour>{_N})(?:[点时]|[:：](?P<minute>\d{{2}}))(?P<half>半)?(?:(?P<minutes>{_N})分)?")
_AFTERNOON: Final = re.compile(r"下午|傍晚|晚上|夜间|夜里|夜晚|深夜|[今昨]晚|[今昨]夜")
_HARDLY_A_TIME: Final = frozenset(("目前", "现在"))
_TELLING_LENGTH: Final = re.compile(r"^(?:长达|已|将近|持续|连续)|多|余|久|来$")
_PRECISION: Final = (
    (re.compile(rf"{_DATE}|{_NUMERIC}|{_EVERY}|[昨前今]天|昨晚|昨夜"), 1.0),
    (re.compile(_PART), 1.0),
    (re.compile(_CLEAR_CLOCK), 0.5),
)
_LEAST_WEIGHT: Final = 0.5
_EARLY_PENALTY: Final = 120  # characters of position that outweigh one step of precision


class TimeSpan(Struct, frozen=True):
    """The words that say when, and the moment when they name a day (timezone-aware, else None)."""

    span: str
    moment: datetime | None


def find_time(text: str, received_at: datetime, title: str = "") -> TimeSpan | None:
    """Return the most telling time expression of a normalised title and text.

    `received_at` must be timezone-aware; relative words count from its date in Asia/Shanghai, and
    what would lie after it is no time of occurrence.
    """
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
    if best is None:
        return None
    return TimeSpan(best[1], _moment(best[1], received_at))


def _weight(found: re.Match[str]) -> float:
    words = found[0]
    if found["vague"]:
        return 0.4 if words in _HARDLY_A_TIME else 1.0
    if found["length"]:
        return 1.5 if _TELLING_LENGTH.search(words) or found.string.startswith("了", found.end()) else 0.4
    return 2.0 + sum(bonus for pattern, bonus in _PRECISION if pattern.search(words))


def _moment(words: str, received_at: datetime) -> datetime | None:
    here = received_at.astimezone(LOCAL_TIME)
    found = _FIELDS.search(words)
    day = _day(found, here) if found else None
    if found is None or day is None:
        return None
    clock = _HOUR.search(words, found.end())
    if clock is not None:
        try:
            hour, minute = _clock(clock, words)
        except ValueError:  # 昨晚几点: the day is known, the hour is not
            hour, minute = 0, 0
        day = day + timedelta(hours=hour, minutes=minute)
    return day if day <= here else None


def _day(found: re.Match[str], here: datetime) -> datetime | None:
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    if found["named"]:
        return midnight - timedelta(days=_NAMED_DAYS[found["named"]])
    try:
        if found["iso"]:
            year, month, day = (int(part) for part in re.split(r"[-./]", found["iso"]))
            return midnight.replace(year=year, month=month, day=day)
        month, day = number_of(found["month"]), number_of(found["day"])
        year = int(found["year"]) if found["year"] else here.year - "今去前".find(found["this"] or "今")
        guess = midnight.replace(year=year, month=month, day=day)
        is_open = not found["year"] and not found["this"]
        # 「12月21日」 told in January is last year's.
        return guess.replace(year=year - 1) if is_open and guess > here else guess
    except ValueError:  # the 31st of a short month, 几月几日
        return None


def _clock(found: re.Match[str], words: str) -> tuple[int, int]:
    hour = number_of(found["hour"])
    if hour < SMALL_HOURS and NIGHT.search(words):
        hour += 2 * _NOON  # of the night that began that evening
    elif hour < _NOON and _AFTERNOON.search(words):
        hour += _NOON
    elif hour == _NOON and NIGHT.search(words):
        hour = 2 * _NOON
    minute = 30 if found["half"] else number_of(found["minute"] or found["minutes"] or "0")
    return min(hour, 2 * _NOON + SMALL_HOURS), min(minute, 59)


def number_of(words: str) -> int:
    """Read up to two digits, Arabic or Chinese; 三四十 is its fewest, 30. ValueError for 几 and 数."""
    if words.isdigit() and words.isascii():
        return int(words)
    tens, found_ten, ones = words.partition("十")
    if not found_ten:
        return int("".join(str(_numeral(word)) for word in words))
    return (_numeral(tens[0]) if tens else 1) * _TEN + (_numeral(ones[0]) if ones else 0)


def _numeral(word: str) -> int:
    if word not in _NUMERALS:
        raise ValueError(word)
    return _NUMERALS[word]
