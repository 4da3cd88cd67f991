"""What /grid looks like: cards for a thumb, the nearest due time with its colour, one form for each step."""

from __future__ import annotations

import secrets
from datetime import timedelta
from html import escape
from typing import TYPE_CHECKING, Any, Final

from hotline.api.frame import SIGNED_IN, page
from hotline.notice import day
from models.labels import LABELS, RESULT_NAMES
from models.lifecycle import Action, AssignmentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from aiohttp import web

    from hotline.hub import Hub
    from models.ticket import Actor, Assignment, Ticket

    Row = tuple[Ticket, Assignment]

# A due time nearer than this is yellow: half a working day is what a worker can still plan with.
NEAR: Final = timedelta(hours=4)
ACTIONS: Final = LABELS["action"]
STATES: Final = LABELS["assignment_state"]
# What is no step of the tables.
PHOTO: Final = "photo"
DONE: Final[dict[str, str]] = {**ACTIONS, PHOTO: "上传照片", "report": "上报"}
STYLE: Final = """<style>
.part{display:block;color:inherit;text-decoration:none;border-left:6px solid #2e8b57;border-radius:8px;background:var(--soft);
padding:10px 14px;margin:0 0 10px;min-height:44px}.part.yellow{border-color:#d39e00}.part.red{border-color:var(--bad)}
.part b{display:block;font-size:16px}
.chip{display:inline-block;border-radius:10px;padding:1px 9px;background:var(--mint);color:var(--green)}
.chip.yellow{background:var(--warm);color:var(--amber)}.chip.red{background:var(--rose);color:var(--bad)}
summary{min-height:44px;display:flex;align-items:center;font-size:16px;font-weight:600;border-top:1px solid var(--line)}
summary::after{content:"＋";margin-left:auto;color:var(--faint)}details[open]>summary::after{content:"－"}
summary::-webkit-details-marker{display:none}details:first-of-type>summary{border-top:0}
button{min-height:48px;font-size:16px}input[type=file]{padding:12px}.plain button{background:none;color:#fff;min-height:0;
padding:0;text-decoration:underline}.plain{display:block}a.back{display:inline-block;min-height:44px;line-height:44px;color:var(--link)}
.photos{display:grid;grid-template-columns:1fr 1fr;gap:10px}.photos figure{margin:0}.photos img{width:100%;border-radius:8px;
display:block;background:var(--tint);aspect-ratio:4/3;object-fit:cover}
.done{background:var(--mint);border-left:4px solid #2e8b57;padding:10px 18px}
</style>"""
_PHOTO: Final = """<fieldset><label><input type="radio" name="taken" value="before"{before}>整改前</label>
<label><input type="radio" name="taken" value="after"{after}>整改后</label></fieldset>
<label>照片<input type="file" name="photo" accept="image/jpeg,image/png" multiple{required}></label>"""
_RESULTS: Final = "".join(f'<option value="{value}">{name}</option>' for value, name in RESULT_NAMES.items())
_WORDS: Final = '<label>{label}<textarea name="{name}" rows="3"{required}></textarea></label>'
_REASON: Final = _WORDS.format(label="理由", name="reason", required=" required")
_BEFORE: Final = _PHOTO.format(before=" checked", after="", required="")
_AFTER: Final = _PHOTO.format(before="", after=" checked", required="")
# The steps of the page in the order of the work, and what each asks for.
FORMS: Final[dict[str, str]] = {
    Action.ACKNOWLEDGE: '<p class="muted">签收后开始办理。</p>',
    Action.CONTACT: """<fieldset><label><input type="radio" name="reached" value="yes" checked>已联系上</label>
<label><input type="radio" name="reached" value="no">未联系上</label></fieldset>"""
    + _WORDS.format(label="情况", name="remark", required=""),
    Action.PROGRESS: _WORDS.format(label="办理进展", name="text", required=" required") + _BEFORE,
    Action.REPLY: _WORDS.format(label="办理结果", name="text", required=" required")
    + f'<label>结论<select name="result">{_RESULTS}</select></label>'
    + _AFTER,
    Action.SIGN_OFF: '<label>签发人<input name="signed_by" maxlength="64" required></label>',
    PHOTO: _PHOTO.format(before="", after=" checked", required=" required"),
    Action.GRADE_UP: '<p class="muted">本级办不了的，说明理由，交上一级。</p>' + _REASON,
    Action.SEND_BACK: _REASON + _WORDS.format(label="职责依据", name="duty_argument", required=" required"),
}


