"""Trying out one file of a city folder before it is put there: the folder is checked with it, and stays as it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from models.calendar import CalendarYear
from models.city import Duty
from models.city_duties import check_catalogue
from models.city_fault import CityFault, Fault
from models.city_files import read_folder
from models.city_rows import Placed, line_of
from models.city_rules import CALENDARS, read_years
from models.city_tables import DUTIES
from models.city_years import check_years


@contextmanager
def _with(folder: Path, file: str, text: str) -> Iterator[Path]:
    """Lend a folder that differs from another in one file. Raises CityFault for what no file can hold."""
    with TemporaryDirectory(prefix="hotline-trial-") as side:
        trial = Path(side)
        for path in folder.resolve().rglob("*"):
            name = path.relative_to(folder.resolve())
            if path.is_file() and name.as_posix() != file:
                (trial / name).parent.mkdir(parents=True, exist_ok=True)
                (trial / name).symlink_to(path)
        (trial / file).parent.mkdir(parents=True, exist_ok=True)
        try:
            (trial / file).write_text(text, encoding="utf-8", newline="")
        except UnicodeEncodeError as error:
            raise CityFault(Fault(file, 1, "含有不成字符的编码", "另存为 UTF-8")) from error
        yield trial


def try_duties(folder: Path, text: str) -> tuple[list[Placed[Duty]], list[Fault]]:
    """Return the rows of a duties.csv and every fault that it would bring into the folder, in the order of files and lines."""
    try:
        with _with(folder, DUTIES, text) as trial:
            city = read_folder(trial)
            faults = [*city.faults, *check_catalogue(city)]
    except CityFault as error:
        return [], [error.fault]
    return city.duties, _sorted(faults)


def try_year(folder: Path, year: int, text: str, today: date) -> tuple[tuple[CalendarYear, ...], list[Fault]]:
    """Return the years of the calendar with one year's file, and every fault that they would have.

    A file of another year is a fault by itself: nothing further is looked at.
    """
    file, faults = f"{CALENDARS}/{year}.toml", list[Fault]()
    try:
        with _with(folder, file, text) as trial:
            years = read_years(trial, faults)
            own = years.get(file)
            if own is not None and own.year != year:
                line = line_of(text, "year")
                return (), [Fault(file, line, f"year = {own.year} 不是所填的{year}年", "改正 year，或改填年份")]
            faults += check_years(trial, years, today)
    except CityFault as error:
        return (), [error.fault]
    return tuple(years.values()), _sorted(faults)


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(dict.fromkeys(faults), key=lambda fault: (fault.file, fault.line))
