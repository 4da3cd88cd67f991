"""The shipped city as its customer ordered it: sound, whole, and large enough."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from models.city import City
from models.city_check import check_city
from models.city_corpus import read_corpus
from models.city_fault import Level
from models.city_files import read_city
from models.vocabulary import Flag, Integration, Kind, Urgency

FOLDER = Path(__file__).parents[2] / "cities/yunzhou"


@pytest.fixture(scope="module")
def yunzhou() -> City:
    return read_city(FOLDER)


def kinds(city: City) -> Counter[str]:
    return Counter(body.kind for body in city.departments.values())


def test_the_folder_has_no_error() -> None:
    assert [str(fault) for fault in check_city(FOLDER) if fault.level is Level.ERROR] == []


def test_forty_lines_in_all_five_ways_of_merging(yunzhou: City) -> None:
    assert len(yunzhou.lines) >= 40
    assert {line.integration for line in yunzhou.lines.values()} == set(Integration)
    assert {"12345", "12315", "110", "119", "120", "122", "12356"} <= set(yunzhou.lines)


def test_sixty_departments_besides_streets_ninety_streets_nine_districts(yunzhou: City) -> None:
    found = kinds(yunzhou)
    assert sum(found.values()) - found["street"] >= 60
    assert found["street"] >= 90
    assert found["district"] == 9


def test_nine_hundred_grids_and_two_thousand_places(yunzhou: City) -> None:
    assert len(yunzhou.grids) >= 900
    assert len(yunzhou.gazetteer) >= 2000
    assert {entry.kind for entry in yunzhou.gazetteer} == {
        "road", "estate", "school", "hospital", "market", "park", "station", "village", "building", "river",
    }  # fmt: skip


def test_ninety_categories_each_with_a_duty_texts_and_a_third_level(yunzhou: City) -> None:
    second = {code for code in yunzhou.categories if len(code) == 4}
    assert len(second) == 90
    assert second <= {duty.category for duty in yunzhou.duties}
    assert second == {code[:4] for code in yunzhou.categories if len(code) == 6}
    texts = Counter(row.code for row in read_corpus(FOLDER))
    assert {code: texts[code] for code in second if texts[code] < 25} == {}


def test_the_corpus_shows_every_kind_and_every_urgency() -> None:
    rows = read_corpus(FOLDER)
    assert {row.kind for row in rows} == set(Kind)
    assert {row.urgency for row in rows} == set(Urgency)


def test_every_flag_has_a_rule_and_every_gravest_one_a_handoff(yunzhou: City) -> None:
    assert {rule.flag for rule in yunzhou.flags} == set(Flag)
    assert {rule.flag for rule in yunzhou.flags if rule.floor == 1} <= {rule.flag for rule in yunzhou.handoffs}
    assert {rule.code for rule in yunzhou.scope} == {f"N{number}" for number in range(1, 11)}


def test_conduct_and_discipline_accuse(yunzhou: City) -> None:
    assert {"2002", "2102"} <= set(yunzhou.conduct_categories)
    assert "discipline" in yunzhou.recusal_departments


def test_the_make_up_days_of_both_years_are_working_days(yunzhou: City) -> None:
    worked = [(2025, 1, 26), (2025, 2, 8), (2025, 4, 27), (2025, 9, 28), (2025, 10, 11)]
    worked += [(2026, 1, 4), (2026, 2, 14), (2026, 2, 28), (2026, 5, 9), (2026, 9, 20), (2026, 10, 10)]
    assert all(yunzhou.calendar.is_working_day(date(*day)) for day in worked)
    assert not yunzhou.calendar.is_working_day(date(2026, 10, 7))


def test_every_policy_of_the_order_is_there(yunzhou: City) -> None:
    assert {"generic", "tianjin", "sichuan", "jinan", "beijing"} <= set(yunzhou.policies)
    assert yunzhou.policy in yunzhou.policies
