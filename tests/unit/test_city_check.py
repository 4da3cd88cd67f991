import ast
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from msgspec import Struct

from models import sla
from models.city_check import check_city
from models.city_fault import Fault, Level

ROOT = Path(__file__).parents[2]
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


def errors(folder: Path) -> list[Fault]:
    return [fault for fault in check_city(folder) if fault.level is Level.ERROR]


def test_a_sound_city_has_no_error() -> None:
    assert errors(TINY) == []


REFERENCES = [
    ("departments.csv", "utility,works", "utility,wroks", 8, "wroks"),
    ("departments.csv", "bureau,townhall,day,路政队", "bureau,waterworks,day,路政队", 5, "绕回了自己"),
    ("departments.csv", "street,north,day,松林", "street,works,day,松林", 11, "不在任何区县"),
    ("departments.csv", "bureau,townhall,day,盐务", "bureau,,day,盐务", 7, "没有上级"),
    ("departments.csv", "townhall,day,盐务", "townhall,night,盐务", 7, "night"),
    ("departments.csv", "街容|街容巡查队", "街容|水厂", 8, "水厂"),
    ("lines.csv", "8833,盐务服务台,subcenter,salt", "8833,盐务服务台,subcenter,sugar", 5, "sugar"),
    ("lines.csv", "07:00-19:00,8800", "07:00-19:00,9900", 3, "9900"),
    ("lines.csv", "00:00-24:00,,false,,各类", "00:00-24:00,8811,false,,各类", 2, "绕回了自己"),
    ("lines.csv", "渡轮由邻市经营，请您拨打8899，您的来电我已登记。", "", 9, "话术"),
    ("lines.csv", "works,front", "works,", 3, "席组"),
    ("lines.csv", "07:00-19:00", "19:00-07:00", 3, "时段"),
    ("conflicts.csv", "推车堵路,5102", "推车堵路,5199", 2, "5199"),
    ("conflicts.csv", "north-pine,north,", "north-pine,noth,", 2, "noth"),
    ("grids.geojson", '"households":201', '"households":-5', 2, "households"),
    ("rosters.csv", "bylaw,联络员", "bylow,联络员", 5, "bylow"),
    ("rosters.csv", "09:00,17:00", "09:00,26:00", 5, "时段"),
    ("categories.csv", "510102", "519902", 4, "5199"),
    ("categories.csv", "510102,街面,路面养护", "510102,街面,路面", 4, "与上级不同"),
    ("categories.csv", "陷坑 塌方,工务署", "陷坑 塌方,工程署", 3, "工程署"),
    ("duties.csv", "T5301-1,2025.1,5301", "T5301-1,2025.1,5399", 10, "5399"),
    ("duties.csv", "5101,south,south", "5101,salt,south", 3, "salt"),
    ("duties.csv", "510101,,works,waterworks", "510101,,works,waterwork", 4, "waterwork"),
    ("duties.csv", "510101,,works,waterworks", "510101,,works,works", 4, "两次"),
    ("duties.csv", "@street,bylaw,,yes", "@street,bylaw,,no", 8, "不得分派给基层"),
    ("duties.csv", "@street,bylaw,,yes", "@village,bylaw,,yes", 8, "@village"),
    ("grids.geojson", '"street":"north-pine"', '"street":"north-oak"', 2, "north-oak"),
    ("grids.geojson", '"code":"G01"', '"code":"waterworks"', 2, "waterworks"),
    ("grids.geojson", '"district":"north"', '"district":"south"', 2, "south"),
    ("gazetteer.csv", "110.010000,north-pine", "110.010000,north-oak", 2, "north-oak"),
    ("gazetteer.csv", "白鹭里,白鹭小区", "白鹭里,松林菜场", 3, "松林菜场"),
    ("city.toml", 'policy = "plain"', 'policy = "fancy"', 6, "fancy"),
    ("city.toml", 'host_line = "8800"', 'host_line = "8801"', 11, "8801"),
    ("city.toml", '["5301"]', '["5399"]', 15, "5399"),
    ("city.toml", '["5301"]', "[]", 15, "回避"),
    ("city.toml", '["watchers", "townhall"]', '["watcher"]', 16, "watcher"),
    ("city.toml", '"townhall"]', '"townhall"]\n[patrols]\ngrid = ["5199"]', 18, "5199"),
    ("city.toml", '"townhall"]', '"townhall"]\n[patrols]\nvillage = ["5101"]', 17, "village"),
    ("policies/statutes.toml", '["5301"]', '["5399"]', 2, "5399"),
    ("corpus/51.csv", "5101,assistance,3,松林", "5109,assistance,3,松林", 2, "5109"),
    ("lexicon/flags.toml", "'燃气(泄漏|味)", "'燃气(泄漏|味", 13, "正则"),
    ("lexicon/flags.toml", "'着火|起火", "'着火|", 20, "空文字"),
    ("lexicon/flags.toml", "urgency = 2", "urgency = 9", 23, "urgency"),
    ("lexicon/handoffs.toml", '["人先撤到室外，我马上接通119。"]', "[]", 17, "话术"),
    ("lexicon/handoffs.toml", 'number = "119"', 'number = "1190"', 9, "1190"),
    ("lexicon/handoffs.toml", 'category = ""', 'category = "5999"', 1, "5999"),
    ("lexicon/scope.toml", "(法院|仲裁)", "(法院|仲裁", 4, "正则"),
    ("lexicon/scope.toml", "这件事依法由法院或仲裁机构处理，我把电话告诉您。", "", 2, "途径"),
    ("lexicon/language.toml", "south = [", "west = [", 19, "west"),
    ("lexicon/replies.toml", "何时|什么时候", "何时|", 4, "空文字"),
    ("lexicon/replies.toml", "不予(受理|补贴)", "不予(受理|补贴", 24, "正则"),
    ("lexicon/replies.toml", "请写明办理的结果。", "", 10, "advice"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "words"), REFERENCES)
