"""预测: the worker counts, forecasts and scores; who asks reads what was made; nothing is guessed where too little is known."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from hotline import forecast
from hotline.api.body import make_cursor
from hotline.commands import forecast as command
from hotline.config import Settings
from models.errors import InvalidRequest
from models.store import forecast as store
from models.ticket import MONTH, id_of
from models.volume import DayCount
from tests.bench.past import days

if TYPE_CHECKING:
    from pathlib import Path

    from models.store.database import Session
    from tests.integration.conftest import World

LAMP = "东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
MANY = 400


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


async def run(world: World, sql: str, *arguments: Any) -> list[Any]:
    async def work(session: Session) -> list[Any]:
        return list(await session.connection.fetch(sql, *arguments))

    return await world.hub.database.write(work)


async def assigned(world: World, text: str = LAMP, **more: Any) -> Any:
    """A ticket in a department's hands."""
    receipt = await world.register(text, **more)
    ticket = await world.ticket(receipt["number"])
    if ticket["state"] == "on_desk":
        await world.step(receipt["number"], "dispatch", who="dispatcher", lead="zhujian", category="0201")
        ticket = await world.ticket(receipt["number"])
    return ticket


async def with_past_days(world: World, many: int = 120) -> None:
    """Give the hub a past: the days before today were counted already."""
    first = world.hub.today() - timedelta(days=many)
    past = days(first, many, world.hub.city.calendar, a_day=200, seed=8)
    rows = [(one.day, one.category, one.district, one.tickets) for one in past]

    async def work(session: Session) -> None:
        sql = "INSERT INTO ticket_days VALUES ($1, $2, $3, $4, $5)"
        await session.connection.executemany(sql, [(session.city_code, *row) for row in rows])

    await world.hub.database.write(work)


async def with_past_parts(world: World, number: str) -> None:
    """Copy a ticket and its part into the past: those that were acknowledged late mostly turned red, the others mostly not.

    The copies have no trail: their dates never moved.
    """
    now, own = world.clock.now(), id_of(number)
    for n in range(MANY):
        due = now - timedelta(days=1 + n / 10)
        is_late = n % 2 == 1
        is_red = is_late != (n % 5 == 0)
        begun, signed = due - timedelta(hours=6 if is_late else 60), due + timedelta(hours=3 if is_red else -1)
        copy = (now.year * 100 + now.month) * MONTH + 9_000_000 + n
        sent, replied = due - timedelta(days=5), signed - timedelta(minutes=20)
        dates = {"dispatched_at": sent, "counted_from": sent, "reply_by": due, "first_reply_by": due}
        dates |= {"acknowledged_at": begun, "contacted_at": begun, "replied_at": replied}
        dates |= {"signed_off_at": signed, "ended_at": signed}
        ticket = {"id": copy, "registered_at": sent.isoformat(), "state": "closed"}
        part = {"ticket_id": copy, "state": "accepted"} | {name: at.isoformat() for name, at in dates.items()}
        for table, key, fields in (("tickets", "id", ticket), ("assignments", "ticket_id", part)):
            row = f"jsonb_populate_record(NULL::{table}, to_jsonb(x) || $2::jsonb)"
            await run(world, f"INSERT INTO {table} SELECT ({row}).* FROM {table} AS x WHERE {key} = $1", own, fields)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


async def test_requests_are_counted_by_day_category_and_district_and_again_when_put_right(world: World) -> None:
    first = await world.register(LAMP)
    world.clock.move(days=1)
    await world.register(LAMP, caller={"phone": "13900000001"})
    today = world.hub.today()
    for _ in range(2):
        await world.hub.database.write(store.count_days)
        counted = await world.hub.database.read(lambda session: store.days(session, today - timedelta(days=9)))
        code = first["category"]["code"][:4]
        assert sorted(counted, key=lambda one: one.day) == [
            DayCount(today - timedelta(days=1), code, "donghu", 1),
            DayCount(today, code, "donghu", 1),
        ], "counted twice, and yet once"
    await run(world, "UPDATE tickets SET category = '0302' WHERE id = $1", id_of(first["number"]))
    await world.hub.database.write(store.count_days)
    counted = await world.hub.database.read(lambda session: store.days(session, today - timedelta(days=9)))
    assert {one.category for one in counted} == {code, "0302"}


async def test_before_the_first_forecast_there_is_none(world: World) -> None:
    problem = await world.get("/api/v1/forecast", who="leader", status=404)
    assert "还没有做过预测" in problem["detail"]


