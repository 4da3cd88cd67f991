"""指标: counted by day from the tables, the same when counted again, adding up along every axis, leagues only within a class."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hotline import indicators
from models.indicators import ENDS
from models.store import credentials
from models.store import indicators as store
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
FEE = "投诉：西城区实验小学违规收取资料费，每个学生三百元，请教育部门查处。"
DAYS = "from=2026-11-01&to=2026-12-31"


async def at_work(world: World, text: str = LAMP) -> str:
    """A ticket in a department's hands; returns its number."""
    receipt = await world.register(text, caller={"phone": "13800000001"})
    if receipt["state"] == "on_desk":
        await world.step(receipt["number"], "dispatch", who="dispatcher")
    return str(receipt["number"])


async def counts(world: World, query: str = "by=all", who: str = "supervisor") -> dict[str, dict[str, int]]:
    """What was counted, by key and name, after counting."""
    await indicators.count(world.hub)
    found = await world.get(f"/api/v1/indicators?{DAYS}&limit=100&{query}", who=who)
    return {line["key"]: {name: one["n"] for name, one in line["counts"].items()} for line in found["lines"]}


async def figures(world: World, query: str = "by=all") -> dict[str, Any]:
    await indicators.count(world.hub)
    found = await world.get(f"/api/v1/indicators?{DAYS}&{query}", who="supervisor")
    return {one["code"]: one for one in found["lines"][0]["figures"]} if found["lines"] else {}


async def call(world: World, phone: str | None, waits: float | None, line: str = "12345") -> None:
    """A call that is answered after so many seconds, or never."""
    caller = {} if phone is None else {"caller": {"phone": phone}}
    offered = await world.post("/api/v1/interactions", {"line": line, **caller}, who="channel:phone")
    if waits is not None:
        world.clock.move(seconds=waits)
    else:
        world.clock.move(seconds=10)
    event = "abandoned" if waits is None else "answered"
    await world.post(f"/api/v1/interactions/{offered['id']}/events", {"event": event}, who="channel:phone")


async def test_before_anything_was_due_nothing_is_said(world: World) -> None:
    assert await figures(world) == {}
    found = await world.get("/api/v1/indicators", who="leader")
    assert (found["lines"], found["last"]) == ([], "2026-11-23")


async def test_what_a_department_does_in_time_is_counted_when_it_was_due(world: World) -> None:
    good, late = await at_work(world), await at_work(world, FEE)
    await world.reviewed(good)
    assert "reply_due" not in (await counts(world))[""]
    world.clock.at = datetime(2026, 12, 20, tzinfo=UTC)
    found = (await counts(world))[""]
    # Both were dispatched to a lead; the second did nothing at all until its dates had passed.
    assert (found["dispatched"], found["first_kept"]) == (2, 2)
    parts = found["acknowledge_due"]
    assert parts >= 2
    assert (found["reply_due"], found["contact_due"]) == (parts, parts)
    mine = (await counts(world, f"by=department&key={(await world.ticket(good))['lead']['code']}")).popitem()[1]
    assert (mine["replied_in_time"], mine["contacted_in_time"], mine["acknowledged_in_time"]) == (1, 1, 1)
    theirs = (await counts(world, f"by=department&key={(await world.ticket(late))['lead']['code']}")).popitem()[1]
    assert "replied_in_time" not in theirs


async def test_an_upheld_send_back_is_charged_to_nobody_but_counts_against_the_first_dispatch(world: World) -> None:
    number = await at_work(world)
    lead = await world.sent_back(number)
    world.clock.at = datetime(2026, 12, 20, tzinfo=UTC)
    found = (await counts(world, f"by=department&key={lead}"))[lead]
    assert (found["dispatched"], found["first_dispatched"], found["sent_back"]) == (1, 1, 1)
    assert {"first_kept", "reply_due", "contact_due", "acknowledge_due"}.isdisjoint(found)


