"""hotline reply check: the replies of a file are checked as the hub would, with the reason and the counts."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest

from hotline.commands.reply import check
from hotline.config import Settings
from models.errors import InvalidRequest
from tests.integration.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ("r1", "路灯", "翠湖路口的路灯坏了三天，请尽快维修。", "您的留言已收悉，感谢关注。"),
    ("r2", "路灯", "翠湖路口的路灯坏了三天，请尽快维修。", "路灯线路已更换，当晚恢复照明。"),
    ("", "停水", "东湖区建设路小区停水两天了，什么时候能来水？", "经核实，该处水管破裂，我公司正组织抢修。"),
    ("r4", "表扬", "表扬交警冒雨疏导交通，辛苦了，谢谢他们！", "感谢您的肯定！"),
]


def written(folder: Path, header: tuple[str, ...] = ("id", "title", "text", "reply")) -> Path:
    file = folder / "rows.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([header, *ROWS])
    return file


def settings(folder: Path) -> Settings:
    return Settings(city=ROOT / "cities" / "yunzhou", model_dir=ROOT / "build" / "model", data_dir=folder)


def test_what_is_found_is_told_with_the_reason_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(settings(tmp_path), written(tmp_path), as_json=False)
    lines = capsys.readouterr().out.splitlines()[-3:]
    assert lines[0].startswith("r1\t空话套话（退回作者）\t答复只有客套话")
    assert lines[1].startswith("3\t未说明办理时限或日期\t诉求问“什么时候能")
    assert lines[2] == "答复4件，有问题的2件：空话套话1，未说明办理时限或日期1"


def test_the_same_as_one_json_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(settings(tmp_path), written(tmp_path), as_json=True)
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (said["replies"], said["flagged"], said["by_code"]) == (4, 2, {"empty_words": 1, "no_date": 1})
    assert [(one["id"], one["findings"][0]["returns"]) for one in said["found"]] == [("r1", True), ("3", False)]


def test_a_file_without_replies_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest, match="reply"):
        check(settings(tmp_path), written(tmp_path, ("id", "title", "text", "answer")), as_json=False)
