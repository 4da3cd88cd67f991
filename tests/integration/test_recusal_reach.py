"""回避: whom a ticket comes to accuse loses it by every route, though they had it in hand before."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

from hotline import export
from models.ticket import id_of

if TYPE_CHECKING:
    import aiohttp

    from tests.integration.conftest import World

LAMP = "东湖区翠湖路的路灯坏了三天，城管局推诿扯皮不来修。"
WHY = "反映的是城管局作风，另派他人"
LISTS = (
    "/api/v1/tickets",
    "/api/v1/tickets?q=路灯",
    "/api/v1/tickets?state=assigned",
    "/api/v1/tickets?sort=oldest",
    "/api/v1/assignments",
    "/api/v1/supervisions",
    "/api/v1/deliveries",
    "/api/v1/exclusions",
    "/api/v1/inspections",
    "/api/v1/incidents",
    "/api/v1/deferrals",
)
PAGES = ("", "/trail", "/clock", "/file")


async def looked_into(world: World) -> str:
    """A ticket at 城管, pressed and looked into."""
    number = str((await world.register(LAMP))["number"])
    assert (await world.ticket(number))["lead"]["code"] == "urban"
    await world.step(number, "supervise", who="supervisor", level=1, reason="群众多次来电")
    ask = {"ticket": number, "reason": "force_majeure", "evidence": "台风期间无法作业"}
    await world.post("/api/v1/exclusions", ask, who="department:urban", ok=(201, 404, 409, 422))
    await world.post("/api/v1/incidents", {"ticket": number, "title": "翠湖路路灯不亮"}, who="shift_lead")
    await world.post("/api/v1/inspections", {"of": "ticket", "subject": number, "reason": "重点关注件"}, who="quality")
    return number


async def came_to_accuse(world: World) -> str:
    """The same, that the desk then reads as a complaint about 城管's own conduct."""
    number = await looked_into(world)
    fields = {"lead": "justice", "category": "2002", "reason": WHY}
    await world.step(number, "reassign", who="supervisor", **fields)
    return number


async def test_what_comes_to_accuse_its_lead_is_out_of_its_sight_by_every_page_and_list(world: World) -> None:
    number = await came_to_accuse(world)
    for page in PAGES:
        await world.get(f"/api/v1/tickets/{number}{page}", who="department:urban", status=404)
    for path in LISTS:
        assert number not in str(await world.get(path, who="department:urban")), path
    # It is the accusation that keeps it away: who stands over the city's bureaux, and the hotline, find it as ever.
    for path in ("/api/v1/tickets", "/api/v1/tickets?q=路灯", "/api/v1/incidents"):
        assert number in str(await world.get(path, who="supervisor")), path
    assert number in str(await world.get("/api/v1/tickets", who="department:justice"))


async def test_a_single_incident_and_inspection_of_it_are_not_shown_to_the_accused(world: World) -> None:
    await came_to_accuse(world)
    for path, name in (("/api/v1/incidents", "incidents"), ("/api/v1/inspections", "inspections")):
        [one] = (await world.get(path, who="supervisor"))[name]
        await world.get(f"{path}/{one['id']}", who="department:urban", status=404)


async def test_the_accused_is_told_that_it_was_taken_away_and_not_a_word_of_why(world: World) -> None:
    server = await world.department("urban")
    number = await came_to_accuse(world)
    await world.deliver()
    told = server.last("ticket.reassigned")
    assert told["ticket"] == number
    assert {name for name, value in told.items() if value is not None} <= {
        "ticket", "department", "assignment", "role", "is_designated", "due",
    }  # fmt: skip
    assert WHY not in str(server.received)
    assert told["category"] is None
    assert told["brief"] is None


async def test_neither_an_export_nor_the_stream_tells_the_accused_of_it(world: World) -> None:
    headers = {"authorization": f"Bearer {await world.token('department:urban')}"}
    other = {"authorization": f"Bearer {await world.token('department:justice')}"}
    async with (
        world.client.ws_connect("/api/v1/stream", headers=headers) as accused,
        world.client.ws_connect("/api/v1/stream", headers=other) as justice,
    ):
        number = await came_to_accuse(world)
        assert await heard(justice, number)
        # What the accused heard before it was accused is no word of the accusation.
        assert "reassign" not in await heard(accused, number)
    ask = {"filters": {}, "format": "csv"}
    made = await world.post("/api/v1/exports", ask, who="department:urban", ok=(202,))
    await export.turn(world.hub)
    async with world.client.get(f"/api/v1/exports/{made['id']}/file", headers=headers) as response:
        assert response.status == 200
        assert number not in (await response.read()).decode("utf-8-sig")


async def heard(socket: aiohttp.ClientWebSocketResponse, number: str) -> list[str]:
    """The types of a ticket's events that come within a second and a half."""
    found: list[str] = []
    try:
        while True:
            told: Any = await socket.receive_json(timeout=1.5)
            found += [told["type"]] if told["ticket"] == number else []
    except TimeoutError:
        return found


async def test_what_it_still_has_in_hand_stays_in_sight_without_the_accusation(world: World) -> None:
    """The citizen accuses the lead later, and the desk has not looked yet: the work goes on, the accusation is not told."""
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "acknowledge", who="department:urban")
    await world.rows("UPDATE tickets SET recused = '{urban}' WHERE id = $1", id_of(number))
    await world.step(number, "supervise", who="supervisor", level=1, reason="诉求人称承办人员收钱")
    page = await world.get(f"/api/v1/tickets/{number}", who="department:urban")
    assert page["allowed_actions"]
    trail = await world.get(f"/api/v1/tickets/{number}/trail", who="department:urban")
    assert "acknowledge" in [one["type"] for one in trail["events"]]
    assert "supervise" not in [one["type"] for one in trail["events"]] or "收钱" not in str(trail)
    await world.step(number, "recall", who="supervisor", reason="另行派单")
    await world.get(f"/api/v1/tickets/{number}", who="department:urban", status=404)


