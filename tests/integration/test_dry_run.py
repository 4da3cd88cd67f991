"""试派: which past tickets another catalogue would send elsewhere; counted, and nothing changed."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import hotline.dry_run
from hotline.commands import route
from hotline.config import Settings
from hotline.dry_run import dry_run
from models.city_files import read_city
from models.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from routing.dry_run import DryRun
    from tests.integration.conftest import World

YUNZHOU = Path("cities/yunzhou")
LAMP = "投诉：东湖区翠湖路和建设路交叉口的路灯坏了三天，晚上一片漆黑，请尽快维修。"
WATER = "东湖区翠湖路翠湖小区停水两天了，一点通知都没有，什么时候能来水"
TODAY = date(2026, 11, 23)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """The same city, but street lamps are led by transport, with the housing bureau beside it, from 2027 on by 园林."""
    folder = tmp_path / "city"
    shutil.copytree(YUNZHOU, folder)
    rows = (folder / "duties.csv").read_text(encoding="utf-8")
    row = "D0203-01,2026.1,0203,,urban,,@district,yes,2026-01-01,,"
    assert row in rows
    rows = rows.replace(row, "D0203-01,2026.1,0203,,transport,housing,@district,yes,2026-01-01,,")
    (folder / "duties.csv").write_text(rows, encoding="utf-8")
    return folder


async def tried(world: World, folder: Path, **more: Any) -> DryRun:
    wanted = {"on": TODAY, "since": None, "most": None, "begin": lambda _: None, "advance": lambda _: None, **more}
    return await dry_run(world.hub, read_city(folder), **wanted)


async def test_tickets_that_would_go_elsewhere_are_counted(world: World, other: Path) -> None:
    lamps = [await world.register(LAMP) for _ in range(3)]
    await world.register(WATER)
    found = await tried(world, other)
    assert (found.tickets, found.elsewhere, found.unreadable) == (4, 3, 0)
    assert found.moves == {("urban", "transport"): 3}
    assert found.elsewhere_by_category.total() == 3
    assert [one.number for one in found.first] == [one["number"] for one in reversed(lamps)]
    assert "城管局主办" in found.first[0].because_before
    assert "交通局主办" in found.first[0].because_after or "交通" in found.first[0].because_after


async def test_the_present_catalogue_sends_every_ticket_where_it_goes(world: World) -> None:
    await world.register(LAMP)
    await world.register("举报城管局队长收受摊贩贿赂，请严查。")
    found = await tried(world, YUNZHOU)
    assert (found.tickets, found.elsewhere, found.assisting_changed) == (2, 0, 0)
    assert found.before == found.after


async def test_what_never_goes_to_a_department_is_left_out(world: World, other: Path) -> None:
    await world.register(LAMP, answer="已告知路灯报修电话，当晚有人来修。")
    await world.register("我家着火了，快来救火，东湖区翠湖路")
    into = await world.register(LAMP)
    again = await world.register(LAMP)
    await world.step(again["number"], "merge", who="shift_lead", into=into["number"], reason="同一件事")
    found = await tried(world, other)
    assert [one.number for one in found.first] == [into["number"]]


async def test_a_category_that_a_person_set_counts(world: World, other: Path) -> None:
    receipt = await world.register(WATER)
    assert (await tried(world, other)).elsewhere == 0
    lead = (await world.ticket(receipt["number"]))["lead"]["code"]
    await world.step(receipt["number"], "reassign", who="dispatcher", category="0203", lead="urban", reason="实为路灯")
    assert lead != "urban"
    assert (await tried(world, other)).moves == {("urban", "transport"): 1}


async def test_pages_limits_and_dates(world: World, other: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hotline.dry_run, "AT_A_TIME", 2)
    early = [await world.register(LAMP) for _ in range(3)]
    world.clock.move(days=10)
    late = [await world.register(LAMP) for _ in range(2)]
    totals: list[int] = []
    steps: list[int] = []
    found = await tried(world, other, begin=totals.append, advance=steps.append)
    assert [one.number for one in found.first] == [one["number"] for one in reversed(early + late)]
    assert (totals, steps) == ([5], [2, 2, 1])
    assert (await tried(world, other, since=datetime(2026, 12, 1, tzinfo=UTC))).tickets == 2
    newest = await tried(world, other, most=3)
    assert [one.number for one in newest.first] == [one["number"] for one in reversed([early[-1], *late])]


async def test_rows_that_hold_later_are_tried_on_their_day(world: World, other: Path) -> None:
    rows = (other / "duties.csv").read_text(encoding="utf-8")
    old = "D0203-01,2026.1,0203,,transport,housing,@district,yes,2026-01-01,,"
    new = "D0203-01,2026.1,0203,,urban,,@district,yes,2026-01-01,2026-12-31,"
    added = "D0203-01,2027.1,0203,,transport,,@district,yes,2027-01-01,,明年起改由交通部门管养\n"
    (other / "duties.csv").write_text(rows.replace(old, new) + added, encoding="utf-8")
    await world.register(LAMP)
    assert (await tried(world, other)).elsewhere == 0
    assert (await tried(world, other, on=date(2027, 1, 1))).moves == {("urban", "transport"): 1}


async def test_a_reading_of_another_program_is_counted_and_does_not_stop_the_rest(world: World, other: Path) -> None:
    await world.register(LAMP)
    await world.rows("UPDATE ticket_texts SET reading = '{}'")
    await world.register(LAMP)
    found = await tried(world, other)
    assert (found.tickets, found.unreadable) == (1, 1)


async def test_nothing_is_changed(world: World, other: Path) -> None:
    receipt = await world.register(LAMP)
    before = await world.everything_of(receipt["number"])
    await tried(world, other)
    assert await world.everything_of(receipt["number"]) == before


class Command:
    """The command, run on the test's own hub."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._world = world
        self._capsys = capsys
        self._jobs: list[Callable[[Hub], Awaitable[int]]] = []
        monkeypatch.setattr(route, "with_hub", lambda _settings, job: self._jobs.append(job))

    async def run(self, folder: Path, **more: Any) -> str:
        wanted = {"since": None, "on": None, "limit": None, "as_json": False, **more}
        route.dry_run(Settings(), folder, **wanted)
        self._capsys.readouterr()
        assert await self._jobs.pop()(self._world.hub) == 0
        return self._capsys.readouterr().out


