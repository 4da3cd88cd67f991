import pytest

from nlu.home import place_without_home, without_home, without_household


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("3栋2单元501室", "3栋"),
        ("3栋二单元五零一", "3栋"),
        ("3栋2单元 501", "3栋"),
        ("锦绣园3-2-501", "锦绣园3"),
        ("12号楼501", "12号楼"),
        ("3#-1502室", "3#"),
        ("2门301", ""),
        ("501的住户", "的住户"),
        ("5楼东户漏水", "漏水"),
    ],
)
def test_the_door_is_left_out_and_the_building_stays(words: str, left: str) -> None:
    assert without_household(words) == left


@pytest.mark.parametrize(
    "words", ["翠湖路12号", "欠款到2026-11-23", "坐102路公交车", "楼下三家饭店", "二楼漏水", "第120条"]
)
def test_what_is_no_door_stays(words: str) -> None:
    assert without_household(words) == words


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("我住霞林小区3栋501室", "我住霞林小区"),
        ("我是3号楼2单元的业主", "我是业主"),
        ("我是新城小区5号楼的租户，楼下吵", "我是新城小区的租户，楼下吵"),
        ("我家在锦山路8号锦绣园5栋，楼下吵", "我家在锦山路锦绣园，楼下吵"),
        ("我家住幸福路12号3栋502楼下烧烤店夜里油烟大", "我家住幸福路楼下烧烤店夜里油烟大"),
        ("我家楼上3栋602天天漏水", "我家楼上天天漏水"),
        ("我家3栋停水了", "我家停水了"),
        ("东门路12号3栋2单元501室住户，楼上漏水", "东门路住户，楼上漏水"),
        ("霞林小区3栋业主反映电梯坏了", "霞林小区业主反映电梯坏了"),
        ("地址：东湖区霞林小区3栋2单元501室", "地址：东湖区霞林小区"),
        ("我住3栋，5栋垃圾没人清", "5栋垃圾没人清"),
        ("我是厂里的保管员，工号1023，厂里排废水", "我是厂里的保管员，厂里排废水"),
    ],
)
def test_of_the_citizens_own_home_the_street_or_estate_is_told(text: str, told: str) -> None:
    assert without_home(text) == told


@pytest.mark.parametrize(
    "text",
    [
        "霞林小区3栋电梯坏了",
        "我们小区3栋电梯坏了",
        "我住得近，5栋垃圾没人清",
        "我在3栋楼下被车撞了",
        "我家小孩在3号楼教室被打",
        "我是来反映3栋电梯坏了的",
        "我们是1号交的钱",
        "反映3栋住户半夜敲墙",
        "投诉客服态度差，工号1023",
        "我投诉客服，工号1023态度差",
        "",
    ],
)
def test_the_house_of_another_stays(text: str) -> None:
    assert without_home(text) == text


@pytest.mark.parametrize(
    ("words", "text", "told"),
    [
        ("东湖区霞林小区3栋2单元501室", "楼下吵", "东湖区霞林小区"),
        ("霞林小区3栋", "我家住霞林小区3栋，楼下吵", "霞林小区"),
        ("霞林小区3栋", "霞林小区3栋楼下吵", "霞林小区3栋"),
        ("翠湖路12号", "翠湖路12号烧烤店油烟大", "翠湖路12号"),
    ],
)
def test_a_place_is_a_home_by_its_door_or_by_the_words(words: str, text: str, told: str) -> None:
    assert place_without_home(words, text) == told


@pytest.mark.parametrize("text", ["我是" * 20_000, "住3栋" * 10_000, "业主" * 20_000, "我家" * 20_000])
def test_endless_texts_are_read_in_time(text: str) -> None:
    assert len(without_home(text)) <= len(text)
