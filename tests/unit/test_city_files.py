import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from models.city_corpus import read_corpus
from models.city_fault import CityFault
from models.city_files import digest, read_city
from models.vocabulary import Flag, Integration, Kind, Urgency

TINY = Path(__file__).parents[1] / "cities/tiny"
Breaker = Callable[[str, str, str], Path]


@pytest.fixture
def broken(tmp_path: Path) -> Breaker:
    folder = tmp_path / "city"
    shutil.copytree(TINY, folder)

    def change(file: str, old: str, new: str) -> Path:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change


def test_a_city_is_read_whole() -> None:
    city = read_city(TINY)
    assert (city.code, city.name, city.policy) == ("qianpu", "浅浦市", "plain")
    assert (len(city.lines), len(city.departments), len(city.grids), len(city.gazetteer)) == (8, 12, 6, 10)
    assert (len(city.categories), len(city.duties), len(city.rosters)) == (13, 10, 4)
    assert city.hotline_department == "switchboard"
    assert city.conduct_categories == ("5301",)
    assert city.recusal_departments == ("watchers", "townhall")


def test_every_kind_of_cell_is_read() -> None:
    city = read_city(TINY)
    line = city.lines["8822"]
    assert (line.integration, line.overflow_to, line.record_elsewhere) == (Integration.PARALLEL, "8800", True)
    assert city.departments["works"].aliases == ("路政队", "工务")
    assert city.departments["watchers"].parent is None
    assert city.categories["5101"].examples == ("坑洼", "塌陷", "人行砖松动")
    assert city.categories["510101"].name == "路面塌陷"
    duty = next(duty for duty in city.duties if duty.id == "T5101-2")
    assert (duty.place, duty.grassroots, duty.effective_to) == ("south", False, date(2026, 6, 30))
    assert city.gazetteer[0].aliases == ("松林菜场",)
    assert city.grids[0].ring[0] == (110.0, 34.02)
    assert city.office_hours["round"].is_always_on


def test_every_grid_is_a_unit_under_its_street_and_no_department() -> None:
    city = read_city(TINY)
    assert set(city.grid_units) == {grid.code for grid in city.grids}
    assert not city.grid_units.keys() & city.departments.keys()
    unit, street = city.grid_units["G01"], city.departments["north-pine"]
    assert (unit.name, unit.kind, unit.parent, unit.aliases) == ("松林社1格", "grid", "north-pine", ())
    assert unit.office_hours == street.office_hours
    assert city.ancestors("G01")[:2] == ["north-pine", "north"]
    assert city.is_under("G01", "north")
    assert city.party("G01") is unit
    assert city.party("north-pine") is street
    assert city.party("atlantis") is None


def test_the_lexicon_is_read() -> None:
    city = read_city(TINY)
    gas = next(rule for rule in city.flags if rule.flag is Flag.GAS)
    assert (gas.name, gas.floor, gas.desk, gas.exclude) == ("燃气泄漏", 1, False, ("没有煤气味",))
    suicide = next(rule for rule in city.handoffs if rule.flag is Flag.SUICIDE)
    assert (suicide.number, suicide.also, suicide.category) == ("110", ("120",), None)
    assert suicide.script.splitlines() == ["我在听，请您先坐下来。", "我请人过来陪您。"]
    assert suicide.stays_on_desk
    assert [rule.code for rule in city.scope] == ["N2", "N9"]
    assert city.language.district_words["北岸片区"] == "north"
    assert city.language.kind_cues["tip_off"] == ("举报", "索要红包")
    assert [rule.code for rule in city.replies.findings] == ["empty_words", "no_result", "no_basis"]
    assert city.replies.findings[2].exclude == ("如果不予受理",)
    assert city.replies.asks_when == ("何时|什么时候",)


def test_rules_of_time_are_read() -> None:
    city = read_city(TINY)
    assert city.policies["plain"].limits_for(Kind.COMPLAINT, 3).reply == "4wd"
    assert [statute.id for statute in city.statutes] == ["watchers_inquiry"]
    assert city.calendar.is_working_day(date(2026, 10, 10))
    assert not city.calendar.is_working_day(date(2026, 10, 1))


def test_the_corpus_is_read_apart_from_the_city() -> None:
    rows = read_corpus(TINY)
    assert {row.code for row in rows} == {"5101", "5102", "5201", "5202", "5301", "5901"}
    assert (rows[0].kind, rows[0].urgency) == (Kind.ASSISTANCE, Urgency.NORMAL)
    for code in {row.code for row in rows}:
        assert sum(row.code == code for row in rows) >= 12


def test_the_version_changes_with_any_byte_of_any_file(broken: Breaker) -> None:
    before = digest(TINY)
    assert len(before) == 16
    assert digest(broken("corpus/59.csv", "锦旗", "旗子")) != before


def test_the_version_does_not_depend_on_where_the_folder_lies(tmp_path: Path) -> None:
    shutil.copytree(TINY, tmp_path / "elsewhere")
    assert digest(tmp_path / "elsewhere") == digest(TINY)


