"""Danger in a chat: told what to do at once, a ticket with its handoff, a person; the chatbot is never asked, and never alone."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import pytest

from hotline import chat, emergency, track
from hotline.chatbot import Chatbot
from hotline.handing_off import start_handoff
from hotline.intake import register
from models.errors import Unavailable
from models.ticket import number_of
from tests.integration.chatting import Citizen

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import PoliceServer, World

ANN = "agent:ann"
# One plain way to say it for each flag that the city hands to an emergency number, and the number that must be read first.
PERILS = [
    ("suicide", "我不想活了，现在就站在楼顶上。", "12356"),
    ("threat", "再不解决我就拿刀去你们单位跟他们同归于尽。", "110"),
    ("violence", "我老公又在打我，我被他打得满脸是血，快来人。", "110"),
    ("minor", "我家六岁的孩子不见了，找了三个小时没找到。", "110"),
    ("gas", "家里煤气泄漏，闻到很浓的煤气味，老人头晕。", "119"),
    ("fire", "翠湖小区三号楼着火了，浓烟滚滚，里面有人。", "119"),
    ("collapse", "工地的墙倒塌了，下面压着两个工人。", "119"),
    ("drowning", "翠湖公园有小孩掉进湖里了，快救人。", "119"),
    ("electric", "有人触电倒地了，电线还掉在水里。", "119"),
    ("traffic_injury", "建设路出车祸了，有人受伤流血躺在地上。", "122"),
    ("medical", "我爸突然昏迷不醒，没有呼吸了。", "120"),
    ("food_poisoning", "在食堂吃完饭十几个同学上吐下泻，食物中毒了。", "120"),
    ("group", "几百人在市政府门口堵路，已经打起来了。", "110"),
]
OTHER_TONGUES = [
    ("fire", "Help! my house is on fire", "119"),
    ("gas", "there is a gas leak in my kitchen", "119"),
    ("suicide", "I want to kill myself", "12356"),
    ("drowning", "somebody is drowning in the lake", "119"),
    ("fire", "fire in my flat, help", "119"),
    ("collapse", "my son is stuck in the elevator", "119"),
    ("suicide", "someone is threatening to jump from the roof", "12356"),
    ("fire", "我家着咗火啊，快啲嚟", "119"),
    ("collapse", "电梯困了三个人出不来", "119"),
    ("minor", "有人在路上拽我女儿上面包车", "110"),
]
NO_PERILS = [
    "Is there a fire drill at school this week?",
    "The gas leak was fixed last month",
    "The bin caught fire last year and was put out",
    "a movie where the house is on fire is too loud",
    "How do I get a fire safety permit for my shop?",
    "反家暴讲座什么时候办？",
    "游泳馆几点开门？",
    "电费怎么交？",
    "车祸理赔要什么材料？",
    "120救护车怎么收费？",
    "食品经营许可证怎么办？",
    "集体户口怎么迁出？",
    "小区墙皮脱落不好看。",
    "电梯里的广告太吵了。",
    "商场贴着跳楼价大甩卖，是不是虚假宣传？",
    "电影里有人自杀的镜头太多，建议分级。",
    "我昨天没闻到燃气味，就是想问问燃气表怎么换。",
    "小区的防火门坏了，一直关不上，请物业修。",
    "去年那场火灾的赔偿什么时候到账？",
    "请问紫砂壶厂在哪条路？",
    "想举报楼下饭店的剧本杀夜里太吵。",
    "孩子上小学要带什么材料？",
    "公园里捡到一个钱包，交到哪里？",
    "路灯坏了三天，一片漆黑。",
]


async def test_each_danger_is_told_what_to_do_registered_handed_over_and_given_to_a_person(world: World) -> None:
    for flag, text, number in (*PERILS, *OTHER_TONGUES):
        citizen = await Citizen.comes(world)
        answer = await citizen.say(text)
        told = [turn["text"] for turn in answer["turns"] if turn["by"] == "hub"]
        assert {turn["by"] for turn in answer["turns"][1:]} == {"hub"}, flag
        assert number in told[0], flag
        assert "已登记" in told[-1], flag
        assert answer["state"] == "waiting", flag
        tickets = await world.rows(
            "SELECT flags, channel, (SELECT count(*) FROM handoffs AS h WHERE h.ticket_id = t.id) AS handoffs "
            "FROM tickets AS t WHERE interaction = $1",
            await citizen.interaction(),
        )
        assert [(one["channel"], one["handoffs"] > 0) for one in tickets] == [("chatbot", True)], flag
        assert flag in tickets[0]["flags"] or (flag, text, number) in OTHER_TONGUES


async def test_words_that_only_sound_like_danger_are_for_the_chatbot(world: World) -> None:
    for text in NO_PERILS:
        citizen = await Citizen.comes(world)
        answer = await citizen.say(text)
        assert answer["state"] == "bot", text
        assert "没有启用" in answer["turns"][-1]["text"], text
    assert not await world.rows("SELECT 1 FROM tickets")


async def test_what_is_said_later_goes_to_the_agent_and_on_the_ticket(world: World) -> None:
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who=ANN)
    citizen = await Citizen.comes(world)
    answer = await citizen.say("家里煤气泄漏，闻到很浓的煤气味。")
    assert "人工坐席马上接入" in answer["turns"][1]["text"]
    more = await citizen.say("在翠湖小区三号楼二单元401")
    assert [turn["by"] for turn in more["turns"]] == ["citizen"]
    await world.post("/api/v1/seat/take", None, who=ANN)
    worse = await citizen.say("现在厨房着火了，火很大")
    assert "119" in worse["turns"][1]["text"]
    number = (await _chat(world, citizen))["tickets"][0]
    assert (await world.trail(number)).count("supplement") >= 1
    assert "翠湖小区" in (await world.ticket(number))["brief"] + str(
        await world.get(f"/api/v1/tickets/{number}", who="supervisor")
    )
    assert len(await world.rows("SELECT 1 FROM tickets")) == 1
    page = await _chat(world, citizen)
    told = next(turn["text"] for turn in page["turns"] if "已登记" in turn["text"])
    assert "查询码***" in told
    assert [turn["text"] for turn in page["turns"] if turn["by"] == "citizen"][-1].startswith("现在厨房着火了")
    back = f"/api/v1/interactions/{await citizen.interaction()}/chat/give_back"
    assert "紧急" in (await world.post(back, None, who=ANN, ok=(409,)))["detail"]


async def _chat(world: World, citizen: Citizen) -> Any:
    return await world.get(f"/api/v1/interactions/{await citizen.interaction()}/chat", who=ANN)


async def test_what_is_said_while_the_ticket_is_being_registered_stands_on_it_too(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, real = await Citizen.comes(world), register
    has_begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(*told: Any) -> Any:
        has_begun.set()
        await may_go_on.wait()
        return await real(*told)

    monkeypatch.setattr(emergency, "register", slow)
    first = asyncio.create_task(citizen.say("家里煤气泄漏，闻到很浓的煤气味。"))
    async with asyncio.timeout(10):
        await has_begun.wait()
    await citizen.say("在翠湖小区三号楼二单元401")
    may_go_on.set()
    told = str(await first)
    number = told.partition("工单号")[2].partition("，")[0]
    assert "supplement" in await world.trail(number)
    assert "三号楼" in str(await world.get(f"/api/v1/tickets/{number}", who="supervisor"))


async def test_a_second_danger_while_the_first_is_being_registered_makes_no_second_ticket(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, real = await Citizen.comes(world), register
    have_begun, may_go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slow(*told: Any) -> Any:
        have_begun.release()
        await may_go_on.wait()
        return await real(*told)

    monkeypatch.setattr(emergency, "register", slow)
    says = ("家里煤气泄漏，闻到很浓的煤气味。", "翠湖小区三号楼着火了，电话13800001111。")
    tasks = []
    async with asyncio.timeout(20):
        for text in says:
            tasks.append(asyncio.create_task(citizen.say(text)))
            await have_begun.acquire()
    may_go_on.set()
    await asyncio.gather(*tasks)
    assert len(await world.rows("SELECT 1 FROM tickets")) == 1
    [row] = await world.rows("SELECT id FROM tickets")
    number = number_of(row["id"])
    assert "三号楼" in str(await world.get(f"/api/v1/tickets/{number}", who="supervisor"))
    assert sum("已登记" in turn["text"] for turn in (await citizen.turns())["turns"]) == 1


async def test_at_night_nobody_is_promised_and_the_first_who_signs_on_gets_it(world: World) -> None:
    citizen = await Citizen.comes(world)
    answer = await citizen.say("家里煤气泄漏，闻到很浓的煤气味。")
    assert "没有人工坐席在线" in answer["turns"][1]["text"]
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who=ANN)
    assert (await world.get("/api/v1/seat", who=ANN))["seat"]["interaction"] == await citizen.interaction()


async def test_whoever_is_in_danger_goes_before_all_who_wait_and_is_not_hung_up_on(world: World) -> None:
    await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who=ANN)
    busy, waits, danger, late = [await Citizen.comes(world) for _ in range(4)]
    for one in (busy, waits, danger):
        await one.say("转人工")
    await world.post("/api/v1/seat/take", None, who=ANN)
    assert (await danger.turns())["ahead"] == 1
    await danger.say("家里煤气泄漏，闻到很浓的煤气味。")
    assert (await danger.turns())["ahead"] == 0
    await late.say("翠湖小区三号楼着火了")
    assert (await late.turns())["ahead"] == 1
    assert (await danger.ask("POST", "/end"))["state"] == "waiting"
    ended = {"event": "ended", "outcome": "answered"}
    await world.post(f"/api/v1/interactions/{await busy.interaction()}/events", ended, who=ANN)
    await world.post("/api/v1/seat/steps", {"action": "free"}, who=ANN)
    assert (await world.get("/api/v1/seat", who=ANN))["seat"]["interaction"] == await danger.interaction()


async def test_the_ticket_has_all_that_was_said_before_and_the_phone(world: World) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say("我在翠湖小区三号楼，电话13800001111")
    await citizen.say("我不想活了，现在就站在楼顶上。")
    rows = await world.rows(
        "SELECT t.caller_index, x.masked_text FROM tickets AS t JOIN ticket_texts AS x ON x.id = t.id"
    )
    assert "翠湖小区三号楼" in rows[0]["masked_text"]
    assert rows[0]["caller_index"] == world.hub.database.keyring.blind_index("13800001111")


async def test_the_same_turn_again_makes_no_second_ticket_and_a_lost_one_is_made_up_for(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    citizen = await Citizen.comes(world)
    text, key = "翠湖小区三号楼着火了，浓烟滚滚。", secrets.token_hex(4)
    bot = Chatbot(tmp_path, 1, is_on=False)

    async def away(*_: object) -> None:
        raise Unavailable("数据库没有应答")

    with monkeypatch.context() as broken:
        broken.setattr("hotline.emergency.register", away)
        with pytest.raises(Unavailable):
            await chat.say(world.hub, bot, citizen.id, chat.Message(text=text, key=key))
    assert not await world.rows("SELECT 1 FROM tickets")
    await asyncio.gather(*(citizen.say(text, key=key) for _ in range(3)))
    await citizen.say(text, key=key)
    assert len(await world.rows("SELECT 1 FROM tickets")) == 1
    assert sum("已登记" in turn["text"] for turn in (await citizen.turns())["turns"]) == 1
    await bot.close()


async def test_an_emergency_that_could_not_be_registered_is_with_the_next_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("数据库没有应答")

    citizen = await Citizen.comes(world)
    with monkeypatch.context() as broken:
        broken.setattr("hotline.emergency.register", away)
        await citizen.say("翠湖小区三号楼着火了，浓烟滚滚。", ok=503)
    assert "119" in await citizen.told("在五楼")
    assert "五楼" in (await _said_on_ticket(world))[1]
    assert [row["number"] for row in await world.rows("SELECT number FROM handoffs")] == ["119"]


async def test_what_is_said_after_all_went_to_the_fire_brigade_reaches_it_and_another_danger_its_own_number(
    world: World, police: PoliceServer
) -> None:
    citizen = await Citizen.comes(world)
    await citizen.say("着火了，浓烟滚滚，里面有人。")
    await citizen.say("在翠湖小区三号楼五楼")
    times, said = await _said_on_ticket(world)
    assert times == 1
    assert "五楼" in said
    await citizen.say("有人拿刀砍人")
    assert sorted(row["number"] for row in await world.rows("SELECT number FROM handoffs")) == ["110", "119"]
    [row] = await world.rows("SELECT id, state FROM tickets")
    assert row["state"] == "handed_off"
    await citizen.say("往六楼跑了")
    await world.deliver()
    told = police.last("handoff.supplemented")
    assert told["added"] == "往六楼跑了"
    assert "五楼" in told["brief"]


async def _said_on_ticket(world: World) -> tuple[int, str]:
    """How often the citizen's words were added to the only ticket, and all that they say."""
    [row] = await world.rows("SELECT id FROM tickets")
    number = number_of(row["id"])
    trail = (await world.trail(number)).count("supplement")
    return trail, str(await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))