def test_a_broken_reference_is_named_with_file_line_and_cure(
    broken: Breaker, file: str, old: str, new: str, line: int, words: str
) -> None:
    faults = errors(broken(file, old, new))
    assert any(
        (fault.file, fault.line) == (file, line) and words in fault.message and fault.cure for fault in faults
    ), [str(fault) for fault in faults]


COVERAGE = [
    ("duties.csv", "5901,,switchboard", "590101,,switchboard", "categories.csv", 13, "兜底职责"),
    ("duties.csv", "5202,,bylaw", "5202,north,bylaw", "categories.csv", 9, "兜底职责"),
    ("duties.csv", "2025-01-01,,建言", "2025-01-01,2026-12-31,建言", "categories.csv", 13, "长期有效"),
    (
        "duties.csv",
        "2025-01-01,,建言和致谢由总台转达\n",
        "2025-01-01,2025-06-30,旧\nT5901-1,2,5901,,salt,,,no,2025-08-01,,新\n",
        "categories.csv",
        13,
        "从2025-06-30之后到2025-08-01之前",
    ),
    (
        "duties.csv",
        "T5301-1",
        "T5301-2,2025.1,5301,,salt,,,no,2026-01-01,,也归盐务\nT5301-1",
        "duties.csv",
        10,
        "同时有效",
    ),
    (
        "duties.csv",
        "T5301-1",
        "T5301-1,2026.1,5301,north,salt,,,no,2026-01-01,,也归盐务\nT5301-1",
        "duties.csv",
        10,
        "两个版本",
    ),
    ("departments.csv", "north-cypress,柏溪坊", "north-elm,榆树坊", "departments.csv", 12, "没有一个网格"),
    ("grids.geojson", "[110.02,34.02],[110.02,34.04]", "[110.021,34.02],[110.021,34.04]", "grids.geojson", 3, "重叠"),
    ("grids.geojson", "[110.02,34.02],[110.02,34.04]", "[110.02,34.04],[110.02,34.02]", "grids.geojson", 2, "自相交"),
    ("gazetteer.csv", "34.030000,110.010000", "34.010000,110.010000", "gazetteer.csv", 2, "松林集市"),
    ("calendars/2026.toml", "year = 2026", "year = 2028", "calendars/2026.toml", 1, "文件名"),
    ("calendars/2026.toml", "year = 2026", "year = 2028", "calendars/2026.toml", 1, "缺少2026年"),
    ("calendars/2026.toml", "2026-10-10", "2026-10-12", "calendars/2026.toml", 6, "星期一"),
    ("calendars/2026.toml", "2026-10-10", "2026-10-02", "calendars/2026.toml", 5, "既是放假日又是"),
    ("calendars/2026.toml", "2026-05-01", "2027-05-01", "calendars/2026.toml", 5, "不在2026年"),
    ("calendars/2026.toml", "2026-05-01", "2026-01-01", "calendars/2026.toml", 5, "写了2次"),
    ("calendars/2026.toml", "announced = true", "announced = false", "calendars/2026.toml", 1, "却列了日期"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "where", "line", "words"), COVERAGE)
