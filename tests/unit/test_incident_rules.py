"""incidents.toml: what an incident is told by, and by when the leaders are."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models.city_check import check_city
from models.city_files import read_city
from models.incident_rules import IncidentRules, read_incident_rules

if TYPE_CHECKING:
    from models.city_fault import Fault

ROOT = Path(__file__).parent.parent.parent
TINY = ROOT / "tests" / "cities" / "tiny"
WATER = {"code": "water", "name": "停水爆管", "words": ["停水"], "callers": 5, "within": "30m"}


def faults(tmp_path: Path, text: str) -> list[Fault]:
    folder = tmp_path / "city"
    shutil.copytree(TINY, folder)
    (folder / "incidents.toml").write_text(text, encoding="utf-8")
    return [one for one in check_city(folder) if one.file == "incidents.toml"]


def test_a_city_without_the_file_has_no_keywords_and_reports_in_half_an_hour() -> None:
    rules = read_city(TINY).incidents
    assert rules == IncidentRules()
    assert rules.report(1) == (timedelta(minutes=30), timedelta(hours=2))


def test_the_first_keyword_that_fits_is_the_requests_own() -> None:
    rules = read_incident_rules({"keywords": [WATER, {**WATER, "code": "pipe", "words": ["爆管", "停水"]}]})
    found = rules.keyword_of("整条街停水，听说爆管了", ())
    assert found is not None
    assert found.code == "water"
    assert rules.keyword_of("路灯不亮", ()) is None


def test_a_flag_is_as_good_as_a_word() -> None:
    rules = read_incident_rules({"keywords": [{**WATER, "words": [], "flags": ["group"]}]})
    assert rules.keyword_of("门口来了很多人", ("group",)) is not None
    assert rules.keyword_of("门口来了很多人", ()) is None


def test_yunzhou_tells_the_gravest_at_once() -> None:
    rules = read_city(ROOT / "cities" / "yunzhou").incidents
    first = [rules.report(urgency)[0] for urgency in (1, 2, 3, 4)]
    assert first == sorted(first)
    assert first[0] <= timedelta(minutes=5)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("proposes_above = 0.5\nproposes_abov = 0.6\n", 2, "proposes_abov"),
        ('alarm_every = "1wd"\n', 1, "单位只能是"),
        ('[[keywords]]\ncode = "a1"\nname = "停水"\ncallers = 5\nwithin = "30m"\n', 1, "永远不会命中"),
        ('[answer]\nholds = "1h"\nwarn = "2h"\n', 1, "须短于"),
        ('[[keywords]]\ncode = "a1"\nname = "停水"\nwords = ["停水"]\ncallers = 1\nwithin = "30m"\n', 5, "callers"),
    ],
)
def test_what_cannot_be_meant_is_told_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    (fault,) = faults(tmp_path, text)
    assert words in fault.message
    assert fault.line == line