async def test_what_could_not_be_added_once_is_added_when_it_is_said_again_and_only_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, tries = await Citizen.comes(world), 0
    await citizen.say("家里煤气泄漏，闻到很浓的煤气味。")
    real = track.supplement

    async def fails_at_first(step: Any, fields: Any) -> None:
        nonlocal tries
        tries += 1
        await real(step, fields)
        if tries == 1:
            raise Unavailable("数据库没有应答")

    monkeypatch.setattr(track, "supplement", fails_at_first)
    await citizen.say("在翠湖小区三号楼二单元401", key="where", ok=503)
    assert (await _said_on_ticket(world))[0] == 0
    await citizen.say("在翠湖小区三号楼二单元401", key="where")
    await citizen.say("在翠湖小区三号楼二单元401", key="where")
    times, said = await _said_on_ticket(world)
    assert (times, said.count("三号楼")) == (1, 1)


async def test_what_was_said_meanwhile_and_failed_once_comes_with_the_next_words(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, real, supplement = await Citizen.comes(world), register, track.supplement
    has_begun, may_go_on = asyncio.Event(), asyncio.Event()

    async def slow(*told: Any) -> Any:
        has_begun.set()
        await may_go_on.wait()
        return await real(*told)

    async def away(*_: object) -> None:
        raise Unavailable("数据库没有应答")

    monkeypatch.setattr(emergency, "register", slow)
    monkeypatch.setattr(track, "supplement", away)
    first = asyncio.create_task(citizen.say("家里煤气泄漏，闻到很浓的煤气味。", ok=503))
    async with asyncio.timeout(10):
        await has_begun.wait()
    await citizen.say("在翠湖小区三号楼二单元401")
    may_go_on.set()
    await first
    assert (await _said_on_ticket(world))[0] == 0
    monkeypatch.setattr(track, "supplement", supplement)
    await citizen.say("门牌是红色的")
    times, said = await _said_on_ticket(world)
    assert times == 2
    assert said.index("三号楼") < said.index("红色")


async def test_a_handoff_that_failed_once_is_begun_when_the_turn_comes_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    citizen, real = await Citizen.comes(world), start_handoff
    await citizen.say("家里煤气泄漏，闻到很浓的煤气味。")

    async def away(*_: object, **__: object) -> None:
        raise Unavailable("数据库没有应答")

    monkeypatch.setattr(emergency, "start_handoff", away)
    monkeypatch.setattr("hotline.track.take_in", _takes_nothing_in)
    await citizen.say("我不想活了，现在就站在楼顶上。", key="roof", ok=503)
    monkeypatch.setattr(emergency, "start_handoff", real)
    await citizen.say("我不想活了，现在就站在楼顶上。", key="roof")
    numbers = {row["number"] for row in await world.rows("SELECT number FROM handoffs")}
    assert numbers == {"119", "110"}
    assert (await _said_on_ticket(world))[0] == 1


async def _takes_nothing_in(*_: object) -> bool:
    return True
