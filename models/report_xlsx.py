"""报表 as a workbook: a sheet for each section, numbers as numbers, pictures that Excel and WPS draw themselves."""

from io import BytesIO
from typing import TYPE_CHECKING, Final

from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from models.report import NOTHING, Cell, Chart, Report, Section, Table, printable

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell as WrittenCell
    from openpyxl.worksheet.worksheet import Worksheet

_FORMATS: Final = {"text": "@", "count": "#,##0", "number": "0.0", "share": "0.0%"}
_HEAD: Final = PatternFill("solid", fgColor="1F4E79")
_LINE: Final = Border(*(Side(style="thin", color="BFBFBF") for _ in range(4)))
# Cell widths are in Latin characters; a Chinese one takes two.
_A_CHARACTER: Final = 2.1
_FEWEST_ROWS_OF_CHART: Final = 16
# No sheet's name may hold these, or be longer than 31 characters.
_NOT_IN_NAMES: Final = str.maketrans("", "", "[]:*?/\\")


def workbook(report: Report) -> bytes:
    """Return the report as XLSX."""
    book = Workbook()
    front = book.active
    _front(front, report)
    for n, section in enumerate(report.sections, 1):
        sheet = book.create_sheet(_name(n, section))
        _section(sheet, section)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _front(sheet: "Worksheet", report: Report) -> None:
    sheet.title = "目录"
    sheet.column_dimensions["A"].width = 60
    sheet["A1"] = report.title
    sheet["A1"].font = Font(size=18, bold=True, color="1F4E79")
    sheet["A2"] = f"统计时段：{report.period}"
    sheet["A3"] = f"编制时间：{report.made_at:%Y-%m-%d %H:%M}"
    for n, section in enumerate(report.sections, 1):
        name = _name(n, section)
        cell = _write(sheet, 4 + n, 1, f"{n}. {section.title}")
        cell.hyperlink = f"#'{name}'!A1"
        cell.font = Font(color="0563C1", underline="single")


def _name(n: int, section: Section) -> str:
    return printable(f"{n} {section.title}").translate(_NOT_IN_NAMES)[:31]


def _section(sheet: "Worksheet", section: Section) -> None:
    _write(sheet, 1, 1, section.title).font = Font(size=14, bold=True, color="1F4E79")
    row = 2
    for words in section.words:
        _write(sheet, row, 1, words).alignment = Alignment(wrap_text=False)
        row += 1
    if section.table is not None:
        row = _table(sheet, section.table, row + 1)
    if section.chart is not None:
        _chart(sheet, section.chart, row + 1)


def _table(sheet: "Worksheet", table: Table, top: int) -> int:
    """Write a table from a row on; returns the row after it."""
    for n, column in enumerate(table.columns, 1):
        cell = sheet.cell(row=top, column=n, value=column.name)
        cell.font, cell.fill, cell.border = Font(bold=True, color="FFFFFF"), _HEAD, _LINE
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        letter = get_column_letter(n)
        width = max(column.width, len(column.name)) * _A_CHARACTER
        sheet.column_dimensions[letter].width = max(width, sheet.column_dimensions[letter].width)
    for row, cells in enumerate(table.rows, top + 1):
        for n, (value, column) in enumerate(zip(cells, table.columns, strict=True), 1):
            is_missing = value is None and column.format != "text"
            cell = _write(sheet, row, n, NOTHING if is_missing else value)
            cell.border = _LINE
            if not isinstance(value, str) and value is not None:
                cell.number_format = _FORMATS[column.format]
            cell.alignment = Alignment(vertical="top", wrap_text=column.format == "text")
    if table.rows:
        sheet.freeze_panes = sheet.cell(row=top + 1, column=2)
    return top + len(table.rows) + 1


def _write(sheet: "Worksheet", row: int, column: int, value: Cell) -> "WrittenCell":
    """Write a value, never a formula: what begins with an equals sign came from outside."""
    cell = sheet.cell(row=row, column=column, value=printable(value) if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _chart(sheet: "Worksheet", chart: Chart, top: int) -> None:
    """Write the numbers of a picture below everything else, and the picture beside them."""
    sheet.cell(row=top, column=1, value=chart.title).font = Font(bold=True)
    for n, (name, values) in enumerate(chart.series, 2):
        sheet.cell(row=top + 1, column=n, value=name)
        for row, value in enumerate(values, top + 2):
            sheet.cell(row=row, column=n, value=value)
    for row, label in enumerate(chart.labels, top + 2):
        _write(sheet, row, 1, label)
    bottom, right = top + 1 + len(chart.labels), 1 + len(chart.series)
    drawn = LineChart() if chart.kind == "line" else BarChart()
    if chart.kind == "bar":
        drawn.type = "bar"
        drawn.y_axis.majorGridlines = None
        drawn.x_axis.scaling.orientation = "maxMin"
    drawn.title, drawn.width = chart.title, 22
    drawn.height = max(8.0, 0.6 * len(chart.labels)) if chart.kind == "bar" else 8.0
    # Without this the axes are written as deleted, and some programs draw none.
    drawn.x_axis.delete = drawn.y_axis.delete = False
    drawn.add_data(Reference(sheet, min_col=2, max_col=right, min_row=top + 1, max_row=bottom), titles_from_data=True)
    drawn.set_categories(Reference(sheet, min_col=1, min_row=top + 2, max_row=bottom))
    if len(chart.series) == 1:
        drawn.legend = None
    sheet.add_chart(drawn, f"{get_column_letter(right + 2)}{top}")