def signed_out(hub: Hub, told: str | None, status: int, other_way: str = "") -> web.Response:
    """Return the form to sign in, and what other way there is."""
    form = """<section><h2>登录</h2><form method="post" action="/grid"><input type="hidden" name="action" value="sign_in">
<label>账号<input name="username" autocomplete="username" autocapitalize="none" maxlength="64" required></label>
<label>密码<input name="password" type="password" autocomplete="current-password" maxlength="200" required></label>
<label>动态口令（启用了的填写）<input name="code" autocomplete="one-time-code" maxlength="40"></label>
<button>登录</button></form></section>"""
    return _page(hub, "", _told(told) + other_way + form, status)


def list_page(
    hub: Hub, actor: Actor, rows: list[Row], reports: list[dict[str, Any]], *, told: str | None, status: int
) -> web.Response:
    """Return the parts of a unit by due time, the form to report, and what was reported on its ground."""
    now = hub.now()
    cards = "".join(_card(hub, ticket, part, now) for ticket, part in rows)
    count = f"<small>{len(rows)}件</small>" if rows else ""
    parts = f"<section><h2>待办{count}</h2>{cards or '<p class=muted>没有待办。</p>'}</section>"
    return _page(hub, _who(hub, actor), _told(told) + parts + _report_form() + _reported(reports), status)


def part_page(
    hub: Hub, actor: Actor, one: dict[str, Any], *, told: str | None, done: str | None, status: int
) -> web.Response:
    """Return one ticket with the actor's own part: what it is about, its due times, its photos, the steps that are open."""
    own = [part for part in one["assignments"] if part["is_own"]]
    part = next((part for part in reversed(own) if part["ended_at"] is None), own[-1] if own else None)
    shown = f'<section class="done">已{escape(done)}。</section>' if done and told is None else ""
    back = '<a class="back" href="/grid">‹ 返回待办</a>'
    top = f"<section>{back}<h2>工单 <span class=n>{one['number']}</span></h2>{_about(hub, one, part)}</section>"
    work = _photos(one) + (_forms(one, part) if part is not None and part["ended_at"] is None else "")
    return _page(hub, _who(hub, actor), shown + _told(told) + top + work, status)


def clock(times: Mapping[str, Any], now: datetime) -> tuple[str, str]:
    """Return the colour of a part's nearest due time that is still owed, and its words."""
    if times["signed_off_at"] is not None or times["ended_at"] is not None:
        return "", "已签发" if times["signed_off_at"] is not None else "已结束"
    owed = [("答复", times["reply_by"])]
    if times["contacted_at"] is None and times["replied_at"] is None:
        owed.append(("联系", times["contact_by"]))
    if times["acknowledged_at"] is None:
        owed.append(("签收", times["acknowledge_by"]))
    name, due = min(owed, key=lambda one: one[1])
    if due < now:
        return "red", f"{name}已超时 · {day(due)}"
    return ("yellow" if due - now < NEAR else "green"), f"{name} · {day(due)}前"


def _page(hub: Hub, who: str, content: str, status: int) -> web.Response:
    head = f"<header><h1>{escape(hub.city.name)}12345 · 网格办理</h1>{who}</header>"
    whole = f'{head}<main class="narrow">{content}</main>'
    return page("网格办理", whole, head=STYLE, status=status, headers=SIGNED_IN)


def _who(hub: Hub, actor: Actor) -> str:
    name = escape(hub.department_name(actor.department))
    return (
        f'<span>{name}</span><form class="plain" method="post" action="/grid">'
        '<input type="hidden" name="action" value="sign_out"><button>退出</button></form>'
    )


def _told(words: str | None) -> str:
    return f'<section class="error">{escape(words)}</section>' if words else ""


def _card(hub: Hub, ticket: Ticket, part: Assignment, now: datetime) -> str:
    colour, words = clock({name: getattr(part, name) for name in part.__struct_fields__}, now)
    return (
        f'<a class="part {colour}" href="/grid?number={ticket.number}"><b>{escape(hub.category_name(ticket.category))}</b>'
        f'{escape(ticket.place or "地点见工单")}<br><span class="chip {colour}">{words}</span> '
        f'<span class="muted">{STATES[part.state]}</span></a>'
    )