async def test_what_citizens_say_is_counted_once_for_every_time_it_was_handled(world: World) -> None:
    number = await at_work(world)
    await world.reviewed(number)
    await world.step(number, "follow_up", who="follow_up", reached=True, solved=False, satisfied=False, reason="没修好")
    assert (await world.ticket(number))["reopen_count"] == 1
    await world.reviewed(number)
    await world.step(number, "follow_up", who="follow_up", reached=True, solved=True, satisfied=True)
    found = (await counts(world))[""]
    assert (found["followed_up"], found["reached"], found["solved"], found["satisfied"]) == (2, 2, 1, 1)
    assert (found["redone"], found["dispatched"], found["answers"]) == (1, 2, 2)
    assert (await figures(world))["resolution_rate"]["value"] == 0.5


async def test_calls_are_counted_by_line_and_repeats_by_phone(world: World) -> None:
    await call(world, "13800000001", 5)
    await call(world, "13800000001", 20)
    await call(world, "13800000002", 40, line="12315")
    await call(world, None, None)
    found = await counts(world, "by=line")
    assert {key: one["calls_asked"] for key, one in found.items()} == {"12345": 3, "12315": 1}
    assert (found["12345"]["calls_answered"], found["12345"]["calls_in_15s"], found["12345"]["calls_in_30s"]) == (
        2,
        1,
        2,
    )
    assert (found["12345"]["calls_known"], found["12345"]["calls_repeated"]) == (2, 1)
    world.clock.move(days=world.hub.city.indicators.repeat_within_days + 1)
    await call(world, "13800000001", 5)
    assert (await counts(world, "by=line"))["12345"]["calls_repeated"] == 1
    assert (await figures(world))["answered_share"]["value"] == 0.8


async def test_a_merged_caller_s_rating_counts_for_whoever_led_the_common_ticket(world: World) -> None:
    lead = await at_work(world)
    merged = await world.register(LAMP, caller={"phone": "13800000009"}, key="merged")
    await world.step(merged["number"], "merge", who="dispatcher", into=lead, reason="同一事项")
    await world.closed(lead)
    await world.track(merged, "rate", solved=True, satisfied=False, score=2)
    code = (await world.ticket(lead))["lead"]["code"]
    found = (await counts(world, f"by=department&key={code}"))[code]
    assert (found["answers"], found["reached"], found["solved"], found["satisfied"]) == (2, 1, 2, 1)
    assert (await figures(world))["satisfaction_rate"]["value"] == 0.5


async def test_who_hung_up_at_once_or_still_waits_has_asked_for_nobody(world: World) -> None:
    await call(world, "13800000001", 5)
    await call(world, "13800000002", None)
    for event in ("abandoned", None):
        offered = await world.post("/api/v1/interactions", {"line": "12345"}, who="channel:phone")
        if event is not None:
            path = f"/api/v1/interactions/{offered['id']}/events"
            await world.post(path, {"event": event}, who="channel:phone")
    assert (await counts(world))[""]["calls_asked"] == 2
    told = await world.get("/api/v1/interactions/figures", who="leader")
    assert (await figures(world))["answered_share"]["value"] == told["connection_rate"] == 0.5


async def test_every_axis_adds_up_to_the_whole_and_every_end_is_one_of_the_ends(world: World) -> None:
    await world.closed(await at_work(world))
    await at_work(world, FEE)
    await call(world, "13800000001", 5)
    answered = await world.register(
        "咨询：居住证到哪里办", answer="到户籍派出所办理，带身份证和租房合同。", key="direct"
    )
    assert answered["state"] == "answered"
    whole = (await counts(world))[""]
    assert whole["ended"] == sum(whole.get(name, 0) for name in ENDS) == 2
    assert (whole["answered_directly"], whole["tickets"], whole["requests"]) == (1, 3, 3)
    for axis in ("department", "district", "line", "channel", "kind", "category", "seat_group"):
        added: dict[str, int] = {}
        for one in (await counts(world, f"by={axis}")).values():
            for name, n in one.items():
                added[name] = added.get(name, 0) + n
        assert added == whole, axis


