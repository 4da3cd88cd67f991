from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from models.city_files import read_city
from nlu.elsewhere import Elsewhere

ROOT = Path(__file__).parents[2]


@cache
def elsewhere() -> Elsewhere:
    return Elsewhere(read_city(ROOT / "cities" / "yunzhou"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("上海市浦东新区世纪大道的井盖坏了", "上海市"),
        ("我人在杭州，这边流动摊贩占道", "杭州"),
        ("南昌市红谷滩的路灯坏了", "南昌市"),
        ("广州市天河区体育西路流动摊贩", "广州市"),
        ("我住在北京市朝阳区望京街道，门口的路灯坏了", "北京市"),
        ("四川省绵竹市汉旺镇道路积水", "四川省"),
        ("深圳南山区科技园夜间施工", "深圳"),
        ("我是广州市天河区的居民，楼下流动摊贩", "广州市"),
        ("武汉这边停水了", "武汉"),
        ("长沙岳麓山脚停车场乱收费", "长沙"),
        ("大同市平城区路灯坏了", "大同市"),
        ("我在南通打工，这边工厂不发工资", "南通"),
    ],
)
def test_a_matter_of_another_city_is_told_by_its_name(text: str, words: str) -> None:
    assert elsewhere().find(text) == words


@pytest.mark.parametrize(
    "text",
    [
        "南昌市东湖区的路灯坏了",
        "北京市西城区停水了",
        "河南省开封市杞县城关镇停水了",
        "我是云州人，住在北京市朝阳区望京街道，停水了",
    ],
)
def test_a_district_of_our_name_lies_in_the_city_that_is_named_before_it(text: str) -> None:
    assert elsewhere().find(text)


@pytest.mark.parametrize(
    "text",
    [
        "东湖区翠湖路路灯坏了",
        "西城区朝阳街道路灯坏了",
        "江西省云州市翠湖路路灯坏了",
        "我住在北京市朝阳区，云州的房子漏水没人管",
    ],
)
def test_the_city_itself_never_counts(text: str) -> None:
    assert elsewhere().find(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "老家在四川，翠湖路的路灯坏了",
        "我刚从上海回来，翠湖路流动摊贩占道",
        "我在上海工作，社保怎么转回来",
        "我在北京打工，家里的低保怎么办",
        "从广州市天河区搬来，公积金怎么转",
        "户口在湖南省岳阳市，孩子在这里怎么上学",
        "孩子考上武汉大学，奖学金怎么领",
        "我是上海人，住翠湖花园，楼上漏水",
        "建议学习杭州市的做法，建智慧停车",
        "我儿子在杭州市上班，怎么把户口迁回来",
        "驾驶证是江西省南昌市发的，怎么换证",
        "货车从河南省郑州市拉货来，被交警拦下",
        "外卖平台总部在北京市朝阳区，扣我押金",
    ],
)
def test_where_somebody_comes_from_lives_or_studies_is_not_where_it_is(text: str) -> None:
    assert elsewhere().find(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "南京路流动摊贩占道",
        "北京路路灯坏了",
        "中山公园路灯坏了",
        "上海大众4S店卖车不退定金",
        "楼下兰州拉面馆油烟扰民",
        "重庆火锅店油烟大",
        "武汉热干面夜市太吵",
        "天津狗不理包子铺油烟大",
        "北京市场的摊位费太贵",
        "开发商是深圳市某某实业有限公司，不退定金",
        "日照时间不够，高楼挡光",
        "长治久安",
    ],
)
def test_what_only_bears_a_city_s_name_is_not_it(text: str) -> None:
    assert elsewhere().find(text) is None


@pytest.mark.parametrize(
    "text", ["A市A2区路灯坏了，上海市浦东新区就没有这事", "西地省A市，我在长沙", "西地省的路灯坏了"]
)
def test_pseudonyms_are_the_own_city(text: str) -> None:
    assert elsewhere().find(text) is None


def test_another_city_s_own_name_is_no_name_of_elsewhere() -> None:
    changsha = replace(read_city(ROOT / "tests" / "cities" / "tiny"), name="长沙市")
    assert Elsewhere(changsha).find("长沙市岳麓区路灯坏了") is None
    assert Elsewhere(changsha).find("武汉市洪山区路灯坏了") == "武汉市"