@pytest.fixture
def command(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(world, monkeypatch, capsys)


async def test_the_command_tells_departments_categories_and_numbers_but_no_words(
    world: World, command: Command, other: Path
) -> None:
    receipt = await world.register(LAMP, caller={"name": "王某", "phone": "13800000001"})
    page = await command.run(other, since="2026-11-01")
    transport = world.hub.department_name("transport")
    for words in (
        "试派1件",
        "1件将改派他处",
        "【改派去向】",
        "【各单位主办件数】",
        "【各事项】",
        receipt["number"],
        transport,
    ):
        assert words in page
    for words in ("漆黑", "王某", "13800000001", "交叉口"):
        assert words not in page
    assert "试派0件" in await command.run(other, since="2026-12-01")


async def test_the_command_tells_the_same_as_json(world: World, command: Command, other: Path) -> None:
    receipt = await world.register(LAMP)
    told = json.loads(await command.run(other, as_json=True))
    transport = {"code": "transport", "name": world.hub.department_name("transport")}
    assert (told["tickets"], told["elsewhere"]) == (1, 1)
    assert told["moves"] == [{"before": {"code": "urban", "name": "城管局"}, "after": transport, "tickets": 1}]
    assert {"department": transport, "before": 0, "after": 1} in told["departments"]
    assert told["categories"][0]["elsewhere"] == 1
    assert told["first"][0]["number"] == receipt["number"]


@pytest.mark.parametrize(
    ("more", "words"),
    [({"since": "gestern"}, "--since"), ({"on": "2026-13-01"}, "--on"), ({"limit": 0}, "--limit")],
)
def test_options_that_mean_nothing_are_refused(other: Path, more: dict[str, Any], words: str) -> None:
    wanted = {"since": None, "on": None, "limit": None, "as_json": False, **more}
    with pytest.raises(InvalidRequest, match=words):
        route.dry_run(Settings(), other, **wanted)


def test_another_city_or_a_faulty_catalogue_is_refused(other: Path) -> None:
    wanted: dict[str, Any] = {"since": None, "on": None, "limit": None, "as_json": False}
    with pytest.raises(InvalidRequest, match="浅浦市"):
        route.dry_run(Settings(), Path("tests/cities/tiny"), **wanted)
    rows = (other / "duties.csv").read_text(encoding="utf-8")
    (other / "duties.csv").write_text(rows.replace(",transport,housing,", ",nobody,,"), encoding="utf-8")
    with pytest.raises(InvalidRequest, match="nobody"):
        route.dry_run(Settings(), other, **wanted)