async def test_working_days_and_not_the_weekend_count_for_how_long_it_took(world: World) -> None:
    number = await at_work(world)
    # Monday to the Tuesday of the next week: six working days.
    world.clock.at = datetime(2026, 12, 1, 2, tzinfo=UTC)
    await world.reviewed(number)
    found = (await counts(world))[""]
    assert (found["others_handled"], found["other_days"]) == (1, 6)


async def test_counted_again_from_the_tables_it_is_the_same(world: World) -> None:
    for day in range(3):
        await world.closed(await at_work(world))
        await world.sent_back(await at_work(world, FEE))
        await call(world, "13800000001", 5)
        await indicators.count(world.hub)
        world.clock.move(days=1, hours=day)
    await indicators.count(world.hub)
    kept = await world.rows("SELECT * FROM indicator_days ORDER BY axis, day, key, name")
    await world.rows("DELETE FROM indicator_counts")
    await world.rows("DELETE FROM indicator_days")
    await indicators.count(world.hub)
    again = await world.rows("SELECT * FROM indicator_days ORDER BY axis, day, key, name")
    assert [tuple(row) for row in again] == [tuple(row) for row in kept]
    assert {row["day"] for row in kept} >= {date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)}


async def test_it_is_counted_once_an_hour_and_by_one_worker_only(world: World) -> None:
    assert [await indicators.refresh(world.hub) for _ in range(2)] == [1, 0]
    world.clock.move(minutes=61)
    assert await indicators.refresh(world.hub) == 1


async def test_what_becomes_stale_while_it_is_counted_is_counted_once_more(world: World) -> None:
    number, lead = await overdue(world)
    wanted = await excluded(world, number, f"department:{lead}")
    await indicators.count(world.hub)
    now = world.clock.now()
    _, seen_at = await world.hub.database.write(lambda session: store.begin(session, now))
    await decided(world, wanted, "grant")
    await world.hub.database.write(lambda session: store.counted(session, now, seen_at))
    assert await indicators.refresh(world.hub) == 1
    # The days of a ticket of weeks ago, though within a day only the last two are counted again.
    assert (await figures(world, f"by=department&key={lead}"))["replied"]["excluded"] == 1
    assert await indicators.refresh(world.hub) == 0


async def test_who_counts_at_the_same_time_counts_one_after_the_other(world: World) -> None:
    await at_work(world)
    await asyncio.gather(*(indicators.count(world.hub) for _ in range(3)))
    assert (await counts(world))[""]["tickets"] == 1


async def test_departments_are_compared_within_a_class_only(world: World) -> None:
    lead = (await world.ticket(await at_work(world)))["lead"]["code"]
    await indicators.count(world.hub)
    city = world.hub.city
    meant = city.indicators.class_of(lead, city.departments[lead].kind)
    assert meant is not None
    league = await world.get(f"/api/v1/indicators/leagues/{meant.code}?{DAYS}", who="leader")
    codes = {one["department"]["code"] for one in league["lines"]}
    assert codes == set(indicators.members(world.hub, meant))
    # One case is too few: everybody is listed, nobody ranked.
    assert {one["rank"] for one in league["lines"]} == {None}
    await world.get("/api/v1/indicators/leagues/everybody", who="leader", status=404)
    classes = (await world.get("/api/v1/indicators/definitions", who="leader"))["classes"]
    assert all(
        set(indicators.members(world.hub, indicators.class_of(world.hub, one["code"]))) != set(city.departments)
        for one in classes
    )


async def test_the_figures_of_a_class_are_those_of_its_departments(world: World) -> None:
    lead = (await world.ticket(await at_work(world)))["lead"]["code"]
    city = world.hub.city
    meant = city.indicators.class_of(lead, city.departments[lead].kind)
    assert meant is not None
    assert (await counts(world, f"by=class&key={meant.code}"))[meant.code]["dispatched"] == 1


