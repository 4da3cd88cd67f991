from datetime import datetime
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.city import City, CorpusRow, DangerRow
from models.city_corpus import read_corpus
from models.city_files import read_city
from models.errors import InvalidRequest
from models.vocabulary import Flag, Kind, Urgency
from nlu.evaluation import evaluate, evaluate_labels
from nlu.history import HistoryRow
from nlu.linear import LinearModel, UnusableModel, softmax
from nlu.ngrams import counted, excerpt, grams
from nlu.own_labels import LabelledText, train_labels
from nlu.prediction import has_own_labels, predict_label
from nlu.reader import Reader
from nlu.times import LOCAL_TIME
from nlu.training import train

NOW = datetime(2026, 11, 5, 10, 0, tzinfo=LOCAL_TIME)
WATER = ["小区停水两天了", "水压太低", "自来水发黄", "水费太高了", "水管爆了没水"]
SCHOOL = ["孩子怎么入学", "学校乱收费", "幼儿园学位不够", "老师有偿补课", "学区怎么划分"]
ROWS = [LabelledText(text=text + mark, label="供水") for text in WATER for mark in "。！"] + [
    LabelledText(text=text + mark, label="教育") for text in SCHOOL for mark in "。！"
]


@cache
def city() -> City:
    return read_city(Path("cities/yunzhou"))


def test_runs_of_characters_leave_out_marks() -> None:
    assert grams("停 水，了").tolist() == grams("停水了").tolist()
    assert len({*grams("停水了").tolist(), *grams("水了停").tolist()}) == 3 + 3 + 2
    assert grams("").size == 0
    assert sorted(counted("停水停").times.tolist()) == [1, 1, 1, 1, 2]
    assert counted("停水", title="停").times.max() > counted("停水").times.max()


def test_of_a_long_text_the_beginning_and_the_end_are_read() -> None:
    read = excerpt("始" + "中" * 50_000 + "末")
    assert len(read) <= 2001
    assert read.startswith("始")
    assert read.endswith("末")


def test_labels_of_ones_own_are_learnt_and_told_with_probabilities(tmp_path: Path) -> None:
    report = train_labels(ROWS, tmp_path)
    assert (report.rows, report.labels) == (20, 2)
    model = LinearModel.load(tmp_path)
    assert has_own_labels(model)
    best, other = predict_label(model, "家里没水了，水管漏了")
    assert best.code == "供水"
    assert best.p > 0.5
    assert best.p + other.p == pytest.approx(1, abs=1e-3)


def test_a_model_read_back_scores_as_the_fitted_one(tmp_path: Path) -> None:
    train_labels(ROWS, tmp_path)
    one, two = LinearModel.load(tmp_path), LinearModel.load(tmp_path)
    counts = counted("学校停水")
    assert np.array_equal(one.scores(counts), two.scores(counts))
    assert np.array_equal(one.scores(counted("")), one.bias)


def test_training_twice_gives_the_same_model(tmp_path: Path) -> None:
    assert train_labels(ROWS, tmp_path / "a").version == train_labels(ROWS, tmp_path / "b").version


def test_training_without_a_choice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidRequest):
        train_labels([LabelledText(text="停水", label="供水")], tmp_path)
    with pytest.raises(InvalidRequest):
        train(city(), [], tmp_path)
    stranger = CorpusRow(code="7777", also=(), kind=Kind.INQUIRY, urgency=Urgency.NORMAL, text="不知")
    with pytest.raises(InvalidRequest, match="7777"):
        train(city(), [stranger], tmp_path)


def test_a_citys_model_has_no_labels_of_ones_own(tmp_path: Path) -> None:
    train(city(), read_corpus(Path("cities/yunzhou"))[::8], tmp_path)
    model = LinearModel.load(tmp_path)
    assert len(model.heads["category"].labels) == 90
    with pytest.raises(UnusableModel):
        predict_label(model, "停水")
    figures = evaluate(
        Reader(city(), model),
        [
            {
                "text": "公积金怎么提取",
                "codes": "0803|0801",
                "kinds": "consult",
                "urgencies": "3|4",
                "places": "",
                "subjects": "",
                "times": "昨天",
            },
            {"text": "东湖区停水", "codes": "0803", "places": "东湖区"},
        ],
        NOW,
    )
    assert (figures.rows, figures.top1, figures.kind, figures.urgency) == (2, 0.5, 1.0, 1.0)
    assert (figures.place_exact, figures.place_false) == (1.0, 0.0)
    assert (figures.time_exact, figures.time_overlap, figures.time_false) == (0.0, 0.0, None)
    assert figures.label is None


def test_history_teaches_what_people_said_and_nothing_of_danger(tmp_path: Path) -> None:
    tiny = read_city(Path("tests/cities/tiny"))
    corpus = read_corpus(Path("tests/cities/tiny"))
    danger = DangerRow(
        code="5101", kind=Kind.COMPLAINT, urgency=Urgency.URGENT, text="路塌了有人掉下去", also=(), flags=(Flag.COLLAPSE,), is_raised=True
    )  # fmt: skip
    near = msgspec.structs.replace(danger, text="心态塌了", is_raised=False)
    said = [HistoryRow(text=f"塌塌米发霉了{mark}", code="520102", source="correction") for mark in "，。！？"]
    plain_model = train(tiny, corpus, tmp_path / "plain", dangers=[danger, near])
    report = train(tiny, corpus, tmp_path / "taught", dangers=[danger, near], history=said)
    assert report.rows == plain_model.rows + 4
    reader = Reader(tiny, LinearModel.load(tmp_path / "taught"))
    assert reader.understand("塌塌米发霉了", received_at=NOW).categories[0].code == "5201"
    with_kind = [msgspec.structs.replace(row, kind=Kind.PRAISE, urgency=Urgency.ROUTINE) for row in said]
    train(tiny, corpus, tmp_path / "kind", dangers=[danger, near], history=with_kind)
    taught = Reader(tiny, LinearModel.load(tmp_path / "kind"))
    assert taught.understand("塌塌米发霉了", received_at=NOW).kind is Kind.PRAISE
    heads = [LinearModel.load(tmp_path / name) for name in ("taught", "kind")]
    flags = [model.of_head(model.scores(counted("塌塌米发霉了")), "flag")[1] for model in heads]
    assert np.allclose(flags[0], flags[1])
    with pytest.raises(InvalidRequest, match="7777"):
        train(tiny, corpus, tmp_path, history=[msgspec.structs.replace(said[0], code="7777")])


def test_own_labels_are_weighed_by_accuracy_and_macro_f1(tmp_path: Path) -> None:
    train_labels(ROWS, tmp_path)
    rows = [{"text": "停水了", "label": "供水"}, {"tokens": "学校 收费", "code": "供水"}]
    figures = evaluate_labels(LinearModel.load(tmp_path), rows)
    assert (figures.rows, figures.label) == (2, 0.5)
    assert figures.macro_f1 == pytest.approx(2 / 3, abs=1e-3)
    assert evaluate_labels(LinearModel.load(tmp_path), []).rows == 0


def test_probabilities_sum_to_one() -> None:
    assert softmax(np.array([1e4, 0.0, -1e4], dtype=np.float32)).sum() == pytest.approx(1)
