from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.understanding import Interval
from nlu.intervals import interval_of
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
        ("三四十天前", at(2026, 2, 3), at(2026, 2, 4)),
        ("连续10天", at(2026, 2, 23, 10), NOW),
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
        ("每晚12点", "daily", "00:00", None),
        ("每天晚上10点到12点", "daily", "22:00", "00:00"),
        ("每晚11点到第二天5点", "daily", "23:00", "05:00"),
        ("每周六下午", "weekly", "12:00", "18:00"),
        ("每月", "monthly", None, None),
        ("每年三月检修", "yearly", None, None),
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


@pytest.mark.parametrize("words", ["", "几点", "二月三十日", "最近", "涨水以后"])
def test_what_names_no_time_gives_none(words: str) -> None:
    assert interval_of(words, NOW) is None


@given(st.text(st.sampled_from("今昨前去上这年月日周天晚早点半时个二三十12/-:到至前后起每元旦国庆春底几"), max_size=14))
def test_no_words_break_it_and_no_interval_ends_before_it_begins(words: str) -> None:
    found = interval_of(words, NOW)
    if found and found.begins_at and found.ends_at:
        assert found.begins_at <= found.ends_at