def test_a_gap_or_an_overlap_is_named(
    broken: Breaker, file: str, old: str, new: str, where: str, line: int, words: str
) -> None:
    faults = errors(broken(file, old, new))
    assert any((fault.file, fault.line) == (where, line) and words in fault.message for fault in faults), [
        str(fault) for fault in faults
    ]


def test_a_hole_between_grids_is_named_with_its_middle(broken: Breaker) -> None:
    ring = "[[110.0,34.02],[110.02,34.02],[110.02,34.04],[110.0,34.04],[110.0,34.02]]"
    left = "[[110.0,34.02],[110.005,34.02],[110.005,34.04],[110.0,34.04],[110.0,34.02]]"
    right = ring.replace("110.0,", "110.015,")
    text = (TINY / "grids.geojson").read_text(encoding="utf-8").splitlines()
    more = [text[1].replace("G01", "G1b").replace("松林社1格", "松林社乙格").replace(ring, right)]
    for code, low, high in (("G1c", 34.02, 34.025), ("G1d", 34.035, 34.04)):
        strip = f"[[110.005,{low}],[110.015,{low}],[110.015,{high}],[110.005,{high}],[110.005,{low}]]"
        more.append(text[1].replace("G01", code).replace("松林社1格", code).replace(ring, strip))
    folder = broken("grids.geojson", text[1], "\n".join([text[1].replace(ring, left), *more]))
    assert [fault.message for fault in errors(folder) if "空地" in fault.message] == [
        "松林社1格、松林社乙格、G1c之间有一块没有网格的空地（中心 34.03000,110.01000）"
    ]


def test_grids_that_do_not_touch_the_rest_raise_an_alarm(broken: Breaker) -> None:
    ring = "[[110.0,34.0],[110.04,34.0],[110.04,34.02],[110.0,34.02],[110.0,34.0]]"
    folder = broken("grids.geojson", ring, ring.replace("34.02", "34.01").replace("110.04", "110.03"))
    alarms = [fault for fault in check_city(folder) if fault.level is Level.ALARM]
    assert any("不相连" in fault.message for fault in alarms)


UNREAD = [
    ("policies/plain.toml", "[review]\nwithin", "[review]\nwhithin", 35, "whithin", "改为 within"),
    (
        "policies/plain.toml",
        "dispute_at = 2\n",
        "dispute_at = 2\ncomplex_within = 2\n",
        40,
        "complex_within",
        "designate_at",
    ),
    ("policies/plain.toml", 'promise = "6wd"', 'promise = "6wd"\nreplay = "4wd"', 25, "replay", "改为 reply"),
    ("policies/plain.toml", '{ times = 1, each = "2wd"', '{ times = 1, tmes = 2, each = "2wd"', 26, "tmes", "times"),
    ("policies/plain.toml", "[review]", '[desk]\nwithin = "1h"\n\n[review]', 34, "desk", "删去"),
    ("policies/statutes.toml", "tightens = false", 'tightens = false\ndecide = "3wd"', 10, "decide", "删去"),
]


