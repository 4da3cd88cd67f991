from functools import cache
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from models.city import City, GazetteerEntry
from models.city_corpus import read_letters
from models.city_files import read_city
from models.understanding import Place
from nlu.cutter import Cutter
from nlu.extraction import Extracted, Extractor
from nlu.mistyped import Mistyped
from nlu.place_words import PlaceWords
from nlu.span_fitting import fit_spans
from nlu.span_weights import SpanWeights

YUNZHOU = Path("cities/yunzhou")


def named(name: str, street: str, *aliases: str, lat: float = 29.1, lon: float = 115.9) -> GazetteerEntry:
    return GazetteerEntry(name=name, aliases=aliases, kind="road", lat=lat, lon=lon, street=street)


def crossing(text: str) -> Place:
    """Return the place of a text that begins with one, of a city with some roads more."""
    roads = (
        named("黄河路", "donghu-dongmen", lat=29.102, lon=115.902),
        named("东门路", "donghu-dongmen", lat=29.11, lon=115.91),
        named("柳岸路", "donghu-liuan", lat=29.12, lon=115.92),
        named("永宁路", "xicheng-yongning", lat=29.1, lon=115.8),
        named("人民路", "donghu-dongmen", lat=29.11, lon=115.91),
        named("人民路", "xicheng-yongning", lat=29.1, lon=115.8),
    )
    words = PlaceWords(
        replace(city(), gazetteer=(*city().gazetteer[:1], *_two_of_a_name(), *city().gazetteer[3:], *roads))
    )
    passage = cutter().passage(text)
    names = [name.word for name in words.names(*passage)]
    return words.located(text.removesuffix("积水"), names, text)


def _two_of_a_name() -> tuple[GazetteerEntry, ...]:
    return (named("建设路", "donghu-dongmen"), named("建设路", "xicheng-yongning", lat=29.11, lon=115.81))


@cache
def city() -> City:
    return replace(
        read_city(YUNZHOU),
        gazetteer=(
            named("金桂苑", "donghu-dongmen", "金桂苑小区"),
            named("建设路", "donghu-dongmen"),
            named("建设路", "xicheng-yongning"),
            named("长江路", "donghu-dongmen"),
            named("碧水云天花园", "donghu-dongmen"),
        ),
    )


@cache
def weights() -> SpanWeights:
    """Return what every third letter teaches: enough for plain sentences."""
    found = fit_spans(read_city(YUNZHOU), read_letters(YUNZHOU)[::3])
    assert found is not None
    return found


@cache
def extractor(*, has_learnt: bool = True) -> Extractor:
    return Extractor(city(), weights() if has_learnt else None)


@cache
def cutter() -> Cutter:
    return Cutter(city().language.custom_words)


def read(text: str, title: str = "", address: str = "", accused: str | None = None) -> Extracted:
    cut = cutter().passage
    return extractor().find(cut(text[:700]), cut(title), cut(address), accused)


def place_of(text: str, title: str = "", address: str = "") -> Place:
    place = read(text, title, address).place
    assert place is not None
    return place


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("反映东湖区长江路金桂苑小区3栋楼下烧烤摊油烟很大", "东湖区长江路金桂苑小区3栋楼下"),
        ("我家住在长江路金桂苑对面，晚上太吵", "长江路金桂苑对面"),
        ("位于西城区紫竹路与青松路交汇处的工地", "西城区紫竹路与青松路交汇处"),
        ("A市A3区教师村小区盼望安装电梯", "A市A3区教师村"),
        ("A7县北山镇新桥社区的公路没有硬化", "A7县北山镇新桥社区"),
        ("请修复望江大道天桥", "望江大道天桥"),
        ("南屏区停水两天了", "南屏区"),
    ],
)
def test_the_most_specific_words_are_the_place(text: str, span: str) -> None:
    place = place_of(text)
    assert place.span == span
    assert place.span in text


def test_the_gazetteer_knows_where_a_name_is() -> None:
    place = place_of("金桂苑小区的电梯坏了")
    assert (place.name, place.street, place.district) == ("金桂苑", "donghu-dongmen", "donghu")
    assert (place.lat, place.lon) == (29.1, 115.9)


@pytest.mark.parametrize("text", ["金桂苑对面的工地太吵", "长江路与紫竹路交叉口的红绿灯坏了"])
def test_what_is_told_relative_to_a_name_lies_there(text: str) -> None:
    assert (place_of(text).lat, place_of(text).street) == (29.1, "donghu-dongmen")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("11点楼下烧烤摊还在吵", "楼下"),
        ("上周三幸福路发生车祸没人管", "幸福路"),
        ("10月1日至7日幸福路一直在施工", "幸福路"),
        ("国庆期间景区门口乱收费", "景区门口"),
    ],
)
def test_when_it_was_is_no_part_of_where(text: str, span: str) -> None:
    assert place_of(text).span == span


