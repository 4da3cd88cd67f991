import re
from datetime import datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nlu import times
from nlu.times import LOCAL_TIME, find_time

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=LOCAL_TIME)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL_TIME)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("text", "span", "moment"),
    [
        ("我昨天下午三点半在超市买的", "昨天下午三点半", at(2026, 3, 4, 15, 30)),
        ("12月21日下午17时52分许，6路公交车变道", "12月21日下午17时52分许", at(2025, 12, 21, 17, 52)),
        ("2026年3月1号交的钱", "2026年3月1号", at(2026, 3, 1)),
        ("于2026-3-4 8:30停电", "2026-3-4 8:30", at(2026, 3, 4, 8, 30)),
        ("去年5月1日晚上9点起火", "去年5月1日晚上9点", at(2025, 5, 1, 21)),
        ("昨晚11点施工", "昨晚11点", at(2026, 3, 4, 23)),
        ("八月二十五号开始补课", "八月二十五号开始", at(2025, 8, 25)),
        ("每天晚上10点到凌晨三点钟施工", "每天晚上10点到凌晨三点钟", None),
        ("从去年到今年一直停水", "从去年到今年", None),
        ("拖欠工资长达一年", "长达一年", None),
        ("2018年9月购房", "2018年9月", None),
    ],
)
def test_the_words_that_say_when_and_the_day_they_name(text: str, span: str, moment: datetime | None) -> None:
    found = find_time(text, NOW)
    assert found is not None
    assert (found.span, found.moment) == (span, moment)


@pytest.mark.parametrize(
    "text", ["", "反映两点问题", "40年产权的公寓", "依据《2015年管理办法》处理", "😡", "abc", "水"]
)
def test_what_says_no_time_gives_none(text: str) -> None:
    assert find_time(text, NOW) is None


@pytest.mark.parametrize("text", ["二月三十日停水", "几月几日停水", "2027年1月1日停水", "99月99日", "今天25点"])
def test_no_day_that_cannot_have_been(text: str) -> None:
    found = find_time(text, NOW)
    assert found is None or found.moment is None or found.moment <= NOW


def test_the_title_comes_first() -> None:
    found = find_time("去年投诉过", NOW, title="每天凌晨施工")
    assert found is not None
    assert found.span == "每天凌晨"


BARE = re.compile(times.ANY_TIME)
WORDS = sorted(set(re.findall(r"[\u4e00-\u9fff0-9]", times.ANY_TIME)))


@given(st.text(st.sampled_from(WORDS), max_size=12))
@example("年年夜夜元旦礼拜天从自去年")
def test_no_time_begins_with_a_character_that_is_passed_over(text: str) -> None:
    assert [found[0] for found in times.TIME.finditer(text)] == [found[0] for found in BARE.finditer(text)]
