"""公开电话台账变更公告: which numbers of the public register came, went or changed."""

from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from models.labels import LABELS
from models.line import Line

# What the public is told of a line; seat groups and where records are kept are our own business.
_TOLD: Final = {
    "name": "名称",
    "integration": "接入方式",
    "department": "单位",
    "hours": "服务时间",
    "overflow_to": "无人接听时转接",
    "script": "告知内容",
    "purpose": "受理内容",
}


class Announcement(Struct, frozen=True, kw_only=True):
    """One number that was added, removed or changed; `details` are Chinese phrases on what was so and is so now."""

    line: str
    name: str
    change: str
    details: tuple[str, ...] = ()


def announcements(
    old: Mapping[str, Line], new: Mapping[str, Line], departments: Mapping[str, str]
) -> Iterator[Announcement]:
    """Yield what changed between two registers, in the order of the old one, then of the new; departments by name."""
    for number in dict.fromkeys((*old, *new)):
        before, after = old.get(number), new.get(number)
        if after is None:
            yield Announcement(line=number, name=old[number].name, change="removed")
        elif before is None:
            yield Announcement(line=number, name=after.name, change="added", details=_added(after))
        elif details := tuple(_changed(before, after, departments)):
            yield Announcement(line=number, name=after.name, change="changed", details=details)


def _added(line: Line) -> tuple[str, ...]:
    return tuple(phrase for phrase in (line.purpose, f"服务时间 {line.hours}") if phrase)


def _changed(before: Line, after: Line, departments: Mapping[str, str]) -> Iterator[str]:
    names = {**departments, **LABELS["integration"]}
    for field, label in _TOLD.items():
        was, now = getattr(before, field) or "无", getattr(after, field) or "无"
        if was != now:
            yield f"{label}：{names.get(was, was)} → {names.get(now, now)}"
