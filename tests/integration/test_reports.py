"""报表: asked for, made by whichever worker is there, once, again after a kill; what it says is what the indicators say."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from msgspec.structs import replace
from openpyxl import load_workbook
from pypdf import PdfReader

from hotline import forecast, indicators, report
from hotline.config import Settings
from models.errors import Unavailable
from models.store import forecast as kept
from models.store import reports as store
from models.surge import Surge
from tests.bench.past import days

if TYPE_CHECKING:
    from pathlib import Path

    from models.report import Section
    from models.store.reports import Wanted
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"


async def asked(world: World, who: str = "supervisor", ok: int = 202, **more: Any) -> Any:
    content = {"kind": "daily", "from": "2026-11-23", "to": "2026-11-23", **more}
    return await world.post("/api/v1/reports", content, who=who, ok=(ok,))


async def fetched(world: World, made: Any, who: str = "leader") -> tuple[str, bytes]:
    headers = {"authorization": f"Bearer {await world.token(who)}"}
    async with world.client.get(f"/api/v1/reports/{made['id']}/file", headers=headers) as response:
        assert response.status == 200, await response.text()
        assert "attachment" in response.headers["content-disposition"]
        return response.content_type, await response.read()


async def claimed(world: World, at: datetime) -> Wanted | None:
    return await world.hub.database.write(lambda session: store.claim(session, at))


def cells(book: Any) -> list[list[Any]]:
    return [[cell.value for cell in row] for sheet in book.worksheets for row in sheet.iter_rows()]


async def test_a_report_is_made_by_the_worker_and_fetched(world: World) -> None:
    await world.register(LAMP)
    wanted = await asked(world, format="pdf")
    assert (wanted["state"], wanted["progress"], wanted["from"]) == ("waiting", 0, "2026-11-23")
    await world.get(f"/api/v1/reports/{wanted['id']}/file", who="leader", status=404)
    assert await report.turn(world.hub) == 1
    made = await world.get(f"/api/v1/reports/{wanted['id']}", who="leader")
    assert (made["state"], made["progress"], made["error"]) == ("made", 100, None)
    kind, content = await fetched(world, wanted)
    assert (kind, len(content)) == ("application/pdf", made["size"])
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "本期来件1件" in text
    assert "云州市12345热线运行日报" in text
    assert await report.turn(world.hub) == 0


async def test_a_report_says_what_the_indicators_say(world: World) -> None:
    number = (await world.register(LAMP, caller={"phone": "13800000001"}))["number"]
    await world.closed(number)
    await asked(world, format="xlsx")
    await report.turn(world.hub)
    listed = (await world.get("/api/v1/reports?kind=daily", who="analyst"))["reports"]
    _, content = await fetched(world, listed[0])
    rows = cells(load_workbook(BytesIO(content)))
    path = "/api/v1/indicators?from=2026-11-23&to=2026-11-23"
    found = {one["code"]: one for one in (await world.get(path, who="leader"))["lines"][0]["figures"]}
    for meant in world.hub.city.indicators.indicators:
        (row,) = (row for row in rows if row[1:2] == [meant.name])
        assert row[6] == f"{found[meant.code]['numerator']}/{found[meant.code]['denominator']}"
    assert ["电话", 1, 1, 0, "无"] in rows


async def test_the_next_seven_days_and_what_runs_away_stand_in_it(world: World, tmp_path: Path) -> None:
    today, many = world.hub.today(), 120
    past = days(today - timedelta(days=many), many, world.hub.city.calendar, a_day=200, seed=8)
    rows = [(one.day, one.category, one.district, one.tickets) for one in past]
    fill = "INSERT INTO ticket_days SELECT 'yunzhou', * FROM unnest($1::date[], $2::text[], $3::text[], $4::int[])"
    await world.rows(fill, *(list(column) for column in zip(*rows, strict=True)))
    outlook = await forecast.make(world.hub, Settings(data_dir=tmp_path))
    assert outlook.volume.week is not None
    surge = Surge(kind="category", code="0401", over="day", first=today, last=today, came=90, expected=12.4, high=25.0)
    told = msgspec.json.encode(replace(outlook, volume=replace(outlook.volume, surges=[surge])))
    await world.hub.database.write(lambda session: kept.keep(session, outlook.made_at, told))
    await asked(world, format="xlsx")
    await report.turn(world.hub)
    listed = (await world.get("/api/v1/reports", who="leader"))["reports"]
    book = load_workbook(BytesIO((await fetched(world, listed[0]))[1]))
    (name,) = (name for name in book.sheetnames if "预测" in name)
    found = [row[1].value for row in book[name].iter_rows() if str(row[0].value).startswith("11-")]
    assert found[:7] == pytest.approx([one.requests.expected for one in outlook.volume.series[0].days])
    assert len(book[name]._charts) == 1  # noqa: SLF001 - no other way to count
    assert ["供水当日来件90件，超出预期的12件（上限25件）。"] in [row[:1] for row in cells(book)]


async def test_what_is_overdue_stands_in_it_with_its_reason(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    world.clock.at = datetime(2026, 12, 20, tzinfo=UTC)
    await asked(world, format="xlsx")
    await report.turn(world.hub)
    listed = (await world.get("/api/v1/reports", who="leader"))["reports"]
    rows = cells(load_workbook(BytesIO((await fetched(world, listed[0]))[1])))
    (late,) = (row for row in rows if row[0] == number)
    assert late[6] == "未签收"
    assert any("至今未签收" in str(row[0]) and "建议督办" in str(row[0]) for row in rows)


async def test_one_report_is_made_by_one_worker(world: World) -> None:
    wanted = await asked(world)
    now = datetime.now(UTC)
    found = await asyncio.gather(*(claimed(world, now) for _ in range(4)))
    assert [str(one.id) for one in found if one is not None] == [wanted["id"]]


async def test_a_report_whose_maker_was_killed_is_made_by_the_next(world: World) -> None:
    wanted = await asked(world)
    now = datetime.now(UTC)
    # Whoever takes it and dies says nothing any more.
    assert await claimed(world, now - store.CLAIMED_FOR - timedelta(seconds=1)) is not None
    assert await report.turn(world.hub) == 1
    assert (await world.get(f"/api/v1/reports/{wanted['id']}", who="leader"))["state"] == "made"


async def test_a_report_that_kills_every_maker_is_given_up(world: World) -> None:
    wanted = await asked(world)
    at = datetime.now(UTC) - timedelta(days=1)
    for _ in range(store.MOST_ATTEMPTS):
        assert await claimed(world, at) is not None
        at += store.CLAIMED_FOR + timedelta(seconds=1)
    assert await report.turn(world.hub) == 0
    failed = await world.get(f"/api/v1/reports/{wanted['id']}", who="leader")
    assert (failed["state"], "没有完成" in failed["error"]) == ("failed", True)


async def test_a_report_that_cannot_be_made_says_why_and_is_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = await asked(world)

    async def broken(_: Any) -> Section:
        raise ValueError("broken")

    monkeypatch.setattr(report, "PARTS", (broken,))
    assert await report.turn(world.hub) == 0
    waiting = await world.get(f"/api/v1/reports/{wanted['id']}", who="leader")
    assert (waiting["state"], waiting["error"]) == ("waiting", "ValueError")
    monkeypatch.undo()
    await world.rows("UPDATE reports SET claimed_until = NULL")
    assert await report.turn(world.hub) == 1


async def test_a_database_that_is_away_is_no_failure_of_the_report(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked(world)

    async def away(_: Any) -> Section:
        raise Unavailable("数据库暂时不可用")

    monkeypatch.setattr(report, "PARTS", (away,))
    assert await report.turn(world.hub) == 0
    (row,) = await world.rows("SELECT state, error FROM reports")
    assert tuple(row) == ("waiting", None)


async def test_the_program_asks_for_each_time_that_is_over_once(world: World) -> None:
    await report.schedule(world.hub)
    assert await world.rows("SELECT 1 FROM reports") == [], "nothing has happened yet"
    await world.register(LAMP)
    # The Tuesday after the month's end: day (on which something fell due), week and month lie behind.
    world.clock.at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    await indicators.count(world.hub)
    for _ in range(2):
        await report.schedule(world.hub)
    found = await world.rows("SELECT kind, first_day::text, last_day::text, format FROM reports ORDER BY kind, format")
    assert [tuple(row) for row in found] == [
        ("daily", "2026-11-30", "2026-11-30", "pdf"),
        ("daily", "2026-11-30", "2026-11-30", "xlsx"),
        ("monthly", "2026-11-01", "2026-11-30", "pdf"),
        ("monthly", "2026-11-01", "2026-11-30", "xlsx"),
        ("weekly", "2026-11-23", "2026-11-29", "pdf"),
        ("weekly", "2026-11-23", "2026-11-29", "xlsx"),
    ]


async def test_without_days_it_is_of_the_last_whole_period(world: World) -> None:
    wanted = await world.post("/api/v1/reports", {"kind": "weekly"}, who="leader", ok=(202,))
    assert (wanted["from"], wanted["to"], wanted["format"]) == ("2026-11-16", "2026-11-22", "pdf")


async def test_days_that_cannot_be_and_who_may_not_are_refused(world: World) -> None:
    for wrong in ({"from": "2026-11-24"}, {"to": "2026-11-24"}, {"from": "2020-01-01"}, {"to": None}):
        await asked(world, ok=422, **wrong)
    await asked(world, ok=422, kind="yearly")
    await asked(world, who="agent", ok=403)
    await world.get("/api/v1/reports", who="department:urban", status=403)


async def test_lists_go_on_page_by_page_newest_first(world: World) -> None:
    made = [(await asked(world))["id"] for _ in range(3)]
    first = await world.get("/api/v1/reports?limit=2", who="leader")
    rest = await world.get(f"/api/v1/reports?limit=2&cursor={first['cursor']}", who="leader")
    assert [one["id"] for page in (first, rest) for one in page["reports"]] == made[::-1]
    assert rest["cursor"] is None
