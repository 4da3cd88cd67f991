"""答复质检: what a reply lacks is told to its author and the reviewer; what says nothing goes back to its author."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
SMOKE = "东湖区建设路小区楼下饭店油烟太大，熏得没法开窗。"
HOLLOW = "您的来件已收悉，我局对此十分重视。"
PASSED = "您反映的问题已转交维修班组处理，请耐心等待。"
VAGUE = "经现场查看，该处线路老化，我局将尽快予以更换。"
DONE = "路灯线路已更换，当晚恢复照明。"
WHO = "department:urban"


async def with_urban(world: World) -> str:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "acknowledge", who=WHO)
    return number


async def test_a_reply_that_says_nothing_is_not_signed_off_but_goes_back_with_the_reason(world: World) -> None:
    number = await with_urban(world)
    replied = await world.step(number, "reply", who=WHO, text=HOLLOW)
    assert [(one["code"], one["returns"]) for one in replied["findings"]] == [("empty_words", True)]
    before = await world.everything_of(number)
    said = await world.refused(number, "sign_off", who=WHO)
    assert said["code"] == "reply_returned"
    assert "客套话" in said["detail"]
    assert "请写明核实的情况和办理的结果" in said["detail"]
    assert await world.everything_of(number) == before
    # The author writes it anew, and the citizen gets that one.
    assert "reply" in (await world.ticket(number, who=WHO))["allowed_actions"]
    again = await world.step(number, "reply", who=WHO, text=DONE, result="solved")
    assert again["findings"] == []
    assert (await world.step(number, "sign_off", who=WHO))["state"] == "in_review"
    (reply,) = (await world.ticket(number, who="reviewer"))["replies"]
    assert (reply["text"], reply["result"], reply["findings"]) == (DONE, "solved", [])


async def test_who_signs_may_confirm_it_and_the_trail_says_so(world: World) -> None:
    number = await with_urban(world)
    await world.step(number, "reply", who=WHO, text=PASSED)
    signed = await world.step(number, "sign_off", who=WHO, confirmed=True)
    assert signed["state"] == "in_review"
    events = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    assert events[-1]["type"] == "sign_off"
    assert events[-1]["fields"]["confirmed"] == ["no_result"]
    (finding,) = (await world.ticket(number, who="reviewer"))["replies"][0]["findings"]
    assert (finding["code"], finding["name"]) == ("no_result", "没有办理结果")
    assert finding["words"] in PASSED
    assert finding["words"] in finding["advice"]


async def test_what_only_lacks_something_is_shown_and_holds_nothing_up(world: World) -> None:
    number = await with_urban(world)
    replied = await world.step(number, "reply", who=WHO, text=VAGUE, result="partly_solved")
    assert [(one["code"], one["returns"]) for one in replied["findings"]] == [("no_date", False)]
    await world.step(number, "sign_off", who=WHO)
    for who in ("reviewer", WHO):
        (reply,) = (await world.ticket(number, who=who))["replies"]
        assert [one["code"] for one in reply["findings"]] == ["no_date"]
    events = (await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"]
    assert "confirmed" not in events[-1]["fields"]


async def test_a_finding_shows_no_more_than_the_reply_does(world: World) -> None:
    number = await with_urban(world)
    text = "您反映的问题已转交张三13800000000处理。"
    replied = await world.step(number, "reply", who=WHO, text=text)
    page = await world.ticket(number, who="reviewer")
    for findings in (replied["findings"], page["replies"][0]["findings"]):
        assert findings[0]["code"] == "no_result"
        assert "13800000000" not in str(findings)


async def test_a_callback_is_checked_alike(world: World) -> None:
    urban = await world.department("urban")
    number = (await world.register(LAMP))["number"]
    data = {"ticket": number, "assignment": 1}
    await urban.call_back(data, "acknowledge")
    replied = await urban.call_back(data, "reply", text=HOLLOW)
    assert [one["code"] for one in replied["findings"]] == ["empty_words"]
    said = await urban.call_back(data, "sign_off", ok=(409,))
    assert said["code"] == "reply_returned"
    await urban.call_back(data, "reply", text=DONE)
    assert (await urban.call_back(data, "sign_off"))["state"] == "in_review"


async def test_a_part_beside_the_lead_is_shown_what_is_found_and_not_held_up(world: World) -> None:
    number = str((await world.register(SMOKE))["number"])
    part = next(one for one in (await world.ticket(number))["assignments"] if one["role"] == "assisting")
    who = f"department:{part['department']['code']}"
    await world.step(number, "acknowledge", who=who)
    replied = await world.step(number, "reply", who=who, text=PASSED)
    assert [one["code"] for one in replied["findings"]] == ["no_result"]
    signed = await world.step(number, "sign_off", who=who)
    assert signed["assignments"][part["assignment"] - 1]["state"] == "signed_off"


async def test_nothing_is_signed_off_before_there_is_a_reply_and_nothing_written_after(world: World) -> None:
    number = await with_urban(world)
    assert (await world.refused(number, "sign_off", who=WHO))["code"] == "illegal_step"
    await world.step(number, "reply", who=WHO, text=DONE)
    await world.step(number, "sign_off", who=WHO)
    assert (await world.refused(number, "reply", who=WHO, text=VAGUE))["code"] == "illegal_step"


async def test_what_was_rejected_is_not_checked_again_before_it_is_written_anew(world: World) -> None:
    number = await with_urban(world)
    await world.step(number, "reply", who=WHO, text=PASSED)
    await world.step(number, "sign_off", who=WHO, confirmed=True)
    await world.step(number, "reject", who="reviewer", reason="没有写明办理结果")
    assert (await world.refused(number, "sign_off", who=WHO))["code"] == "illegal_step"


async def test_a_reply_is_checked_while_it_is_written_and_nothing_is_kept(world: World) -> None:
    number = await with_urban(world)
    before = await world.everything_of(number)
    written = {"ticket": number, "text": HOLLOW}
    for who in (WHO, "reviewer"):
        told = await world.post("/api/v1/replies/check", written, who=who)
        assert [(one["code"], one["returns"]) for one in told["findings"]] == [("empty_words", True)]
    assert (await world.post("/api/v1/replies/check", {"ticket": number, "text": DONE}, who=WHO))["findings"] == []
    assert await world.everything_of(number) == before
    replied = await world.step(number, "reply", who=WHO, text=HOLLOW)
    assert replied["findings"] == told["findings"]


async def test_only_a_department_with_a_part_and_a_reviewer_have_a_reply_checked(world: World) -> None:
    written = {"ticket": await with_urban(world), "text": HOLLOW}
    for who, status in (("department:police", 404), ("agent", 403), ("supervisor", 403), ("channel:phone", 403)):
        await world.post("/api/v1/replies/check", written, who=who, ok=(status,))
    unknown = {"ticket": "20261100000000001", "text": HOLLOW}
    await world.post("/api/v1/replies/check", unknown, who="reviewer", ok=(404,))
    await world.post("/api/v1/replies/check", {**written, "text": "好"}, who=WHO, ok=(422,))
