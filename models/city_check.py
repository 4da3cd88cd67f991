"""Checking a whole city folder before it is loaded: all faults at once, each with file, line and cure."""

from datetime import date
from pathlib import Path

from models.city_cues import check_cues
from models.city_duties import check_duties
from models.city_entries import check_entries
from models.city_fault import Fault
from models.city_files import read_folder
from models.city_ground import check_ground
from models.city_indicators import check_indicators
from models.city_links import check_links, departments_of
from models.city_policies import check_policies
from models.city_tables import DEPARTMENT_KINDS
from models.city_unread import check_unread
from models.city_years import check_years


def check_city(folder: Path, today: date | None = None) -> list[Fault]:
    """Return every fault of a folder, in the order of files and lines; an empty list is a sound city.

    What could not be read does not hide the rest. With `today` the calendar must reach from this year
    into the next.
    """
    city = read_folder(folder)
    faults = [
        *city.faults,
        *check_links(city),
        *check_duties(city),
        *check_ground(city),
        *check_years(city.path, city.years, today),
        *check_policies(city.path, city.policies),
        *check_cues(city),
        *check_entries(city),
        *check_indicators(folder, city.indicators, departments_of(city), DEPARTMENT_KINDS),
        *check_unread(city),
    ]
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))
