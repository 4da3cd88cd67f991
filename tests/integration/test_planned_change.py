"""公开电话台账: a change is announced ahead with its day; the register's own change settles it, and it can be called off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from hotline.announcement import take_over

if TYPE_CHECKING:
    from models.city import City
    from tests.integration.conftest import World

NEWS = "/api/v1/lines/announcements"
WHO = "supervisor"


async def news(world: World) -> list[dict[str, Any]]:
    """As anybody reads it: without a credential."""
    async with world.client.get(NEWS) as response:
        assert response.status == 200, await response.text()
        return (await response.json())["announcements"]  # type: ignore[no-any-return]


async def plan(world: World, line: str, change: str, *, who: str = WHO, ok: int = 201, **more: Any) -> Any:
    content = {
        "line": line,
        "change": change,
        "details": ["服务时间：08:30-17:30 → 全天"],
        "holds_from": world.clock.now() + timedelta(days=10),
        **more,
    }
    return await world.post(NEWS, msgspec.to_builtins(content), who=who, ok=(ok,))


async def take(world: World, city: City) -> int:
    return await world.hub.database.write(lambda session: take_over(session, city, world.clock.now()))


def open_all_day(world: World) -> City:
    lines = world.hub.city.lines
    longer = msgspec.structs.replace(lines["12333"], hours="00:00-24:00")
    return msgspec.structs.replace(world.hub.city, lines={**lines, "12333": longer}, version="second")


async def test_a_change_told_ahead_is_planned_until_the_register_has_it(world: World) -> None:
    await take(world, world.hub.city)
    told = await plan(world, "12333", "changed")
    assert (told["state"], told["name"]) == ("planned", world.hub.city.lines["12333"].name)
    assert [(one["id"], one["state"]) for one in await news(world)] == [(told["id"], "planned")]
    world.clock.move(hours=11 * 24)
    assert [one["state"] for one in await news(world)] == ["overdue"]

    assert await take(world, open_all_day(world)) == 1
    found = await news(world)
    assert [(one["line"], one["state"]) for one in found] == [("12333", "in_force")] * 2
    assert [one["holds_from"] for one in found if one["id"] == told["id"]] == [told["holds_from"]]


async def test_what_is_called_off_says_why_and_is_not_settled_by_a_later_change(world: World) -> None:
    await take(world, world.hub.city)
    told = await plan(world, "12333", "changed")
    path, off = f"{NEWS}/{told['id']}/steps", {"action": "call_off", "reason": "人员尚未到位，另行公告"}
    assert (await world.post(path, off, who=WHO))["state"] == "called_off"
    await world.post(path, off, who=WHO, ok=(409,))
    await take(world, open_all_day(world))
    states = {one["id"]: (one["state"], one["called_off_because"]) for one in await news(world)}
    assert states.pop(told["id"]) == ("called_off", off["reason"])
    assert list(states.values()) == [("in_force", None)]


async def test_what_the_register_has_made_by_itself_cannot_be_called_off(world: World) -> None:
    await take(world, world.hub.city)
    await take(world, open_all_day(world))
    (made,) = await news(world)
    off = {"action": "call_off", "reason": "不再需要这一条"}
    await world.post(f"{NEWS}/{made['id']}/steps", off, who=WHO, ok=(409,))
    await world.post(f"{NEWS}/{made['id'] + 1}/steps", off, who=WHO, ok=(404,))


async def test_what_cannot_come_true_is_refused(world: World) -> None:
    await take(world, world.hub.city)
    past = world.clock.now() - timedelta(minutes=1)
    assert "holds_from" in (await plan(world, "12333", "changed", ok=422, holds_from=past))["detail"]
    await plan(world, "12333", "changed", ok=422, holds_from="9999-12-31T23:59:59-12:00")
    await plan(world, "12399", "removed", ok=404)
    await plan(world, "12333", "added", ok=409)
    assert "名称" in (await plan(world, "12399", "added", ok=422))["detail"]
    assert (await plan(world, "12399", "added", name="新设专线"))["name"] == "新设专线"
    await plan(world, "12333", "changed", who="dispatcher", ok=403)
    assert len(await news(world)) == 1


async def test_only_the_same_kind_of_change_settles_what_was_announced(world: World) -> None:
    """A number that changes its hours before it goes is not gone by that."""
    await take(world, world.hub.city)
    gone = await plan(world, "12333", "removed")
    longer = await plan(world, "12333", "changed")
    assert await take(world, open_all_day(world)) == 1
    found = {one["id"]: one for one in await news(world)}
    assert [found[one["id"]]["state"] for one in (gone, longer)] == ["planned", "in_force"]
    # It came before the day that was told.
    day = datetime.fromisoformat(longer["holds_from"])
    assert datetime.fromisoformat(found[longer["id"]]["holds_from"]) < day - timedelta(days=9)
