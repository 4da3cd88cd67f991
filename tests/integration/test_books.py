"""账目: what arrives adds up, and what was touched behind the hub's back no longer does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from hotline.books import TITLES
from hotline.commands.books import lines
from tests.integration.test_patrol import VENDOR, WORKER, report, settled
from tests.integration.test_suggestion import publish, suggested, support, visitor
from tests.integration.test_work_photo import upload

if TYPE_CHECKING:
    from tests.integration.conftest import World

BOOKS = "/api/v1/books"
CALLS = "/api/v1/interactions"
LAMP = "投诉：东湖路的路灯坏了三天没人修，晚上很黑"


async def day(world: World) -> str:
    """Live a small day: calls of each end, a ticket that is closed, one sent back, one merged; returns the closed one's number."""
    for events in (["answered", "ended"], ["abandoned"], ["answered"], []):
        call = await world.post(CALLS, {"line": "12345"}, who="channel:phone")
        for event in events:
            more = {"outcome": "progress_query"} if event == "ended" else {}
            await world.post(f"{CALLS}/{call['id']}/events", {"event": event, **more}, who="channel:phone")
    call = await world.post(CALLS, {"line": "12319"}, who="channel:phone")
    closed = await world.register(LAMP, interaction=call["id"])
    await world.post(f"{CALLS}/{call['id']}/events", {"event": "answered"}, who="channel:phone")
    await world.post(f"{CALLS}/{call['id']}/events", {"event": "ended"}, who="channel:phone")
    await world.closed(closed["number"])
    sent_back = await world.register(LAMP.replace("东湖路", "人民路"))
    await world.sent_back(sent_back["number"])
    again = await world.register(LAMP.replace("三天", "四天"), key="again")
    await world.step(again["number"], "merge", who="dispatcher", into=sent_back["number"], reason="同一盏路灯")
    return str(closed["number"])


async def accounts(world: World) -> dict[str, Any]:
    found = await world.get(BOOKS, who="supervisor")
    assert [account["name"] for account in found["accounts"]] == list(TITLES)
    assert found["is_balanced"] == all(account["is_balanced"] for account in found["accounts"])
    return {account["name"]: account for account in found["accounts"]}


def counts(account: dict[str, Any]) -> dict[str, int]:
    return {part["code"]: part["count"] for part in account["parts"] if part["count"]}


async def test_what_is_split_off_after_midnight_counts_on_the_day_of_the_whole(world: World) -> None:
    """It keeps the whole's date of registration, though its own trail begins when it was split off."""
    whole = await world.register(LAMP)
    began = datetime.fromisoformat((await world.ticket(whole["number"]))["registered_at"])
    world.clock.move(days=1)
    await world.step(whole["number"], "split", who="dispatcher", briefs=["路面也有坑"], reason="两件事")
    for since, n in ((began - timedelta(hours=1), 2), (began + timedelta(hours=12), 0)):
        moment = quote(since.isoformat())
        found = await world.get(f"{BOOKS}?since={moment}", who="supervisor")
        tickets = [one for one in found["accounts"] if one["name"].startswith("tickets_by")]
        assert [one["whole"] for one in tickets] == [n] * len(tickets)
        assert all(one["is_balanced"] for one in tickets)


async def test_a_day_adds_up_by_every_account(world: World) -> None:
    await day(world)
    found = await accounts(world)
    assert [name for name, account in found.items() if not account["is_balanced"]] == []
    assert counts(found["calls_by_end"]) == {"answered": 2, "abandoned": 1, "talking": 1, "ringing": 1}
    assert counts(found["calls_by_line"]) == {"12345": 4, "12319": 1}
    assert counts(found["calls_with_ticket"]) == {"ticket": 1}
    assert found["tickets_by_state"]["whole"] == 3
    assert counts(found["merged"]) == {"under_a_ticket": 1}
    assert found["events_by_type"]["whole"] > 10
    assert found["parts_by_department"]["whole"] == sum(counts(found["parts_by_state"]).values())
    said = list(lines(list(found.values())))
    assert said[-1] == f"{len(TITLES)}笔账，全部相平"
    assert "✓ 来话 = 按热线\t5 = 5" in said


@pytest.mark.parametrize(
    ("touched", "account"),
    [
        ("DELETE FROM events WHERE seq = 2 AND ticket_id = (SELECT min(ticket_id) FROM events)", "events_by_type"),
        ("UPDATE interactions SET ended_at = NULL WHERE outcome = 'progress_query'", "calls_by_end"),
        ("UPDATE tickets SET interaction = NULL", "calls_with_ticket"),
        ("DELETE FROM tickets WHERE state = 'closed'", "tickets_by_state"),
        ("DELETE FROM assignments WHERE state = 'accepted'", "parts_by_state"),
        ("UPDATE tickets SET merged_into = 1 WHERE state = 'merged'", "merged"),
        ("DELETE FROM follow_ups", "follow_ups_by_answer"),
    ],
)
async def test_a_row_that_was_touched_breaks_its_account(world: World, touched: str, account: str) -> None:
    await day(world)
    await world.rows(touched)
    found = await accounts(world)
    assert not found[account]["is_balanced"]
    said = list(lines(list(found.values())))
    assert any(line.startswith(f"✗ {TITLES[account]}") and "≠" in line for line in said)
    assert said[-1].endswith("笔不平")


async def test_another_day_holds_nothing_of_it(world: World) -> None:
    await day(world)
    found = await world.get(f"{BOOKS}?since=2026-11-01T00:00:00Z&until=2026-11-02T00:00:00Z", who="supervisor")
    assert found["is_balanced"]
    assert {account["whole"] for account in found["accounts"] if account["name"] != "open_now"} == {0}


async def test_a_span_that_ends_before_it_begins_is_refused(world: World) -> None:
    problem = await world.get(
        f"{BOOKS}?since=2026-11-03T00:00:00Z&until=2026-11-02T00:00:00Z", who="supervisor", status=422
    )
    assert "until 应晚于 since" in problem["detail"]


async def ground(world: World) -> None:
    """A part of the day on the ground: a report settled with photos, a suggestion published and supported."""
    await settled(world, (await report(world, VENDOR, photos=[await upload(world, WORKER)]))["number"])
    one = await publish(world, (await suggested(world))["number"])
    other = await suggested(world, 1)
    await support(world, one, number=other["number"], code=other["query_code"])
    await support(world, one, visitor=await visitor(world))


async def test_what_happens_on_the_ground_adds_up(world: World) -> None:
    await ground(world)
    found = await accounts(world)
    assert [name for name, account in found.items() if not account["is_balanced"]] == []
    assert counts(found["photos"]) == {"before": 1, "after": 1}
    assert counts(found["suggestions"]) == {"published": 1}
    assert counts(found["supports"]) == {"phone": 1, "visitor": 1}
    for touched, account in (
        ("DELETE FROM attachments WHERE taken = 'before'", "photos"),
        ("DELETE FROM supports WHERE is_verified", "supports"),
        ("DELETE FROM suggestions", "suggestions"),
    ):
        await world.rows(touched)
        assert not (await accounts(world))[account]["is_balanced"]
