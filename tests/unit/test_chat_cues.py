"""What short messages of a chat say beside their matter, and where one message tells of several matters."""

import pytest

from nlu import chat_cues as cues
from nlu import chat_several as several
from nlu.matters import matters_in

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "words", ["我要投诉", "你好,我想反映一个问题", "帮我登记一个投诉", "我要举报", "求助", "还要反映另外一件事"]
)
def test_that_somebody_has_something_to_say_tells_of_nothing(words: str) -> None:
    assert not cues.tells(words)


@pytest.mark.parametrize("words", ["我要投诉楼下烧烤摊", "路灯坏了三天", "你好,我家停水了", "反映一下井盖破了"])
def test_a_matter_tells_something(words: str) -> None:
    assert cues.tells(words)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("不对,是东湖路", "东湖路"),
        ("地址应该是滨江花园二期", "滨江花园二期"),
        ("说错了,改成人民路12号", "人民路12号"),
        ("唔系,系建设路", "建设路"),
        ("东湖路12号", "东湖路12号"),
        ("是东湖路", "是东湖路"),
        ("不对", ""),
    ],
)
def test_what_is_right_after_a_correction(words: str, place: str) -> None:
    assert cues.after_correction(words) == place


@pytest.mark.parametrize(
    ("words", "rating"),
    [
        ("解决了,很满意,5分", (True, True, 5)),
        ("没解决,不满意", (False, False, None)),
        ("解决是解决了,但不满意", (True, False, None)),
        ("给一分", (None, False, 1)),
        ("五星好评", (None, True, 5)),
        ("唔满意,都未解决", (False, False, None)),
        ("not satisfied at all", (None, False, None)),
        ("five stars", (None, True, 5)),
        ("我要评价", (None, None, None)),
    ],
)
def test_a_rating_is_read_out_of_words(words: str, rating: tuple[bool | None, bool | None, int | None]) -> None:
    assert cues.rating_in(words) == rating


def test_a_query_code_is_no_part_of_a_ticket_number() -> None:
    words = "工单号2026110000000012,查询码00345671"
    assert cues.number_in(words) == "2026110000000012"
    assert cues.query_code_in(words) == "00345671"
    assert cues.query_code_in("2026110000000012") is None


def test_what_is_to_be_added_stands_after_the_wish() -> None:
    assert cues.after_step("我要补充一下") == ""
    assert cues.after_step("补充一下,昨天晚上又开始了") == "昨天晚上又开始了"
    assert cues.after_step("没解决,要求重办") == ""
    assert cues.after_step("要求重办,修好的灯又灭了") == "修好的灯又灭了"


@pytest.mark.parametrize("words", ["匿名", "我不想留电话", "匿名投诉物业", "I want to stay anonymous"])
def test_who_will_not_be_named_says_so(words: str) -> None:
    assert cues.wants_no_name(words)


def test_a_named_road_is_no_wish_for_secrecy() -> None:
    assert not cues.wants_secrecy("建设路的路灯坏了")
    assert cues.wants_secrecy("请保密,我怕被报复")


@pytest.mark.parametrize(
    "words",
    [
        "别让他们知道是我说的",
        "别让人知道是我举报的",
        "不要让对方知道",
        "请不要把我的信息告诉他",
        "不想让邻居知道是我",
    ],
)
def test_who_must_not_be_known_says_so_in_many_words(words: str) -> None:
    assert cues.wants_secrecy(words)


@pytest.mark.parametrize("words", ["不要让路灯再坏了", "别把垃圾给倒了"])
def test_a_bidding_about_the_matter_is_no_wish_for_secrecy(words: str) -> None:
    assert not cues.wants_secrecy(words)


@pytest.mark.parametrize(
    "words",
    [
        "对",
        "都对",
        "对了",
        "这下对了",
        "现在对了",
        "好的,提交吧",
        "好的谢谢",
        "行,交吧",
        "没问题",
        "嗯呐",
        "系呀冇错",
        "yes ok",
    ],
)
def test_a_few_words_that_say_nothing_but_yes_are_one(words: str) -> None:
    assert cues.is_yes(words)


@pytest.mark.parametrize(
    "words",
    [
        "可以匿名吗",
        "好的,匿名",
        "可以,要保密",
        "可以先别提交",
        "登记错了",
        "是的地址错了",
        "中山路12号",
        "成都路5号",
        "好像不对",
        "对不起",
        "行不通",
        "可以改吗",
    ],
)
def test_what_only_begins_like_a_yes_is_none(words: str) -> None:
    assert not cues.is_yes(words)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("我反映两个问题:一是楼道灯不亮,二是大门门禁坏了", ("楼道灯不亮", "大门门禁坏了")),
        ("阳光花园有两件事:1、路灯不亮 2、垃圾没人清", ("阳光花园有两件事，路灯不亮", "阳光花园有两件事，垃圾没人清")),
        ("松桥大道有个大坑没人补,另外红绿灯也坏了", ("松桥大道有个大坑没人补", "红绿灯也坏了")),
        ("路灯坏了三天", ("路灯坏了三天",)),
        ("第一次来就被赶出来了", ("第一次来就被赶出来了",)),
        ("1.5米高的护栏坏了", ("1.5米高的护栏坏了",)),
    ],
)
def test_several_matters_stand_apart_where_somebody_counts_them(text: str, parts: tuple[str, ...]) -> None:
    assert matters_in(text) == parts


