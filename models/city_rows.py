"""Reading the CSV files of a city folder line by line; a bad line is a fault and does not stop the others."""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Final, Generic, TypeVar

from msgspec import Struct

from models.city_fault import CityFault, Fault

Record = TypeVar("Record")
_YES_NO: Final = {"true": True, "yes": True, "false": False, "no": False}


class Placed(Struct, Generic[Record], frozen=True):
    """A record and the line it stands on."""

    line: int
    record: Record


class Row:
    """One line of a table. Every reader raises CityFault, which names the cell and the cure."""

    __slots__ = ("_cells", "_file", "_line")

    def __init__(self, file: str, line: int, cells: dict[str, str]) -> None:
        self._file = file
        self._line = line
        self._cells = cells

    def text(self, column: str) -> str:
        """Return a cell that may not be empty."""
        text = self._cells[column]
        if not text:
            raise self.fault(f"“{column}”为空", f"填写“{column}”")
        return text

    def raw(self, column: str) -> str:
        """Return a cell as it is, empty or not."""
        return self._cells[column]

    def optional(self, column: str) -> str | None:
        """Return a cell, None where it is empty."""
        return self._cells[column] or None

    def words(self, column: str) -> tuple[str, ...]:
        """Return the words of a cell, separated by `|`."""
        return tuple(word for part in self._cells[column].split("|") if (word := part.strip()))

    def flag(self, column: str) -> bool:
        """Return a yes or no."""
        text = self._cells[column]
        if text not in _YES_NO:
            raise self.fault(f"“{column}”的值“{text}”不是 yes/no 或 true/false", "改为 yes 或 no（true 或 false）")
        return _YES_NO[text]

    def choice(self, column: str, allowed: tuple[str, ...]) -> str:
        """Return one of the words allowed."""
        return self._allowed(column, self._cells[column], allowed)

    def choices(self, column: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Return one word or more of those allowed, separated by `|`."""
        self.text(column)
        return tuple(self._allowed(column, word, allowed) for word in self.words(column))

    def _allowed(self, column: str, text: str, allowed: tuple[str, ...]) -> str:
        if text not in allowed:
            raise self.fault(f"“{column}”的值“{text}”不在允许范围", f"改为 {'、'.join(allowed)} 之一")
        return text

    def day(self, column: str) -> date:
        """Return a date written as 2026-01-31."""
        text = self.text(column)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise self.fault(f"“{column}”的值“{text}”不是日期", "按 2026-01-31 的样式书写") from None

    def number(self, column: str, lowest: float, highest: float) -> float:
        """Return a number within bounds, both included."""
        text = self._cells[column]
        try:
            number = float(text)
        except ValueError:
            number = float("nan")
        if not lowest <= number <= highest:
            bounds = f"{lowest:g} 至 {highest:g} 之间的数"
            raise self.fault(f"“{column}”的值“{text}”不是 {bounds}", f"填写 {bounds}")
        return number

    def code(self, column: str, lengths: tuple[int, ...]) -> str:
        """Return a code of digits."""
        return self._code(column, self.text(column), lengths)

    def codes(self, column: str, lengths: tuple[int, ...]) -> tuple[str, ...]:
        """Return one code of digits or more, separated by `|`."""
        self.text(column)
        return tuple(self._code(column, word, lengths) for word in self.words(column))

    def _code(self, column: str, text: str, lengths: tuple[int, ...]) -> str:
        if not (text.isascii() and text.isdigit() and len(text) in lengths):
            allowed = "或".join(map(str, lengths))
            raise self.fault(f"“{column}”的值“{text}”不是 {allowed} 位数字", f"改为 {allowed} 位数字代码")
        return text

    def fault(self, message: str, cure: str) -> CityFault:
        """Return the fault of this line, ready to be raised."""
        return CityFault(Fault(self._file, self._line, message, cure))


def read_text(folder: Path, file: str) -> str:
    """Return the text of a file of the folder. Raises CityFault where it is missing or not UTF-8."""
    try:
        return (folder / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        raise CityFault(Fault(file, 1, "文件不存在", f"在城市目录中补上 {file}")) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CityFault(Fault(file, line, "不是 UTF-8 编码", "另存为不带 BOM 的 UTF-8")) from None


def line_of(text: str, words: str) -> int:
    """Return the first line of a text that holds these words, 1 where none does."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if words in line), 1)


def read_rows(
    folder: Path, file: str, columns: tuple[str, ...], make: Callable[[Row], Record], faults: list[Fault]
) -> list[Placed[Record]]:
    """Return the records of a table with their lines; what cannot be read is added to `faults`."""
    found: list[Placed[Record]] = []
    try:
        for line, row in _rows(file, read_text(folder, file), columns, faults):
            try:
                found.append(Placed(line, make(row)))
            except CityFault as error:
                faults.append(error.fault)
    except CityFault as error:
        faults.append(error.fault)
    return found


def twice(file: str, rows: Iterable[Placed[Record]], key: Callable[[Record], object], what: str) -> Iterator[Fault]:
    """Yield a fault for every record whose key an earlier record has."""
    first: dict[object, int] = {}
    for placed in rows:
        own = key(placed.record)
        if own in first:
            shown = "、".join(map(str, own)) if isinstance(own, tuple) else own
            yield Fault(file, placed.line, f"{what}“{shown}”与第{first[own]}行重复", f"删去一行或改用另一个{what}")
        first.setdefault(own, placed.line)


def _rows(file: str, text: str, columns: tuple[str, ...], faults: list[Fault]) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = next(reader, [])
        if tuple(header) != columns:
            raise CityFault(Fault(file, 1, f"表头是“{','.join(header)}”", f"表头改为“{','.join(columns)}”"))
        for cells in reader:
            if len(cells) != len(columns):
                message = f"有 {len(cells)} 格，表头有 {len(columns)} 格"
                faults.append(Fault(file, reader.line_num, message, "补齐或删去多余的格，含逗号的格加双引号"))
            else:
                line = reader.line_num
                yield line, Row(file, line, dict(zip(columns, map(str.strip, cells), strict=True)))
    except csv.Error as error:
        message = f"CSV 格式有误（{error}）"
        raise CityFault(Fault(file, reader.line_num, message, "检查双引号是否成对")) from None
