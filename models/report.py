"""报表: what a day, a week or a month was like, in words, tables and pictures; how it looks is report_xlsx's and report_pdf's."""

from datetime import date, datetime, timedelta
from typing import Final, Literal

from msgspec import Struct

Kind = Literal["daily", "weekly", "monthly"]
FileFormat = Literal["xlsx", "pdf"]
# How a column is written; `share` holds 0.953 and is read as 95.3%.
ColumnFormat = Literal["text", "count", "number", "share"]
Cell = str | int | float | None
KINDS: Final[dict[str, str]] = {"daily": "日报", "weekly": "周报", "monthly": "月报"}
MEDIA_TYPES: Final[dict[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# What stands where nothing can be said.
NOTHING: Final = "无"
_DAY: Final = timedelta(days=1)


class Column(Struct, frozen=True):
    """A column of a table; `width` is in Chinese characters."""

    name: str
    format: ColumnFormat = "text"
    width: int = 6


class Table(Struct, frozen=True, kw_only=True):
    """Rows under columns; a cell without a value is None."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Chart(Struct, frozen=True, kw_only=True):
    """A picture: `line` over days, or `bar` of names; each series has a value for every label."""

    kind: Literal["line", "bar"]
    title: str
    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]


class Section(Struct, frozen=True, kw_only=True):
    """A part of the report: words come first, then the picture, then the table."""

    title: str
    words: tuple[str, ...] = ()
    chart: Chart | None = None
    table: Table | None = None


class Report(Struct, frozen=True, kw_only=True):
    """A report of the days from `first` to `last`, both meant, as things were known at `made_at`."""

    title: str
    kind: str
    first: date
    last: date
    made_at: datetime
    sections: tuple[Section, ...]

    @property
    def period(self) -> str:
        """The days, as people write them."""
        if self.first == self.last:
            return f"{self.first.year}年{self.first.month}月{self.first.day}日"
        return f"{self.first:%Y-%m-%d} 至 {self.last:%Y-%m-%d}"


def last_period(kind: str, today: date) -> tuple[date, date]:
    """Return the last whole day, week (Monday to Sunday) or month before today, both days meant."""
    if kind == "daily":
        return today - _DAY, today - _DAY
    if kind == "weekly":
        last = today - _DAY * (today.weekday() + 1)
        return last - 6 * _DAY, last
    last = today.replace(day=1) - _DAY
    return last.replace(day=1), last


def period_of(kind: str, day: date) -> tuple[date, date]:
    """Return the day itself, its week or its month."""
    if kind == "daily":
        return day, day
    if kind == "weekly":
        first = day - _DAY * day.weekday()
        return first, first + 6 * _DAY
    first = day.replace(day=1)
    return first, (first + 31 * _DAY).replace(day=1) - _DAY


def before(first: date, last: date) -> tuple[date, date]:
    """Return as many days just before these."""
    return first - (last - first) - _DAY, first - _DAY


def printable(text: str) -> str:
    """Return a text without what no file can hold: control characters, which people paste with their words."""
    return "".join(character for character in text if character.isprintable())


def written(value: Cell, how: ColumnFormat) -> str:
    """Write a cell as people read it."""
    if value is None or value == "":
        return NOTHING if how != "text" else ""
    if how == "share":
        return f"{float(value):.1%}"
    if how == "number":
        return f"{float(value):.1f}"
    return str(value)
