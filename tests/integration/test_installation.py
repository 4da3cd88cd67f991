"""What the console's administration reads and tries out: departments, catalogue, policies, calendars."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from models.city_files import digest
from models.store import deliveries, endpoints

if TYPE_CHECKING:
    from tests.integration.conftest import World

YUNZHOU = Path("cities/yunzhou")
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
WATER = "东湖区翠湖路翠湖小区停水两天了，一点通知都没有，什么时候能来水"
CARD = "健身房关门了年卡退不了，老板电话也打不通，投诉。"
LAMP_ROW = "D0203-01,2026.1,0203,,urban,,@district,yes,2026-01-01,,"
# Days off as they might be announced: what counts is that some fall on working days.
NEXT_YEAR = """year = 2027
announced = true
source = "测试用"
holidays = ["2027-01-01", "2027-01-02", "2027-01-03", "2027-02-08", "2027-02-09", "2027-02-10"]
workdays = ["2027-02-06"]
"""


@pytest.fixture(autouse=True)
def _the_folder_stays_as_it_is() -> Any:
    before = digest(YUNZHOU)
    yield
    assert digest(YUNZHOU) == before


def duties() -> str:
    return (YUNZHOU / "duties.csv").read_text(encoding="utf-8")


async def line_of(world: World, code: str, who: str = "administrator") -> Any:
    found = (await world.get("/api/v1/departments", who=who))["departments"]
    return next(one for one in found if one["code"] == code)


async def test_departments_tell_whose_they_are_and_who_is_on_duty(world: World) -> None:
    found = (await world.get("/api/v1/departments", who="administrator"))["departments"]
    assert [one["code"] for one in found] == list(world.hub.city.departments)
    hotline = await line_of(world, "hotline")
    assert (hotline["kind"], hotline["parent"]) == ("center", "services")
    assert hotline["office_hours"] == [{"weekdays": "1-7", "blocks": ["00:00-24:00"]}]
    lead = next(one for one in hotline["roster"] if one["duty"] == "值班长")
    assert (lead["contact"], lead["is_on_duty"]) == ("值***", True)
    assert (hotline["endpoint"], hotline["deliveries_waiting"], hotline["deliveries_dead"]) == (None, 0, 0)


async def test_a_department_sees_itself_and_those_below_it(world: World) -> None:
    for who in ("urban", "donghu", "donghu-dongmen"):
        found = (await world.get("/api/v1/departments", who=f"department:{who}"))["departments"]
        codes = {one["code"] for one in found}
        assert codes == {code for code in world.hub.city.departments if world.hub.city.is_under(code, who)}
    grid = next(iter(world.hub.city.grid_units))
    own = (await world.get("/api/v1/departments", who=f"department:{grid}"))["departments"]
    assert [one["code"] for one in own] == [grid]
    await world.get("/api/v1/departments", who="channel:phone", status=403)


async def test_how_a_departments_system_does_is_told(world: World) -> None:
    lead = "urban"
    await world.department(lead)
    await world.register(LAMP)
    told = await line_of(world, lead)
    assert (told["endpoint"]["host"], told["endpoint"]["last_delivered_at"]) == ("127.0.0.1", None)
    assert told["deliveries_waiting"] == 1
    await world.deliver()
    told = await line_of(world, lead)
    assert (told["endpoint"]["breaker"], told["deliveries_waiting"]) == ("closed", 0)
    first = told["endpoint"]["last_delivered_at"]
    assert first is not None
    # To the minute: a busy endpoint is not written to at every delivery.
    await reported(world, lead, has_answered=True)
    assert (await line_of(world, lead))["endpoint"]["last_delivered_at"] == first
    world.clock.move(minutes=2)
    await reported(world, lead, has_answered=True)
    assert (await line_of(world, lead))["endpoint"]["last_delivered_at"] > first


async def test_an_open_breaker_is_told(world: World) -> None:
    await world.department("urban")
    await reported(world, "urban", has_answered=False, failures=5)
    told = (await line_of(world, "urban"))["endpoint"]
    assert (told["breaker"], told["failures"]) == ("open", 5)
    world.clock.move(minutes=10)
    assert (await line_of(world, "urban"))["endpoint"]["breaker"] == "half_open"
    await reported(world, "urban", has_answered=True)
    assert (await line_of(world, "urban"))["endpoint"]["breaker"] == "closed"


async def reported(world: World, department: str, *, has_answered: bool, failures: int = 0) -> None:
    report = endpoints.Report(department=department, has_answered=has_answered, failures=failures)
    async with world.hub.database.session() as session:
        await endpoints.report(session, [report], world.hub.now())


async def test_dead_and_waiting_deliveries_are_counted_by_department(world: World) -> None:
    await world.department("urban")
    await world.register(LAMP)
    await world.rows("UPDATE deliveries SET state = 'dead'")
    await world.register(LAMP)
    await world.register(LAMP)
    told = await line_of(world, "urban")
    assert (told["deliveries_waiting"], told["deliveries_dead"]) == (2, 1)
    async with world.hub.database.session() as session:
        whole = await deliveries.undelivered(session)
        parts = (await deliveries.undelivered_by_department(session)).values()
    assert (whole.waiting, whole.dead) == (sum(one[0] for one in parts), sum(one[1] for one in parts))


async def every_duty(world: World, query: str = "") -> list[Any]:
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = await world.get(f"/api/v1/catalogue?limit=100&cursor={cursor}{query}", who="dispatcher")
        found += page["duties"]
        cursor = page["cursor"]
    return found


async def test_the_catalogue_holds_what_is_in_force_on_a_date(world: World) -> None:
    now = await every_duty(world)
    today = world.hub.today()
    wanted = [
        one
        for one in world.hub.city.duties
        if one.effective_from <= today and (one.effective_to is None or today <= one.effective_to)
    ]
    assert sorted((one["id"], one["version"]) for one in now) == sorted((one.id, one.version) for one in wanted)
    assert ("D0101-02", "2025.1") not in {(one["id"], one["version"]) for one in now}
    then = await every_duty(world, "&category=0101&on=2025-06-01")
    assert [(one["id"], one["effective_to"]) for one in then] == [("D0101-02", "2025-12-31")]


async def test_the_catalogue_is_asked_by_category_and_by_department(world: World) -> None:
    lamps = await every_duty(world, "&category=0203")
    assert {one["category"]["code"][:4] for one in lamps} == {"0203"}
    general = next(one for one in lamps if one["id"] == "D0203-01")
    assert general["lead"] == {"code": "urban", "name": "城管局"}
    assert general["copy"] == [{"code": "@district", "name": "属地区县"}]
    assert (general["place"], general["is_by_place"], general["grassroots"], general["ruling"]) == (
        None,
        True,
        True,
        None,
    )
    for one in await every_duty(world, "&department=housing"):
        assert "housing" in {one["lead"]["code"], *(part["code"] for part in (*one["assisting"], *one["copy"]))}
    await world.get("/api/v1/catalogue?on=tomorrow", who="dispatcher", status=422)


async def test_a_ruling_shows_in_the_catalogue(world: World) -> None:
    number = (await world.register(LAMP))["number"]
    await world.step(number, "recall", who="dispatcher", reason="职责不清")
    await world.step(number, "open_dispute", who="dispatcher", topic="路灯由谁管养")
    await world.step(number, "rule", who="supervisor", lead="housing", ruling="由住建局统一管养", amend=True)
    world.clock.move(days=1)
    ruled = [one for one in await every_duty(world, "&category=0203") if one["ruling"] is not None]
    assert [(one["lead"]["code"], one["ruling"]["ticket"]) for one in ruled] == [("housing", number)]
    told = await world.get("/api/v1/catalogue/versions", who="supervisor")
    assert [one["id"] for one in told["rulings"]] == [ruled[0]["id"]]
    # The row that it superseded holds no more, and the ruling is no version of the file.
    assert ruled[0]["version"] not in {one["version"] for one in told["versions"]}
    assert sum(one["in_force"] for one in told["versions"]) + 1 == len(await every_duty(world))


async def test_versions_of_the_catalogue_add_up(world: World) -> None:
    told = await world.get("/api/v1/catalogue/versions", who="supervisor")
    assert told["current"] == world.hub.city.catalogue_version
    assert sum(one["duties"] for one in told["versions"]) == len(world.hub.city.duties)
    assert sum(one["in_force"] for one in told["versions"]) == len(await every_duty(world))
    past = next(one for one in told["versions"] if one["version"] == "2025.1")
    assert (past["in_force"], past["effective_to"]) == (0, "2025-12-31")


async def tried(world: World, text: str, *, who: str = "supervisor", ok: int = 200, **more: Any) -> Any:
    return await world.post("/api/v1/catalogue/dry-run", {"duties": text, **more}, who=who, ok=(ok,))


async def test_another_catalogue_is_tried_out_on_past_tickets(world: World) -> None:
    lamps = [(await world.register(LAMP))["number"] for _ in range(2)]
    await world.register(WATER)
    assert LAMP_ROW in duties()
    other = duties().replace(LAMP_ROW, "D0203-01,2026.1,0203,,transport,housing,@district,yes,2026-01-01,,")
    found = await tried(world, other)
    assert found["is_sound"] is True
    assert [one for one in found["faults"] if one["level"] == "error"] == []
    changes = found["changes"]
    assert (changes["added"], changes["removed"], changes["changed"]) == (0, 0, 1)
    row = changes["first"][0]
    assert (row["id"], row["change"]) == ("D0203-01@2026.1", "changed")
    assert other.splitlines()[row["line"] - 1].startswith("D0203-01,")
    assert any("主办" in one and "交通" in one for one in row["details"])
    routes = found["routes"]
    assert (routes["tickets"], routes["elsewhere"]) == (3, 2)
    assert [(one["before"]["code"], one["after"]["code"], one["tickets"]) for one in routes["moves"]] == [
        ("urban", "transport", 2)
    ]
    assert [one["number"] for one in routes["first"]] == lamps[::-1]
    assert "城管局" in routes["first"][0]["because_before"]
    assert "交通" in routes["first"][0]["because_after"]
    assert (await tried(world, other, limit=1))["routes"]["tickets"] == 1
    # Nothing was kept: the next lamp goes where lamps go.
    assert (await world.ticket((await world.register(LAMP))["number"]))["lead"]["code"] == "urban"


async def test_a_catalogue_for_next_year_is_tried_out_as_it_will_hold(world: World) -> None:
    await world.register(LAMP)
    other = duties().replace(LAMP_ROW, LAMP_ROW.replace("2026-01-01,,", "2026-01-01,2026-12-31,"))
    other += "D0203-01,2027.1,0203,,transport,,@district,yes,2027-01-01,,自二〇二七年起由交通部门管养\n"
    assert (await tried(world, other))["routes"]["elsewhere"] == 0
    found = await tried(world, other, on="2027-01-01")
    counted = {name: n for name, n in found["changes"].items() if name != "first"}
    assert (counted, found["routes"]["elsewhere"]) == ({"added": 1, "removed": 0, "changed": 1}, 1)


async def test_a_faulty_catalogue_is_told_line_by_line_and_routes_nothing(world: World) -> None:
    line = duties().splitlines().index(next(one for one in duties().splitlines() if one.startswith(LAMP_ROW))) + 1
    found = await tried(world, duties().replace(LAMP_ROW, LAMP_ROW.replace("urban", "atlantis")))
    assert (found["is_sound"], found["routes"], found["changes"]) == (False, None, None)
    fault = next(one for one in found["faults"] if one["file"] == "duties.csv")
    assert (fault["line"], fault["level"]) == (line, "error")
    assert "atlantis" in fault["message"]
    assert fault["cure"]
    # What is missing is missing in another file.
    gone = "".join(one for one in duties().splitlines(keepends=True) if not one.startswith("D0203-01"))
    assert "categories.csv" in {one["file"] for one in (await tried(world, gone))["faults"]}
    for text in ("id,version\n", '\x85,\r\n"', "D" * 200_000):
        assert (await tried(world, text))["is_sound"] is False


async def test_only_administrators_and_supervisors_try_out(world: World) -> None:
    for who in ("dispatcher", "department:urban", "auditor", "channel:phone"):
        await tried(world, duties(), who=who, ok=403)
        await world.post("/api/v1/calendars/check", {"year": 2027, "text": NEXT_YEAR}, who=who, ok=(403,))
    await tried(world, duties(), limit=501, ok=422)


async def test_policies_tell_limits_reopening_and_the_law_with_their_sources(world: World) -> None:
    told = await world.get("/api/v1/policies", who="supervisor")
    assert next((one["id"], one["is_in_force"]) for one in told["policies"]) == ("generic", True)
    assert sum(one["is_in_force"] for one in told["policies"]) == 1
    assert {one["id"] for one in told["policies"]} == set(world.hub.city.policies)
    for one in told["policies"]:
        written = tomllib.loads((YUNZHOU / f"policies/{one['id']}.toml").read_text(encoding="utf-8"))
        assert one["source"]
        assert one["reopen"]["source"]
        assert [row["reply"]["limit"] for row in one["limits"]] == [row["reply"] for row in written["limits"]]
        assert all(row["source"] for row in one["limits"])
        assert one["reopen"]["to"] == written["reopen"]["to"]
    complaint = next(row for row in told["policies"][0]["limits"] if row["kinds"] == ["complaint"])
    assert complaint["reply"] == {"limit": "5wd", "words": "5个工作日"}
    assert complaint["extension"]["total"]["limit"] == "10wd"
    critical = next(row for row in told["policies"][0]["limits"] if row["urgencies"] == [1])
    assert (critical["send_back"], critical["extension"]) == (None, {"times": 0, "each": None, "total": None})
    petition = next(one for one in told["statutes"] if one["id"] == "petition")
    assert (petition["reply"]["limit"], petition["law"], petition["tightens"]) == ("60d", "信访工作条例（2022）", False)


async def test_calendars_raise_the_alarm_for_a_year_that_nobody_has_announced(world: World) -> None:
    told = (await world.get("/api/v1/calendars", who="auditor"))["years"]
    states = {one["year"]: (one["state"], one["alarm"] is None) for one in told}
    assert states == {
        2024: ("announced", True), 2025: ("announced", True), 2026: ("announced", True), 2027: ("unannounced", False),
    }  # fmt: skip
    assert "calendars/2027.toml" in told[-1]["alarm"]
    this = next(one for one in told if one["year"] == 2026)
    assert "2026-10-10" in this["workdays"]
    assert date(2026, 10, 1).isoformat() in this["holidays"]
    assert "国办发明电" in this["source"]
    world.clock.move(days=365)
    after = {one["year"]: one["state"] for one in (await world.get("/api/v1/calendars", who="auditor"))["years"]}
    assert after[2028] == "missing"


async def checked(world: World, text: str, year: int = 2027) -> Any:
    content = {"year": year, "text": text}
    return await world.post("/api/v1/calendars/check", content, who="administrator", ok=(200,))


async def test_a_year_is_tried_out_and_tells_which_open_dates_it_would_move(world: World) -> None:
    card = (await world.register(CARD))["number"]
    await world.register(LAMP)
    before = await world.ticket(card)
    part = before["assignments"][0]
    found = await checked(world, NEXT_YEAR)
    assert found["is_sound"] is True
    times = found["due_times"]
    assert times["due"] == times["counted"] == 1
    assert (times["moved"], times["later"], times["earlier"]) == (1, 1, 0)
    assert times["earliest"] == times["latest"] == part["reply_by"]
    moved = times["first"][0]
    assert (moved["number"], moved["assignment"], moved["reply_by"]) == (card, part["assignment"], part["reply_by"])
    assert moved["counted_again"] > part["reply_by"]
    assert "重新启动" in found["how"]
    assert await world.ticket(card) == before


async def test_the_year_as_it_is_moves_no_date(world: World) -> None:
    await world.register(CARD)
    present = (YUNZHOU / "calendars/2026.toml").read_text(encoding="utf-8")
    found = await checked(world, present, 2026)
    assert found["is_sound"] is True
    assert (found["due_times"]["counted"], found["due_times"]["moved"]) == (1, 0)


async def test_a_faulty_year_is_told_and_counts_nothing(world: World) -> None:
    await world.register(CARD)
    for text, words in (
        (NEXT_YEAR.replace("2027-02-06", "2027-02-05"), "本来就上班"),
        (NEXT_YEAR.replace("2027-02-06", "2027-02-10"), "既是放假日又是调休上班日"),
        (NEXT_YEAR.replace("year = 2027", "year = 2031"), "不是所填的2027年"),
        (NEXT_YEAR.replace("year = 2027", f"year = 0x{'f' * 5000}"), "内容不合要求"),
        (NEXT_YEAR.replace("year = 2027", 'year = "2027"'), "内容不合要求"),
        ("year = ", "TOML 格式有误"),
        ("a = " + "[" * 15_000, "嵌套过深"),
        ("a = " + "9" * 10_000, "内容不合要求"),
        ("year = 2027", "announced"),
    ):
        found = await checked(world, text)
        assert (found["is_sound"], found["due_times"]) == (False, None)
        assert any(words in one["message"] for one in found["faults"]), (text[:60], found["faults"])
    await world.post("/api/v1/calendars/check", {"year": 1999, "text": "x"}, who="administrator", ok=(422,))
