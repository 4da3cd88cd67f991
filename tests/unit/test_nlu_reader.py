from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from models.city import City
from models.city_corpus import read_corpus
from models.city_files import read_city
from models.vocabulary import Flag, Kind, Urgency
from nlu.linear import LinearModel, UnusableModel
from nlu.own_labels import LabelledText, train_labels
from nlu.reader import Reader
from nlu.reading import Past, Request
from nlu.times import LOCAL_TIME
from nlu.training import train

YUNZHOU = Path("cities/yunzhou")
NOW = datetime(2026, 11, 5, 10, 0, tzinfo=LOCAL_TIME)
KEY = b"k" * 32


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(YUNZHOU)


@pytest.fixture(scope="module")
def folder(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    train(city, read_corpus(YUNZHOU), folder)
    return folder


@pytest.fixture(scope="module")
def reader(city: City, folder: Path) -> Reader:
    return Reader.load(folder, city, fingerprint_key=KEY)


@pytest.mark.parametrize(
    ("text", "code", "kind"),
    [
        ("小区停水两天了，一点通知都没有，什么时候能来水", "0401", None),
        ("广场舞音响开到晚上十点，吵得没法睡", "0105", Kind.COMPLAINT),
        ("请问公积金怎么提取，需要什么材料", "0803", Kind.INQUIRY),
        ("公司拖欠我们三个月工资不发", "0701", None),
        ("建议在东湖区增加一条到火车站的公交线路", "0501", Kind.SUGGESTION),
        ("路灯坏了半个月没人修", "0203", None),
        ("我要举报一家餐馆用过期的肉", "1202", Kind.TIP_OFF),
        ("表扬公交司机拾金不昧，非常感谢", None, Kind.PRAISE),
    ],
)
def test_everyday_requests_are_understood(reader: Reader, text: str, code: str | None, kind: Kind | None) -> None:
    read = reader.understand(text, received_at=NOW)
    if code is not None:
        assert read.categories[0].code == code
    if kind is not None:
        assert read.kind == kind


def test_no_name_of_the_family_is_kept(reader: Reader) -> None:
    read = reader.understand("我女儿张小敏在学校被打了，邻居刘大强可以作证", received_at=NOW)
    for told in (read.masked_text, read.brief, read.subject or "", read.place.span if read.place else "", *read.tokens):
        assert "张小敏" not in told
        assert "刘大强" not in told
    assert "被打" in read.brief


def test_an_understanding_is_whole(reader: Reader) -> None:
    read = reader.understand(
        "我叫柏秋生，电话13800001234。昨天晚上8点东湖区学府路旁的工地还在打桩，噪音很大，希望城管处理。",
        title="工地夜间施工扰民",
        caller_name="柏秋生",
        received_at=NOW,
    )
    assert len({guess.code for guess in read.categories}) == 3
    assert all(len(guess.code) == 4 for guess in read.categories)
    assert [guess.p for guess in read.categories] == sorted((guess.p for guess in read.categories), reverse=True)
    assert 0 < read.sure <= 1
    assert read.categories[0].code == "0106"
    assert (read.time, read.occurred_at) == ("昨天晚上8点", datetime(2026, 11, 4, 20, tzinfo=LOCAL_TIME))
    assert read.place is not None
    assert read.place.district == "donghu"
    assert read.subject == "工地"
    for trace in ("13800001234", "柏秋生"):
        assert trace not in read.masked_text
        assert trace not in read.brief
    assert "打桩" in read.tokens
    assert read.fingerprint
    assert read.bands
    assert read.model_version == reader.model_version


def test_a_role_within_the_last_word_is_read(reader: Reader) -> None:
    assert reader.understand("建议规划辰光多问问老住户", received_at=NOW).masked_text.endswith("老住户")


def test_flags_force_the_urgency(reader: Reader) -> None:
    read = reader.understand("楼道里燃气味很重，怕是泄漏了", received_at=NOW)
    assert Flag.GAS in read.flags
    assert read.urgency == Urgency.CRITICAL
    assert reader.understand("建议公园多种花", received_at=NOW).urgency == Urgency.ROUTINE


_ORDINARY = "我们是小区的业主，二零一九年入住，这几年物业费年年按时交，邻里相处也都不错，平时有事都在群里商量。" * 5


def test_the_title_of_a_long_letter_may_say_that_it_is_urgent(reader: Reader) -> None:
    titled = reader.understand(_ORDINARY, title="小区频繁停水", received_at=NOW)
    assert titled.urgency == Urgency.URGENT
    buried = reader.understand(f"{_ORDINARY}听说隔壁小区频繁停水。{_ORDINARY}", title="小区的事", received_at=NOW)
    assert buried.urgency > Urgency.URGENT


@pytest.mark.parametrize("words", ["有人把消防通道堵了", "一家店占用了消防通道", "整栋楼无法用水"])
def test_a_blocked_way_out_and_failing_supply_are_urgent(reader: Reader, words: str) -> None:
    assert reader.understand(words, received_at=NOW).urgency <= Urgency.URGENT


def test_what_is_badly_needed_is_not_what_is_urgent(reader: Reader) -> None:
    assert reader.understand("这条路急需一趟公交车", received_at=NOW).urgency > Urgency.URGENT


def test_the_dialled_line_makes_its_business_likelier(reader: Reader) -> None:
    text = "买的东西坏了，商家不肯退"
    plain = {guess.code: guess.p for guess in reader.understand(text, received_at=NOW).categories}
    market = {guess.code: guess.p for guess in reader.understand(text, line="12315", received_at=NOW).categories}
    assert market["1201"] > plain["1201"]
    general = reader.understand(text, line="12345", received_at=NOW).categories
    assert {guess.code: guess.p for guess in general} == plain


def test_what_the_form_says_comes_before_the_text(reader: Reader) -> None:
    read = reader.understand(
        "西城区那边乱收费", received_at=NOW, accused="蓝天驾校", address="东湖区学府路１２号，电话13800001234"
    )
    assert read.accused == "蓝天驾校"
    assert read.place is not None
    assert read.place.district == "donghu"
    assert "13800001234" not in read.place.span


@pytest.mark.parametrize(
    "text",
    [
        "",
        "水",
        "\x00",
        "😡😡😡",
        "12345678901234567890",
        "hello, the street light is broken",
        "東湖區停電兩天",
        "。" * 50,
    ],
)
def test_awkward_texts_are_read_without_complaint(reader: Reader, text: str) -> None:
    read = reader.understand(text, title="", received_at=NOW)
    assert len(read.categories) == 3
    assert "\x00" not in read.masked_text


@pytest.mark.parametrize("unit", ["停水了怎么办，", "路", "13", "1-", "我叫", "<>", "东湖区"])
def test_fifty_thousand_characters_are_read(reader: Reader, unit: str) -> None:
    text = (unit * 50_000)[:50_000]
    read = reader.understand(text, received_at=NOW)
    assert len(read.brief) <= 200


def test_traditional_and_simplified_read_alike(reader: Reader) -> None:
    one = reader.understand("小區停電兩天了，請儘快處理", received_at=NOW)
    other = reader.understand("小区停电两天了，请尽快处理", received_at=NOW)
    assert one == other


def test_threads_read_alike(reader: Reader) -> None:
    texts = ["小区停水两天了", "公积金怎么提取", "路灯不亮"] * 20
    alone = [reader.understand(text, received_at=NOW) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: reader.understand(text, received_at=NOW), texts)) == alone


