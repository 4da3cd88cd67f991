from collections.abc import Iterator
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from nlu.heads import LABEL
from nlu.linear import Head, LinearModel, UnusableModel
from nlu.own_labels import LabelledText, labelled, train_labels
from nlu.prediction import predict_label
from nlu.word_runs import counted_words, words_of

MATTERS = {
    "供水": (("自来水", "水管", "水压", "水费", "水表"), ("停了", "漏了", "太高", "不准", "发黄")),
    "教育": (("学校", "老师", "幼儿园", "学位", "课程"), ("收费", "补课", "不够", "招生", "放假")),
}


def raw_rows() -> Iterator[LabelledText]:
    for label, (things, troubles) in MATTERS.items():
        for thing, trouble in product(things, troubles):
            yield LabelledText(text=f"我家的{thing}{trouble}，请问怎么办？", label=label)


def cut_rows() -> Iterator[LabelledText]:
    """Yield the raw rows' own messages, cut."""
    for label, (things, troubles) in MATTERS.items():
        for thing, trouble in product(things, troubles):
            text = "\n".join((thing, *words_of(trouble)))
            yield LabelledText(text=text, label=label, is_cut=True)


def test_runs_stay_inside_words_and_the_first_words_count_more() -> None:
    ends_of_a_word, inside_one_word = counted_words(["停", "水"]), counted_words(["停水"])
    assert ends_of_a_word.grams.size == 2 + 2 + 2
    assert inside_one_word.grams.size == 3 + 2 + 1
    assert set(inside_one_word.grams) - set(ends_of_a_word.grams)
    assert np.all(np.diff(inside_one_word.grams) > 0)
    early, late = counted_words(["停", *["水"] * 30]), counted_words([*["水"] * 30, "停"])
    run = np.setdiff1d(counted_words(["停"]).grams, counted_words(["水"]).grams)
    assert early.times[np.isin(early.grams, run)].min() > 4 * late.times[np.isin(late.grams, run)].max()
    assert counted_words([]).grams.size == 0


def test_words_of_a_raw_and_of_a_cut_text_have_one_form() -> None:
    assert words_of("小区，停水了！電話13812345678") == ("小区", "停水", "了", "电话")
    assert words_of("小区\n停水", is_cut=True) == ("小区", "停水")


def test_rows_with_tokens_are_cut_and_rows_with_text_are_not() -> None:
    raw, cut, empty = labelled([{"text": "停 水", "label": "供水"}, {"tokens": "小区 停水", "code": "供水"}, {}])
    assert (raw.text, raw.is_cut) == ("停 水", False)
    assert (cut.text, cut.label, cut.is_cut) == ("小区\n停水", "供水", True)
    assert (empty.text, empty.label) == ("", "")


def test_grammatical_words_that_cut_rows_lack_are_left_out_of_raw_ones(tmp_path: Path) -> None:
    train_labels([*raw_rows(), *cut_rows()], tmp_path)
    model = LinearModel.load(tmp_path)
    assert model.left_out is not None
    assert {"的", "我家", "怎么办"} <= model.left_out
    assert "学校" not in model.left_out
    assert predict_label(model, "学校收费")[0].p == predict_label(model, "我家的学校收费")[0].p
    assert predict_label(model, "学校收费")[0].code == "教育"


def test_without_cut_rows_no_word_is_left_out(tmp_path: Path) -> None:
    report = train_labels(raw_rows(), tmp_path)
    assert LinearModel.load(tmp_path).left_out == frozenset()
    assert (report.rows, report.judged) == (50, 50)


def test_of_equally_rare_runs_the_one_that_tells_of_a_label_weighs_more(tmp_path: Path) -> None:
    rows = [
        LabelledText(
            text="\n".join(("水管" if row % 2 else "学位", "早晨" if row % 4 < 2 else "傍晚", f"第{row}")),
            label=str(row % 2),
            is_cut=True,
        )
        for row in range(40)
    ]
    train_labels(rows, tmp_path)
    model = LinearModel.load(tmp_path)
    telling, common = (
        model.frequency[np.isin(model.vocabulary, counted_words([word]).grams)] for word in ("水管", "早晨")
    )
    assert telling.size == common.size == 6
    assert telling.min() > common.max() > 0
    assert predict_label(model, "早晨")[0].p > 0


def test_a_judged_row_is_not_learnt_from_in_its_cut_form(tmp_path: Path) -> None:
    # No two rows share a character: only its own copy could tell a row's label.
    strange = ["".join(chr(0x5000 + row * 12 + place) for place in range(12)) for row in range(20)]
    raw = [LabelledText(text=text, label=str(row % 2)) for row, text in enumerate(strange)]
    cut = [LabelledText(text="\n".join(words_of(row.text)), label=row.label, is_cut=True) for row in raw]
    report = train_labels([*raw, *cut], tmp_path)
    assert report.accuracy is not None
    assert report.accuracy < 0.8  # with the copies seen it would be 1


def test_a_label_with_too_few_rows_is_learnt_but_not_judged(tmp_path: Path) -> None:
    report = train_labels([*raw_rows(), LabelledText(text="路灯不亮", label="照明")], tmp_path)
    assert (report.labels, report.judged, report.macro_f1, report.accuracy) == (3, 0, None, None)


def test_a_model_that_counted_otherwise_is_refused(tmp_path: Path) -> None:
    floats = np.ones((1, 2), np.float32)
    heads = {LABEL: Head(("供水", "教育"), 0, 1.0)}
    LinearModel(np.array([1]), floats[0, :1], floats, floats[0], heads, "old").save(tmp_path)
    with pytest.raises(UnusableModel, match="重新训练"):
        predict_label(LinearModel.load(tmp_path), "停水")