def test_the_catalogue_has_a_version_of_its_own(broken: Breaker) -> None:
    before = read_city(TINY).catalogue_version
    assert before.startswith("2025.1-")
    assert read_city(broken("corpus/59.csv", "锦旗", "旗子")).catalogue_version == before
    assert read_city(broken("duties.csv", "路面由工务署养护", "路面归工务署")).catalogue_version != before


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "words"),
    [
        ("lines.csv", "parallel", "sideways", 4, "sideways"),
        ("lines.csv", ",true,,停水", ",maybe,,停水", 4, "maybe"),
        ("lines.csv", "number,name", "nr,name", 1, "表头"),
        ("departments.csv", "salt,盐务署", "salt,", 7, "name"),
        ("departments.csv", "bureau", "burau", 5, "burau"),
        ("departments.csv", "\nbylaw,", "\nworks,", 6, "重复"),
        ("departments.csv", "north-pine,松林坊,北岸", 'north-pine,松林坊,"北岸', 13, "CSV"),
        ("office_hours.csv", "09:00-12:00", "12:00-09:00", 2, "时段"),
        ("categories.csv", "510101", "5101011", 3, "4或6 位"),
        ("categories.csv", "路面塌陷", "", 3, "l3"),
        ("duties.csv", "2025-01-01,,路面由", "2025-13-01,,路面由", 2, "日期"),
        ("duties.csv", "2026-06-30", "2024-06-30", 3, "早于"),
        ("duties.csv", "路面由工务署养护", "路面由,工务署养护", 2, "格"),
        ("gazetteer.csv", "34.030000", "340.3", 2, "lat"),
        ("gazetteer.csv", "market", "bazaar", 2, "bazaar"),
        ("grids.geojson", '"community":"松林社",', "", 2, "community"),
        ("grids.geojson", "[110.0,34.02]]", "[110.0,34.03]]", 2, "外环"),
        ("grids.geojson", '"features"', '"fetures"', 1, "GeoJSON"),
        ("policies/plain.toml", 'reply = "4wd"', 'reply = "4days"', 23, "4days"),
        ("policies/plain.toml", "urgencies = [3, 4]", "urgencies = [3]", 1, "平件"),
        ("policies/plain.toml", "[marks]", "[marks", 28, "TOML"),
        ("calendars/2026.toml", "year = 2026", 'year = "x"', 2, "year"),
        ("lexicon/flags.toml", "[gas]", "[fumes]", 9, "fumes"),
        ("lexicon/handoffs.toml", "remainder = false", 'remainder = "no"', 17, "remainder"),
        ("lexicon/scope.toml", 'name = "法定途径"', "", 1, "name"),
        ("lexicon/language.toml", "[kinds]\ninquiry", "[kinds]\nquestion", 4, "question"),
        ("lexicon/replies.toml", "whom = [", "who = [", 1, "who"),
        ("lexicon/replies.toml", "[findings.no_basis]", "[findings.no_reason]", 20, "no_reason"),
        ("lexicon/replies.toml", "returns = false", 'returns = "no"', 20, "returns"),
        ("city.toml", 'policy = "plain"', "", 1, "policy"),
    ],
)
def test_a_broken_file_is_refused_with_file_line_and_cure(
    broken: Breaker, file: str, old: str, new: str, line: int, words: str
) -> None:
    with pytest.raises(CityFault) as caught:
        read_city(broken(file, old, new))
    fault = caught.value.fault
    assert (fault.file, fault.line) == (file, line)
    assert words in fault.message
    assert fault.cure
    assert caught.value.detail == str(fault)


def test_a_missing_file_is_named(broken: Breaker) -> None:
    folder = broken("city.toml", "浅浦", "浅浦")
    (folder / "rosters.csv").unlink()
    with pytest.raises(CityFault, match=r"rosters\.csv 第1行：文件不存在。改法：在城市目录中补上 rosters\.csv。"):
        read_city(folder)


def test_a_file_in_another_encoding_is_named_with_its_line(broken: Breaker) -> None:
    folder = broken("city.toml", "浅浦", "浅浦")
    text = (folder / "rosters.csv").read_text(encoding="utf-8")
    head, _, rest = text.partition("switchboard")
    (folder / "rosters.csv").write_bytes(f"{head}switchboard".encode() + rest.encode("gbk"))
    with pytest.raises(CityFault, match=r"rosters\.csv 第2行：不是 UTF-8"):
        read_city(folder)


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CityFault, match=r"city\.toml"):
        read_city(tmp_path / "nowhere")


def test_a_broken_corpus_is_refused_with_its_line(broken: Breaker) -> None:
    folder = broken("corpus/51.csv", "complaint,3", "complaint,5")
    with pytest.raises(CityFault) as caught:
        read_corpus(folder)
    assert (caught.value.fault.file, caught.value.fault.line) == ("corpus/51.csv", 3)


def test_no_code_knows_a_city_by_name() -> None:
    root = TINY.parents[2]
    for package in ("models", "nlu", "routing"):
        for path in (root / package).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            assert "云州" not in text, path
            assert "yunzhou" not in text, path