def test_many_at_once_are_read_as_each_alone(reader: Reader) -> None:
    requests = [
        Request("东湖区学府路旁的工地昨晚8点还在打桩", NOW, title="工地扰民", address="学府路12号"),
        Request("", NOW),
        Request(
            "买的东西坏了，商家不肯退，电话13800001234", NOW, line="12315", caller_name="柏秋生", accused="蓝天驾校"
        ),
        Request("楼道里燃气味很重，三十多户都闻到了", NOW),
    ]
    alone = [
        reader.understand(
            one.text,
            received_at=one.received_at,
            title=one.title,
            line=one.line,
            caller_name=one.caller_name,
            accused=one.accused,
            address=one.address,
        )
        for one in requests
    ]
    assert reader.understand_many(requests) == alone
    assert len({read.masked_text for read in alone}) == len(requests)
    assert reader.understand_many([]) == []


@pytest.mark.parametrize("repeated", [1, 60])
def test_every_word_of_a_request_is_indexed(reader: Reader, repeated: int) -> None:
    text = "小区停水三天，物业不管。" * repeated + "宏发搅拌站也在偷排。"
    read = reader.understand(text, received_at=NOW, title="求助：A12-3栋停水")
    assert read.tokens == reader.cutter.search_tokens(read.masked_text)
    assert {"停水", "物业", "A12-3", "搅拌站"} <= {*read.tokens}


def test_without_a_key_there_is_no_fingerprint(city: City, folder: Path) -> None:
    reader = Reader.load(folder, city)
    assert reader.understand("小区停水", received_at=NOW).fingerprint == b""


def test_a_query_is_cut_as_texts_are(reader: Reader) -> None:
    assert set(reader.search_tokens("a１２－３棟")) <= set(reader.understand("A12-3栋没有电梯", received_at=NOW).tokens)


def test_a_model_that_does_not_fit_is_refused(city: City, tmp_path: Path) -> None:
    with pytest.raises(UnusableModel):
        Reader.load(tmp_path / "none", city)
    train_labels([LabelledText(text=f"停{i}", label=str(i % 2)) for i in range(10)], tmp_path)
    with pytest.raises(UnusableModel):
        Reader.load(tmp_path, city)
    (tmp_path / "weights.npz").write_bytes(b"broken")
    with pytest.raises(UnusableModel):
        LinearModel.load(tmp_path)


def test_of_the_past_people_are_believed_and_the_rest_is_read(reader: Reader) -> None:
    text = "东湖区翠湖路的路灯坏了半个月没人修，着火了一样闪"
    asked = Request(text, NOW, title="路灯")
    now = reader.understand(text, received_at=NOW, title="路灯")
    told, untold = reader.recall_many(
        [Past(asked, "010101", Kind.PRAISE, Urgency.ROUTINE), Past(asked, None, None, Urgency.NORMAL)]
    )
    assert ([guess.code for guess in told.categories], told.detail) == (["0101"], "010101")
    assert (told.kind, told.urgency, told.model_version) == (Kind.PRAISE, Urgency.ROUTINE, "told")
    assert (untold.categories, untold.detail, untold.kind) == (now.categories, now.detail, now.kind)
    assert (untold.urgency, untold.model_version) == (Urgency.NORMAL, now.model_version)
    for read in (told, untold):
        assert (read.masked_text, read.title_length, read.tokens) == (now.masked_text, now.title_length, now.tokens)
        assert (read.place, read.fingerprint, read.bands) == (now.place, now.fingerprint, now.bands)
        assert (read.flags, read.bar, read.is_assured) == ((), None, False)
