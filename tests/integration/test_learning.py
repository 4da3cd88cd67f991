"""A city learns from its own desk: candidates, promotion while intake goes on, a shadow, drift. The tiny city, for speed."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import pytest
from aiohttp.test_utils import TestClient, TestServer

from hotline import app as composition
from hotline import cli, model_in_use
from hotline import drift as use_case
from hotline.app import follow_changes, make_app
from hotline.commands import learning
from hotline.config import Settings
from hotline.hub import Hub
from hotline.shadow import ShadowReader
from models.city_corpus import read_corpus
from models.city_files import read_city
from models.errors import Conflict, HotlineError
from models.store import database
from nlu import drift, registry
from nlu.linear import LinearModel
from nlu.reader import Reader
from nlu.registry import SHIPPED, Entry
from nlu.training import train
from routing.jurisdiction import Atlas
from tests.integration.conftest import ADDRESS, ROOT, World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from hotline.clock import Clock
    from models.cipher import Keyring
    from models.city import City
    from tests.integration.conftest import MovableClock

TINY = ROOT / "tests" / "cities" / "tiny"
# Words of its own that no row of the corpus has, about matters that it has: what a desk would teach.
LEARNT = {
    "5202": ("厨余桶翻倒了", "大件沙发堆在楼道", "清洁车早上没来", "果皮箱满得溢出来", "泡沫箱扔了一地"),
    "5101": ("减速带断成两截", "沥青鼓了个包", "路牙石掉了", "井圈下沉颠车", "盲道砖缺了几块"),
}
SHIFTED = "充电桩扫码后扣了费却没有通电，客服电话占线，押金三周还没退回账户"


@pytest.fixture(scope="session")
def tiny() -> City:
    return read_city(TINY)


@pytest.fixture(scope="session")
def shipped(tiny: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shipped")
    train(tiny, read_corpus(TINY), folder)
    return folder


@pytest.fixture
def settings(tmp_path: Path, shipped: Path, database_url: str) -> Settings:
    return Settings(data_dir=tmp_path, city=TINY, model_dir=shipped, database_url=database_url, demo=True)


@pytest.fixture
async def world(
    settings: Settings,
    tiny: City,
    keyring: Keyring,
    clock: MovableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[World]:
    """The tiny city's hub over real HTTP; it keeps up with the register as a serving process does."""
    monkeypatch.setattr(composition, "KEEP_UP_EVERY_S", 0.05)
    monkeypatch.setattr(learning, "NICE", 0)
    clock.at = datetime.now(UTC)  # commands run on the real clock
    store = await database.connect(str(settings.database_url), tiny.code, keyring)
    reader = Reader.load(settings.model_dir, tiny, fingerprint_key=keyring.fingerprint_seed)
    hub = Hub(store, tiny, reader, Atlas(tiny), cast("Clock", clock), address=ADDRESS)
    app = make_app(settings, hub)
    app.cleanup_ctx.append(follow_changes)
    async with TestClient(TestServer(app)) as client:
        made = World(hub, clock, client)
        await made.prepare()
        yield made
        await made.close()
    await store.close()


async def hotline(settings: Settings, *words: str | Path, refused: str | None = None) -> str:
    """Run a command as an operator does, in a thread of its own; returns what it said."""
    environ = {
        "HOTLINE_DATA_DIR": str(settings.data_dir),
        "HOTLINE_CITY": str(settings.city),
        "HOTLINE_MODEL_DIR": str(settings.model_dir),
        "HOTLINE_DATABASE_URL": str(settings.database_url),
    }
    said = io.StringIO()

    def run() -> None:
        with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            for name, value in environ.items():
                patch.setenv(name, value)
            cli.app([str(word) for word in words], result_action="return_value")

    if refused is None:
        await asyncio.to_thread(run)
    else:
        with pytest.raises(HotlineError, match=refused):
            await asyncio.to_thread(run)
    return said.getvalue()


async def dispatched(world: World, text: str, category: str, **more: Any) -> str:
    """A request to which a dispatcher has given its category."""
    receipt = await world.register(text)
    number = str(receipt["number"])
    if receipt["state"] == "assigned":
        await world.step(number, "recall", who="dispatcher", reason="核对分类")
    told = {"category": category, "lead": "works", "reason": "核对后派单", **more}
    await world.step(number, "dispatch", who="dispatcher", **told)
    return number


async def taught(world: World) -> None:
    for n in range(2):
        for category, texts in LEARNT.items():
            for text in texts:
                await dispatched(world, f"{text}，第{n}次反映", category)


def versions(settings: Settings) -> list[str]:
    return list(registry.read(settings.models_dir).models)


