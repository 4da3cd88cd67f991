import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.understanding import Place
from nlu.brief import LONGEST, propose
from nlu.masking import mask


def test_a_brief_says_the_matter_and_the_demand_without_the_citizen() -> None:
    letter = (
        "尊敬的领导：您好！我叫柏秋生，是三栋的业主。楼下烧烤摊每天营业到凌晨两点，油烟直排进卧室。"
        "投诉过三次没有结果。希望城管部门尽快处理。我的电话13800001234。谢谢！"
    )
    assert propose(mask(letter, "柏秋生").text) == (
        "是三栋的业主。楼下烧烤摊每天营业到凌晨两点，油烟直排进卧室。投诉过三次没有结果。希望城管部门尽快处理。"
    ).removeprefix("是三栋的业主。")


def test_time_and_place_are_added_where_the_sentences_leave_them_out() -> None:
    brief = propose("油烟很大，请处理。", place=Place("长江路12号"), time="每天晚上")
    assert brief == "时间：每天晚上。地点：长江路12号。油烟很大，请处理。"
    assert propose("每天晚上长江路12号油烟很大。", place=Place("长江路12号"), time="每天晚上") == (
        "每天晚上长江路12号油烟很大。"
    )


@pytest.mark.parametrize(
    "text",
    [
        "本人系该厂职工，厂里夜间偷排废水。",
        "我是厂里的保管员，厂里夜间偷排废水。",
        "我在这个厂上班，厂里夜间偷排废水。",
        "作为一名老员工，厂里夜间偷排废水。",
        "我家住在厂门口，厂里夜间偷排废水。",
        "我叫***，厂里夜间偷排废水。",
        "1、厂里夜间偷排废水！",
        "我是厂里的保管员，工号1023，厂里夜间偷排废水。",
        "我的工号是1023，厂里夜间偷排废水。",
        "我叫***，男，45岁，厂里夜间偷排废水。",
    ],
)
def test_the_informers_traces_are_left_out(text: str) -> None:
    assert propose(text) == "厂里夜间偷排废水。"


def test_the_number_of_who_is_complained_of_stays() -> None:
    assert propose("窗口人员态度很差，工号1023，请处理。") == "窗口人员态度很差，工号1023，请处理。"


def test_what_is_said_in_one_breath_loses_only_the_introduction() -> None:
    assert propose("我叫***住在三栋我要反映楼下烧烤油烟很大") == "住在三栋我要反映楼下烧烤油烟很大。"


def test_the_demand_of_a_long_letter_is_kept() -> None:
    letter = "楼下的机器从早响到晚，" * 40 + "没有人管。请环保部门核实噪声。"
    brief = propose(letter)
    assert len(brief) <= LONGEST
    assert brief.endswith("请环保部门核实噪声。")


@given(
    st.text(alphabet="我是叫家住，。？；、停水噪音请希望*\n1 ", max_size=600), st.text(alphabet="停水，。", max_size=80)
)
def test_a_brief_is_short_and_whole_whatever_the_text(text: str, title: str) -> None:
    brief = propose(text, title)
    assert len(brief) <= LONGEST
    assert brief == "" or brief.endswith(("。", "？"))


def test_a_district_before_a_river_is_no_district_head() -> None:
    assert propose("东湖区长江路的路灯坏了。") == "东湖区长江路的路灯坏了。"
    assert propose("王区长您好：路灯坏了三天。") == "路灯坏了三天。"


@pytest.mark.parametrize("text", ["", "水", "***", "。。。", "😡", "\n"])
def test_nothing_to_say_gives_no_brief(text: str) -> None:
    assert propose(text) == ""


@pytest.mark.parametrize(
    "text",
    ["2.5万元押金不退，房东不接电话。", "3、4号楼电梯坏了三天。", "11.20日晚上小区停水。", "一、二单元停水两天了。"],
)
def test_a_figure_at_the_beginning_is_no_numbering(text: str) -> None:
    assert propose(text) == text


def test_what_stands_beside_something_masked_is_told() -> None:
    text = "我叫***，身份证***，车牌***被违停车辆刮了，车主跑了，电话***。"
    assert propose(text) == "某车被违停车辆刮了，车主跑了。"
    assert propose("我手机***，住幸福小区3栋2单元501室，楼上漏水没人管。") == "楼上漏水没人管。"


@pytest.mark.parametrize(
    ("text", "brief"),
    [
        ("护照***丢失，微信***联系我", "护照丢失。"),
        ("车牌***的车撞坏的", "某车撞坏的。"),
        ("有辆***的车天天堵门", "有辆车天天堵门。"),
        ("***乱停车", "某某乱停车。"),
        ("被***打了，没人管", "被某某打了，没人管。"),
        ("我的身份证***丢了怎么补办", "我的身份证丢了怎么补办。"),
        ("卡号***被盗刷，请联系我***", "卡号被盗刷。"),
        ("诈骗电话***打来骗钱", "诈骗电话打来骗钱。"),
        ("***反映楼上漏水没人管", "反映楼上漏水没人管。"),
        ("我住3栋楼上漏水", "3栋楼上漏水。"),
        ("小区停水了，请与我联系", "小区停水了。"),
    ],
)
def test_what_was_masked_is_spoken_of_without_a_gap_and_the_matter_stays(text: str, brief: str) -> None:
    assert propose(text) == brief


@pytest.mark.parametrize("text", ["我QQ是***，邮箱***，固话***，请联系。", "我叫***，电话***。", "请拨打***联系我。"])
def test_how_to_reach_the_citizen_is_no_matter(text: str) -> None:
    assert propose(text) == ""


@pytest.mark.parametrize(
    ("text", "where", "brief"),
    [
        ("我家住幸福路12号3栋502，楼下烧烤店油烟大。", "幸福路12号3栋502", "地点：幸福路。楼下烧烤店油烟大。"),
        ("我住在幸福路一号院，家门口路灯坏了。", "幸福路一号院", "地点：幸福路。家门口路灯坏了。"),
        (
            "本人家住锦山路8号锦绣园5栋1203，对面夜里施工。",
            "锦山路8号锦绣园5栋1203",
            "地点：锦山路锦绣园。对面夜里施工。",
        ),
        ("我家幸福路12号3栋502楼下烧烤店油烟大。", "幸福路12号3栋502楼下", "我家幸福路楼下烧烤店油烟大。"),
        ("我家住幸福路12号3栋502楼下烧烤店夜里油烟大", "幸福路12号", "幸福路楼下烧烤店夜里油烟大。"),
        ("我是幸福路15号的住户，住2单元301，楼上漏水。", "幸福路15号", "地点：幸福路。楼上漏水。"),
        ("地址：幸福路8号5栋1203室，水表坏了。", "幸福路8号5栋1203室", "地址：幸福路，水表坏了。"),
        ("我家住3栋502，楼上漏水没人管。", "3栋502", "楼上漏水没人管。"),
        ("幸福路12号烧烤店油烟大。", "幸福路12号", "幸福路12号烧烤店油烟大。"),
        ("我家楼上3栋602天天漏水。", "3栋602", "我家楼上3栋602天天漏水。"),
    ],
)
def test_of_the_citizens_home_the_street_is_told(text: str, where: str, brief: str) -> None:
    assert propose(text, place=Place(where)) == brief
