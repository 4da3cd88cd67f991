"""Plain server-made pages until the console exists: the live page and the citizen's page."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from aiohttp import web

from hotline.keys import HUB
from hotline.notice import day
from models.lifecycle import LABELS
from models.store import backlog, deliveries, notices, tickets
from models.store.tickets import Filter
from models.ticket import number_of

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.database import Session

STATES: Final = LABELS["ticket_state"]
SECURITY: Final = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
STYLE: Final = """
body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0;background:#f4f6f9;color:#1d2b3a}
header{background:#0b3d7a;color:#fff;padding:14px 24px;display:flex;flex-wrap:wrap;gap:6px 24px;align-items:baseline}
header h1{font-size:20px;margin:0}main{max-width:1360px;margin:16px auto;padding:0 16px}
section{background:#fff;border-radius:8px;padding:14px 18px;margin-bottom:16px;overflow-x:auto}
h2{font-size:16px;margin:0 0 10px}.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(128px,1fr));gap:12px}
.card{background:#f4f6f9;border-radius:6px;padding:8px 12px}.card b{display:block;font-size:24px;line-height:1.3}
.card.bad b{color:#c0262d}.alarm{background:#fff3cd;border-left:4px solid #d39e00}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:5px 10px 5px 0;border-bottom:1px solid #e5e9ef;
vertical-align:top}
th{color:#5b6b7d;font-weight:500;white-space:nowrap}td.n{white-space:nowrap;font-variant-numeric:tabular-nums}
.state{border-radius:10px;padding:1px 9px;background:#e3edf9;white-space:nowrap}.muted{color:#5b6b7d}
form{display:grid;gap:10px;max-width:420px}
input,button{font:inherit;padding:9px 12px;border-radius:6px;border:1px solid #b8c3d0}
button{background:#0b3d7a;color:#fff;border:0}
"""


async def live(request: web.Request) -> web.Response:
    """GET /: where everything stands now, renewed every few seconds."""
    hub = request.app[HUB]
    content = await hub.database.read(lambda session: _live(hub, session))
    return _page(f"{hub.city.name}12345热线服务中枢", content, head='<meta http-equiv="refresh" content="5">')


async def citizen(request: web.Request) -> web.Response:
    """GET /me: where a citizen looks up a request by number and code."""
    hub = request.app[HUB]
    number = escape(request.query.get("number", "")[:20], quote=True)
    content = f"""<header><h1>{escape(hub.city.name)}12345 · 我的诉求</h1></header><main><section>
<h2>查询进度</h2><form method="get" action="/me/progress">
<label>工单号<br><input name="number" value="{number}" inputmode="numeric" autocomplete="off" required></label>
<label>查询码（见短信）<br><input name="code" inputmode="numeric" autocomplete="off" required></label>
<button>查询</button></form>
<p class="muted">紧急情况请直接拨打 110、119、120、122。</p></section></main>"""
    return _page("我的诉求", content)


async def _live(hub: Hub, session: Session) -> str:
    figures = await backlog.figures(session, hub.now())
    states = await backlog.states(session)
    sent = await deliveries.counts(session)
    newest = await tickets.page(session, Filter(), None, 15)
    pressed = await backlog.ping_pong(session, 5)
    told = await notices.newest(session, 6)
    alarms = "".join(f'<section class="alarm">{escape(text)}</section>' for text in hub.alarms.values())
    return f"""<header><h1>{escape(hub.city.name)}12345热线服务中枢</h1>
<span>{escape(day(hub.now()))}</span><span>时钟 ×{hub.clock.speed:g}</span></header><main>{alarms}
<section><h2>零积压</h2><div class="cards">{_figures(figures)}</div></section>
<section><h2>工单</h2><div class="cards">{_cards(states, STATES)}</div></section>
<section><h2>投递</h2><div class="cards">
{_cards(sent, {"waiting": "待投递", "delivered": "已送达", "dead": "死信"})}</div></section>
<section><h2>最新诉求</h2>{_newest(hub, newest)}</section>
<section><h2>承办单位积压</h2>{_departments(hub, figures["departments"][:10])}</section>
<section><h2>反复退单</h2>{_pressed(hub, pressed)}</section>
<section><h2>短信告知（演示）</h2>{_told(told)}</section></main>"""


def _figures(found: dict[str, Any]) -> str:
    shown = {
        "在办": found["open"],
        "一天内到期": found["due_within_a_day"],
        "积压（净）": found["backlog"]["net"],
        "积压（毛）": found["backlog"]["gross"],
        "已批延期": found["overdue_excused"],
        "审核超时": found["stuck"]["in_review"],
        "回访超时": found["stuck"]["in_follow_up"],
        "退单待裁": found["stuck"]["in_send_back"],
        "派单台超时": found["on_desk_past_limit"],
    }
    bad = {"积压（净）", "审核超时", "回访超时", "派单台超时"}
    return "".join(
        f'<div class="card{" bad" if name in bad and n else ""}">{name}<b>{n}</b></div>' for name, n in shown.items()
    )


def _cards(counts: dict[str, int], names: dict[str, str]) -> str:
    return "".join(f'<div class="card">{name}<b>{counts.get(key, 0)}</b></div>' for key, name in names.items())


def _newest(hub: Hub, rows: list[Any]) -> str:
    if not rows:
        return '<p class="muted">还没有诉求。用 <code>hotline replay</code> 送入一些。</p>'
    lines = "".join(
        f'<tr><td class="n">{row.ticket.number}</td><td><span class="state">{STATES[row.ticket.state]}</span></td>'
        f"<td>{escape(hub.category_name(row.ticket.category))}</td>"
        f"<td>{escape(hub.department_name(row.ticket.lead)) or '—'}</td>"
        f"<td>{escape(row.masked_text[:60])}<br><span class=muted>"
        f"{escape(row.ticket.desk_reason or row.ticket.because)}</span></td>"
        f'<td class="n">{day(row.ticket.promised_at)}</td></tr>'
        for row in rows
    )
    head = (
        "<tr><th>工单号</th><th>状态</th><th>事项</th><th>主办</th><th>诉求（已脱敏）与理由</th><th>承诺答复</th></tr>"
    )
    return f"<table>{head}{lines}</table>"


def _departments(hub: Hub, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return '<p class="muted">没有在办任务。</p>'
    lines = "".join(
        f"<tr><td>{escape(hub.department_name(row['department']))}</td><td>{row['open']}</td>"
        f"<td>{row['backlog_net']}</td><td>{row['backlog_gross']}</td></tr>"
        for row in rows
    )
    return f"<table><tr><th>单位</th><th>在办</th><th>积压（净）</th><th>积压（毛）</th></tr>{lines}</table>"


def _pressed(hub: Hub, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return '<p class="muted">没有被退两次以上的工单。</p>'
    lines = "".join(
        f"<tr><td>{row['number']}</td><td>{row['send_back_count']}</td><td>{row['dispatch_count']}</td>"
        f"<td>{escape(hub.department_name(row['lead']))}</td></tr>"
        for row in rows
    )
    return f"<table><tr><th>工单号</th><th>退单</th><th>派单</th><th>现主办</th></tr>{lines}</table>"


def _told(rows: list[notices.Message]) -> str:
    if not rows:
        return '<p class="muted">还没有短信。</p>'
    lines = "".join(
        f'<tr><td class="n">{number_of(row.ticket_id)}</td><td>{escape(row.content)}</td>'
        f"<td>{'已发' if row.sent_at else '待发'}</td></tr>"
        for row in rows
    )
    return f"<table>{lines}</table>"


def _page(title: str, content: str, head: str = "") -> web.Response:
    text = (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">{head}'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{content}</body></html>"
    )
    return web.Response(text=text, content_type="text/html", headers=SECURITY)
