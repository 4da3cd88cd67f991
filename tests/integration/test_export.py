"""导出: a list as a file, as whoever asked for it sees it; made by the worker, sealed, for its asker alone, and gone after a day."""

from __future__ import annotations

import asyncio
import csv
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from openpyxl import load_workbook

from hotline import export
from models.store import exports as store
from models.ticket import id_of
from models.worklist import WorklistRule

if TYPE_CHECKING:
    import pytest

    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"


async def asked(
    world: World, filters: Any = None, *, who: str = "supervisor", file_format: str = "csv", ok: int = 202
) -> Any:
    content = {"filters": filters or {}, "format": file_format}
    return await world.post("/api/v1/exports", content, who=who, ok=(ok,))


async def fetched(world: World, made: Any, who: str = "supervisor") -> bytes:
    headers = {"authorization": f"Bearer {await world.token(who)}"}
    async with world.client.get(f"/api/v1/exports/{made['id']}/file", headers=headers) as response:
        assert response.status == 200, await response.text()
        assert "attachment" in response.headers["content-disposition"]
        return await response.read()


async def rows_of(world: World, filters: Any = None, *, who: str = "supervisor") -> list[dict[str, str]]:
    made = await asked(world, filters, who=who)
    assert await export.turn(world.hub) == 1
    content = await fetched(world, made, who)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"))))


async def test_an_export_is_what_the_list_shows_in_its_order(world: World) -> None:
    numbers = [(await world.register(f"{LAMP}第{n}处。"))["number"] for n in range(3)]
    await world.register(LITTER)
    await world.rows("UPDATE tickets SET urgency = 1 WHERE id = $1", id_of(numbers[2]))
    found = await rows_of(world, {"q": "路灯"})
    listed = (await world.get("/api/v1/tickets?q=路灯", who="supervisor"))["tickets"]
    assert [row["工单号"] for row in found] == [line["number"] for line in listed] == numbers[::-1]
    assert found[0]["紧急程度"] == "特急"
    assert [row["诉求内容"] for row in found] == [line["text"] for line in listed]
    assert found[0]["登记时间"].startswith("2026-11-23 09:3")
    assert [row["工单号"] for row in await rows_of(world, {"sort": "oldest", "urgency": 1})] == [numbers[2]]


async def test_no_phone_and_no_name_leaves_with_an_export(world: World) -> None:
    caller = {"name": "王小明", "phone": "13800000000", "identity": "named"}
    await world.register(f"我叫王小明，电话13800000000。{LAMP}", caller=caller)
    (row,) = await rows_of(world)
    text = "".join(row.values())
    assert "13800000000" not in text
    assert "王小明" not in text
    (kept,) = await world.rows("SELECT content FROM exports")
    assert "路灯".encode() not in kept["content"]


