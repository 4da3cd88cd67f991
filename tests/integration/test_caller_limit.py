"""来电人限制: with evidence, by a second person, for a time; no emergency and nothing that is said is ever refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hotline import caller_limit
from hotline.request import phone_digits
from models.vocabulary import Role
from tests.integration.test_accounts import Person, account

if TYPE_CHECKING:
    from tests.integration.conftest import World

PHONE = "13800000009"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
GAS = "家里煤气泄漏了，闻到很浓的燃气味，东湖区翠湖小区3栋。"
REASON = "同一来电人反复拨打辱骂话务员，长时间占线"


async def called(world: World, phone: str = PHONE, outcome: str = "harassment") -> int:
    offered = await world.post("/api/v1/interactions", {"caller": {"phone": phone}}, who="channel:phone")
    path = f"/api/v1/interactions/{offered['id']}/events"
    await world.post(path, {"event": "answered", "agent": "test-agent"}, who="channel:phone")
    await world.post(path, {"event": "ended", "outcome": outcome}, who="channel:phone")
    return int(offered["id"])


async def ask(world: World, level: str = "limited", *, ok: int = 201, who: str = "agent", **more: Any) -> Any:
    calls = more.pop("calls", None) or [await called(world) for _ in range(3)]
    content = {"interaction": calls[0], "interactions": calls[1:], "level": level, "reason": REASON, **more}
    return await world.post("/api/v1/caller-limits", content, who=who, ok=(ok,))


async def move(world: World, limit: Any, action: str, *, who: str = "shift_lead", ok: int = 200, **more: Any) -> Any:
    path = f"/api/v1/caller-limits/{limit['id']}/steps"
    return await world.post(path, {"action": action, "reason": "证据属实", **more}, who=who, ok=(ok,))


async def granted(world: World, level: str = "limited") -> Any:
    return await move(world, await ask(world, level), "decide", granted=True)


async def offered(world: World, phone: str = PHONE) -> Any:
    return await world.post("/api/v1/interactions", {"caller": {"phone": phone}}, who="channel:phone")


async def test_a_limit_is_asked_with_evidence_and_decided_by_a_second_person(world: World) -> None:
    limit = await ask(world, who="shift_lead")
    assert (limit["state"], limit["caller"], limit["before"]["in_vain"]) == ("asked", "138****09", 3)
    assert (await offered(world))["caller_limit"] is None, "who is only asked about is not limited"
    await move(world, limit, "decide", granted=True, who="shift_lead", ok=403)
    await move(world, limit, "decide", granted=True, who="agent", ok=403)
    await move(world, limit, "decide", who="supervisor", ok=422)
    decided = await move(world, limit, "decide", granted=True, who="supervisor")
    assert (decided["state"], decided["decided_by"]) == ("holding", "test-supervisor")
    await move(world, limit, "decide", granted=False, who="supervisor", ok=409)
    told = (await offered(world))["caller_limit"]
    assert (told["level"], told["passes"], told["until"]) == ("limited", False, decided["expires_at"])
    assert "留言信箱" in told["script"]
    assert (await offered(world, "13700000000"))["caller_limit"] is None


async def test_a_refused_limit_holds_for_nobody(world: World) -> None:
    refused = await move(world, await ask(world), "decide", granted=False)
    assert (refused["state"], refused["expires_at"]) == ("refused", None)
    assert (await offered(world))["caller_limit"] is None


async def test_every_limit_ends_by_itself_or_is_lifted(world: World) -> None:
    first = await granted(world)
    await move(world, first, "lift", who="supervisor")
    assert (await offered(world))["caller_limit"] is None
    await move(world, first, "lift", ok=409)
    second = await granted(world, "remind")
    world.clock.move(days=32)
    assert (await offered(world))["caller_limit"] is None
    assert (await world.get(f"/api/v1/caller-limits/{second['id']}", who="agent"))["state"] == "expired"
    await move(world, second, "lift", ok=409)


async def test_what_a_limited_caller_says_is_registered_and_marked(world: World) -> None:
    await granted(world)
    receipt = await world.register(LAMP, caller={"phone": f"+86 {PHONE}"})
    assert receipt["state"] == "assigned"
    assert (receipt["caller_limit"]["level"], receipt["caller_limit"]["passes"]) == ("limited", False)
    web = await world.register(LAMP, channel="web", caller={"phone": PHONE})
    assert web["caller_limit"]["level"] == "limited"
    assert "caller_limit" not in await world.register(LAMP, caller={"phone": "13700000000"})
    assert "caller_limit" not in await world.register(LAMP)


async def test_an_emergency_passes_whatever_holds_and_is_counted(world: World) -> None:
    limit = await granted(world, "reported")
    receipt = await world.register(GAS, caller={"phone": PHONE})
    assert receipt["caller_limit"]["passes"] is True
    assert receipt["handoff"]["number"] == "119"
    call = await offered(world)
    path = f"/api/v1/interactions/{call['id']}/events"
    said = await world.post(path, {"event": "transcript", "text": "你们都是骗子"}, who="channel:phone")
    assert said["caller_limit"]["passes"] is False
    said = await world.post(path, {"event": "transcript", "text": "楼下着火了，快来人"}, who="channel:phone")
    assert said["caller_limit"]["passes"] is True
    page = await world.get(f"/api/v1/caller-limits/{limit['id']}", who="supervisor")
    assert page["meanwhile"] == {"calls": 1, "in_vain": 0, "tickets": 1, "emergencies": 1}


async def test_evidence_is_of_the_same_caller_and_enough(world: World) -> None:
    own, others = await called(world), await called(world, "13700000000")
    ticket = (await world.register(LAMP, caller={"phone": "13700000000"}))["number"]
    await ask(world, calls=[own], ok=422)
    await ask(world, calls=[own, own, own], ok=422)
    await ask(world, calls=[own, others, own], ok=422)
    await ask(world, "remind", calls=[own], tickets=[ticket], ok=422)
    anonymous = int((await world.post("/api/v1/interactions", {}, who="channel:phone"))["id"])
    await ask(world, "remind", calls=[anonymous], ok=422)
    await ask(world, "remind", calls=[999], ok=404)
    mine = (await world.register(LAMP, caller={"phone": PHONE}))["number"]
    limit = await ask(world, "remind", calls=[own], tickets=[mine])
    assert limit["tickets"] == [mine]
    await ask(world, "remind", calls=[own], ok=409)


async def test_a_new_limit_stands_in_place_of_the_old_one(world: World) -> None:
    first, second = await granted(world, "remind"), await granted(world)
    assert (await offered(world))["caller_limit"]["level"] == "limited"
    holding = (await world.get("/api/v1/caller-limits?state=holding", who="agent"))["limits"]
    over = (await world.get("/api/v1/caller-limits?state=over", who="agent"))["limits"]
    assert ([one["id"] for one in holding], [one["id"] for one in over]) == ([second["id"]], [first["id"]])


async def test_a_limit_decided_elsewhere_is_taken_over(world: World) -> None:
    await granted(world)
    world.hub.limited_callers = {}
    await caller_limit.follow(world.hub)
    assert (await offered(world))["caller_limit"]["level"] == "limited"


async def test_a_limit_keeps_the_phone_sealed(world: World) -> None:
    await granted(world)
    (row,) = await world.rows("SELECT * FROM caller_limits")
    assert not any(phone_digits(PHONE) in str(value) for value in row.values())
    assert PHONE.encode() not in row["caller"]


async def test_limits_add_up(world: World) -> None:
    for phone, verdict in (("13900000001", True), ("13900000002", False), ("13900000003", None)):
        limit = await ask(world, "remind", calls=[await called(world, phone)])
        if verdict is not None:
            await move(world, limit, "decide", granted=verdict)
    since = (world.clock.at - timedelta(hours=1)).isoformat().replace("+", "%2B")
    found = await world.get(f"/api/v1/caller-limits/figures?since={since}", who="quality")
    assert found["asked"] == 3 == found["waiting"] + found["refused"] + found["granted"]
    assert found["granted"] == 1 == found["holding"] + found["expired"] + found["lifted"]
    await world.get("/api/v1/caller-limits", who="department:urban", status=403)


async def test_nor_is_the_second_person_an_account_that_was_made_for_it(world: World) -> None:
    limit = await ask(world)
    admin = await account(world, "ada", Role.ADMINISTRATOR)
    made = await admin.ask("POST", "/api/v1/users", {"username": "eve", "role": "supervisor"}, status=201)
    eve = Person(world, "eve", made["password"])
    await eve.sign_in()
    await eve.change_password("a password of her own")
    step = {"action": "decide", "reason": "证据属实"}
    await eve.ask("POST", f"/api/v1/caller-limits/{limit['id']}/steps", {**step, "granted": True}, status=403)
    await eve.ask("POST", f"/api/v1/caller-limits/{limit['id']}/steps", {**step, "granted": False})
