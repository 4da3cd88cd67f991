"""Which days words name (日期): a day, a feast, a week, a month or a year, counted from the day they were received."""

import re
from calendar import isleap, monthrange
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from nlu.feasts import NAMES, feast, holiday
from nlu.numerals import number_of

_N: Final = r"(?:\d{1,3}|[一二两三四五六七八九十]{1,3})"
_YEAR_WORDS: Final = r"(?:(?P<year>(?:19|20)\d{2})年|(?P<this>[今去前明])年)"
_WEEK_WORDS: Final = r"(?P<week>上上|上|这|本|下下|下)"
# Of a lunar month only the feasts are known.
_LUNAR: Final = re.compile("[农阴]历(?!新年|八月十五|五月初五|九月初九|正月)|腊月|正月(?!初|十五)")
_DAY: Final = re.compile(
    rf"(?<!历){_YEAR_WORDS}?的?(?<![历一二三四五六七八九十\d])(?P<month>{_N})月(?P<day>{_N})[日号]?|(?P<iso>(?:19|20)\d{{2}}[-./]\d{{1,2}}[-./]\d{{1,2}})"
    r"|(?P<named>大前|大后|[今昨前明后])(?:天|日|晚|夜|早)"
    rf"|{_WEEK_WORDS}?个?(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])"
    rf"|(?P<near>上上|上|这|本|当|下)个?月的?(?P<near_number>{_N})[日号]|(?<![\d月续达近每过第])"
    rf"(?![一二三四五六七八九十]{{1,3}}日(?:之?前|多|余))(?P<number>{_N})[日号]"
)
# The first of October, but not 十一点 and 十一月.
_ELEVENTH: Final = "(?<![一二三四五六七八九十])十一(?=期间|假期|小?长假|放假|当天|那天|前后|以来|[到至]|$)"
_FEAST: Final = re.compile(
    rf"{_YEAR_WORDS}?的?(?P<name>{'|'.join(NAMES).replace('十一', _ELEVENTH)})节?(?P<all>期间|假期|长假|小长假|放假)?"
)
_WEEK: Final = re.compile(rf"{_WEEK_WORDS}个?(?:周|星期|礼拜)(?P<weekend>末)?")
_MONTH: Final = re.compile(
    rf"{_YEAR_WORDS}?的?(?P<month>{_N})月份?(?P<part>初|底|末|上旬|中旬|下旬)?"
    r"|(?P<near>上上|上|这|本|当|下)个?月份?(?P<half>初|底|末|上旬|中旬|下旬)?|(?<!年)月(?P<bare>初|底|末)"
)
_YEAR: Final = re.compile(
    rf"{_YEAR_WORDS}(?:度|的)?年?(?P<part>初|底|末|上半年|下半年|[春夏秋冬])?|(?P<bare>上半年|下半年|年[初底末])"
)
_YEAR_PARTS: Final = {
    "初": (1, 3), "底": (11, 13), "末": (11, 13), "上半年": (1, 7), "下半年": (7, 13),
    "春": (3, 6), "夏": (6, 9), "秋": (9, 12), "冬": (12, 15),
}  # fmt: skip
_NAMED_DAYS: Final = {"大前": -3, "前": -2, "昨": -1, "今": 0, "明": 1, "后": 2, "大后": 3}
_YEARS: Final = {"前": -2, "去": -1, "今": 0, "明": 1}
_NEAR: Final = {"上上": -2, "上": -1, "这": 0, "本": 0, "当": 0, "下": 1, "下下": 2, None: 0}
_DAY_LONG: Final = timedelta(days=1)
_WEEK_LONG: Final = timedelta(days=7)
_LEAP_DAY: Final = (2, 29)
# What is told without a year lies behind, unless it comes so soon.
SOON: Final = timedelta(days=31)


class Days(NamedTuple):
    """From when to when, both at midnight; `is_open` tells that no year was told, so that another one may be meant."""

    begins: datetime
    ends: datetime
    is_open: bool = False


def days_of(words: str, today: datetime, after: datetime | None = None) -> Days | None:
    """Return the days that words name, None where they name none or one that does not exist.

    `today` is timezone-aware. What a year or month is not told of comes first `after` a day, where it is the end
    of a range; else it is the last one, or one that comes within a month.
    """
    today = today.replace(hour=0, minute=0, second=0, microsecond=0)
    if _LUNAR.search(words):
        return None
    for pattern, read in _READINGS:
        found = pattern.search(words)
        if found is not None:
            try:
                return read(found, today, after)
            except (ValueError, OverflowError):  # 几月几日, the 31st of a short month, a feast of 1850
                return None
    return None


def names_days(words: str) -> bool:
    """Tell whether words name days, be it such as never were (二月三十日)."""
    return bool(_LUNAR.search(words)) or any(pattern.search(words) for pattern, _ in _READINGS)


