import pytest

from nlu.cutter import Cutter
from nlu.kin import Kin


@pytest.fixture(scope="module")
def kin() -> Kin:
    return Kin(Cutter())


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("女儿张小敏在学校被打了", "女儿***在学校被打了"),
        ("我老公王建国被拖欠工资", "我老公***被拖欠工资"),
        ("邻居刘大强天天打麻将，刘大强不听劝", "邻居***天天打麻将，***不听劝"),
        ("儿子赵子涵读三年级", "儿子***读三年级"),
        ("妈妈孙桂兰今年80岁", "妈妈***今年80岁"),
        ("我爸王德全被骗了", "我爸***被骗了"),
        ("父亲李裕、妻子何玲住院", "父亲***、妻子***住院"),
        ("孩子叫王小宝，三年级二班", "孩子叫***，三年级二班"),
        ("东门路12号的住户陈建国放音响", "东门路12号的住户***放音响"),
        ("学生李明的家长来电", "学生***的家长来电"),
        ("李明同学被打", "***同学被打"),
        ("我是王芳", "我是***"),
        ("我姓欧阳，叫欧阳娜娜", "我姓欧阳，叫***"),
        ("霞林小区3栋501室王小明家漏水", "霞林小区3栋501室***家漏水"),
        ("居民王强反映李明路堵，王强路也堵", "居民***反映李明路堵，王强路也堵"),
    ],
)
def test_a_name_told_after_whose_it_is_is_masked(kin: Kin, text: str, masked: str) -> None:
    assert kin.mask(text) == (masked,)


@pytest.mark.parametrize(
    "text",
    [
        "女儿高烧不退",
        "女儿高三在读",
        "老公常年在外打工",
        "老公司从不发工资",
        "儿子白血病，没钱治",
        "孩子黄疸高",
        "邻居家养狗",
        "邻居常常半夜装修",
        "孩子成绩不差",
        "孩子和老人很不方便",
        "邻居王奶奶八十五岁",
        "孩子明年上小学",
        "我是车主，我是游客，我是房东",
        "我是黄花镇的",
        "我是高中生",
        "学生高中毕业",
        "居民和业主，业主谢谢您",
        "住户常年半夜装修",
        "村民王家村修路",
        "未经业主许可施工",
        "附近有个公交站，叫石园，很挤",
        "员工宿舍楼漏水",
        "盼望复工盛世家园",
        "业主王先生反映停水",
        "",
    ],
)
def test_what_is_no_name_stays(kin: Kin, text: str) -> None:
    assert kin.mask(text) == (text,)


def test_a_name_of_the_title_is_masked_in_the_text_too(kin: Kin) -> None:
    assert kin.mask("张小敏被打", "女儿张小敏的事") == ("***被打", "女儿***的事")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("张大山（手机***）", "张某（手机***）"),
        ("永宁街道城管中队长王强", "永宁街道城管中队长王某"),
        ("村支书李德全等人", "村支书李某等人"),
        ("欧阳建国", "欧阳某"),
        *(
            (body, body)
            for body in ("房东", "施工方", "国土局", "老王烧烤店", "宏达建材有限公司", "社区主任", "东湖区政府")
        ),
    ],
)
def test_of_a_person_who_is_named_as_accused_office_and_family_name_are_left(kin: Kin, words: str, told: str) -> None:
    assert kin.without_somebody(words) == told
