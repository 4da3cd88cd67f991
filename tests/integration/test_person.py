"""查阅复制个人信息: all of one person's and nothing of another's, for the auditor alone, and written down."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from hotline import accounts
from hotline.commands import person
from hotline.person import take_out
from models.errors import Forbidden, InvalidRequest, NotFound
from models.store import notices, users
from models.ticket import Notice, id_of
from models.vocabulary import Role
from tests.integration.conftest import PASSWORD, START
from tests.integration.test_caller import given

if TYPE_CHECKING:
    from pathlib import Path

    from models.store.database import Session
    from tests.integration.conftest import World

PHONE, OTHER = "13700000021", "13700000022"
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
REASON = "本人凭身份证件申请查阅"


@pytest.fixture
async def people(world: World) -> None:
    async def work(session: Session) -> None:
        await accounts.add(session, "安审员", PASSWORD, Role.AUDITOR, None, START)
        await accounts.add(session, "派单员", PASSWORD, Role.DISPATCHER, None, START)

    await world.hub.database.write(work)


async def taken(world: World, phone: str = PHONE, by: str = "安审员", reason: str = REASON) -> Any:
    found = await world.hub.database.write(lambda session: take_out(session, phone, by, reason, world.clock.now()))
    return msgspec.to_builtins(found)


async def test_everything_of_a_phone_and_nothing_of_another(world: World, people: None) -> None:
    mine = await world.register(LAMP, caller={"name": "钱某某", "phone": PHONE})
    secret = await world.register(f"{LAMP}请保密。", caller={"phone": PHONE, "disclosure": "confidential"})
    await world.register(f"{LAMP}别人的话", caller={"name": "孙某某", "phone": OTHER})
    lead = f"department:{(await world.ticket(mine['number']))['lead']['code']}"
    await world.step(mine["number"], "acknowledge", who=lead, handler="李科长")
    call = await given(world, PHONE)
    await given(world, OTHER)
    for phone in (PHONE, f"+86 {PHONE}"):
        found = await taken(world, phone)
        assert [one["number"] for one in found["tickets"]] == [mine["number"], secret["number"]]
        assert [one["id"] for one in found["interactions"]] == [call]
    first = found["tickets"][0]
    assert (first["name"], first["phone"], first["text"]) == ("钱某某", PHONE, LAMP)
    assert "acknowledge" in {step["type"] for step in first["steps"]}
    assert mine["number"] in str(first["messages"])
    everything = str(found)
    for foreign in ("孙某某", OTHER, "别人的话", "李科长"):
        assert foreign not in everything


async def test_what_staff_was_alarmed_by_is_not_told(world: World, people: None) -> None:
    number = str((await world.register(LAMP, caller={"phone": PHONE}))["number"])
    before = (await taken(world))["tickets"][0]["messages"]

    async def alarm(session: Session) -> None:
        told = Notice(id="sms_a", ticket_id=id_of(number), kind="alarm", address="13900000000", content="请值班员处置")
        await notices.add(session, told, START)

    await world.hub.database.write(alarm)
    assert before
    assert (await taken(world))["tickets"][0]["messages"] == before


async def test_what_was_said_later_is_in_it_and_no_words_of_staff(world: World, people: None) -> None:
    receipt = await world.register(LAMP, caller={"name": "钱某某", "phone": PHONE})
    number = receipt["number"]
    await world.track(receipt, "supplement", text="旁边的两盏也灭了")
    await world.track(receipt, "urge", text="已经等了一周")
    await world.step(number, "remind", who="supervisor", reason="督办员的话")
    await world.closed(number)
    await world.track(receipt, "rate", solved=False, satisfied=False, score=1, remark="修完第二天又坏")
    await world.track(receipt, "ask_reopen", reason="灯又不亮了")
    (first,) = (await taken(world))["tickets"]
    said = [(one["type"], one.get("text") or one["reason"]) for one in first["said_later"]]
    assert said == [("supplement", "旁边的两盏也灭了"), ("urge", "已经等了一周"), ("ask_reopen", "灯又不亮了")]
    assert first["rating"]["remark"] == "修完第二天又坏"
    assert first["follow_ups"]
    assert "督办员的话" not in str(first)


async def test_why_somebody_was_displeased_is_in_it(world: World, people: None) -> None:
    number = (await world.register(LAMP, caller={"phone": PHONE}))["number"]
    await world.reviewed(number)
    world.clock.move(hours=1)
    await world.step(
        number, "follow_up", who="follow_up", reached=True, solved=False, satisfied=False, reason="诉求人说只修了一盏"
    )
    (first,) = (await taken(world))["tickets"]
    assert [one["reason"] for one in first["follow_ups"]] == ["诉求人说只修了一盏"]


async def test_it_is_written_down_who_took_it_and_why(world: World, people: None) -> None:
    assert (await taken(world))["tickets"] == []
    log = await world.get("/api/v1/access-log", who="auditor")
    (entry,) = [one for one in log["looks"] if one["what"] == "personal_data"]
    assert (entry["by"], entry["role"], entry["reason"]) == ("安审员", "auditor", REASON)
    assert PHONE not in str(entry)


async def test_nothing_is_written_down_where_nothing_can_be_given(
    world: World, people: None, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database_url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    (tmp_path / "file").touch()

    def export() -> None:
        person.export(PHONE, reason=REASON, by="安审员", out=tmp_path / "file" / "out.json")

    with pytest.raises(InvalidRequest, match="不能写入"):
        await asyncio.to_thread(export)
    assert not await world.rows("SELECT FROM access_log WHERE what = 'personal_data'")


async def test_nobody_else_may(world: World, people: None) -> None:
    with pytest.raises(Forbidden, match="安全审计员"):
        await taken(world, by="派单员")
    with pytest.raises(NotFound):
        await taken(world, by="nobody")
    for wrong in ({"reason": "查"}, {"phone": "12"}):
        with pytest.raises(InvalidRequest):
            await taken(world, **wrong)

    async def disable(session: Session) -> None:
        await users.change(session, msgspec.structs.replace(await users.lock(session, "安审员"), disabled_at=START))

    await world.hub.database.write(disable)
    with pytest.raises(Forbidden):
        await taken(world)
    log = await world.get("/api/v1/access-log", who="auditor")
    assert not [one for one in log["looks"] if one["what"] == "personal_data"]
