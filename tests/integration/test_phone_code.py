"""手机验证: six digits by short message, few tries, and a conversation that goes on elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.integration.chatting import Citizen

if TYPE_CHECKING:
    from tests.integration.conftest import World

PHONE = "13800001111"


async def code(world: World) -> str:
    """The newest code, as the demo's page shows it."""
    newest = (await world.get("/api/v1/notices", who="supervisor"))["notices"][0]
    assert newest["kind"] == "phone_code"
    assert PHONE not in str(newest["address"])
    return str(re.findall(r"验证码(\d{6})", newest["content"])[0])


async def sent(world: World, citizen: Citizen, phone: str = PHONE, ok: int = 200) -> Any:
    return await citizen.ask("POST", "/phone", {"phone": phone}, ok=ok)


async def tried(citizen: Citizen, digits: str, **more: Any) -> Any:
    return await citizen.ask("POST", "/phone/verify", {"code": digits, **more})


async def test_a_phone_is_verified_by_the_code_that_was_sent_there(world: World) -> None:
    citizen = await Citizen.comes(world)
    assert (await sent(world, citizen))["awaits"] == "code"
    digits = await code(world)
    rows = await world.rows("SELECT code_hash, phone FROM phone_codes")
    assert digits.encode() not in rows[0]["code_hash"]
    assert PHONE.encode() not in rows[0]["phone"]
    assert (await tried(citizen, digits))["outcome"] == "verified"
    assert (await citizen.turns())["is_verified"]
    assert (await tried(citizen, digits))["outcome"] == "expired"


async def test_five_wrong_tries_or_five_minutes_use_a_code_up(world: World) -> None:
    citizen, late = await Citizen.comes(world), await Citizen.comes(world)
    await sent(world, citizen)
    digits = await code(world)
    wrong = f"{(int(digits) + 1) % 10**6:06d}"
    assert [(await tried(citizen, wrong))["outcome"] for _ in range(5)] == ["wrong"] * 5
    assert (await tried(citizen, digits))["outcome"] == "expired"
    world.clock.move(minutes=2)
    await sent(world, late)
    digits = await code(world)
    world.clock.move(minutes=6)
    assert (await tried(late, digits))["outcome"] == "expired"


async def test_a_phone_gets_one_code_a_minute_and_five_an_hour_from_whomever(world: World) -> None:
    for n in range(5):
        await sent(world, await Citizen.comes(world))
        if n == 0:
            assert (await sent(world, await Citizen.comes(world), ok=429))["code"] == "too_many_requests"
        world.clock.move(minutes=2)
    assert "一小时后" in (await sent(world, await Citizen.comes(world), ok=429))["detail"]
    for phone in ("110", "02887654321", "1380000111"):
        assert (await sent(world, await Citizen.comes(world), phone, ok=422))["code"] == "invalid_request"


async def test_in_the_chat_itself_phone_and_code_never_reach_the_chatbot(world: World) -> None:
    citizen = await Citizen.comes(world)
    await world.rows("UPDATE conversations SET awaits = 'phone'")
    assert "尾号1111" in await citizen.told(f"我的号码是{PHONE}")
    digits = await code(world)
    wrong = f"{(int(digits) + 1) % 10**6:06d}"
    assert "不正确" in await citizen.told(wrong)
    assert "刚刚发过" in await citizen.told("重发验证码")
    assert await citizen.told(f"验证码是{digits}") == "手机号验证通过。"
    assert (await citizen.turns())["is_verified"]


async def test_an_earlier_conversation_of_the_phone_goes_on_in_place_of_the_new_one(world: World) -> None:
    first, second = await Citizen.comes(world), await Citizen.comes(world)
    await sent(world, first)
    await tried(first, await code(world))
    await first.say("翠湖路路灯坏了")
    world.clock.move(minutes=2)
    await sent(world, second)
    moved = await tried(second, await code(world), moves=True)
    assert moved == {"outcome": "verified", "id": first.id}
    second.id = first.id
    assert any(turn["text"] == "翠湖路路灯坏了" for turn in (await second.turns())["turns"])
    await first.ask("GET", "/turns", ok=401)


async def test_an_unverified_phone_opens_nothing(world: World) -> None:
    first, second = await Citizen.comes(world), await Citizen.comes(world)
    await first.say(f"我的电话{PHONE}")
    await sent(world, second)
    assert (await tried(second, await code(world), moves=True))["id"] == second.id


async def test_a_verified_phone_shows_its_own_tickets_and_no_others(world: World) -> None:
    text = "翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
    mine = await world.register(text, caller={"phone": PHONE})
    await world.register(text, caller={"phone": "13900002222"})
    secret = {"phone": PHONE, "disclosure": "confidential"}
    await world.register("举报东湖区翠湖派出所民警收受红包，以权谋私。", caller=secret)
    citizen = await Citizen.comes(world)
    await citizen.ask("GET", "/tickets", ok=403)
    await sent(world, citizen)
    await tried(citizen, await code(world))
    found = (await citizen.ask("GET", "/tickets"))["tickets"]
    assert len(found) == 2
    assert {one["number"]: one["text"] for one in found}[mine["number"]] == text
    assert [one["text"] for one in found if one["number"] != mine["number"]] == [None]


async def test_who_would_rather_not_verify_goes_on_with_the_chatbot(world: World) -> None:
    for awaits in ("phone", "code"):
        citizen = await Citizen.comes(world)
        await world.rows("UPDATE conversations SET awaits = $1 WHERE id = $2", awaits, citizen.id)
        answer = await citizen.say("不用了")
        assert answer["awaits"] is None
        assert "没有启用" in answer["turns"][-1]["text"]
        await world.rows("UPDATE conversations SET awaits = $1 WHERE id = $2", awaits, citizen.id)
        assert "没有启用" in await citizen.told("建设路翠湖路口的路灯坏了")
    assert "11位手机号" in await _told_of(world, "1380000")


async def _told_of(world: World, text: str) -> str:
    citizen = await Citizen.comes(world)
    await world.rows("UPDATE conversations SET awaits = 'phone' WHERE id = $1", citizen.id)
    return await citizen.told(text)
