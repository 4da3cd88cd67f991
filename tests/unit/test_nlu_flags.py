from functools import cache
from pathlib import Path

import pytest

from models.city import FlagRule
from models.city_files import read_city
from models.vocabulary import Flag
from nlu.flags import FlagRules, flags_of, forcing, with_meant
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


@pytest.mark.parametrize(
    "text",
    [
        "有人落水了，快救人",
        "三楼着火，还有两个没跑出来",
        "快来救人，他拿扳手砸前妻",
        "密室逃脱里的快救人关卡很好玩",
        "平台清盘太突然，我们一个都没逃出来",
        "挖机埋了人家的果树苗",
    ],
)
def test_a_cry_for_rescue_alone_is_no_collapse(text: str) -> None:
    assert "collapse" not in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("楼板砸下来，我爱人在下面，快救人", "collapse"),
        ("砖窑的拱顶垮了，埋了两个", "collapse"),
        ("井塌了，师傅埋到脖子", "collapse"),
        ("二层走廊下沉五公分，还有两个班在上课", "collapse"),
        ("预制板断为两截，只用木桩撑着", "collapse"),
        ("洗澡间装着热水器，我爱人坐在地上，嘴唇通红", "gas"),
        ("火盆烧了一夜。老两口叫不醒", "gas"),
        ("工棚里烧蜂窝煤，早上三个人站不稳", "gas"),
        ("寝室长每周收保护费", "minor"),
        ("后排的拿圆规扎他，他今天死活不肯进教室", "minor"),
        ("教官令新生互扇耳光", "minor"),
        ("给女儿的信压在枕头下面", "suicide"),
        ("这个号码以后不会再有人用", "suicide"),
        ("钥匙给邻居了，都安排好了，没有别的事", "suicide"),
        ("不欠谁的了，可以走了", "suicide"),
        ("棺材我都替他订好了", "threat"),
        ("门口有人送来花圈，收到一封没署名的信，写着当心你家女儿", "threat"),
        ("快递里寄来两颗子弹", "threat"),
    ],
)
def test_what_the_gravest_dangers_look_like_is_seen_without_their_names(text: str, flag: str) -> None:
    assert flag in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("热水器打不着火，洗冷水澡洗了一个礼拜", "gas"),
        ("冬天老人烤火盆取暖，热力公司快来修", "gas"),
        ("暖气太足，陪护的人脸都通红", "gas"),
        ("夜市的摊主把管理费叫保护费", "minor"),
        ("孩子嫌食堂难吃，不想回学校吃饭", "minor"),
        ("给父母的信交上去以后学校弄丢了", "suicide"),
        ("打了三次电话都没有人接电话", "suicide"),
        ("殡葬用品店把花圈摆到人行道上", "threat"),
        ("爷爷早年备好了棺材，火化后怎么补偿", "threat"),
        ("祭祀店把纸钱倒进绿化带", "threat"),
        ("打电话没人接，孩子不敢去学校", "minor"),
        ("打车太贵，下雨天不敢去学校接孩子", "minor"),
        ("施工把下水道埋了一个月没人管", "collapse"),
    ],
)
def test_what_only_looks_like_them_is_not(text: str, flag: str) -> None:
    assert flag not in flags(text)


def test_a_pattern_may_reach_on_where_it_says_so_and_its_words_are_told_as_they_stand() -> None:
    rule = FlagRule(flag=Flag.GAS, name="燃气", floor=1, desk=False, patterns=(r"火盆[\s\S]{0,8}叫不醒",), exclude=())
    (hit,) = FlagRules([rule]).find("屋里有火盆，人叫不醒")
    assert (hit.words, hit.start) == ("火盆，人叫不醒", 3)


@pytest.mark.parametrize(
    "text",
    [
        "小偷正在偷我的电动车，快来",
        "我家电瓶正在被偷，小偷还在楼下",
        "楼下有人偷电瓶，现在还在撬",
        "有两个人在偷电缆，还没走",
        "我把小偷堵在楼道里了",
        "贼还在屋里，我不敢进去",
    ],
)
def test_a_theft_under_way_is_a_matter_of_the_police_at_once(text: str) -> None:
    assert "violence" in flags(text)


@pytest.mark.parametrize(
    "text",
    [
        "昨天晚上电瓶被偷了，小区经常有小偷",
        "小偷还在逍遥法外，一直没抓到小偷",
        "上个月抓到小偷了以后就没再丢过",
        "化工厂正在偷排污水，工地还在偷工减料",
        "有人在偷倒垃圾，还有人在偷偷抽烟",
        "隔壁正在偷电，有人在偷采河砂",
    ],
)
def test_a_theft_that_is_over_and_what_is_done_by_stealth_are_not(text: str) -> None:
    assert "violence" not in flags(text)


@pytest.mark.parametrize("text", ["", "啊", "😡" * 3, "12345", "hello", "停水" * 25_000])
def test_awkward_texts_raise_no_flag_of_danger(text: str) -> None:
    assert not flags(text) & {"suicide", "gas", "fire"}


def test_what_foreign_words_mean_counts_from_the_beginning_and_forces_its_floor() -> None:
    meant = with_meant((), rules.find("很久以前的事说了很多，着火了"))
    assert [hit.rule.flag for hit in forcing(meant, central_until=1)] == [Flag.FIRE]
    assert with_meant(meant, rules.find("着火了")) == meant
