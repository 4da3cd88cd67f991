"""The sections of a report that tell how things stand when it is made: backlog, what is overdue, topics, what comes, advice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hotline import forecast
from hotline.report_figures import FEWEST_BARS, MOST_BARS, both, name_of, shown
from models.calendar import CHINA_TIME
from models.errors import NotFound
from models.indicators import figures
from models.labels import LABELS
from models.report import Chart, Column, Section, Table
from models.store import backlog, reports, waves
from models.ticket import number_of

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.forecast import Outlook
    from hotline.hub import Hub
    from hotline.report_figures import Period
    from models.store.reports import Late
    from models.surge import Surge

MOST_LATE: Final = 40
MOST_TOPICS: Final = 20
# What takes longer than this at the pace of the last four weeks, or is this much over its target, is worth a sentence.
LONG_TO_CLEAR: Final = 10.0
OVER: Final = {"day": "当日", "week": "近七天"}
WHY_LATE: Final = {
    "send_back_undecided": "退单待裁",
    "not_signed_off": "已反馈未签发",
    "not_acknowledged": "未签收",
    "deferred_too_long": "挂账到期未办",
    "extended_and_late": "延期后仍未办结",
    "not_contacted": "已签收未联系诉求人",
    "in_progress": "办理中",
}


async def standing(period: Period) -> Section:
    """The backlog, net and gross, of the city and of the departments that have any."""
    found = await backlog.figures(period.session, period.now)
    rows = tuple(
        (period.hub.department_name(one["department"]), one["open"], one["backlog_net"], one["backlog_gross"])
        for one in found["departments"]
        if one["backlog_gross"]
    )
    stuck = found["stuck"]
    words = (
        (
            f"截至编制时，在办工单{found['open']}件，一天内到期{found['due_within_a_day']}件；"
            f"积压净值{found['backlog']['net']}件，毛值{found['backlog']['gross']}件，批准延期、挂账、暂停{found['overdue_excused']}件。"
        ),
        (
            f"超过时限仍停留：待人工派单{found['on_desk_past_limit']}件，待审核{stuck['in_review']}件，"
            f"回访{stuck['in_follow_up']}件，退单待裁{stuck['in_send_back']}件。"
        ),
    )
    chart = Chart(
        kind="bar",
        title="积压承办件（净值）",
        labels=tuple(row[0] for row in rows[:MOST_BARS]),
        series=(("净值", tuple(float(row[2]) for row in rows[:MOST_BARS])),),
    )
    columns = (Column("单位", width=12), Column("在办", "count"), Column("净值", "count"), Column("毛值", "count"))
    return Section(
        title="积压",
        words=words,
        chart=chart if len(rows) >= FEWEST_BARS else None,
        table=Table(columns=columns, rows=rows),
    )


async def late(period: Period) -> Section:
    """What is overdue, the longest first, with the reason that its state tells."""
    found = await reports.overdue(period.session, period.now, MOST_LATE)
    total = found[0].total if found else 0
    words = [f"办理期限已过、尚未签发的承办件共{total}件。"]
    if total > len(found):
        words.append(f"以下列出超期最久的{len(found)}件，其余见承办单位工作清单。")
    columns = (
        Column("工单号", width=10),
        Column("单位", width=7),
        Column("事项", width=9),
        Column("紧急程度", width=5),
        Column("应办结时间", width=8),
        Column("超期天数", "number", 5),
        Column("原因", width=9),
    )
    rows = tuple(_late(period.hub, one, period.now) for one in found)
    return Section(title="超期承办件及原因", words=tuple(words), table=Table(columns=columns, rows=rows))


def _late(hub: Hub, one: Late, now: datetime) -> tuple[str | float, ...]:
    return (
        number_of(one.ticket_id),
        hub.department_name(one.department),
        hub.category_name(one.category),
        LABELS["urgency"][str(one.urgency)],
        f"{one.reply_by.astimezone(CHINA_TIME):%m-%d %H:%M}",
        (now - one.reply_by).total_seconds() / 86_400,
        WHY_LATE[one.reason],
    )


async def topics(period: Period) -> Section:
    """Waves with new tickets in these days (群体、热点), and what brings more than its past explains."""
    found = await waves.page(period.session, None, MOST_TOPICS, 1)
    rows = tuple(
        (
            one.sentence,
            one.place or "",
            period.hub.category_name(one.category),
            one.tickets,
            one.callers,
            f"{one.first_at.astimezone(CHINA_TIME):%m-%d %H:%M}",
        )
        for one in found
        if one.last_at >= period.since and one.first_at < period.until
    )
    columns = (
        Column("反映", width=20),
        Column("地点", width=8),
        Column("事项", width=8),
        Column("工单", "count", 4),
        Column("来电人", "count", 4),
        Column("最早", width=7),
    )
    told = await outlook(period.hub)
    words = [f"相似诉求成群的共{len(rows)}起。" if rows else "本期没有相似诉求成群。"]
    words += [_surge(period.hub, one) for one in (told.volume.surges if told else [])][:MOST_BARS]
    return Section(title="热点、群体诉求", words=tuple(words), table=Table(columns=columns, rows=rows))


def _surge(hub: Hub, one: Surge) -> str:
    what, when = series_name(hub, one.kind, one.code), OVER[one.over]
    return f"{what}{when}来件{one.came}件，超出预期的{one.expected:.0f}件（上限{one.high:.0f}件）。"


async def incidents(period: Period) -> Section:
    """Incidents that were open in these days, with how many callers are attached."""
    found = await reports.incidents(period.session, period.since, period.until)
    rows = tuple(
        (
            one.title,
            number_of(one.lead),
            f"{one.opened_at.astimezone(CHINA_TIME):%m-%d %H:%M}",
            f"{one.closed_at.astimezone(CHINA_TIME):%m-%d %H:%M}" if one.closed_at else "处置中",
            one.attached,
            one.reports,
        )
        for one in found
    )
    columns = (
        Column("事件", width=16),
        Column("主件", width=10),
        Column("开启", width=7),
        Column("结束", width=7),
        Column("并入诉求", "count", 5),
        Column("报告领导（次）", "count", 6),
    )
    words = (f"处置中或本期结束的突发、群体事件{len(rows)}起。" if rows else "本期没有突发、群体事件。",)
    return Section(title="突发、群体事件", words=words, table=Table(columns=columns, rows=rows))


async def ahead(period: Period) -> list[Section]:
    """The next seven days and what departments can do against it; why nothing is said where the past is too short."""
    found = await outlook(period.hub)
    if found is None or not found.volume.series:
        reason = "尚未做过预测" if found is None else found.volume.reason or "资料不足"
        return [Section(title="未来七天来件预测", words=(f"暂不能预测：{reason}。",))]
    whole, hub = found.volume.series[0], period.hub
    rows = tuple((f"{one.day:%m-%d}", one.requests.expected, one.requests.low, one.requests.high) for one in whole.days)
    chart = Chart(
        kind="line",
        title="未来七天预计来件",
        labels=tuple(row[0] for row in rows),
        series=tuple((name, tuple(float(row[n]) for row in rows)) for n, name in ((1, "预计"), (2, "低"), (3, "高"))),
    )
    columns = (Column("日期"), Column("预计", "number"), Column("低", "number"), Column("高", "number"))
    capacity = tuple(
        (
            hub.department_name(one.department),
            one.open,
            one.closes_a_day,
            one.coming.expected if one.coming else None,
            one.days_to_clear,
            one.open_in_a_week,
        )
        for one in found.capacity[:MOST_TOPICS]
    )
    able = (
        Column("单位", width=12),
        Column("在办", "count"),
        Column("日均办结", "number"),
        Column("七天预计派入", "number"),
        Column("清空需（天）", "number"),
        Column("一周后在办", "number"),
    )
    return [
        Section(
            title="未来七天来件预测",
            words=("五次中有四次落在高、低之间。",),
            chart=chart,
            table=Table(columns=columns, rows=rows),
        ),
        Section(title="承办能力", table=Table(columns=able, rows=capacity)),
    ]


async def advice(period: Period) -> Section:
    """What the figures ask for, in sentences; each names the figure that it comes of."""
    counted, _ = await both(period)
    meant = period.hub.city.indicators
    found = []
    for figure in figures(meant, counted):
        one = meant.of_code(figure.code)
        if figure.is_met is False and one is not None and one.target is not None:
            side = "低于" if one.direction == "up" else "高于"
            found.append(
                f"{one.name}{shown(one, figure.value)}，{side}目标{shown(one, one.target)}，建议分析原因并整改。"
            )
    overdue = await reports.overdue(period.session, period.now, MOST_LATE)
    silent = [one for one in overdue if one.reason == "not_acknowledged"]
    if silent:
        units = "、".join(dict.fromkeys(period.hub.department_name(one.department) for one in silent[:10]))
        found.append(f"超期最久的承办件中有{len(silent)}件至今未签收，涉及{units}，建议督办。")
    told = await outlook(period.hub)
    slow = [one for one in told.capacity if (one.days_to_clear or 0.0) > LONG_TO_CLEAR] if told else []
    found += [
        f"{period.hub.department_name(one.department)}在办{one.open}件，按近四周进度清空需{one.days_to_clear:.0f}天，建议增加力量或协调分流。"
        for one in slow[:5]
    ]
    return Section(title="建议", words=tuple(found) or ("各项指标达标，没有需要特别提请注意的事项。",))


def series_name(hub: Hub, kind: str, code: str) -> str:
    """Return what a series of the forecast is called."""
    if kind == "group":
        return next((one.l1 for one in hub.city.categories.values() if one.code.startswith(code)), code)
    return "全市" if kind == "total" else name_of(hub, kind, code)


async def outlook(hub: Hub) -> Outlook | None:
    """Return the forecast that was made last; None before the first."""
    try:
        return await forecast.kept(hub)
    except NotFound:
        return None
