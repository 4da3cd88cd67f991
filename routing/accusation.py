"""Whom a request accuses (回避): by whom it names, by what it says of them, and by what it is."""

import re
from collections.abc import Iterable

from models.city import City
from models.understanding import Understanding
from models.vocabulary import Flag, Kind
from routing.guards import accuses, is_conduct
from routing.jurisdiction import Jurisdiction
from routing.names import DepartmentNames

# Who comes with an office's power, though it is not named: 消防的人来检查.
_OFFICIAL = re.compile("的人|检查|执法|窗口|工作人员|办事员|办事人员|领导|干部|公务员|科长|局长|主任|所长|队长")
_READ = 400  # characters in which a complaint about conduct names the office


def is_accusation(read: Understanding, category: str | None, city: City) -> bool:
    """Tell whether a request says by its kind, its category or its flags that an office did wrong; perhaps is enough.

    So does a complaint that accuses somebody where the office's own work is the matter (city.conduct_if_accused).
    """
    of_its_work = category is not None and category.startswith(city.conduct_if_accused)
    if of_its_work and read.kind is Kind.COMPLAINT and read.accused:
        return True
    return accuses(read.kind, category, city, (*read.flags, *read.suspected, *read.doubted))


def accusing_words(read: Understanding, category: str | None, city: City, explicit: str | None) -> list[str]:
    """Return the words that name who must stand aside; `explicit` is whom the agent or the form names, and always one.

    Where conduct or corruption is the matter and nobody was read as accused, it is whom the request is about.
    """
    read_too = read.accused if is_accusation(read, category, city) else None
    found = [words for words in (explicit, read_too) if words]
    if found:
        return found
    if is_conduct(category, city):
        return [read.subject or "", read.masked_text[:_READ]]
    is_corrupt = Flag.CORRUPTION in (*read.flags, *read.suspected, *read.doubted)
    return [read.subject] if is_corrupt and read.subject and read.misconduct is None else []


def has_unknown_official(read: Understanding, category: str | None, city: City) -> bool:
    """Tell whether misconduct is told of somebody in office; to ask where no department was found that he belongs to."""
    is_told = read.misconduct is not None and _OFFICIAL.search(read.misconduct.by) is not None
    return is_told or is_conduct(category, city)


def units_by_misconduct(
    read: Understanding, jurisdiction: Jurisdiction | None, city: City, names: DepartmentNames, explicit: str | None
) -> Iterable[str]:
    """Return the units of whom misconduct is told, none where the agent or the form names another unit as accused.

    A utility has no power over others: only who takes gain is barred there.
    """
    if read.misconduct is None or (explicit and names.find(explicit, jurisdiction)):
        return ()
    units = names.find(read.misconduct.by, jurisdiction)
    return [unit for unit in units if read.misconduct.for_gain or city.departments[unit].kind != "utility"]
