"""报表: which days a report is of, and that both files hold what was put in, in Chinese, and nothing that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from pypdf import PdfReader

from models.report import Chart, Column, Report, Section, Table, before, last_period, period_of, written
from models.report_pdf import paper
from models.report_xlsx import workbook

THURSDAY = date(2026, 11, 26)
TABLE = Table(
    columns=(Column("单位", width=10), Column("件数", "count"), Column("占比", "share"), Column("天数", "number")),
    rows=(("住建局", 12, 0.953, 1.25), ("=HYPERLINK(1)", 0, None, None)),
)
LINE = Chart(
    kind="line", title="每日来件", labels=("11-25", "11-26"), series=(("来件", (3.0, 5.0)), ("来电", (8.0, 2.0)))
)
BAR = Chart(
    kind="bar",
    title="按区县",
    labels=("东湖区", "西城区", "一个名字特别特别特别长的区县"),
    series=(("来件", (3.0, 5.0, 0.0)),),
)
REPORT = Report(
    title="云州市12345热线运行日报",
    kind="daily",
    first=THURSDAY,
    last=THURSDAY,
    made_at=datetime(2026, 11, 27, 0, 30, tzinfo=UTC),
    sections=(
        Section(title="总体情况", words=("本期来件12件<与上期持平>。",), table=TABLE),
        Section(title="每日/来件[量]", chart=LINE),
        Section(title="来件按区县", words=("本期没有来件。",), chart=BAR),
    ),
)


@pytest.mark.parametrize(
    ("kind", "last", "of"),
    [
        ("daily", (date(2026, 11, 25), date(2026, 11, 25)), (THURSDAY, THURSDAY)),
        ("weekly", (date(2026, 11, 16), date(2026, 11, 22)), (date(2026, 11, 23), date(2026, 11, 29))),
        ("monthly", (date(2026, 10, 1), date(2026, 10, 31)), (date(2026, 11, 1), date(2026, 11, 30))),
    ],
)
def test_a_report_is_of_the_last_whole_period_or_of_the_one_around_a_day(
    kind: str, last: tuple[date, date], of: tuple[date, date]
) -> None:
    assert last_period(kind, THURSDAY) == last
    assert period_of(kind, THURSDAY) == of


def test_december_ends_with_the_year() -> None:
    assert period_of("monthly", date(2026, 12, 5)) == (date(2026, 12, 1), date(2026, 12, 31))
    assert last_period("monthly", date(2027, 1, 1)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_the_days_before_are_as_many() -> None:
    assert before(date(2026, 11, 23), date(2026, 11, 29)) == (date(2026, 11, 16), date(2026, 11, 22))
    assert before(THURSDAY, THURSDAY) == (date(2026, 11, 25), date(2026, 11, 25))


def test_what_nothing_is_known_of_is_said_to_be_nothing() -> None:
    assert [written(None, "share"), written(0, "share"), written(None, "text")] == ["无", "0.0%", ""]


def test_the_workbook_holds_numbers_as_numbers_and_no_formula_from_outside() -> None:
    book = load_workbook(BytesIO(workbook(REPORT)))
    assert book.sheetnames == ["目录", "1 总体情况", "2 每日来件量", "3 来件按区县"]
    sheet = book["1 总体情况"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert ["住建局", 12, 0.953, 1.25] in rows
    (row,) = (row for row in sheet.iter_rows() if row[0].value == "=HYPERLINK(1)")
    assert [cell.data_type for cell in row] == ["s", "n", "s", "s"]
    assert [len(book[name]._charts) for name in book.sheetnames] == [0, 0, 1, 1]  # noqa: SLF001 - no other way to count


def test_the_paper_is_readable_chinese_with_pages_and_pictures() -> None:
    pages = [page.extract_text() for page in PdfReader(BytesIO(paper(REPORT))).pages]
    whole = "".join(pages)
    for words in (
        "云州市12345热线运行日报",
        "本期来件12件<与上期持平>",
        "住建局",
        "95.3%",
        "每日来件",
        "东湖区",
        "第1页",
    ):
        assert words in whole, words
    assert PdfReader(BytesIO(paper(REPORT))).metadata.title == REPORT.title  # type: ignore[union-attr]


@pytest.mark.parametrize("odd", ["笑脸😀", "换行\x0b控制\x00符", "<b>未闭合 & 引号'\"", "\ud800半个"])
def test_whatever_people_wrote_breaks_neither_file(odd: str) -> None:
    table = Table(columns=(Column("反映", width=20), Column("件数", "count")), rows=((odd, 1),))
    bar = replace(BAR, labels=(odd, "西城区", "东湖区"))
    strange = replace(REPORT, sections=(Section(title=odd, words=(odd,), table=table, chart=bar),))
    assert len(PdfReader(BytesIO(paper(strange))).pages) == 1
    assert len(load_workbook(BytesIO(workbook(strange))).sheetnames) == 2


def test_a_long_table_goes_on_with_its_heading_on_every_page() -> None:
    rows = tuple((f"单位{n}", n, n / 200, float(n)) for n in range(150))
    table = Table(columns=TABLE.columns, rows=rows)
    long = replace(REPORT, sections=(Section(title="名单", table=table),))
    pages = [page.extract_text() for page in PdfReader(BytesIO(paper(long))).pages]
    assert len(pages) >= 3
    assert all("件数" in page for page in pages)
    assert "单位149" in pages[-1]