async def taken_over(world: World, version: str) -> None:
    """Wait until the hub reads with a version."""
    for _ in range(200):
        if world.hub.reader.model_version == version:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(world.hub.alarms)


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
    return path


def history() -> list[dict[str, Any]]:
    return [
        {"text": f"{text}，第{n}次反映", "code": category}
        for n in range(3)
        for category, texts in LEARNT.items()
        for text in texts
    ]


async def candidate(settings: Settings, *, n: int = 0) -> str:
    """A candidate fitted to a file; another for every number."""
    rows = history()[n:]
    before = set(versions(settings))
    await hotline(settings, "nlu", "train", "--data", str(write(settings.data_dir / "history.csv", rows)))
    (version,) = set(versions(settings)) - before
    return version


async def test_what_the_desk_says_becomes_a_candidate_with_its_figures(world: World, settings: Settings) -> None:
    await taught(world)
    await dispatched(world, "自来水有股怪味道", "5201")
    said = await hotline(settings, "nlu", "train", "--from-database")
    (version,) = versions(settings)
    assert version in said
    entry: Entry = registry.read(settings.models_dir).models[version]
    learnt = {source: n for source, n in entry.rows.items() if source in {"correction", "confirmed"}}
    assert sum(learnt.values()) == 21
    assert learnt["correction"] >= 5
    assert entry.rows["corpus"] == len(read_corpus(TINY))
    assert entry.history is not None
    assert entry.history["rows"] == 4
    assert entry.history["top1"] > 0
    assert set(entry.cross_validated) == {"category", "kind", "urgency"}
    model = LinearModel.load(settings.models_dir / version)
    assert model.version == version
    before, after = world.hub.reader, Reader(world.hub.city, model)
    words = "泡沫箱和大件沙发扔在楼道"
    assert before.understand(words, received_at=world.clock.at).categories[0].code != "5202"
    assert after.understand(words, received_at=world.clock.at).categories[0].code == "5202"
    # The same history again is the same model.
    await hotline(settings, "nlu", "train", "--from-database")
    assert versions(settings) == [version]


async def test_without_examples_there_is_nothing_to_learn(world: World, settings: Settings) -> None:
    await dispatched(world, "自来水有股怪味道", "5201")
    later = (world.clock.at.date().replace(year=world.clock.at.year + 1)).isoformat()
    await hotline(settings, "nlu", "train", "--from-database", "--since", later, refused="样例")
    await hotline(settings, "nlu", "train", "--from-database", "--since", "昨天", refused="日期")
    await hotline(settings, "nlu", "train", refused="--from-database")
    assert versions(settings) == []