async def test_a_department_sees_its_own_figures_and_its_own_league(world: World) -> None:
    lead = (await world.ticket(await at_work(world)))["lead"]["code"]
    other = (await world.ticket(await at_work(world, FEE)))["lead"]["code"]
    assert lead != other
    who = f"department:{lead}"
    assert set(await counts(world, "by=department", who)) <= {
        code for code in world.hub.city.departments if world.hub.city.is_under(code, lead)
    }
    assert await counts(world, f"by=department&key={other}", who) == {}
    await world.get("/api/v1/indicators?by=all", who=who, status=403)
    await world.get("/api/v1/indicators/leagues/street", who=who, status=403)


async def test_lists_go_on_page_by_page(world: World) -> None:
    for text in (LAMP, FEE):
        await at_work(world, text)
    await indicators.count(world.hub)
    path, seen, cursor = f"/api/v1/indicators?{DAYS}&by=department&limit=1", [], ""
    while True:
        page = await world.get(f"{path}{cursor}", who="analyst")
        seen += [line["key"] for line in page["lines"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == sorted(set(seen))
    assert len(seen) >= 2


async def test_days_that_cannot_be_are_refused(world: World) -> None:
    for query in ("from=2026-11-24&to=2026-11-23", "from=2020-01-01&to=2026-11-23", "to=yesterday", "by=everything"):
        problem = await world.get(f"/api/v1/indicators?{query}", who="leader", status=422)
        assert "参数" in problem["detail"]


# 剔除


async def excluded(world: World, number: str, who: str, **more: Any) -> Any:
    content = {"ticket": number, "reason": "not_possible", "evidence": "产权不清，现场照片和会议纪要可证", **more}
    return await world.post("/api/v1/exclusions", content, who=who)


async def decided(world: World, wanted: Any, action: str, who: str = "supervisor", ok: int = 200) -> Any:
    path = f"/api/v1/exclusions/{wanted['id']}/steps"
    return await world.post(path, {"action": action, "reason": "材料齐全"}, who=who, ok=(ok,))


async def overdue(world: World) -> tuple[str, str]:
    """A ticket that its lead let pass, and that lead."""
    number = await at_work(world)
    world.clock.at = datetime(2026, 12, 20, tzinfo=UTC)
    return number, (await world.ticket(number))["lead"]["code"]


async def test_what_a_second_person_grants_leaves_the_figures_and_is_shown_beside_them(world: World) -> None:
    number, lead = await overdue(world)
    wanted = await excluded(world, number, f"department:{lead}")
    before = await figures(world, f"by=department&key={lead}")
    assert (before["replied"]["value"], before["replied"]["excluded"]) == (0.0, 0)
    assert (await decided(world, wanted, "grant"))["state"] == "granted"
    after = await figures(world, f"by=department&key={lead}")
    assert (after["replied"]["value"], after["replied"]["value_with_excluded"], after["replied"]["excluded"]) == (
        None,
        0.0,
        1,
    )
    trail = await world.trail(number)
    assert trail[-2:] == ["exclusion_asked", "exclusion_granted"]


async def test_a_grant_is_counted_in_public_by_department_and_reason(world: World) -> None:
    number, lead = await overdue(world)
    await decided(world, await excluded(world, number, f"department:{lead}"), "grant")
    async with world.client.get(f"/api/v1/exclusions/figures?{DAYS}") as response:
        found = await response.json()
    assert found["granted"] == 1
    (one,) = found["departments"]
    assert (one["department"]["code"], one["granted"]) == (lead, 1)
    assert [(row["reason"]["name"], row["granted"], row["waiting"]) for row in one["reasons"]] == [
        ("客观条件不能解决", 1, 0)
    ]
    assert number not in str(found)


async def test_who_asks_does_not_decide_and_nobody_decides_twice(world: World) -> None:
    number, lead = await overdue(world)
    wanted = await excluded(world, number, "supervisor")
    assert wanted["department"]["code"] == lead
    assert "第二人" in (await decided(world, wanted, "grant", ok=403))["detail"]
    await decided(world, wanted, "grant", who="quality")
    await decided(world, wanted, "refuse", who="quality", ok=409)
    await decided(world, wanted, "grant", who=f"department:{lead}", ok=403)


async def test_what_is_refused_stays_in_the_figures_and_may_be_asked_again(world: World) -> None:
    number, lead = await overdue(world)
    wanted = await excluded(world, number, f"department:{lead}")
    again = {"ticket": number, "reason": "not_possible", "evidence": "同样的理由再提一次"}
    await world.post("/api/v1/exclusions", again, who=f"department:{lead}", ok=(409,))
    await decided(world, wanted, "refuse")
    assert (await figures(world, f"by=department&key={lead}"))["replied"]["excluded"] == 0
    await world.post("/api/v1/exclusions", again, who=f"department:{lead}", ok=(201,))


async def test_a_grant_that_was_wrong_is_taken_back(world: World) -> None:
    number, lead = await overdue(world)
    wanted = await excluded(world, number, f"department:{lead}")
    await decided(world, wanted, "revoke", ok=409)
    await decided(world, wanted, "grant")
    await indicators.refresh(world.hub)
    await decided(world, wanted, "revoke")
    # What is stale is counted at once, however short ago the last counting was.
    assert await indicators.refresh(world.hub) == 1
    assert (await figures(world, f"by=department&key={lead}"))["replied"]["excluded"] == 0


async def test_a_whole_ticket_excluded_counts_for_nobody(world: World) -> None:
    number, lead = await overdue(world)
    await world.reviewed(number)
    await world.step(number, "follow_up", who="follow_up", reached=True, solved=False, satisfied=False, reason="没修好")
    await decided(world, await excluded(world, number, "shift_lead", reason="malicious_repeat"), "grant")
    found = await figures(world)
    assert (found["resolution_rate"]["value"], found["resolution_rate"]["value_with_excluded"]) == (None, 0.0)
    assert found["replied"]["value"] is None
    assert lead


async def test_evidence_is_needed_sealed_and_shows_no_phone(world: World) -> None:
    number, lead = await overdue(world)
    empty = {"ticket": number, "reason": "not_possible", "evidence": "  "}
    await world.post("/api/v1/exclusions", empty, who="supervisor", ok=(422,))
    unknown = {"ticket": number, "reason": "do_not_like", "evidence": "不想被统计进去"}
    assert (
        "not_possible（客观条件不能解决）"
        in (await world.post("/api/v1/exclusions", unknown, who="supervisor", ok=(422,)))["detail"]
    )
    wanted = await excluded(world, number, f"department:{lead}", evidence="诉求人13812345678已书面说明不再需要")
    assert "13812345678" not in wanted["evidence"]
    assert "书面说明" in wanted["evidence"]
    (row,) = await world.rows("SELECT * FROM exclusions")
    assert "书面说明".encode() not in bytes(row["evidence"])
    assert "书面说明" not in str((await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor"))["events"])


async def test_a_department_asks_for_its_own_part_and_sees_its_own_list(world: World) -> None:
    number, lead = await overdue(world)
    other = (await world.ticket(await at_work(world, FEE)))["lead"]["code"]
    content = {"ticket": number, "reason": "not_possible", "evidence": "与本单位无关的工单"}
    await world.post("/api/v1/exclusions", content, who=f"department:{other}", ok=(404,))
    await excluded(world, number, f"department:{lead}")
    mine = await world.get("/api/v1/exclusions?state=waiting", who=f"department:{lead}")
    assert [one["number"] for one in mine["exclusions"]] == [number]
    assert (await world.get("/api/v1/exclusions", who=f"department:{other}"))["exclusions"] == []
    await world.post("/api/v1/exclusions", content, who="agent", ok=(403,))


async def test_two_people_of_one_department_are_still_not_the_hotline(world: World) -> None:
    number, lead = await overdue(world)
    wanted = await excluded(world, number, f"department:{lead}")

    async def work(session: Session) -> None:
        await credentials.add(session, "another-token", Role.DEPARTMENT, lead, world.clock.now() - timedelta(days=1))

    await world.hub.database.write(work)
    world.tokens["another"] = "another-token"
    await decided(world, wanted, "grant", who="another", ok=403)
