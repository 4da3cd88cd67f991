"""What the chatbot did not understand is reviewed, and how conversations go is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from models.store import conversations
from tests.integration.chatting import Citizen, code_sent

if TYPE_CHECKING:
    from tests.integration.conftest import World

UTTERANCES = "/api/v1/chats/utterances"
QUALITY = "quality"


async def read_as(
    world: World, citizen: Citizen, intent: str, confidence: float, *, is_unanswered: bool = False
) -> None:
    seq = max(turn["seq"] for turn in (await citizen.turns())["turns"] if turn["by"] == "citizen")
    async with world.hub.database.session() as session:
        await conversations.understood(session, citizen.id, seq, intent, confidence, is_unanswered=is_unanswered)


async def listed(world: World) -> list[Any]:
    return list((await world.get(UTTERANCES, who=QUALITY))["utterances"])


async def test_what_was_not_surely_understood_waits_masked_and_becomes_an_example_or_nothing(world: World) -> None:
    citizen = await Citizen.comes(world)
    for text, intent, confidence, is_unanswered in (
        ("路灯坏了", "report", 0.95, False),
        ("那个啥，找王某，电话13800001111", "nlu_fallback", 0.31, False),
        ("社保卡丢了咋整", "inquiry", 0.9, True),
    ):
        await citizen.say(text)
        await read_as(world, citizen, intent, confidence, is_unanswered=is_unanswered)
    found = await listed(world)
    assert [one["is_unanswered"] for one in found] == [True, False]
    assert "1380000" not in str(found)
    assert "没有启用" in found[0]["answer"]
    path = f"{UTTERANCES}/{found[0]['id']}/review"
    await world.post(
        path, {"decision": "taught", "intent": "inquire", "text": "社保卡丢了怎么补，13800001111"}, who=QUALITY
    )
    await world.post(f"{UTTERANCES}/{found[1]['id']}/review", {"decision": "dismissed"}, who=QUALITY)
    assert not await listed(world)
    examples = (await world.get("/api/v1/chats/examples", who="knowledge"))["examples"]
    assert [(one["text"], one["intent"]) for one in examples] == [("社保卡丢了怎么补，***", "inquire")]


async def test_the_citizens_query_code_is_neither_shown_nor_taught(world: World) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say("工单20261100000011，查询码是４８２９１０５７")
    await read_as(world, citizen, "give_number", 0.4)
    await citizen.say("48291057")
    await read_as(world, citizen, "give_number", 0.4)
    found = await listed(world)
    assert [one["text"] for one in found] == ["***", "工单20261100000011，查询码是***"]
    # As it was kept before codes were masked.
    await world.rows("UPDATE conversation_turns SET masked_text = '码48291057' WHERE seq = 2")
    for one, text in zip(found, ("请看48291057", None), strict=True):
        review = {"decision": "taught", "intent": "give_number", **({"text": text} if text else {})}
        await world.post(f"{UTTERANCES}/{one['id']}/review", review, who=QUALITY)
    examples = (await world.get("/api/v1/chats/examples", who="knowledge"))["examples"]
    assert [one["text"] for one in examples] == ["请看***", "码***"]


async def test_a_review_that_says_nothing_clear_is_refused(world: World) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say("嗯")
    path = f"{UTTERANCES}/{citizen.id}-2/review"
    for content in (
        {"decision": "taught"},
        {"decision": "dismissed", "intent": "report"},
        {"decision": "taught", "intent": "A b"},
        {"decision": "taught", "intent": "verify_phone"},
    ):
        await world.post(path, content, who=QUALITY, ok=(422,))
    typo = await world.post(path, {"decision": "taught", "intent": "inquiry"}, who=QUALITY, ok=(422,))
    assert "没有意图“inquiry”" in typo["detail"]
    await world.post(f"{UTTERANCES}/{citizen.id}-1/review", {"decision": "dismissed"}, who=QUALITY, ok=(404,))
    await world.get(UTTERANCES, who="agent", status=403)


async def test_pages_of_what_waits_join_without_a_gap(world: World) -> None:
    citizen = await Citizen.comes(world)
    for n in range(5):
        await citizen.say(f"第{n}句")
        await read_as(world, citizen, "nlu_fallback", 0.2)
    seen, cursor = [], ""
    while True:
        page = await world.get(f"{UTTERANCES}?limit=2{cursor}", who=QUALITY)
        seen += [one["text"] for one in page["utterances"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == [f"第{n}句" for n in (4, 3, 2, 1, 0)]


async def test_figures_add_up(world: World) -> None:
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who="agent:ann")
    done, danger, asking, silent = [await Citizen.comes(world) for _ in range(4)]
    await done.say("你好")
    async with world.hub.database.session() as session:
        found = await conversations.get(session, done.id)
        await conversations.change(session, replace(found, outcome="progress_query"))
    await done.ask("POST", "/end")
    await danger.say("我在翠湖小区")
    await danger.say("三号楼着火了，浓烟滚滚")
    await asking.say("转人工")
    await silent.say("你好")
    await silent.ask("POST", "/end")
    figures = await world.get("/api/v1/chats/figures", who="supervisor")
    counted = {
        name: figures[name] for name in ("conversations", "under_way", "ended", "completed", "taken_over", "contained")
    }
    assert counted == {"conversations": 4, "under_way": 2, "ended": 2, "completed": 1, "taken_over": 2, "contained": 2}
    assert (figures["with_ticket"], figures["emergencies"], figures["turns_to_ticket"]) == (1, 1, 2.0)
    assert (figures["completion_rate"], figures["containment_rate"], figures["takeover_rate"]) == (0.5, 1.0, 0.5)
    async with world.client.get("/metrics") as response:
        text = await response.text()
    assert 'hotline_chats{state="waiting"} 2.0' in text
    assert 'hotline_chat_figures{figure="takeover_rate"} 0.5' in text


async def test_who_asks_for_a_person_when_nobody_is_there_has_asked_all_the_same(world: World) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say("转人工")
    await citizen.say("不用了")
    await citizen.ask("POST", "/end")
    figures = await world.get("/api/v1/chats/figures", who="supervisor")
    assert (figures["ended"], figures["taken_over"], figures["contained"]) == (1, 1, 0)


async def test_a_conversation_that_led_to_an_earlier_one_is_none_of_its_own(world: World) -> None:
    first, again = await Citizen.comes(world), await Citizen.comes(world)
    for citizen in (first, again):
        await citizen.ask("POST", "/phone", {"phone": "13800001111"})
        code = {"code": await code_sent(world), "moves": True}
        assert (await citizen.ask("POST", "/phone/verify", code))["id"] == first.id
        world.clock.move(minutes=2)
    figures = await world.get("/api/v1/chats/figures", who="supervisor")
    assert (figures["conversations"], figures["under_way"]) == (1, 1)
    async with world.client.get("/metrics") as response:
        assert 'hotline_chats{state="bot"} 1.0' in await response.text()
