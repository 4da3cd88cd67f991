"""群体/热点: a pile-up is found by the program and raised as one topic; a person makes an Incident or a topic of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from hotline import waves
from models.store import waves as store
from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

MIXER = (
    "东湖区金地花园西侧新建了一座混凝土搅拌站，整夜轰鸣，粉尘很大，请环保部门查处。",
    "金地花园旁边的混凝土搅拌站半夜还在生产，粉尘很大，孩子咳嗽，请环保来查处。",
    "我是金地花园业主，小区西侧混凝土搅拌站粉尘、噪音大得没法开窗，请查处。",
    "投诉金地花园西侧的混凝土搅拌站，整夜轰鸣，粉尘污染，请环保部门查处搬走。",
    "金地花园西侧混凝土搅拌站什么时候能搬走？整夜轰鸣，粉尘很大。",
)
LAMP = "翠湖路的路灯坏了三天，晚上一片漆黑，请尽快维修。"


async def pile_up(world: World, texts: tuple[str, ...] = MIXER) -> list[Any]:
    return [await world.register(text, caller={"phone": f"1390000000{n}"}) for n, text in enumerate(texts)]


async def gather(world: World) -> None:
    while await waves.gather(world.hub):
        pass


async def raised(world: World, who: str = "supervisor") -> list[Any]:
    found = await world.get("/api/v1/waves", who=who)
    return list(found["waves"])


async def test_enough_callers_on_one_matter_are_raised_as_one_topic(world: World) -> None:
    await world.register(LAMP)
    receipts = await pile_up(world)
    await gather(world)
    (wave,) = await raised(world)
    assert wave["number"] == receipts[0]["number"]
    assert (wave["tickets"], wave["callers"]) == (5, 5)
    assert {"搅拌站"} & set(wave["keywords"])
    assert "搅拌站" in wave["sentence"]
    assert wave["representative"] in {one["number"] for one in receipts}
    assert wave["newest"] == [one["number"] for one in reversed(receipts)]
    assert wave["first_at"] < wave["last_at"] < wave["raised_at"]
    assert wave["category"]["name"]


async def test_few_callers_are_no_wave_however_often_they_call(world: World) -> None:
    for text in MIXER:
        await world.register(text, caller={"phone": "13900000000"})
    await gather(world)
    assert await raised(world) == []


async def test_old_reports_do_not_add_up(world: World) -> None:
    for n, text in enumerate(MIXER):
        await world.register(text, caller={"phone": f"1390000000{n}"})
        world.clock.move(days=4)
        await gather(world)
    assert await raised(world) == []


async def test_a_wave_goes_on_and_tells_how_it_now_stands(world: World) -> None:
    await pile_up(world)
    await gather(world)
    (before,) = await raised(world)
    again = await world.register(MIXER[1] + "已经一个月了。", caller={"phone": "13900000009"})
    await gather(world)
    (after,) = await raised(world)
    assert (after["tickets"], after["newest"][0]) == (6, again["number"])
    assert (after["number"], after["raised_at"]) == (before["number"], before["raised_at"])


async def test_gathering_again_or_twice_at_once_changes_nothing(world: World) -> None:
    await pile_up(world)
    await asyncio.gather(waves.gather(world.hub), waves.gather(world.hub))
    await gather(world)
    before = await raised(world)
    await gather(world)
    assert await raised(world) == before
    assert before[0]["tickets"] == 5


async def test_what_was_cut_off_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await pile_up(world)

    async def cut_off(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "describe", cut_off)
        with pytest.raises(KeyboardInterrupt):
            await waves.gather(world.hub)
    assert await raised(world) == [], "joined, but not described yet"
    await gather(world)
    assert [wave["tickets"] for wave in await raised(world)] == [5]


async def test_who_joins_while_it_is_described_makes_it_stale_again(world: World) -> None:
    receipts = await pile_up(world)
    await gather(world)
    wave = id_of(receipts[0]["number"])
    said = store.Described(
        tickets=4, representative=wave, sentence="旧", keywords=[], place=None, category=receipts[0]["category"]["code"]
    )
    await world.hub.database.write(lambda session: store.describe(session, wave, said))
    await gather(world)
    (shown,) = await raised(world)
    assert shown["sentence"] != "旧"


async def test_pages_and_who_may_see_them(world: World) -> None:
    await pile_up(world)
    await pile_up(world, tuple(f"{LAMP}第{n}次反映。" for n in range(5)))
    await gather(world)
    first = await world.get("/api/v1/waves?limit=1", who="dispatcher")
    second = await world.get(f"/api/v1/waves?limit=1&cursor={first['cursor']}", who="dispatcher")
    assert [len(first["waves"]), len(second["waves"])] == [1, 1]
    assert first["waves"][0]["number"] > second["waves"][0]["number"]
    last = await world.get(f"/api/v1/waves?limit=1&cursor={second['cursor']}", who="dispatcher")
    assert (last["waves"], last["cursor"]) == ([], None)
    await world.get("/api/v1/waves", who="department", status=403)
