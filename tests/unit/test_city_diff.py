import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hotline.commands import city
from models.city_diff import Change, Difference, differences
from models.city_files import read_folder
from models.errors import InvalidRequest

TINY = Path(__file__).parents[1] / "cities/tiny"
Breaker = Callable[[str, str, str], Path]


@pytest.fixture
def changed(tmp_path: Path) -> Breaker:
    folder = tmp_path / "city"
    shutil.copytree(TINY, folder)

    def change(file: str, old: str, new: str) -> Path:
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change


def found(folder: Path) -> list[Difference]:
    return differences(read_folder(TINY), read_folder(folder))


def test_the_same_city_has_no_difference() -> None:
    assert found(TINY) == []


DUTY = "T5101-1,2025.1,5101,,works,,@district,no,2025-01-01,,路面由工务署养护\n"
CASES = [
    ("duties.csv", DUTY, DUTY.replace(",works,,@district,no,", ",bylaw,works,,yes,"), "T5101-1@2025.1",
     ("主办 工务署(works) → 街容署(bylaw)", "协办 无 → 工务署(works)", "抄送 @district → 无", "可否派基层 否 → 是")),
    ("duties.csv", "2025-01-01,2026-06-30", "2025-02-01,", "T5101-2@2025.1",
     ("起 2025-01-01 → 2025-02-01", "止 2026-06-30 → 无")),
    ("departments.csv", "工务署", "工程署", "works", None),
    ("lines.csv", "07:00-19:00,8800", "06:00-19:00,8800", "8811", ("服务时间 07:00-19:00 → 06:00-19:00",)),
    ("categories.csv", "坑洼 塌陷", "坑洼", "5101", ("例词 坑洼、塌陷、人行砖松动 → 坑洼、人行砖松动",)),
    ("city.toml", 'policy = "plain"', 'policy = "plain"\ncatch_all_categories = ["5101"]', "",
     None),
    ("lexicon/flags.toml", "不想活|自杀", "不想活", "suicide", ("规则 1条 → 1条（增1，减1）",)),
    ("lexicon/scope.toml", "请联系当地的市民总台", "请拨打当地的总台", "N9", ("告知的途径",)),
    ("lexicon/language.toml", '"嗯", "那个"', '"嗯"', "", ("口头语减少 那个",)),
    ("lexicon/replies.toml", "'高度重视'", "'高度重视', '关心'", "", ("空话 1条 → 2条（增1，减0）",)),
    ("lexicon/replies.toml", "returns = false", "returns = true", "", ("质检项目 没有依据",)),
    ("policies/statutes.toml", "statutes", "statutes", None, None),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "own", "details"), CASES)
def test_what_changed_is_named_with_file_and_id(
    changed: Breaker, file: str, old: str, new: str, own: str | None, details: tuple[str, ...] | None
) -> None:
    differing = found(changed(file, old, new))
    if own is None:
        assert differing == []
        return
    (one,) = differing
    assert (one.file, one.id, one.change) == (file, own, Change.CHANGED)
    if details is not None:
        assert one.details == details


def test_rows_that_came_and_went_are_named_with_their_lines(changed: Breaker) -> None:
    row = "T5202-2,2025.1,5202,,bylaw,,,yes,2025-01-01,,地点不明的垃圾收运由街容署承接"
    folder = changed("duties.csv", row, row.replace("2025.1", "2026.1"))
    gone, new = sorted(found(folder), key=lambda one: one.id)
    assert (gone.id, gone.change, gone.line) == ("T5202-2@2025.1", Change.REMOVED, 9)
    assert (new.id, new.change, new.line, new.name) == (
        "T5202-2@2026.1", Change.ADDED, 9, "垃圾收运（街容署主办）"
    )  # fmt: skip


def test_a_limit_is_told_with_the_matters_that_it_holds_for(changed: Breaker) -> None:
    text = (TINY / "policies/plain.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("reply = "))
    (one,) = found(changed("policies/plain.toml", line, 'reply = "11h"'))
    assert (one.file, one.id, one.name) == ("policies/plain.toml", "", read_folder(TINY).policies[one.file].name)
    (told,) = one.details
    assert told == "特急（各类）；紧急（各类）：答复 6小时 → 11小时"


def test_other_terms_of_a_policy_are_told_by_their_place_in_the_file(changed: Breaker) -> None:
    text = (TINY / "policies/plain.toml").read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("attempts = "))
    (one,) = found(changed("policies/plain.toml", line, "attempts = 9"))
    assert one.details == (f"follow_up.attempts {line.removeprefix('attempts = ')} → 9",)


def test_days_of_a_year_are_named(changed: Breaker) -> None:
    folder = changed("calendars/2026.toml", "2026-10-10", "2026-10-11")
    (one,) = found(folder)
    assert (one.file, one.name) == ("calendars/2026.toml", "2026年")
    assert one.details == ("调休上班日增加 2026-10-11", "调休上班日减少 2026-10-10")


def test_of_places_grids_and_rosters_only_the_numbers_are_told(changed: Breaker) -> None:
    folder = changed("rosters.csv", "联络员", "联系人")
    lines = (folder / "gazetteer.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "gazetteer.csv").write_text("".join(lines[:-1]), encoding="utf-8")
    places, rosters = found(folder)
    assert (places.name, places.details) == ("地名", ("10 → 9：新增0，减少1，变更0",))
    assert (rosters.name, rosters.details) == ("值班", ("4 → 4：新增1，减少1，变更0",))


def test_a_file_that_changes_no_rule_is_told_as_a_file(changed: Breaker) -> None:
    folder = changed("corpus/51.csv", "差点摔倒", "摔倒了")
    changed("lexicon/flags.toml", "只够测试用", "够测试用")
    (folder / "held_out.csv").write_text("id\n")
    corpus, held_out, flags = found(folder)
    assert (corpus.file, corpus.id, corpus.details[0][-7:]) == ("corpus/51.csv", "", "模型将重新学习")
    assert (held_out.file, held_out.change) == ("held_out.csv", Change.ADDED)
    assert (flags.file, flags.change) == ("lexicon/flags.toml", Change.CHANGED)
    assert "没有影响规则" in flags.details[0]


def test_the_command_tells_by_its_exit_whether_anything_differs(
    changed: Breaker, capsys: pytest.CaptureFixture[str]
) -> None:
    assert city.diff(TINY, TINY) == 0
    assert "没有不同" in capsys.readouterr().out
    folder = changed("duties.csv", ",5201,,waterworks,", ",5201,,works,")
    assert city.diff(TINY, folder) == 1
    heading, line, last = capsys.readouterr().out.splitlines()
    assert heading == "【派单目录】变更1"
    assert line.startswith("  变更 duties.csv:7 T5201-1@2025.1 自来水")
    assert line.endswith("主办 自来水厂(waterworks) → 工务署(works)")
    assert last.endswith("1处不同")


def test_a_folder_with_faults_is_not_compared(changed: Breaker) -> None:
    folder = changed("duties.csv", "2025-01-01", "gestern")
    with pytest.raises(InvalidRequest, match=r"duties\.csv 第2行.*city check"):
        city.diff(TINY, folder)
