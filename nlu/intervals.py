"""From when to when (时段): what the words of a time come to, counted from the day they were received."""

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final, Literal

from models.understanding import Interval
from nlu.times import LOCAL_TIME, NIGHT, SMALL_HOURS, number_of

Span = tuple[datetime, datetime]
_Repeats = Literal["daily", "weekly", "monthly", "yearly"]

_N: Final = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_REPEATS: Final[tuple[tuple[_Repeats, re.Pattern[str]], ...]] = (
    ("daily", re.compile(r"每[天日晚夜早]|天天|夜夜|日夜|昼夜|每到(?:晚|夜)|每个晚上")),
    ("weekly", re.compile(r"每个?(?:周|星期|礼拜)|每逢(?:周|星期)|双休日|(?<![上这本个])周末")),
    ("monthly", re.compile(r"每个?月")),
    ("yearly", re.compile(r"每年|年年|每[到逢](?:春|夏|秋|冬|雨季|汛期)")),
)
_YEAR_WORDS: Final = r"(?:(?P<year>(?:19|20)\d{2})年|(?P<this>[今去前])年)"
_DAY: Final = re.compile(
    rf"{_YEAR_WORDS}?的?(?P<month>{_N})月(?P<day>{_N})[日号]?|(?P<iso>(?:19|20)\d{{2}}[-./]\d{{1,2}}[-./]\d{{1,2}})"
    r"|(?P<ago>大前|[今昨前])(?:天|日|晚|夜|早)|(?P<week>上上|上|这|本)?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
)
_HOLIDAY: Final = re.compile(rf"{_YEAR_WORDS}?(?P<name>元旦|五一|劳动节|国庆)节?(?P<all>期间|假期|长假|放假)?")
_WEEK: Final = re.compile(r"(?P<week>上上|上|这|本)个?(?:周|星期|礼拜)(?P<weekend>末)?")
_MONTH: Final = re.compile(
    rf"{_YEAR_WORDS}?的?(?P<month>{_N})月份?(?P<part>初|底|末|上旬|中旬|下旬)?|(?P<near>上|这|本)个?月份?(?P<half>初|底|末)?"
)
_YEAR: Final = re.compile(
    rf"{_YEAR_WORDS}(?:度|的)?(?P<part>初|底|末|上半年|下半年|[春夏秋冬])?|(?P<bare>上半年|下半年)"
)
_YEAR_PARTS: Final = {
    "初": (1, 3), "底": (11, 13), "末": (11, 13), "上半年": (1, 7), "下半年": (7, 13),
    "春": (3, 6), "夏": (6, 9), "秋": (9, 12), "冬": (12, 15),
}  # fmt: skip
_AGO: Final = re.compile(
    rf"(?<![上下])(?P<count>{_N}|半|几|数)(?:多|个)?(?:多|个)?(?P<unit>年|月|周|星期|礼拜|天|日|晚|小时)(?:半|多|余)?(?P<before>以?前)?"
)
_CLOCK: Final = re.compile(
    rf"(?P<part>凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|夜里|夜间|深夜|半夜|[今昨每当][晚夜])?(?:的)?"
    rf"(?P<hour>{_N})(?:[点时](?:(?P<half>半)|(?P<quarter>一刻)|(?P<minutes>{_N})分?)?|[:：](?P<minute>\d{{2}}))"
)
_PARTS: Final = {
    "凌晨": (0, 6), "清晨": (5, 8), "早晨": (6, 9), "早上": (6, 9), "上午": (6, 12), "中午": (11, 14), "下午": (12, 18),
    "傍晚": (17, 19), "晚上": (18, 24), "夜里": (20, 30), "夜间": (20, 30), "深夜": (23, 28), "半夜": (23, 28), "白天": (7, 19),
    "每晚": (18, 24), "每夜": (20, 30), "昨晚": (18, 24), "今晚": (18, 24), "昨夜": (20, 30),
}  # fmt: skip
_PART: Final = re.compile("|".join(_PARTS))
_EVENING: Final = re.compile(r"下午|傍晚|晚|夜")
_NEXT_DAY: Final = re.compile(r"次日|第二天")
_ISO: Final = re.compile(r"((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})")
_UNTIL: Final = re.compile(r"到|至|—|~|-|、")
_SINCE: Final = re.compile(r"以来|至今|(?:到|至)(?:今(?!天|年|晚)|现在|目前|如今)|起|开始|^自")
_NAMED_DAYS: Final = {"今": 0, "昨": 1, "前": 2, "大前": 3}
_HOLIDAYS: Final = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "国庆": (10, 1)}
_HOLIDAY_DAYS: Final = {"元旦": 3, "五一": 5, "劳动节": 5, "国庆": 7}
_WEEKS_BACK: Final = {"上上": 2, "上": 1, "这": 0, "本": 0, None: 0}
_LENGTHS: Final = {
    "年": 365.25,
    "月": 30.44,
    "周": 7.0,
    "星期": 7.0,
    "礼拜": 7.0,
    "天": 1.0,
    "日": 1.0,
    "晚": 1.0,
    "小时": 1 / 24,
}
_SOME: Final = {"半": 0.5, "几": 3.0, "数": 3.0}
_NOON: Final = 12
_DAY_LONG: Final = timedelta(days=1)
_HALF_A_YEAR: Final = timedelta(days=183)
_YEAR_TOLD: Final = re.compile(r"\d{4}|[今去前]年|[上这本]")


