from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.understanding import Interval
from nlu.intervals import interval_of, moment_of
from nlu.times import LOCAL_TIME

NOW = datetime(2026, 3, 5, 10, 0, tzinfo=LOCAL_TIME)  # a Thursday


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=LOCAL_TIME)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("words", "begins", "ends"),
    [
        ("上周三", at(2026, 2, 25), at(2026, 2, 26)),
        ("上周三下午四点多", at(2026, 2, 25, 16), at(2026, 2, 25, 16)),
        ("上周末", at(2026, 2, 28), at(2026, 3, 2)),
        ("昨天下午三点半", at(2026, 3, 4, 15, 30), at(2026, 3, 4, 15, 30)),
        ("昨晚11点", at(2026, 3, 4, 23), at(2026, 3, 4, 23)),
        ("9月17日下午四点到六点", at(2025, 9, 17, 16), at(2025, 9, 17, 18)),
        ("2026-3-4", at(2026, 3, 4), at(2026, 3, 5)),
        ("元旦前", None, at(2026, 1, 1)),
        ("国庆前", None, at(2025, 10, 1)),
        ("昨晚12点", at(2026, 3, 5), at(2026, 3, 5)),
        ("昨晚1点", at(2026, 3, 5, 1), at(2026, 3, 5, 1)),
        ("去年12月28日以后", at(2025, 12, 29), None),
        ("国庆期间", at(2025, 10, 1), at(2025, 10, 8)),
        ("今年3月", at(2026, 3, 1), at(2026, 4, 1)),
        ("上个月底", at(2026, 2, 21), at(2026, 3, 1)),
        ("2019年4月至2020年1月", at(2019, 4, 1), at(2020, 2, 1)),
        ("从三月到六月", at(2025, 3, 1), at(2025, 7, 1)),
        ("去年上半年", at(2025, 1, 1), at(2025, 7, 1)),
        ("2020年冬", at(2020, 12, 1), at(2021, 3, 1)),
        ("自2008年起", at(2008, 1, 1), NOW),
        ("从11月15日供暖到现在", at(2025, 11, 15), NOW),
        ("三天前", at(2026, 3, 2), at(2026, 3, 3)),
        ("今年年初到现在", at(2026, 1, 1), NOW),
        ("大年三十到初六", at(2026, 2, 16), at(2026, 2, 23)),
        ("11月20日晚8点一刻", at(2025, 11, 20, 20, 15), at(2025, 11, 20, 20, 15)),
        ("后天下午3点前", None, at(2026, 3, 7, 15)),
        ("3月2日上午9点以后", at(2026, 3, 2, 9), None),
        ("昨天上午9点到5点", at(2026, 3, 4, 9), at(2026, 3, 4, 17)),
        ("半年前", at(2025, 9, 1), at(2025, 10, 1)),
        ("半个月前", at(2026, 2, 16), at(2026, 2, 23)),
        ("三年前", at(2023, 1, 1), at(2024, 1, 1)),
        ("两个月前", at(2026, 1, 1), at(2026, 2, 1)),
        ("两周前", at(2026, 2, 16), at(2026, 2, 23)),
        ("两小时前", at(2026, 3, 5, 8), at(2026, 3, 5, 8)),
        ("三四十天前", at(2026, 2, 3), at(2026, 2, 4)),
        ("连续10天", at(2026, 2, 23, 10), NOW),
        ("明天", at(2026, 3, 6), at(2026, 3, 7)),
        ("后天上午", at(2026, 3, 7, 6), at(2026, 3, 7, 12)),
        ("下周三", at(2026, 3, 11), at(2026, 3, 12)),
        ("下周末", at(2026, 3, 14), at(2026, 3, 16)),
        ("下个月3号开始", at(2026, 4, 3), None),
        ("本月15号", at(2026, 3, 15), at(2026, 3, 16)),
        ("上个月20号", at(2026, 2, 20), at(2026, 2, 21)),
        ("明年1月", at(2027, 1, 1), at(2027, 2, 1)),
        ("4月1日", at(2026, 4, 1), at(2026, 4, 2)),
        ("4月10日", at(2025, 4, 10), at(2025, 4, 11)),
        ("去年十一", at(2025, 10, 1), at(2025, 10, 2)),
        ("去年十一月", at(2025, 11, 1), at(2025, 12, 1)),
        ("8月底至2019年1月20号", at(2018, 8, 21), at(2019, 1, 21)),
        ("10月1日至7日", at(2025, 10, 1), at(2025, 10, 8)),
        ("2018年5月到8月", at(2018, 5, 1), at(2018, 9, 1)),
        ("12月底到1月初", at(2025, 12, 21), at(2026, 1, 11)),
        ("去年12月到现在", at(2025, 12, 1), NOW),
        ("4月到现在", at(2025, 4, 1), NOW),
        ("5号到8号", at(2026, 3, 5), at(2026, 3, 9)),
        ("28号到2号", at(2026, 2, 28), at(2026, 3, 3)),
        ("从上周三开始", at(2026, 2, 25), NOW),
        ("上周一到周五", at(2026, 2, 23), at(2026, 2, 28)),
        ("明晚10点到后天凌晨", at(2026, 3, 6, 22), at(2026, 3, 7, 6)),
        ("月底前", None, at(2026, 4, 1)),
        ("中秋节那天晚上", at(2025, 10, 6, 18), at(2025, 10, 7)),
        ("农历八月十五", at(2025, 10, 6), at(2025, 10, 7)),
        ("今年端午", at(2026, 6, 19), at(2026, 6, 20)),
        ("除夕", at(2026, 2, 16), at(2026, 2, 17)),
        ("正月初五", at(2026, 2, 21), at(2026, 2, 22)),
        ("春节期间", at(2026, 2, 16), at(2026, 2, 24)),
        ("2027年春节前", None, at(2027, 2, 6)),
        ("清明", at(2026, 4, 5), at(2026, 4, 6)),
        ("五一期间", at(2025, 5, 1), at(2025, 5, 6)),
        ("从去年国庆到今年春节", at(2025, 10, 1), at(2026, 2, 18)),
    ],
)
def test_from_when_to_when(words: str, begins: datetime | None, ends: datetime | None) -> None:
    assert interval_of(words, NOW) == Interval(begins, ends)


