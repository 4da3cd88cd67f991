"""A file is tried out in a city folder: its faults are told as if it stood there, and the folder stays as it is."""

from datetime import date
from pathlib import Path

import pytest

from models.city_check import check_city
from models.city_fault import Level
from models.city_files import data_files, digest, read_city
from models.city_trial import try_duties, try_year

TINY = Path(__file__).parents[1] / "cities/tiny"
TODAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _the_folder_stays_as_it_is() -> object:
    before = digest(TINY)
    yield
    assert digest(TINY) == before


def text_of(file: str) -> str:
    return data_files(TINY)[file].decode()


def test_the_present_catalogue_is_read_as_it_is() -> None:
    duties, faults = try_duties(TINY, text_of("duties.csv"))
    assert tuple(placed.record for placed in duties) == read_city(TINY).duties
    assert [placed.line for placed in duties] == list(range(2, len(duties) + 2))
    assert [fault for fault in faults if fault.level is Level.ERROR] == []


def test_a_row_that_points_nowhere_is_told_with_its_line() -> None:
    text = text_of("duties.csv")
    lead = read_city(TINY).duties[0].lead
    _, faults = try_duties(TINY, text.replace(f",{lead},", ",atlantis,", 1))
    assert any(fault.file == "duties.csv" and fault.line > 1 and "atlantis" in fault.message for fault in faults)


def test_the_present_year_has_the_faults_that_the_city_has() -> None:
    years, faults = try_year(TINY, 2026, text_of("calendars/2026.toml"), TODAY)
    assert [year.year for year in years] == [2025, 2026, 2027]
    assert faults == [fault for fault in check_city(TINY, TODAY) if fault.file.startswith("calendars/")]


def test_a_new_year_is_checked_among_the_others() -> None:
    text = 'year = 2028\nannounced = true\nholidays = ["2028-01-01"]\nworkdays = ["2028-01-03"]\n'
    years, faults = try_year(TINY, 2028, text, TODAY)
    assert [year.year for year in years] == [2025, 2026, 2027, 2028]
    assert any(fault.line == 4 and "本来就上班" in fault.message for fault in faults)
    assert [fault.message for fault in try_year(TINY, 2028, text.replace("28", "29", 1), TODAY)[1]] == [
        "year = 2029 不是所填的2028年"
    ]


def test_what_no_file_can_hold_is_a_fault() -> None:
    for _, faults in (try_duties(TINY, "\ud800"), try_year(TINY, 2027, "\ud800", TODAY)):
        assert [fault.level for fault in faults] == [Level.ERROR]
