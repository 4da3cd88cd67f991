"""交接班: what an agent leaves open goes to another or to a group; who handed what to whom stays known."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.conftest import World

CALLS = "/api/v1/interactions"
ANN, BEN, CAT, LEAD = "agent:ann", "agent:ben", "agent:cat", "shift_lead"
SECRET = "张三家住翠湖路8号"


async def step(world: World, who: str, action: str, **fields: Any) -> Any:
    return await world.post("/api/v1/seat/steps", {"action": action, **fields}, who=who)


async def sign_on(world: World, who: str, *groups: str) -> None:
    await step(world, who, "sign_on", seat_groups=list(groups or ("general",)))


async def write(world: World, who: str, draft: str | None = None, *, ok: tuple[int, ...] = (200,), **more: Any) -> str:
    name = draft or secrets.token_hex(16)
    content = {"fields": {"text": SECRET}, **more}
    await world.post(f"/api/v1/drafts/{name}", content, who=who, method="PUT", ok=ok)
    return name


async def drafts(world: World, who: str) -> list[str]:
    return [one["id"] for one in (await world.get("/api/v1/drafts", who=who))["drafts"]]


async def hand(world: World, who: str, *, ok: tuple[int, ...] = (201,), **fields: Any) -> Any:
    return await world.post("/api/v1/shift_changes", fields, who=who, ok=ok)


async def conversation(world: World, who: str) -> int:
    made = await world.post(CALLS, {"wants_agent": True}, who="channel:wechat")
    await world.post("/api/v1/seat/take", None, who=who)
    return int(made["id"])


async def seat(world: World, who: str) -> Any:
    return (await world.get("/api/v1/seat", who=who))["seat"]


async def test_a_draft_is_its_agent_s_and_sealed(world: World) -> None:
    name = await write(world, ANN)
    await write(world, ANN, name, fields={"text": SECRET, "line": "12345"})
    (found,) = (await world.get("/api/v1/drafts", who=ANN))["drafts"]
    assert found["fields"] == {"text": SECRET, "line": "12345"}
    assert await drafts(world, BEN) == []
    await write(world, BEN, name, ok=(404,))
    await world.post(f"/api/v1/drafts/{name}", None, who=BEN, method="DELETE", ok=(404,))
    (row,) = await world.rows("SELECT fields FROM drafts")
    assert SECRET.encode() not in row["fields"]
    await world.post(f"/api/v1/drafts/{name}", None, who=ANN, method="DELETE")
    assert await drafts(world, ANN) == []


async def test_drafts_have_bounds(world: World) -> None:
    await write(world, ANN, fields={"text": "长" * 30_000}, ok=(422,))
    await write(world, ANN, interaction=99, ok=(422,))
    for _ in range(50):
        name = await write(world, ANN)
    await write(world, ANN, ok=(409,))
    await write(world, ANN, name)
    page = await world.get("/api/v1/drafts?limit=30", who=ANN)
    rest = await world.get(f"/api/v1/drafts?limit=30&cursor={page['cursor']}", who=ANN)
    assert len({one["id"] for one in page["drafts"] + rest["drafts"]}) == 50


async def test_drafts_and_conversations_go_to_the_named_agent_who_takes_over(world: World) -> None:
    await sign_on(world, ANN)
    chat, draft = await conversation(world, ANN), await write(world, ANN)
    await sign_on(world, BEN)
    change = await hand(world, ANN, to="ben", remark="来电人电话13700000001，请回复")
    assert (change["drafts"], change["interactions"]) == ([draft], [chat])
    assert "13700000001" not in change["remark"]
    assert "请回复" in change["remark"]
    assert await drafts(world, ANN) == []
    assert await drafts(world, BEN) == [draft]
    assert (await seat(world, BEN))["interaction"] == chat
    assert ((await seat(world, ANN))["state"], (await seat(world, ANN))["reason"]) == ("away", "已交接班")
    await world.post(f"/api/v1/shift_changes/{change['id']}/accept", None, who=ANN, ok=(403,))
    accepted = await world.post(f"/api/v1/shift_changes/{change['id']}/accept", None, who=BEN)
    assert accepted["accepted_by"] == "ben"
    await world.post(f"/api/v1/shift_changes/{change['id']}/accept", None, who=BEN, ok=(409,))
    await world.post(f"{CALLS}/{chat}/events", {"event": "ended", "outcome": "answered"}, who=BEN)
    (row,) = await world.rows("SELECT agent FROM interactions WHERE id = $1", chat)
    assert row["agent"] == "ben"


async def test_who_is_at_something_goes_on_with_what_was_handed_to_them_afterwards(world: World) -> None:
    await sign_on(world, ANN)
    handed = await conversation(world, ANN)
    await sign_on(world, BEN)
    own = await conversation(world, BEN)
    waiting = await world.post(CALLS, {"wants_agent": True}, who="channel:wechat")
    await hand(world, ANN, to="ben")
    assert (await seat(world, BEN))["interaction"] == own
    await world.post(f"{CALLS}/{own}/events", {"event": "ended"}, who=BEN)
    await step(world, BEN, "free")
    assert ((await seat(world, BEN))["state"], (await seat(world, BEN))["interaction"]) == ("busy", handed)
    await world.post(f"{CALLS}/{handed}/events", {"event": "ended"}, who=BEN)
    await step(world, BEN, "free")
    assert (await seat(world, BEN))["interaction"] == waiting["id"]


async def test_what_goes_to_a_group_is_anybody_s_of_the_group(world: World) -> None:
    await sign_on(world, ANN)
    chat, draft = await conversation(world, ANN), await write(world, ANN)
    change = await hand(world, ANN, seat_group="market")
    assert await drafts(world, BEN) == []
    await sign_on(world, BEN, "market")
    assert ((await seat(world, BEN))["state"], (await seat(world, BEN))["interaction"]) == ("given", chat)
    assert await drafts(world, BEN) == [draft]
    await sign_on(world, CAT, "market")
    assert await drafts(world, CAT) == [draft]
    await write(world, BEN, draft)
    assert await drafts(world, CAT) == []
    await world.post(f"/api/v1/shift_changes/{change['id']}/accept", None, who=CAT)


async def test_only_who_is_there_is_handed_a_conversation(world: World) -> None:
    await sign_on(world, ANN)
    await conversation(world, ANN)
    await sign_on(world, BEN)
    await step(world, BEN, "sign_off")
    problem = await hand(world, ANN, to="ben", ok=(404, 409))
    assert "ben" in problem["detail"]
    assert (await seat(world, ANN))["state"] == "busy"


async def test_there_is_something_to_hand_over_to_one_party(world: World) -> None:
    await sign_on(world, BEN)
    await hand(world, ANN, to="ben", ok=(409,))
    await write(world, ANN)
    await hand(world, ANN, ok=(422,))
    await hand(world, ANN, to="ben", seat_group="general", ok=(422,))
    await hand(world, ANN, to="ann", ok=(422,))
    await hand(world, ANN, seat_group="nowhere", ok=(422,))
    await hand(world, ANN, to="nobody", ok=(404,))
    await hand(world, BEN, agent="ann", to="ben", ok=(403,))
    change = await hand(world, LEAD, agent="ann", to="ben")
    assert (change["handed_by"], change["from_agent"]) == ("test-shift_lead", "ann")


async def test_changes_of_shift_are_shown_to_whom_they_concern(world: World) -> None:
    await sign_on(world, BEN)
    for _ in range(3):
        await write(world, ANN)
        await hand(world, ANN, to="ben")
    for who, n in ((ANN, 3), (BEN, 3), (CAT, 0), (LEAD, 3), ("supervisor", 3)):
        assert len((await world.get("/api/v1/shift_changes", who=who))["shift_changes"]) == n
    page = await world.get("/api/v1/shift_changes?limit=2", who=BEN)
    rest = await world.get(f"/api/v1/shift_changes?limit=2&cursor={page['cursor']}", who=BEN)
    assert len({one["id"] for one in page["shift_changes"] + rest["shift_changes"]}) == 3
