"""The rows of an old platform's export (历史导入), from CSV or XLSX: cells as text, each row with the line on which it begins."""

import contextlib
import csv
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from models.errors import InvalidRequest
from models.history_mapping import OldMapping
from models.history_rows import FileRow

LONGEST_CELL: Final = 10**7
XLSX: Final = ".xlsx"


def read_file(file: Path, mapping: OldMapping) -> Iterator[FileRow]:
    """Yield the rows of a file in order, empty ones left out; raises InvalidRequest where it is no such file."""
    rows = _sheet(file, mapping) if file.suffix.lower() == XLSX else _lines(file, mapping)
    try:
        header = [cell.strip() for cell in next(rows, (0, []))[1]]
        _check_header(file, header, mapping)
        for line, cells in rows:
            if any(cell.strip() for cell in cells):
                yield FileRow(line, dict(zip(header, cells, strict=False)), _is_spilt(header, cells))
    except FileNotFoundError as error:
        raise InvalidRequest(f"没有文件 {file}") from error


def count_rows(file: Path, mapping: OldMapping) -> int:
    """Return how many rows a file has: a CSV's counted, an XLSX's as it says of itself, which may be 0. Raises as read_file does."""
    rows = read_file(file, mapping)
    if file.suffix.lower() != XLSX:
        return sum(1 for _ in rows)
    # To read an XLSX costs as much as to import it: only its header is looked at.
    next(rows, None)
    with contextlib.closing(_opened(file)) as book:
        return max((_sheet_of(file, book, mapping).max_row or 1) - 1, 0)


def _check_header(file: Path, header: Sequence[str], mapping: OldMapping) -> None:
    times = Counter(header)
    for name, column in mapping.columns.items():
        if times[column] != 1:
            what = "没有" if times[column] == 0 else "有不止一个"
            raise InvalidRequest(f"{file} {what}“{column}”列（对照文件 columns.{name}）")


def _is_spilt(header: Sequence[str], cells: Sequence[str]) -> bool:
    return len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :])


def _lines(file: Path, mapping: OldMapping) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    try:
        # Bytes that are none of the encoding's are kept, so that their row alone is refused.
        with file.open(encoding=mapping.encoding, errors="surrogateescape", newline="") as lines:
            reader = csv.reader(lines)
            ends = pairwise(_with_ends(reader))
            for (end, _), (_, cells) in ends:
                yield end + 1, cells
    except LookupError as error:
        raise InvalidRequest(f"没有“{mapping.encoding}”这种编码，请改正对照文件的 file.encoding") from error
    except csv.Error as error:
        raise InvalidRequest(f"{file} 第{reader.line_num}行不是有效的 CSV：{error}") from error


def _with_ends(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line on which it ends: a cell in quotation marks may have lines of its own."""
    yield 0, []
    for cells in reader:
        yield reader.line_num, cells


def _sheet(file: Path, mapping: OldMapping) -> Iterator[tuple[int, list[str]]]:
    with contextlib.closing(_opened(file)) as book:
        sheet = _sheet_of(file, book, mapping)
        # What the file says of its size is not always true.
        sheet.reset_dimensions()
        width = 0
        for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            told = [_cell(value) for value in cells]
            # A row ends with its last filled cell.
            width = width or len(told)
            yield line, told + [""] * (width - len(told))


def _opened(file: Path) -> Any:
    # Takes a third of a second to import: no other command should wait for it.
    from openpyxl import load_workbook  # noqa: PLC0415
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        return load_workbook(file, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise InvalidRequest(f"{file} 不是有效的 XLSX 文件") from error


def _sheet_of(file: Path, book: Any, mapping: OldMapping) -> Any:
    if mapping.sheet is not None and mapping.sheet not in book.sheetnames:
        raise InvalidRequest(f"{file} 没有“{mapping.sheet}”工作表，请改正对照文件的 file.sheet")
    return book[mapping.sheet] if mapping.sheet is not None else book.worksheets[0]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