def _about(hub: Hub, one: dict[str, Any], part: dict[str, Any] | None) -> str:
    caller = one["caller"] or {}
    phone = caller.get("phone")
    called = (
        f'<a href="tel:{escape(phone)}">{escape(caller.get("name") or "来电人")} {escape(phone)}</a>' if phone else ""
    )
    rows = {"事项": escape(one["category"]["name"]), "地点": escape(one["place"] or ""), "诉求": escape(one["brief"])}
    if part is not None:
        colour, words = clock(part, hub.now())
        rows |= {
            "时限": f'<span class="chip {colour}">{words}</span>',
            "状态": STATES[part["state"]],
            "派单说明": escape(part["because"]),
        }
    rows |= {"诉求人": called}
    replies = [reply["text"] for reply in one["replies"] if part and reply["assignment"] == part["assignment"]]
    rows |= {"我的反馈": escape(replies[-1]) if replies else ""}
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{shown}</dd>' for name, shown in rows.items() if shown)}</dl>"


def _photos(one: dict[str, Any]) -> str:
    names = {"before": "整改前", "after": "整改后", None: "随件"}
    figures = "".join(
        f'<figure><img src="/api/v1/attachments/{file["id"]}" alt="{names[file["taken"]]}照片">'
        f'<figcaption class="muted">{names[file["taken"]]}</figcaption></figure>'
        for file in one["attachments"]
        if file["media_type"].startswith("image/")
    )
    return f'<section><h2>照片</h2><div class="photos">{figures}</div></section>' if figures else ""


def _forms(one: dict[str, Any], part: dict[str, Any]) -> str:
    """Return the forms of the steps that are open, the next one unfolded; nobody is called whom nobody knows."""
    is_known = one["caller"] is not None or part["contacted_at"] is None
    may = {*one["allowed_actions"], PHOTO} if part["acknowledged_at"] is not None else {*one["allowed_actions"]}
    shown = [action for action in FORMS if action in may and (is_known or action != Action.CONTACT)]
    next_steps = (
        Action.ACKNOWLEDGE,
        Action.SIGN_OFF,
        PHOTO if part["state"] is AssignmentState.REPLIED else Action.REPLY,
    )
    unfolded = next((action for action in next_steps if action in shown), None)
    forms = "".join(_form(action, one["number"], part["assignment"], is_open=action == unfolded) for action in shown)
    lacks = part["state"] is AssignmentState.REPLIED and Action.SIGN_OFF not in shown
    hint = '<p class="alarm">上传整改后的照片，即可签发。</p>' if lacks else ""
    return f"<section><h2>办理</h2>{hint}{forms}</section>" if forms else ""


def _form(action: str, number: str, assignment: int, *, is_open: bool) -> str:
    hidden = {"action": action, "number": number, "assignment": assignment, "key": secrets.token_hex(8)}
    return (
        f"<details{' open' if is_open else ''}><summary>{DONE[action]}</summary>"
        f'<form method="post" action="/grid" enctype="multipart/form-data">{_hidden(hidden)}{FORMS[action]}'
        f"<button>{DONE[action]}</button></form></details>"
    )


def _report_form() -> str:
    hidden = _hidden({"action": "report", "key": secrets.token_hex(8)})
    return f"""<section><h2>巡查上报</h2><form method="post" action="/grid" enctype="multipart/form-data">{hidden}
<label>看到什么<textarea name="text" rows="3" maxlength="4000" required></textarea></label>
<label>具体地点<input name="address" maxlength="300" placeholder="路名、门牌或参照物"></label>
<label>现场照片<input type="file" name="photo" accept="image/jpeg,image/png" multiple></label>
<button>上报</button></form></section>"""


def _reported(reports: Iterable[dict[str, Any]]) -> str:
    levels, states = LABELS["patrol_level"], LABELS["ticket_state"]
    lines = "".join(
        f'<tr><td class="all">{escape(one["brief"] or one["category"]["name"])}</td><td class="n">{one["number"]}</td>'
        f'<td><span class="state">{levels[one["level"]]}</span></td><td class="n">{states[one["state"]]}</td></tr>'
        for one in reports
    )
    if not lines:
        return ""
    heads = "<thead><tr><th>上报内容</th><th>工单号</th><th>层级</th><th>进展</th></tr></thead>"
    return f'<section><h2>本网格上报</h2><table class="wide">{heads}<tbody>{lines}</tbody></table></section>'


def _hidden(fields: Mapping[str, object]) -> str:
    return "".join(
        f'<input type="hidden" name="{name}" value="{escape(str(value))}">' for name, value in fields.items()
    )
