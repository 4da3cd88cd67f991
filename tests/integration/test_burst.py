"""A burst main in small: callers of two bursts mixed; each ends as one incident with all its callers, each informed to the end."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import TYPE_CHECKING, Any

from hotline import prompt, waves
from models.ticket import id_of
from tests.integration.test_prompt import POWER, WATER, asked

if TYPE_CHECKING:
    from tests.integration.conftest import World

CALLERS = {"water": 60, "power": 20}
TEXTS = {"water": (*WATER, "我家停水了，什么时候来水？"), "power": (*POWER, "我家停电了，什么时候来电？")}
ANSWER = "抢修队已到现场，预计今晚八点前恢复"


async def call(world: World, sort: str, n: int) -> tuple[str, dict[str, Any]]:
    """The seat hears the matter, and registers it with the incident that is proposed."""
    text = TEXTS[sort][n % len(TEXTS[sort])]
    content: dict[str, Any] = {"text": text, "caller": {"phone": f"13{len(sort)}{ord(sort[0])}{n:05d}"}}
    heard = await world.post("/api/v1/understand", content, who="agent")
    if heard["incident"] is not None:
        content["incident"] = heard["incident"]["id"]
    return sort, await world.register(content.pop("text"), key=f"{sort}-{n}", **content)


async def gather(world: World) -> None:
    while await waves.gather(world.hub) or await prompt.gather(world.hub):
        pass


async def test_thousands_in_small_end_as_two_incidents_that_stay_apart_and_all_are_told(world: World) -> None:
    rows = [(sort, n) for sort, callers in CALLERS.items() for n in range(callers)]
    random.Random(3).shuffle(rows)
    receipts: list[tuple[str, dict[str, Any]]] = []
    for start in range(0, len(rows), 10):
        receipts += await asyncio.gather(*(call(world, *row) for row in rows[start : start + 10]))
        await gather(world)
        while found := await asked(world):
            content = {"into": found[0]["fits"]["id"]} if found[0]["fits"] else {"answer": ANSWER}
            await world.post(f"/api/v1/prompts/{found[0]['id']}/open", content, who="shift_lead")
    incidents = (await world.get("/api/v1/incidents?open=true", who="agent"))["incidents"]
    for incident in incidents:
        path = f"/api/v1/incidents/{incident['id']}/attach"
        late = (await world.get(f"/api/v1/incidents/{incident['id']}/candidates", who="agent"))["candidates"]
        if late:
            await world.post(path, {"tickets": [one["number"] for one in late]}, who="agent")
    sort_of = {receipt["number"]: sort for sort, receipt in receipts}
    assert sorted(sort_of[one["lead"]] for one in incidents) == sorted(CALLERS)
    leads: dict[int, Counter[str]] = {}
    for number, sort in sort_of.items():
        merged = (await world.rows("SELECT merged_into FROM tickets WHERE id = $1", id_of(number)))[0]["merged_into"]
        leads.setdefault(merged or id_of(number), Counter())[sort] += 1
    assert all(len(counts) == 1 for counts in leads.values()), "callers of both bursts in one incident"
    assert {sort: max(counts[sort] for counts in leads.values()) for sort in CALLERS} == CALLERS
    for incident in incidents:
        step = {"action": "close", "text": "现已全部恢复正常"}
        await world.post(f"/api/v1/incidents/{incident['id']}/steps", step, who="shift_lead")
    told = await world.rows("SELECT DISTINCT ticket_id FROM notices WHERE kind = 'incident'")
    assert {row["ticket_id"] for row in told} == {id_of(number) for number in sort_of}
