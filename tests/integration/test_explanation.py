"""Why: what was behind an answer, over HTTP and by command, for the people of the hotline alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from hotline.commands import explanation
from hotline.config import Settings
from models.errors import InvalidRequest
from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
PATH = "/api/v1/explain"


async def explain(world: World, number: str, *, who: str = "supervisor") -> Any:
    return await world.get(f"/api/v1/tickets/{number}/explain", who=who)


async def test_an_answer_is_explained_whole(world: World) -> None:
    read = await world.post("/api/v1/understand", {"text": LAMP}, who="dispatcher")
    why = await world.post(PATH, {"text": LAMP}, who="dispatcher")
    reading, way = why["reading"], why["route"]
    assert [one["code"] for one in reading["category"]["guesses"]] == [one["code"] for one in read["categories"]]
    assert reading["category"]["words_for"][0]["word"] == "路灯"
    assert reading["kind"]["kind"] == read["kind"]
    assert (reading["urgency"]["urgency"], reading["urgency"]["by"]) == (read["urgency"], "model")
    assert reading["is_as_read"]
    assert (why["place"]["source"], why["place"]["name"]) == ("gazetteer", "翠湖路")
    assert why["place"]["district"] == {"code": "donghu", "name": "东湖区"}
    assert (way["lead"], way["because"]) == (read["lead"], read["because"])
    assert (way["duty"]["id"], way["duty"]["version"]) == (read["duty"]["id"], read["duty"]["version"])
    assert way["duty"]["basis"] in way["because"]
    assert way["duty"]["copy"] == [{"code": "@district", "name": "属地区县"}]
    assert why["desk_reasons"] == read["desk_reasons"] == []
    assert (why["number"], why["notes"]) == (None, [])


async def test_what_else_was_read_is_told_as_understood(world: World) -> None:
    text = "上周三物业收了我3万5的押金，三十多户业主都交了，举报物业经理乱收费。"
    read = await world.post("/api/v1/understand", {"text": text}, who="dispatcher")
    facts = (await world.post(PATH, {"text": text}, who="dispatcher"))["facts"]
    assert facts == {name: read[name] for name in ("time", "interval", "subject", "accused", "amounts", "people")}
    assert (facts["time"], facts["amounts"], facts["people"]) == ("上周三", [35000.0], 30)
    assert facts["interval"]["begins_at"]


async def test_near_examples_of_the_shipped_corpus_are_shown(world: World) -> None:
    why = await world.post(PATH, {"text": LAMP}, who="dispatcher")
    examples = why["reading"]["examples"]
    assert [one["code"] == "0203" for one in examples] == [True] * 3 + [False] * 3
    assert all(0 < one["likeness"] <= 1 and one["text"] for one in examples)


async def test_dangers_and_doubts_are_named_with_their_words(world: World) -> None:
    text = "举报城管局队长收受摊贩贿赂，法院判决不公，我不想活了。"
    why = await world.post(PATH, {"text": text}, who="shift_lead")
    assert {"suicide", "corruption"} <= {one["flag"] for one in why["reading"]["flags"]}
    assert all(one["words"] in text for one in why["reading"]["flags"])
    assert (why["reading"]["urgency"]["urgency"], why["reading"]["urgency"]["by"]) == (1, "rule")
    assert any(one["words"] in text for one in why["reading"]["scope"])
    assert {"code": "urban", "name": "城管局"} in why["route"]["recused"]
    assert "举报件须人工核对回避单位" in why["desk_reasons"]


async def test_coordinates_of_its_own_come_before_words(world: World) -> None:
    grid = world.hub.city.grids[0]
    lon, lat = (sum(axis) / len(grid.ring) for axis in zip(*grid.ring, strict=True))
    why = await world.post(PATH, {"text": LAMP, "location": {"lat": lat, "lon": lon}}, who="agent")
    assert why["place"]["source"] == "point"
    receipt = await world.register(LAMP, location={"lat": lat, "lon": lon})
    assert (await explain(world, receipt["number"]))["place"] == why["place"]


async def test_a_stored_ticket_is_explained_as_it_was_read(world: World) -> None:
    more: dict[str, Any] = {"title": "路灯不亮", "line": "12345", "caller": {"name": "王某", "phone": "13800000001"}}
    why = await world.post(PATH, {"text": LAMP, **more}, who="dispatcher")
    receipt = await world.register(LAMP, **more)
    stored = await explain(world, receipt["number"])
    assert stored.pop("number") == receipt["number"]
    assert {**stored, "number": None} == why


async def test_the_words_are_masked(world: World) -> None:
    text = "我叫钱某某，电话13800000001，翠湖路路灯不亮。"
    caller = {"name": "钱某某", "phone": "13800000001"}
    receipt = await world.register(text, title="钱某某的诉求", caller=caller)
    for why in (
        await explain(world, receipt["number"]),
        await world.post(PATH, {"text": text, "title": "钱某某的诉求", "caller": caller}, who="agent"),
    ):
        assert "钱某某" not in str(why)
        assert "13800000001" not in str(why)


async def test_what_people_have_changed_since_is_told(world: World) -> None:
    receipt = await world.register("有点问题想反映一下，具体我也说不清楚")
    assert receipt["state"] == "on_desk"
    waiting = await explain(world, receipt["number"])
    assert waiting["desk_reasons"]
    await world.step(
        receipt["number"], "dispatch", who="dispatcher", category="020301", lead="urban", reason="电话核实"
    )
    why = await explain(world, receipt["number"])
    assert why["route"]["lead"] == {"code": "urban", "name": "城管局"}
    assert "人工派单" in why["route"]["because"]
    assert why["route"]["duty"]["category"] == "0203"
    assert why["desk_reasons"] == []
    assert any("人工改为020301路灯不亮" in note for note in why["notes"])


async def test_a_newer_model_and_a_lost_row_are_told(world: World) -> None:
    receipt = await world.register(LAMP)
    ticket = id_of(receipt["number"])
    await world.rows("UPDATE tickets SET duty = 'D0000-00@2020.1' WHERE id = $1", ticket)
    await world.rows(
        "UPDATE ticket_texts SET reading = jsonb_set(reading::jsonb, '{model_version}', '\"old\"')::json WHERE id = $1",
        ticket,
    )
    why = await explain(world, receipt["number"])
    assert why["model_version"] == "old"
    assert why["route"]["duty"] is None
    assert len(why["notes"]) == 2
    await world.rows("UPDATE ticket_texts SET reading = '{}' WHERE id = $1", ticket)
    problem = await world.get(f"/api/v1/tickets/{receipt['number']}/explain", who="supervisor", status=409)
    assert "无法说明依据" in problem["detail"]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("channel:web", 403),
        ("department:urban", 403),
        ("administrator", 403),
        ("auditor", 403),
        ("leader", 200),
        ("agent", 200),
        ("supervisor", 200),
    ],
)
async def test_only_the_people_of_the_hotline_may_ask(world: World, who: str, status: int) -> None:
    await world.post(PATH, {"text": LAMP}, who=who, ok=(status,))
    receipt = await world.register(LAMP)
    await world.get(f"/api/v1/tickets/{receipt['number']}/explain", who=who, status=status)


async def test_nobody_asks_without_a_credential_or_of_a_ticket_that_is_none(world: World) -> None:
    await world.post(PATH, {"text": LAMP}, who=None, ok=(401,))
    await world.get("/api/v1/tickets/20261100000000/explain", who="supervisor", status=404)


async def test_nothing_is_stored(world: World) -> None:
    await world.post(PATH, {"text": LAMP}, who="dispatcher")
    for table in ("tickets", "ticket_texts", "events", "idempotency", "notices", "timers"):
        assert await world.rows(f"SELECT * FROM {table}") == []


async def test_the_command_prints_a_page_and_the_same_as_json(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    explanation.explain(Settings(), LAMP, "路灯不亮", "12345", as_json=False)
    page = capsys.readouterr().out
    for words in ("【分类】", "0203 路灯照明", "依据词", "【紧急程度】", "翠湖路", "派单目录D0203-01", "【近似例句】"):
        assert words in page
    explanation.explain(Settings(), "每晚11点工地施工，收了我1200.5元，三十户受影响", None, None, as_json=False)
    page = capsys.readouterr().out
    for words in ("原文“每晚11点”：每天 23:00", "被反映对象：", "金额：1,200.50元；涉及人数或户数：30"):
        assert words in page
    explanation.explain(Settings(), LAMP, "路灯不亮", "12345", as_json=True)
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    content = {"text": LAMP, "title": "路灯不亮", "line": "12345"}
    why = await world.post(PATH, content, who="dispatcher")
    for part in ("reading", "place", "facts", "desk_reasons"):
        assert told[part] == why[part]
    assert told["route"]["lead"] == why["route"]["lead"]


def test_the_command_refuses_what_it_cannot_read() -> None:
    with pytest.raises(InvalidRequest, match="诉求文字"):
        explanation.explain(Settings(), " ", None, None, as_json=False)
    with pytest.raises(InvalidRequest, match="99999"):
        explanation.explain(Settings(), LAMP, None, "99999", as_json=False)