@pytest.mark.parametrize(("file", "old", "new", "line", "name", "cure"), UNREAD)
def test_a_key_that_nothing_reads_is_named_with_file_line_and_cure(
    broken: Breaker, file: str, old: str, new: str, line: int, name: str, cure: str
) -> None:
    found = [fault for fault in errors(broken(file, old, new)) if "没有程序读取" in fault.message]
    assert [(fault.file, fault.line) for fault in found] == [(file, line)], found
    assert f"“{name}”" in found[0].message
    assert cure in found[0].cure


def test_a_section_is_found_though_a_field_before_it_bears_its_name(broken: Breaker) -> None:
    folder = broken("policies/plain.toml", "[send_back]\n", '[send_back]\nwithin = "1wd"\n')
    line = (folder / "policies/plain.toml").read_text(encoding="utf-8").splitlines().index("[send_back]") + 2
    assert [fault.line for fault in errors(folder)] == [line]


def test_every_key_of_a_policy_is_read_somewhere() -> None:
    """A record's field that no code looks at would make the check above a lie."""
    read = {
        node.attr
        for package in ("hotline", "models")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }
    records = [
        one for one in vars(sla).values() if isinstance(one, type) and issubclass(one, Struct) and one is not Struct
    ]
    assert len(records) > 10
    assert {name for one in records for name in one.__struct_fields__} <= read


def test_all_faults_are_collected_at_once_in_order(broken: Breaker) -> None:
    broken("departments.csv", "utility,works", "utility,wroks")
    broken("duties.csv", "5101,south,south", "5101,salt,south")
    broken("lexicon/flags.toml", "[gas]", "[fumes]")
    folder = broken("lines.csv", "8833,盐务服务台,subcenter", "8833,盐务服务台,sideways")
    faults = check_city(folder)
    assert {"departments.csv", "duties.csv", "lexicon/flags.toml", "lines.csv"} <= {
        fault.file for fault in faults if fault.level is Level.ERROR
    }
    assert faults == sorted(faults, key=lambda fault: (fault.file, fault.line))


def test_a_year_not_yet_announced_is_an_alarm(broken: Breaker) -> None:
    broken("calendars/2027.toml", "announced = true", "announced = false")
    text = (broken("calendars/2027.toml", "2027", "2027") / "calendars/2027.toml").read_text(encoding="utf-8")
    folder = broken("calendars/2027.toml", text[text.index("holidays") :], "holidays = []\n")
    found = [fault for fault in check_city(folder) if fault.file == "calendars/2027.toml"]
    assert [fault.level for fault in found] == [Level.ALARM]
    assert found[0].message == "2027年的放假安排尚未公布，跨入该年的期限暂按每日计，只早不晚"
    this_year = [fault for fault in check_city(folder, date(2027, 2, 1)) if fault.level is Level.ERROR]
    assert any(fault.message.endswith("还是未公布，工作日期限暂按每日计，只早不晚") for fault in this_year)


def test_an_unannounced_year_before_an_announced_one_cannot_be_counted(broken: Breaker) -> None:
    folder = broken("calendars/2026.toml", "announced = true", "announced = false")
    found = [fault.message for fault in check_city(folder) if fault.level is Level.ALARM]
    assert "2026年的放假安排尚未公布，跨入该年的期限无法计算" in found


