"""The sections of a report that come of daily counts: indicators, what came in, the three rates by class, exclusions."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline import indicators
from hotline.hub import Hub
from models.calendar import CHINA_TIME
from models.indicators import NONE, RATES, figures
from models.labels import LABELS
from models.report import Cell, Chart, Column, Section, Table, before, written
from models.store import exclusions
from models.store import indicators as store
from models.store.database import Session

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from models.indicators import Count, Counted, DepartmentClass, Indicator, Standing

DAY: Final = timedelta(days=1)
# A picture of one day would be a point: it is shown with those before it.
FEWEST_DAYS: Final = 14
MOST_ROWS: Final = 15
MOST_BARS: Final = 12
# Two bars tell nothing that their table does not.
FEWEST_BARS: Final = 3
AXES: Final = (
    ("channel", "按渠道", "渠道", "requests"),
    ("kind", "按诉求类型", "诉求类型", "requests"),
    ("category", "按事项分类", "事项", "requests"),
    ("district", "按区县", "区县", "requests"),
    ("line", "按热线号码", "热线", "calls_asked"),
)
PICTURES: Final = frozenset({"category", "district"})


class Period(Struct, frozen=True, kw_only=True):
    """What a report is made of: the days, both meant, and how things stand now."""

    hub: Hub
    session: Session
    first: date
    last: date
    now: datetime

    @property
    def since(self) -> datetime:
        """The first moment."""
        return datetime.combine(self.first, time(), CHINA_TIME)

    @property
    def until(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + DAY, time(), CHINA_TIME)


async def overview(period: Period) -> Section:
    """What the days were like, and every indicator beside its target and the days before."""
    counted, past = await both(period)
    meant = period.hub.city.indicators
    now_by, past_by = ({one.code: one for one in figures(meant, by)} for by in (counted, past))
    rows: list[tuple[Cell, ...]] = []
    for side in meant.dimensions:
        for one in (one for one in meant.indicators if one.dimension == side.code):
            figure = now_by[one.code]
            met = {None: "", True: "达标", False: "未达标"}[figure.is_met]
            cells = (shown(one, figure.value), shown(one, past_by[one.code].value))
            target = "" if one.target is None else shown(one, one.target)
            rows.append((side.name, one.name, *cells, target, met, f"{figure.numerator}/{figure.denominator}"))
    names = (("维度", 6), ("指标", 12), ("本期", 7), ("上期", 7), ("目标", 7), ("是否达标", 5), ("分子/分母", 8))
    table = Table(columns=tuple(Column(name, width=width) for name, width in names), rows=tuple(rows))
    return Section(title="总体情况", words=_in_words(counted, past), table=table)


def _in_words(counted: Counted, past: Counted) -> tuple[str, ...]:
    def n(name: str) -> int:
        return counted.get(name, NONE).n

    came = f"本期来件{n('requests')}件{_compared(n('requests'), past.get('requests', NONE).n)}"
    calls = f"请求人工来话{n('calls_asked')}通，接听{n('calls_answered')}通"
    ends = (
        f"结束工单{n('ended')}件，其中办结{n('ended_closed')}件、直办{n('ended_answered')}件、并单{n('ended_merged')}件"
    )
    parts = f"派出主办件{n('dispatched')}件，退单成立{n('sent_back')}件，重办{n('redone')}件"
    return (f"{came}；{calls}。", f"{ends}。{parts}。", "没有到期或没有发生的，以“无”表示，不按0或100%计。")


def _compared(now: int, past: int) -> str:
    if not past:
        return "（上期没有来件）"
    change = now / past - 1
    return "，与上期持平" if not change else f"，比上期{'增加' if change > 0 else '减少'}{abs(change):.1%}"


async def day_by_day(period: Period) -> Section:
    """What came in day by day, calls beside requests."""
    first = min(period.first, period.last - (FEWEST_DAYS - 1) * DAY)
    days = [first + n * DAY for n in range((period.last - first).days + 1)]
    requests = await store.by_day(period.session, "requests", first, period.last)
    calls = await store.by_day(period.session, "calls_asked", first, period.last)
    series = tuple(
        (name, tuple(float(by.get(day, NONE).n) for day in days)) for name, by in (("来件", requests), ("来话", calls))
    )
    chart = Chart(kind="line", title="每日来件与来话", labels=tuple(f"{day:%m-%d}" for day in days), series=series)
    words = () if len(days) == (period.last - period.first).days + 1 else (f"图中含此前各日，共{len(days)}天。",)
    return Section(title="每日来件量", words=words, chart=chart)


async def by_axes(period: Period) -> list[Section]:
    """What came in by channel, kind, category, district and line; the largest first, beside the days before."""
    found = []
    for axis, title, heading, name in AXES:
        now = await _along(period, axis, name, period.first, period.last)
        past = await _along(period, axis, name, *before(period.first, period.last))
        whole, keys = sum(now.values()), sorted(now, key=lambda key, now=now: (-now[key], key))[:MOST_ROWS]  # type: ignore[misc]
        rows = tuple(
            (
                name_of(period.hub, axis, key),
                now[key],
                now[key] / whole,
                past.get(key, 0),
                _change(now[key], past.get(key)),
            )
            for key in keys
        )
        shown_bars = rows[:MOST_BARS]
        chart = Chart(
            kind="bar",
            title=f"来件{title}（件）",
            labels=tuple(str(row[0]) for row in shown_bars),
            series=(("来件", tuple(float(row[1]) for row in shown_bars)),),
        )
        unit = "来话" if name == "calls_asked" else "来件"
        columns = (
            Column(heading, width=14),
            Column(unit, "count"),
            Column("占比", "share"),
            Column("上期", "count"),
            Column("增减", "share"),
        )
        found.append(
            Section(
                title=f"{unit}{title}",
                words=(f"本期没有{unit}。",) if not rows else (),
                chart=chart if axis in PICTURES and len(rows) >= FEWEST_BARS else None,
                table=Table(columns=columns, rows=rows),
            )
        )
    return found


async def by_class(period: Period) -> list[Section]:
    """The three rates of each class of departments: a league within it, and none over all."""
    found = []
    for meant in period.hub.city.indicators.classes:
        rows = await indicators.standings(period.hub, period.session, meant, period.first, period.last)
        found.append(_league(period.hub, meant, [one for one in rows if any(rate.denominator for rate in one.rates)]))
    return found


def _league(hub: Hub, meant: DepartmentClass, rows: list[Standing]) -> Section:
    columns = [Column("名次", width=5), Column("单位", width=10), Column("得分", "number", 5)]
    for code in RATES:
        one = hub.city.indicators.of_code(code)
        columns += [Column(one.name if one else code, "share", 5), Column("样本", "count", 4)]
    columns.append(Column("已剔除", "count", 4))
    cells = tuple(
        (
            "不排名" if one.rank is None else str(one.rank),
            hub.department_name(one.department),
            one.score,
            *(cell for rate in one.rates for cell in (rate.value, rate.denominator)),
            max(rate.excluded for rate in one.rates),
        )
        for one in rows
    )
    ranked = [one for one in rows if one.rank is not None]
    chart = Chart(
        kind="bar",
        title=f"{meant.name}三率得分（满分100）",
        labels=tuple(hub.department_name(one.department) for one in ranked[:MOST_BARS]),
        series=(("得分", tuple(one.score or 0.0 for one in ranked[:MOST_BARS])),),
    )
    few = len(rows) - len(ranked)
    words = ["本期没有到期的承办件。"] if not rows else []
    if few:
        words.append(f"其中{few}个单位某一率的样本不足{hub.city.indicators.smallest}件，只列出、不排名。")
    return Section(
        title=f"三率：{meant.name}",
        words=tuple(words),
        chart=chart if len(ranked) >= FEWEST_BARS else None,
        table=Table(columns=tuple(columns), rows=cells),
    )


async def left_out(period: Period) -> Section:
    """How much is excluded, by department and reason: what the public count shows."""
    rows = await exclusions.figures(period.session, period.since, period.until)
    names = {one.code: one.name for one in period.hub.city.indicators.exclusion_reasons}
    by: dict[tuple[str, str], dict[str, int]] = {}
    for row in rows:
        by.setdefault((row.department, row.reason), {})[row.state] = row.n
    cells: list[tuple[Cell, ...]] = []
    for (unit, reason), n in by.items():
        whose = period.hub.department_name(unit) if unit else "未派单"
        cells.append((whose, names.get(reason, reason), *(n.get(state, 0) for state in exclusions.STATES)))
    heads = ("单位", "剔除事由", "待审定", "已剔除", "不予剔除", "已撤销")
    columns = tuple(Column(name, "text" if n < 2 else "count", 10 if n < 2 else 5) for n, name in enumerate(heads))
    granted = sum(row.n for row in rows if row.state == "granted")
    words = (f"本期申请剔除{sum(row.n for row in rows)}件，其中已剔除{granted}件；剔除只影响统计，不影响办理。",)
    return Section(title="剔除公示", words=words, table=Table(columns=columns, rows=tuple(cells)))


async def both(period: Period) -> tuple[dict[str, Count], dict[str, Count]]:
    """Return what was counted of the whole city in these days, and in as many days before."""
    now = await indicators.whole_city(period.session, period.first, period.last)
    return now, await indicators.whole_city(period.session, *before(period.first, period.last))


def shown(meant: Indicator, value: float | None) -> str:
    """Write a value as people read it."""
    return written(value, "share") if meant.unit == "share" else written(value, "number")


def name_of(hub: Hub, axis: str, key: str) -> str:
    """Return what a key of an axis is called."""
    names: Mapping[str, Callable[[str], str]] = {
        "channel": lambda code: LABELS["channel"].get(code, code),
        "kind": lambda code: LABELS["kind"].get(code, code),
        "category": hub.category_name,
        "district": hub.department_name,
        "department": hub.department_name,
        "line": lambda number: f"{number} {hub.city.lines[number].name}" if number in hub.city.lines else number,
    }
    return names.get(axis, str)(key) or "未知"


async def _along(period: Period, axis: str, name: str, first: date, last: date) -> dict[str, int]:
    counted = await store.sums(period.session, axis, first, last)
    return {key: one[name].n for key, one in counted.items() if name in one}


def _change(now: int, past: int | None) -> float | None:
    return now / past - 1 if past else None
