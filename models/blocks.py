"""The blocks of a day (时段) as city files write them: `09:00-12:00|13:30-17:30`, on weekdays `1-5`."""

from functools import lru_cache
from typing import Final, TypeAlias

from models.limits import InvalidRule

MINUTE: Final = 60_000_000
DAY: Final = 1440 * MINUTE
DAYS_A_WEEK: Final = 7
_MINUTES_AN_HOUR: Final = 60

Blocks: TypeAlias = tuple[tuple[int, int], ...]
"""The blocks of one day: (opens, closes) in microseconds of the day, in order, not overlapping."""


@lru_cache(maxsize=256)
def read_week(week: tuple[tuple[str, str], ...]) -> tuple[Blocks, ...]:
    """Return the blocks of Monday to Sunday from pairs of (weekdays, blocks). Raises InvalidRule."""
    found: list[Blocks] = [()] * DAYS_A_WEEK
    for weekdays, blocks in week:
        for weekday in _read_weekdays(weekdays):
            if found[weekday]:
                raise InvalidRule(f"办公时间“{weekdays}”与前一行重复了同一个星期几")
            found[weekday] = read_blocks(blocks)
    return tuple(found)


def _read_weekdays(text: str) -> list[int]:
    """Read `1-5`, `6` or `1-3|5` (1 is Monday) into 0..6."""
    found: list[int] = []
    for part in text.split("|"):
        first, _, last = part.partition("-")
        if not (first in tuple("1234567") and (last or first) in tuple("1234567") and first <= (last or first)):
            raise InvalidRule(f"星期“{text}”写法有误：应为 1 至 7（1 为星期一），如 1-5 或 1-3|5")
        found += range(int(first) - 1, int(last or first))
    return found


def read_blocks(text: str) -> Blocks:
    """Read `09:00-12:00|13:30-17:30`. Raises InvalidRule where a block is empty, or out of order."""
    found: list[tuple[int, int]] = []
    for part in text.split("|"):
        opens, _, closes = part.partition("-")
        block = (_read_clock(opens, text), _read_clock(closes, text))
        if block[0] >= block[1] or (found and block[0] < found[-1][1]):
            raise InvalidRule(f"时段“{text}”写法有误：每段须先开后关，各段按先后排列且不重叠")
        found.append(block)
    return tuple(found)


def _read_clock(text: str, whole: str) -> int:
    hour, _, minute = text.partition(":")
    if hour.isdecimal() and minute.isdecimal() and len(minute) == len("00"):
        minutes = int(hour) * _MINUTES_AN_HOUR + int(minute)
        if minutes * MINUTE <= DAY and int(minute) < _MINUTES_AN_HOUR:
            return minutes * MINUTE
    raise InvalidRule(f"时段“{whole}”写法有误：应如 09:00-12:00|13:30-17:30，最晚 24:00")


def read_part(text: str, quiet: tuple[str, ...]) -> Blocks:
    """Return what is left of a part of the day outside quiet hours, which may pass midnight.

    Raises InvalidRule.
    """
    left = read_blocks(text)
    for written in quiet:
        for stop, resumes in _read_quiet(written):
            cut = [(opens, min(closes, stop)) for opens, closes in left]
            cut += [(max(opens, resumes), closes) for opens, closes in left]
            left = tuple(sorted((opens, closes) for opens, closes in cut if opens < closes))
    return left


def _read_quiet(text: str) -> Blocks:
    start, _, end = text.partition("-")
    if _read_clock(end, text) < _read_clock(start, text):
        return (*read_blocks(f"00:00-{end}"), *read_blocks(f"{start}-24:00"))
    return read_blocks(text)