def test_a_time_alone_is_no_place() -> None:
    assert read("5号到8号小区一直停水").place is None


@pytest.mark.parametrize(
    ("text", "street", "district"),
    [
        ("东门路与长江路交叉口积水", "donghu-dongmen", "donghu"),
        ("东门路柳岸路路口积水", None, "donghu"),
        ("长江路与永宁路的交汇处积水", None, None),
    ],
)
def test_a_crossing_lies_where_both_roads_agree(text: str, street: str | None, district: str | None) -> None:
    place = crossing(text)
    assert (place.street, place.district) == (street, district)
    assert (place.lat, place.lon) == (None, None)
    assert place.name is not None
    assert place.name.endswith("路口")


def test_a_crossing_has_one_name_whichever_road_is_told_first() -> None:
    assert crossing("东门路与长江路交叉口积水").name == crossing("长江路和东门路的十字路口积水").name


def test_the_point_of_a_crossing_is_between_roads_whose_middles_are_near() -> None:
    place = crossing("长江路与黄河路交叉口积水")
    assert (place.lat, place.lon) == pytest.approx((29.101, 115.901))
    assert place.street == "donghu-dongmen"


def test_a_road_of_two_districts_crosses_where_the_other_one_is() -> None:
    assert crossing("建设路与永宁路交叉口积水").street == "xicheng-yongning"


def test_roads_that_cross_in_several_districts_are_left_open() -> None:
    assert crossing("建设路与人民路交叉口积水") == Place("建设路与人民路交叉口")
    assert crossing("西城区建设路与人民路交叉口积水").street == "xicheng-yongning"


def test_roads_of_a_span_cross_though_the_words_stand_after_it() -> None:
    words, both = PlaceWords(city()), ("长江路", "碧水云天花园")
    assert words.located("长江路跟碧水云天花园", both, "", "那个路口").name == "碧水云天花园与长江路路口"
    assert words.located("长江路跟碧水云天花园", both, "").name == "碧水云天花园"


def test_a_sum_is_no_place() -> None:
    assert read("定金5万8不退").place is None
    assert read("房租2k押金不退").place is None


def test_the_district_that_is_told_settles_a_crossing() -> None:
    assert crossing("西城区长江路与永宁路交叉口积水").district == "xicheng"
    unknown = crossing("北塘区永宁路与人民路交叉口积水")
    assert (unknown.name, unknown.street) == ("永宁路", "xicheng-yongning")


def test_a_stretch_of_a_road_is_no_crossing() -> None:
    assert crossing("东门路长江路段积水").name == "长江路"


def test_one_mistyped_character_of_a_long_name_is_forgiven() -> None:
    place = place_of("碧水云田花园的电梯坏了")
    assert (place.span, place.name) == ("碧水云田花园", "碧水云天花园")
    assert place_of("长汀路的路灯坏了").name is None


@pytest.mark.parametrize("text", ["金棠苑小区的电梯坏了", "碧水云天家园的电梯坏了", "碧水东天花园的电梯坏了"])
def test_another_character_of_a_short_name_or_of_its_ending_is_another_name(text: str) -> None:
    assert place_of(text).name is None


def test_an_ending_that_many_names_share_is_not_a_names_own() -> None:
    names = [f"{own}云水景城" for own in ("甲", "乙", "丙", "丁", "戊")]
    assert Mistyped(names, (), ()).find("己云水景城") is None
    assert Mistyped(["碧水云天景城"], (), ()).find("碧水云田景城") == "碧水云天景城"
    assert Mistyped(["南屏区碧水景城"], ["南屏区"], ["景城"]).find("南屏区碧云景城") is None


def test_no_correction_leads_out_of_the_district_that_is_told() -> None:
    told = place_of("南屏区碧水云田花园的电梯坏了")
    assert (told.name, told.district, told.told_district) == (None, "nanping", None)
    beside = place_of("我是南屏区的，碧水云田花园的电梯坏了")
    assert (beside.name, beside.told_district) == (None, None)
    assert place_of("东湖区碧水云田花园的电梯坏了").name == "碧水云天花园"


