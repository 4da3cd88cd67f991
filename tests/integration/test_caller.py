"""来话与来电人: the seat that has a call sees who calls and what they asked before; nobody else does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.integration.chatting import Citizen

if TYPE_CHECKING:
    from tests.integration.conftest import World

CALLS = "/api/v1/interactions"
PHONE = "13700000001"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
RUBBISH = "东湖区建设路小区门口垃圾堆了好几天没人清运，请尽快处理。"
BRIBE = "举报东湖区翠湖路一家饭店使用过期食材加工菜品，请查处。"
ANN, BEN = "agent:ann", "agent:ben"


async def called(world: World, phone: str | None = PHONE, *, who: str = "channel:phone", **more: Any) -> int:
    content = {"line": "12345", **({"caller": {"phone": phone}} if phone else {}), **more}
    return int((await world.post(CALLS, content, who=who))["id"])


async def happens(world: World, call: int, event: str, **more: Any) -> None:
    await world.post(f"{CALLS}/{call}/events", {"event": event, **more}, who="channel:phone")


async def given(world: World, phone: str | None = PHONE) -> int:
    """A call that ann has answered, as telephony says."""
    call = await called(world, phone)
    await happens(world, call, "answered", agent="ann")
    return call


async def seen(world: World, call: int, *, who: str = ANN, status: int = 200) -> Any:
    return await world.get(f"{CALLS}/{call}", who=who, status=status)


async def asked(world: World, text: str, phone: str = PHONE, **more: Any) -> Any:
    return await world.register(text, caller={"phone": phone, **more})


async def test_only_the_seat_that_has_a_call_and_a_shift_lead_see_it(world: World) -> None:
    call = await given(world)
    assert (await seen(world, call))["agent"] == "ann"
    assert (await seen(world, call, who="shift_lead"))["id"] == call
    for who in (BEN, "dispatcher", "supervisor", "department:urban", "channel:phone"):
        await seen(world, call, who=who, status=403)
    await seen(world, call + 1, status=404)


async def test_a_call_is_seen_from_the_moment_it_is_given_until_it_is_given_to_another(world: World) -> None:
    for who in (ANN, BEN):
        await world.post("/api/v1/seat/steps", {"action": "sign_on", "seat_groups": ["general"]}, who=who)
    call = await called(world, who="channel:wechat", wants_agent=True)
    assert (await seen(world, call))["state"] == "offered"
    await seen(world, call, who=BEN, status=403)
    await world.post("/api/v1/seat/steps", {"action": "away"}, who=ANN)
    await seen(world, call, status=403)
    assert (await seen(world, call, who=BEN))["state"] == "offered"
    await world.post("/api/v1/seat/take", None, who=BEN)
    assert (await seen(world, call, who=BEN))["state"] == "answered"


async def test_what_was_said_and_who_calls_is_masked(world: World) -> None:
    call = await given(world)
    await happens(world, call, "transcript", text="我的电话是13912345678，翠湖路路灯不亮。")
    page = await seen(world, call)
    assert "13912345678" not in page["transcript"]
    assert "翠湖路路灯不亮" in page["transcript"]
    assert page["caller"] == "137****01"
    assert PHONE not in str(page)


async def test_the_callers_open_tickets_come_first_then_the_newest(world: World) -> None:
    first, second = await asked(world, LAMP), await asked(world, RUBBISH)
    await world.closed(first["number"])
    third = await asked(world, "东湖区翠湖路公交站牌倒了，请扶正。")
    await asked(world, LAMP, phone="13700000002")
    page = await seen(world, await given(world))
    wanted = [third["number"], second["number"], first["number"]]
    assert [one["number"] for one in page["caller_tickets"]] == wanted
    newest, _, closed = page["caller_tickets"]
    assert "翠湖路公交站牌" in newest["text"]
    assert newest["due_by"] is not None
    assert newest["due_by"] <= newest["promised_at"]
    assert (closed["state"], closed["due_by"]) == ("closed", None)


async def test_a_merged_ticket_is_as_open_as_the_one_that_is_worked_on(world: World) -> None:
    lead, own = await asked(world, LAMP, phone="13700000002"), await asked(world, LAMP)
    later = await asked(world, RUBBISH)
    await world.step(own["number"], "merge", who="dispatcher", into=lead["number"], reason="同一处路灯")
    await world.closed(later["number"])
    page = await seen(world, await given(world))
    merged, closed = page["caller_tickets"]
    assert (merged["number"], closed["number"]) == (own["number"], later["number"])
    assert (merged["merged_into"], merged["merged_state"]) == (lead["number"], "assigned")
    assert merged["due_by"] is not None
    await world.closed(lead["number"])
    again = (await seen(world, await given(world)))["caller_tickets"]
    assert [one["number"] for one in again] == [later["number"], own["number"]]
    assert again[1]["due_by"] is None


async def test_the_words_of_a_confidential_tip_off_are_not_shown_to_whoever_calls_from_that_phone(world: World) -> None:
    hidden = await asked(world, BRIBE, disclosure="confidential")
    shown = await asked(world, RUBBISH, disclosure="confidential")
    tickets = {one["number"]: one for one in (await seen(world, await given(world)))["caller_tickets"]}
    assert tickets[hidden["number"]]["kind"] == "tip_off"
    assert tickets[hidden["number"]]["text"] is None
    assert "垃圾" in tickets[shown["number"]]["text"]


async def test_the_last_ten_calls_are_told_with_how_they_ended(world: World) -> None:
    calls = []
    for n in range(12):
        world.clock.move(minutes=5)
        calls.append(await given(world))
        await happens(world, calls[-1], "ended", outcome="urging" if n % 2 else "answered")
    missed = await called(world)
    await happens(world, missed, "abandoned")
    page = await seen(world, await given(world))
    assert [one["id"] for one in page["caller_interactions"]] == [missed, *reversed(calls[3:])]
    states = [(one["state"], one["outcome"]) for one in page["caller_interactions"][:3]]
    assert states == [("abandoned", "abandoned"), ("ended", "urging"), ("ended", "answered")]


async def test_without_a_phone_nothing_is_told_of_a_caller(world: World) -> None:
    await asked(world, LAMP)
    page = await seen(world, await given(world, None))
    told = ("caller", "caller_limit", "caller_tickets", "caller_interactions")
    assert [page[name] for name in told] == [None, None, [], []]


async def test_a_limit_that_holds_is_shown_and_passes_in_danger(world: World) -> None:
    calls = [await given(world) for _ in range(3)]
    content = {"interaction": calls[0], "interactions": calls[1:], "level": "limited", "reason": "多次辱骂话务员"}
    limit = await world.post("/api/v1/caller-limits", content, who="agent")
    path = f"/api/v1/caller-limits/{limit['id']}/steps"
    await world.post(path, {"action": "decide", "granted": True, "reason": "证据属实"}, who="shift_lead")
    call = await given(world)
    assert (await seen(world, call))["caller_limit"]["passes"] is False
    await happens(world, call, "transcript", text="家里煤气泄漏了，闻到很浓的燃气味")
    assert (await seen(world, call))["caller_limit"]["passes"] is True


async def test_no_agent_takes_a_call_out_of_anothers_hands(world: World) -> None:
    call = await given(world)
    for event in (
        {"event": "answered"},
        {"event": "answered", "agent": "ann"},
        {"event": "transcript", "text": "假的"},
    ):
        await world.post(f"{CALLS}/{call}/events", event, who=BEN, ok=(403,))
    await world.post(f"{CALLS}/{call}/events", {"event": "ended"}, who=BEN, ok=(403,))
    await seen(world, call, who=BEN, status=403)
    assert (await seen(world, call))["transcript"] == ""
    # Nor in another's name: an agent answers at their own seat alone.
    other = await called(world)
    await world.post(f"{CALLS}/{other}/events", {"event": "answered", "agent": "ann"}, who=BEN)
    assert (await seen(world, other, who="shift_lead"))["agent"] == "ben"
    await world.post(f"{CALLS}/{call}/events", {"event": "ended"}, who=ANN)


async def test_a_channel_says_nothing_of_anothers_interactions_but_telephony_does(world: World) -> None:
    call, chat = await called(world), await called(world, who="channel:wechat")
    for who in ("channel:web", "channel:wechat", "channel:patrol"):
        await world.post(f"{CALLS}/{call}/events", {"event": "abandoned"}, who=who, ok=(403,))
    await world.post(CALLS, {"channel": "phone", "caller": {"phone": PHONE}}, who="channel:web", ok=(403,))
    assert (await seen(world, call, who="shift_lead"))["state"] == "offered"
    await world.post(f"{CALLS}/{chat}/events", {"event": "transcript", "text": "路灯坏了"}, who="channel:wechat")
    await world.post(f"{CALLS}/{chat}/events", {"event": "ended"}, who="channel:phone")


async def test_who_types_a_phone_is_written_down_and_learns_of_no_confidential_tip_off(world: World) -> None:
    tip = await asked(world, BRIBE, disclosure="confidential")
    lamp = await asked(world, LAMP)
    call = await called(world, who=ANN)
    await world.post(f"{CALLS}/{call}/events", {"event": "answered"}, who=ANN)
    page = await seen(world, call)
    assert [one["number"] for one in page["caller_tickets"]] == [lamp["number"]]
    assert tip["number"] not in str(page)
    [look] = (await world.get("/api/v1/access-log", who="auditor"))["looks"]
    assert (look["by"], look["what"], look["ticket"]) == ("ann", "typed_call", None)
    assert "0001" in look["reason"]
    # What telephony tells is no look of anybody's.
    await given(world)
    assert len((await world.get("/api/v1/access-log", who="auditor"))["looks"]) == 1


async def test_who_types_a_phone_does_not_learn_of_the_call_that_a_tip_off_came_of(world: World) -> None:
    tip, lamp = await given(world), await given(world)
    await world.register(BRIBE, interaction=tip, caller={"phone": PHONE, "disclosure": "confidential"})
    await world.register(LAMP, interaction=lamp, caller={"phone": PHONE})
    for call in (tip, lamp):
        await happens(world, call, "ended", outcome="new_ticket")
    typed = await called(world, who=ANN)
    await world.post(f"{CALLS}/{typed}/events", {"event": "answered"}, who=ANN)
    assert [one["id"] for one in (await seen(world, typed))["caller_interactions"]] == [lamp]
    await world.post(f"{CALLS}/{typed}/events", {"event": "ended"}, who=ANN)
    # Telephony's own calls show all of them.
    assert [one["id"] for one in (await seen(world, await given(world)))["caller_interactions"]][1:] == [lamp, tip]


async def test_a_phone_that_was_typed_into_a_chat_is_as_typed_until_it_is_proved(world: World) -> None:
    tip = await given(world)
    hidden = await world.register(BRIBE, interaction=tip, caller={"phone": PHONE, "disclosure": "confidential"})
    await happens(world, tip, "ended", outcome="new_ticket")
    citizen = await Citizen.comes(world)
    await citizen.say("转人工")
    assert "前给您回电" in await citizen.told(PHONE)
    chat = await citizen.interaction()
    page = await seen(world, chat, who="shift_lead")
    assert (page["caller"], page["caller_tickets"], page["caller_interactions"]) == ("137****01", [], [])
    await world.rows(
        "UPDATE conversations AS c SET verified_at = now(), phone_index = i.caller_index FROM interactions AS i "
        "WHERE i.id = c.interaction AND i.id = $1",
        chat,
    )
    page = await seen(world, chat, who="shift_lead")
    assert [one["number"] for one in page["caller_tickets"]] == [hidden["number"]]
    assert [one["id"] for one in page["caller_interactions"]] == [tip]
