"""知识库: found while it holds, written by one and approved by another, corrected, confirmed, cited."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hotline.knowledge_entry import remind
from models.city_knowledge import read_knowledge
from models.store import knowledge
from tests.integration.conftest import ROOT

if TYPE_CHECKING:
    from tests.integration.conftest import World

SEAL = {
    "title": "老印章作废登报的办法",
    "category": "1205",
    "owner": "market",
    "keywords": ["公章丢了", "印章遗失"],
    "body": "公章丢失的，先到辖区派出所报案，再持报案回执和营业执照到政务服务中心三楼重新刻制，当日可取，不必登报。",
    "basis": ["云州市印章管理办法"],
}
QUESTION = "公章丢了怎么补刻，要不要登报"


# Two fields of the city's knowledge are enough to be found among, and soon indexed.
ENTRIES = [one for one in read_knowledge(ROOT / "cities" / "yunzhou") if one.category[:2] in {"01", "12"}]


@pytest.fixture
async def seeded(world: World) -> World:
    await world.hub.database.write(lambda session: knowledge.seed(session, ENTRIES, "city", datetime.now(UTC)))
    return world


async def found(world: World, question: str, **more: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in {"q": question, **more}.items())
    return [hit["entry"] for hit in (await world.get(f"/api/v1/knowledge?{query}", who="agent"))["hits"]]


async def move(world: World, code: str, action: str, *, who: str, ok: int = 200, **more: str) -> Any:
    return await world.post(f"/api/v1/knowledge/{code}/steps", {"action": action, **more}, who=who, ok=(ok,))


async def published(world: World, **changed: Any) -> str:
    entry = await world.post("/api/v1/knowledge", {**SEAL, **changed}, who="department:market")
    await move(world, entry["code"], "approve", who="knowledge")
    return str(entry["code"])


async def test_what_comes_with_the_city_is_found_and_seeded_once(seeded: World) -> None:
    again = await seeded.hub.database.write(lambda session: knowledge.seed(session, ENTRIES, "city", datetime.now(UTC)))
    assert again == 0
    hits = await found(seeded, "店门口摆桌子要不要报备")
    assert "A1002" in [hit["code"] for hit in hits[:3]]
    guides = await found(seeded, "夜市摊位怎么申请", kind="guide")
    assert {hit["kind"] for hit in guides} == {"guide"}
    assert "所需材料：" in guides[0]["words"]
    of_market = await found(seeded, "食品经营许可证怎么办", category="12")
    assert {hit["category"]["code"][:2] for hit in of_market} == {"12"}


async def test_a_draft_is_served_only_after_a_second_person_approved_it(seeded: World) -> None:
    entry = await seeded.post("/api/v1/knowledge", SEAL, who="knowledge:author")
    code = entry["code"]
    assert code not in [hit["code"] for hit in await found(seeded, QUESTION)]
    assert [
        one["entry"]["code"] for one in (await seeded.get("/api/v1/knowledge/drafts", who="supervisor"))["versions"]
    ] == [code]
    await move(seeded, code, "approve", who="knowledge:author", ok=409)
    await move(seeded, code, "approve", who="agent", ok=403)
    await move(seeded, code, "approve", who="knowledge:other")
    assert (await found(seeded, QUESTION))[0]["code"] == code


async def test_every_version_says_what_the_asker_may_do_and_only_that_is_taken(seeded: World) -> None:
    async def allowed(who: str) -> list[list[str]]:
        told = await seeded.get(f"/api/v1/knowledge/{code}", who=who)
        return [one["allowed_actions"] for one in told["versions"]]

    code = (await seeded.post("/api/v1/knowledge", SEAL, who="department:market"))["code"]
    assert await allowed("department:market") == [[]]
    assert await allowed("knowledge") == [["approve", "reject"]]
    await move(seeded, code, "approve", who="knowledge")
    assert await allowed("agent") == [["correct"]]
    assert await allowed("department:urban") == [["correct"]]
    assert await allowed("department:market") == [["correct", "confirm", "withdraw", "revise"]]
    told = (await seeded.get(f"/api/v1/knowledge/{code}", who="knowledge"))["versions"][0]
    assert told["needs_reason"] == ["correct", "withdraw"]
    for action in told["needs_reason"]:
        await move(seeded, code, action, who="knowledge", ok=422)
    await seeded.post(f"/api/v1/knowledge/{code}/versions", SEAL, who="department:market")
    assert await allowed("knowledge") == [["approve", "reject"], ["correct", "confirm", "withdraw"]]


async def test_a_new_version_replaces_the_old_one_when_it_is_approved(seeded: World) -> None:
    code = await published(seeded)
    again = {**SEAL, "body": SEAL["body"] + "新版：可在云州通预约。"}  # type: ignore[operator]
    draft = await seeded.post(f"/api/v1/knowledge/{code}/versions", again, who="department:market")
    assert draft["version"] == 2
    assert (await found(seeded, QUESTION))[0]["version"] == 1
    await seeded.post(f"/api/v1/knowledge/{code}/versions", again, who="department:market", ok=(409,))
    await move(seeded, code, "reject", who="knowledge", reason="须写明预约入口")
    await seeded.post(f"/api/v1/knowledge/{code}/versions", again, who="department:market")
    await move(seeded, code, "approve", who="knowledge")
    first = (await found(seeded, QUESTION))[0]
    assert (first["code"], first["version"]) == (code, 3)
    told = (await seeded.get(f"/api/v1/knowledge/{code}", who="agent"))["versions"]
    assert [one["state"] for one in told] == ["published", "rejected", "replaced"]


async def test_a_department_writes_only_what_is_its_own(seeded: World) -> None:
    await seeded.post("/api/v1/knowledge", SEAL, who="department:urban", ok=(403,))
    code = await published(seeded)
    stolen = {**SEAL, "owner": "urban"}
    await seeded.post(f"/api/v1/knowledge/{code}/versions", stolen, who="department:urban", ok=(403,))
    await move(seeded, code, "withdraw", who="department:urban", ok=403, reason="不再适用")
    await move(seeded, code, "withdraw", who="department:market", reason="不再适用")
    assert code not in [hit["code"] for hit in await found(seeded, QUESTION)]


async def test_what_has_expired_or_does_not_hold_yet_is_neither_found_nor_cited(seeded: World) -> None:
    today = seeded.hub.today()
    code = await published(seeded, valid_from=str(today), valid_until=str(today))
    assert (await found(seeded, QUESTION))[0]["code"] == code
    seeded.clock.move(days=1)
    assert code not in [hit["code"] for hit in await found(seeded, QUESTION)]
    asked = {"text": QUESTION, "answer": "到派出所报案后重新刻制，不必登报。", "cites": [code]}
    problem = await seeded.post("/api/v1/tickets", asked, who="channel:phone", key="k1", ok=(422,))
    assert code in problem["detail"]


async def test_an_answer_in_the_call_says_what_it_rests_on(seeded: World) -> None:
    code = await published(seeded)
    receipt = await seeded.register(
        f"咨询：{QUESTION}", answer="先报案，再去政务服务中心重新刻制，不必登报。", cites=[code]
    )
    trail = await seeded.get(f"/api/v1/tickets/{receipt['number']}/trail", who="supervisor")
    (answered,) = [event for event in trail["events"] if event["type"] == "answer"]
    assert answered["fields"]["cites"] == [f"{code}@1"]
    await seeded.post("/api/v1/tickets", {"text": QUESTION, "cites": [code]}, who="channel:phone", key="k2", ok=(422,))


async def test_a_draft_of_an_answer_cites_entry_version_and_validity(seeded: World) -> None:
    code = await published(seeded, valid_until="2027-06-30")
    draft = await seeded.post("/api/v1/knowledge/answer", {"question": QUESTION}, who="channel:chatbot")
    assert draft["text"].startswith(SEAL["body"])
    assert f"知识条目{code}第1版" in draft["text"]
    assert "2027年06月30日" in draft["text"]
    assert draft["citations"][0]["code"] == code
    nothing = await seeded.post("/api/v1/knowledge/answer", {"question": "qwertyuiop"}, who="channel:chatbot")
    assert nothing == {"text": None, "citations": []}


async def test_corrections_gaps_and_confirmations_are_tasks(seeded: World) -> None:
    code = await published(seeded)
    await move(seeded, code, "correct", who="agent", reason="窗口已搬到二楼，电话13812345678")
    for _ in range(3):
        await seeded.post("/api/v1/knowledge/gaps", {"question": "共享雨伞怎么借"}, who="agent")
    assert (
        await seeded.hub.database.write(
            lambda session: knowledge.remind(session, date(2020, 1, 1), "clock", seeded.clock.at)
        )
        == 0
    )
    tasks = (await seeded.get("/api/v1/knowledge/tasks", who="knowledge"))["tasks"]
    gap = next(one for one in tasks if one["kind"] == "gap")
    correction = next(one for one in tasks if one["kind"] == "correction")
    assert gap["asked"] == 3
    assert "13812345678" not in correction["words"]
    own = (await seeded.get("/api/v1/knowledge/tasks", who="department:market"))["tasks"]
    assert {one["kind"] for one in own} == {"correction"}
    await seeded.post(
        f"/api/v1/knowledge/tasks/{gap['id']}/close", {"outcome": "另行起草"}, who="department:market", ok=(403,)
    )
    await seeded.post(f"/api/v1/knowledge/tasks/{gap['id']}/close", {"outcome": "已起草新条目"}, who="knowledge")
    again = await seeded.post(f"/api/v1/knowledge/{code}/versions", SEAL, who="department:market")
    assert again["version"] == 2
    await move(seeded, code, "approve", who="knowledge")
    assert (await seeded.get("/api/v1/knowledge/tasks?kind=correction", who="knowledge"))["tasks"] == []


async def test_the_owner_confirms_before_the_day_comes(seeded: World) -> None:
    code = await published(seeded)
    before = await remind(seeded.hub)
    assert before > 0
    assert await remind(seeded.hub) == 0
    seeded.clock.move(days=170)
    await remind(seeded.hub)
    asked = (await seeded.get("/api/v1/knowledge/tasks?kind=confirmation&limit=100", who="department:market"))["tasks"]
    task = next(one for one in asked if one["code"] == code)
    (day,) = (await seeded.rows("SELECT confirm_by FROM knowledge WHERE code = $1 AND state = 'published'", code))[0]
    ends = datetime.fromisoformat(f"{day}T00:00:00+08:00") + timedelta(days=1)
    assert datetime.fromisoformat(task["due_at"]) == ends, "the whole of the day is the owner's"
    await move(seeded, code, "confirm", who="department:urban", ok=403)
    await move(seeded, code, "confirm", who="department:market")
    asked = (await seeded.get("/api/v1/knowledge/tasks?kind=confirmation&limit=100", who="department:market"))["tasks"]
    assert code not in [one["code"] for one in asked]


async def test_a_reply_becomes_an_article_without_the_callers_name(seeded: World) -> None:
    receipt = await seeded.register(
        "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。",
        caller={"name": "郑小满", "phone": "13800000001"},
    )
    article = {"title": "路灯故障的报修和时限", "category": "0203", "owner": "urban", "from_ticket": receipt["number"]}
    await seeded.post("/api/v1/knowledge", article, who="knowledge", ok=(409,))
    await seeded.replied(receipt["number"], text="郑小满您好，路灯故障一般二十四小时内修复，可拨打路灯报修电话。")
    entry = await seeded.post("/api/v1/knowledge", article, who="knowledge")
    assert "路灯故障一般二十四小时内修复" in entry["words"]
    assert "郑小满" not in entry["words"]


async def test_no_department_reads_another_s_reply_by_making_it_an_article_and_nobody_that_of_a_tip_off(
    seeded: World,
) -> None:
    lamp = await seeded.register("投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。")
    await seeded.replied(lamp["number"], text="已更换路灯灯泡和镇流器。")
    tip = await seeded.register("举报市城管局执法人员收受摊贩好处费，对翠湖路占道经营不闻不问。")
    await seeded.step(tip["number"], "dispatch", who="dispatcher", lead="justice", reason="另派他人")
    await seeded.step(tip["number"], "acknowledge", who="department:justice")
    await seeded.step(tip["number"], "contact", who="department:justice", reached=True)
    await seeded.step(
        tip["number"], "reply", who="department:justice", text="经查，反映的两名执法人员收钱属实。", result="solved"
    )
    article = {"title": "摊贩占道经营怎么管", "category": "0203"}
    for who, owner, number, status in (
        ("department:market", "market", lamp["number"], 404),
        ("department:urban", "urban", tip["number"], 404),
        ("department:government", "government", tip["number"], 409),
        ("department:justice", "justice", tip["number"], 409),
        ("knowledge", "urban", tip["number"], 409),
        ("supervisor", "urban", tip["number"], 409),
        ("department:urban", "urban", lamp["number"], 201),
    ):
        for body in ("", "流动摊贩由城管部门劝离。") if status != 201 else ("",):
            content = {**article, "owner": owner, "from_ticket": number, "body": body}
            said = await seeded.post("/api/v1/knowledge", content, who=who, ok=(status,))
            assert "收钱属实" not in str(said), who
