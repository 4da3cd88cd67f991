from functools import cache
from pathlib import Path

import pytest

from models.city import FlagRule
from models.city_files import read_city
from models.vocabulary import Flag
from nlu.flags import FlagRules, flags_of, forcing
from nlu.normalise import Normaliser

GAS = FlagRule(
    flag=Flag.GAS, name="燃气", floor=1, desk=False, patterns=("燃气味", "漏气"), exclude=("没有?闻到燃气味",)
)
FIRE = FlagRule(flag=Flag.FIRE, name="火情", floor=1, desk=False, patterns=("着火",), exclude=("防火门",))
WAGE = FlagRule(flag=Flag.WAGE, name="欠薪", floor=2, desk=False, patterns=("欠薪",), exclude=())
rules = FlagRules([GAS, FIRE, WAGE])


@cache
def yunzhou() -> tuple[Normaliser, FlagRules]:
    city = read_city(Path("cities/yunzhou"))
    return Normaliser(city.language.fillers), FlagRules(city.flags)


def flags(text: str) -> set[str]:
    normalise, city_rules = yunzhou()
    return {str(flag) for flag in flags_of(city_rules.find(normalise(text)))}


def test_an_exclusion_strikes_out_only_its_own_words() -> None:
    assert flags_of(rules.find("楼道里没闻到燃气味")) == ()
    assert flags_of(rules.find("昨天没闻到燃气味，今天楼道里全是燃气味")) == (Flag.GAS,)
    assert flags_of(rules.find("没闻到燃气味但是管子漏气")) == (Flag.GAS,)
    assert flags_of(rules.find("防火门坏了楼下着火了")) == (Flag.FIRE,)


def test_a_pattern_does_not_reach_into_the_next_clause() -> None:
    reaching = FlagRules([FlagRule(flag=Flag.FIRE, name="", floor=1, desk=False, patterns=("楼.{0,5}火",), exclude=())])
    assert reaching.find("楼里起火")
    assert not reaching.find("在楼里，火锅店")


def test_hits_stand_in_the_citys_order_and_force_their_floors() -> None:
    hits = rules.find("公司欠薪，车间着火")
    assert flags_of(hits) == (Flag.FIRE, Flag.WAGE)
    assert [hit.words for hit in hits] == ["着火", "欠薪"]
    assert [hit.rule.floor for hit in forcing(hits, central_until=100)] == [1, 2]
    assert forcing((), central_until=100) == ()


def test_the_background_of_a_letter_forces_nothing_unless_a_life_hangs_on_it() -> None:
    assert not forcing(rules.find("绿化太差。" * 30 + "三年前隔壁着火"), central_until=100)
    assert forcing(rules.find("绿化太差。" * 30 + "刚才厨房漏气"), central_until=100)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("我不想活了，想从楼上跳下去", "suicide"),
        ("不 想 活 了", "suicide"),
        ("楼道里有很重的燃氣味，是不是泄漏了", "gas"),
        ("隔壁着火了，浓烟滚滚", "fire"),
        ("有小孩掉进河里了，快救人", "drowning"),
        ("电线垂下来漏电，有人被电倒了", "electric"),
        ("工地拖欠农民工工资半年", "wage"),
        ("路口井盖没了，有人差点掉下去", "manhole"),
        ("我要拿刀砍死他们", "threat"),
        ("房东扬言砍死我", "threat"),
        ("催债的说明天来捅我儿子", "threat"),
        ("食堂吃完饭二十多个学生上吐下泻", "food_poisoning"),
        ("有人要跳楼，没有人管", "suicide"),
        ("车撞了人行道上的老人", "traffic_injury"),
        ("撞了人就跑了", "traffic_injury"),
    ],
)
def test_danger_is_seen(text: str, flag: str) -> None:
    assert flag in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("商场跳楼价大甩卖是不是虚假宣传", "suicide"),
        ("紫砂壶买到假货要求退款", "suicide"),
        ("请问燃气费怎么交", "gas"),
        ("消防证怎么办理", "fire"),
        ("工资个税怎么申报", "wage"),
        ("井盖上的广告怎么投诉", "threat"),
        ("没有人跳楼，就是电梯坏了", "suicide"),
        ("车撞了人行道上的隔离墩", "traffic_injury"),
        ("电动车撞了人行道护栏", "traffic_injury"),
        ("作业太多扼杀我们孩子的天性", "threat"),
    ],
)
def test_near_misses_raise_no_flag(text: str, flag: str) -> None:
    assert flag not in flags(text)


@pytest.mark.parametrize("text", ["", "啊", "😡" * 3, "12345", "hello", "停水" * 25_000])
def test_awkward_texts_raise_no_flag_of_danger(text: str) -> None:
    assert not flags(text) & {"suicide", "gas", "fire"}
