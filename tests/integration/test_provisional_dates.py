"""A date in a year whose holidays are not announced is said to be provisional (暂定) wherever it is told (docs/adr/0004)."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from hotline import calendar_year

if TYPE_CHECKING:
    from tests.integration.conftest import World

CARD = "健身房关门了年卡退不了，老板电话也打不通，投诉。"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
WHO = "department:urban"
CALLER = {"phone": "13800000000"}
YEAR_END = datetime(2026, 12, 21, 1, 30, tzinfo=UTC)


async def citizens_page(world: World, receipt: Any) -> str:
    async with world.client.get(f"/me?number={receipt['number']}&code={receipt['query_code']}") as response:
        assert response.status == 200
        return await response.text()


async def told_everywhere(world: World, receipt: Any) -> list[bool]:
    """Whether receipt, ticket, citizen's view, message and page say that the promised date is provisional."""
    number = receipt["number"]
    message = next(one.content for one in await world.told(number) if one.kind == "registered")
    return [
        receipt["is_provisional"],
        (await world.ticket(number))["is_provisional"],
        (await world.followed(receipt))["is_provisional"],
        "（暂定）前答复您" in message,
        "（暂定）前</dd>" in await citizens_page(world, receipt),
    ]


async def test_a_date_in_an_announced_year_is_nowhere_provisional(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    assert await told_everywhere(world, receipt) == [False] * 5
    assert "暂定" not in await citizens_page(world, receipt)


async def test_a_date_in_an_unannounced_year_is_everywhere_provisional(world: World) -> None:
    receipt = await world.register(CARD, caller=CALLER)
    assert receipt["promised_at"].startswith("2027-")
    assert await told_everywhere(world, receipt) == [True] * 5
    assert "2027年1月17日24时（暂定）" in (await world.told(receipt["number"]))[0].content


async def test_the_clock_invents_no_make_up_days_for_an_unannounced_year(world: World) -> None:
    number = (await world.register(CARD, caller=CALLER))["number"]
    said = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    part = next(part for part in said["assignments"] if part["department"] == "market")
    assert part["is_as_stored"] is True
    sentences = {due["clock"]: due["because"] for due in part["due"]}
    assert "2027年放假安排尚未公布，该年各日逐日暂计，只早不晚；应于2027-01-17 17:30前答复" in sentences["reply"]
    assert "调休" not in sentences["reply"]
    assert "尚未公布" not in sentences["contact"]


async def test_the_last_midnight_of_an_announced_year_belongs_to_it(world: World) -> None:
    midnight = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    assert not world.hub.is_provisional(midnight)
    assert world.hub.is_provisional(midnight.replace(second=1))


async def test_an_extension_into_an_unannounced_year_is_told_as_provisional(world: World) -> None:
    world.clock.at = YEAR_END
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    assert receipt["is_provisional"] is False
    await world.step(number, "acknowledge", who=WHO)
    await world.step(number, "request_extension", who=WHO, reason="须更换地下电缆", extra="5wd")
    await world.step(number, "decide_extension", who="dispatcher", granted=True, reason="情况属实")
    told = (await world.told(number))[-1]
    assert (told.kind, "延期至2027年1月3日24时（暂定）答复" in told.content) == ("extended", True)
    assert (await world.followed(receipt))["is_provisional"] is True


async def test_the_alarm_stands_as_long_as_such_a_date_is_open(world: World) -> None:
    said = "2027年放假安排尚未公布或尚未导入，跨入该年的期限暂按每日计，只早不晚；公布后补齐 calendars/2027.toml 并重新启动"
    assert await alarms(world) == []
    receipt = await world.register(CARD, caller=CALLER)
    assert await alarms(world) == [said]
    world.hub.alarms.clear()  # as in a process that has counted no date itself
    assert await alarms(world) == [said]
    await world.step(receipt["number"], "withdraw", who="agent", reason="诉求人已与商家和解")
    assert await alarms(world) == []


async def alarms(world: World) -> list[str]:
    await calendar_year.follow(world.hub)
    async with world.client.get("/readyz") as response:
        found: list[str] = json.loads(await response.text())["alarms"]
    return found
