"""hotline nlu train | evaluate."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from hotline.commands.installation import setup
from hotline.model_in_use import present
from models.city_files import read_city
from models.errors import InvalidRequest
from nlu.evaluation import GOLD, LABELS, evaluate_labels
from nlu.evaluation import evaluate as evaluate_reader
from nlu.linear import LinearModel
from nlu.own_labels import labelled, train_labels
from nlu.prediction import has_own_labels
from nlu.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from hotline.config import Settings
    from models.city import City


def train_labels_of_own(files: list[Path], out: Path) -> None:
    """Fit a model to labels of one's own and say how good it is by cross-validation."""
    rows = []
    for file in files:
        for row in labelled(read_rows(file)):
            if not row.text or not row.label:
                raise InvalidRequest(f"{file} 须有 text（或 tokens）列和 label（或 code）列，且每行不为空")
            rows.append(row)
    print(msgspec.json.encode(train_labels(rows, out)).decode())


def evaluate(settings: Settings, file: Path, folder: Path | None, *, as_json: bool) -> None:
    """Print figures against the gold columns; raises InvalidRequest for a file with no text, or nothing to weigh it by."""
    model = LinearModel.load(folder) if folder else None
    rows = list(read_rows(file))
    if model is not None and has_own_labels(model):
        _check_columns(file, rows, ("text", "tokens"), LABELS)
        figures = evaluate_labels(model, rows)
    else:
        _check_columns(file, rows, ("text",), GOLD)
        city = read_city(settings.city)
        figures = evaluate_reader(_reader(settings, city, model), rows, datetime.now(UTC))
    found = msgspec.to_builtins(figures)
    if as_json:
        print(msgspec.json.encode(found).decode())
        return
    for name, value in found.items():
        print(f"{name}\t{value}")


def _check_columns(file: Path, rows: Sequence[dict[str, str]], texts: Sequence[str], gold: Sequence[str]) -> None:
    if not rows:
        raise InvalidRequest(f"{file} 没有数据行，无法评测")
    if set(texts).isdisjoint(rows[0]):
        raise InvalidRequest(f"{file} 须有 {' 或 '.join(texts)} 列")
    if set(gold).isdisjoint(rows[0]):
        raise InvalidRequest(
            f"{file} 没有标准答案，无法评测：请至少加上一列 {'、'.join(gold)}（多个可接受的答案用 | 分隔）"
        )


def _reader(settings: Settings, city: City, model: LinearModel | None) -> Reader:
    setup(settings)
    if model is not None:
        return Reader(city, model)
    return present(settings, city)


def read_rows(file: Path) -> Iterator[dict[str, str]]:
    """Read the rows of a CSV by the names of its columns; raises InvalidRequest where there is no such file."""
    csv.field_size_limit(10**7)
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            yield from csv.DictReader(lines)
    except FileNotFoundError as error:
        raise InvalidRequest(f"没有文件 {file}") from error