async def test_with_too_little_past_nothing_is_guessed_and_the_reason_is_told(world: World, settings: Settings) -> None:
    ticket = await assigned(world)
    part = ticket["assignments"][0]
    world.clock.at = moment(part["reply_by"]) - timedelta(hours=3)
    assert await forecast.refresh(world.hub, settings) == 1
    found = await world.get("/api/v1/forecast", who="leader")
    assert (found["series"], found["accuracy"]) == ([], [])
    assert "至少要56天" in found["reason"]
    assert "至少要300件" in found["red"]["reason"]
    assert [one["red"] for one in found["red"]["spans"]] == [None, None, None]
    assert [one["due"] for one in found["red"]["spans"]] == [1, 1, 1]
    (own,) = [one for one in found["capacity"] if one["department"]["code"] == part["department"]["code"]]
    assert (own["open"], own["closes_a_day"], own["days_to_clear"]) == (1, None, None)
    reds = await world.get("/api/v1/forecast/red?within=4", who="supervisor")
    assert "至少要300件" in reds["reason"]
    (line,) = reds["parts"]
    assert (line["number"], line["chance"], line["low"], line["high"]) == (ticket["number"], None, None, None)


async def test_a_forecast_is_made_once_an_hour_by_one_worker(world: World, settings: Settings) -> None:
    made = await asyncio.gather(*(forecast.refresh(world.hub, settings) for _ in range(3)))
    assert sorted(made) == [0, 0, 1]
    world.clock.move(minutes=59)
    assert await forecast.refresh(world.hub, settings) == 0
    world.clock.move(minutes=2)
    assert await forecast.refresh(world.hub, settings) == 1


async def test_the_next_seven_days_by_category_and_district(world: World, settings: Settings) -> None:
    await with_past_days(world)
    await forecast.refresh(world.hub, settings)
    found = await world.get("/api/v1/forecast", who="department:chengguan")
    total = found["series"][0]
    assert (total["kind"], total["name"], found["reason"]) == ("total", "全市", None)
    assert [one["day"] for one in total["days"]] == [str(world.hub.today() + timedelta(days=n)) for n in range(7)]
    for series in found["series"]:
        for span in (*(one["requests"] for one in series["days"]), series["week"]):
            assert 0 <= span["low"] <= span["expected"] <= span["high"]
    districts = await world.get("/api/v1/forecast?kind=district", who="leader")
    assert {"东湖区", "西城区"} <= {one["name"] for one in districts["series"]}
    assert {one["kind"] for one in districts["series"]} == {"district"}
    accuracy = {one["kind"]: one for one in found["accuracy"]}
    assert accuracy["total"]["better_by"] >= 0.1
    await world.get("/api/v1/forecast?kind=street", who="leader", status=422)
    await world.get("/api/v1/forecast", who="channel:phone", status=403)


async def test_open_parts_are_listed_by_how_likely_they_turn_red(world: World, settings: Settings) -> None:
    tickets = [await assigned(world, f"{LAMP}第{n}处。", caller={"phone": f"1390000000{n}"}) for n in range(3)]
    await with_past_parts(world, tickets[0]["number"])
    part = tickets[0]["assignments"][0]
    lead = f"department:{part['department']['code']}"
    world.clock.at = moment(part["reply_by"]) - timedelta(hours=20)
    await world.step(tickets[0]["number"], "acknowledge", who=lead)
    await world.step(tickets[0]["number"], "contact", who=lead, reached=True)
    await world.step(tickets[0]["number"], "reply", who=lead, text="已到现场处理完毕。", result="solved")
    await forecast.refresh(world.hub, settings)
    found = await world.get("/api/v1/forecast/red?within=24&limit=2", who="supervisor")
    rest = await world.get(f"/api/v1/forecast/red?within=24&limit=2&cursor={found['cursor']}", who="supervisor")
    lines = [*found["parts"], *rest["parts"]]
    assert (found["reason"], rest["cursor"], len(lines)) == (None, None, 3)
    assert [one["chance"] for one in lines] == sorted((one["chance"] for one in lines), reverse=True)
    assert all(0 <= one["low"] <= one["chance"] <= one["high"] <= 1 for one in lines)
    assert (await world.get("/api/v1/forecast/red?within=4", who="supervisor"))["parts"] == []
    outlook = (await world.get("/api/v1/forecast", who="leader"))["red"]
    within = {one["within"]: one for one in outlook["spans"]}
    assert (within[4]["due"], within[24]["due"]) == (0, 3)
    assert within[24]["red"]["expected"] == pytest.approx(sum(one["chance"] for one in lines), abs=1e-4)
    assert outlook["parts"] >= 300
    assert {one["within"] for one in outlook["proofs"]} == {4, 24, 72}

    own = await world.get("/api/v1/forecast/red?within=24", who=lead)
    assert len(own["parts"]) == 3
    other = "department:wenlv"
    assert (await world.get("/api/v1/forecast/red?within=24", who=other))["parts"] == []
    await world.get(f"/api/v1/forecast/red?department={part['department']['code']}", who=other, status=404)
    await world.get("/api/v1/forecast/red?within=5", who="supervisor", status=422)
    for forged in ((1e300, 1, 1), (0.5, 2**63, 1), (0.5, 1, 2**15)):
        await world.get(f"/api/v1/forecast/red?cursor={make_cursor(*forged)}", who="supervisor", status=422)

    await world.step(tickets[0]["number"], "sign_off", who=lead)
    left = await world.get("/api/v1/forecast/red?within=24", who="supervisor")
    assert tickets[0]["number"] not in {one["number"] for one in left["parts"]}, "what is signed off cannot turn red"