async def test_a_file_of_history_teaches_kind_and_urgency_too_and_names_the_row_that_it_cannot_use(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [{**row, "kind": "praise", "urgency": 4} for row in history()]
    await hotline(settings, "nlu", "train", "--data", str(write(tmp_path / "history.csv", rows)))
    (version,) = versions(settings)
    reader = model_in_use.load(settings, read_city(TINY), version)
    assert reader.understand("大件沙发堆在楼道", received_at=datetime.now(UTC)).kind == "praise"
    for wrong in ({"code": "7777"}, {"kind": "whim"}, {"urgency": "9"}):
        file = write(tmp_path / "wrong.csv", [rows[0], {**rows[1], **wrong}])
        await hotline(settings, "nlu", "train", "--data", str(file), refused="第2行")
    assert versions(settings) == [version]


async def test_since_leaves_out_what_a_file_dates_before_and_is_refused_where_it_dates_nothing(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [{**row, "date": "2025-06-30" if n % 2 else "2026-02-01T08:00:00"} for n, row in enumerate(history())]
    file = write(tmp_path / "history.csv", rows)
    await hotline(settings, "nlu", "train", "--data", str(file), "--since", "2026-01-31")
    (version,) = versions(settings)
    assert registry.read(settings.models_dir).models[version].rows["csv"] == len(rows) // 2
    for name, kept, words in (
        ("undated", history(), "没有 date 列"),
        ("wrong", [rows[0], {**rows[1], "date": "上周三"}], "第2行"),
    ):
        file = write(tmp_path / f"{name}.csv", kept)
        await hotline(settings, "nlu", "train", "--data", str(file), "--since", "2026-01-31", refused=words)
    out = str(tmp_path / "own")
    await hotline(
        settings, "nlu", "train", "--data", str(file), "--out", out, "--since", "2026-01-31", refused="自定义标签"
    )


async def test_a_kind_and_an_urgency_that_the_desk_corrects_are_learnt(world: World, settings: Settings) -> None:
    for n in range(4):
        for text in LEARNT["5202"]:
            await dispatched(world, f"{text}，第{n}次反映", "5202", kind="praise", urgency=4)
    await hotline(settings, "nlu", "train", "--from-database")
    (version,) = versions(settings)
    reader = model_in_use.load(settings, read_city(TINY), version)
    read = reader.understand("泡沫箱扔了一地，果皮箱满得溢出来", received_at=world.clock.at)
    assert (read.kind, read.urgency) == ("praise", 4)


async def test_a_promotion_switches_a_running_hub_and_no_request_fails_meanwhile(
    world: World, settings: Settings
) -> None:
    shipped = world.hub.reader.model_version
    version = await candidate(settings)
    seen: set[str] = set()
    done = asyncio.Event()

    async def callers() -> int:
        n = 0
        while not done.is_set():
            read = await world.post("/api/v1/understand", {"text": "果皮箱满得溢出来"}, who="channel:web")
            assert (await world.register(f"果皮箱满得溢出来，第{n}位来电"))["number"]
            seen.add(read["model_version"])
            n += 1
        return n

    calling = asyncio.create_task(callers())
    assert version in await hotline(settings, "nlu", "promote", version, "--by", "李主任")
    await taken_over(world, version)
    await asyncio.sleep(0.2)
    shown = await world.get("/api/v1/models", who="administrator")
    assert (shown["in_use"], shown["is_shipped"]) == (version, False)
    assert [(turn["by"], turn["version"]) for turn in shown["turns"]] == [("李主任", version)]
    assert [one["version"] for one in shown["models"]] == [version]
    why = await world.post("/api/v1/explain", {"text": "石桥大街路面坑坑洼洼"}, who="dispatcher")
    assert why["reading"]["examples"], "the corpus lies beside a promoted model too"
    await hotline(settings, "nlu", "rollback", "--by", "王班长")
    await taken_over(world, shipped)
    await asyncio.sleep(0.2)
    done.set()
    assert await calling > 5
    assert seen == {shipped, version}
    registered = await world.rows("SELECT DISTINCT reading ->> 'model_version' AS version FROM ticket_texts")
    assert {row["version"] for row in registered} == {shipped, version}


async def test_promotions_are_taken_back_one_by_one_and_only_usable_versions_are_promoted(settings: Settings) -> None:
    one, two = await candidate(settings), await candidate(settings, n=1)
    for version in (one, two):
        await hotline(settings, "nlu", "promote", version, "--by", "李主任")
    await hotline(settings, "nlu", "promote", two, "--by", "李主任", refused="已在使用")
    await hotline(settings, "nlu", "promote", "abc", "--by", "李主任", refused="没有版本")
    await hotline(settings, "nlu", "promote", one, "--by", " ", refused="--by")
    for expected in (one, SHIPPED):
        await hotline(settings, "nlu", "rollback", "--by", "李主任")
        assert registry.read(settings.models_dir).in_use == expected
    await hotline(settings, "nlu", "rollback", "--by", "李主任", refused="没有可以撤回")
    (settings.models_dir / one / "weights.npz").write_bytes(b"PK damaged")
    await hotline(settings, "nlu", "promote", one, "--by", "李主任", refused="不可用")
    listed = json.loads(await hotline(settings, "nlu", "models", "--json"))
    assert (listed["in_use"], set(listed["models"])) == (SHIPPED, {one, two})
    assert "李主任" in await hotline(settings, "nlu", "models")


async def test_a_promoted_model_that_is_damaged_later_leaves_the_present_one_in_use_with_an_alarm(
    world: World, settings: Settings
) -> None:
    shipped, version = world.hub.reader.model_version, await candidate(settings)
    (settings.models_dir / version / "model.json").unlink()
    with registry.change(settings.models_dir) as found:
        found.promote(version, "李主任", datetime.now(UTC))
    while "model" not in world.hub.alarms:
        await asyncio.sleep(0.05)
    assert world.hub.reader.model_version == shipped
    async with world.client.get("/readyz") as response:
        assert any("分类模型不可用" in said for said in (await response.json())["alarms"])
    assert (await world.register("自来水有股怪味道"))["number"]
    await hotline(settings, "nlu", "rollback", "--by", "李主任")
    while "model" in world.hub.alarms:
        await asyncio.sleep(0.05)


async def test_a_register_that_cannot_be_read_is_an_alarm_until_it_is_mended(world: World, settings: Settings) -> None:
    settings.models_dir.mkdir()
    (settings.models_dir / "registry.json").write_text("{")
    while "model_register" not in world.hub.alarms:
        await asyncio.sleep(0.05)
    assert (await world.register("自来水有股怪味道"))["number"]
    await hotline(settings, "nlu", "models", refused="登记册")
    (settings.models_dir / "registry.json").unlink()
    while world.hub.alarms:
        await asyncio.sleep(0.05)


async def test_a_shadow_reads_what_comes_in_and_is_counted_against_what_people_say(
    world: World, settings: Settings
) -> None:
    version = await candidate(settings)
    await world.register("来得早，不在其列")
    await hotline(settings, "nlu", "shadow", version)
    world.clock.at = max(world.clock.at, datetime.now(UTC))
    shadow = ShadowReader(world.hub, settings)
    assert await shadow.turn() == 0
    number = await dispatched(world, "泡沫箱和大件沙发扔在楼道", "5202")
    await world.register("自来水有股怪味道")
    assert (await shadow.turn(), await shadow.turn()) == (2, 0)
    found = (await world.get("/api/v1/models", who="leader"))["shadow"]
    assert (found["version"], found["present"]) == (version, world.hub.reader.model_version)
    total = found["total"]
    assert (total["read"], total["confirmed"]) == (2, 1)
    assert (total["candidate_right"], total["present_right"]) == (1, 0)
    assert total["same_category"] <= 1
    assert sum(one["read"] for one in found["categories"].values()) == 2
    # A label that an upheld send-back takes back counts for nobody.
    await world.step(number, "recall", who="dispatcher", reason="派单有误")
    listed = json.loads(await hotline(settings, "nlu", "models", "--json"))
    assert (listed["agreement"]["total"]["read"], listed["agreement"]["total"]["confirmed"]) == (2, 0)
    await hotline(settings, "nlu", "shadow")
    assert await shadow.turn() == 0
    assert (await world.get("/api/v1/models", who="leader"))["shadow"] is None


async def test_a_shadow_reads_every_page_though_tickets_come_at_the_same_moment(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hotline import shadow as shadowing

    monkeypatch.setattr(shadowing, "PAGE", 3)
    version = await candidate(settings)
    await hotline(settings, "nlu", "shadow", version)
    world.clock.at = max(world.clock.at, datetime.now(UTC))
    await asyncio.gather(*(world.register(f"自来水有股怪味道，第{n}位来电") for n in range(8)))
    shadow = ShadowReader(world.hub, settings)
    assert [await shadow.turn() for _ in range(4)] == [3, 3, 2, 0]


async def test_drift_is_told_when_what_people_ask_for_no_longer_looks_as_it_did(
    world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "LEAST", 20)
    texts = [row.text for row in read_corpus(TINY)]
    for text in texts[:30]:
        await world.register(text)
    assert (await use_case.check(world.hub, settings)).measures == {}
    calm = await use_case.check(world.hub, settings)
    assert (calm.texts, calm.alarms) == (30, [])
    assert calm.measures == {drift.CLASS_MIX: 0.0, drift.UNKNOWN: 0.0, drift.SURE: 0.0}
    assert await use_case.check_daily(world.hub, settings) == 0
    world.clock.move(days=8)
    for n in range(25):
        await world.register(f"{SHIFTED}，第{n}位来电")
    assert await use_case.check_daily(world.hub, settings) == 1
    found = registry.read(settings.models_dir).drift
    assert found is not None
    assert found.texts == 25
    assert found.measures[drift.CLASS_MIX] > 0.25
    assert found.measures[drift.UNKNOWN] > 0.05
    while "drift" not in world.hub.alarms:
        await asyncio.sleep(0.05)
    async with world.client.get("/readyz") as response:
        assert any("PSI" in said for said in (await response.json())["alarms"])
    async with world.client.get("/metrics") as response:
        said = await response.text()
    assert f"hotline_drift_alarms {float(len(found.alarms))}" in said
    assert 'hotline_drift{measure="class_mix"}' in said
    shown = (await world.get("/api/v1/models", who="analyst"))["drift"]
    assert shown["alarms"] == found.alarms
    # Another model has another reference: nothing is known of its drift yet.
    await hotline(settings, "nlu", "promote", await candidate(settings), "--by", "李主任")
    while "drift" in world.hub.alarms:
        await asyncio.sleep(0.05)


async def test_drift_can_be_asked_for_at_any_time(world: World, settings: Settings) -> None:
    await world.register("自来水有股怪味道")
    found = json.loads((await hotline(settings, "nlu", "drift", "--json")).splitlines()[-1])
    assert (found["texts"], found["measures"], found["alarms"]) == (1, {}, [])
    assert "太少" in await hotline(settings, "nlu", "drift")


def test_a_register_is_changed_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    def change() -> None:
        with registry.change(tmp_path) as found:
            found.shadow = registry.Shadow(version="a", since=datetime.now(UTC))
            found.promote(SHIPPED, "李主任", datetime.now(UTC))

    with pytest.raises(Conflict):
        change()
    assert registry.read(tmp_path).shadow is None
