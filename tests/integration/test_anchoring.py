"""锚定: what somebody with the database's password wrote anew with good hashes is found by the anchor that an auditor kept."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from hotline import anchoring
from hotline.commands import audit
from hotline.config import Settings
from models.anchor import BadAnchor, read_key
from models.errors import NotFound
from models.suite import Suite
from models.ticket import id_of, number_of
from tests.integration.test_audit import assigned, forge, plain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from hotline.hub import Hub
    from models.anchor import Anchor
    from tests.integration.conftest import World

ALL_WELL = 0
PUBLIC_KEY = "anchor-key.pub"


class Notary:
    """The hub's own anchors and the folder of an auditor who keeps the newest alone, and the command that compares."""

    def __init__(self, world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.settings = Settings(data_dir=folder / "var")
        self.kept = folder / "kept"
        self.kept.mkdir()
        self.jobs: list[Callable[[Hub], Awaitable[int]]] = []
        self._capsys = capsys

    async def anchor(self) -> Anchor:
        made = await anchoring.make(self.world.hub, self.settings.anchors_dir)
        assert made is not None
        shutil.copy(self.settings.anchors_dir / made.name, self.kept)
        return made

    async def verify(self, made: Anchor, number: str | None = None, key: Path | None = None) -> tuple[int, list[str]]:
        audit.verify(self.settings, number, self.kept / made.name, key)
        self._capsys.readouterr()
        code = await self.jobs.pop()(self.world.hub)
        return code, self._capsys.readouterr().out.splitlines()


@pytest.fixture
def notary(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Notary:
    found = Notary(world, tmp_path, capsys)
    monkeypatch.setattr(audit, "with_hub", lambda _settings, job: found.jobs.append(job))
    return found


async def plainly(world: World, notary: Notary, made: Anchor) -> tuple[int, list[str]]:
    """What is found without an anchor: nothing, for the hashes are good."""
    audit.verify(notary.settings, None)
    code = await notary.jobs.pop()(world.hub)
    assert code == ALL_WELL
    return await notary.verify(made)


async def acknowledged(world: World, n: int = 1) -> str:
    number = await assigned(world, n)
    lead = (await world.ticket(number))["lead"]["code"]
    await world.step(number, "acknowledge", who=f"department:{lead}")
    return number


async def test_an_edited_event_is_found(world: World, notary: Notary) -> None:
    number, other = await acknowledged(world), await acknowledged(world, 2)
    made = await notary.anchor()
    assert (await notary.verify(made))[0] == ALL_WELL

    def alter(event: dict[str, Any]) -> bytes:
        return plain({**event, "actor": "another"} if event["type"] == "acknowledge" else event)

    await forge(world, number, alter)
    await world.rows("UPDATE events SET actor = 'another' WHERE type = 'acknowledge' AND ticket_id = $1", id_of(number))
    code, said = await plainly(world, notary, made)
    assert code == 1
    assert [line.partition("\t")[0] for line in said[:-1]] == [number]
    assert f"第{made.number}号锚定不符" in said[0]
    assert (await notary.verify(made, number))[0] == 1
    assert (await notary.verify(made, other))[0] == ALL_WELL


async def test_a_dropped_event_is_found(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    made = await notary.anchor()
    await forge(world, number, lambda event: None if event["type"] == "acknowledge" else plain(event))
    code, said = await plainly(world, notary, made)
    assert (code, said[0].partition("\t")[0]) == (1, number)


async def test_reordered_events_are_found(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    made = await notary.anchor()
    rows = await world.rows("SELECT * FROM events WHERE ticket_id = $1 ORDER BY seq DESC LIMIT 2", id_of(number))
    bodies = iter([json.loads(row["body"]) for row in rows])
    turned = {row["seq"] for row in rows}
    await forge(world, number, lambda event: plain(next(bodies) if event["seq"] in turned else event))
    for row, other in zip(rows, reversed(rows), strict=True):
        await world.rows(
            "UPDATE events SET type = $3, at = $4, actor_role = $5, actor = $6 WHERE ticket_id = $1 AND seq = $2",
            id_of(number),
            row["seq"],
            *(other[name] for name in ("type", "at", "actor_role", "actor")),
        )
    code, said = await plainly(world, notary, made)
    assert (code, said[0].partition("\t")[0]) == (1, number)


async def test_a_ticket_that_is_gone_with_its_whole_trail_is_found(world: World, notary: Notary) -> None:
    first, gone, last = [await acknowledged(world, n) for n in range(3)]
    made = await notary.anchor()
    for table, column in (
        ("tickets", "id"),
        ("ticket_texts", "id"),
        ("assignments", "ticket_id"),
        ("events", "ticket_id"),
    ):
        await world.rows(f"DELETE FROM {table} WHERE {column} = $1", id_of(gone))
    code, said = await plainly(world, notary, made)
    assert code == 1
    assert [line.partition("\t")[0] for line in said[:-1]] == [gone]
    assert "工单已不在库中" in said[0]
    assert (await notary.verify(made, gone))[0] == 1
    for there in (first, last):
        assert (await notary.verify(made, there))[0] == ALL_WELL


async def test_a_number_that_neither_we_nor_an_anchor_know_is_not_found(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    made = await notary.anchor()
    with pytest.raises(NotFound):
        await notary.verify(made, number_of(id_of(number) + 5))


async def test_tickets_that_go_on_and_new_ones_are_no_alarm(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    first = await notary.anchor()
    world.clock.move(days=1)
    lead = (await world.ticket(number))["lead"]["code"]
    await world.step(number, "contact", who=f"department:{lead}", reached=True)
    await assigned(world, 2)
    second = await notary.anchor()
    world.clock.move(days=1)
    await world.step(number, "progress", who=f"department:{lead}", text="正在维修")
    await assigned(world, 3)
    for made in (first, second):
        code, said = await notary.verify(made)
        assert code == ALL_WELL, said
    assert "对照2个锚定" in said[-1]


async def test_only_what_has_moved_is_anchored_again_and_the_newest_vouches_for_all(
    world: World, notary: Notary
) -> None:
    quiet, lively = await acknowledged(world), await acknowledged(world, 2)
    world.clock.move(hours=2)
    first = await notary.anchor()
    assert (first.number, first.leaves, first.previous) == (1, 2, None)
    world.clock.move(days=1)
    lead = (await world.ticket(lively))["lead"]["code"]
    await world.step(lively, "contact", who=f"department:{lead}", reached=True)
    second = await notary.anchor()
    assert (second.number, second.leaves, second.previous) == (2, 1, first.digest)
    (notary.kept / first.name).unlink()
    await forge(world, quiet, lambda event: None if event["type"] == "acknowledge" else plain(event))
    code, said = await notary.verify(second)
    assert code == 1
    assert said[0].startswith(f"{quiet}\t")
    assert "第1号锚定不符" in said[0]


async def test_a_trail_that_was_forged_between_two_anchors_is_named_by_the_first(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    await notary.anchor()
    await forge(world, number, lambda event: None if event["type"] == "acknowledge" else plain(event))
    second = await notary.anchor()
    code, said = await notary.verify(second)
    assert code == 1
    assert "第1号锚定不符" in said[0]


async def test_what_was_added_later_with_a_date_of_before_is_found(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    begun = world.clock.at
    world.clock.move(days=1)
    made = await notary.anchor()
    now, world.clock.at = world.clock.at, begun
    await world.step(number, "remind", who="supervisor", reason="请尽快办理")
    smuggled = await assigned(world, 2)
    world.clock.at = now
    code, said = await plainly(world, notary, made)
    assert code == 1
    assert [line.partition("\t")[0] for line in said[:-1]] == [number, smuggled]
    assert all("锚定之后补写" in line for line in said[:-1])


async def test_a_clock_that_ran_ahead_leaves_no_gap_and_raises_no_alarm(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    lead = (await world.ticket(number))["lead"]["code"]
    assert await anchoring.turn(world.hub, notary.settings) == 1
    world.clock.move(days=3)
    assert await anchoring.turn(world.hub, notary.settings) == 1
    world.clock.move(days=-3, hours=2)
    await world.step(number, "contact", who=f"department:{lead}", reached=True)
    assert [await anchoring.turn(world.hub, notary.settings) for _ in range(2)] == [1, 0]
    third = await notary.anchor()
    assert third.number == 4
    world.clock.move(days=1)
    code, said = await notary.verify(third)
    assert code == ALL_WELL, said
    # What moved after the wrong anchor is held by the next.
    await forge(world, number, lambda event: None if event["type"] == "contact" else plain(event))
    code, said = await plainly(world, notary, third)
    assert (code, said[0].partition("\t")[0]) == (1, number)


async def test_what_a_clock_that_was_set_back_has_written_is_no_alarm(world: World, notary: Notary) -> None:
    number = await acknowledged(world)
    lead = (await world.ticket(number))["lead"]["code"]
    world.clock.move(days=1)
    ahead = await notary.anchor()
    world.clock.move(hours=-20)
    second = await notary.anchor()
    await world.step(number, "contact", who=f"department:{lead}", reached=True)
    assert second.at < ahead.at
    code, said = await notary.verify(ahead)
    assert code == ALL_WELL, said
    # One that is not signed by the key says nothing of the time.
    for folder in (notary.kept, notary.settings.anchors_dir):
        content = json.loads((folder / second.name).read_bytes())
        (folder / second.name).write_text(json.dumps({**content, "signature": "A" * 86 + "=="}))
    assert (await notary.verify(ahead))[0] == 1


async def test_what_lies_in_the_way_of_the_leaves_is_left_alone(world: World, notary: Notary, tmp_path: Path) -> None:
    await notary.anchor()
    foreign = tmp_path / "foreign"
    foreign.write_text("mine")
    link = notary.settings.anchors_dir / f"{os.getpid()}.leaves.new"
    link.symlink_to(foreign)
    await acknowledged(world)
    await notary.anchor()
    assert foreign.read_text() == "mine"
    assert link.is_symlink()


@pytest.mark.parametrize("lie", ["leaves", "root", "at", "previous", "signature"])
async def test_an_edited_anchor_is_refused(world: World, notary: Notary, lie: str) -> None:
    await acknowledged(world)
    await notary.anchor()
    made = await notary.anchor()
    path = notary.kept / made.name
    content = json.loads(path.read_bytes())
    if lie == "signature":
        content["signature"] = "A" * 86 + "=="
    else:
        content["anchor"][lie] = {"leaves": 0, "at": "2026-11-01T00:00:00Z"}.get(lie, "00" * 32)
    path.write_text(json.dumps(content))
    with pytest.raises(BadAnchor, match="签名不符"):
        await notary.verify(made)


async def test_an_anchor_that_somebody_signed_anew_is_refused_by_the_key_that_the_auditor_kept(
    world: World, notary: Notary, tmp_path: Path
) -> None:
    await acknowledged(world)
    await notary.anchor()
    key = tmp_path / "kept.pub"
    shutil.copy(notary.settings.anchors_dir / PUBLIC_KEY, key)
    shutil.rmtree(notary.settings.anchors_dir)
    forged = await notary.anchor()
    assert (await notary.verify(forged))[0] == ALL_WELL
    with pytest.raises(BadAnchor, match="另一把密钥"):
        await notary.verify(forged, key=key)


async def test_older_anchors_and_leaves_that_are_gone_or_edited_are_told(world: World, notary: Notary) -> None:
    ours = notary.settings.anchors_dir
    await acknowledged(world)
    first = await notary.anchor()
    second = await notary.anchor()
    (notary.kept / first.name).unlink()
    leaves = ours / first.leaves_name
    whole = leaves.read_bytes()
    leaves.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    code, said = await notary.verify(second)
    assert code == 1
    assert f"第1号锚定的明细（{first.leaves_name}）缺失或被改动" in said[0]
    content = json.loads((ours / first.name).read_bytes())
    (ours / first.name).write_text(json.dumps({**content, "anchor": {**content["anchor"], "leaves": 0}}))
    code, said = await notary.verify(second)
    assert code == 1
    assert "第1号锚定缺失或被改动" in said[0]


async def test_an_auditor_s_folder_is_completed_and_never_written_over(
    world: World, notary: Notary, tmp_path: Path
) -> None:
    ours, to = notary.settings.anchors_dir, tmp_path / "disk"
    await acknowledged(world)
    first = await notary.anchor()
    assert anchoring.hand_out(ours, to) == 3
    second = await notary.anchor()
    assert anchoring.hand_out(ours, to) == 2
    files = [PUBLIC_KEY, *(name for made in (first, second) for name in (made.name, made.leaves_name))]
    assert sorted(path.name for path in to.iterdir()) == sorted(files)
    (ours / first.name).write_bytes((ours / second.name).read_bytes())
    with pytest.raises(BadAnchor, match="不一致"):
        anchoring.hand_out(ours, to)


async def test_the_worker_anchors_once_a_day_and_its_key_is_ours_alone(world: World, notary: Notary) -> None:
    done = []
    for _ in range(3):
        done.append([await anchoring.turn(world.hub, notary.settings) for _ in range(2)])
        world.clock.move(days=1)
    assert done == [[1, 0]] * 3
    key = notary.settings.anchors_dir / "anchor-key.pem"
    assert key.stat().st_mode & 0o777 == 0o600
    assert read_key(key.read_bytes()).public.pem() == (notary.settings.anchors_dir / PUBLIC_KEY).read_bytes()
    assert not [path for path in notary.settings.anchors_dir.iterdir() if path.name.endswith(".new")]


async def test_the_next_anchor_does_not_vouch_for_an_edited_one(world: World, notary: Notary) -> None:
    first = await notary.anchor()
    path = notary.settings.anchors_dir / first.name
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps({**content, "anchor": {**content["anchor"], "leaves": 5}}))
    with pytest.raises(BadAnchor, match="签名不符"):
        await notary.anchor()


async def test_by_the_national_suite_and_after_a_change_to_it(world: World, notary: Notary) -> None:
    older, number = await acknowledged(world), await acknowledged(world, 2)
    await notary.anchor()
    world.hub.database.keyring.suite = Suite.GUOMI
    try:
        await world.step(number, "remind", who="supervisor", reason="请尽快办理")
        made = await notary.anchor()
        assert made.algorithm == "SM2/SM3"
        code, said = await notary.verify(made)
        assert (code, said[-1].endswith("对照2个锚定，0件有问题")) == (ALL_WELL, True), said
        await world.rows("UPDATE events SET hash = set_byte(hash, 0, 255 - get_byte(hash, 0)) WHERE type = 'remind'")
        await forge(world, older, lambda event: None if event["type"] == "acknowledge" else plain(event))
        code, said = await notary.verify(made)
        assert (code, {line.partition("\t")[0] for line in said[:-1]}) == (1, {older, number})
    finally:
        world.hub.database.keyring.suite = Suite.STANDARD