async def test_while_it_has_it_in_hand_the_stream_tells_the_accused_what_its_trail_shows(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.rows("UPDATE tickets SET recused = '{urban}' WHERE id = $1", id_of(number))
    headers = {"authorization": f"Bearer {await world.token('department:urban')}"}
    async with world.client.ws_connect("/api/v1/stream", headers=headers) as socket:
        await world.step(number, "note", who="supervisor", reason="诉求人称承办人员收钱")
        await world.step(number, "acknowledge", who="department:urban")
        told = await heard(socket, number)
    assert "acknowledge" in told
    assert "note" not in told


async def seen(world: World, number: str) -> set[str]:
    """Where 城管 finds the ticket: lists, and the single pages of what was looked into."""
    who, found = "department:urban", set()
    for path in LISTS:
        found |= {path} if number in str(await world.get(path, who=who)) else set()
    for path, name in (("/api/v1/incidents", "incidents"), ("/api/v1/inspections", "inspections")):
        [one] = (await world.get(path, who="supervisor"))[name]
        headers = {"authorization": f"Bearer {await world.token(who)}"}
        async with world.client.get(f"{path}/{one['id']}", headers=headers) as response:
            found |= {f"{path}/one"} if response.status == 200 else set()
    return found


async def test_every_list_goes_on_as_before_while_it_has_a_part_and_none_afterwards(world: World) -> None:
    """What vanished at the moment of the accusation would tell of it."""
    await world.department("urban")
    number = await looked_into(world)
    await world.deliver()
    before = await seen(world, number)
    assert before >= {*LISTS} - {"/api/v1/deferrals", "/api/v1/exclusions"}
    await world.rows("UPDATE tickets SET recused = '{urban}' WHERE id = $1", id_of(number))
    assert await seen(world, number) == before
    headers = {"authorization": f"Bearer {await world.token('department:urban')}"}
    async with world.client.get(f"/api/v1/tickets/{number}/file", headers=headers) as file:
        story = zipfile.ZipFile(io.BytesIO(await file.read()))
    assert "ticket.supervised" in "".join(story.read(name).decode() for name in story.namelist())
    async with world.client.ws_connect("/api/v1/stream", headers=headers) as socket:
        await world.step(number, "acknowledge", who="department:urban")
        assert "acknowledge" in await heard(socket, number)
        await world.step(number, "recall", who="supervisor", reason="另行派单")
        await world.step(number, "note", who="supervisor", reason="已转纪检")
        assert await heard(socket, number) == []
    assert await seen(world, number) == set()


async def test_whom_a_person_names_as_accused_stands_aside_from_then_on(world: World) -> None:
    """The words name nobody: the desk knows whom they mean."""
    number = str((await world.register("东湖区翠湖路的路灯坏了三天，请尽快维修。"))["number"])
    lead = (await world.ticket(number))["lead"]["code"]
    fields = {"lead": "discipline", "kind": "tip_off", "reason": "来电人称承办人员收钱", "recused": [lead]}
    await world.refused(number, "reassign", who="supervisor", status=422, **{**fields, "recused": ["atlantis"]})
    await world.step(number, "reassign", who="supervisor", **fields)
    await world.get(f"/api/v1/tickets/{number}", who=f"department:{lead}", status=404)
    assert number not in str(await world.get("/api/v1/tickets", who=f"department:{lead}"))
    await world.step(number, "recall", who="supervisor", reason="另行派单")
    await world.refused(number, "designate", who="supervisor", lead=lead, reason="指定办理")


async def test_what_may_be_the_same_tells_no_department_of_what_accuses_it(world: World) -> None:
    """Whoever says the words themselves, to be read or as what was seen on the ground, finds no ticket by them."""
    number = await came_to_accuse(world)
    for who, is_told in (("department:urban", False), ("department:justice", True), ("supervisor", True)):
        read = await world.post("/api/v1/understand", {"text": "东湖区翠湖路的路灯坏了三天"}, who=who)
        assert (read["incident"] is not None) is is_told, who
    tip = (await world.register("举报翠湖街道工作人员收钱，翠湖路流动摊贩占道没人管。"))["number"]
    seen = await world.post(
        "/api/v1/patrols", {"text": "翠湖路流动摊贩占道没人管，路灯坏了三天"}, who="department:donghu-cuihu", key="seen"
    )
    assert (seen["possible_duplicates"], "incident" in seen) == ([], False)
    assert tip not in str(seen)
    assert number not in str(seen)


async def test_why_the_desk_must_look_is_told_to_no_department(world: World) -> None:
    number = str((await world.register(LAMP))["number"])
    await world.step(number, "recall", who="supervisor", reason="诉求人称承办人员收钱，待核")
    assert "收钱" in (await world.ticket(number))["desk_reason"]
    page = await world.get(f"/api/v1/tickets/{number}", who="department:urban")
    [line] = (await world.get("/api/v1/tickets", who="department:urban"))["tickets"]
    assert (page["desk_reason"], line["desk_reason"]) == (None, None)
