"""历史导入: mapping file, files and rows; no database."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from models.calendar import CHINA_TIME
from models.city_files import read_city
from models.errors import InvalidRequest
from models.history_files import count_rows, read_file
from models.history_mapping import OldMapping, read_mapping
from models.history_rows import FileRow, OldTicket, Refusal, read_rows
from models.vocabulary import Channel, Disclosure, Identity, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.city import City

ROOT = Path(__file__).parent.parent.parent
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MAPPING = """
source = "旧平台"
[file]
dates = ["%Y/%m/%d %H:%M:%S"]
[columns]
number = "编号"
text = "内容"
registered_at = "受理"
closed_at = "办结"
kind = "类型"
category = "分类"
department = "单位"
state = "状态"
satisfaction = "满意"
phone = "电话"
[constants]
channel = "phone"
state = "archived"
[codes.kind]
"诉求" = "assistance"
[codes.state]
"撤单" = "withdrawn"
[codes.satisfaction]
"满意" = "4"
[unknown]
kind = "guess"
department = "none"
satisfaction = "1"
"""
GOOD = {
    "编号": "L-1",
    "内容": "路灯坏了三天",
    "受理": "2019/2/8 11:25:05",
    "办结": "2019-02-10 09:00",
    "类型": "诉求",
    "分类": "0101",
    "单位": "城管局",
    "状态": "",
    "满意": "满意",
    "电话": "13800000001",
}


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(ROOT / "cities" / "yunzhou")


@pytest.fixture
def make(city: City, tmp_path: Path) -> Callable[[str], OldMapping]:
    def made(text: str) -> OldMapping:
        (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
        return read_mapping(tmp_path / "mapping.toml", city)

    return made


@pytest.fixture
def read(make: Callable[[str], OldMapping]) -> Callable[..., tuple[list[OldTicket], list[Refusal]]]:
    mapping = make(MAPPING)

    def of(**cells: str) -> tuple[list[OldTicket], list[Refusal]]:
        return read_rows([FileRow(7, {**GOOD, **cells})], mapping, NOW)

    return of


Read = Any


def test_a_row_becomes_a_ticket_in_our_words(read: Read) -> None:
    (old,), refused = read()
    assert not refused
    assert old.registered_at == datetime(2019, 2, 8, 11, 25, 5, tzinfo=CHINA_TIME)
    assert old.closed_at == datetime(2019, 2, 10, 9, 0, tzinfo=CHINA_TIME)
    assert (old.kind, old.category, old.department, old.state) == (Kind.ASSISTANCE, "0101", "urban", "archived")
    assert (old.channel, old.score, old.urgency, old.row) == (Channel.PHONE, 4, 3, 7)
    assert (old.identity, old.disclosure) == (Identity.NAMED, Disclosure.OPEN)


def test_our_own_labels_need_no_table(read: Read) -> None:
    (old,), _ = read(类型="投诉", 状态="直办")
    assert (old.kind, old.state) == (Kind.COMPLAINT, "answered")


def test_unknown_words_become_what_the_mapping_says(read: Read) -> None:
    (old,), _ = read(类型="其他", 单位="某某办", 满意="尚可")
    assert (old.kind, old.department, old.score) == (None, None, 1)


def test_who_left_neither_name_nor_phone_asks_in_confidence(read: Read) -> None:
    (old,), _ = read(电话="")
    assert (old.identity, old.disclosure) == (Identity.ANONYMOUS, Disclosure.CONFIDENTIAL)


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ({"编号": " "}, "编号", "为空"),
        ({"编号": "9" * 65}, "编号", "超过64字"),
        ({"内容": ""}, "内容", "为空"),
        ({"内容": "\u200b"}, "内容", "没有可读的文字"),
        ({"内容": "长" * 20_001}, "内容", "超过20000字"),
        ({"内容": "路灯\0坏了"}, "内容", "NUL"),
        ({"内容": "路灯\udcff坏了"}, "内容", "不能按"),
        ({"受理": ""}, "受理", "为空"),
        ({"受理": "去年"}, "受理", "不是日期"),
        ({"受理": "0019-02-08"}, "受理", "年份不合理"),
        ({"受理": "2026-11-24"}, "受理", "晚于现在"),
        ({"办结": "2019-02-01"}, "办结", "早于登记时间"),
        ({"分类": "没有这一类"}, "分类", "没有这个代码"),
        ({"状态": "在办"}, "状态", "没有这个代码"),
        ({"电话": "无"}, "电话", "不是电话号码"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_column_and_reason(
    read: Read, cells: dict[str, str], column: str, reason: str
) -> None:
    olds, (refused,) = read(**cells)
    assert not olds
    assert (refused.line, refused.column) == (7, column)
    assert reason in refused.reason
    assert len(refused.value) <= 100
    refused.value.encode()


def test_a_bad_row_stops_no_other(make: Callable[[str], OldMapping]) -> None:
    rows = [FileRow(2, GOOD), FileRow(3, {**GOOD, "受理": "x"}), FileRow(4, GOOD, is_spilt=True), FileRow(5, GOOD)]
    olds, refused = read_rows(rows, make(MAPPING), NOW)
    assert [old.row for old in olds] == [2, 5]
    assert [(one.line, one.reason[:2]) for one in refused] == [(3, "不是"), (4, "列数")]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('number = "编号"', "", "缺少“number”"),
        ('text = "内容"', "", "缺少“text”"),
        ('channel = "phone"', "", "缺少“channel”"),
        ('channel = "phone"', 'channel = "telegraph"', "constants.channel"),
        ('channel = "phone"', 'channel = "phone"\ntext = "x"', "不能有“text”"),
        ('"撤单" = "withdrawn"', '"撤单" = "closed"', "codes.state.撤单"),
        ('department = "none"', 'department = "nowhere"', "unknown.department"),
        ('department = "none"', 'department = "guess"', "unknown.department"),
        ('source = "旧平台"', "", "source"),
        ('source = "旧平台"', "source = ", "TOML"),
        ('phone = "电话"', 'telephone = "电话"', "不能有“telephone”"),
    ],
)
def test_a_wrong_mapping_is_refused_in_words(make: Callable[[str], OldMapping], old: str, new: str, said: str) -> None:
    assert old in MAPPING
    with pytest.raises(InvalidRequest, match=said):
        make(MAPPING.replace(old, new, 1))


def test_the_documented_example_fits_the_example_city(city: City) -> None:
    mapping = read_mapping(ROOT / "docs" / "import.example.toml", city)
    assert mapping.codes["department"]["城市管理行政执法局"] == "urban"


def _csv(file: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as lines:
        csv.writer(lines).writerows(rows)
    return file


def test_rows_of_a_csv_tell_the_line_on_which_they_begin(make: Callable[[str], OldMapping], tmp_path: Path) -> None:
    good = list(GOOD.values())
    rows = [[*GOOD], [*good[:1], "两行\n内容", *good[2:]], ["", *[""] * 9], good, good[:3]]
    found = list(read_file(_csv(tmp_path / "old.csv", rows, "utf-8-sig"), make(MAPPING)))
    assert [(row.line, row.is_spilt) for row in found] == [(2, False), (5, False), (6, True)]
    assert found[0].cells["内容"] == "两行\n内容"


def test_a_csv_of_another_encoding_is_read_and_its_bad_bytes_refuse_one_row(
    make: Callable[[str], OldMapping], tmp_path: Path
) -> None:
    mapping = make(MAPPING.replace("[file]", '[file]\nencoding = "gb18030"'))
    file = _csv(tmp_path / "old.csv", [[*GOOD], list(GOOD.values()), list(GOOD.values())], "gb18030")
    lines = file.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace("路灯".encode("gb18030"), b"\xff\xff")
    file.write_bytes(b"\r\n".join(lines))
    olds, refused = read_rows(list(read_file(file, mapping)), mapping, NOW)
    assert [old.row for old in olds] == [3]
    assert [(one.line, one.column) for one in refused] == [(2, "内容")]


def test_an_xlsx_is_read_as_a_csv_is(make: Callable[[str], OldMapping], tmp_path: Path) -> None:
    mapping = make(MAPPING.replace("[file]", '[file]\nsheet = "工单"'))
    book = openpyxl.Workbook()
    sheet = book.create_sheet("工单")
    sheet.append([*GOOD])
    real: dict[str, Any] = {**GOOD, "受理": datetime(2019, 2, 8, 11, 25, 5), "电话": 13800000001}  # noqa: DTZ001
    sheet.append(list(real.values()))
    book.save(tmp_path / "old.xlsx")
    assert count_rows(tmp_path / "old.xlsx", mapping) == 1
    (old,), refused = read_rows(list(read_file(tmp_path / "old.xlsx", mapping)), mapping, NOW)
    assert not refused
    assert (old.row, old.phone) == (2, "13800000001")
    assert old.registered_at == datetime(2019, 2, 8, 11, 25, 5, tzinfo=CHINA_TIME)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "没有“编号”列"),
        ("old.xlsx", b"no zip", "XLSX"),
        ("old.csv", "编号,内容\n1,2\n".encode(), "没有“受理”列"),
        ("old.csv", ",".join([*GOOD, "编号"]).encode(), "不止一个“编号”列"),
        ("old.csv", None, "没有文件"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(
    make: Callable[[str], OldMapping], tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidRequest, match=said):
        list(read_file(file, make(MAPPING)))
