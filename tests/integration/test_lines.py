"""公开电话台账: everybody may read it; what a new city version changes is announced, and told on the stream."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import msgspec

from hotline.announcement import take_over
from models.vocabulary import Integration

if TYPE_CHECKING:
    from models.line import Line
    from tests.integration.conftest import World

LINES = "/api/v1/lines"


async def read(world: World, path: str, status: int = 200) -> Any:
    """As anybody may: without a credential."""
    async with world.client.get(path) as response:
        assert response.status == status, await response.text()
        return await response.json()


def changed_city(world: World, version: str, **changes: Line | None) -> Any:
    lines = {number: line for number, line in {**world.hub.city.lines, **changes}.items() if line is not None}
    return msgspec.structs.replace(world.hub.city, lines=lines, version=version)


async def take(world: World, city: Any) -> int:
    return await world.hub.database.write(lambda session: take_over(session, city, world.clock.now()))


async def test_the_register_is_public_and_whole(world: World) -> None:
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await read(world, f"{LINES}?limit=25{cursor and f'&cursor={cursor}'}")
        found += page["lines"]
        cursor = page["cursor"]
    assert [one["number"] for one in found] == list(world.hub.city.lines)
    assert all(one["purpose"] for one in found)
    assert "seat_group" not in found[0]


async def test_a_number_tells_who_answers_now_and_what_is_said(world: World) -> None:
    labour = await read(world, f"{LINES}/12333")
    assert (labour["department"]["code"], labour["is_open"], labour["answered_by"]) == ("labour", True, "12333")
    world.clock.move(hours=9)
    labour = await read(world, f"{LINES}/12333")
    assert (labour["is_open"], labour["answered_by"]) == (False, "12345")
    court = await read(world, f"{LINES}/12368")
    assert (court["integration"], court["answered_by"]) == ("referral", None)
    assert "12368" in court["script"]
    assert "99999" in (await read(world, f"{LINES}/99999", 404))["detail"]


async def test_numbers_are_found_by_what_they_are_for(world: World) -> None:
    assert [one["number"] for one in (await read(world, f"{LINES}?q=公积金"))["lines"]] == ["12329"]
    referred = (await read(world, f"{LINES}?integration=referral&limit=100"))["lines"]
    assert {one["integration"] for one in referred} == {"referral"}
    assert len(referred) == sum(line.integration is Integration.REFERRAL for line in world.hub.city.lines.values())
    await read(world, f"{LINES}?integration=sideways", 422)
    await read(world, f"{LINES}?cursor=x", 422)


async def test_a_cursor_beyond_every_number_is_refused(world: World) -> None:
    forged = base64.urlsafe_b64encode(f"[{2**63}]".encode()).decode().rstrip("=")
    assert "cursor" in (await read(world, f"{LINES}/announcements?cursor={forged}", 422))["detail"]


async def test_what_a_new_version_changes_is_announced_once(world: World) -> None:
    lines = world.hub.city.lines
    assert await take(world, world.hub.city) == 0
    new = changed_city(
        world,
        "second",
        **{
            "12333": msgspec.structs.replace(lines["12333"], hours="08:30-20:00", department="services"),
            "12396": None,
            "12399": msgspec.structs.replace(lines["12345"], number="12399", name="新设专线", purpose="试用"),
            "12315": msgspec.structs.replace(lines["12315"], seat_group="enterprise"),
        },
    )
    at = world.clock.now()
    assert await take(world, new) == 3
    assert await take(world, new) == 0
    told = {one["line"]: one for one in (await read(world, f"{LINES}/announcements"))["announcements"]}
    assert {line: one["change"] for line, one in told.items()} == {
        "12333": "changed",
        "12396": "removed",
        "12399": "added",
    }
    was, now = world.hub.department_name("labour"), world.hub.department_name("services")
    assert told["12333"]["details"] == [f"单位：{was} → {now}", "服务时间：08:30-17:30 → 08:30-20:00"]
    assert all(one["at"] >= at.isoformat().replace("+00:00", "Z")[:19] for one in told.values())
    assert await take(world, msgspec.structs.replace(world.hub.city, version="back again")) == 3


async def test_announcements_come_page_by_page(world: World) -> None:
    await take(world, world.hub.city)
    gone = dict.fromkeys(("12300", "12301", "12312"))
    await take(world, changed_city(world, "second", **gone))
    first = await read(world, f"{LINES}/announcements?limit=2")
    second = await read(world, f"{LINES}/announcements?limit=2&cursor={first['cursor']}")
    told = [one["line"] for page in (first, second) for one in page["announcements"]]
    assert told == ["12312", "12301", "12300"]
    assert second["cursor"] is None