async def test_a_date_that_moved_is_read_from_the_trail_and_a_broken_trail_stops_nothing(world: World) -> None:
    ticket = await assigned(world)
    number, who = ticket["number"], f"department:{ticket['assignments'][0]['department']['code']}"
    await world.step(number, "acknowledge", who=who)
    await world.step(number, "request_extension", who=who, reason="须更换地下电缆", extra="1wd")
    await world.step(number, "decide_extension", who="supervisor", granted=True, reason="情况属实")
    now = world.clock.now()

    async def parts(session: Session) -> Any:
        return await store.open_parts(session, now, now + timedelta(days=90))

    (part,) = await world.hub.database.read(parts)
    part_now = (await world.ticket(number))["assignments"][0]
    assert [due for _, due in part.moves] == [moment(part_now["reply_by"])]
    assert len(part.asked_at) == 1
    assert part.since_and_due(part.dispatched_at)[1] == part.first_reply_by
    await run(world, "UPDATE events SET body = 'x' WHERE ticket_id = $1", id_of(number))
    (part,) = await world.hub.database.read(parts)
    assert (len(part.moves), part.asked_at) == (1, ())


async def test_what_is_learnt_from_is_spread_over_the_past_and_not_the_newest_alone(world: World) -> None:
    ticket = await assigned(world)
    await with_past_parts(world, ticket["number"])
    now = world.clock.now()
    since = now - timedelta(days=180)
    found = await world.hub.database.read(lambda session: store.past_parts(session, since, now, MANY // 8))
    assert len(found) == pytest.approx(MANY // 8, abs=2)
    dates = sorted(part.first_reply_by for part in found)
    assert dates[0] < now - timedelta(days=MANY / 10 - 2)
    assert dates[-1] > now - timedelta(days=3)


async def test_what_runs_away_today_is_a_hot_topic(world: World, settings: Settings) -> None:
    await with_past_days(world)
    code = (await world.register(LAMP))["category"]["code"][:4]
    for n in range(12):
        await world.register(f"{LAMP}第{n}处。", caller={"phone": f"139000000{n:02d}"})
    await run(world, "UPDATE ticket_days SET tickets = 1 WHERE category = $1", code)
    await forecast.refresh(world.hub, settings)
    found = await world.get("/api/v1/forecast/surges?over=day", who="leader")
    (surge,) = [one for one in found["surges"] if one["code"] == code]
    words = command.lines(world.hub, await forecast.kept(world.hub))
    assert words[1].startswith("全市\t七天 ")
    assert any(line.startswith("突增") and surge["name"] in line and "13件" in line for line in words)
    assert any(line.startswith("东湖区\t七天 ") for line in words)
    assert (surge["came"], surge["first"]) == (13, str(world.hub.today()))
    assert surge["came"] > surge["high"] > surge["expected"]
    await world.get("/api/v1/forecast/surges?over=year", who="leader", status=422)
    await world.get("/api/v1/forecast/surges", who="department:chengguan", status=403)


def test_a_file_of_dates_is_evaluated_and_a_row_without_a_date_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "requests.csv"
    first, week, chance = date(2026, 1, 5), (9, 8, 7, 8, 7, 3, 2), random.Random(1)
    lines = [
        f"{first + timedelta(days=n):%Y/%m/%d} 8:00:00,0201,donghu"
        for n in range(120)
        for _ in range(week[n % 7] + chance.randint(0, 6))
    ]
    file.write_text("\n".join(["received_at,category,district", *lines]), encoding="utf-8")
    assert command.evaluate(Settings(city=Settings().city.absolute()), file, origins=60, as_json=True) == 0
    told = json.loads(capsys.readouterr().out)
    assert {one["kind"] for one in told["volume"]} == {"total", "group", "category", "district"}
    assert all(one["better_by"] > 0 for one in told["volume"])
    file.write_text("received_at\n2026-01-05\n昨天\n", encoding="utf-8")
    with pytest.raises(InvalidRequest, match="第2行"):
        command.read_days(file)