async def test_a_department_gets_its_own_briefs_and_nothing_else(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.register("西山区学府路小学门口摆摊占道，早晚接送孩子没法走。")
    await world.rows("UPDATE ticket_texts SET masked_text = '原话' WHERE id = $1", id_of(number))
    own = (await world.get("/api/v1/tickets?state=assigned", who="department:urban"))["tickets"]
    found = await rows_of(world, {"state": ["assigned"]}, who="department:urban")
    assert [(row["工单号"], row["诉求内容"]) for row in found] == [(line["number"], line["brief"]) for line in own]
    assert number in [row["工单号"] for row in found]
    assert "原话" not in "".join(row["诉求内容"] for row in found)
    assert await rows_of(world, who="department:water_group") == []
    await asked(world, {"department": "urban"}, who="department:parks", ok=404)


async def test_a_workbook_holds_the_same_and_no_formula(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.rows("UPDATE ticket_texts SET masked_text = '=1+2' WHERE id = $1", id_of(number))
    made = await asked(world, file_format="xlsx")
    await export.turn(world.hub)
    sheet = load_workbook(BytesIO(await fetched(world, made))).active
    head, row = [[cell.value for cell in cells] for cells in sheet.iter_rows()]
    assert dict(zip(head, row, strict=True))["诉求内容"] == "=1+2"
    assert all(cell.data_type != "f" for cells in sheet.iter_rows() for cell in cells)
    assert (await rows_of(world))[0]["诉求内容"] == "'=1+2"


async def test_progress_goes_from_nothing_to_one_and_counts_the_rows(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(3):
        await world.register(f"{LAMP}第{n}处。")
    monkeypatch.setattr(export, "ROWS_AT_ONCE", 1)
    told: list[tuple[int, int]] = []
    tell = store.progress

    async def heard(session: Any, export_id: int, percent: int, rows: int, *rest: Any, **more: Any) -> None:
        told.append((percent, rows))
        await tell(session, export_id, percent, rows, *rest, **more)

    monkeypatch.setattr(store, "progress", heard)
    made = await asked(world)
    assert (made["state"], made["progress"], made["rows"]) == ("waiting", 0, 0)
    await world.get(f"/api/v1/exports/{made['id']}/file", who="supervisor", status=404)
    await export.turn(world.hub)
    percents = [percent for percent, _ in told]
    assert percents == sorted(percents)
    assert 0 < percents[0] < percents[2] < 100
    assert [rows for _, rows in told][:3] == [1, 2, 3]
    line = await world.get(f"/api/v1/exports/{made['id']}", who="supervisor")
    assert (line["state"], line["progress"], line["rows"], line["is_cut"]) == ("made", 1, 3, False)
    assert line["size"] == len(await fetched(world, made))


async def test_more_than_the_city_lets_out_is_cut_and_says_so(world: World) -> None:
    for n in range(3):
        await world.register(f"{LAMP}第{n}处。")
    for most, cut in ((2, True), (3, False)):
        world.hub.city = replace(world.hub.city, worklists=WorklistRule(most_exported=most))
        assert len(await rows_of(world)) == most
        newest = (await world.get("/api/v1/exports", who="supervisor"))["exports"][0]
        assert (newest["rows"], newest["is_cut"]) == (most, cut)


async def test_a_file_is_its_askers_alone_and_an_auditor_reads_who_took_what(world: World) -> None:
    made = await asked(world, {"kind": "complaint"}, who="dispatcher:anna")
    await export.turn(world.hub)
    for path in ("", "/file"):
        await world.get(f"/api/v1/exports/{made['id']}{path}", who="dispatcher:boris", status=404)
    assert (await world.get("/api/v1/exports", who="dispatcher:boris"))["exports"] == []
    (line,) = (await world.get("/api/v1/exports", who="auditor"))["exports"]
    assert (line["asked_by"], line["role"], line["filters"]) == ("anna", "dispatcher", {"kind": "complaint"})
    await world.get(f"/api/v1/exports/{made['id']}/file", who="auditor", status=403)
    await fetched(world, made, "dispatcher:anna")


async def test_a_file_is_dropped_after_a_day_and_its_line_stays(world: World) -> None:
    made = await asked(world)
    await export.turn(world.hub)
    world.clock.move(hours=23)
    await export.turn(world.hub)
    await fetched(world, made)
    world.clock.move(hours=2)
    await export.turn(world.hub)
    assert "重新导出" in (await world.get(f"/api/v1/exports/{made['id']}/file", who="supervisor", status=404))["detail"]
    assert (await world.get(f"/api/v1/exports/{made['id']}", who="supervisor"))["state"] == "dropped"
    assert [row["content"] for row in await world.rows("SELECT content FROM exports")] == [None]


async def test_two_workers_never_make_the_same_and_one_that_died_is_followed(world: World) -> None:
    await asked(world)
    assert sorted(await asyncio.gather(*(export.turn(world.hub) for _ in range(3)))) == [0, 0, 1]
    await asked(world)
    claimed = await world.hub.database.write(lambda session: export.QUEUE.claim(session, datetime.now(UTC)))
    assert claimed is not None
    assert await export.turn(world.hub) == 0
    await world.rows("UPDATE exports SET claimed_until = asked_at WHERE state = 'waiting'")
    assert await export.turn(world.hub) == 1


async def test_a_list_that_could_not_be_shown_and_a_queue_that_is_full_are_refused(world: World) -> None:
    await asked(world, {"sort": "due", "state": ["closed"]}, ok=422)
    await asked(world, {"q": "13800000000"}, ok=422)
    await asked(world, who="auditor", ok=403)
    for _ in range(5):
        await asked(world)
    assert "5份" in (await asked(world, ok=409))["detail"]
    await asked(world, who="dispatcher")
