"""What a citizen says later is heard as the first words were: danger calls for help, an accusation never reaches the accused."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CALLER = {"name": "钱某某", "phone": "13800000001"}
GAS = "现在屋里煤气味很大，我妈晕倒了"
BRIBE = "城管局的科长收了施工队的红包才拖着不修，我要举报他受贿"


async def handoffs(world: World, number: str) -> set[str]:
    return {one["number"] for one in (await world.ticket(number))["handoffs"]}


def escalations(trail: list[str]) -> int:
    return sum(word == "escalate" for word in trail)


@pytest.mark.parametrize("way", ["supplement", "urge"])
async def test_danger_told_later_is_handed_off_at_once_and_called_to_a_person(world: World, way: str) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    assert await handoffs(world, receipt["number"]) == set()
    await world.track(receipt, way, text=GAS)
    page = await world.ticket(receipt["number"])
    assert {one["number"] for one in page["handoffs"]} >= {"119", "120"}
    assert {"gas", "medical"} <= set(page["flags"])
    assert page["state"] == "assigned"
    assert escalations(await world.trail(receipt["number"])) == 1
    await world.track(receipt, way, text=GAS)
    assert len((await world.ticket(receipt["number"]))["handoffs"]) == len(page["handoffs"])


async def test_danger_told_with_a_rating_of_what_is_closed_is_called_to_a_person(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    before = escalations(await world.trail(receipt["number"]))
    await world.track(receipt, "rate", solved=True, satisfied=True, remark="灯修好了，可是变压器冒火花起火了")
    assert escalations(await world.trail(receipt["number"])) == before + 1


async def test_an_ordinary_supplement_calls_nobody(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.track(receipt, "supplement", text="灯杆也歪了，小区东门那一根")
    page = await world.ticket(receipt["number"])
    assert page["handoffs"] == []
    assert "小区东门那一根" in page["brief"]
    assert escalations(await world.trail(receipt["number"])) == 0


async def test_what_accuses_whoever_has_the_ticket_reaches_a_person_and_not_them(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    assert receipt["lead"]["code"] == "urban"
    await world.track(receipt, "supplement", text=BRIBE)
    await world.deliver()
    assert not [told for told in urban.received if told["type"] == "ticket.supplemented"]
    assert "红包" not in str(urban.received)
    page = await world.ticket(receipt["number"])
    assert "红包" not in page["brief"]
    assert (await world.trail(receipt["number"])).count("accusation_heard") == 1
    own = await world.ticket(receipt["number"], who="department:urban")
    assert "红包" not in str(own)
    sealed = await world.rows("SELECT words FROM event_words WHERE ticket_id = (SELECT max(id) FROM tickets)")
    assert len(sealed) == 1


async def test_the_accused_never_learns_that_it_was_accused(world: World) -> None:
    """回避: it works on as before until a person takes its part away, and from then on the ticket is not there for it."""
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    number, who = receipt["number"], "department:urban"
    path = f"/api/v1/tickets/{number}"
    before = await world.ticket(number, who=who)
    socket = await world.client.ws_connect(
        "/api/v1/stream", headers={"authorization": f"Bearer {await world.token(who)}"}
    )
    await world.track(receipt, "supplement", text=BRIBE)
    assert "corruption" in (await world.ticket(number))["flags"]
    trail = await world.get(f"{path}/trail", who="supervisor")
    heard = next(one for one in trail["events"] if one["type"] == "accusation_heard")
    assert heard["fields"]["recused"] == ["urban"]
    page = await world.ticket(number, who=who)
    changing = ("version", "allowed_actions")
    assert {key: page[key] for key in page if key not in changing} == {
        k: before[k] for k in before if k not in changing
    }
    own = await world.get(f"{path}/trail", who=who)
    assert [one["type"] for one in own["events"]][-1] == "supplement"
    async with world.client.get(f"{path}/file", headers={"authorization": f"Bearer {await world.token(who)}"}) as file:
        archive = zipfile.ZipFile(io.BytesIO(await file.read()))
    story = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not [word for word in ("accusation", "corruption", "红包", "回避", "反映承办") if word in story]

    await world.step(number, "recall", who="dispatcher", reason="诉求人举报城管局人员，依规回避")
    await world.deliver()
    told = [one for one in urban.received if one["type"] == "ticket.recalled"]
    assert len(told) == 1
    assert not [word for word in ("举报", "回避") if word in str(told)]
    await world.step(number, "dispatch", who="dispatcher", lead="discipline", reason="核查城管局人员收受红包")
    assert (await world.ticket(number, who="department:discipline"))["flags"] == ["corruption"]
    for place in (path, f"{path}/trail", f"{path}/clock", f"{path}/file"):
        await world.get(place, who=who, status=404)
    for query in ("", "?q=路灯", "?sort=oldest"):
        assert (await world.get(f"/api/v1/tickets{query}", who=who))["tickets"] == []
    await world.step(number, "note", who="supervisor", reason="已转纪检")
    other = await world.register("望江路路灯不亮，请维修", caller=CALLER)
    types: list[tuple[str, str]] = []
    async with asyncio.timeout(10):
        while not types or types[-1][0] != other["number"]:
            one = await socket.receive_json()
            types.append((one["ticket"], one["type"]))
    await socket.close()
    assert not {"accusation_heard", "note"} & {kind for ticket, kind in types if ticket == number}


def shape(told: dict[str, Any]) -> dict[str, bool]:
    """Which keys a webhook has, and which of them are null."""
    return {name: value is None for name, value in told.items()}


async def test_what_a_live_part_is_told_has_the_same_shape_after_the_accusation(world: World) -> None:
    """回避: a webhook that suddenly says nothing would tell that something was said."""
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    number = receipt["number"]
    await world.track(receipt, "urge", text="怎么还没修好")
    await world.deliver()
    before = urban.last("ticket.urged")
    world.clock.move(days=1)
    await world.track(receipt, "urge", text=BRIBE)
    assert (await world.trail(number)).count("accusation_heard") == 1
    await world.deliver()
    after = urban.last("ticket.urged")
    assert after["count"] == before["count"] + 1
    assert shape(after) == shape(before)
    assert after["brief"] == before["brief"]

    await world.replied(number)
    await world.step(number, "reject", who="reviewer", reason="请补充现场照片")
    await world.step(number, "supervise", who="supervisor", level=1, reason="诉求人称科长收了红包")
    await world.deliver()
    rejected, pressed = urban.last("ticket.reply_rejected"), urban.last("ticket.supervised")
    assert rejected["reason"] == "请补充现场照片"
    assert pressed["brief"] == before["brief"]
    assert pressed["answer_by"] is not None
    assert "红包" not in str(urban.received)

    await world.step(number, "recall", who="supervisor", reason="举报承办人员，依规回避")
    await world.deliver()
    told = urban.last("ticket.recalled")
    named = {"ticket", "department", "assignment", "role", "is_designated", "due"}
    assert {name for name, value in told.items() if value is not None} == named


async def test_whom_the_rating_accuses_does_not_do_it_again(world: World) -> None:
    urban = await world.department("urban")
    receipt = await world.register(LAMP, caller=CALLER)
    await world.reviewed(receipt["number"])
    await world.track(receipt, "rate", solved=False, satisfied=False, remark=BRIBE)
    page = await world.ticket(receipt["number"])
    assert page["state"] == "on_desk"
    await world.deliver()
    assert "红包" not in str(urban.received) + page["brief"]
    problem = await world.refused(receipt["number"], "dispatch", who="dispatcher", lead="urban", reason="仍请办理")
    assert "回避" in problem["detail"]


async def test_who_asks_again_and_accuses_is_read_by_a_person(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    await world.track(receipt, "ask_reopen", reason=BRIBE)
    page = await world.ticket(receipt["number"])
    assert (page["state"], "红包" in page["brief"]) == ("on_desk", False)


async def test_an_unconfirmed_handoff_is_neither_voided_nor_merged_away(world: World) -> None:
    lamp = await world.register(LAMP, caller=CALLER)
    danger: Any = await world.register("我真的不想活了，准备吃安眠药了结", caller={"phone": "13800000002"})
    for who, action, fields in (
        ("shift_lead", "void", {"reason": "测试工单"}),
        ("shift_lead", "merge", {"into": lamp["number"], "reason": "同一事项"}),
    ):
        problem = await world.refused(danger["number"], action, who=who, **fields)
        assert "紧急转接尚未确认" in problem["detail"]


async def test_nobody_makes_up_a_score(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.closed(receipt["number"])
    await world.track(receipt, "rate", solved=True, satisfied=False)
    assert (await world.followed(receipt))["rating"]["score"] is None
    assert (await world.rows("SELECT score FROM ratings"))[0]["score"] is None


async def test_one_call_in_vain_closes_nothing_without_saying_why(world: World) -> None:
    receipt = await world.register(LAMP, caller=CALLER)
    await world.reviewed(receipt["number"])
    await world.step(receipt["number"], "follow_up", who="follow_up", reached=False)
    for reason in ({}, {"reason": "。"}):
        await world.refused(receipt["number"], "close", who="follow_up", status=422, **reason)
    await world.step(receipt["number"], "close", who="follow_up", reason="诉求人出国，家属代为确认")
    trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="auditor")
    assert "诉求人出国，家属代为确认" in str(trail)
    assert "回访完成" not in str(trail)
