"""转人工: a citizen asks for a person, waits and is told how long, is answered live, and goes back to the bot or ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.integration.chatting import Citizen

if TYPE_CHECKING:
    from tests.integration.conftest import World

ANN, BEN = "agent:ann", "agent:ben"


async def sign_on(world: World, who: str) -> None:
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who=who)


async def taken(world: World, who: str) -> None:
    await world.post("/api/v1/seat/take", None, who=who)


async def write(world: World, citizen: Citizen, text: str, *, who: str = ANN, ok: int = 200, key: str = "a") -> Any:
    path = f"/api/v1/interactions/{await citizen.interaction()}/chat"
    return await world.post(path, {"text": text, "key": key}, who=who, ok=(ok,))


@pytest.mark.parametrize(
    "text", ["转人工", "我要转人工", "人工客服", "请帮我转人工服务", "找个真人", "能不能转人工？", "转人工！"]
)
async def test_who_asks_for_a_person_waits_for_one(world: World, text: str) -> None:
    await sign_on(world, ANN)
    citizen = await Citizen.comes(world)
    assert (await citizen.say(text))["state"] == "waiting"
    assert (await world.get("/api/v1/seat", who=ANN))["seat"]["interaction"] == await citizen.interaction()


@pytest.mark.parametrize("text", ["人工湖的水臭了", "人工费太高了怎么办", "找不到人工窗口在哪", "转人工的电话打不通"])
async def test_who_only_says_the_word_does_not(world: World, text: str) -> None:
    await sign_on(world, ANN)
    assert (await (await Citizen.comes(world)).say(text))["state"] == "bot"


async def test_the_queue_is_told_and_left_again(world: World) -> None:
    await sign_on(world, ANN)
    first, second, third = [await Citizen.comes(world) for _ in range(3)]
    await first.say("转人工")
    await taken(world, ANN)
    assert "您是下一位" in (await second.told("转人工"))
    assert "前面还有1位" in (await third.told("转人工"))
    assert (await third.turns())["ahead"] == 1
    assert (await second.say("不等了"))["state"] == "bot"
    assert (await third.turns())["ahead"] == 0
    assert [turn["by"] for turn in (await third.say("我这边很急"))["turns"]] == ["citizen"]


async def test_both_sides_write_live_the_seat_reads_masked_words_and_gives_back(world: World) -> None:
    await sign_on(world, ANN)
    citizen = await Citizen.comes(world)
    await citizen.say("翠湖路路灯坏了，电话13800001111")
    await citizen.say("转人工")
    await write(world, citizen, "您好", ok=403)
    await taken(world, ANN)
    assert (await citizen.turns())["state"] == "agent"
    page = await write(world, citizen, "您好，我来帮您登记。")
    assert [turn["by"] for turn in page["turns"]] == ["agent"]
    await write(world, citizen, "您好，我来帮您登记。")
    assert [turn["text"] for turn in (await citizen.turns())["turns"] if turn["by"] == "agent"] == [
        "您好，我来帮您登记。"
    ]
    await citizen.say("好的")
    shown = await world.get(f"/api/v1/interactions/{await citizen.interaction()}/chat", who=ANN)
    assert "1380000" not in str(shown)
    assert "***" in shown["turns"][1]["text"]
    call = await world.get(f"/api/v1/interactions/{await citizen.interaction()}", who=ANN)
    assert call["transcript"].splitlines() == ["翠湖路路灯坏了，电话***", "好的"]
    await write(world, citizen, "我来看看", who=BEN, ok=403, key="b")
    back = await world.post(f"/api/v1/interactions/{await citizen.interaction()}/chat/give_back", None, who=ANN)
    assert back["state"] == "bot"
    assert (await world.get("/api/v1/seat", who=ANN))["seat"]["state"] == "wrap_up"
    assert "没有启用" in await citizen.told("那我再问一句")
    await world.post("/api/v1/seat/steps", {"action": "free"}, who=ANN)
    assert (await citizen.say("转人工"))["state"] == "waiting"
    await taken(world, ANN)
    assert (await citizen.turns())["state"] == "agent"


async def test_the_agent_ends_it_and_the_citizen_is_told(world: World) -> None:
    await sign_on(world, ANN)
    citizen = await Citizen.comes(world)
    await citizen.say("转人工")
    await taken(world, ANN)
    number = await citizen.interaction()
    await world.post(f"/api/v1/interactions/{number}/events", {"event": "ended", "outcome": "answered"}, who=ANN)
    assert (await citizen.turns())["state"] == "ended"
    await write(world, citizen, "还有事吗", ok=409)


async def test_an_agent_who_falls_silent_loses_the_chat_to_the_next(world: World) -> None:
    await sign_on(world, ANN)
    citizen = await Citizen.comes(world)
    await citizen.say("转人工")
    await taken(world, ANN)
    world.clock.move(minutes=6)
    await world.fire()
    assert (await citizen.turns())["state"] == "waiting"
    await sign_on(world, BEN)
    await taken(world, BEN)
    assert (await citizen.turns())["state"] == "agent"
    await write(world, citizen, "您好", who=BEN)


async def test_out_of_hours_a_phone_is_asked_for_and_called_back(world: World) -> None:
    citizen = await Citizen.comes(world)
    asked = await citizen.say("转人工")
    assert (asked["state"], asked["awaits"]) == ("bot", "call_back")
    assert "11位手机号" in await citizen.told("1380000")
    assert "前给您回电" in await citizen.told("好的，13800001111")
    missed = (await world.get("/api/v1/interactions/missed", who="agent:ann"))["interactions"]
    assert [one["id"] for one in missed] == [await citizen.interaction()]
    world.clock.move(minutes=31)
    await world.fire()
    assert (await citizen.turns())["state"] == "ended"
    await sign_on(world, ANN)
    work = (await world.get("/api/v1/seat", who=ANN))["work"]
    assert [one["kind"] for one in work] == ["call_back"]
    await taken(world, ANN)
    assert (await world.get("/api/v1/seat", who=ANN))["work"][0]["phone"] == "13800001111"
    number = await citizen.interaction()
    done = await world.post(f"/api/v1/interactions/{number}/call_back", {"reached": True}, who=ANN)
    assert done["outcome"] == "reached"


async def test_who_wants_no_call_back_goes_on(world: World) -> None:
    citizen, other = await Citizen.comes(world), await Citizen.comes(world)
    await citizen.say("转人工")
    assert (await citizen.say("不用了"))["awaits"] is None
    await other.say("转人工")
    answer = await other.say("翠湖路路口的路灯坏了")
    assert answer["awaits"] is None
    assert "没有启用" in answer["turns"][-1]["text"]


async def owed_a_call(world: World) -> Citizen:
    citizen = await Citizen.comes(world)
    await citizen.say("转人工")
    assert "前给您回电" in await citizen.told("13800001111")
    return citizen


async def work_of(world: World) -> list[tuple[str, str | None]]:
    return [(row["kind"], row["agent"]) for row in await world.rows("SELECT kind, agent FROM seat_work")]


async def test_who_is_owed_a_call_and_waits_for_a_person_is_answered_by_one(world: World) -> None:
    citizen = await owed_a_call(world)
    await sign_on(world, ANN)
    assert await work_of(world) == [("call_back", "ann")]
    # They would rather write, and nobody calls yet.
    assert (await citizen.say("转人工"))["state"] == "waiting"
    await taken(world, ANN)
    assert (await citizen.turns())["state"] == "agent"
    assert await work_of(world) == [("chat", "ann")]
    assert (await world.get("/api/v1/interactions/missed", who=ANN))["interactions"] == []


async def test_who_is_being_called_is_told_so_and_not_queued_too(world: World) -> None:
    citizen = await owed_a_call(world)
    await sign_on(world, ANN)
    await taken(world, ANN)
    await sign_on(world, BEN)
    assert "正在给您回电" in await citizen.told("转人工")
    assert (await citizen.turns())["state"] == "bot"
    assert await work_of(world) == [("call_back", "ann")]
    number = await citizen.interaction()
    done = await world.post(f"/api/v1/interactions/{number}/call_back", {"reached": True}, who=ANN)
    assert done["outcome"] == "reached"
    # Afterwards they may write to a person again.
    assert (await citizen.say("转人工"))["state"] == "waiting"


@pytest.mark.parametrize("leaves", ["queue", "chat"])
async def test_who_is_owed_a_call_and_waits_in_vain_is_owed_it_still(world: World, leaves: str) -> None:
    citizen = await owed_a_call(world)
    await sign_on(world, ANN)
    assert (await citizen.say("转人工"))["state"] == "waiting"
    assert await work_of(world) == [("chat", "ann")]
    if leaves == "queue":
        await citizen.say("不等了")
    else:
        await citizen.ask("POST", "/end")
    assert await work_of(world) == [("call_back", "ann")]
    await taken(world, ANN)
    number = await citizen.interaction()
    done = await world.post(f"/api/v1/interactions/{number}/call_back", {"reached": True}, who=ANN)
    assert done["outcome"] == "reached"


async def test_who_asks_twice_for_a_call_is_called_by_who_calls_already(world: World) -> None:
    citizen = await owed_a_call(world)
    await citizen.say("转人工")
    await sign_on(world, ANN)
    await taken(world, ANN)
    assert "前给您回电" in await citizen.told("13800001111")
    assert await work_of(world) == [("call_back", "ann")]


async def test_who_was_answered_and_asks_for_a_call_again_is_owed_one_again(world: World) -> None:
    citizen = await owed_a_call(world)
    await sign_on(world, ANN)
    await citizen.say("转人工")
    await taken(world, ANN)
    number = await citizen.interaction()
    await world.post(f"/api/v1/interactions/{number}/chat/give_back", None, who=ANN)
    for action in ("free", "sign_off"):
        await world.post("/api/v1/seat/steps", {"action": action}, who=ANN)
    assert (await citizen.say("转人工"))["awaits"] == "call_back"
    assert "前给您回电" in await citizen.told("13800001111")
    missed = (await world.get("/api/v1/interactions/missed", who=ANN))["interactions"]
    assert [one["id"] for one in missed] == [number]
    await sign_on(world, ANN)
    await taken(world, ANN)
    done = await world.post(f"/api/v1/interactions/{number}/call_back", {"reached": True}, who=ANN)
    assert done["outcome"] == "reached"
