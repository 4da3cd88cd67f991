"""GET /: a plain server-made page that shows where everything stands, until the console exists."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from hotline.api.frame import page
from hotline.keys import HUB, SETTINGS
from hotline.notice import day
from hotline.prompt import title_of
from hotline.storm import SHED
from models.labels import LABELS
from models.lifecycle import TicketState
from models.store import backlog, deliveries, notices, prompts, tickets
from models.store.tickets import Filter
from models.ticket import number_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session

STATES: Final = LABELS["ticket_state"]
WAY: Final = (
    TicketState.ON_DESK,
    TicketState.ASSIGNED,
    TicketState.IN_REVIEW,
    TicketState.FOLLOW_UP,
    TicketState.CLOSED,
    TicketState.ARCHIVED,
)
# Intake passes through it within one transaction: nothing is ever seen there.
PASSED: Final = TicketState.REGISTERED
DELIVERIES: Final = {"waiting": "待投递", "delivered": "已送达", "dead": "死信"}
RENEWED: Final = '<meta http-equiv="refresh" content="5">'


async def live(request: web.Request) -> web.Response:
    """Figures for everybody; requests, departments and messages only in a demo, where all of them are invented."""
    hub, is_demo = request.app[HUB], request.app[SETTINGS].demo

    async def work(session: Session) -> str:
        shown = await _figures(hub, session)
        return shown + (await _matters(hub, session) if is_demo else "")

    content = await hub.database.read(work)
    speed = f"<span>时钟 ×{hub.clock.speed:g}</span>" if hub.clock.speed != 1 else ""
    head = (
        f"<header><h1>{escape(hub.city.name)}12345热线服务中枢</h1><span>{escape(day(hub.now()))}</span>{speed}"
        f"<span>{'演示' if is_demo else '只显示数字，工单须登录后查看'}</span></header>"
    )
    if hub.storm is not None:
        since = f"{day(hub.storm.began_at)}起，{hub.storm.reason}；暂停：{'、'.join(SHED)}"
        content = f'<section class="alarm">风暴模式：{escape(since)}</section>{content}'
    alarms = "".join(f'<section class="alarm">{escape(text)}</section>' for text in hub.alarms.values())
    return page(f"{hub.city.name}12345热线服务中枢", f"{head}<main>{alarms}{content}</main>", head=RENEWED)


async def _figures(hub: Hub, session: Session) -> str:
    found = await backlog.figures(session, hub.now())
    states = await backlog.states(session)
    sent = await deliveries.counts(session)
    way = "".join(f"<li>{STATES[state]}<b>{states.get(state, 0)}</b></li>" for state in WAY)
    ends = _pairs((STATES[state], states.get(state, 0)) for state in TicketState if state not in {*WAY, PASSED})
    posted = _pairs((name, sent.get(state, 0)) for state, name in DELIVERIES.items())
    return f"""<section><h2>工单<small>一件诉求从登记到归档</small></h2>
<ol class="way"><li class="on">共登记<b>{sum(states.values())}</b></li>{way}</ol>
<p class="ends">另有 {ends}</p></section>
<section><h2>零积压<small>净：扣除已批延期、挂账、暂停；毛：按最初时限</small></h2>
<div class="cards">{_backlog(found)}</div><p class="ends">向承办单位投递 {posted}</p></section>"""


def _pairs(figures: Iterable[tuple[str, int]]) -> str:
    return "".join(f"<span>{name} <b>{n}</b></span>" for name, n in figures)


def _backlog(found: dict[str, Any]) -> str:
    stuck = found["stuck"]
    return _cards(
        [
            ("在办", found["open"], False),
            ("一天内到期", found["due_within_a_day"], False),
            ("积压（净）", found["backlog"]["net"], True),
            ("积压（毛）", found["backlog"]["gross"], False),
            ("因批准不计", found["overdue_excused"], False),
            ("派单台超时", found["on_desk_past_limit"], True),
            ("退单待裁", stuck["in_send_back"], False),
            ("审核超时", stuck["in_review"], True),
            ("回访超时", stuck["in_follow_up"], True),
        ]
    )


def _cards(figures: Iterable[tuple[str, int, bool]]) -> str:
    """Return cards of a name, a number, and whether a number above zero is bad."""
    return "".join(
        f'<div class="card{"" if n else " none"}{" bad" if n and is_bad else ""}">{name}<b>{n}</b></div>'
        for name, n, is_bad in figures
    )


async def _matters(hub: Hub, session: Session) -> str:
    newest = await tickets.page(session, Filter(), None, 12)
    found = await backlog.figures(session, hub.now())
    terms = hub.policy.send_back
    pressed = await backlog.ping_pong(session, 8, send_backs=terms.dispute_at, dispatches=terms.designate_at)
    often = f"申请退单{terms.dispute_at}次或换主办派单{terms.designate_at}次以上"
    told = await notices.newest(session, 8)
    departments = _departments(hub, found["departments"][:8])
    asked = await prompts.page(session, "open", None, 6)
    return f"""<section><h2>是否开启事件<small>成批反映，等班长决定</small></h2>{_prompts(hub, asked)}</section>
