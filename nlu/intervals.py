"""From when to when (时段): what the words of a time come to, counted from the day they were received."""

import re
from datetime import datetime, timedelta
from typing import Final, Literal

from models.understanding import Interval
from nlu.days import SOON, Days, days_of, names_days
from nlu.numerals import number_of
from nlu.times import LOCAL_TIME

_Repeats = Literal["daily", "weekly", "monthly", "yearly"]

_N: Final = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_WEEK: Final = "(?:周|星期|礼拜)"
_REPEATS: Final[tuple[tuple[_Repeats, re.Pattern[str]], ...]] = (
    ("daily", re.compile(r"每[天日晚夜早]|天天|夜夜|日夜|昼夜|每到(?:晚|夜)|每个晚上")),
    (
        "weekly",
        re.compile(
            r"每个?(?:周|星期|礼拜)|每逢(?:周|星期)|双休日|(?<![上这本下个])周末|工作日"
            rf"|(?<![上这本下个]){_WEEK}[一二三四五六日天][、到至~—-]?{_WEEK}?[一二三四五六日天](?![点时十天个])"
        ),
    ),
    ("monthly", re.compile(r"每个?月")),
    ("yearly", re.compile(r"每年|(?<![今去前明])年年|每[到逢](?:春|夏|秋|冬|雨季|汛期)")),
)
_AGO: Final = re.compile(
    rf"(?<![上下])(?P<count>{_N}|半|几|数)(?:多|个)?(?:多|个)?(?P<unit>年|月|周|星期|礼拜|天|日|晚|小时)(?:半|多|余)?(?P<before>[之以]?前)?"
)
_CLOCK: Final = re.compile(
    rf"(?P<part>凌晨|清晨|早晨|早上|上午|中午|下午|傍晚|晚上|夜里|夜间|深夜|半夜|[今昨明每当][晚夜]|晚)?(?:的)?"
    rf"(?P<hour>{_N})(?:[点时](?:(?P<half>半)|(?P<quarter>一刻)|(?P<minutes>{_N})分?)?|[:：](?P<minute>\d{{2}}))"
)
_PARTS: Final = {
    "凌晨": (0, 6), "清晨": (5, 8), "早晨": (6, 9), "早上": (6, 9), "上午": (6, 12), "中午": (11, 14), "下午": (12, 18),
    "傍晚": (17, 19), "晚上": (18, 24), "夜里": (20, 30), "夜间": (20, 30), "深夜": (23, 28), "半夜": (23, 28), "白天": (7, 19),
    "每晚": (18, 24), "每夜": (20, 30), "昨晚": (18, 24), "今晚": (18, 24), "明晚": (18, 24), "昨夜": (20, 30),
}  # fmt: skip
_PART: Final = re.compile("|".join(_PARTS))
NIGHT: Final = re.compile("晚|夜")
SMALL_HOURS: Final = 6  # of the night that began the evening before
_EVENING: Final = re.compile(r"下午|傍晚|晚|夜")
_BY_DAY: Final = re.compile("(?:早上|早晨|上午|中午)[^晚夜]*$")
_NEXT_DAY: Final = re.compile(r"次日|第二天")
_ISO: Final = re.compile(r"((?:19|20)\d{2})-(\d{1,2})-(\d{1,2})")
_UNTIL: Final = re.compile(r"到|至|—|~|-|、")
_SINCE: Final = re.compile(r"以来|至今|(?:到|至)(?:今(?!天|年|晚)|现在|目前|如今)|起|开始|^自")
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
_YEAR_LONG: Final = timedelta(days=365)
_YEAR_TOLD: Final = re.compile(r"\d{4}|[今去前明]年|[上这本下昨今明后]")
_END_BEFORE: Final = re.compile(r"[底末][之以]?前$")


