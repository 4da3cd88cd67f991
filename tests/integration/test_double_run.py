"""并行运行对比: the command, from an old platform's export to what differs."""

from __future__ import annotations

import asyncio
import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hotline.commands.double_run import compare_file
from hotline.config import Settings
from models.errors import InvalidRequest
from models.store.installation import set_clock

if TYPE_CHECKING:
    from tests.integration.conftest import World

ROOT = Path(__file__).parent.parent.parent
MONDAY = date(2026, 11, 23)
MAPPING = """
source = "旧平台"
[columns]
number = "编号"
text = "内容"
registered_at = "受理"
closed_at = "办结"
due_at = "期限"
department = "单位"
category = "分类"
line = "号码"
state = "状态"
[constants]
channel = "phone"
[unknown]
department = "none"
"""
ROW = {
    "编号": "A-1",
    "内容": "翠湖路路灯不亮",
    "受理": "2026-11-23 09:40",
    "办结": "2026-11-24 10:00",
    "期限": "2026-11-26 10:00",
    "单位": "城管局",
    "分类": "0101",
    "号码": "12345",
    "状态": "还在办",
}
TEXT = "东湖区翠湖路和建设路交叉口的路灯坏了三天，请维修。"


class Old:
    """An export and what the command says of it."""

    def __init__(self, folder: Path, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.file, self.mapping = folder / "old.csv", folder / "mapping.toml"
        self.mapping.write_text(MAPPING, encoding="utf-8")
        self._settings = Settings(city=ROOT / "cities" / "yunzhou", data_dir=folder, database_url=database_url)
        self._capsys = capsys

    def write(self, *changes: dict[str, str]) -> None:
        with self.file.open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, [*ROW])
            writer.writeheader()
            writer.writerows({**ROW, **change} for change in changes)

    async def compared(self, *, to: date = MONDAY, as_json: bool = True, table: Path | None = None) -> tuple[int, str]:
        def work() -> int:
            return compare_file(
                self._settings,
                self.file,
                self.mapping,
                MONDAY,
                to,
                table=table,
                report_file=self.folder / "refused.csv",
                as_json=as_json,
            )

        code = await asyncio.to_thread(work)
        return code, self._capsys.readouterr().out


@pytest.fixture
async def old(world: World, tmp_path: Path, database_url: str, capsys: pytest.CaptureFixture[str]) -> Old:
    # By the clock that the hub keeps it is the first of December, whatever the wall's says.
    december = datetime(2026, 12, 1, tzinfo=UTC)
    await world.hub.database.write(lambda session: set_clock(session, datetime.now(UTC), december, 1.0))
    return Old(tmp_path, database_url, capsys)


async def test_both_platforms_are_matched_by_the_old_number(world: World, old: Old) -> None:
    matched = await world.register(TEXT, line="12345", external_id={"system": "old_platform", "number": "A-1"})
    alone = await world.register(TEXT, line="12315")
    old.write({}, {"编号": "A-2", "办结": "2026-11-27 10:00"})
    code, said = await old.compared()
    told = json.loads(said)
    (day,) = told["days"]
    assert (code, day["matched"], day["only_old"], day["only_ours"]) == (0, 1, ["A-2"], [alone["number"]])
    assert day["tickets"] == {"old": 2, "ours": 2}
    assert (day["on_time"]["old"], day["due"]["old"]) == (1, 2)
    assert day["counts"]["line"] == {"12345": {"old": 2, "ours": 1}, "12315": {"old": 0, "ours": 1}}
    assert sum(pair["ours"] for pair in day["counts"]["department"].values()) == 2
    assert told["matched"] == 1
    assert matched["number"] not in day["only_ours"]


async def test_rows_that_cannot_be_read_are_named_and_the_rest_is_compared(world: World, old: Old) -> None:
    await world.register(TEXT)
    old.write({}, {"编号": "A-2", "受理": "昨天"}, {})
    code, said = await old.compared(as_json=False)
    assert code == 1
    assert "第3行“受理”：不是日期" in said
    assert "第4行“编号”：编号与第2行相同（A-1）" in said
    assert "2行未能读取" in said
    with (old.folder / "refused.csv").open(encoding="utf-8-sig", newline="") as lines:
        assert [row["line"] for row in csv.DictReader(lines)] == ["3", "4"]


async def test_every_count_of_every_day_stands_in_the_table(world: World, old: Old) -> None:
    await world.register(TEXT, line="12345")
    old.write({}, {"编号": "A-2", "受理": "2026-11-24 08:00"}, {"编号": "A-3", "受理": "2026-11-30 08:00"})
    table = old.folder / "days.csv"
    await old.compared(to=date(2026, 11, 24), table=table)
    with table.open(encoding="utf-8-sig", newline="") as lines:
        found: dict[Any, Any] = {(one["day"], one["count"], one["key"]): one for one in csv.DictReader(lines)}
    for day, there, here in (("2026-11-23", "1", "1"), ("2026-11-24", "1", "0")):
        assert (found[day, "tickets", ""]["old"], found[day, "tickets", ""]["ours"]) == (there, here)
        assert (found[day, "line", "12345"]["old"], found[day, "line", "12345"]["ours"]) == (there, here)
    assert {day for day, _, _ in found} == {"2026-11-23", "2026-11-24"}


async def test_days_that_are_none_are_refused(world: World, old: Old) -> None:
    old.write({})
    with pytest.raises(InvalidRequest, match="--from"):
        await old.compared(to=date(2026, 11, 22))
    with pytest.raises(InvalidRequest, match="覆盖"):
        await old.compared(table=old.file)
