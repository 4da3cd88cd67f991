import pytest

from nlu.numerals import count_of
from nlu.quantities import amounts_of, people_of


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("投了36万元，每月退200块", (360000.0, 200.0)),
        ("一千二百元的押金，水费3.5元一吨", (1200.0, 3.5)),
        ("合同价12,800元，欠我9346元", (12800.0, 9346.0)),
        ("亏了1.5亿元", (150000000.0,)),
        ("给10万民众办实事，绿化面积2万平方米", ()),
        ("我被骗了3万5，又借了3万5千", (35000.0,)),
        ("借给他叁万元，押金贰仟伍佰元整", (30000.0, 2500.0)),
        ("被骗1.5万，花了两千多，损失十几万", (15000.0, 2000.0, 100000.0)),
        ("欠我工资一万二，退了我三千五，房租2k", (12000.0, 3500.0, 2000.0)),
        ("定价12万一个车位，近千万元的资产", (120000.0, 10000000.0)),
        ("三千八的押金退了一千二，拖欠三个月工资", (3800.0, 1200.0)),
        ("罚款二百五十元，一共十二万八千元", (250.0, 128000.0)),
        ("欠我9346，走了三百多米，等了两百多天，补了三百块砖，交了2023年的费，退回到一万人", ()),
        ("***元", ()),
        ("", ()),
    ],
)
def test_sums_of_money_are_told_in_yuan(text: str, amounts: tuple[float, ...]) -> None:
    assert amounts_of(text) == amounts


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("共185户居民，5栋楼280户", 280),
        ("我们三十多人，群里有一千两百多人没退", 1200),
        ("受害人两千余人", 2000),
        ("小区有3万人", 30000),
        ("两侧近万名居民", 10000),
        ("就一两个人在管", None),
        ("2000多户业主", 2000),
        ("我一人", None),
        ("80多岁老人，每户30元", None),
        ("第3人民医院", None),
        ("", None),
    ],
)
def test_the_largest_number_of_people_or_households_is_told(text: str, people: int | None) -> None:
    assert people_of(text) == people


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("3亿5千万", 350e6),
        ("一百零五", 105),
        ("一百二", 120),
        ("二十五", 25),
        ("12,800", 12800),
        ("1万2千3", 12300),
        ("几", 0),
    ],
)
def test_figures_are_read_as_people_say_them(words: str, count: float) -> None:
    assert count_of(words) == count


@pytest.mark.parametrize(
    "text", ["1" * 50_000, "一百" * 20_000, "1," * 20_000, "十" * 30_000, "花" * 30_000, "花1k" * 10_000]
)
def test_endless_figures_are_read_in_time(text: str) -> None:
    assert len(amounts_of(text)) <= 20
    assert people_of(text) is None


@pytest.mark.parametrize(
    ("text", "people"), [("三四百人聚集在门口", 300), ("七八十人没拿到工资", 70), ("两三百个业主", 200)]
)
def test_a_range_of_people_counts_as_its_fewest(text: str, people: int) -> None:
    assert people_of(text) == people
