"""指标: what counts come to, leagues within a class, and what a city may say of its figures."""

import shutil
from pathlib import Path

import pytest

from models.city_check import check_city
from models.city_fault import Fault, Level
from models.city_files import read_city
from models.indicators import COUNTS, RATES, Count, Indicators, added, figure, league

ROOT = Path(__file__).parents[2]
YUNZHOU = read_city(ROOT / "cities/yunzhou").indicators
TINY = Path(__file__).parents[1] / "cities/tiny"


def counted(responded: int, solved: int, satisfied: int, of: int = 10) -> dict[str, Count]:
    return {
        "contact_due": Count(of),
        "contacted_in_time": Count(responded),
        "answers": Count(of),
        "solved": Count(solved),
        "satisfied": Count(satisfied),
    }


def test_nothing_due_says_nothing() -> None:
    found = [figure(one, {}) for one in YUNZHOU.indicators]
    assert {(one.value, one.value_with_excluded, one.is_met) for one in found} == {(None, None, None)}


def test_a_figure_is_told_without_and_with_what_is_excluded() -> None:
    meant = YUNZHOU.of_code("replied")
    assert meant is not None
    found = figure(meant, {"reply_due": Count(10, excluded=2), "replied_in_time": Count(8)})
    assert (found.value, found.value_with_excluded, found.excluded, found.is_met) == (1.0, 0.8, 2, True)


@pytest.mark.parametrize(("code", "good", "bad"), [("answered_share", 96, 94), ("send_backs", 4, 6)])
def test_a_target_is_met_in_its_own_direction(code: str, good: int, bad: int) -> None:
    meant = YUNZHOU.of_code(code)
    assert meant is not None
    for n, is_met in ((good, True), (bad, False)):
        assert figure(meant, {meant.numerator: Count(n), meant.denominator: Count(100)}).is_met is is_met


def test_scores_weigh_the_three_rates() -> None:
    (only,) = league(YUNZHOU, {"housing": counted(10, 5, 10)}, ["housing"])
    assert [one.code for one in only.rates] == list(RATES)
    assert only.score == pytest.approx(100 * (0.3 + 0.4 * 0.5 + 0.3))


def test_small_numbers_are_listed_and_not_ranked() -> None:
    few = YUNZHOU.smallest - 1
    by = {"a": counted(5, 5, 5), "b": counted(few, few, few, of=few), "c": {}, "d": counted(9, 9, 9)}
    found = [(one.department, one.rank, one.score) for one in league(YUNZHOU, by, ["a", "b", "c", "d"])]
    assert found == [("d", 1, 90.0), ("a", 2, 50.0), ("b", None, 100.0), ("c", None, None)]


def test_equal_scores_share_a_rank() -> None:
    by = {code: counted(n, n, n) for code, n in (("a", 9), ("b", 9), ("c", 8))}
    assert [one.rank for one in league(YUNZHOU, by, list(by))] == [1, 1, 3]


def test_counts_add_up_name_by_name() -> None:
    total = added([{"solved": Count(3, 1)}, {"solved": Count(4), "reached": Count(5, 2)}])
    assert total == {"solved": Count(7, 1), "reached": Count(5, 2)}


def test_a_department_that_is_named_leaves_the_class_of_its_kind() -> None:
    named, of_kind = YUNZHOU.class_of("housing", "bureau"), YUNZHOU.class_of("weather", "bureau")
    assert (named and named.code, of_kind and of_kind.code) == ("bureau_large", "bureau_other")
    assert YUNZHOU.class_of("discipline", "discipline") is None


def test_every_count_is_used_or_balances_the_books() -> None:
    used = {name for one in YUNZHOU.indicators for name in (one.numerator, one.denominator)}
    books = {"requests", "tickets", "ended", *(name for name in COUNTS if name.startswith("ended_"))}
    assert set(COUNTS) == used | books


def test_a_city_without_the_file_measures_nothing() -> None:
    assert read_city(TINY).indicators == Indicators()


SMALL = """# 浅浦
smallest = 3

[weights]
response_rate = 0.3
resolution_rate = 0.4
satisfaction_rate = 0.3

[[dimensions]]
code = "judgement"
name = "评价"

[[indicators]]
code = "response_rate"
name = "响应率"
dimension = "judgement"
numerator = "contacted_in_time"
denominator = "contact_due"
direction = "up"

[[indicators]]
code = "resolution_rate"
name = "解决率"
dimension = "judgement"
numerator = "solved"
denominator = "answers"

[[indicators]]
code = "satisfaction_rate"
name = "满意率"
dimension = "judgement"
numerator = "satisfied"
denominator = "answers"

[[classes]]
code = "offices"
name = "各署"
departments = ["works", "salt"]

[[classes]]
code = "shores"
name = "公署"
kinds = ["district"]

[[exclusion_reasons]]
code = "not_possible"
name = "不能解决"
"""
FAULTS = [
    ('numerator = "solved"', 'numerator = "solvd"', "solvd", "solvd"),
    (
        'dimension = "judgement"\nnumerator = "solved"',
        'dimension = "jugement"\nnumerator = "solved"',
        "jugement",
        "jugement",
    ),
    ("response_rate = 0.3", "response_rate = 0.4", "1.1", "[weights]"),
    ("response_rate = 0.3", "answer_rate = 0.3", "“answer_rate”不是三率", "answer_rate"),
    ('kinds = ["district"]', 'kinds = ["disctrict"]', "disctrict", "disctrict"),
    ('name = "公署"', 'name = "公署"\ndepartments = ["salt"]', "“salt”既在“各署”又在“公署”", '"salt"'),
    ('"works", "salt"', '"works", "sugar"', "sugar", "sugar"),
    ('code = "shores"', 'code = "offices"', "“offices”写了2次", '"offices"'),
    ("smallest = 3", "smalest = 3", "smalest", "smalest"),
    ("smallest = 3", "smallest = 0", "smallest", "smallest"),
    ('direction = "up"', 'direction = "left"', "direction", "direction"),
]


def faults(tmp_path: Path, text: str) -> list[Fault]:
    folder = tmp_path / "city"
    shutil.copytree(TINY, folder)
    (folder / "indicators.toml").write_text(text, encoding="utf-8")
    return [one for one in check_city(folder) if one.file == "indicators.toml" and one.level is Level.ERROR]


def test_a_sound_file_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, SMALL) == []


@pytest.mark.parametrize(("old", "new", "named", "at"), FAULTS)
def test_a_fault_of_the_file_is_named_with_its_line(tmp_path: Path, old: str, new: str, named: str, at: str) -> None:
    assert old in SMALL
    text = SMALL.replace(old, new, 1)
    line = next(n for n, written in enumerate(text.splitlines(), 1) if at in written)
    found = faults(tmp_path, text)
    assert any(named in one.message and one.line == line for one in found), found
