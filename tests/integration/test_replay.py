"""hotline replay: every row that can be sent is sent; the others are named and counted."""

from __future__ import annotations

import asyncio
import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from hotline.commands import replay as replay_module
from hotline.commands.replay import replay
from hotline.config import Settings
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"


class Replayer:
    """Runs the command against the test's own hub."""

    def __init__(self, world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self._folder = folder
        self._capsys = capsys

    async def run(self, content: str, *, limit: int = 0) -> tuple[int, list[str], Any]:
        """Send a CSV; returns the exit code, what was printed before the summary, and the summary."""
        settings = Settings(data_dir=self._folder)
        url = str(self.world.client.make_url("/"))
        settings.access_file.write_text(
            json.dumps({"url": url, "channels": {"web": await self.world.token("channel:web")}})
        )
        file = self._folder / "rows.csv"
        file.write_text(content, encoding="utf-8")
        self._capsys.readouterr()
        code = await asyncio.to_thread(replay, settings, file, rate=0.0, limit=limit, as_json=True, at_once=4)
        *said, last = self._capsys.readouterr().out.strip().splitlines()
        return code, [line for line in said if line], json.loads(last)


@pytest.fixture(autouse=True)
def cells() -> Iterator[None]:
    """The longest cell of a CSV is one setting of the whole process."""
    longest = csv.field_size_limit()
    yield
    csv.field_size_limit(longest)


@pytest.fixture
def replayer(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Replayer:
    return Replayer(world, tmp_path, capsys)


async def test_a_bad_date_is_named_by_line_and_id_and_the_others_are_sent(world: World, replayer: Replayer) -> None:
    rows = ["id,received_at,text", f"a,2026-11-23 09:30:00,{LAMP}", f"b,明天上午,{LAMP}", f"c,,{LAMP}"]
    code, said, summary = await replayer.run("\n".join(rows))
    assert code == 1
    assert said == ["第3行（id b）未发送：时间“明天上午”无法识别，应如 2026-11-23 09:30:00"]
    assert (summary["sent"], summary["accepted"], summary["failed"]) == (2, 2, 1)
    assert len(await world.rows("SELECT 1 FROM tickets")) == 2


async def test_a_corrected_file_sends_only_what_is_missing(replayer: Replayer) -> None:
    await replayer.run(f"id,received_at,text\na,,{LAMP}\nb,32.13.2026,{LAMP}\n")
    code, said, summary = await replayer.run(f"id,received_at,text\na,,{LAMP}\nb,2026/11/23 08:00,{LAMP}\n")
    assert (code, said) == (0, [])
    assert (summary["accepted"], summary["duplicates"], summary["failed"]) == (1, 1, 0)


async def test_a_line_is_counted_where_its_row_begins(replayer: Replayer) -> None:
    content = f'id,received_at,text\na,,"{LAMP}\n第二行\n第三行"\nb,昨天,"两\n行"\nc,昨天,{LAMP}\n'
    code, said, summary = await replayer.run(content)
    assert code == 1
    assert [line.split("未发送")[0] for line in said] == ["第5行（id b）", "第7行（id c）"]
    assert summary["accepted"] == 1


@pytest.mark.parametrize(
    ("row", "named"),
    [
        (f",,{LAMP}", "第2行（id 空）未发送：id"),
        (f'"x\ty",,{LAMP}', "第2行（id x\ty）未发送：id"),
        ("b,,", "第2行（id b）未发送：text"),
        ("b", "第2行（id b）未发送：text"),
    ],
)
async def test_a_row_without_id_or_text_is_named(replayer: Replayer, row: str, named: str) -> None:
    code, said, summary = await replayer.run(f"id,received_at,text\n{row}\nz,,{LAMP}\n")
    assert code == 1
    assert len(said) == 1
    assert said[0].startswith(named)
    assert (summary["accepted"], summary["failed"]) == (1, 1)


async def test_many_bad_rows_are_counted_and_the_first_ones_named(
    replayer: Replayer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay_module, "MOST_TOLD", 2)
    code, said, summary = await replayer.run("id,received_at,text\n" + "".join(f"{n},x,灯\n" for n in range(5)))
    assert (code, len(said), said[-1]) == (1, 3, "另有3行未发送")
    assert (summary["sent"], summary["failed"]) == (0, 5)


async def test_a_limit_leaves_out_what_comes_after_it(replayer: Replayer) -> None:
    code, said, summary = await replayer.run(f"id,received_at,text\na,,{LAMP}\nb,x,{LAMP}\n", limit=1)
    assert (code, said, summary["accepted"]) == (0, [], 1)


async def test_what_cannot_be_read_is_said_with_its_line(replayer: Replayer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_module, "LONGEST_CELL", 100)
    with pytest.raises(InvalidRequest, match="第3行不是有效的 CSV"):
        await replayer.run(f"id,text\na,{LAMP}\nb,{LAMP * 5}\n")
