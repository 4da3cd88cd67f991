from datetime import date, timedelta

import chinese_calendar
import pytest

from nlu.feasts import feast, holiday


@pytest.mark.parametrize("year", range(2020, 2027))
@pytest.mark.parametrize("name", ["元旦", "春节", "清明", "五一", "端午", "中秋", "国庆"])
def test_a_feast_is_a_holiday_by_the_notices_of_the_state_council(name: str, year: int) -> None:
    assert chinese_calendar.is_holiday(feast(name, year))


@pytest.mark.parametrize("year", range(2019, 2037))
def test_what_stands_about_the_spring_festival_follows_from_it(year: int) -> None:
    first = feast("春节", year)
    assert date(year, 1, 21) <= first <= date(year, 2, 20)
    assert (feast("除夕", year), feast("正月初五", year)) == (first - timedelta(days=1), first + timedelta(days=4))
    # A lunar month has 29 or 30 days: from 正月初一 to 五月初五 and to 八月十五, with a leap month between or not.
    assert (feast("端午", year) - first).days in {*range(121, 124), *range(150, 154)}
    assert (feast("中秋", year) - first).days in {*range(220, 224), *range(249, 253)}
    assert 23 <= (feast("重阳", year) - feast("中秋", year)).days <= 24
    assert feast("清明", year) in {date(year, 4, 4), date(year, 4, 5)}


def test_a_year_that_the_table_does_not_have_is_no_guess() -> None:
    with pytest.raises(ValueError, match="2050"):
        feast("中秋", 2050)
    assert feast("国庆", 2050) == date(2050, 10, 1)


def test_a_holiday_has_the_days_about_its_feast() -> None:
    assert holiday("国庆") == (0, 7)
    assert holiday("元宵") == (0, 1)