def interval_of(words: str, received_at: datetime) -> Interval | None:
    """Return what the words of a time come to, None where they name neither a day nor a clock nor a length.

    `received_at` is timezone-aware; 今天 is its day in Asia/Shanghai. What a year is not told of lies before that day, or soon after.
    """
    here, words = received_at.astimezone(LOCAL_TIME), _ISO.sub(r"\1/\2/\3", words)
    repeats = next((name for name, pattern in _REPEATS if pattern.search(words)), None)
    clocks = _clocks(words)
    by_clock = Interval(repeats=repeats, clock_from=_told(clocks, 0), clock_to=_told(clocks, 1))
    if repeats:
        return by_clock
    first, *rest = _UNTIL.split(words, maxsplit=1)
    begun, ended = _both(first, rest[0] if rest else "", here)
    days = begun or ended
    if days is None:
        length = None if names_days(words) else _length(words, here)
        return length or (by_clock if clocks else None)
    if begun and ended and ended != begun:
        return _between(_within(begun, _clocks(first)), _within(ended, _clocks(rest[0])))
    if _SINCE.search(words):
        if days.is_open and days.begins > here:
            days = days_of(first, here - _YEAR_LONG) or days
        return Interval(days.begins, here if days.begins <= here else None)
    if words.endswith("前") and here - days.begins > _HALF_A_YEAR and not _YEAR_TOLD.search(words):
        # 「元旦前」 told in summer is the one to come.
        days = days_of(first, here + _HALF_A_YEAR) or days
    return _sided(words, days, clocks) or _within(days, clocks)


def moment_of(interval: Interval | None, received_at: datetime) -> datetime | None:
    """Return when it happened: the beginning of an interval of a day at most, None where it is longer, open or yet to come."""
    if interval is None or interval.begins_at is None or interval.ends_at is None:
        return None
    is_day = interval.ends_at - interval.begins_at <= _DAY_LONG
    return interval.begins_at if is_day and interval.begins_at <= received_at else None


def _both(first: str, last: str, here: datetime) -> tuple[Days | None, Days | None]:
    """Return the days that the two sides of a range name: the second comes after the first, and neither far ahead."""
    begun = days_of(first, here)
    # 「大年三十到初六」
    last = f"正月{last}" if last.startswith("初") else last
    ended = days_of(last, here, begun.begins if begun else None)
    if begun is None or ended is None or not begun.is_open:
        return begun, ended
    if ended.is_open and ended.begins - here > SOON:
        # 「三月到六月」 told in March was a year ago.
        begun = days_of(first, here - _YEAR_LONG)
        return begun, days_of(last, here, begun.begins if begun else None)
    # 「8月底至2019年1月」 began the year before that.
    return (days_of(first, ended.begins - SOON), ended) if begun.begins > ended.begins else (begun, ended)


def _between(first: Interval, last: Interval) -> Interval | None:
    """Return from the beginning of one to the end of another, None where they contradict each other (今年3月到去年1月)."""
    begins, ends = first.begins_at, last.ends_at
    return Interval(begins, ends) if begins and ends and begins <= ends else None


def _sided(words: str, days: Days, clocks: list[float]) -> Interval | None:
    """Return the time before or after a day or an hour of it (元旦前), None where the words name it; 月底前 is before the month ends."""
    told = _within(days, clocks)
    if words.endswith("前"):
        return Interval(None, days.ends if _END_BEFORE.search(words) else told.begins_at)
    return (
        Interval(told.ends_at, None) if words.endswith(("之后", "以后", "后")) and not words.endswith("前后") else None
    )


def _within(days: Days, clocks: list[float]) -> Interval:
    """Return a day's hours, where they are told."""
    if days.ends - days.begins > _DAY_LONG or not clocks:
        return Interval(days.begins, days.ends)
    begins = days.begins + timedelta(hours=clocks[0])
    ends = days.begins + timedelta(hours=clocks[-1])
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
        if hours and not found["part"] and hour < int(hours[0]) and _BY_DAY.search(words[: found.start()]):
            hour += _NOON  # 「上午9点到5点」 ends in the afternoon
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
    if not found["before"]:
        return Interval(begins, here)
    # 半年前 is told to the month, 半个月前 to the week.
    unit = {"年": "月", "月": "周"}.get(found["unit"], found["unit"]) if count < 1 else found["unit"]
    return _so_long_ago(begins, unit)


def _so_long_ago(moment: datetime, unit: str) -> Interval:
    """Return the year, month, week or day of a moment: 三年前 is no certain day. 两小时前 is a moment."""
    if unit == "小时":
        return Interval(moment, moment)
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "年":
        day = day.replace(month=1, day=1)
        return Interval(day, day.replace(year=day.year + 1))
    if unit == "月":
        day = day.replace(day=1)
        return Interval(day, (day + timedelta(days=31)).replace(day=1))
    if unit in {"周", "星期", "礼拜"}:
        day -= timedelta(days=day.weekday())
        return Interval(day, day + timedelta(days=7))
    return Interval(day, day + _DAY_LONG)
