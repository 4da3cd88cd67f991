"""What the whole-process file (全过程档案) reads like: one page without scripts, that needs nothing but the files beside it."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any, Final

from hotline.api.frame import STYLE
from hotline.notice import day
from models.calendar import CHINA_TIME
from models.labels import LABELS, RESULT_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hotline.api.file import TicketFile
    from hotline.hub import Hub

CLOCKS: Final = LABELS["clock"]
TAKEN: Final = LABELS["taken"]
SENT: Final = LABELS["delivery_state"]
EVENTS: Final = {**LABELS["action"], **LABELS["event"]}
# What of an event's values a reader wants to see; the JSON has all of them.
FIELDS: Final = {
    "reason": "理由",
    "reasons": "理由",
    "because": "依据",
    "department": "单位",
    "lead": "主办",
    "result": "结论",
    "reached": "联系上",
    "taken": "拍摄",
    "sha256": "SHA-256",
    "level": "层级",
    "adoption": "采纳",
    "promised_at": "承诺",
    "reply_by": "答复时限",
}
WORDS: Final = {
    "handler": "经办人",
    "signed_by": "签发人",
    "remark": "情况",
    "text": "内容",
    "law_basis": "依据",
    "reason": "理由",
}
NAMED: Final[dict[str, dict[str, str]]] = {
    "result": RESULT_NAMES,
    "taken": LABELS["taken"],
    "adoption": LABELS["adoption"],
    "level": LABELS["patrol_level"],
    "reached": {"True": "是", "False": "否"},
}
PRINTED: Final = """
.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:14px}.photos figure{margin:0}
.photos img{width:100%;border-radius:8px;background:var(--tint)}code{font:12px/1.4 monospace;word-break:break-all;color:var(--muted)}
.good{background:var(--mint);border-left:4px solid #2e8b57;padding:10px 18px}td p{margin:0;overflow-wrap:anywhere}
.n{white-space:nowrap}@media(max-width:700px){td::before{content:attr(data-of) "　";color:var(--muted)}}
@media print{body{background:#fff}section{box-shadow:none;break-inside:avoid-page;padding:6px 0}header{background:#fff;color:#000}}
"""


def html(hub: Hub, file: TicketFile) -> str:
    """Return the whole page."""
    ticket = file.ticket
    title = f"工单{ticket.number}全过程档案"
    sections = (
        ("诉求", _matter(hub, file)),
        ("理解与派单", _reading(hub, file)),
        ("承办", _parts(file)),
        ("时限及其由来", _clock(hub, file)),
        ("答复", _replies(hub, file)),
        ("照片与附件", _files(file)),
        ("全程留痕", _trail(hub, file)),
        ("投递", _deliveries(hub, file)),
    )
    content = "".join(f"<section><h2>{name}</h2>{shown}</section>" for name, shown in sections if shown)
    head = f"<header><h1>{title}</h1><span>{escape(hub.city.name)}12345 · {day(file.made_at)}由{escape(file.made_by)}生成</span></header>"
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' file: data:"
    return (
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta http-equiv="content-security-policy" content="{policy}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f'<style>{STYLE}{PRINTED}</style></head><body>{head}<main style="max-width:1000px">{_chain(file)}{content}</main></body></html>'
    )


def _chain(file: TicketFile) -> str:
    chain = file.chain
    said = (
        f"留痕共{chain.events}条，逐条核验无误。" if chain.is_whole else f"留痕核验不符：{escape(chain.fault or '')}。"
    )
    return (
        f'<section class="{"good" if chain.is_whole else "error"}">{said}<br><code>{chain.head_hash}</code></section>'
    )


def _matter(hub: Hub, file: TicketFile) -> str:
    ticket = file.ticket
    return _list(
        {
            "状态": LABELS["ticket_state"][ticket.state],
            "类型": LABELS["kind"][ticket.kind],
            "紧急程度": LABELS["urgency"][str(int(ticket.urgency))],
            "事项": ticket.category.name,
            "渠道": LABELS["channel"][ticket.channel],
            "地点": ticket.place,
            "原文（已脱敏）": ticket.text,
            "摘要": ticket.brief,
            "登记": day(ticket.registered_at),
            "承诺答复": day(ticket.promised_at),
            "办结": day(ticket.closed_at) if ticket.closed_at else None,
        }
    )


def _reading(hub: Hub, file: TicketFile) -> str:
    ticket, reading = file.ticket, file.ticket.reading or {}
    guesses = "、".join(f"{hub.category_name(one['code'])} {one['p']:.0%}" for one in reading.get("categories", []))
    return _list(
        {
            "程序理解": guesses or None,
            "标记": "、".join(LABELS["flag"].get(flag, flag) for flag in ticket.flags) or None,
            "主办": ticket.lead.name if ticket.lead else None,
            "派单依据": ticket.because,
            "待派原因": ticket.desk_reason,
        }
    )


def _parts(file: TicketFile) -> str:
    rows = (
        (
            escape(part.department.name),
            LABELS["assignment_role"][part.role],
            LABELS["assignment_state"][part.state],
            escape(part.because),
            _moment(part.dispatched_at),
            _moment(part.acknowledged_at),
            _moment(part.replied_at),
            _moment(part.signed_off_at),
        )
        for part in file.ticket.assignments
    )
    return _table(("单位", "角色", "状态", "依据", "派单", "签收", "反馈", "签发"), rows)


def _clock(hub: Hub, file: TicketFile) -> str:
    rows = (
        (
            escape(hub.department_name(part.department)),
            CLOCKS.get(due.clock, due.clock),
            _moment(due.due_at),
            escape(due.because),
        )
        for part in file.clock.assignments
        for due in part.due
    )
    return _table(("单位", "时限", "到期", "由来"), rows)


def _replies(hub: Hub, file: TicketFile) -> str:
    names = {part.assignment: part.department.name for part in file.ticket.assignments}
    rows = [
        (
            escape(names.get(one.assignment, "")),
            RESULT_NAMES.get(one.result or "", ""),
            _moment(one.replied_at),
            escape(one.text),
        )
        for one in file.ticket.replies
    ]
    own = f"<p>热线答复：{escape(file.ticket.answer)}</p>" if file.ticket.answer else ""
    return own + _table(("单位", "结论", "时间", "答复"), rows)


def _taken(when: str | None) -> str:
    return "随件" if when is None else TAKEN[when]


def _files(file: TicketFile) -> str:
    figures = "".join(
        f"<figure>{_picture(one.path, one.media_type, _taken(one.taken))}<figcaption>{_taken(one.taken)} · {escape(one.name)}"
        f"{'' if one.path else '（文件缺失、损坏或过大，未收入）'}<br><code>{one.sha256}</code></figcaption></figure>"
        for one in file.files
    )
    return f'<div class="photos">{figures}</div>' if figures else ""


def _picture(path: str | None, media_type: str, name: str) -> str:
    if path is None:
        return ""
    if media_type.startswith("image/"):
        return f'<img src="{path}" alt="{name}照片">'
    return f'<a href="{path}">{path}</a>'


def _trail(hub: Hub, file: TicketFile) -> str:
    rows = (
        (
            str(event.seq),
            _moment(event.at),
            escape(EVENTS.get(event.type, event.type)),
            escape(f"{LABELS['role'][event.by.role]} {_name(hub, event.by.name)}"),
            _said(hub, event.fields, event.words) + f"<p><code>{event.hash[:16]}…</code></p>",
        )
        for event in file.trail
    )
    return _table(("序", "时间", "环节", "经手", "内容与哈希"), rows)


def _said(hub: Hub, fields: dict[str, Any], words: dict[str, str]) -> str:
    told = [(name, _shown(hub, key, fields[key])) for key, name in FIELDS.items() if fields.get(key) not in {None, ""}]
    told += [(WORDS.get(name, name), text) for name, text in words.items()]
    return "".join(f"<p>{escape(name)}：{escape(text)}</p>" for name, text in told)


def _shown(hub: Hub, key: str, value: Any) -> str:
    text = str(value)
    if key in {"department", "lead"}:
        return hub.department_name(text)
    if key in {"promised_at", "reply_by"}:
        return day(datetime.fromisoformat(text))
    return NAMED.get(key, {}).get(text, text)


def _deliveries(hub: Hub, file: TicketFile) -> str:
    rows = (
        (
            escape(hub.department_name(one.department)),
            escape(one.type),
            SENT[one.state],
            str(one.attempts),
            _moment(one.created_at),
            _moment(one.delivered_at),
        )
        for one in file.deliveries
    )
    return _table(("单位", "类型", "状态", "次数", "生成", "送达"), rows)


def _name(hub: Hub, name: str) -> str:
    return hub.department_name(name) if hub.city.party(name) else name


def _moment(at: datetime | None) -> str:
    return f'<span class="n">{_short(at)}</span>' if at is not None else "—"


def _short(at: datetime) -> str:
    return f"{at.astimezone(CHINA_TIME):%Y-%m-%d %H:%M}"


def _list(rows: dict[str, str | None]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{escape(text)}</dd>' for name, text in rows.items() if text)}</dl>"


def _cell(head: str, content: str) -> str:
    return f'<td data-of="{head}">{content}</td>'


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table of cells that are HTML already, nothing where there is no row."""
    lines = "".join(f"<tr>{''.join(map(_cell, heads, row))}</tr>" for row in rows)
    named = "".join(f"<th>{head}</th>" for head in heads)
    return f'<table class="wide"><thead><tr>{named}</tr></thead><tbody>{lines}</tbody></table>' if lines else ""
