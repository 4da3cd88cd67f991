from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from models.city import City, ScopeRule
from models.city_corpus import read_corpus
from models.city_files import read_city
from models.understanding import Understanding
from models.vocabulary import Flag, Kind, Urgency
from nlu.cutter import Cutter
from nlu.examples import Examples, write_examples
from nlu.explanation import Cue, Explanation
from nlu.heads import CATEGORY, FLAG, REAL
from nlu.linear import Head, LinearModel, weighed
from nlu.ngrams import counted
from nlu.normalise import Normaliser
from nlu.reader import Reader
from nlu.times import LOCAL_TIME
from nlu.training import train
from nlu.urgency import Ground
from nlu.weights import Weights

TINY = Path("tests/cities/tiny")
NOW = datetime(2026, 11, 5, 10, 0, tzinfo=LOCAL_TIME)
WATER = "望湖苑整栋楼停水两天了，水龙头一滴水都没有，请问几点来水"


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(TINY)


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(city, read_corpus(TINY), folder)
    write_examples(folder, read_corpus(TINY), Normaliser(city.language.fillers))
    return folder


@pytest.fixture(scope="module")
def model(folder: Path) -> LinearModel:
    return LinearModel.load(folder)


@pytest.fixture(scope="module")
def reader(city: City, folder: Path) -> Reader:
    return Reader.load(folder, city)


@pytest.fixture(scope="module")
def examples(folder: Path) -> Examples:
    return Examples(folder)


def explained(reader: Reader, examples: Examples, text: str, **more: str) -> tuple[Understanding, Explanation]:
    read = reader.understand(text, received_at=NOW, **more)
    return read, reader.explain(read, more.get("line"), examples)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (WATER, ""),
        ("望湖苑整栋楼从早上起一滴水都没有。", "停水两天了"),
        ("路" * 3000 + "停水", "坑 坑，洼洼" * 30),
        ("。，！", ""),
        ("水", "水"),
    ],
)
def test_the_words_together_weigh_what_the_model_scores(model: LinearModel, text: str, title: str) -> None:
    code = model.heads[CATEGORY].labels[0]
    column = model.column(CATEGORY, code)
    weights = Weights(model, Cutter(), text, title, [column])
    whole, alone = counted(text, title), counted(title)
    scores = weighed(model.scores(whole), model.scores(alone) if title else None)[column]
    offset = weighed(model.bias, model.bias if title else None)[column]
    assert weights.total.sum() == pytest.approx(scores - offset, abs=1e-3)


def test_the_words_of_the_matter_weigh_most(reader: Reader, examples: Examples) -> None:
    read, explanation = explained(reader, examples, WATER)
    ground = explanation.category
    assert (ground.guesses[0].code, ground.guesses[0].name) == ("5201", "自来水")
    assert ground.guesses[0].p == read.sure
    assert {"停水", "水龙头"} & {word.word for word in ground.words_for[:4]}
    shares = [word.share for word in ground.words_for]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) <= 8
    assert 0 < sum(shares) <= 1.01
    assert all(word.share < 0 for word in ground.words_against)
    assert len(ground.words_against) <= 3
    assert not {word.word for word in ground.words_for_second} & {"停水"}
    assert (ground.detail, ground.detail_name) == ("520101", "整片停水")
    assert "停水" in ground.detail_words


def test_a_word_of_the_title_weighs_more_than_the_same_in_the_text(model: LinearModel) -> None:
    column = model.column(CATEGORY, "5201")
    in_text = Weights(model, Cutter(), "停水。水龙头一滴水都没有", "", [column]).speaking(0)
    in_title = Weights(model, Cutter(), "水龙头一滴水都没有", "停水", [column]).speaking(0)
    assert {one.word: one.share for one in in_title}["停水"] > {one.word: one.share for one in in_text}["停水"]


def test_the_line_is_named_where_it_made_the_category_likelier(reader: Reader, examples: Examples) -> None:
    assert explained(reader, examples, WATER, line="8822")[1].category.is_line_business
    assert not explained(reader, examples, WATER, line="8800")[1].category.is_line_business
    assert not explained(reader, examples, WATER)[1].category.is_line_business


def test_a_doubted_hit_raises_no_flag_and_forces_no_urgency_and_is_named(
    city: City, model: LinearModel, examples: Examples
) -> None:
    heads = {FLAG: Head((Flag.FIRE,), len(model.bias), 1.0), REAL: Head((REAL,), len(model.bias) + 1, 1.0)}
    doubting = LinearModel(
        model.vocabulary,
        model.frequency,
        np.pad(model.weights, ((0, 0), (0, 2))),
        np.append(model.bias, np.array([-1, -1], dtype=np.float32)),
        model.heads | heads,
        "doubting",
    )
    read, explanation = explained(Reader(city, doubting), examples, "消防演习里有人喊着火，演得真好")
    assert (read.flags, read.doubted) == ((), (Flag.FIRE,))
    assert read.urgency > Urgency.CRITICAL
    assert [(one.flag, one.words) for one in explanation.doubted] == [(Flag.FIRE, "着火")]
    assert not explanation.flags
    assert explanation.is_as_read


