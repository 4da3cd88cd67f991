"""是否开启事件: what piles up asks for a decision; two bursts at once stay apart; what was dismissed keeps quiet until it doubles."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from hotline import prompt, waves
from tests.integration.test_waves import MIXER, pile_up

if TYPE_CHECKING:
    from tests.integration.conftest import World

WATER = (
    "东湖区翠湖路自来水主管爆裂，整条街都停水了，请尽快抢修。",
    "我住东湖区翠湖路，家里停水了，什么时候来水？",
    "投诉：翠湖路停水没有通知，从早上到现在一滴水都没有。",
    "东湖区翠湖路这边水管爆了，路上全是水，家里没水。",
    "翠湖路停水，老人孩子没法做饭，请问几点来水？",
    "东湖区翠湖路又停水了，物业也不知道怎么回事。",
)
POWER = (
    "临江区江滨大道大面积停电，红绿灯也不亮了，请尽快处理。",
    "临江区江滨大道停电了，电梯困不住人但是停了，什么时候来电？",
    "江滨大道整条路停电，冰箱里的东西都要坏了。",
    "临江区江滨大道停电两个小时了，请供电公司抢修。",
    "江滨大道停电，小区门禁都打不开，请尽快恢复供电。",
    "临江区江滨大道停电，空调开不了，老人受不了。",
)


async def gather(world: World) -> None:
    while await waves.gather(world.hub) or await prompt.gather(world.hub):
        pass


async def call(world: World, texts: tuple[str, ...], start: int, *, first: int = 0) -> list[Any]:
    return [
        await world.register(text, key=f"{start}-{n}", caller={"phone": f"13{start}{n:08d}"})
        for n, text in enumerate(texts, start=first)
    ]


async def asked(world: World, state: str = "open") -> list[Any]:
    found: list[Any] = (await world.get(f"/api/v1/prompts?state={state}", who="dispatcher"))["prompts"]
    return found


async def test_two_bursts_interleaved_ask_for_two_incidents_that_stay_apart(world: World) -> None:
    rows = [(text, n, kind) for kind, texts in ((1, WATER), (2, POWER)) for n, text in enumerate(texts)]
    rows.sort(key=lambda row: (row[1], row[2]))
    numbers: dict[int, set[str]] = {1: set(), 2: set()}
    for text, n, kind in rows:
        receipt = await world.register(text, key=f"{kind}-{n}", caller={"phone": f"13{kind}{n:08d}"})
        numbers[kind].add(receipt["number"])
    await gather(world)
    found = await asked(world)
    assert len(found) == 2
    for one in found:
        kind = 1 if one["lead"] in numbers[1] else 2
        content = {"answer": "正在抢修，请耐心等待"}
        opened = await world.post(f"/api/v1/prompts/{one['id']}/open", content, who="shift_lead")
        lead = opened["incident"]["lead"]
        assert lead == one["lead"]
        assert {lead, *opened["attached"]} == numbers[kind]
        assert opened["incident"]["attached"] == len(numbers[kind]) - 1
        assert not opened["left"]
        for number in opened["attached"]:
            assert "正在抢修" in (await world.told(number))[-1].content
    assert await asked(world) == []


async def test_the_gravest_and_earliest_leads(world: World) -> None:
    receipts = await call(world, WATER, 1)
    await gather(world)
    (one,) = await asked(world)
    gravest = min(receipts, key=lambda receipt: (receipt["urgency"], receipt["number"]))
    assert one["lead"] == gravest["number"]
    assert one["callers"] == len(WATER)
    assert one["district"]["code"] == "donghu"
    assert "停水" in one["title"]


async def test_a_pile_up_of_which_nobody_said_where_can_be_opened_as_it_is_named(world: World) -> None:
    texts = tuple(f"家里停电了，{said}" for said in ("急用", "冰箱化了", "老人怕热", "要上网课", "门禁坏了"))
    await call(world, texts, 1)
    await gather(world)
    (one,) = await asked(world)
    assert one["district"] is None
    opened = await world.post(f"/api/v1/prompts/{one['id']}/open", {}, who="shift_lead")
    assert "停电" in opened["incident"]["title"]
    assert len(opened["attached"]) == len(texts) - 1


async def test_one_who_calls_often_is_one_caller(world: World) -> None:
    for n, text in enumerate(WATER):
        await world.register(text, key=f"again-{n}", caller={"phone": "13900000001"})
    await gather(world)
    assert await asked(world) == []


async def test_what_was_dismissed_asks_again_only_when_it_has_doubled(world: World) -> None:
    await call(world, WATER, 1)
    await gather(world)
    (one,) = await asked(world)
    done = await world.post(
        f"/api/v1/prompts/{one['id']}/dismiss", {"reason": "计划检修，已提前公告"}, who="supervisor"
    )
    assert (done["state"], done["reason"]) == ("dismissed", "计划检修，已提前公告")
    await call(world, WATER[:5], 1, first=10)
    await gather(world)
    assert await asked(world) == []
    await call(world, WATER[:1], 1, first=20)
    await gather(world)
    (again,) = await asked(world)
    assert (again["id"], again["callers"]) == (one["id"], 12)


async def test_a_new_pile_up_long_after_asks_though_the_last_was_dismissed(world: World) -> None:
    await call(world, WATER, 1)
    await gather(world)
    (one,) = await asked(world)
    await world.post(f"/api/v1/prompts/{one['id']}/dismiss", {"reason": "计划检修，已提前公告"}, who="supervisor")
    world.clock.move(days=8)
    await call(world, WATER, 1, first=30)
    await gather(world)
    (again,) = await asked(world)
    assert again["callers"] == len(WATER)


async def test_callers_within_the_window_only_are_counted(world: World) -> None:
    for n, text in enumerate(WATER):
        await world.register(f"{text}（第{n}天）", key=f"slow-{n}", caller={"phone": f"1390000000{n}"})
        world.clock.move(days=2)
        await gather(world)
    assert [one for one in await asked(world) if one["keyword"]] == []


async def test_a_raised_wave_asks_too(world: World) -> None:
    receipts = await pile_up(world, MIXER)
    await gather(world)
    (one,) = await asked(world)
    assert one["keyword"] is None
    opened = await world.post(f"/api/v1/prompts/{one['id']}/open", {}, who="supervisor")
    assert {opened["incident"]["lead"], *opened["attached"]} == {one["number"] for one in receipts}


async def test_who_comes_after_an_incident_was_opened_is_asked_about_and_attached_to_it(world: World) -> None:
    await call(world, WATER, 1)
    await gather(world)
    (one,) = await asked(world)
    opened = await world.post(f"/api/v1/prompts/{one['id']}/open", {}, who="shift_lead")
    await call(world, WATER, 1, first=10)
    await gather(world)
    (again,) = await asked(world)
    more = await world.post(f"/api/v1/prompts/{again['id']}/open", {}, who="shift_lead")
    assert more["incident"]["id"] == opened["incident"]["id"]
    assert more["incident"]["attached"] == 2 * len(WATER) - 1


async def test_a_pile_up_that_belongs_to_an_open_incident_is_attached_to_it(world: World) -> None:
    lead = await world.register("投诉：翠湖路的自来水停了，整条街没水，请抢修。", caller={"phone": "13700000001"})
    content = {"ticket": lead["number"], "title": "翠湖路停水"}
    incident = await world.post("/api/v1/incidents", content, who="shift_lead")
    await call(world, WATER, 1)
    await gather(world)
    (one,) = await asked(world)
    assert one["fits"]["id"] == incident["id"]
    path = f"/api/v1/prompts/{one['id']}/open"
    done = await world.post(path, {"into": incident["id"]}, who="shift_lead")
    assert (done["incident"]["id"], len(done["attached"])) == (incident["id"], len(WATER))
    await world.post(path, {"into": incident["id"]}, who="shift_lead", ok=(409,))
    await world.post(path, {"into": "99"}, who="shift_lead", ok=(404,))


async def test_a_wave_that_mixes_two_sorts_of_incident_is_attached_without_the_other(world: World) -> None:
    await pile_up(world, MIXER)
    power = await world.register(f"{MIXER[0]}现在还把整个小区弄停电了。", caller={"phone": "13800000002"})
    await gather(world)
    (one,) = await asked(world)
    lead = await world.register("东湖区金地花园停水了，请抢修。", caller={"phone": "13800000003"})
    incident = await world.post(
        "/api/v1/incidents", {"ticket": lead["number"], "title": "金地花园停水"}, who="supervisor"
    )
    path = f"/api/v1/prompts/{one['id']}/open"
    done = await world.post(path, {"into": incident["id"]}, who="shift_lead")
    assert len(done["attached"]) == len(MIXER)
    (refused,) = done["refused"]
    assert refused["number"] == power["number"]
    assert "停电" in refused["reason"]


async def test_a_danger_of_its_own_is_not_attached(world: World) -> None:
    await call(world, WATER, 1)
    fire = await world.register(
        "东湖区翠湖路停水了，我邻居家厨房着火了，火很大，有人被困", caller={"phone": "13811111111"}
    )
    await gather(world)
    (one,) = await asked(world)
    opened = await world.post(f"/api/v1/prompts/{one['id']}/open", {}, who="shift_lead")
    assert len(opened["attached"]) == len(WATER) - 1
    assert fire["number"] not in opened["attached"]
    assert (await world.ticket(fire["number"]))["state"] != "merged"


async def test_only_shift_leads_and_supervisors_decide_and_only_once(world: World) -> None:
    await call(world, WATER, 1)
    await gather(world)
    (one,) = await asked(world)
    path = f"/api/v1/prompts/{one['id']}"
    await world.post(f"{path}/open", {}, who="agent", ok=(403,))
    await world.post(f"{path}/dismiss", {"reason": "不是事件"}, who="dispatcher", ok=(403,))
    other = await world.register("咨询：居住证怎么办理？")
    await world.post(f"{path}/open", {"ticket": other["number"]}, who="shift_lead", ok=(409,))
    results = await asyncio.gather(*(world.post(f"{path}/open", {}, who="shift_lead", ok=(201, 409)) for _ in range(2)))
    assert sorted("incident" in result for result in results) == [False, True]
    await world.post(f"{path}/dismiss", {"reason": "不是事件"}, who="supervisor", ok=(409,))
    await world.get("/api/v1/prompts?state=none", who="dispatcher", status=422)
    await world.post("/api/v1/prompts/99/open", {}, who="shift_lead", ok=(404,))
