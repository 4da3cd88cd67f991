"""直办、不予受理、作废、备注: ends without a department, each with its reason and its word to the citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

ASK = "请问新生儿户口在哪里办理，需要带什么材料？"
COURT = "法院判决不公，我要推翻一审判决。"
UNSURE = "院子里的东西坏了没人管"
CALLER = {"name": "钱某某", "phone": "13800000001"}


async def test_what_is_answered_in_the_call_is_counted_kept_and_never_routed(world: World) -> None:
    receipt = await world.register(UNSURE, caller=CALLER)
    number = receipt["number"]
    answered = await world.step(number, "answer", who="agent", text="院内设施由物业负责，物业电话已告知。")
    assert answered["state"] == "answered"
    page = await world.ticket(number)
    assert page["assignments"] == []
    assert page["closed_at"] is not None
    assert page["answer"] == "院内设施由物业负责，物业电话已告知。"
    assert (await world.followed(receipt))["reply"] == "院内设施由物业负责，物业电话已告知。"
    assert [one.kind for one in await world.told(number)] == ["registered", "answered"]
    assert await world.rows("SELECT * FROM timers") == []
    assert (await world.get("/api/v1/backlog", who="supervisor"))["open"] == 0


async def test_the_citizen_rates_what_was_answered_in_the_call(world: World) -> None:
    receipt = await world.register(UNSURE, caller=CALLER)
    await world.step(receipt["number"], "answer", who="agent", text="院内设施由物业负责。")
    rated = await world.track(receipt, "rate", solved=True, satisfied=True, score=4)
    assert rated["state"] == "answered"
    assert (await world.followed(receipt))["rating"]["score"] == 4


async def test_only_a_person_declines_and_tells_why_and_which_way_is_open(world: World) -> None:
    receipt = await world.register(COURT, caller=CALLER)
    number = receipt["number"]
    declined = await world.step(
        number,
        "decline",
        who="dispatcher",
        code="N2",
        reason="属于人民法院审理的案件。",
        lawful_channel="十五日内向上一级人民法院上诉。",
    )
    assert declined["state"] == "declined"
    told = (await world.told(number))[-1]
    assert told.kind == "declined"
    assert "。。" not in told.content
    for words in ("属于人民法院审理的案件", "十五日内向上一级人民法院上诉", number):
        assert words in told.content
    reply = (await world.followed(receipt))["reply"]
    assert "属于人民法院审理的案件" in reply
    assert "十五日内向上一级人民法院上诉" in reply
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="auditor")
    assert trail["events"][-1]["fields"]["code"] == "N2"
    assert trail["events"][-1]["by"]["role"] == "dispatcher"


@pytest.mark.parametrize(
    "fields",
    [
        {"code": "N2", "reason": "属于法院审理", "lawful_channel": ""},
        {"code": "N2", "reason": "不", "lawful_channel": "向上一级法院上诉"},
        {"code": "N2", "reason": "    ", "lawful_channel": "向上一级法院上诉"},
        {"code": "N99", "reason": "属于法院审理", "lawful_channel": "向上一级法院上诉"},
        {"code": "N2", "reason": "属于法院审理"},
        {},
    ],
)
async def test_nobody_is_declined_without_a_reason_and_a_way(world: World, fields: dict[str, str]) -> None:
    number = (await world.register(COURT))["number"]
    before = await world.everything_of(number)
    problem = await world.refused(number, "decline", who="dispatcher", status=422, **fields)
    assert problem["code"] == "invalid_request"
    assert await world.everything_of(number) == before


async def test_an_agent_or_a_leader_cannot_decline(world: World) -> None:
    number = (await world.register(COURT))["number"]
    fields = {"code": "N2", "reason": "属于法院审理", "lawful_channel": "向上一级法院上诉"}
    for who in ("agent", "leader", "reviewer", "administrator"):
        await world.refused(number, "decline", who=who, status=403, **fields)


async def test_what_went_to_a_department_is_neither_answered_nor_declined_nor_void(world: World) -> None:
    number = (await world.register("东湖区翠湖路的路灯坏了三天，请尽快维修。"))["number"]
    await world.refused(number, "answer", who="agent", text="已经知道了")
    await world.refused(
        number, "decline", who="dispatcher", code="N7", reason="属于市场服务", lawful_channel="请联系物业公司"
    )
    await world.refused(number, "void", who="shift_lead", reason="测试工单作废")


async def test_a_slip_is_voided_with_a_reason_by_who_may(world: World) -> None:
    number = (await world.register(UNSURE, caller=CALLER))["number"]
    await world.refused(number, "void", who="agent", status=403, reason="测试工单作废")
    await world.refused(number, "void", who="shift_lead", status=422, reason="无")
    assert (await world.step(number, "void", who="shift_lead", reason="设备测试误登记"))["state"] == "void"
    assert [one.kind for one in await world.told(number)] == ["registered"]


async def test_a_note_changes_nothing_but_the_trail(world: World) -> None:
    receipt = await world.register(UNSURE)
    before = await world.ticket(receipt["number"])
    await world.step(receipt["number"], "note", who="quality", reason="录音已抽检，用语规范")
    after = await world.ticket(receipt["number"])
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"version"}
    assert (await world.trail(receipt["number"]))[-1] == "note"


async def test_words_of_colleagues_are_kept_without_personal_traces(world: World) -> None:
    receipt = await world.register(UNSURE, caller=CALLER)
    await world.step(
        receipt["number"], "note", who="agent", reason="钱某某要求改打 139 0000 0002，身份证110101199003074477"
    )
    trail = await world.get(f"/api/v1/tickets/{receipt['number']}/trail", who="auditor")
    event = trail["events"][-1]
    assert event["fields"] == {"words": ["reason"]}
    for trace in ("钱某某", "139 0000 0002", "110101199003074477"):
        assert trace not in str(event)
    assert "要求改打" in event["words"]["reason"]


async def test_the_answer_is_shown_masked(world: World) -> None:
    receipt = await world.register(ASK, caller=CALLER)
    number = receipt["number"]
    if receipt["state"] == "assigned":
        await world.step(number, "recall", who="dispatcher", reason="可当场答复")
    await world.step(number, "answer", who="agent", text="钱某某您好，请带身份证110101199003074477到派出所。")
    for said in ((await world.ticket(number))["answer"], (await world.followed(receipt))["reply"]):
        assert "110101199003074477" not in said
        assert "派出所" in said


async def test_a_clear_question_is_answered_while_the_caller_waits_and_never_routed(world: World) -> None:
    told = "带身份证和离职证明到公积金中心窗口，或在手机上办理，三个工作日到账。"
    receipt = await world.register("请问住房公积金怎么提取", answer=told, caller={"phone": "13800000007"})
    assert (receipt["state"], receipt["lead"], receipt["due"]) == ("answered", None, None)
    page = await world.ticket(receipt["number"])
    assert page["assignments"] == []
    assert (await world.followed(receipt))["reply"] == told
    assert (await world.trail(receipt["number"]))[-1] == "answer"
    notices = await world.rows("SELECT kind FROM notices WHERE ticket_id = $1", id_of(receipt["number"]))
    assert [row["kind"] for row in notices] == ["answered"]
    [row] = await world.rows("SELECT answer FROM ticket_texts WHERE id = $1", id_of(receipt["number"]))
    assert told.encode() not in row["answer"]


async def test_an_emergency_is_not_done_with_an_answer(world: World) -> None:
    content = {"text": "翠湖路楼道里全是燃气味，快来人", "answer": "已告知关阀开窗"}
    problem = await world.post("/api/v1/tickets", content, who="channel:phone", key="gas", ok=(409,))
    assert "紧急" in problem["detail"]
    assert await world.rows("SELECT 1 FROM tickets") == []


async def test_displeasure_with_an_answer_reaches_the_supervisors(world: World) -> None:
    receipt = await world.register(UNSURE, caller=CALLER)
    await world.step(receipt["number"], "answer", who="agent", text="院内设施由物业负责。")
    await world.track(receipt, "rate", solved=False, satisfied=False, score=1)
    (record,) = await world.rows("SELECT action, department, reason FROM supervisions")
    assert (record["action"], record["department"]) == ("escalate", None)
    assert "直办" in record["reason"]


TIP_OFF = "举报翠湖路烧烤店无证经营，请查处。"
CORRUPT = "东湖区城管局的李队长收好处费，对占道经营不管。"
SECRET = "单位有人把涉密文件带回家，还拍照发到网上，请问归谁管？"


@pytest.mark.parametrize(("text", "said"), [(TIP_OFF, "举报件"), (CORRUPT, "贪腐"), (SECRET, "密")])
async def test_what_a_person_must_look_into_is_never_done_with_an_answer(world: World, text: str, said: str) -> None:
    content = {"text": text, "answer": "已告知相关政策，请理解。"}
    problem = await world.post("/api/v1/tickets", content, who="channel:phone", key="answered", ok=(409,))
    assert said in problem["detail"]
    assert "去掉 answer" in problem["detail"]
    assert await world.rows("SELECT 1 FROM tickets") == []
    receipt = await world.register(text)
    assert receipt["state"] == "on_desk"
    before = await world.everything_of(receipt["number"])
    for who in ("agent", "dispatcher", "shift_lead"):
        assert "answer" not in (await world.ticket(receipt["number"], who=who))["allowed_actions"]
        problem = await world.refused(receipt["number"], "answer", who=who, text="已告知相关政策，请理解。")
        assert said in problem["detail"]
    assert await world.everything_of(receipt["number"]) == before


async def test_who_may_not_answer_is_told_so_first(world: World) -> None:
    number = (await world.register(TIP_OFF))["number"]
    await world.refused(number, "answer", who="reviewer", status=403, text="已告知相关政策，请理解。")
