"""建议: answered as adopted or not with the reason, published with consent, supported once each, told at every state, digested."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from tests.integration.conftest import World

BUS: Final = "建议在东湖区翠湖路增设公交站，方便老年人乘车买菜。"
TITLE: Final = "翠湖路增设公交站"
BRIEF: Final = "翠湖路一带老年居民较多，最近的公交站步行需十五分钟，建议在菜市场附近增设一处站点。"
REASON: Final = "经现场踏勘和客流调查，翠湖路菜市场段具备设站条件，已列入明年第一季度公交线网优化计划。"
PHONE: Final = "13800000001"


async def suggested(world: World, n: int = 0, text: str = BUS, **more: Any) -> Any:
    receipt = await world.register(text, key=f"s{n}", caller={"name": "欧阳雪梅", "phone": f"1380000{n:04d}"}, **more)
    assert receipt["kind"] == "suggestion"
    return receipt


async def publish(world: World, number: str, *, who: str = "supervisor", ok: int = 201, **more: Any) -> Any:
    content = {"ticket": number, "title": TITLE, "brief": BRIEF, "consent": "phone", **more}
    return await world.post("/api/v1/suggestions", content, who=who, ok=(ok,))


async def move(world: World, one: Any, action: str, *, who: str = "supervisor", ok: int = 200, **more: Any) -> Any:
    path = f"/api/v1/suggestions/{one['id']}/steps"
    return await world.post(path, {"action": action, **more}, who=who, ok=(ok,))


async def answered(world: World, number: str, adoption: str | None = "adopted", *, approve: bool = True) -> str:
    """Let the lead answer a suggestion, and the hotline approve; returns the lead."""
    if (await world.ticket(number))["state"] == "on_desk":
        await world.step(number, "dispatch", who="dispatcher", lead="transport", reason="公交站点归交通部门")
    lead = (await world.ticket(number))["lead"]["code"]
    who = f"department:{lead}"
    said = {} if adoption is None else {"adoption": adoption}
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "contact", who=who, reached=True)
    await world.step(number, "reply", who=who, text=REASON, result="explained", **said)
    await world.step(number, "sign_off", who=who, confirmed=True)
    if approve:
        await world.answered(number)
        await world.step(number, "approve", who="reviewer")
    return str(lead)


async def support(world: World, one: Any, *, ok: int = 200, **who: str) -> Any:
    return await world.post(f"/api/v1/suggestions/{one['id']}/support", who, who=None, ok=(ok,))


async def visitor(world: World) -> str:
    return str((await world.post("/api/v1/visitors", {}, who=None))["visitor"])


async def seen(world: World, path: str = "") -> Any:
    async with world.client.get(f"/api/v1/suggestions{path}") as response:
        assert response.status == 200, await response.text()
        return await response.json()


async def told(world: World, number: str) -> list[str]:
    return [message.content for message in await world.told(number)]


@pytest.mark.parametrize(
    ("adoption", "name"), [("adopted", "采纳"), ("partly_adopted", "部分采纳"), ("declined", "未采纳")]
)
async def test_the_citizen_is_told_what_was_decided_and_why_once_it_is_approved(
    world: World, adoption: str, name: str
) -> None:
    number = (await suggested(world))["number"]
    await answered(world, number, adoption, approve=False)
    assert not any(REASON[:20] in words for words in await told(world, number))
    await world.answered(number)
    await world.step(number, "approve", who="reviewer")
    (words,) = [words for words in await told(world, number) if REASON[:20] in words]
    assert f"）{name}：" in words


async def test_only_the_lead_of_a_suggestion_says_whether_it_is_adopted(world: World) -> None:
    number = (await world.register("投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，请尽快维修。"))["number"]
    await world.step(number, "acknowledge", who="department:urban")
    refused = await world.refused(number, "reply", who="department:urban", status=422, text=REASON, adoption="adopted")
    assert "建议件" in refused["detail"]


async def test_a_published_suggestion_tells_nothing_of_who_made_it(world: World) -> None:
    receipt = await suggested(world)
    made = await publish(world, receipt["number"])
    assert (made["state"], made["number"], made["consent"]) == ("published", receipt["number"], "phone")
    (one,) = (await seen(world))["suggestions"]
    assert one == await seen(world, f"/{made['id']}")
    assert (one["title"], one["brief"], one["supports"]) == (TITLE, BRIEF, 0)
    assert not {"number", "consent", "published_by"} & set(one)
    assert TITLE in (await told(world, receipt["number"]))[-1]
    assert "suggestion_published" in await world.trail(receipt["number"])


async def test_what_is_published_is_rewritten_and_holds_no_personal_data(world: World) -> None:
    number = (await suggested(world))["number"]
    assert "照搬" in (await publish(world, number, brief=BUS, ok=422))["detail"]
    for brief in (f"{BRIEF}联系电话13800000009。", f"欧阳雪梅建议：{BRIEF}"):
        assert "个人信息" in (await publish(world, number, brief=brief, ok=422))["detail"]
    assert (await seen(world))["suggestions"] == []


async def test_only_an_accepted_suggestion_of_somebody_known_is_published_and_once(world: World) -> None:
    complaint = (await world.register("投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，请尽快维修。"))["number"]
    await publish(world, complaint, ok=409)
    nobody = (await world.register(BUS, caller={"identity": "anonymous"}, key="nobody"))["number"]
    assert "同意" in (await publish(world, nobody, ok=409))["detail"]
    number = (await suggested(world))["number"]
    for who in ("agent", "reviewer", "department:transport"):
        await publish(world, number, who=who, ok=403)
    await publish(world, number)
    assert "已公开" in (await publish(world, number, ok=409))["detail"]


async def test_a_suggestion_is_studied_decided_and_done_and_the_citizen_is_told_each_time(world: World) -> None:
    number = (await suggested(world))["number"]
    one = await publish(world, number)
    assert (await move(world, one, "study", text="已请交通部门现场踏勘"))["state"] == "under_study"
    assert "现场踏勘" in (await told(world, number))[-1]
    await move(world, one, "study", ok=409)
    await move(world, one, "done", text="站牌已立", ok=409)
    lead = await answered(world, number)
    decided = await seen(world, f"/{one['id']}")
    assert (decided["state"], decided["answer"]) == ("adopted", REASON)
    await move(world, one, "done", who="department:parks", text="站牌已立", ok=404)
    await move(world, one, "done", who=f"department:{lead}", text="", ok=422)
    done = await move(world, one, "done", who=f"department:{lead}", text="站牌已立，十二月一日起停靠三条线路")
    assert (done["state"], done["done"]) == ("done", "站牌已立，十二月一日起停靠三条线路")
    assert "已落实：站牌已立" in (await told(world, number))[-1]


async def test_a_declined_suggestion_is_never_done(world: World) -> None:
    number = (await suggested(world))["number"]
    one = await publish(world, number)
    await answered(world, number, "declined")
    assert (await seen(world, f"/{one['id']}"))["state"] == "declined"
    await move(world, one, "done", text="站牌已立", ok=409)


async def test_what_is_published_after_its_answer_shows_it_at_once(world: World) -> None:
    number = (await suggested(world))["number"]
    await answered(world, number, "partly_adopted")
    made = await publish(world, number)
    assert (made["state"], made["answer"]) == ("partly_adopted", REASON)


async def test_consent_can_be_withdrawn(world: World) -> None:
    number = (await suggested(world))["number"]
    one = await publish(world, number)
    lead = (await world.ticket(number))["lead"]
    if lead is not None:
        await move(world, one, "unpublish", who=f"department:{lead['code']}", ok=403)
    assert (await move(world, one, "unpublish"))["is_published"] is False
    assert (await seen(world))["suggestions"] == []
    await support(world, one, visitor=await visitor(world), ok=404)
    again = await publish(world, number)
    assert again["id"] != one["id"]


async def test_a_phone_or_a_visitor_supports_once(world: World) -> None:
    one = await publish(world, (await suggested(world))["number"])
    other = await suggested(world, 1)
    by_phone = {"number": other["number"], "code": other["query_code"]}
    assert await support(world, one, **by_phone) == {"supports": 1, "is_new": True}
    again = await world.register(BUS, key="s1b", caller={"phone": "138 0000 0001"})
    assert await support(world, one, number=again["number"], code=again["query_code"]) == {
        "supports": 1,
        "is_new": False,
    }
    token = await visitor(world)
    assert (await support(world, one, visitor=token))["supports"] == 2
    assert (await support(world, one, visitor=token)) == {"supports": 2, "is_new": False}
    assert (await seen(world, f"/{one['id']}"))["supports"] == 2


async def test_nobody_supports_with_a_wrong_code_a_made_up_token_or_what_is_their_own(world: World) -> None:
    mine = await suggested(world)
    one = await publish(world, mine["number"])
    await support(world, one, number=mine["number"], code="wrong", ok=404)
    await support(world, one, visitor=f"{'0' * 32}.{'0' * 32}", ok=422)
    await support(world, one, ok=422)
    assert "自己" in (await support(world, one, number=mine["number"], code=mine["query_code"], ok=409))["detail"]
    unknown = await world.register(BUS, key="unknown", caller={"name": "赵敏"})
    await support(world, one, number=unknown["number"], code=unknown["query_code"], ok=409)
    assert (await seen(world, f"/{one['id']}"))["supports"] == 0


async def test_a_supporter_is_kept_as_a_digest_and_not_too_often_heard(world: World) -> None:
    one = await publish(world, (await suggested(world))["number"])
    token = await visitor(world)
    for _ in range(6):
        await support(world, one, visitor=token)
    await support(world, one, visitor=token, ok=429)
    (row,) = await world.rows("SELECT supporter FROM supports")
    assert token.split(".")[0] not in row["supporter"].hex()


async def test_what_is_decided_takes_no_more_support(world: World) -> None:
    number = (await suggested(world))["number"]
    one = await publish(world, number)
    await answered(world, number)
    assert "已有结论" in (await support(world, one, visitor=await visitor(world), ok=409))["detail"]


async def test_the_list_goes_by_page_state_and_support(world: World) -> None:
    made = [await publish(world, (await suggested(world, n))["number"]) for n in range(3)]
    for _ in range(2):
        await support(world, made[0], visitor=await visitor(world))
    await support(world, made[2], visitor=await visitor(world))
    await move(world, made[1], "study")
    ids = [one["id"] for one in made]
    for order, expected in (("newest", ids[::-1]), ("most_supported", [ids[0], ids[2], ids[1]])):
        found, cursor = [], ""
        for _ in range(4):
            page = await seen(world, f"?order={order}&limit=1{cursor}")
            found += [one["id"] for one in page["suggestions"]]
            cursor = f"&cursor={page['cursor']}"
        assert found == expected, order
    assert [one["id"] for one in (await seen(world, "?state=under_study"))["suggestions"]] == [ids[1]]
    async with world.client.get("/api/v1/suggestions?state=wild") as response:
        assert response.status == 422


async def test_the_digest_adds_up_and_says_what_became_of_the_quarter_before(world: World) -> None:
    numbers = [(await suggested(world, n))["number"] for n in range(5)]
    made = [await publish(world, number) for number in numbers[:3]]
    token = await visitor(world)
    await support(world, made[1], visitor=token)
    other = await suggested(world, 9)
    await support(world, made[1], number=other["number"], code=other["query_code"])
    for number, adoption in zip(numbers, ("adopted", "partly_adopted", "declined", None), strict=False):
        await answered(world, number, adoption)
    await world.step(numbers[3], "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    digest = await world.get("/api/v1/suggestions/digest?quarter=2026Q4", who="leader")
    totals = digest["totals"]
    assert totals == {
        "received": 6, "published": 3, "adopted": 1, "partly_adopted": 1, "declined": 1, "pending": 2, "unsaid": 1,
        "adopted_share": 0.6667,
    }  # fmt: skip
    for name in ("received", "published", "adopted", "partly_adopted", "declined", "pending", "unsaid"):
        assert sum(topic[name] for topic in digest["topics"]) == totals[name]
    most = digest["most_supported"][0]
    assert (most["id"], most["supports"], most["verified"]) == (made[1]["id"], 2, 1)
    assert digest["before"]["published"] == 0

    await move(world, made[0], "done", text="站牌已立，十二月一日起停靠三条线路")
    world.clock.move(days=60)
    later = await world.get("/api/v1/suggestions/digest", who="supervisor")
    assert (later["quarter"], later["totals"]["received"]) == ("2027Q1", 0)
    assert later["totals"]["adopted_share"] is None
    states = {one["state"]: one["suggestions"] for one in later["before"]["states"]}
    assert (later["before"]["quarter"], later["before"]["published"]) == ("2026Q4", 3)
    assert (states["done"], states["partly_adopted"], states["declined"], sum(states.values())) == (1, 1, 1, 3)


async def test_the_digest_is_for_the_hotline_and_of_a_quarter(world: World) -> None:
    await world.get("/api/v1/suggestions/digest", who="department:transport", status=403)
    for quarter in ("2026Q5", "now", "1999Q1"):
        await world.get(f"/api/v1/suggestions/digest?quarter={quarter}", who="leader", status=422)
