"""回避 and 不得分派给基层: what no dispatch may do, whoever orders it and however it is done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

BRIBE = "举报市城管局执法人员收受摊贩好处费，对翠湖路占道经营不闻不问。"
DISTRICT_BRIBE = "举报东湖区城管局工作人员收受商户好处费，包庇占道经营。"
RUDE = "投诉翠湖街道办事处窗口工作人员服务态度恶劣、互相推诿踢皮球，我办事跑了三趟都不给办。"
RUDE_BUREAU = "投诉城管局窗口人员态度恶劣，推诿扯皮，办手续跑了三趟都不给办。"
STALL = "翠湖路路边流动摊贩占道经营，打了几次电话城管不管，请城管局处理。"
NOISE = "东湖区翠湖路商铺音响噪声扰民，投诉商家，晚上十一点还在放。"


async def accused_of(world: World, text: str, accused: str | None = None) -> str:
    """A tip-off on the desk; `accused` is what the agent wrote, else the program reads it from the text."""
    receipt = await world.register(text, accused=accused) if accused else await world.register(text)
    assert (receipt["kind"], receipt["state"], receipt["lead"]) == ("tip_off", "on_desk", None)
    return str(receipt["number"])


async def refused_everywhere(world: World, number: str, code: str) -> None:
    """No way of giving a part to this unit may work; what was there before stays as it was."""
    before = await world.everything_of(number)
    state = (await world.ticket(number))["state"]
    ways: list[tuple[str, dict[str, Any]]] = [
        ("reassign", {"lead": code, "reason": "改派"}),
        ("reassign", {"lead": "justice", "assisting": [code], "reason": "改派"}),
    ]
    if state == "on_desk":
        ways += [
            ("dispatch", {"lead": code}),
            ("dispatch", {"lead": "justice", "assisting": [code]}),
            ("designate", {"lead": code, "reason": "指定办理"}),
            ("designate", {"lead": "justice", "assisting": [code], "reason": "指定办理"}),
        ]
    for action, fields in ways:
        await world.refused(number, action, who="supervisor", **fields)
    assert await world.everything_of(number) == before


@pytest.mark.parametrize("code", ["urban", "sanitation", "parking"])
async def test_a_tip_off_never_reaches_the_accused_nor_what_stands_below_it(world: World, code: str) -> None:
    server = await world.department(code)
    number = await accused_of(world, BRIBE)
    await refused_everywhere(world, number, code)
    await world.step(number, "dispatch", who="dispatcher")
    assert (await world.ticket(number))["lead"]["code"] == "discipline"
    await refused_everywhere(world, number, code)
    await world.deliver()
    assert server.received == []
    await world.get(f"/api/v1/tickets/{number}", who=f"department:{code}", status=404)
    assert (await world.get("/api/v1/tickets", who=f"department:{code}"))["tickets"] == []


@pytest.mark.parametrize("code", ["donghu", "donghu-cuihu", "donghu-bailu"])
async def test_whom_the_agent_names_as_accused_stands_aside_with_all_its_streets(world: World, code: str) -> None:
    number = await accused_of(world, DISTRICT_BRIBE, "东湖区政府")
    await refused_everywhere(world, number, code)


async def test_nobody_delegates_a_tip_off_to_the_accused(world: World) -> None:
    number = await accused_of(world, DISTRICT_BRIBE, "东湖区政府")
    await world.step(number, "dispatch", who="dispatcher", lead="urban", reason="行业主管")
    await world.step(number, "acknowledge", who="department:urban")
    fields: dict[str, Any] = {"instruction": "请属地核实"}
    said = await world.refused(number, "delegate", who="department:urban", department="donghu", **fields)
    assert "回避" in said["detail"]
    await world.step(number, "delegate", who="department:urban", department="xicheng", **fields)


async def test_a_complaint_about_conduct_goes_over_the_head_of_whom_it_is_about(world: World) -> None:
    receipt = await world.register(RUDE, accused="翠湖街道办")
    assert receipt["kind"] == "complaint"
    assert receipt["lead"]["code"] == "donghu"
    assert "回避" in receipt["because"]
    number = receipt["number"]
    await world.step(number, "acknowledge", who="department:donghu")
    fields: dict[str, Any] = {"department": "donghu-cuihu", "instruction": "请自查"}
    await world.refused(number, "delegate", who="department:donghu", **fields)
    await refused_everywhere(world, number, "donghu-cuihu")


async def test_an_ordinary_complaint_that_nobody_acts_goes_to_whom_it_names(world: World) -> None:
    """“城管不管” about a stall accuses nobody: 城管 must come, not stand aside."""
    receipt = await world.register(STALL)
    assert (receipt["state"], receipt["lead"]["code"]) == ("assigned", "urban")


@pytest.mark.parametrize("fields", [{"lead": "donghu-cuihu"}, {"lead": "urban", "assisting": ["donghu-cuihu"]}])
async def test_what_the_departments_must_do_themselves_never_goes_to_a_street(
    world: World, fields: dict[str, Any]
) -> None:
    """国办函〔2025〕66号: 应由职能部门办理的不得分派给基层."""
    number = (await world.register(NOISE))["number"]
    said = await world.refused(number, "reassign", who="supervisor", reason="属地办理", **fields)
    assert "D010502-01" in said["detail"]
    await world.step(number, "recall", who="dispatcher", reason="重新派单")
    await world.refused(number, "dispatch", who="supervisor", **fields)
    await world.refused(number, "designate", who="supervisor", reason="指定办理", **fields)
    await world.step(number, "dispatch", who="supervisor", lead="donghu", reason="属地办理")


async def test_what_may_go_to_the_grassroots_goes_there(world: World) -> None:
    number = (await world.register(STALL))["number"]
    await world.step(number, "reassign", who="dispatcher", lead="donghu-cuihu", reason="街道日常管理")
    assert (await world.ticket(number))["lead"]["code"] == "donghu-cuihu"


@pytest.mark.parametrize(
    "text", ["政务服务局工作人员态度差，推诿扯皮，办个证跑了三趟都不给办", "投诉政务服务局的窗口，一直踢皮球"]
)
async def test_a_complaint_about_conduct_never_goes_to_its_office_though_nobody_named_the_accused(
    world: World, text: str
) -> None:
    receipt = await world.register(text)
    assert (receipt["category"]["code"], (receipt["lead"] or {}).get("code")) != ("2002", "services")
    [row] = await world.rows("SELECT accused FROM tickets WHERE id = $1", id_of(receipt["number"]))
    assert row["accused"] == "政务服务局"
    if receipt["category"]["code"] == "2002":
        await world.refused(receipt["number"], "reassign", who="supervisor", lead="services", reason="改派")


@pytest.mark.parametrize("identity", ["named", "anonymous"])
async def test_a_confidential_caller_s_door_is_told_to_no_department(world: World, identity: str) -> None:
    text = "我住在霞林天地广场3栋2单元502室，我家孩子叫李小某，楼下烧烤店油烟很大，关不了窗。"
    caller = {
        "identity": identity,
        "disclosure": "confidential",
        **({"phone": "13800000001"} if identity == "named" else {}),
    }
    receipt = await world.register(text, caller=caller)
    lead = receipt["lead"]["code"]
    server = await world.department(lead)
    await world.step(receipt["number"], "remind", who="supervisor", reason="请抓紧办理")
    await world.deliver()
    page = await world.get(f"/api/v1/tickets/{receipt['number']}", who=f"department:{lead}")
    shown = f"{page}{server.received}"
    assert server.received
    assert "烧烤店油烟" in shown
    assert "霞林天地广场" in shown
    for trace in ("502", "2单元", "李小某", "13800000001"):
        assert trace not in shown


async def conduct_complaint(world: World) -> str:
    """A complaint about how the urban bureau behaves, on the desk."""
    receipt = await world.register(RUDE_BUREAU, accused="城管局")
    number = str(receipt["number"])
    assert (receipt["kind"], receipt["category"]["code"]) == ("complaint", "2002")
    if receipt["state"] == "assigned":
        await world.step(number, "recall", who="dispatcher", reason="重新派单")
    return number


async def test_another_kind_does_not_let_the_accused_back_in(world: World) -> None:
    number = await accused_of(world, DISTRICT_BRIBE, "东湖区政府")
    said = await world.refused(number, "dispatch", who="dispatcher", lead="donghu", kind="complaint")
    assert "须回避" in said["detail"]


async def recused_in(world: World, number: str) -> list[str]:
    [row] = await world.rows("SELECT recused FROM tickets WHERE id = $1", id_of(number))
    return list(row["recused"])


@pytest.mark.parametrize("code", ["urban", "sanitation"])
async def test_another_category_does_not_let_the_accused_back_in(world: World, code: str) -> None:
    number = await conduct_complaint(world)
    before = await world.everything_of(number)
    ways: list[tuple[str, dict[str, Any]]] = [
        ("dispatch", {"lead": code}),
        ("dispatch", {"lead": "justice", "assisting": [code]}),
        ("reassign", {"lead": code, "reason": "路灯问题"}),
    ]
    for action, fields in ways:
        said = await world.refused(number, action, who="supervisor", category="0203", **fields)
        assert "回避" in said["detail"]
    assert await world.everything_of(number) == before
    # The catalogue's own proposal for street lamps is the accused: somebody over it leads instead.
    await world.step(number, "dispatch", who="dispatcher", category="0203", reason="反映的是路灯")
    ticket = await world.ticket(number)
    assert ticket["category"]["code"] == "0203"
    assert ticket["lead"]["code"] not in {"urban", "sanitation"}
    await refused_everywhere(world, number, code)
    await world.step(number, "recall", who="dispatcher", reason="重新派单")
    await refused_everywhere(world, number, code)
    assert "urban" in await recused_in(world, number)


async def test_a_category_that_once_accused_is_remembered_when_it_goes(world: World) -> None:
    """Read as street lamps, corrected to conduct, called street lamps again."""
    receipt = await world.register("东湖区翠湖路的路灯坏了三天，城管局推诿扯皮不来修。")
    number = receipt["number"]
    assert (receipt["lead"]["code"], await recused_in(world, number)) == ("urban", [])
    await world.step(number, "reassign", who="supervisor", lead="justice", category="2002", reason="反映的是作风")
    fields: dict[str, Any] = {"lead": "urban", "category": "0203", "reason": "还是路灯"}
    await world.refused(number, "reassign", who="supervisor", **fields)
    await world.step(number, "recall", who="supervisor", reason="还是路灯")
    await world.step(number, "designate", who="supervisor", **{**fields, "lead": "power"})
    await refused_everywhere(world, number, "urban")


async def test_what_is_split_off_keeps_the_recusal(world: World) -> None:
    number = await conduct_complaint(world)
    answer = await world.step(number, "split", who="dispatcher", briefs=["路口路灯不亮。"], reason="另有一个事项")
    child = answer["made"][0]
    said = await world.refused(child, "dispatch", who="supervisor", lead="urban", category="0203")
    assert "回避" in said["detail"]


CORRUPT = [
    ("城管局的李队长向摊贩索要好处费，不给就扣车，霞林天地广场这里天天这样。", {"urban"}),
    ("东湖区东门街道城管执法中队队长收好处费，对占道经营睁一只眼闭一只眼。", {"urban", "donghu-dongmen"}),
    ("水务集团抄表员李某收好处费，帮人少抄水表。", {"water_group"}),
    ("消防救援支队的人来我们店检查，要我们买指定的灭火器，不买就开罚单。", {"fire"}),
    ("供电公司的人上门，要我们买指定的电表箱，不买就不给通电。", {"power"}),
    ("东湖区东门街道办乱收费，开个证明要五十块。", {"donghu-dongmen"}),
    ("派出所民警在翠湖路打人，把摆摊的老人推倒在地。", {"police", "traffic_police"}),
    ("翠湖路的摊贩昨天被城管打了，车也收走了。", {"urban"}),
]


@pytest.mark.parametrize(("text", "barred"), CORRUPT, ids=[text[:12] for text, _ in CORRUPT])
async def test_who_misuses_an_office_never_gets_the_case_whatever_kind_it_is(
    world: World, text: str, barred: set[str]
) -> None:
    receipt = await world.register(text, caller={"phone": "13800000001", "disclosure": "confidential"})
    number = receipt["number"]
    assert receipt["state"] == "on_desk"
    assert "回避" in receipt["because"]
    under = {code for code in world.hub.city.departments for unit in barred if world.hub.city.is_under(code, unit)}
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="dispatcher")
    proposed = next(event for event in trail["events"] if event["type"] == "proposed")
    assert proposed["fields"]["lead"] not in under
    for code in barred:
        await refused_everywhere(world, number, code)
    await world.step(number, "open_dispute", who="supervisor", topic="由谁办理不明")
    for code in barred:
        await world.refused(number, "rule", who="supervisor", lead=code, ruling="由该单位自行核查")
    await world.step(number, "rule", who="supervisor", lead="justice", ruling="由司法局牵头核查")
    await world.step(number, "designate", who="supervisor", lead="justice", reason="按裁定指定")
    parts = (await world.ticket(number))["assignments"]
    assert {part["department"]["code"] for part in parts}.isdisjoint(under)


async def test_whom_the_request_names_as_accused_does_not_get_it_though_it_is_about_a_lamp(world: World) -> None:
    receipt = await world.register("东湖区翠湖路的路灯坏了三天，请尽快维修。", accused="城管局")
    assert (receipt["state"], receipt["lead"]) == ("on_desk", None)
    assert "回避" in receipt["because"]
    for code in ("urban", "sanitation"):
        await refused_everywhere(world, receipt["number"], code)
    await world.step(receipt["number"], "dispatch", who="dispatcher")
    assert (await world.ticket(receipt["number"]))["lead"]["code"] not in {"urban", "sanitation", "parking"}


async def test_a_shop_named_as_accused_keeps_nobody_out(world: World) -> None:
    receipt = await world.register(STALL, accused="老王烧烤店")
    assert (receipt["state"], receipt["lead"]["code"]) == ("assigned", "urban")


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("翠湖路路灯坏了，城管不来修", "urban"),
        ("东湖区翠湖路的路灯坏了三天，城管局推诿扯皮不来修。", "urban"),
        ("水务集团乱收费，水费突然涨了一倍", "water_group"),
    ],
)
async def test_who_only_fails_to_act_or_charges_too_much_gets_it_as_ever(world: World, text: str, lead: str) -> None:
    receipt = await world.register(text)
    assert (receipt["state"], receipt["lead"]["code"]) == ("assigned", lead)
    # What the catalogue proposes again is no other.
    await world.step(receipt["number"], "recall", who="dispatcher", reason="重新派单")
    await world.step(receipt["number"], "dispatch", who="dispatcher")
    assert (await world.ticket(receipt["number"]))["lead"]["code"] == lead


async def test_who_is_told_that_others_do_violence_is_not_accused(world: World) -> None:
    number = (await world.register("翠湖路摊贩打人，城管不管"))["number"]
    assert await recused_in(world, number) == []
    await world.step(number, "dispatch", who="dispatcher", lead="urban")


async def test_misconduct_of_an_office_that_is_not_found_waits_for_a_person(world: World) -> None:
    receipt = await world.register("消防的人来店里检查，要我们买指定的灭火器，翠湖路12号")
    assert receipt["state"] == "on_desk"
    assert "人工核对回避" in receipt["because"]


async def test_corruption_is_merged_by_who_may_and_never_into_what_the_accused_handle(world: World) -> None:
    other = (await world.register(STALL))["number"]
    number = (await world.register(CORRUPT[0][0]))["number"]
    await world.refused(number, "merge", who="dispatcher", status=403, into=other, reason="同一事项")
    said = await world.refused(number, "merge", who="shift_lead", into=other, reason="同一事项")
    assert "回避" in said["detail"]


# A confidential caller


HIDDEN = ("501", "2单元", "欧阳雪梅", "欧阳女士", "雪梅", "13800000001")
DOOR = "我是霞林天地2单元501的欧阳雪梅，欧阳女士说楼下烧烤店油烟很大"
SMOKE = "霞林天地广场楼下烧烤店油烟很大，关不了窗。"


def confidential(identity: str) -> dict[str, str]:
    return {"name": "欧阳雪梅", "phone": "13800000001", "identity": identity, "disclosure": "confidential"}


async def seen_by(world: World, number: str, code: str) -> str:
    """All that a department learns of a ticket by its webhooks, its page, its list and the trail."""
    server = await world.department(code)
    await world.deliver()
    assert server.received
    who = f"department:{code}"
    pages = [
        await world.get(f"/api/v1/tickets/{number}", who=who),
        await world.get("/api/v1/tickets", who=who),
        await world.get(f"/api/v1/tickets/{number}/trail", who=who),
    ]
    # Hashes and coordinates may hold any digits.
    return re.sub(r"[0-9a-f]{64}|\d+\.\d+", "", f"{server.received}{pages}")


def check_hidden(seen: str, *told: str) -> None:
    for words in told:
        assert words in seen
    for trace in HIDDEN:
        assert trace not in seen, seen[max(0, seen.find(trace) - 40) :][:90]


@pytest.mark.parametrize("identity", ["named", "anonymous"])
async def test_a_brief_given_at_intake_tells_no_door_and_no_name(world: World, identity: str) -> None:
    server = await world.department("urban")
    brief = DOOR + "，希望核实。"
    receipt = await world.register(SMOKE, brief=brief, caller=confidential(identity))
    number = receipt["number"]
    if receipt["state"] == "on_desk":
        await world.step(number, "dispatch", who="dispatcher", lead="urban")
    elif receipt["lead"]["code"] != "urban":
        await world.step(number, "reassign", who="dispatcher", lead="urban", reason="由城管办理")
    check_hidden(await seen_by(world, number, "urban"), "烧烤店油烟")
    assert server.received


async def test_what_the_desk_and_the_citizen_write_tells_no_door_and_no_name(world: World) -> None:
    await world.department("urban")
    receipt = await world.register(SMOKE, caller=confidential("named"))
    number = receipt["number"]
    if receipt["state"] == "assigned":
        await world.step(number, "recall", who="dispatcher", reason="重新派单")
    fields: dict[str, Any] = {"brief": DOOR + "，请核实。", "reason": "501的欧阳女士来电"}
    await world.step(number, "dispatch", who="dispatcher", lead="urban", **fields)
    await world.step(number, "recall", who="dispatcher", reason="2单元501的欧阳女士另有要求")
    await world.step(number, "designate", who="supervisor", lead="urban", **fields)
    await world.step(number, "remind", who="supervisor", reason="2单元501的欧阳女士又来电")
    await world.track(receipt, "supplement", text=DOOR + "，锦绣园3-2-501也闻得到。")
    check_hidden(await seen_by(world, number, "urban"), "烧烤店油烟", "也闻得到")
    await world.closed(number)
    await world.track(receipt, "ask_reopen", reason="又开始了，2单元501满屋油烟，欧阳女士")
    check_hidden(await seen_by(world, number, "urban"), "又开始了")
    assert (await world.department("urban")).last("ticket.reopened")


async def test_no_door_and_no_name_stands_in_the_clear_beside_the_masked_words(world: World) -> None:
    where = "东湖区霞林小区3栋2单元501室王小明家"
    accused = "张大山（手机13800000009）"
    receipt = await world.register("举报张大山半夜施工，噪音扰民，请查处。", address=where, accused=accused)
    [row] = await world.rows(
        "SELECT accused, place, reading::text FROM tickets JOIN ticket_texts USING (city_code, id) WHERE id = $1",
        id_of(receipt["number"]),
    )
    assert row["accused"] == "张某（手机***）"
    assert "霞林小区3栋" in row["reading"]
    for trace in ("501", "王小明", "张大山", "13800000009"):
        assert trace not in row["reading"]
    assert "王小明" not in str(row["place"])
    # The office that a person is named with still keeps out.
    number = await accused_of(world, BRIBE, "东湖区城管局局长李建国")
    [row] = await world.rows("SELECT accused, recused FROM tickets WHERE id = $1", id_of(number))
    assert row["accused"] == "东湖区城管局局长李某"
    assert "urban" in row["recused"]


HOUSE = "我住霞林天地广场7栋，是7号楼2单元的业主，工号1023。楼下烧烤店油烟很大。"


async def test_a_confidential_caller_s_own_building_is_told_to_no_department(world: World) -> None:
    await world.department("urban")
    where = "东湖区霞林天地广场7栋2单元602室"
    receipt = await world.register(SMOKE, address=where, caller=confidential("named"))
    number = receipt["number"]
    if receipt["state"] == "assigned":
        await world.step(number, "recall", who="dispatcher", reason="重新派单")
    await world.step(number, "dispatch", who="dispatcher", lead="urban")
    await world.track(receipt, "supplement", text=HOUSE + "5栋楼下也有油烟。孩子叫王小宝，咳嗽。")
    seen = await seen_by(world, number, "urban")
    assert "5栋楼下也有油烟" in seen
    for trace in ("7栋", "7号楼", "602", "工号", "王小宝"):
        assert trace not in seen, seen[max(0, seen.find(trace) - 40) :][:90]


async def test_a_split_off_brief_and_a_designation_tell_no_door_and_no_name(world: World) -> None:
    await world.department("urban")
    receipt = await world.register(SMOKE, caller=confidential("named"))
    made = await world.step(receipt["number"], "split", who="dispatcher", briefs=[DOOR], reason="2单元501另有一事")
    number = made["made"][0]
    await world.step(number, "designate", who="supervisor", lead="urban", reason="501室的欧阳女士要求")
    check_hidden(await seen_by(world, number, "urban"), "烧烤店油烟")


async def test_what_a_confidential_merged_caller_says_tells_no_door_on_the_common_ticket(world: World) -> None:
    await world.department("urban")
    common = await world.register(STALL, caller={"phone": "13900000002"})
    second = await world.register(STALL, caller=confidential("named"))
    await world.step(second["number"], "merge", who="dispatcher", into=common["number"], reason="同一事项")
    await world.track(second, "supplement", text=DOOR)
    check_hidden(await seen_by(world, common["number"], "urban"), "烧烤店油烟")


async def test_an_open_caller_s_door_is_told_so_that_one_can_come(world: World) -> None:
    await world.department("urban")
    receipt = await world.register(STALL, caller={"name": "欧阳雪梅", "phone": "13800000001"})
    await world.track(receipt, "supplement", text="我家在霞林天地2单元501，可以上门看。")
    assert "2单元501" in await seen_by(world, receipt["number"], "urban")
