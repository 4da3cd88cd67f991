from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models.calendar import CHINA_TIME, Calendar
from models.city_files import read_city
from models.clocks import CalendarChanged, Dispatched, Matter, Rules, clocks, recompute
from models.provisional import provisional, provisional_before
from models.vocabulary import Kind

if TYPE_CHECKING:
    from models.city import City

ROOT = Path(__file__).parent.parent.parent
MATTER = Matter(Kind.COMPLAINT, 3, "1201")
AT = datetime(2026, 12, 20, 10, tzinfo=CHINA_TIME)
ANNOUNCED = frozenset(date(2027, 2, day) for day in range(5, 12)) | {date(2027, 1, 1)}


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(ROOT / "cities" / "yunzhou")


@pytest.fixture(scope="module")
def known(city: City) -> Calendar:
    """The calendar of the autumn of 2026: 2027 is not announced."""
    return Calendar(
        years=frozenset({2025, 2026}),
        holidays=frozenset(day for day in city.calendar.holidays if day.year in {2025, 2026}),
        workdays=frozenset(day for day in city.calendar.workdays if day.year in {2025, 2026}),
    )


@pytest.fixture(scope="module")
def announced(known: Calendar) -> Calendar:
    return Calendar(years=known.years | {2027}, holidays=known.holidays | ANNOUNCED, workdays=known.workdays)


def test_a_provisional_date_is_never_later_than_the_true_one(city: City, known: Calendar, announced: Calendar) -> None:
    hours = city.office_hours["bureau"]
    policy = city.policies["generic"]
    given = clocks(AT, MATTER, Rules(policy, city.statutes, provisional(known)), hours)
    true = clocks(AT, MATTER, Rules(policy, city.statutes, announced), hours)
    assert given.reply_by < true.reply_by


def test_a_date_given_before_the_notice_is_the_same_when_it_is_counted_after_it(
    city: City, known: Calendar, announced: Calendar
) -> None:
    rules = Rules(city.policies["generic"], city.statutes, provisional(known))
    given = clocks(AT, MATTER, rules, city.office_hours["bureau"])
    facts = [Dispatched(AT, given.basis)]
    now = (announced, provisional(announced))
    with pytest.raises(CalendarChanged):
        recompute(facts, now)
    assert recompute(facts, (*now, *provisional_before(announced))).reply_by == given.reply_by


def test_what_was_provisional_once_leaves_out_only_later_years(announced: Calendar) -> None:
    assert [max(before.years) for before in provisional_before(announced)] == [2029, 2028]
