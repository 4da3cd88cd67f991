"""hotline indicators | indicators recount: what the city comes to, and counting all of it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from hotline import indicators
from hotline.commands.installation import with_hub
from models.indicators import COUNTS, ENDS, NONE, Figure, figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.indicators import Count, Indicator, Indicators


def show(settings: Settings, first: date | None, last: date | None, *, as_json: bool) -> int:
    """Print counts and indicators of some days, all that there are where none are named; 1 where the ends do not add up."""

    async def job(hub: Hub) -> int:
        until = last or hub.today()
        since = first or until.replace(year=until.year - 1, day=1)
        await indicators.count(hub)
        counted = await hub.database.read(lambda session: indicators.whole_city(session, since, until))
        found = figures(hub.city.indicators, counted)
        if as_json:
            print(msgspec.json.encode(_told(since, until, counted, found)).decode())
        else:
            print("\n".join(_lines(hub.city.indicators, counted, found)))
        return 0 if _balance(counted) else 1

    return with_hub(settings, job)


def recount(settings: Settings) -> int:
    """Count everything that there ever was anew."""

    async def job(hub: Hub) -> int:
        await indicators.count_all(hub)
        print("已从工单、承办、来话和回访重新统计全部日期的指标")
        return 0

    return with_hub(settings, job)


def shown(meant: Indicator, value: float | None) -> str:
    """Write a value as people read it; 无 where nothing was due."""
    if value is None:
        return "无"
    return f"{value:.1%}" if meant.unit == "share" else f"{value:.1f}个工作日"


def _balance(counted: Mapping[str, Count]) -> bool:
    return counted.get("ended", NONE).n == sum(counted.get(name, NONE).n for name in ENDS)


def _told(first: date, last: date, counted: Mapping[str, Count], found: list[Figure]) -> dict[str, Any]:
    return {
        "first": first,
        "last": last,
        "counts": {name: counted.get(name, NONE).n for name in COUNTS},
        "excluded": {name: one.excluded for name, one in counted.items() if one.excluded},
        "figures": {one.code: one.value for one in found},
    }


def _lines(meant: Indicators, counted: Mapping[str, Count], found: list[Figure]) -> list[str]:
    lines = [f"{words}\t{counted.get(name, NONE).n}" for name, words in COUNTS.items()]
    by_code = {one.code: one for one in found}
    for side in meant.dimensions:
        lines.append(f"\n{side.name}")
        for one in (one for one in meant.indicators if one.dimension == side.code):
            target = "" if one.target is None else f"\t目标 {shown(one, one.target)}"
            figure = by_code[one.code]
            lines.append(f"{one.name}\t{shown(one, figure.value)}\t{figure.numerator}/{figure.denominator}{target}")
    return lines