@pytest.mark.parametrize(
    ("today", "level"), [(date(2027, 6, 1), Level.ALARM), (date(2028, 6, 1), Level.ERROR), (date(2026, 6, 1), None)]
)
def test_the_calendar_must_reach_into_the_next_year(today: date, level: Level | None) -> None:
    found = [fault for fault in check_city(TINY, today) if fault.file == "calendars/2028.toml"]
    assert [fault.level for fault in found] == ([level] if level else [])


def test_a_category_with_too_few_texts_is_an_alarm() -> None:
    alarms = [fault.message for fault in check_city(TINY) if fault.file == "categories.csv"]
    assert "分类“5201 自来水”只有 13 条语料" in alarms


def test_the_same_text_under_two_categories_is_an_alarm(broken: Breaker) -> None:
    text = "整栋楼从早上停水到现在，一滴水都没有"
    folder = broken("corpus/51.csv", "松林一路中间有个大坑，骑车差点摔倒，麻烦派人补一下", f"望湖苑{text}")
    alarms = [fault for fault in check_city(folder) if fault.file == "corpus/52.csv"]
    assert [(fault.line, fault.level) for fault in alarms] == [(2, Level.ALARM)]
    assert "标成了不同分类" in alarms[0].message


def test_a_flag_without_a_rule_is_an_alarm() -> None:
    assert any("“threat”" in fault.message for fault in check_city(TINY) if fault.level is Level.ALARM)


def test_a_gravest_flag_without_a_handoff_is_an_alarm(broken: Breaker) -> None:
    folder = broken("lexicon/flags.toml", "urgency = 2", "urgency = 1")
    assert any("却没有紧急转接" in fault.message for fault in check_city(folder))


def test_a_line_that_nobody_answers_after_hours_is_an_alarm(broken: Breaker) -> None:
    folder = broken("lines.csv", "07:00-19:00,8800", "07:00-19:00,")
    found = [fault for fault in check_city(folder) if fault.file == "lines.csv"]
    assert [(fault.line, fault.level) for fault in found] == [(3, Level.ALARM)]


def test_a_folder_that_is_none_is_reported_and_not_raised(tmp_path: Path) -> None:
    assert errors(tmp_path / "nowhere")


def test_every_message_says_in_chinese_where_and_how(broken: Breaker) -> None:
    folder = broken("departments.csv", "utility,works", "utility,wroks")
    fault = errors(folder)[0]
    assert str(fault) == ("departments.csv 第8行：上级单位“wroks”不存在。改法：改为 departments.csv 中的代码。")


def test_a_line_of_a_seat_group_that_the_file_does_not_have_is_named(broken: Breaker) -> None:
    folder = broken("lines.csv", "parallel,waterworks,pipes", "parallel,waterworks,pumps")
    (folder / "seat_groups.csv").write_text("code,name,languages\nfront,总台,\npipes,水务,\n", encoding="utf-8")
    (fault,) = errors(folder)
    assert (fault.file, fault.line) == ("lines.csv", 4)
    assert "pumps" in fault.message


def test_a_term_of_seats_that_nothing_reads_is_refused(broken: Breaker) -> None:
    folder = broken("city.toml", "recusal_departments", "[seats]\ntake_within = 20\n#")
    (fault,) = errors(folder)
    assert fault.file == "city.toml"
    assert "take_within" in fault.message


@pytest.mark.parametrize(
    ("within", "after", "is_sound"),
    [
        ("11d", "10d", False),
        ("10d", "10d", True),
        ("240h", "10d", True),
        ("8wd", "10d", False),
        ("8wd", "40d", True),
        ("10d", "10wd", True),
    ],
)
def test_what_may_still_be_asked_for_again_is_not_archived(
    broken: Breaker, within: str, after: str, *, is_sound: bool
) -> None:
    broken("policies/plain.toml", 'within = "10d"', f'within = "{within}"')
    folder = broken("policies/plain.toml", 'after = "10d"', f'after = "{after}"')
    found = [(fault.file, fault.line) for fault in errors(folder)]
    assert found == ([] if is_sound else [("policies/plain.toml", 66)])
