"""The shipped model on texts that were written apart from its corpus and its rules (cities/yunzhou/held_out)."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from models.vocabulary import Flag
from nlu.evaluation import Figures, evaluate
from nlu.suspicion import GRAVEST
from tests.integration.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from nlu.reader import Reader
    from tests.integration.conftest import World

NOW = datetime(2026, 11, 27, 2, tzinfo=UTC)
PLAIN = [
    "我要自杀", "有人要跳楼", "我不想活了，药都买好了", "我要砍死他们", "有人拿刀在小区里砍人",
    "家里煤气泄漏", "隔壁着火了", "厂房爆炸", "房子塌了", "山体滑坡", "被困在电梯里", "老公家暴，我躲在厕所",
    "有人抢劫", "孩子走丢了", "老师打孩子", "校园欺凌", "有人触电", "出车祸了", "孩子掉进河里", "食物中毒",
]  # fmt: skip
FOLDER = ROOT / "cities" / "yunzhou" / "held_out"


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def figures(reader: Reader, file: str) -> Figures:
    return evaluate(reader, read(FOLDER / file), NOW)


def test_short_notes_are_read_as_a_dispatcher_would(reader: Reader) -> None:
    found = figures(reader, "spoken_notes.csv")
    assert found.rows >= 400
    assert (found.top1 or 0) >= 0.85
    assert (found.kind or 0) >= 0.88


def test_dangers_said_in_other_words_are_seen_by_rule_or_suspicion(reader: Reader) -> None:
    found = figures(reader, "flags.csv")
    assert found.rows >= 600
    assert (found.flag_recall or 0) >= 0.96
    assert (found.flag_precision or 0) >= 0.79


def test_of_the_gravest_dangers_none_is_missed(reader: Reader) -> None:
    missed, sought = [], 0
    for row in read(FOLDER / "flags.csv"):
        gravest = {Flag(flag) for flag in filter(None, row["flags"].split("|"))} & GRAVEST
        found = reader.understand(row["text"], received_at=NOW)
        sought += len(gravest)
        missed += [(flag, row["text"]) for flag in gravest if flag not in (*found.flags, *found.suspected)]
    assert sought > 150
    assert not missed


def test_what_is_trained_on_and_what_is_held_out_share_no_text() -> None:
    held_out = {row["text"] for file in FOLDER.glob("*.csv") for row in read(file)}
    learned = [file for file in FOLDER.parent.glob("*.csv") if file.stem in {"dangers", "out_of_scope", "calibration"}]
    learned += (FOLDER.parent / "corpus").rglob("*.csv")
    assert len(learned) > 40
    assert not held_out & {row["text"] for file in learned for row in read(file)}


def test_a_plain_danger_is_never_doubted(reader: Reader) -> None:
    for text in PLAIN:
        read = reader.understand(text, received_at=NOW)
        assert read.flags, text
        assert not read.doubted, text


async def test_words_of_danger_that_tell_of_none_are_looked_at_by_a_person_and_raise_no_alarm(world: World) -> None:
    text = "话剧里男主角跳楼那段太吓人，建议给孩子换场次"
    read = await world.post("/api/v1/understand", {"text": text}, who="channel:web")
    assert (read["flags"], read["doubted"], read["handoff"]) == ([], ["suicide"], [])
    assert "有轻生自杀的字眼，语境不像，请人工核对" in read["desk_reasons"]


@pytest.mark.parametrize("text", ["他说要是明天不给钱，就抱着汽油桶去售楼部，一个都别想跑", "灶关着也有怪味，头有点昏"])
async def test_a_danger_that_only_the_model_suspects_is_looked_at_by_a_person(world: World, text: str) -> None:
    read = await world.post("/api/v1/understand", {"text": text}, who="channel:web")
    assert read["flags"] or read["suspected"]
    receipt = await world.register(text)
    assert receipt["state"] in {"on_desk", "handed_off"} or "handoff" in receipt
