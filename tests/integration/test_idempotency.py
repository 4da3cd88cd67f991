"""幂等: the same key never makes a second ticket nor a second step, however often and however much at once."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from hotline import accounts
from models.vocabulary import Role

if TYPE_CHECKING:
    from models.store.database import Session
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
CONTENT = json.dumps({"text": LAMP, "caller": {"phone": "13800000001", "name": "钱某某"}}).encode()


async def count_of(world: World, table: str) -> int:
    return int((await world.rows(f"SELECT count(*) AS n FROM {table}"))[0]["n"])


async def test_the_same_request_again_gets_the_same_bytes(world: World) -> None:
    first = await world.send("/api/v1/tickets", CONTENT, who="channel:phone", key="k")
    world.clock.move(days=3)
    again = await world.send("/api/v1/tickets", CONTENT, who="channel:phone", key="k")
    assert (first[0], again[0]) == (201, 200)
    assert again[1] == first[1]
    assert await count_of(world, "tickets") == 1
    assert await count_of(world, "notices") == 1


async def test_the_same_key_with_another_body_is_told_so(world: World) -> None:
    await world.send("/api/v1/tickets", CONTENT, who="channel:phone", key="k")
    other = json.dumps({"text": LAMP + "谢谢"}).encode()
    status, raw = await world.send("/api/v1/tickets", other, who="channel:phone", key="k")
    assert (status, json.loads(raw)["code"]) == (422, "idempotency_mismatch")
    assert await count_of(world, "tickets") == 1


async def test_twenty_at_once_with_one_key_make_one_ticket(world: World) -> None:
    answers = await asyncio.gather(
        *(world.send("/api/v1/tickets", CONTENT, who="channel:phone", key="k") for _ in range(20))
    )
    assert sorted(status for status, _ in answers) == [200] * 19 + [201]
    assert len({raw for _, raw in answers}) == 1
    for table in ("tickets", "ticket_texts", "assignments", "idempotency", "notices"):
        assert await count_of(world, table) == 1, table


async def test_twenty_bodies_at_once_with_one_key_make_one_ticket(world: World) -> None:
    bodies = [json.dumps({"text": f"{LAMP}第{n}次"}).encode() for n in range(20)]
    answers = await asyncio.gather(
        *(world.send("/api/v1/tickets", content, who="channel:phone", key="k") for content in bodies)
    )
    assert sorted(status for status, _ in answers) == [201] + [422] * 19
    assert await count_of(world, "tickets") == 1


async def test_a_key_is_a_channel_s_own(world: World) -> None:
    numbers = set()
    for who in ("channel:phone", "channel:web", "agent"):
        status, raw = await world.send("/api/v1/tickets", CONTENT, who=who, key="k")
        assert status == 201
        numbers.add(json.loads(raw)["number"])
    assert len(numbers) == 3


async def test_an_agent_with_a_channel_s_name_does_not_get_the_channel_s_answers(world: World) -> None:
    _, raw = await world.send("/api/v1/tickets", CONTENT, who="channel:phone", key="k")

    async def work(session: Session) -> None:
        await accounts.add(session, "phone", "a long password", Role.AGENT, None, world.clock.now())

    await world.hub.database.write(work)
    signed_in = {"username": "phone", "password": "a long password"}
    async with world.client.post("/api/v1/session", json=signed_in) as response:
        assert response.status == 201
    headers = {"idempotency-key": "k"}
    async with world.client.post("/api/v1/tickets", data=CONTENT, headers=headers) as response:
        assert response.status == 201
        assert (await response.json())["number"] != json.loads(raw)["number"]


async def test_a_refused_request_does_not_use_up_its_key(world: World) -> None:
    status, _ = await world.send("/api/v1/tickets", b'{"text": ""}', who="channel:phone", key="k")
    assert status == 422
    status, _ = await world.send("/api/v1/tickets", CONTENT, who="channel:phone", key="k")
    assert status == 201


async def test_a_step_repeated_with_its_key_gets_the_same_bytes_and_happens_once(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    path = f"/api/v1/tickets/{number}/steps"
    version = (await world.ticket(number))["version"]
    content = json.dumps({"action": "remind", "version": version, "reason": "请尽快到场"}).encode()
    first = await world.send(path, content, who="supervisor", key="s")
    world.clock.move(days=1)
    again = await world.send(path, content, who="supervisor", key="s")
    assert first[0] == again[0] == 200
    assert first[1] == again[1]
    assert (await world.trail(number)).count("remind") == 1
    other = json.dumps({"action": "remind", "version": version, "reason": "另一件事"}).encode()
    status, raw = await world.send(path, other, who="supervisor", key="s")
    assert (status, json.loads(raw)["code"]) == (422, "idempotency_mismatch")


async def test_ten_of_the_same_step_at_once_happen_once(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    path = f"/api/v1/tickets/{number}/steps"
    version = (await world.ticket(number))["version"]
    content = json.dumps({"action": "remind", "version": version, "reason": "请尽快到场"}).encode()
    answers = await asyncio.gather(*(world.send(path, content, who="supervisor", key="s") for _ in range(10)))
    assert {status for status, _ in answers} == {200}
    assert len({raw for _, raw in answers}) == 1
    assert (await world.trail(number)).count("remind") == 1


async def test_two_persons_at_once_on_one_version_the_slower_is_told(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    version = (await world.ticket(number))["version"]

    async def remind(who: str) -> tuple[int, bytes]:
        content = json.dumps({"action": "remind", "version": version, "reason": "请尽快到场"}).encode()
        return await world.send(f"/api/v1/tickets/{number}/steps", content, who=who, key="s")

    answers = await asyncio.gather(remind("supervisor:one"), remind("supervisor:two"))
    assert sorted(status for status, _ in answers) == [200, 409]
    problem = json.loads(next(raw for status, raw in answers if status == 409))
    assert problem["code"] == "stale_version"
    assert "请刷新" in problem["detail"]


async def test_a_step_of_a_person_names_the_version_it_was_decided_on(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    content: dict[str, Any] = {"action": "remind", "reason": "请尽快到场"}
    path = f"/api/v1/tickets/{number}/steps"
    problem = await world.post(path, content, who="supervisor", key="s", ok=(422,))
    assert "version" in problem["detail"]
    problem = await world.post(path, {**content, "version": 1}, who="supervisor", key="s", ok=(409,))
    assert problem["code"] == "stale_version"


async def test_a_citizen_s_step_repeated_happens_once(world: World) -> None:
    receipt = await world.register(LAMP)
    path = f"/api/v1/track/{receipt['number']}/steps"
    content = json.dumps({"action": "urge", "code": receipt["query_code"]}).encode()
    first = await world.send(path, content, who=None, key="u")
    again = await world.send(path, content, who=None, key="u")
    assert first == again
    assert (await world.ticket(receipt["number"]))["urge_count"] == 1


async def test_two_different_words_of_a_citizen_at_once_are_both_heard_without_a_key(world: World) -> None:
    receipt = await world.register(LAMP)
    path = f"/api/v1/track/{receipt['number']}/steps"

    async def add(words: str) -> int:
        content = json.dumps({"action": "supplement", "code": receipt["query_code"], "text": words}).encode()
        return (await world.send(path, content, who=None))[0]

    assert list(await asyncio.gather(add("灯杆也歪了"), add("旁边的井盖在响"))) == [200, 200]
    brief = (await world.ticket(receipt["number"]))["brief"]
    assert "灯杆也歪了" in brief
    assert "旁边的井盖在响" in brief


@pytest.mark.parametrize("key", ["a" * 201, "\u200b"])
async def test_an_odd_key_of_a_citizen_is_refused(world: World, key: str) -> None:
    receipt = await world.register(LAMP)
    content = json.dumps({"action": "urge", "code": receipt["query_code"]}).encode()
    status, raw = await world.send(f"/api/v1/track/{receipt['number']}/steps", content, who=None, key=key)
    assert (status, json.loads(raw)["code"]) == (422, "invalid_request")