@pytest.mark.parametrize(
    "words",
    [
        "我家门口", "我们小区楼下", "隔壁", "村里的路", "楼道", "学校门口", "3栋楼下", "阿拉门口", "落楼", "油烟直接往楼上排", "后面跑",
        "路中间", "整条商业街", "菜市场门口那条街", "老旧小区门口", "坐65路", "房子怎么弄", "泥巴路", "乡里的中学", "三个路口",
    ],
)  # fmt: skip
def test_a_place_that_could_be_anywhere_names_none(words: str) -> None:
    assert not cues.names_somewhere(words)


@pytest.mark.parametrize(
    "words",
    [
        "阳光小区门口",
        "平桥村的路上",
        "云桥路",
        "解放西巷",
        "迎宾大道辅路",
        "黄坡镇",
        "霞湖新村7栋",
        "晚棠苑二期",
        "near Sunny Road",
    ],
)
def test_a_road_a_village_or_an_estate_by_its_name_is_somewhere(words: str) -> None:
    assert cues.names_somewhere(words)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("两个事情。一个是柳园路的红绿灯坏了,另一个是人行道上有人摆摊", 2),
        ("雅居业主反映：1、门口的垃圾桶满了;2、3栋楼道里飞线充电;3、自来水发黄", 3),
        ("路面烂了个大坑。哦对了还有,我妈养老金一直没发", 2),
        ("首先是路灯不亮,其次是井盖松动", 2),
        ("路灯坏了好几天,顺便 隔壁工地半夜打桩", 2),
        ("The lamp is broken. Also, nobody collects the garbage", 2),
        # Numbers of houses, of times, and what is asked beside one matter, part nothing.
        ("1、2号楼电梯坏了三天", 1),
        ("第一次打电话说会来,第二次来的人说不归他管", 1),
        ("还有一个事,我们楼下烧烤摊油烟大", 1),
        ("欠了2.5万元工资,1.3万元押金", 1),
    ],
)
def test_matters_are_parted_as_people_part_them(text: str, parts: int) -> None:
    assert len(matters_in(text)) == parts


@pytest.mark.parametrize(
    "words", ["合成一件", "合并成一个", "其实是同一件事", "就是一件事", "不用分开登记", "it is one request"]
)
def test_several_are_one(words: str) -> None:
    assert several.wants_one(words)
    assert not several.drops_in(words, 2)


@pytest.mark.parametrize(
    "words", ["分别登记", "两件都登", "对,两件", "是两个不相干的事,都要登", "分开办", "俩都要管", "yes, both"]
)
def test_several_are_several(words: str) -> None:
    assert several.wants_apart(words)
    assert not several.wants_one(words)


@pytest.mark.parametrize(
    ("words", "dropped"),
    [("只登第一件", (1,)), ("第二件不用了", (1,)), ("去掉第1件", (0,)), ("第二件是东湖路", ()), ("对", ())],
)
def test_which_of_several_is_left_out(words: str, dropped: tuple[int, ...]) -> None:
    assert several.drops_in(words, 2) == dropped


@pytest.mark.parametrize(
    "words",
    [
        "第二件的地址不对,应该分别在翠湖路和云桥路", "第一件不对,地址是东湖路12号", "第二件不是路灯,是红绿灯", "就一个地方不对",
        "我就一个要求", "都没人管", "第二件不用那么急", "不是一个地方", "both lamps are not on the same road",
    ],
)  # fmt: skip
def test_what_is_put_right_says_nothing_of_how_many_there_are(words: str) -> None:
    assert not several.wants_one(words)
    assert not several.wants_apart(words)
    assert not several.drops_in(words, 2)


@pytest.mark.parametrize("words", ["不是同一件事,要分开登记", "不要合成一件", "不是一件事"])
def test_what_is_not_one_is_several(words: str) -> None:
    assert several.wants_apart(words)
    assert not several.wants_one(words)


def test_what_is_not_several_is_one() -> None:
    assert several.wants_one("不是两件事,就是一件")


def test_what_it_is_not_and_what_it_is() -> None:
    assert cues.not_but("哦不是路灯 是红绿灯 红绿灯不亮了") == ("路灯", "红绿灯")
    assert cues.not_but("是不是可以登记") is None
    assert cues.time_otherwise("时间不对,是今天早上看见的") == "今天早上看见的"
    assert cues.time_otherwise("时间很长了") is None


@pytest.mark.parametrize("words", ["编号找不到了", "单号忘了", "用手机号能不能查", "I lost the ticket number"])
def test_who_has_no_number_any_more(words: str) -> None:
    assert cues.lost_number(words)


def test_whoever_gives_a_number_has_it() -> None:
    assert not cues.lost_number("工单号20261128000001,查询码12345678")