def test_cues_of_the_kind_are_named(reader: Reader, examples: Examples) -> None:
    _, explanation = explained(reader, examples, WATER)
    assert explanation.kind.cues == (Cue("请问", Kind.INQUIRY), Cue("几点", Kind.INQUIRY))
    _, explanation = explained(reader, examples, WATER, title="举报水厂")
    assert explanation.kind.cues == (Cue("举报", Kind.TIP_OFF),)


@pytest.mark.parametrize(
    ("text", "urgency", "by", "words"),
    [
        ("厨房里一股煤气味，救命", Urgency.CRITICAL, Ground.RULE, "煤气味"),
        ("有人被困在电梯里", Urgency.CRITICAL, Ground.CUE, "有人被困"),
        ("水管爆了，井盖没了", Urgency.URGENT, Ground.RULE, "井盖没"),
        ("感谢总台，建议常来", Urgency.ROUTINE, Ground.KIND, ""),
    ],
)
def test_what_decided_the_urgency_is_named(
    reader: Reader, examples: Examples, text: str, urgency: Urgency, by: Ground, words: str
) -> None:
    read, explanation = explained(reader, examples, text)
    ground = explanation.urgency
    assert (ground.urgency, ground.by, ground.words) == (urgency, by, words)
    assert read.urgency == urgency


def test_flags_and_doubts_are_named_with_the_words_they_fired_on(reader: Reader, examples: Examples) -> None:
    _, explanation = explained(reader, examples, "法院的判决不公，我不想活了")
    (flag,) = explanation.flags
    assert (flag.flag, flag.name, flag.words, flag.floor) == (Flag.SUICIDE, "轻生", "不想活", 1)
    (doubt,) = explanation.scope
    assert (doubt.code, doubt.reason, doubt.words) == ("N2", "法定途径", "法院的判决")


def test_what_the_reading_does_not_doubt_is_not_explained(city: City, model: LinearModel, examples: Examples) -> None:
    hollow = ScopeRule(code="N10", name="无实质内容", patterns=(), channel="请说明事情")
    reader = Reader(msgspec.structs.replace(city, scope=(*city.scope, hollow)), model)
    assert [one.code for one in explained(reader, examples, "水")[1].scope] == ["N10"]
    read, explanation = explained(reader, examples, "不想活")
    assert read.flags == (Flag.SUICIDE,)
    assert (read.scope, explanation.scope) == ((), ())


def test_near_examples_of_the_same_category_come_first(reader: Reader, examples: Examples) -> None:
    _, explanation = explained(reader, examples, WATER)
    codes = [one.code for one in explanation.examples]
    assert codes[:3] == ["5201"] * 3
    assert "5201" not in codes[3:]
    assert explanation.examples[0].text == "望湖苑整栋楼从早上停水到现在，一滴水都没有"
    for group in (explanation.examples[:3], explanation.examples[3:]):
        likeness = [one.likeness for one in group]
        assert likeness == sorted(likeness, reverse=True)


def test_a_text_is_its_own_nearest_example(model: LinearModel, examples: Examples) -> None:
    (nearest,) = examples.near(model, counted("请问明天白鹭里停水停到几点"), 1, "5201", is_of=True)
    assert nearest.likeness == pytest.approx(1, abs=0.01)


def test_there_are_no_examples_without_a_folder_or_of_another_model(model: LinearModel, folder: Path) -> None:
    counts = counted(WATER)
    assert Examples(folder / "nowhere").near(model, counts, 3, "5201", is_of=True) == ()
    other = LinearModel(model.vocabulary, model.frequency, model.weights, model.bias, model.heads, "another")
    assert Examples(folder).near(other, counts, 3, "5201", is_of=True) == ()


def test_personal_traces_of_a_corpus_are_not_shown(city: City, folder: Path, tmp_path: Path) -> None:
    LinearModel.load(folder).save(tmp_path)
    row = msgspec.structs.replace(read_corpus(TINY)[0], text="停水了，电话13800001234")
    write_examples(tmp_path, [row], Normaliser())
    assert "13800001234" not in (tmp_path / "examples.json").read_text()


def test_a_reading_by_other_rules_or_another_model_is_told(reader: Reader, examples: Examples) -> None:
    read, explanation = explained(reader, examples, WATER, title="停水")
    assert explanation.is_as_read
    assert reader.explain(msgspec.structs.replace(read, kind=Kind.PRAISE), None, examples).is_as_read is False
    graver = reader.explain(msgspec.structs.replace(read, urgency=Urgency.CRITICAL), None, examples)
    assert (graver.urgency.urgency, graver.urgency.by) == (Urgency.CRITICAL, None)
    gone = msgspec.structs.replace(read.categories[0], code="9999")
    unknown = reader.explain(msgspec.structs.replace(read, categories=(gone, *read.categories[1:])), None, examples)
    assert unknown.category.words_for == ()


@pytest.mark.parametrize("text", ["", "水", "😡😡😡", "。" * 50, "a" * 20_000])
def test_awkward_texts_are_explained(reader: Reader, examples: Examples, text: str) -> None:
    _, explanation = explained(reader, examples, text)
    assert len(explanation.category.guesses) == 3
