from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from models.city import City, GazetteerEntry
from models.city_files import read_city
from models.understanding import Place
from nlu.cutter import Cutter
from nlu.places import Places


def named(name: str, street: str, *aliases: str) -> GazetteerEntry:
    return GazetteerEntry(name=name, aliases=aliases, kind="road", lat=29.1, lon=115.9, street=street)


@cache
def city() -> City:
    return replace(
        read_city(Path("cities/yunzhou")),
        gazetteer=(
            named("金桂苑", "donghu-dongmen", "金桂苑小区"),
            named("建设路", "donghu-dongmen"),
            named("建设路", "xicheng-yongning"),
            named("长江路", "donghu-dongmen"),
        ),
    )


class Finder:
    """Finds places in strings, cut with the city's words."""

    def __init__(self) -> None:
        self._cut = Cutter(city().language.custom_words).passage
        self._places = Places(city())

    def find(self, text: str, title: str = "", address: str = "") -> Place | None:
        return self._places.find(self._cut(text[:700]), self._cut(title), self._cut(address))


@cache
def places() -> Finder:
    return Finder()


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("反映东湖区长江路金桂苑小区3栋楼下烧烤摊油烟很大", "东湖区长江路金桂苑小区3栋楼下"),
        ("我家住在长江路金桂苑对面，晚上太吵", "长江路金桂苑对面"),
        ("位于西城区紫竹路与青松路交汇处的工地", "西城区紫竹路与青松路交汇处"),
        ("A市A3区教师村小区盼望安装电梯", "A市A3区教师村小区"),
        ("A7县北山镇新桥社区的公路没有硬化", "A7县北山镇新桥社区"),
        ("请修复望江大道天桥", "望江大道天桥"),
        ("南屏区停水两天了", "南屏区"),
    ],
)
def test_the_most_specific_words_are_the_place(text: str, span: str) -> None:
    place = places().find(text)
    assert place is not None
    assert place.span == span
    assert place.span in text


def test_the_gazetteer_knows_where_a_name_is() -> None:
    place = places().find("金桂苑小区的电梯坏了")
    assert place is not None
    assert (place.name, place.street, place.district) == ("金桂苑", "donghu-dongmen", "donghu")
    assert (place.lat, place.lon) == (29.1, 115.9)


def test_a_name_of_two_places_is_settled_by_the_district_or_left_open() -> None:
    settled = places().find("西城区这边的情况：建设路路灯不亮")
    assert settled is not None
    assert settled.street in {"xicheng-yongning", None}
    told = places().find("西城区建设路路灯不亮")
    assert told is not None
    assert told.street == "xicheng-yongning"
    left_open = places().find("建设路路灯不亮")
    assert left_open is not None
    assert (left_open.span, left_open.name, left_open.street) == ("建设路", None, None)


def test_a_street_or_district_word_alone_gives_its_jurisdiction() -> None:
    place = places().find("永宁街道垃圾没人收")
    assert place is not None
    assert (place.street, place.district) == ("xicheng-yongning", "xicheng")


def test_a_districts_short_name_inside_another_name_is_no_district() -> None:
    place = places().find("临江路的树倒了")
    assert place is not None
    assert (place.span, place.district) == ("临江路", None)
    told = places().find("临江那边停水了")
    assert told is not None
    assert told.district == "linjiang"


def test_the_title_and_the_given_address_come_first() -> None:
    titled = places().find("在南屏区上班", title="金桂苑停水")
    assert titled is not None
    assert titled.span == "金桂苑"
    given = places().find("停水了", address="东湖区长江路12号")
    assert given is not None
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
        "挡了路",
        "\n\n",
        "高新技术企业怎么认定",
    ],
)
def test_what_names_no_place_gives_none(text: str) -> None:
    assert places().find(text) is None


@pytest.mark.parametrize("text", ["路" * 50_000, "东湖区" * 10_000, "一" * 50_000, "A市" * 20_000])
def test_endless_texts_give_at_most_a_short_place(text: str) -> None:
    place = places().find(text)
    assert place is None or len(place.span) <= 45
