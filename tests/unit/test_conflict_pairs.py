"""The decided conflict cases of both cities: for a category and a place the catalogue must hold to the decision."""

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from models.city_files import read_city
from models.understanding import Place
from routing.catalogue import Catalogue
from routing.jurisdiction import Atlas

ROOT = Path(__file__).parents[2]
FOLDERS = (ROOT / "cities/yunzhou", ROOT / "tests/cities/tiny")
CITIES = {folder.name: read_city(folder) for folder in FOLDERS}
CATALOGUES = {name: Catalogue(city) for name, city in CITIES.items()}
ATLASES = {name: Atlas(city) for name, city in CITIES.items()}
ON = {"yunzhou": date(2026, 11, 2), "tiny": date(2026, 3, 2)}


def cases() -> Sequence[object]:
    found = []
    for folder in FOLDERS:
        with (folder / "conflicts.csv").open(encoding="utf-8", newline="") as file:
            found += [pytest.param(folder.name, row, id=f"{folder.name}-{row['id']}") for row in csv.DictReader(file)]
    return found


@pytest.mark.parametrize(("name", "row"), cases())
def test_a_decided_conflict_stays_decided(name: str, row: dict[str, str]) -> None:
    code = row["place"]
    where = ATLASES[name].by_place(Place(code, street=code, district=code)) if code else None
    assert bool(where) == bool(code)
    match = CATALOGUES[name].find(row["category"], where, on=ON[name])
    assert match is not None
    assert (match.lead, "|".join(match.assisting)) == (row["lead"], row["assisting"]), row["reason"]


def test_the_cases_reach_every_conflict_pair_of_yunzhou() -> None:
    with (FOLDERS[0] / "conflicts.csv").open(encoding="utf-8", newline="") as file:
        text = file.read()
    for word in ("施工噪声", "广场舞", "邻里", "KTV", "停车", "电梯", "油烟", "犬", "欠薪", "健身", "12315", "街道"):
        assert word in text, word
