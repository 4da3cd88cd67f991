import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.masking import MASK, mask, without_caller
from nlu.normalise import Normaliser, plain

MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


@pytest.mark.parametrize(
    "written",
    [
        "13800001234",
        "+86 13800001234",
        "138-0000-1234",
        "1 3 8-0000…1234",
        "138，0000，1234",
        "幺三八零零零零幺二三四",
        "一三八 零零零零 一二三四",
        "138零零零零1234",
        "138.0000.1234",
    ],
)
def test_a_mobile_number_is_masked_however_it_is_told(written: str) -> None:
    masked = mask(f"请打{written}找我")
    assert masked.phones == ("13800001234",)
    assert masked.text == f"请打{MASK}找我"


@pytest.mark.parametrize(
    "written",
    [
        "138\u034f0000\u180e1234",
        "138\u28000000\u31641234",
        "138\U000e00200000\U000e01001234",
        "".join(f"{digit}\ufe0f\u20e3" for digit in "13800001234"),
        "".join(chr(0x1D7CE + int(digit)) for digit in "13800001234"),
        "".join(chr(0x660 + int(digit)) for digit in "13800001234"),
        "①③⑧⓪⓪⓪⓪①②③④",
        "¹³⁸⁰⁰⁰⁰¹²³⁴",
        "1\u03013\u03018\u030100001234",
        "\u202e43210000831\u202c",
        "（138）00001234",
        "138*0000*1234",
        "138|0000|1234",
        "138\n0000\n1234",
        "1380000\n1234",
        "1#3#8#0#0#0#0#1#2#3#4",
        "1。3。8。0。0。0。0。1。2。3。4",
    ],
)
@pytest.mark.parametrize("spelling", [plain, Normaliser()], ids=["plain", "normal"])
def test_a_number_that_is_hidden_from_programs_is_masked(written: str, spelling: Callable[[str], str]) -> None:
    assert mask(spelling(f"请打{written}找我")).phones == ("13800001234",)


def test_what_numbers_a_list_or_a_power_stays() -> None:
    told = "①路灯不亮②垃圾没清，面积12m²，营业时间13:30-14:30，8:30"
    assert plain(told) == told
    assert mask(plain(told)).text == told


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("身份证430103199001011234", "430103"),
        ("身份证 430103 19900101 123X", "19900101"),
        ("身份证430103\n19900101\n123X", "19900101"),
        ("车牌湘A12345", "12345"),
        ("湘A·D12345这辆车", "D12345"),
        ("赣a·12345这辆车", "12345"),
        ("赣a12345撞了我", "12345"),
        ("卡号6222 0200 1234 5678 901", "6222"),
        ("邮箱zhang.san@example.com", "zhang"),
        ("微信号abc_12345", "abc"),
        ("座机0790-88886666", "8888"),
        ("电话8888 6666", "8888"),
        ("电话8888\n6666", "8888"),
        ("护照E12345678", "123456"),
    ],
)
def test_other_numbers_are_masked(written: str, kept: str) -> None:
    masked = mask(written).text
    assert MASK in masked
    assert kept not in masked


@pytest.mark.parametrize(
    "written",
    [
        "A12-3栋1003室",
        "2018年6月1日21:30到24:00",
        "一共131,452,367元",
        "拨打12345和400-800-1234",
        "工单号2026110000000012还没回复",
        "2019-10-16 16:30",
        "A3区金星路388号",
        "我叫他过来修",
        "新iphone12345",
        "苏windows系统",
        "第1、2、3、4、5、6、7、8、9、10、11栋",
        "1#、3#、5#、6#、7#、8#、9#、10#、11#楼",
        "13|120|35000|1",
        "1301\n1502\n160号",
    ],
)
def test_what_points_at_nobody_is_kept(written: str) -> None:
    assert mask(written).text == written


def test_the_callers_name_is_masked_wherever_it_stands() -> None:
    assert mask("我是李明华，李明华反映停水", "李明华先生").text == f"我是{MASK}，{MASK}反映停水"
    assert mask("我叫柏秋生，住三栋").text == f"我叫{MASK}，住三栋"
    assert mask("我叫张三我要反映").text == f"我叫{MASK}我要反映"
    assert mask("李家巷停水", "李").text == "李家巷停水"
    assert mask("李明反映李明路积水", "李明").text == f"{MASK}反映李明路积水"


def test_identity_numbers_are_told_apart_from_phones() -> None:
    masked = mask("430103199001011234 和 13800001234")
    assert masked.ids == ("430103199001011234",)
    assert masked.phones == ("13800001234",)


@given(
    st.text(alphabet="0123456789一 -，电话"),
    st.integers(min_value=13_000_000_000, max_value=19_999_999_999),
    st.text(alphabet="打我 -，.x一"),
)
def test_no_mobile_number_is_ever_left(before: str, number: int, after: str) -> None:
    assert not MOBILE.search(mask(f"{before}{number}{after}").text)


@pytest.mark.parametrize("text", ["1-3 " * 12_500, "一 " * 25_000, "a" * 50_000 + "@", "13" * 25_000])
def test_endless_texts_are_masked_in_time(text: str) -> None:
    assert len(mask(text).text) <= len(text)


@pytest.mark.parametrize("text", ["", "水", "😡", "hello"])
def test_texts_without_numbers_are_left_alone(text: str) -> None:
    assert mask(text, None).text == text


@pytest.mark.parametrize(
    ("text", "name", "left"),
    [
        ("张女士说楼上漏水", "张小花", "***说楼上漏水"),
        ("小花说楼上漏水，张女士很急", "张小花", "***说楼上漏水，***很急"),
        ("欧阳先生又来电", "欧阳建国", "***又来电"),
        ("王女士反映楼上漏水", None, "***反映楼上漏水"),
        ("来电人李小某反映楼上漏水", None, "来电人***反映楼上漏水"),
    ],
)
def test_a_confidential_caller_is_not_named_in_other_words(text: str, name: str | None, left: str) -> None:
    assert without_caller(text, name) == left


@pytest.mark.parametrize(
    ("text", "name"),
    [("举报王队长收好处费", "张小花"), ("反映李先生的店占道", None), ("高楼上漏水", None), ("翠湖路路灯坏了", "路")],
)
def test_others_keep_their_names(text: str, name: str | None) -> None:
    assert without_caller(text, name) == text
