"""Checks of the knowledge that comes with a city: whose it is and what it is about."""

from collections.abc import Iterator

from models.city_fault import Fault
from models.city_files import CityFolder
from models.city_links import departments_of


def check_entries(city: CityFolder) -> Iterator[Fault]:
    """Yield every fault of knowledge/articles.csv and knowledge/guides.csv."""
    known, codes = departments_of(city), {placed.record.code for placed in city.categories}
    for file, placed in city.knowledge:
        entry, line = placed.record, placed.line
        if entry.category not in codes:
            yield Fault(file, line, f"“{entry.code}”的分类“{entry.category}”不存在", "改为 categories.csv 中的代码")
        if entry.owner not in known:
            yield Fault(file, line, f"“{entry.code}”的责任单位“{entry.owner}”不存在", "改为 departments.csv 中的代码")