def interval_of(words: str, received_at: datetime) -> Interval | None:
    """Return what the words of a time come to, None where they name neither a day nor a clock nor a length.

    `received_at` is timezone-aware; 今天 is its day in Asia/Shanghai. What a year is not told of lies before that day.
    """
    here, words = received_at.astimezone(LOCAL_TIME), _ISO.sub(r"\1/\2/\3", words)
    repeats = next((name for name, pattern in _REPEATS if pattern.search(words)), None)
    clocks = _clocks(words)
    by_clock = Interval(repeats=repeats, clock_from=_told(clocks, 0), clock_to=_told(clocks, 1))
    if repeats:
        return by_clock
    first, *rest = _UNTIL.split(words, maxsplit=1)
    last = _days(rest[0], here) if rest else None
    span = _days(first, here) or last
    if span is None:
        length = None if _DAY.search(words) else _length(words, here)
        return length or (by_clock if clocks else None)
    if last is not None and last != span:
        return Interval(_before(span[0], last[1]), last[1])
    if _SINCE.search(words):
        return Interval(span[0], here)
    if words.endswith("前") and here - span[0] > _HALF_A_YEAR and not _YEAR_TOLD.search(words):
        # 「元旦前」 told in November is the one to come.
        span = (span[0].replace(year=span[0].year + 1), span[1])
    return _sided(words, span) or _within(span, clocks)


def _before(begins: datetime, ends: datetime) -> datetime:
    """Return a beginning before an end: 「从十月到三月」 begins in the year before."""
    return begins if begins < ends else begins - timedelta(days=365)


def _sided(words: str, span: Span) -> Interval | None:
    """Return the time before or after a day (元旦前), None where the words name the day itself."""
    if words.endswith("前"):
        return Interval(None, span[0])
    return Interval(span[1], None) if words.endswith(("之后", "以后", "后")) and not words.endswith("前后") else None


def _within(span: Span, clocks: list[float]) -> Interval:
    """Return a day's hours, where they are told."""
    if span[1] - span[0] > _DAY_LONG or not clocks:
        return Interval(*span)
    begins = span[0] + timedelta(hours=clocks[0])
    ends = span[0] + timedelta(hours=clocks[-1])
    return Interval(begins, ends if ends >= begins else ends + _DAY_LONG)


def _clocks(words: str) -> list[float]:
    """Return the hours of the day that are told, one or two; those of a part of the day where it tells no more."""
    hours: list[float] = []
    is_evening, told_until = False, 0
    for found in _CLOCK.finditer(words):
        try:
            hour = float(number_of(found["hour"]))
            minutes = number_of(found["minute"] or found["minutes"] or "0")
        except ValueError:
            continue
        if hour > 24:
            continue
        # 「每天晚上10点」 and 「昨天下午从3点」: the part of the day may stand further off.
        is_evening = (
            bool(_EVENING.search(found["part"])) if found["part"] else is_evening or _is_evening(words[: found.start()])
        ) and not _NEXT_DAY.search(words, told_until, found.start())
        told_until = found.end()
        hour += _later(hour, found["part"] or "", words[: found.end()], is_evening=is_evening)
        hours.append(hour + (30 if found["half"] else 15 if found["quarter"] else minutes) / 60)
    if hours:
        return hours[:2]
    part = _PART.search(words)
    return [float(hour) for hour in _PARTS[part[0]]] if part else []


