"""保存期限: how a term is written and reckoned, and what the law lets nobody make shorter."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.city_check import check_city
from models.city_fault import CityFault
from models.city_files import read_city
from models.limits import InvalidRule
from models.retention import NAMES, Retention, Term
from models.store.database import SQL_FOLDER
from models.store.sealed import SEALED

ROOT = Path(__file__).parents[2]
YUNZHOU = ROOT / "cities/yunzhou/retention.toml"
AT = datetime(2028, 8, 31, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "before"),
    [
        ("30d", (2028, 8, 1)),
        ("6mo", (2028, 2, 29)),
        ("18mo", (2027, 2, 28)),
        ("3y", (2025, 8, 31)),
        ("8mo", (2027, 12, 31)),
    ],
)
def test_a_term_is_reckoned_by_the_calendar(term: str, before: tuple[int, int, int]) -> None:
    assert Term(term).before(AT) == datetime(*before, 4, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["", "3", "3Y", "0d", "6m", "1.5y", "10000d", "３y"])
def test_what_is_no_term_is_refused(wrong: str) -> None:
    with pytest.raises(InvalidRule, match="保存期限"):
        Term(wrong)


@pytest.mark.parametrize(
    ("term", "other", "covers"),
    [
        ("6mo", "6mo", True), ("5mo", "6mo", False), ("184d", "6mo", True), ("183d", "6mo", False),
        ("3y", "36mo", True), ("35mo", "3y", False), ("1095d", "3y", False), ("6mo", "180d", True), ("6mo", "183d", False),
    ],
)  # fmt: skip
def test_a_term_covers_another_wherever_both_begin(term: str, other: str, *, covers: bool) -> None:
    assert Term(term).covers(Term(other)) is covers


def test_every_part_of_a_city_s_terms_has_a_name() -> None:
    assert set(NAMES) == set(Retention.__struct_fields__)
    assert read_city(ROOT / "cities/yunzhou").retention is not None
    assert read_city(ROOT / "tests/cities/tiny").retention is None


FAULTS = [
    ("access_log", "kept_for", "5mo", "《网络安全法》第二十一条"),
    ("access_log", "kept_for", "180d", "6个月"),
    ("records", "kept_for", "35mo", "《个人信息保护法》第五十六条"),
    ("tickets", "on_request_after", "6y", "不得晚于保存期满"),
    ("tip_offs", "on_request_after", "5mo", "不得长于"),
    ("calls", "kept_for", "6m", "保存期限“6m”"),
    ("codes", "basis", "", "basis"),
]


@pytest.mark.parametrize(("table", "key", "value", "said"), FAULTS)
def test_what_is_too_short_is_refused_with_file_and_line(
    tmp_path: Path, table: str, key: str, value: str, said: str
) -> None:
    folder = tmp_path / "city"
    shutil.copytree(ROOT / "tests/cities/tiny", folder)
    lines = YUNZHOU.read_text(encoding="utf-8").splitlines()
    begins = lines.index(f"[{table}]")
    at = next(n for n in range(begins, len(lines)) if lines[n].startswith(f"{key} ="))
    lines[at] = f'{key} = "{value}"'
    (folder / "retention.toml").write_text("\n".join(lines), encoding="utf-8")
    (fault,) = [one for one in check_city(folder) if one.file == "retention.toml"]
    # Of two terms that do not fit one another the shorter's line is named.
    assert fault.line == at + 1 or (table == "tip_offs" and "notices" in fault.message)
    assert said in fault.message
    with pytest.raises(CityFault):
        read_city(folder)


def test_a_forgotten_or_misspelt_table_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    shutil.copytree(ROOT / "tests/cities/tiny", folder)
    text = YUNZHOU.read_text(encoding="utf-8").replace("[uploads]", "[uplaods]")
    (folder / "retention.toml").write_text(text, encoding="utf-8")
    assert [one.file for one in check_city(folder)].count("retention.toml") == 1


def test_whatever_is_sealed_goes_on_request_or_by_time() -> None:
    sql = "".join((SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in ("erasures", "retention"))
    # Secrets of departments' systems and of staff's second factors are no citizen's.
    tables = {one.table for one in SEALED} - {"endpoints", "users"}
    assert {table for table in tables if not re.search(rf"(UPDATE|DELETE FROM) {table}\b", sql)} == set()