@pytest.mark.parametrize(
    ("text", "address", "contradiction"),
    [
        ("南屏区金桂苑的电梯坏了", "", "nanping"),
        ("我是南屏区的，金桂苑的电梯坏了", "", "nanping"),
        ("永宁街道金桂苑的电梯坏了", "", "xicheng"),
        ("南屏区这边电梯坏了", "金桂苑3栋", "nanping"),
        ("南屏区这边电梯坏了", "东湖区金桂苑3栋", None),
        ("东湖区金桂苑的电梯坏了", "", None),
        ("我在南屏区上班，东湖区金桂苑的电梯坏了", "", None),
        ("金桂苑的电梯坏了", "", None),
    ],
)
def test_a_name_in_another_district_than_the_told_one_is_a_contradiction(
    text: str, address: str, contradiction: str | None
) -> None:
    place = place_of(text, address=address)
    assert (place.name, place.district) == ("金桂苑", "donghu")
    assert place.told_district == contradiction


def test_a_name_of_two_places_is_settled_by_the_district_or_left_open() -> None:
    assert place_of("西城区建设路路灯不亮").street == "xicheng-yongning"
    left_open = place_of("建设路路灯不亮")
    assert (left_open.span, left_open.name, left_open.street) == ("建设路", None, None)


def test_a_street_or_district_word_alone_gives_its_jurisdiction() -> None:
    place = place_of("永宁街道垃圾没人收")
    assert (place.street, place.district) == ("xicheng-yongning", "xicheng")


def test_a_districts_short_name_inside_another_name_is_no_district() -> None:
    place = place_of("临江路的树倒了")
    assert (place.span, place.district) == ("临江路", None)
    assert place_of("临江那边停水了").district == "linjiang"


def test_the_title_and_the_given_address_come_first() -> None:
    assert place_of("在南屏区上班", title="金桂苑停水").span == "金桂苑"
    given = place_of("停水了", address="东湖区长江路12号")
    assert (given.span, given.street) == ("东湖区长江路12号", "donghu-dongmen")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "水",
        "😡",
        "12345",
        "hello world",
        "公积金怎么提取",
        "我家里停水了",
        "小区停电",
        "\n\n",
        "高新技术企业怎么认定",
    ],
)
def test_what_names_no_place_gives_none(text: str) -> None:
    assert read(text).place is None


@pytest.mark.parametrize(
    "text", ["路" * 50_000, "东湖区" * 10_000, "一" * 50_000, "A市" * 20_000, "局" * 50_000, "公司" * 25_000]
)
def test_endless_texts_give_at_most_short_spans(text: str) -> None:
    found = read(text)
    assert found.place is None or len(found.place.span) <= 100
    assert len(found.subject or "") <= 40


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("举报云州市宏达建材有限公司虚假宣传", "云州市宏达建材有限公司"),
        ("长江路快宝驿站无证经营", "快宝驿站"),
        ("物业公司不作为，电梯坏了半年", "物业公司"),
        ("小区旁边的搅拌站粉尘很大", "搅拌站"),
        ("请云州市园林中心把堵住盲道的花箱挪开", "云州市园林中心"),
    ],
)
def test_whom_it_is_about(text: str, subject: str) -> None:
    assert read(text).subject == subject


def test_only_accusing_words_make_an_accused() -> None:
    assert read("快宝驿站的取件时间是几点").accused is None
    assert read("快宝驿站无证经营，请查处").accused == "快宝驿站"
    assert "队长王强" in str(read("举报永宁街道城管中队长王强受贿").accused)


def test_one_accused_in_the_form_stays() -> None:
    assert read("他们乱收费", accused="蓝天驾校").accused == "蓝天驾校"


def test_without_letters_only_known_and_plain_names_are_found() -> None:
    found = extractor(has_learnt=False).find(cutter().passage("东湖区长江路的物业公司不作为"))
    assert found.place is not None
    assert (found.place.span, found.subject) == ("东湖区长江路", "物业公司")
    assert fit_spans(city(), ()) is None


def test_weights_read_back_find_the_same(tmp_path: Path) -> None:
    weights().save(tmp_path)
    kept = SpanWeights.load(tmp_path)
    assert kept is not None
    assert kept.tags == weights().tags
    assert np.allclose(kept.tables["words"], weights().tables["words"], atol=0.01)
    assert SpanWeights.load(tmp_path / "none") is None
    text = cutter().passage("位于西城区紫竹路与青松路交汇处的工地")
    again, before = Extractor(city(), kept).find(text), extractor().find(text)
    assert (again.place, again.subject) == (before.place, before.subject)


def test_the_same_letters_teach_the_same() -> None:
    letters = read_letters(YUNZHOU)[::100]
    one, two = fit_spans(city(), letters), fit_spans(city(), letters)
    assert one is not None
    assert two is not None
    assert np.array_equal(one.tables["words"], two.tables["words"])
