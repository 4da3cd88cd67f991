import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu import times
from nlu.times import beyond_time, find_time


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("我昨天下午三点半在超市买的", "昨天下午三点半"),
        ("12月21日下午17时52分许，6路公交车变道", "12月21日下午17时52分许"),
        ("2026年3月1号交的钱", "2026年3月1号"),
        ("于2026-3-4 8:30停电", "2026-3-4 8:30"),
        ("去年5月1日晚上9点起火", "去年5月1日晚上9点"),
        ("昨晚11点施工", "昨晚11点"),
        ("八月二十五号开始补课", "八月二十五号开始"),
        ("每天晚上10点到凌晨三点钟施工", "每天晚上10点到凌晨三点钟"),
        ("从去年到今年一直停水", "从去年到今年"),
        ("拖欠工资长达一年", "长达一年"),
        ("2018年9月购房", "2018年9月"),
        ("请问下周三还停水吗", "下周三"),
        ("听说明天小区停电", "明天"),
        ("后天上午这条路要封吗", "后天上午"),
        ("下个月3号开始涨价", "下个月3号开始"),
        ("本月15号交的费", "本月15号"),
        ("听说10月1日至7日一直施工", "10月1日至7日"),
        ("去年12月到现在没发工资", "去年12月到现在"),
        ("5号到8号一直停水", "5号到8号"),
        ("周一到周五早上七点到九点最堵", "周一到周五早上七点到九点"),
        ("11月20日晚8点一刻停电", "11月20日晚8点一刻"),
        ("大年三十到初六没人清运", "大年三十到初六"),
        ("早上七点一刻到七点四十堵车", "早上七点一刻到七点四十"),
        ("周三一直停水", "周三"),
        ("每周一三五晚上跳舞", "每周一三五晚上"),
        ("每晚8点至晚11点停水", "每晚8点至晚11点"),
        ("下午三点到天亮都吵", "下午三点到天亮"),
        ("月底前能不能修好", "月底前"),
        ("中秋节那天晚上放烟花", "中秋节那天晚上"),
        ("五一期间乱收费", "五一期间"),
        ("今年五一停车场乱收费", "今年五一"),
        ("三天前反映过", "三天前"),
        ("大年初一早上放鞭炮", "大年初一早上"),
        ("农历八月十五停电", "农历八月十五"),
    ],
)
def test_the_words_that_say_when(text: str, span: str) -> None:
    assert find_time(text) == span


@pytest.mark.parametrize(
    "text",
    [
        "",
        "反映两点问题",
        "40年产权的公寓",
        "依据《2015年管理办法》处理",
        "😡",
        "abc",
        "水",
        "国庆路到五一广场的公交",
        "清明路5号到8号楼",
        "这周边没有学校",
        "中秋月饼不新鲜",
        "以后天气好了再来",
    ],
)
def test_what_says_no_time_gives_none(text: str) -> None:
    assert find_time(text) is None


def test_the_title_comes_first() -> None:
    assert find_time("去年投诉过", title="每天凌晨施工") == "每天凌晨"


@pytest.mark.parametrize(
    ("text", "span", "rest"),
    [
        ("昨晚11点楼下太吵", "11点楼下", "楼下"),
        ("国庆期间的景区", "期间的景区", "景区"),
        ("三月花园停水", "三月花园", "三月花园"),
        ("五一路积水", "五一路", "五一路"),
        ("住7号楼", "7号楼", "7号楼"),
    ],
)
def test_a_place_begins_after_the_time(text: str, span: str, rest: str) -> None:
    start = text.index(span)
    end = start + len(span)
    assert text[beyond_time(text, start, end) : end] == rest


BARE = re.compile(times.ANY_TIME)
WORDS = sorted(set(re.findall(r"[\u4e00-\u9fff0-9]", times.ANY_TIME)))


@given(st.text(st.sampled_from(WORDS), max_size=12))
@example("年年夜夜元旦礼拜天从自去年")
def test_no_time_begins_with_a_character_that_is_passed_over(text: str) -> None:
    assert [found[0] for found in times.TIME.finditer(text)] == [found[0] for found in BARE.finditer(text)]
