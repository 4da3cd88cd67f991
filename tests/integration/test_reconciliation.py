"""分中心对账: what a sub-centre has of a day beside what we have; a list that does not come is told of."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from hotline.commands.lines import reconcile
from hotline.config import Settings
from models.calendar import CHINA_TIME

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.integration.conftest import World

TODAY = "2026-11-23"
FEEDS = "/api/v1/feeds/12366"


async def record(world: World, external_id: str, version: int = 1, day: str | None = None) -> Any:
    content = {"version": version, "record": {"matter": external_id}, "day": day}
    return await world.post(f"{FEEDS}/{external_id}", content, who="channel:feed", method="PUT")


async def says(world: World, day: str = TODAY, ok: int = 200, **content: Any) -> Any:
    path = f"{FEEDS}/reconciliations/{day}"
    return await world.post(path, content, who="channel:feed", method="PUT", ok=(ok,))


def of(**versions: int) -> list[dict[str, Any]]:
    return [{"external_id": name, "version": version} for name, version in versions.items()]


async def day(world: World, of_day: str = TODAY) -> Any:
    return await world.get(f"{FEEDS}/reconciliations/{of_day}", who="supervisor")


async def test_a_day_s_list_tells_what_is_missing_older_and_extra(world: World) -> None:
    for external_id, version in (("same", 3), ("behind", 1), ("ahead", 5), ("unlisted", 1)):
        await record(world, external_id, version)
    await record(world, "of-the-day-before", day="2026-11-22")
    found = await says(world, records=of(same=3, behind=2, ahead=4, absent=1))
    told = {one["external_id"]: (one["what"], one["listed"], one["kept"]) for one in found["differences"]}
    assert told == {"behind": ("older", 2, 1), "absent": ("missing", 1, None), "unlisted": ("extra", None, 1)}
    counts = {name: found["day"][name] for name in ("state", "listed", "kept", "missing", "older", "extra")}
    assert counts == {"state": "differs", "listed": 4, "kept": 4, "missing": 1, "older": 1, "extra": 1}
    assert await day(world) == found


async def test_what_is_sent_after_all_settles_its_difference(world: World) -> None:
    await says(world, records=of(a=1, b=2))
    await record(world, "a")
    assert [one["external_id"] for one in (await day(world))["differences"]] == ["b"]
    await record(world, "b", 2)
    assert (await day(world))["day"]["state"] == "matched"
    await record(world, "b", 3)
    assert (await day(world))["day"]["state"] == "matched"


async def test_a_corrected_list_replaces_the_first(world: World) -> None:
    await record(world, "a")
    await says(world, records=of(a=1, b=1))
    assert (await says(world, records=of(a=1)))["day"]["state"] == "matched"


async def test_count_and_digest_tell_whether_a_day_agrees(world: World) -> None:
    await record(world, "b", 2)
    await record(world, "a", 1)
    await record(world, "B", 7)
    digest = sha256(b"B 7\na 1\nb 2").hexdigest()
    found = await says(world, count=3, digest=digest)
    assert (found["day"]["state"], found["day"]["missing"], found["differences"]) == ("matched", None, [])
    await record(world, "c")
    assert (await day(world))["day"]["state"] == "differs"
    assert (await says(world, count=4, digest=digest))["day"]["state"] == "differs"
    assert (await says(world, "2026-11-22", count=0, digest=sha256(b"").hexdigest()))["day"]["state"] == "matched"


async def test_differences_come_page_by_page(world: World) -> None:
    await says(world, records=of(**{f"r{n}": 1 for n in range(5)}))
    path = f"{FEEDS}/reconciliations/{TODAY}?limit=3"
    first = await world.get(path, who="channel:feed")
    second = await world.get(f"{path}&cursor={first['cursor']}", who="channel:feed")
    told = [one["external_id"] for page in (first, second) for one in page["differences"]]
    assert told == [f"r{n}" for n in range(5)]
    assert second["cursor"] is None


async def test_a_list_that_does_not_come_in_time_is_told_to_who_is_on_duty(world: World) -> None:
    await record(world, "a")
    world.clock.move(hours=24)
    assert await world.fire() == 0
    world.clock.move(minutes=31)
    assert await world.fire() == 1
    alarms = await world.rows("SELECT id FROM notices WHERE kind = 'alarm' AND ticket_id = 0")
    assert alarms
    (late,) = (await world.get(f"{FEEDS}/reconciliations", who="supervisor"))["days"]
    assert (late["day"], late["state"], late["sent_at"]) == (TODAY, "late", None)
    told = await says(world, records=of(a=1))
    assert (told["day"]["state"], told["day"]["late_at"]) == ("matched", late["late_at"])


async def test_a_list_is_owed_every_day_from_the_first_record_on(world: World) -> None:
    await record(world, "a")
    await says(world, records=of(a=1))
    world.clock.move(days=3, hours=1)
    assert await world.fire() == 3
    days = (await world.get(f"{FEEDS}/reconciliations", who="supervisor"))["days"]
    assert [(one["day"], one["state"]) for one in days] == [
        ("2026-11-25", "late"),
        ("2026-11-24", "late"),
        (TODAY, "matched"),
    ]


async def test_what_cannot_be_is_refused(world: World) -> None:
    assert "没有到" in (await says(world, "2026-11-24", ok=422, records=[]))["detail"]
    assert "2026-02-30" in (await says(world, "2026-02-30", ok=422, records=[]))["detail"]
    assert "重复" in (await says(world, ok=422, records=of(a=1) * 2))["detail"]
    assert "digest" in (await says(world, ok=422, count=3))["detail"]
    await world.get(f"{FEEDS}/reconciliations/{TODAY}", who="supervisor", status=404)
    await world.get("/api/v1/feeds/12345/reconciliations", who="supervisor", status=404)
    await world.get(f"{FEEDS}/reconciliations", who="department:tax", status=403)
    await world.post(f"{FEEDS}/reconciliations/{TODAY}", {"records": []}, who="agent", method="PUT", ok=(403,))


async def test_the_command_prints_what_is_open(
    world: World, database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    today = datetime.now(CHINA_TIME).date()
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    # The command reads the kept clock, which is the wall's here.
    world.clock.at = datetime.now(UTC)

    async def told(*, as_json: bool = False) -> tuple[int, list[str]]:
        code = await asyncio.to_thread(reconcile, settings, days=2, as_json=as_json)
        return code, capsys.readouterr().out.splitlines()

    assert await told() == (0, ["分中心还没有报送过清单"])
    await record(world, "same")
    await says(world, str(today), records=of(same=1, absent=4))
    code, lines = await told()
    assert (code, lines[-1]) == (1, "1日对账，1日未结")
    assert "absent" in lines[1]
    _, (line,) = await told(as_json=True)
    assert json.loads(line)["differences"] == [{"external_id": "absent", "listed": 4, "kept": None, "what": "missing"}]
    await record(world, "absent", 4)
    assert await told() == (0, ["1日对账，0日未结"])


async def test_no_other_channel_writes_a_sub_centres_records(world: World) -> None:
    for path in (f"{FEEDS}/B-1", f"{FEEDS}/reconciliations/{TODAY}"):
        content = {"version": 9, "record": {}, "list": of(B=9)}
        for who in ("channel:chatbot", "channel:phone"):
            problem = await world.post(path, content, who=who, method="PUT", ok=(403,))
            assert "feed" in problem["detail"]
