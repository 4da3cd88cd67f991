from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from models.calendar import CHINA_TIME, Calendar
from models.city_files import read_city
from models.clocks import (
    CalendarChanged,
    ClockFact,
    Dispatched,
    ExtensionApproved,
    Matter,
    Paused,
    Resumed,
    Rules,
    clocks,
    recompute,
)
from models.explain import explain
from models.provisional import provisional, provisional_before, years_after
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


# What the trail holds of dates that were given before calendars named their provisional years.
GIVEN_BEFORE = "2025-c87b6354,2026-0bce2149,2027-5434a503,2028-4909125b,2029-9de919b3"
SAID = "2027年放假安排尚未公布，该年各日逐日暂计，只早不晚"


def dispatched(city: City, calendar: Calendar, matter: Matter = MATTER, hours: str = "bureau") -> Dispatched:
    rules = Rules(city.policies["generic"], city.statutes, calendar)
    return Dispatched(AT, clocks(AT, matter, rules, city.office_hours[hours]).basis)


def reply(facts: list[ClockFact], *calendars: Calendar) -> str:
    return next(said.sentence for said in explain(facts, calendars) if said.clock == "reply")


def test_provisional_years_are_named_and_keep_the_version_that_the_trail_holds(known: Calendar) -> None:
    counted = provisional(known)
    assert not known.provisional
    assert counted.provisional == {2027, 2028, 2029}
    assert counted.version == GIVEN_BEFORE
    assert counted.agrees_with(known.version)
    assert [year in years_after(known.years) for year in (2026, 2027, 2029, 2030)] == [False, True, True, False]


def test_the_explanation_invents_no_holidays_for_an_unannounced_year(city: City, known: Calendar) -> None:
    said = reply([dispatched(city, provisional(known))], known, provisional(known))
    assert said.endswith(
        "45个工作日，自2026-12-20派单次日起算；12月26日、27日为休息日不计；" + SAID + "；应于2027-02-05 17:30前答复。"
    )


def test_once_the_year_is_announced_the_explanation_says_that_it_was_not_then(
    city: City, known: Calendar, announced: Calendar
) -> None:
    given = dispatched(city, provisional(known))
    said = reply([given], announced, provisional(announced), *provisional_before(announced))
    assert "；2027年放假安排当时尚未公布，该年各日逐日暂计，只早不晚；应于2027-02-05 17:30前答复" in said
    assert "尚未公布" not in reply([dispatched(city, announced)], announced)


def test_only_limits_for_which_the_calendar_was_asked_are_provisional(city: City, known: Calendar) -> None:
    later = datetime(2027, 1, 2, 10, tzinfo=CHINA_TIME)
    row = msgspec.structs.replace(
        dispatched(city, provisional(known)).basis, acknowledge="2wh", contact="24h", reply="5d"
    )
    said = {one.clock: one.sentence for one in explain([Dispatched(later, row)], [provisional(known)])}
    assert SAID in said["acknowledge"], "working hours of a Saturday"
    assert SAID not in said["contact"], "24 hours are 24 hours"
    assert SAID in said["reply"], "its last day might be a holiday"
    always = msgspec.structs.replace(row, office=city.office_hours["always"])
    assert SAID not in explain([Dispatched(later, always)], [provisional(known)])[0].sentence
    assert SAID not in explain([Dispatched(AT, row)], [provisional(known)])[2].sentence, "25 December is known"


def test_pauses_and_extensions_in_an_unannounced_year_are_told_exactly(city: City, known: Calendar) -> None:
    inquiry = dispatched(city, provisional(known), Matter(Kind.COMPLAINT, 3, "0101"))
    facts: list[ClockFact] = [
        inquiry,
        ExtensionApproved(AT, "5wd"),
        Paused(datetime(2027, 1, 1, 9, tzinfo=CHINA_TIME), "鉴定"),
        Resumed(datetime(2027, 1, 2, 18, tzinfo=CHINA_TIME)),
    ]
    first, _, more = reply(facts, provisional(known)).partition("经批准延期")
    assert "尚未公布" not in first
    assert more == (
        "5个工作日，自原期限2026-12-25次日起算；12月26日、27日为休息日不计；"
        "2027年1月1日至2日因鉴定暂停不计；" + SAID + "；应于2027-01-03 17:30前答复。"
    )