def _day(found: re.Match[str], today: datetime, after: datetime | None) -> Days:
    if found["named"]:
        return _one(today + timedelta(days=_NAMED_DAYS[found["named"]]))
    if found["weekday"]:
        return _weekday(found, today, after)
    if found["iso"]:
        year, month, number = (int(part) for part in re.split(r"[-./]", found["iso"]))
        return _one(today.replace(year=year, month=month, day=number))
    if found["month"]:
        day, is_open = _dated(found, today, after, _on(number_of(found["month"]), number_of(found["day"])))
        return Days(day, day + _DAY_LONG, is_open)
    if found["near"]:
        return _one(_month_off(today, _NEAR[found["near"]]).replace(day=number_of(found["near_number"])))
    return _one(_numbered(number_of(found["number"]), today, after))


def _one(day: datetime) -> Days:
    return Days(day, day + _DAY_LONG)


def _weekday(found: re.Match[str], today: datetime, after: datetime | None) -> Days:
    """Return a day of a week: 周三 by itself is the last one, or the first after a day."""
    since_monday = "一二三四五六日".index(found["weekday"].replace("天", "日"))
    from_ = after if after and not found["week"] else today
    day = from_ + timedelta(days=since_monday - from_.weekday()) + _NEAR[found["week"]] * _WEEK_LONG
    if found["week"]:
        return _one(day)
    if after:
        return _one(day if day >= after else day + _WEEK_LONG)
    return _one(day if day <= today else day - _WEEK_LONG)


def _numbered(number: int, today: datetime, after: datetime | None) -> datetime:
    """Return the day of a month that is not told: the first after a day, or the nearest."""
    from_ = after or today
    days = []
    for months in (-1, 0, 1):
        first = _month_off(from_, months)
        if number <= monthrange(first.year, first.month)[1]:
            days.append(first.replace(day=number))
    days = [day for day in days if not after or day >= after]
    if not days:
        raise ValueError(number)
    return min(days, key=lambda day: abs(day - from_))


def _feast(found: re.Match[str], today: datetime, after: datetime | None) -> Days:
    name = found["name"]
    day, is_open = _dated(found, today, after, lambda year: feast(name, year))
    before, length = holiday(name) if found["all"] else (0, 1)
    return Days(day - before * _DAY_LONG, day + length * _DAY_LONG, is_open)


def _week(found: re.Match[str], today: datetime, _: datetime | None) -> Days:
    monday = today + timedelta(days=7 * _NEAR[found["week"]] - today.weekday())
    return Days(monday + timedelta(days=5 if found["weekend"] else 0), monday + timedelta(days=7))


def _month(found: re.Match[str], today: datetime, after: datetime | None) -> Days:
    is_open = False
    if found["month"]:
        first, is_open = _dated(found, today, after, _on(number_of(found["month"]), 1))
    else:
        first = _month_off(today, _NEAR[found["near"]])
    length = monthrange(first.year, first.month)[1]
    begin, end = {
        "初": (0, 10),
        "上旬": (0, 10),
        "中旬": (10, 20),
        "下旬": (20, length),
        "底": (20, length),
        "末": (20, length),
    }.get(found["part"] or found["half"] or found["bare"] or "", (0, length))
    return Days(first + timedelta(days=begin), first + timedelta(days=end), is_open)


def _year(found: re.Match[str], today: datetime, _: datetime | None) -> Days:
    part = found["part"] or (found["bare"] or "").removeprefix("年")
    begin, end = _YEAR_PARTS.get(part, (1, 13))
    year = int(found["year"]) if found["year"] else today.year + _YEARS[found["this"] or "今"]
    first = today.replace(year=year, month=begin, day=1)
    return Days(first, first.replace(year=year + (end - 1) // 12, month=(end - 1) % 12 + 1))


def _dated(
    found: re.Match[str], today: datetime, after: datetime | None, day_in: Callable[[int], date | None]
) -> tuple[datetime, bool]:
    """Return a day of the year that is told, else of the fitting one, and whether none was told."""
    if found["year"] or found["this"]:
        years = [int(found["year"]) if found["year"] else today.year + _YEARS[found["this"]]]
    else:
        from_ = after or today
        # The day on or after another one is the first of them, else the last that is not too far ahead.
        years = [*range(from_.year - 1, from_.year + 2)][:: 1 if after else -1]
    days = [today.replace(year=day.year, month=day.month, day=day.day) for day in map(day_in, years) if day]
    fits = (day for day in days if len(years) == 1 or (day >= after.replace(day=1) if after else day <= today + SOON))
    found_day = next(fits, None)
    if found_day is None:
        raise ValueError(found[0])
    return found_day, len(years) > 1


def _on(month: int, number: int) -> Callable[[int], date | None]:
    """Return what gives the day in a year: none on the 29th of February of a common one."""
    return lambda year: None if (month, number) == _LEAP_DAY and not isleap(year) else date(year, month, number)


def _month_off(day: datetime, months: int) -> datetime:
    """Return the first of a month so many months away."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1, day=1)


_READINGS: Final = ((_DAY, _day), (_FEAST, _feast), (_WEEK, _week), (_MONTH, _month), (_YEAR, _year))