<section><h2>最新诉求<small>已脱敏</small></h2>{_newest(hub, newest)}</section>
<section class="half"><h2>承办单位<small>积压多者在前</small></h2>{departments}</section>
<section class="half"><h2>反复退单<small>{often}</small></h2>{_pressed(hub, pressed)}</section>
<section><h2>短信告知<small>演示：只显示，不发送</small></h2>{_told(told)}</section>"""


def _prompts(hub: Hub, rows: list[prompts.Prompt]) -> str:
    if not rows:
        return '<p class="muted">没有。</p>'
    lines = "".join(
        f'<tr><td>{escape(title_of(hub, row))}</td><td class="all">{escape(row.sentence)}</td><td>{row.callers}</td>'
        f'<td>{row.tickets}</td><td class="n">{day(row.first_at)}</td></tr>'
        for row in rows
    )
    return _table(("事项", "代表诉求", "诉求人", "工单", "最早"), lines)


def _newest(hub: Hub, rows: list[Any]) -> str:
    if not rows:
        return '<p class="muted">还没有诉求。用 <code>hotline replay</code> 送入一些。</p>'
    lines = "".join(
        f'<tr><td class="n">{row.ticket.number}</td><td><span class="state">{STATES[row.ticket.state]}</span></td>'
        f"<td>{escape(hub.category_name(row.ticket.category))}</td>"
        f"<td>{escape(hub.department_name(row.ticket.lead)) or '—'}</td>"
        f'<td class="all">{escape(_short(row.masked_text))}<br><span class="muted">'
        f"{escape(row.ticket.desk_reason or row.ticket.because)}</span></td>"
        f'<td class="n">{day(row.ticket.promised_at)}</td></tr>'
        for row in rows
    )
    return _table(("工单号", "状态", "事项", "主办", "诉求与理由", "承诺答复"), lines)


def _departments(hub: Hub, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return '<p class="muted">没有在办任务。</p>'
    lines = "".join(
        f"<tr><td>{escape(hub.department_name(row['department']))}</td><td>{row['open']}</td>"
        f"<td>{row['backlog_net']}</td><td>{row['backlog_gross']}</td></tr>"
        for row in rows
    )
    return _table(("单位", "在办", "积压（净）", "积压（毛）"), lines, is_wide=False)


def _pressed(hub: Hub, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return '<p class="muted">没有。</p>'
    lines = "".join(
        f'<tr><td class="n">{row["number"]}</td><td>{row["send_back_count"]}</td><td>{row["dispatch_count"]}</td>'
        f"<td>{escape(hub.department_name(row['lead']))}</td></tr>"
        for row in rows
    )
    return _table(("工单号", "退单", "派单", "现主办"), lines, is_wide=False)


def _told(rows: list[notices.Message]) -> str:
    if not rows:
        return '<p class="muted">还没有短信。</p>'
    lines = "".join(
        f'<tr><td class="n">{number_of(row.ticket_id) if row.ticket_id else "—"}</td><td class="all">{escape(row.content)}</td>'
        f"<td>{'已发' if row.sent_at else '待发'}</td></tr>"
        for row in rows
    )
    return _table(("工单号", "内容", ""), lines)


def _table(heads: tuple[str, ...], lines: str, *, is_wide: bool = True) -> str:
    """Return a table; a wide one becomes a list on a telephone."""
    named = "".join(f"<th>{head}</th>" for head in heads)
    kind = ' class="wide"' if is_wide else ""
    return f"<table{kind}><thead><tr>{named}</tr></thead><tbody>{lines}</tbody></table>"


def _short(text: str) -> str:
    return text if len(text) <= 64 else f"{text[:62]}……"