def _later(hour: float, part: str, words: str, *, is_evening: bool) -> int:
    """Return by how many hours a told hour lies later: 晚上8点 is 20, 昨晚12点 the midnight after, 昨晚1点 beyond it."""
    if is_evening and NIGHT.search(part or words) and (hour in {0, _NOON} or hour < SMALL_HOURS):
        return 2 * _NOON if hour < _NOON else _NOON
    return _NOON if hour < _NOON and (is_evening or (part == "中午" and hour < 3)) else 0


def _is_evening(before: str) -> bool:
    parts = _PART.findall(before)
    return bool(parts) and bool(_EVENING.search(parts[-1]))


def _told(clocks: list[float], at: int) -> str | None:
    if at >= len(clocks):
        return None
    minutes = round(clocks[at] * 60) % (24 * 60)
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _days(words: str, here: datetime) -> Span | None:
    """Return the days that words name: a day, a holiday, a week, a month or a year."""
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    for pattern, read in ((_DAY, _day), (_HOLIDAY, _holiday), (_WEEK, _week), (_MONTH, _month), (_YEAR, _year)):
        found = pattern.search(words)
        if found is None:
            continue
        try:
            return read(found, midnight)
        except ValueError:  # 几月几日, the 31st of a short month
            return None
    return None


def _day(found: re.Match[str], today: datetime) -> Span:
    if found["ago"]:
        day = today - timedelta(days=_NAMED_DAYS[found["ago"]])
    elif found["weekday"]:
        monday = today - timedelta(days=today.weekday() + 7 * _WEEKS_BACK[found["week"]])
        day = monday + timedelta(days="一二三四五六日".index(found["weekday"].replace("天", "日")))
        day -= timedelta(days=7) if day > today and not found["week"] else timedelta()
    elif found["iso"]:
        year, month, number = (int(part) for part in re.split(r"[-./]", found["iso"]))
        day = today.replace(year=year, month=month, day=number)
    else:
        day = _dated(found, today, number_of(found["month"]), number_of(found["day"]))
    return day, day + _DAY_LONG


def _holiday(found: re.Match[str], today: datetime) -> Span:
    day = _dated(found, today, *_HOLIDAYS[found["name"]])
    return day, day + _DAY_LONG * (_HOLIDAY_DAYS[found["name"]] if found["all"] else 1)


def _week(found: re.Match[str], today: datetime) -> Span:
    monday = today - timedelta(days=today.weekday() + 7 * _WEEKS_BACK[found["week"]])
    return monday + timedelta(days=5 if found["weekend"] else 0), monday + timedelta(days=7)


def _month(found: re.Match[str], today: datetime) -> Span:
    if found["near"]:
        first = today.replace(day=1)
        first = (first - _DAY_LONG).replace(day=1) if found["near"] == "上" else first
    else:
        first = _dated(found, today, number_of(found["month"]), 1)
    length = monthrange(first.year, first.month)[1]
    begin, end = {
        "初": (0, 10),
        "上旬": (0, 10),
        "中旬": (10, 20),
        "下旬": (20, length),
        "底": (20, length),
        "末": (20, length),
    }.get(found["part"] or found["half"] or "", (0, length))
    return first + timedelta(days=begin), first + timedelta(days=end)


def _year(found: re.Match[str], today: datetime) -> Span:
    begin, end = _YEAR_PARTS.get(found["part"] or found["bare"] or "", (1, 13))
    first = _dated(found, today, begin, 1)
    return first, first.replace(year=first.year + (end - 1) // 12, month=(end - 1) % 12 + 1)


def _dated(found: re.Match[str], today: datetime, month: int, day: int) -> datetime:
    """Return a day of the year that is told, else of the latest in which it is not yet to come."""
    year = int(found["year"]) if found["year"] else today.year - "今去前".index(found["this"] or "今")
    date = today.replace(year=year, month=month, day=day)
    is_open = not found["year"] and not found["this"]
    return date.replace(year=year - 1) if is_open and date > today else date


def _length(words: str, here: datetime) -> Interval | None:
    """Return the time that has passed (两年之久), or the day so long ago (三天前)."""
    found = _AGO.search(words)
    if found is None:
        return None
    count = _SOME.get(found["count"]) or float(number_of(found["count"]))
    try:
        begins = here - timedelta(days=count * _LENGTHS[found["unit"]])
    except OverflowError:
        return None
    if found["before"]:
        day = begins.replace(hour=0, minute=0, second=0, microsecond=0)
        return Interval(day, day + _DAY_LONG)
    return Interval(begins, here)
