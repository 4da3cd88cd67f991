"""Checks of the calendar: missing or unannounced years, and days that contradict one another."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from models.calendar import CalendarYear
from models.city_fault import Fault, Level
from models.city_rules import CALENDARS
from models.provisional import years_after

_SATURDAY: Final = 5


def check_years(folder: Path, years: Mapping[str, CalendarYear], today: date | None = None) -> Iterator[Fault]:
    """Yield every fault of the years of a calendar, by file. With `today` this year must be announced, and the next be there."""
    if not years:
        yield Fault(CALENDARS, 1, "没有任何一年的放假安排", "补上 calendars/<年份>.toml")
        return
    announced = {year.year for year in years.values() if year.announced}
    for file, year in years.items():
        yield from _check_year(folder, file, year, announced)
    known = {year.year for year in years.values()}
    last = max(known) if today is None else max(*known, today.year + 1)
    first = min(known) if today is None else min(*known, today.year)
    for missing in sorted(set(range(first, last + 1)) - known):
        is_ahead = today is not None and missing > today.year
        level = Level.ALARM if is_ahead else Level.ERROR
        file = f"{CALENDARS}/{missing}.toml"
        yield Fault(file, 1, f"缺少{missing}年的放假安排", f"按国办通知补上 {file}", level)
    if today is not None:
        for file, year in years.items():
            if year.year == today.year and not year.announced:
                message = f"今年（{year.year}年）的放假安排还是未公布，工作日期限{counted(year.year, announced)}"
                yield Fault(file, 1, message, "按国办通知补齐并把 announced 改为 true")


def counted(year: int, announced: Collection[int]) -> str:
    """Say what becomes of dates in a year that is not announced: only the next ones are counted day by day."""
    return "暂按每日计，只早不晚" if year in years_after(announced) else "无法计算"


def _check_year(folder: Path, file: str, year: CalendarYear, announced: Collection[int]) -> Iterator[Fault]:
    if file != f"{CALENDARS}/{year.year}.toml":
        yield Fault(file, 1, f"文件名与 year = {year.year} 不符", f"改名为 {year.year}.toml 或改正 year")
    if not year.announced:
        message = f"{year.year}年的放假安排尚未公布，跨入该年的期限{counted(year.year, announced)}"
        yield Fault(file, 1, message, "公布后补齐日期并把 announced 改为 true", Level.ALARM)
        if year.holidays or year.workdays:
            yield Fault(file, 1, "未公布的年份却列了日期", "删去日期，或把 announced 改为 true")
        return
    if not year.holidays:
        yield Fault(file, 1, f"{year.year}年已公布却没有放假日期", "按国办通知补上 holidays")
    yield from _check_days(folder, file, year)


def _check_days(folder: Path, file: str, year: CalendarYear) -> Iterator[Fault]:
    for day in dict.fromkeys((*year.holidays, *year.workdays)):
        line = _line_of(folder, file, day)
        times = (*year.holidays, *year.workdays).count(day)
        if day.year != year.year:
            yield Fault(file, line, f"{day} 不在{year.year}年", f"移到 calendars/{day.year}.toml")
        if day in year.holidays and day in year.workdays:
            yield Fault(file, line, f"{day} 既是放假日又是调休上班日", "按国办通知只留一处")
        elif times > 1:
            yield Fault(file, line, f"{day} 写了{times}次", "只留一次")
        if day in year.workdays and day.weekday() < _SATURDAY:
            yield Fault(file, line, f"{day} 是{_weekday(day)}，本来就上班", "workdays 只列调休上班的周六、周日")
    worked_off = [day for day in year.holidays if day.weekday() < _SATURDAY]
    if len(year.workdays) > len(worked_off):
        message = f"调休上班{len(year.workdays)}天，多于放假占用的工作日{len(worked_off)}天"
        yield Fault(file, 1, message, "核对 holidays 是否漏列")


def _weekday(day: date) -> str:
    return f"星期{'一二三四五六日'[day.weekday()]}"


def _line_of(folder: Path, file: str, day: date) -> int:
    lines = (folder / file).read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if day.isoformat() in line), 1)
