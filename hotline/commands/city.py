"""hotline city check | diff | load."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final

from hotline.announcement import take_over
from hotline.commands.installation import with_session
from hotline.commands.knowledge import CITY
from models.city_check import check_city
from models.city_diff import Change, Difference, differences
from models.city_files import read_city, read_folder
from models.city_knowledge import read_knowledge
from models.errors import InvalidRequest
from models.store import knowledge

if TYPE_CHECKING:
    from pathlib import Path

    from hotline.config import Settings
    from models.city_files import CityFolder
    from models.store.database import Session

WORDS: Final = {Change.ADDED: "新增", Change.REMOVED: "删除", Change.CHANGED: "变更"}
HEADINGS: Final = {
    "departments.csv": "承办单位",
    "lines.csv": "热线号码",
    "categories.csv": "事项分类",
    "duties.csv": "派单目录",
    "office_hours.csv": "办公时间",
    "rosters.csv": "值班",
    "grids.geojson": "网格",
    "gazetteer.csv": "地名",
    "city.toml": "城市设置",
    "dangers.csv": "险情语料",
    "policies/statutes.toml": "法定期限",
    "policies": "时限政策",
    "calendars": "放假安排",
    "lexicon": "词库",
    "corpus": "语料",
}
OTHER: Final = "其他文件"
ORDER: Final = (*HEADINGS.values(), OTHER)


def check(folder: Path) -> int:
    """Print every fault; 1 where one of them is an error."""
    faults = check_city(folder, datetime.now(UTC).date())
    for fault in faults:
        print(f"{fault.level}\t{fault.file}:{fault.line}\t{fault.message}\t改法：{fault.cure}")
    errors = sum(1 for fault in faults if fault.level == "error")
    print(f"{folder}：{errors}处错误，{len(faults) - errors}处提醒")
    return 1 if errors else 0


def diff(old: Path, new: Path) -> int:
    """Print what is different between two folders, group by group; 1 where anything is."""
    found = differences(_sound(old), _sound(new))
    for heading, group in groupby(sorted(found, key=lambda one: ORDER.index(_heading(one))), _heading):
        told = list(group)
        counts = (f"{word}{n}" for change, word in WORDS.items() if (n := sum(one.change is change for one in told)))
        print(f"【{heading}】{'，'.join(counts)}")
        for one in told:
            print(f"  {_line(one)}")
    print(f"{old} → {new}：{f'{len(found)}处不同' if found else '没有不同'}")
    return 1 if found else 0


def _sound(folder: Path) -> CityFolder:
    read = read_folder(folder)
    if read.faults:
        raise InvalidRequest(f"{folder}：{read.faults[0]}请先用 hotline city check {folder} 找出全部错误")
    return read


def _heading(one: Difference) -> str:
    return HEADINGS.get(one.file) or HEADINGS.get(one.file.partition("/")[0]) or OTHER


def _line(one: Difference) -> str:
    where = f"{one.file}:{one.line}" if one.line else one.file
    said = " ".join(word for word in (WORDS[one.change], where, one.id, one.name) if word)
    return f"{said}：{'；'.join(one.details)}" if one.details else said


def load(settings: Settings, folder: Path) -> int:
    """Keep a sound folder as the newest version; the hub takes it over when it starts."""
    if check(folder):
        return 1
    city, entries = read_city(folder), read_knowledge(folder)
    changed: list[int] = []

    async def job(session: Session) -> int:
        changed.append(await take_over(session, city, datetime.now(UTC)))
        return await knowledge.seed(session, entries, CITY, datetime.now(UTC))

    new = with_session(settings, job)
    print(f"已载入 {city.name} {city.version}，新增知识条目{new}个，公告号码变更{changed[-1]}条")
    return 0
