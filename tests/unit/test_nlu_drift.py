from __future__ import annotations

import math
import random
from pathlib import Path

import pytest

from models.city_corpus import read_material
from models.city_files import read_city
from nlu.candidate import Basis, usable
from nlu.drift import BARS, CLASS_MIX, LEAST, SURE, UNKNOWN, beyond, compared
from nlu.history import HistoryRow, split
from nlu.registry import Picture


def seen(classes: dict[str, int], *, unknown: float = 0.3, sure: float = 0.8) -> Picture:
    return Picture(texts=sum(classes.values()), classes=classes, unknown=unknown, sure=sure)


def test_the_stability_index_is_the_sum_of_differences_times_the_log_of_their_ratio() -> None:
    # (0.4 - 0.6) · ln(0.4 / 0.6) + (0.6 - 0.4) · ln(0.6 / 0.4), but for the half that is added to every count.
    found = compared(seen({"01": 60_000, "02": 40_000}), seen({"01": 40_000, "02": 60_000}))
    assert found[CLASS_MIX] == pytest.approx(0.4 * math.log(1.5), abs=1e-3)


def test_only_a_rise_of_unknown_runs_and_a_fall_of_confidence_count() -> None:
    before, after = seen({"01": 900}), seen({"01": 900}, unknown=0.42, sure=0.61)
    assert compared(before, after) == {CLASS_MIX: 0.0, UNKNOWN: 0.12, SURE: 0.19}
    assert len(beyond(compared(before, after))) == 2
    assert beyond(compared(after, before)) == []


def test_a_class_that_is_new_or_gone_is_measured_and_not_infinite() -> None:
    found = compared(seen({"01": 700}), seen({"02": 700}))
    assert BARS[CLASS_MIX] < found[CLASS_MIX] < 100
    assert "PSI" in beyond(found)[0]


def test_chance_alone_is_no_alarm_with_as_few_requests_as_are_compared() -> None:
    draw = random.Random(12345)
    classes = [f"{n:02d}" for n in range(1, 23)]
    for _ in range(200):
        before, after = (dict.fromkeys(classes, 0) for _ in range(2))
        for counts in (before, after):
            for name in draw.choices(classes, k=LEAST):
                counts[name] += 1
        assert compared(seen(before), seen(after))[CLASS_MIX] < BARS[CLASS_MIX]


def test_a_history_is_measured_on_its_newest_fifth_and_never_on_words_that_it_has_heard() -> None:
    city = Path("tests/cities/tiny")
    basis = Basis(
        city=read_city(city), material=read_material(city), held_out={"notes.csv": [{"text": "第11件"}]}
    )  # fmt: skip
    rows = [HistoryRow(text=f"第{n % 10}件", code=f"{n:04d}", source="csv") for n in range(12)]
    known = [HistoryRow(text=text, code="5101", source="csv") for text in (basis.material.corpus[0].text, "第11件")]
    history = usable(basis, [*known, *rows])
    assert [row.code for row in history][:3] == ["0010", "0011", "0002"]
    older, newer = split(history)
    assert [row.text for row in newer] == ["第8件", "第9件"]
    assert not {row.text for row in older} & {row.text for row in newer}
    assert split(history[:5]) == (history[:5], ())