@pytest.mark.parametrize(
    ("words", "repeats", "clock_from", "clock_to"),
    [
        ("每晚11点", "daily", "23:00", None),
        ("每天晚上10点到凌晨三点钟", "daily", "22:00", "03:00"),
        ("每天傍晚六点到九点", "daily", "18:00", "21:00"),
        ("早上七点一刻到七点四十", None, "07:15", "07:40"),
        ("每天中午12点半到2点", "daily", "12:30", "14:00"),
        ("每晚12点", "daily", "00:00", None),
        ("每天晚上10点到12点", "daily", "22:00", "00:00"),
        ("每晚11点到第二天5点", "daily", "23:00", "05:00"),
        ("每周六下午", "weekly", "12:00", "18:00"),
        ("周一到周五早上七点到九点", "weekly", "07:00", "09:00"),
        ("每周一三五晚上", "weekly", "18:00", "00:00"),
        ("每月", "monthly", None, None),
        ("每年三月检修", "yearly", None, None),
        ("晚上十一点以后", None, "23:00", None),
        ("深夜", None, "23:00", "04:00"),
        ("23:00-次日5:00", None, "23:00", "05:00"),
    ],
)
def test_what_comes_again_has_hours_and_no_days(
    words: str, repeats: str | None, clock_from: str | None, clock_to: str | None
) -> None:
    found = interval_of(words, NOW)
    assert found is not None
    assert (found.repeats, found.clock_from, found.clock_to) == (repeats, clock_from, clock_to)
    assert found.begins_at is found.ends_at is None


@pytest.mark.parametrize(
    "words", ["", "几点", "二月三十日", "最近", "涨水以后", "2050年中秋", "1999年春节", "腊月二十八", "农历三月初三"]
)
def test_what_names_no_time_gives_none(words: str) -> None:
    assert interval_of(words, NOW) is None


@given(
    st.text(
        st.sampled_from("今昨前去上这年月日周天晚早点半时个二三十12/-:到至前后起每元旦国庆春底几明下号中秋节农历初"),
        max_size=14,
    )
)
def test_no_words_break_it_and_no_interval_ends_before_it_begins(words: str) -> None:
    found = interval_of(words, NOW)
    if found and found.begins_at and found.ends_at:
        assert found.begins_at <= found.ends_at


@pytest.mark.parametrize(
    ("words", "moment"),
    [
        ("昨天下午三点半", at(2026, 3, 4, 15, 30)),
        ("12月21日下午17时52分许", at(2025, 12, 21, 17, 52)),
        ("2026-3-4 8:30", at(2026, 3, 4, 8, 30)),
        ("去年5月1日晚上9点", at(2025, 5, 1, 21)),
        ("上周三", at(2026, 2, 25)),
        ("八月二十五号开始", None),
        ("每天晚上10点到凌晨三点钟", None),
        ("2018年9月", None),
        ("明天", None),
        ("今晚8点", None),
        ("二月三十日", None),
        ("元旦前", None),
    ],
)
def test_it_happened_on_a_day_that_has_come(words: str, moment: datetime | None) -> None:
    assert moment_of(interval_of(words, NOW), NOW) == moment
