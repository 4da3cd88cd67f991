"""工单列表: filters, orders that go on from page to page, and whose tickets a list may hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
LITTER = "东湖区翠湖路垃圾桶旁边垃圾没人清运，臭气熏天，投诉。"
URBAN = "department:urban"


async def listed(world: World, *, who: str = "supervisor", limit: int = 100, **query: str) -> list[str]:
    """Every number of a list, page after page."""
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        asked = {**query, "limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        page = await world.get(f"/api/v1/tickets?{urlencode(asked)}", who=who)
        found += [line["number"] for line in page["tickets"]]
        cursor = page["cursor"]
    return found


async def several(world: World, n: int = 6, **more: Any) -> list[str]:
    """Tickets that the program has dispatched, an hour between each and the next."""
    found = []
    for k in range(n):
        found.append(str((await world.register(f"{LAMP}第{k + 1}处。", **more))["number"]))
        world.clock.move(hours=1)
    return found


async def change(world: World, number: str, **values: Any) -> None:
    for name, value in values.items():
        await world.rows(f"UPDATE tickets SET {name} = $1 WHERE id = $2", value, id_of(number))


async def refused(world: World, who: str = "supervisor", **query: str) -> str:
    problem = await world.get(f"/api/v1/tickets?{urlencode(query)}", who=who, status=422)
    return str(problem["detail"])


async def test_every_filter_leaves_out_what_does_not_fit(world: World) -> None:
    a, b, c, d = await several(world, 4)
    await change(world, a, kind="inquiry")
    await change(world, b, urgency=1)
    await change(world, c, district="nanshan")
    since = (await world.ticket(d))["registered_at"]
    assert await listed(world, kind="inquiry") == [a]
    assert await listed(world, urgency="1") == [b]
    assert await listed(world, district="nanshan") == [c]
    assert await listed(world, since=since) == [d]
    assert await listed(world, until=since) == [c, b, a]
    assert await listed(world, since=since, kind="inquiry") == []
    assert await listed(world, kind="", district="", sort="") == [d, c, b, a]


async def test_a_category_of_any_level_lists_what_belongs_to_it(world: World) -> None:
    a, b, c = await several(world, 3)
    await change(world, a, category="0203", detail="020301")
    await change(world, b, category="0203", detail=None)
    await change(world, c, category="0101", detail="010102")
    for sort in ("newest", "due"):
        by_level = {code: set(await listed(world, category=code, sort=sort)) for code in ("02", "0203", "020301", "01")}
        assert by_level == {"02": {a, b}, "0203": {a, b}, "020301": {a}, "01": {c}}
    assert await listed(world, category="") == [c, b, a]
    assert set(await listed(world, category="02", q="路灯")) == {a, b}
    owed = await world.get("/api/v1/assignments?owes=acknowledge&category=02", who=URBAN)
    assert {one["ticket"]["number"] for one in owed["parts"]} == {a, b}
    for code in ("9999", "2", "020", "98", "02%"):
        assert code in await refused(world, category=code)
    await world.get("/api/v1/assignments?owes=acknowledge&category=9999", who=URBAN, status=422)


@pytest.mark.parametrize("sort", ["due", "urgency", "oldest", "newest"])
async def test_every_order_goes_on_where_the_page_before_ended(world: World, sort: str) -> None:
    numbers = await several(world)
    for n, number in enumerate(numbers):
        await change(world, number, urgency=1 + n % 2)
    whole = await listed(world, sort=sort)
    assert sorted(whole) == sorted(numbers)
    assert await listed(world, sort=sort, limit=2) == whole
    expected = {
        "due": numbers,
        "oldest": numbers,
        "newest": numbers[::-1],
        "urgency": numbers[::2] + numbers[1::2],
    }
    assert whole == expected[sort]


async def test_equal_due_times_are_parted_by_the_ticket(world: World) -> None:
    numbers = await several(world, 5)
    (row,) = await world.rows("SELECT min(promised_at) AS at FROM tickets")
    for number in numbers:
        await change(world, number, promised_at=row["at"], reply_by=row["at"])
    assert await listed(world, sort="due", limit=2) == numbers


async def test_a_walk_over_the_months_goes_both_ways(world: World) -> None:
    first = await several(world, 2)
    world.clock.move(days=40)
    await world.hub.database.write(lambda session: world_month(world, session))
    second = await several(world, 2)
    assert await listed(world, sort="oldest", limit=1) == [*first, *second]
    assert await listed(world, sort="newest", limit=3) == [*second[::-1], *first[::-1]]
    since = (await world.ticket(second[0]))["registered_at"]
    assert await listed(world, sort="oldest", since=since) == second
    assert await listed(world, sort="newest", until=since) == first[::-1]
    assert await listed(world, sort="due", since=since) == second


async def world_month(world: World, session: Any) -> None:
    from models.store import steps

    await steps.ensure_month(session, world.clock.at)


async def test_only_what_is_open_comes_by_due_time_or_urgency(world: World) -> None:
    open_one, ended = await several(world, 2)
    await world.closed(ended)
    for sort in ("due", "urgency"):
        assert await listed(world, sort=sort) == [open_one]
        assert "未办结" in await refused(world, sort=sort, state="closed")


async def test_what_is_late_comes_the_longest_first(world: World) -> None:
    first, second, third = await several(world, 3)
    (row,) = await world.rows("SELECT promised_at FROM tickets WHERE id = $1", id_of(first))
    await change(world, third, promised_at=world.clock.at, reply_by=world.clock.at)
    await world.rows("UPDATE assignments SET reply_by = $1 WHERE ticket_id = $2", world.clock.at, id_of(third))
    world.clock.at = row["promised_at"]
    world.clock.move(minutes=30)
    late = await listed(world, overdue="true")
    assert late[0] == third
    assert set(late) <= {first, second, third}
    assert await listed(world, overdue="true", limit=1) == late
    assert await listed(world, overdue="true", sort="newest") == sorted(late, reverse=True)
    assert await listed(world, overdue="true", department="urban", limit=1) == late
    assert await listed(world, overdue="true", department="parks") == []
    await world.rows("UPDATE assignments SET paused_at = $1 WHERE ticket_id = $2", world.clock.at, id_of(third))
    assert await listed(world, who=URBAN, overdue="true") == late[1:]


@pytest.mark.parametrize("sort", ["due", "newest", "oldest", "urgency"])
async def test_the_list_of_what_is_overdue_holds_what_the_backlog_counts(world: World, sort: str) -> None:
    waiting, called, paused, prompt = await several(world, 4)
    for number in (called, paused, prompt):
        await world.step(number, "acknowledge", who=URBAN)
    await world.step(prompt, "contact", who=URBAN, reached=True)
    await world.step(paused, "pause", who="supervisor", cause="appraisal", reason="等待鉴定意见")
    later = world.clock.at + timedelta(days=60)
    for number in (waiting, called, prompt):
        await change(world, number, promised_at=later, reply_by=later)
    await world.rows("UPDATE assignments SET reply_by = $1", later)
    assert await listed(world, overdue="true", sort=sort) == []
    world.clock.move(days=30)
    net = (await world.get("/api/v1/backlog", who="supervisor"))["backlog"]["net"]
    late = await listed(world, overdue="true", sort=sort, limit=1)
    assert sorted(late) == sorted(await listed(world, overdue="true", sort=sort)) == sorted([waiting, called])
    assert net == len(late)
    if sort in {"due", "newest"}:
        figures = (await world.get("/api/v1/backlog", who="supervisor"))["departments"]
        (urban,) = [one["backlog_net"] for one in figures if one["department"] == "urban"]
        assert len(await listed(world, overdue="true", who=URBAN)) == urban == 2


async def test_a_filtered_queue_still_comes_nearest_due_first(world: World) -> None:
    numbers = await several(world, 4)
    for number in numbers:
        await world.step(number, "recall", who="dispatcher", reason="派单有误")
    await change(world, numbers[1], kind="inquiry")
    kept = [number for number in numbers if number != numbers[1]]
    assert await listed(world, state="on_desk", kind="complaint", limit=2) == kept
    assert await listed(world, state="on_desk", limit=3) == numbers
    assert await listed(world, state="on_desk,in_review", limit=3) == numbers


async def test_a_departments_worklist_is_filtered_and_stays_nearest_due_first(world: World) -> None:
    numbers = await several(world, 4)
    await change(world, numbers[0], kind="inquiry")
    assert await listed(world, who=URBAN, state="assigned", kind="complaint", limit=2) == numbers[1:]
    assert await listed(world, who=URBAN, sort="due", urgency="1") == []
    assert await listed(world, who=URBAN, sort="oldest", limit=3) == numbers
    assert await listed(world, who="department:parks", sort="oldest") == []
    assert await listed(world, who="department:parks", sort="due", state="assigned") == []


async def test_an_order_that_no_index_serves_is_refused_and_says_what_to_do(world: World) -> None:
    assert "urgency 筛选" in await refused(world, sort="urgency", department="urban")
    assert "urgency 筛选" in await refused(world, who=URBAN, sort="urgency")
    assert "检索结果" in await refused(world, sort="due", q="路灯")
    assert "sort" in await refused(world, sort="best")
    assert "kind" in await refused(world, kind="letter")
    assert "until" in await refused(world, since="2026-11-02T00:00:00+08:00", until="2026-11-01T00:00:00+08:00")


async def test_a_list_says_in_which_order_it_is_and_may_be(world: World) -> None:
    async def orders(who: str = "supervisor", **query: str) -> tuple[str, list[str]]:
        page = await world.get(f"/api/v1/tickets?{urlencode(query)}", who=who)
        return page["sort"], page["sorts"]

    assert await orders() == ("newest", ["due", "oldest", "newest", "urgency"])
    assert await orders(state="on_desk") == ("due", ["due", "oldest", "newest", "urgency"])
    assert await orders(state="on_desk", sort="urgency") == ("urgency", ["due", "oldest", "newest", "urgency"])
    assert await orders(state="closed") == ("newest", ["oldest", "newest"])
    assert await orders(q="路灯") == ("newest", ["newest"])
    assert await orders(who=URBAN, state="assigned") == ("due", ["due", "oldest", "newest"])


async def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    await several(world, 2)
    page = await world.get("/api/v1/tickets?sort=urgency&limit=1", who="supervisor")
    assert "从头开始" in await refused(world, sort="oldest", cursor=page["cursor"])
    assert "从头开始" in await refused(world, sort="due", cursor=page["cursor"])


async def test_words_are_found_within_the_other_filters(world: World) -> None:
    lamps = await several(world, 3)
    await world.register(LITTER)
    await change(world, lamps[1], urgency=1)
    assert await listed(world, q="路灯", urgency="1") == [lamps[1]]
    assert await listed(world, q="路灯", sort="newest", limit=2) == lamps[::-1]
