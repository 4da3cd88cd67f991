"""留痕损坏: what was altered in SQL is told as such, with the command that looks for it, and never as a fault of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from models.ticket import id_of

if TYPE_CHECKING:
    from tests.integration.conftest import World

LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
UNREADABLE = [
    "''::bytea",
    r"'\xff'::bytea",
    "substr(body, 1, length(body) / 2)",
    "convert_to('{\"fields\": 3}', 'UTF8')",
]
READABLE_AND_WRONG = [
    r"""replace(convert_from(body, 'UTF8'), '"fact":', '"lie":')""",
    r"""replace(convert_from(body, 'UTF8'), '"assignment":', '"part":')""",
    r"""regexp_replace(convert_from(body, 'UTF8'), '"fact":"dispatched"', '"fact":"resumed_never"')""",
    r"""regexp_replace(convert_from(body, 'UTF8'), '"reply":"[^"]*"', '"reply":"soon"')""",
    r"""regexp_replace(convert_from(body, 'UTF8'), '("fact":\{"at":)"[^"]*"', '\1"yesterday"')""",
    r"""regexp_replace(convert_from(body, 'UTF8'), '("fact":\{"at":)"[^"]*"', '\1"9999-12-31T23:59:59Z"')""",
]


async def damaged(world: World, body: str, kind: str) -> str:
    """A ticket whose events of one type somebody altered by hand."""
    number = str((await world.register(LAMP))["number"])
    before = await world.rows("SELECT body FROM events WHERE ticket_id = $1 AND type = $2", id_of(number), kind)
    changed = f"UPDATE events SET body = {body} WHERE ticket_id = $1 AND type = $2 RETURNING body"
    assert await world.rows(changed, id_of(number), kind) != before
    return number


def is_told(problem: Any, number: str) -> None:
    assert problem["code"] == "damaged_trail"
    assert f"hotline audit verify --ticket {number}" in problem["detail"]
    assert "留痕已损坏" in problem["detail"]


@pytest.mark.parametrize("body", [*UNREADABLE, *(f"convert_to({altered}, 'UTF8')" for altered in READABLE_AND_WRONG)])
async def test_the_clock_of_a_damaged_trail_says_that_it_is_damaged(world: World, body: str) -> None:
    number = await damaged(world, body, "clock_started")
    is_told(await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor", status=409), number)


@pytest.mark.parametrize("body", UNREADABLE)
async def test_so_does_the_trail_itself_and_nothing_is_counted_by_it(world: World, body: str) -> None:
    number = await damaged(world, body, "clock_started")
    is_told(await world.get(f"/api/v1/tickets/{number}/trail", who="supervisor", status=409), number)
    await world.step(number, "acknowledge", who="department:urban")
    asked: dict[str, Any] = {"reason": "配件尚未到货"}
    is_told(await world.refused(number, "request_extension", who="department:urban", **asked), number)


async def test_so_does_the_ticket_whose_words_no_longer_tell_whose_they_are(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "acknowledge", who="department:urban", handler="李科长")
    await world.rows("UPDATE events SET body = ''::bytea WHERE ticket_id = $1 AND type = 'acknowledge'", id_of(number))
    is_told(await world.get(f"/api/v1/tickets/{number}", who="supervisor", status=409), number)


async def test_another_event_that_is_damaged_leaves_the_clock_as_it_was(world: World) -> None:
    number = await damaged(world, "''::bytea", "register")
    page = await world.get(f"/api/v1/tickets/{number}/clock", who="supervisor")
    assert all(part["is_as_stored"] for part in page["assignments"])
