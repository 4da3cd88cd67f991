"""外部编号: one number of a system names one ticket; shown to all, found by search, kept on the trail."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

TEXT = "投诉：东湖区翠湖路一家超市卖过期牛奶，要求退款。"
OUTSIDE = {"system": "12315", "number": "1369900002026112300017"}


async def registered(world: World, **more: Any) -> Any:
    return await world.register(TEXT, line="12315", caller={"phone": "13800000001"}, **more)


async def give(world: World, receipt: Any, who: str = "agent", ok: int = 200, **outside: str) -> Any:
    path = f"/api/v1/tickets/{receipt['number']}/external-ids"
    return await world.post(path, {**OUTSIDE, **outside}, who=who, ok=(ok,))


async def found(world: World, words: str) -> list[str]:
    page = await world.get(f"/api/v1/tickets?q={words}", who="supervisor")
    return [one["number"] for one in page["tickets"]]


@pytest.mark.parametrize("who", ["channel:feed", "agent", "dispatcher"])
async def test_a_number_given_back_is_shown_to_all_and_found_by_search(world: World, who: str) -> None:
    receipt = await registered(world)
    assert await found(world, OUTSIDE["number"]) == []
    told = await give(world, receipt, who)
    (one,) = told["external_ids"]
    assert (one["system"], one["name"], one["number"]) == ("12315", "市场监管投诉举报热线", OUTSIDE["number"])
    assert (await world.ticket(receipt["number"], who="agent"))["external_ids"] == [one]
    assert (await world.followed(receipt))["external_ids"] == [one]
    async with world.client.get(f"/me?number={receipt['number']}&code={receipt['query_code']}") as page:
        assert OUTSIDE["number"] in await page.text()
    assert await found(world, OUTSIDE["number"]) == [receipt["number"]]
    assert (await world.trail(receipt["number"]))[-1] == "external_id"


async def test_a_number_may_come_with_the_request(world: World) -> None:
    receipt = await registered(world, external_id=OUTSIDE)
    (one,) = (await world.ticket(receipt["number"]))["external_ids"]
    assert one["number"] == OUTSIDE["number"]
    assert await found(world, OUTSIDE["number"]) == [receipt["number"]]
    assert "external_id" in await world.trail(receipt["number"])


async def test_who_registers_the_same_number_again_is_told_of_the_first(world: World) -> None:
    first = await registered(world, external_id=OUTSIDE)
    again = await world.register("孩子的养老保险怎么转移", external_id=OUTSIDE)
    likely = again["possible_duplicates"][0]
    assert (likely["number"], likely["relation"], likely["likeness"]) == (first["number"], "repeat", 1.0)
    assert likely["external_id"] == f"12315:{OUTSIDE['number']}"
    assert (await world.ticket(again["number"]))["external_ids"] == []
    assert "external_id_known" in await world.trail(again["number"])


async def test_of_many_who_register_one_number_at_once_one_has_it(world: World) -> None:
    receipts = await asyncio.gather(*(registered(world, external_id=OUTSIDE) for _ in range(6)))
    holders = [one for one in receipts if (await world.ticket(one["number"]))["external_ids"]]
    assert len(holders) == 1
    told = [one["possible_duplicates"][0]["number"] for one in receipts if one is not holders[0]]
    assert set(told) == {holders[0]["number"]}


async def test_another_ticket_s_number_is_refused_with_that_ticket(world: World) -> None:
    first, second = await registered(world, external_id=OUTSIDE), await registered(world)
    assert first["number"] in (await give(world, second, ok=409))["detail"]
    await give(world, second, system="petition")
    again = await give(world, first)
    assert len(again["external_ids"]) == 1
    assert (await world.trail(first["number"])).count("external_id") == 1


async def test_a_number_typed_wrong_is_taken_away_by_the_desk_and_no_longer_found(world: World) -> None:
    first, second = await registered(world, external_id=OUTSIDE), await registered(world)
    path = f"/api/v1/tickets/{first['number']}/external-ids/12315/{OUTSIDE['number']}"
    await world.post(path, None, who="agent", ok=(403,), method="DELETE")
    told = await world.post(path, None, who="dispatcher", method="DELETE")
    assert told["external_ids"] == []
    await world.post(path, None, who="dispatcher", ok=(404,), method="DELETE")
    assert await found(world, OUTSIDE["number"]) == []
    await give(world, second)
    assert (await world.trail(first["number"]))[-1] == "external_id_removed"


@pytest.mark.parametrize(
    ("outside", "word"),
    [({"system": "12345"}, "12315"), ({"number": "13800000001"}, "手机号码"), ({"number": "../x"}, "number")],
)
async def test_what_can_be_no_number_elsewhere_is_refused(world: World, outside: dict[str, str], word: str) -> None:
    receipt = await registered(world)
    assert word in (await give(world, receipt, ok=422, **outside))["detail"]
    content = {"text": TEXT, "external_id": {**OUTSIDE, **outside}}
    refused = await world.post("/api/v1/tickets", content, who="channel:phone", key=secrets.token_hex(4), ok=(422,))
    assert word in refused["detail"]


async def test_who_may_not_give_numbers(world: World) -> None:
    receipt = await registered(world)
    for who in ("department:market", "reviewer", "leader"):
        await give(world, receipt, who, ok=403)


async def test_lines_with_records_elsewhere_tell_how_many_have_their_number(world: World) -> None:
    await registered(world, external_id=OUTSIDE)
    await registered(world, external_id={"system": "petition", "number": "X-1"})
    await world.register(TEXT, line="12345")
    figures = await world.get("/api/v1/lines/figures", who="supervisor")
    assert figures["elsewhere"] == [{"line": "12315", "tickets": 2, "numbered": 1}]


async def test_what_still_waits_for_its_number_is_listed_until_it_is_given(world: World) -> None:
    first, second = await registered(world), await registered(world)
    await world.register(TEXT, line="12345")
    path = "/api/v1/lines/12315/unnumbered"
    page = await world.get(f"{path}?limit=1", who="channel:feed")
    rest = await world.get(f"{path}?limit=1&cursor={page['cursor']}", who="channel:feed")
    assert [one["number"] for one in (*page["tickets"], *rest["tickets"])] == [first["number"], second["number"]]
    await give(world, first)
    await give(world, second, system="petition")
    left = await world.get(path, who="supervisor")
    assert [one["number"] for one in left["tickets"]] == [second["number"]]
    later = await world.get(f"{path}?since=2026-12-01T00:00:00%2B08:00", who="supervisor")
    assert later["tickets"] == []
    await world.get("/api/v1/lines/12345/unnumbered", who="supervisor", status=404)
    await world.get(path, who="department:market", status=403)
