from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from models.export_file import CsvFile, XlsxFile, defused


@pytest.mark.parametrize("text", ["=1+2", "+86", "-1", "@SUM(A1)", " \t=cmd", "＝1+2", "\r\n=1"])
def test_what_a_spreadsheet_takes_for_a_formula_is_defused(text: str) -> None:
    assert defused(text)[0] == "'"


@pytest.mark.parametrize("text", ["", "路灯坏了", "a=1", "2026-11-23 09:30"])
def test_other_words_stay_as_they_are(text: str) -> None:
    assert defused(text) == text


def test_a_csv_begins_with_a_mark_and_keeps_every_row_on_one_line() -> None:
    file = CsvFile(["号", "内容"])
    file.add([["1", '第一行\n第二行"，'], [None, 5]])
    assert file.content() == '\ufeff号,内容\r\n1,"第一行 第二行""，"\r\n,5\r\n'.encode()


def test_a_workbook_keeps_numbers_as_numbers_and_words_as_words() -> None:
    file = XlsxFile(["号", "内容"])
    file.add([["=1+2", 5], ["#N/A", None], ["控制\x07符", 2]])
    sheet = load_workbook(BytesIO(file.content())).active
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert cells == [[("=1+2", "s"), (5, "n")], [("#N/A", "s"), (None, "n")], [("控制符", "s"), (2, "n")]]
