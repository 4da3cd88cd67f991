"""A program that sends more often than its token allows is held back, told when to come again, and loses nothing."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from prometheus_client.parser import text_string_to_metric_families

from hotline.api import token_pace
from hotline.api.auth import KNOWN_TOKENS

if TYPE_CHECKING:
    import pytest

    from tests.integration.conftest import World

TOKENS = "/api/v1/tokens"
NEW = {"role": "channel", "subject": "web", "label": "门户网站"}
MANY = 26


async def made(world: World, **more: Any) -> Any:
    return await world.post(TOKENS, {**NEW, **more}, who="administrator")


async def asked(world: World, token: str, path: str) -> tuple[int, Any, str | None]:
    async with world.client.get(path, headers={"authorization": f"Bearer {token}"}) as response:
        return response.status, await response.json(), response.headers.get("retry-after")


async def held_back(world: World) -> dict[tuple[str, str], float]:
    async with world.client.get("/metrics") as response:
        content = await response.text()
    return {
        (one.labels["role"], one.labels["subject"]): one.value
        for family in text_string_to_metric_families(content)
        for one in family.samples
        if one.name == "hotline_requests_held_back_total"
    }


async def test_a_channel_that_repeats_as_it_is_told_has_everything_registered_once(world: World) -> None:
    token = (await made(world, per_minute=120))["token"]
    before = (await held_back(world)).get(("channel", "web"), 0)
    refused = 0

    async def send(n: int) -> str:
        nonlocal refused
        headers = {"authorization": f"Bearer {token}", "idempotency-key": f"burst-{n}"}
        while True:
            content = {"text": f"东湖区翠湖路{n}号门口的路灯坏了"}
            async with world.client.post("/api/v1/tickets", json=content, headers=headers) as response:
                said = await response.json()
                if response.status == 201:
                    return str(said["number"])
                assert (response.status, said["code"]) == (429, "too_many_requests")
                assert "每分钟最多120次" in said["detail"]
                assert "不会重复登记" in said["detail"]
                refused += 1
                await asyncio.sleep(int(response.headers["retry-after"]))

    began = time.monotonic()
    numbers = await asyncio.gather(*(send(n) for n in range(MANY)))
    assert refused >= MANY - 20 - (time.monotonic() - began) * 2
    assert refused > 0
    assert len(set(numbers)) == MANY
    [row] = await world.rows("SELECT count(*) AS n FROM tickets")
    assert row["n"] == MANY
    assert (await held_back(world))["channel", "web"] == before + refused


async def test_a_token_has_what_is_usual_for_its_role_until_an_administrator_says_how_often(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_pace, "USUAL_OF_DEPARTMENT", 12)
    one = await made(world, role="department", subject="urban")
    other = await made(world, role="department", subject="parks")
    assert one["per_minute"] is None
    path = "/api/v1/assignments"
    assert [(await asked(world, one["token"], path))[0] for _ in range(3)] == [200, 200, 429]
    assert (await asked(world, other["token"], path))[0] == 200, "another's is its own"
    steps = f"{TOKENS}/{one['id']}/steps"
    limited = await world.post(steps, {"action": "limit", "per_minute": 6_000}, who="administrator")
    assert (limited["per_minute"], limited["token"]) == (6_000, None)
    world.client.app[KNOWN_TOKENS].__dict__["_known"].clear()
    assert {(await asked(world, one["token"], path))[0] for _ in range(20)} == {200}
    fresh = await world.post(steps, {"action": "rotate"}, who="administrator")
    assert fresh["per_minute"] == 6_000
    await world.post(steps, {"action": "limit"}, who="department:urban", ok=(403,))
    await world.post(steps, {"action": "limit", "per_minute": 0}, who="administrator", ok=(422,))
    assert (await world.post(steps, {"action": "limit"}, who="administrator"))["per_minute"] is None


async def test_a_request_counts_once_however_often_its_handler_asks_who_it_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_pace, "USUAL_OF_DEPARTMENT", 12)
    token = (await made(world, role="department", subject="urban"))["token"]
    assert [(await asked(world, token, "/api/v1/session"))[0] for _ in range(3)] == [200, 200, 429]


async def test_an_agents_name_is_no_figure(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_pace, "USUAL", 6)
    token = await world.token("agent:lin-named")
    path = "/api/v1/seat"
    assert [(await asked(world, token, path))[0] for _ in range(2)] == [200, 429]
    assert ("agent", "") in await held_back(world)
    assert "lin-named" not in str(await held_back(world))
