"""导出 as a file: CSV that Excel and WPS open as it is, or a workbook; no cell of either is ever a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any, Final, Literal, Protocol

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from models.report import Cell, printable

ExportFormat = Literal["xlsx", "csv"]
MEDIA_TYPES: Final[dict[str, str]] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
# What a spreadsheet takes for the beginning of a formula, full-width as well: https://owasp.org/www-community/attacks/CSV_Injection
_BEGINS_FORMULA: Final = frozenset("=+-@＝＋－＠")
_BOM: Final = "\ufeff"
_WIDTH: Final = 16


class ExportFile(Protocol):
    """A file that is written row by row."""

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""

    def content(self) -> bytes:
        """End the file; returns all of it."""


class CsvFile:
    """CSV in UTF-8 with a byte order mark: without it Excel reads Chinese as something else."""

    def __init__(self, heads: Sequence[str]) -> None:
        self._out = StringIO()
        self._out.write(_BOM)
        self._rows = csv.writer(self._out)
        self._rows.writerow(heads)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""
        self._rows.writerows([defused(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)

    def content(self) -> bytes:
        """End the file; returns all of it."""
        return self._out.getvalue().encode()


class XlsxFile:
    """A workbook of one sheet, written as it comes: what is written needs no room in memory."""

    def __init__(self, heads: Sequence[str]) -> None:
        self._book = Workbook(write_only=True)
        self._sheet = self._book.create_sheet("工单")
        self._sheet.freeze_panes = "B2"
        for n in range(1, len(heads) + 1):
            self._sheet.column_dimensions[get_column_letter(n)].width = _WIDTH
        self._sheet.append([self._head(head) for head in heads])

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """Write some rows."""
        for row in rows:
            self._sheet.append([self._cell(cell) if isinstance(cell, str) else cell for cell in row])

    def content(self) -> bytes:
        """End the file; returns all of it."""
        out = BytesIO()
        self._book.save(out)
        return out.getvalue()

    def _head(self, head: str) -> Any:
        cell = WriteOnlyCell(self._sheet, value=head)
        cell.font = Font(bold=True)
        return cell

    def _cell(self, text: str) -> Any:
        text = one_line(text)
        if text[:1] not in {"=", "#"}:
            return text
        # Left to itself, a workbook takes these for formulas and errors.
        cell = WriteOnlyCell(self._sheet, value=text)
        cell.data_type = "s"
        return cell


WRITERS: Final[dict[str, type[CsvFile | XlsxFile]]] = {"csv": CsvFile, "xlsx": XlsxFile}


def one_line(text: str) -> str:
    """Return a text on one line, without what no file can hold."""
    return printable(" ".join(text.split()))


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: text begins with an apostrophe where it would."""
    shown = one_line(text)
    return f"'{shown}" if shown[:1] in _BEGINS_FORMULA else shown
