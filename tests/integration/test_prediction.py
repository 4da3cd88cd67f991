"""hotline nlu predict: a file is read on every core, and answered in its own order."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from hotline.commands.language import evaluate
from hotline.commands.prediction import FEW, predict
from hotline.config import Settings
from models.errors import InvalidRequest

ROOT = Path(__file__).parent.parent.parent
TEXTS = ("东湖区翠湖路的路灯坏了三天", "请问公积金怎么提取", "小区里闻到很浓的燃气味", "谢谢交警帮我找到孩子")


def _predicted(folder: Path, count: int) -> list[dict[str, Any]]:
    rows, out = folder / f"{count}.csv", folder / f"{count}.jsonl"
    with rows.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow(("id", "text"))
        writer.writerows((f"r{n}", TEXTS[n % len(TEXTS)]) for n in range(count))
    settings = Settings(city=ROOT / "cities" / "yunzhou", model_dir=ROOT / "build" / "model", data_dir=folder)
    predict(settings, rows, out, None)
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_many_rows_are_answered_as_few_are_and_in_order(tmp_path: Path) -> None:
    few, many = _predicted(tmp_path, len(TEXTS)), _predicted(tmp_path, FEW + 100)
    assert [answer["id"] for answer in many] == [f"r{n}" for n in range(FEW + 100)]
    assert few[2]["flags"] == ["gas"]
    assert all({**answer, "id": few[n % len(TEXTS)]["id"]} == few[n % len(TEXTS)] for n, answer in enumerate(many))


def test_what_was_read_is_told_whole(tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.csv", tmp_path / "out.jsonl"
    texts = ("去年12月28日以后物业多收了两千多，三十户都交了。", "法院判决不公，要求改判")
    rows.write_text("id,text\n" + "".join(f"{n},{text}\n" for n, text in enumerate(texts)), encoding="utf-8")
    settings = Settings(city=ROOT / "cities" / "yunzhou", model_dir=ROOT / "build" / "model", data_dir=tmp_path)
    predict(settings, rows, out, None)
    told, outside = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    assert told["interval"]["begins_at"].endswith("-12-29T00:00:00+08:00")
    assert (told["interval"]["ends_at"], told["amounts"], told["people"]) == (None, [2000.0], 30)
    assert told["scope"] == []
    assert [doubt.keys() for doubt in outside["scope"]] == [{"code", "reason", "channel"}]


def test_a_file_without_texts_is_refused(tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("id,words\n1,路灯坏了\n", encoding="utf-8")
    settings = Settings(city=ROOT / "cities" / "yunzhou", model_dir=ROOT / "build" / "model", data_dir=tmp_path)
    with pytest.raises(InvalidRequest, match="text"):
        predict(settings, rows, tmp_path / "out.jsonl", None)


def test_of_a_row_that_says_nothing_nothing_is_told(tmp_path: Path) -> None:
    rows, out = tmp_path / "rows.csv", tmp_path / "out.jsonl"
    rows.write_text("id,title,text\n1,,\n2,,。。。\n3,路灯坏了,\n", encoding="utf-8")
    settings = Settings(city=ROOT / "cities" / "yunzhou", model_dir=ROOT / "build" / "model", data_dir=tmp_path)
    predict(settings, rows, out, None)
    *empty, titled = map(json.loads, out.read_text(encoding="utf-8").splitlines())
    for told in empty:
        assert told.keys() == titled.keys()
        assert (told["kind"], told["urgency"], told["lead"], told["categories"]) == (None, None, None, [])
        assert told["auto"] is False
    assert titled["lead"] is not None
    assert len(titled["categories"]) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("id,text\n1,路灯坏了\n", "codes、kinds、urgencies"),
        ("id,codes\n1,0101\n", "text"),
        ("id,text,codes\n", "没有数据行"),
    ],
)
def test_a_file_without_answers_is_not_evaluated(tmp_path: Path, content: str, said: str) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text(content, encoding="utf-8")
    settings = Settings(city=ROOT / "cities" / "yunzhou", model_dir=ROOT / "build" / "model", data_dir=tmp_path)
    with pytest.raises(InvalidRequest, match=said):
        evaluate(settings, rows, None, as_json=True)
