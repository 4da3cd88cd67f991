"""常用视图: named filters are a person's own, known to the program, and few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from msgspec.structs import replace

from models.worklist import WorklistRule

if TYPE_CHECKING:
    from tests.integration.conftest import World

FILTERS = {"state": ["on_desk"], "urgency": 1, "since": "2026-11-01T00:00:00+08:00", "sort": "due"}


async def save(world: World, name: str, filters: Any, *, who: str = "dispatcher:anna", ok: int = 200) -> Any:
    return await world.post(f"/api/v1/views/{quote(name)}", {"filters": filters}, who=who, method="PUT", ok=(ok,))


async def names(world: World, who: str = "dispatcher:anna") -> list[str]:
    return [one["name"] for one in (await world.get("/api/v1/views", who=who))["views"]]


async def test_a_view_is_kept_changed_and_dropped(world: World) -> None:
    await save(world, "我的急件", FILTERS)
    (view,) = (await world.get("/api/v1/views", who="dispatcher:anna"))["views"]
    assert (view["name"], view["filters"]) == ("我的急件", {**FILTERS, "since": "2026-11-01T00:00:00+08:00"})
    await save(world, "我的急件", {"overdue": True})
    (view,) = (await world.get("/api/v1/views", who="dispatcher:anna"))["views"]
    assert view["filters"] == {"overdue": True}
    path = f"/api/v1/views/{quote('我的急件')}"
    await world.post(path, {}, who="dispatcher:anna", method="DELETE")
    assert await names(world) == []
    await world.post(path, {}, who="dispatcher:anna", method="DELETE", ok=(404,))


async def test_nobody_finds_another_persons_views(world: World) -> None:
    await save(world, "急件", FILTERS)
    assert await names(world, "dispatcher:boris") == []
    await save(world, "急件", {}, who="dispatcher:boris")
    assert (await world.get("/api/v1/views", who="dispatcher:anna"))["views"][0]["filters"]["urgency"] == 1


async def test_a_filter_that_no_list_knows_or_takes_is_refused(world: World) -> None:
    await save(world, "甲", {"colour": "red"}, ok=422)
    await save(world, "甲", {"sort": "due", "state": ["closed"]}, ok=422)
    await save(world, "甲", {"department": "urban"}, who="department:parks", ok=404)
    await save(world, "甲乙/丙", {}, ok=404)
    assert await names(world) == []


async def test_personal_data_is_not_kept_in_a_view(world: World) -> None:
    for name, filters in (("13800000000", {}), ("张某来电", {"q": "13800000000"})):
        assert "个人信息" in (await save(world, name, filters, ok=422))["detail"]
    assert await world.rows("SELECT 1 FROM saved_views") == []


async def test_a_person_keeps_so_many_views_and_may_still_change_them(world: World) -> None:
    world.hub.city = replace(world.hub.city, worklists=WorklistRule(most_views=2))
    await save(world, "甲", {})
    await save(world, "乙", {})
    assert "最多2个" in (await save(world, "丙", {}, ok=409))["detail"]
    await save(world, "乙", FILTERS)
    await save(world, "丙", {}, who="dispatcher:boris")
    assert await names(world) == ["乙", "甲"]
