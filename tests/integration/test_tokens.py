"""接口凭证: told once, kept as a hash, for some addresses only, until a day; rotated without a gap, revoked at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hotline.api.auth import KNOWN_TOKENS, KnownTokens

if TYPE_CHECKING:
    from tests.integration.conftest import World

TOKENS = "/api/v1/tokens"
NEW = {"role": "department", "subject": "urban", "label": "城管业务系统"}


async def status_of(world: World, token: str, path: str = "/api/v1/assignments") -> int:
    """What a program with this token is answered by a process that has not seen it lately."""
    world.client.app[KNOWN_TOKENS].__dict__.update(KnownTokens().__dict__)
    async with world.client.get(path, headers={"authorization": f"Bearer {token}"}) as response:
        await response.read()
        return response.status


async def made(world: World, **more: Any) -> Any:
    return await world.post(TOKENS, {**NEW, **more}, who="administrator")


async def test_a_token_opens_its_roles_addresses_and_is_told_once(world: World) -> None:
    one = await made(world)
    assert await status_of(world, one["token"]) == 200
    listed = await world.get(f"{TOKENS}?role=department", who="auditor")
    assert one["id"] in [line["id"] for line in listed["tokens"]]
    assert one["token"] not in str(listed)
    rows = await world.rows("SELECT * FROM credentials WHERE label = $1", NEW["label"])
    assert one["token"] not in str(rows)


async def test_a_scope_opens_nothing_else(world: World) -> None:
    one = await made(world, scope=["GET /api/v1/tickets/{number}", "GET /api/v1/assignments"])
    assert await status_of(world, one["token"]) == 200
    assert await status_of(world, one["token"], "/api/v1/tickets") == 403
    assert await status_of(world, one["token"], "/api/v1/tickets/20261100000001") == 404
    # What its role may never call is no scope of it.
    await world.post(TOKENS, {**NEW, "scope": ["GET /api/v1/users"]}, who="administrator", ok=(422,))


async def test_a_token_ends_on_its_day(world: World) -> None:
    one = await made(world, days=1)
    assert await status_of(world, one["token"]) == 200
    await world.rows("UPDATE credentials SET expires_at = $1 WHERE label = $2", datetime.now(UTC), NEW["label"])
    assert await status_of(world, one["token"]) == 401
    await world.post(TOKENS, {**NEW, "days": 367}, who="administrator", ok=(422,))


async def test_rotation_leaves_no_gap_and_the_old_one_ends_after_the_overlap(world: World) -> None:
    one = await made(world, scope=["GET /api/v1/assignments"])
    steps = f"{TOKENS}/{one['id']}/steps"
    fresh = await world.post(steps, {"action": "rotate", "overlap_h": 2}, who="administrator")
    assert fresh["scope"] == one["scope"]
    assert [await status_of(world, each["token"]) for each in (one, fresh)] == [200, 200]
    await world.post(steps, {"action": "rotate"}, who="administrator", ok=(409,))
    [old] = await world.rows("SELECT expires_at, replaced_by FROM credentials WHERE id = $1", int(one["id"]))
    assert str(old["replaced_by"]) == fresh["id"]
    assert timedelta(hours=1) < old["expires_at"] - datetime.now(UTC) <= timedelta(hours=2)


async def test_a_token_made_anew_tells_by_its_beginning_whose_it_is_as_the_one_before(world: World) -> None:
    for who in ("department:urban", "agent", "auditor"):
        await world.token(who)
    found = await world.rows("SELECT min(id) AS id, role::text AS role FROM credentials GROUP BY role")
    fresh = {}
    for row in found:
        made_anew = await world.post(f"{TOKENS}/{row['id']}/steps", {"action": "rotate"}, who="administrator")
        fresh[row["role"]] = made_anew["token"].partition("_")[0]
    assert (fresh["channel"], fresh["department"], fresh["agent"], fresh["auditor"]) == ("ch", "dep", "ag", "tk")


async def test_a_revoked_token_is_refused_and_only_an_administrator_revokes(world: World) -> None:
    one = await made(world)
    steps = f"{TOKENS}/{one['id']}/steps"
    for who in ("auditor", "supervisor", "department:urban"):
        await world.post(steps, {"action": "revoke"}, who=who, ok=(403,))
    assert (await world.post(steps, {"action": "revoke"}, who="administrator"))["is_live"] is False
    assert await status_of(world, one["token"]) == 401
    await world.post(steps, {"action": "rotate"}, who="administrator", ok=(409,))


async def test_a_subject_that_is_none_of_the_citys_is_refused(world: World) -> None:
    for wrong in ({"subject": "nowhere"}, {"role": "channel", "subject": "urban"}, {"role": "supervisor"}):
        await world.post(TOKENS, {**NEW, **wrong}, who="administrator", ok=(422,))
    one = await made(world, role="channel", subject="phone")
    assert await status_of(world, one["token"], "/api/v1/interactions/missed") == 200
