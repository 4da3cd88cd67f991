"""/me: where a citizen follows a request by number and query code, adds to it, urges, rates, asks again."""

from __future__ import annotations

import hmac
import secrets
import time
from html import escape
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web

from hotline.api import track
from hotline.api.frame import page
from hotline.api.limiter import Limiter
from hotline.keys import HUB
from hotline.notice import day, due_day
from models.errors import HotlineError, InvalidRequest
from models.labels import LABELS
from models.lifecycle import Action, TicketState, ticket_allows

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline.hub import Hub

STATES: Final = LABELS["ticket_state"]
WAY: Final = (
    TicketState.ON_DESK,
    TicketState.ASSIGNED,
    TicketState.IN_REVIEW,
    TicketState.FOLLOW_UP,
    TicketState.CLOSED,
)
FORM_LIVES_S: Final = 3600
MOST_A_MINUTE: Final = 6
YES: Final = "yes"
_ASKED: Final = {
    Action.RATE: """<fieldset><span>是否解决</span><label><input type="radio" name="solved" value="yes" checked>已解决
</label><label><input type="radio" name="solved" value="no">未解决</label></fieldset>
<fieldset><span>是否满意</span><label><input type="radio" name="satisfied" value="yes" checked>满意</label>
<label><input type="radio" name="satisfied" value="no">不满意</label></fieldset>
<label>评分<select name="score"><option value="">不评分</option><option>5</option><option>4</option><option>3</option><option>2</option>
<option>1</option></select></label>""",
    Action.ASK_REOPEN: '<label>为什么要重办<textarea name="reason" rows="3" required></textarea></label>',
    Action.SUPPLEMENT: '<label>补充内容<textarea name="text" rows="3" required></textarea></label>',
    Action.URGE: "<p>我们会转告承办单位。</p>",
    Action.WITHDRAW: "<p>撤回后不再办理，如有需要请重新提交。</p>",
}


class Forms:
    """Signs the page's forms, so that only what the page asked comes back, and limits how often."""

    def __init__(self) -> None:
        self._sent = Limiter(MOST_A_MINUTE, "提交过于频繁，请一分钟后再试")

    def token(self, hub: Hub, number: str, now: float) -> str:
        """Return what the form carries: when it was made, a number used once, and our signature."""
        made = f"{int(now)}.{secrets.token_hex(8)}"
        return f"{made}.{_signature(hub, number, made)}"

    def check(self, hub: Hub, number: str, token: str, now: float) -> str:
        """Return the key of a form that we made lately; raises InvalidRequest, TooManyRequests."""
        made, _, signature = token.rpartition(".")
        if not hmac.compare_digest(signature.encode(), _signature(hub, number, made).encode()):
            raise InvalidRequest("页面已失效，请重新查询后再提交")
        if now - int(made.partition(".")[0]) > FORM_LIVES_S:
            raise InvalidRequest("页面停留过久，请重新查询后再提交")
        self._sent.check(number, now)
        self._sent.add(number, now)
        return made


FORMS: Final = web.AppKey("forms", Forms)


async def show(request: web.Request) -> web.Response:
    """GET /me: the form, or with number and query code where the request stands."""
    given = {name: request.query.get(name, "").strip() for name in ("number", "code")}
    if not (given["number"] and given["code"]):
        return _page(request, _search(given["number"]))
    try:
        found = await track.look_up(request.app, given["number"], given["code"])
    except HotlineError as error:
        return _page(request, _told(error.detail) + _search(given["number"]), error.status)
    return _page(request, _progress(request, found, given["code"]))


async def step(request: web.Request) -> web.Response:
    """POST /me: one step of the citizen, sent by this page's own form; then the page again."""
    try:
        given = await _form(request)
        number, code = given.get("number", ""), given.get("code", "")
        key = request.app[FORMS].check(request.app[HUB], number, given.get("form", ""), time.time())
        await track.take(request, number, code, _step_of(given), key=f"form:{key}:{given.get('action')}")
    except HotlineError as error:
        return _page(request, _told(error.detail) + _search(""), error.status)
    raise web.HTTPSeeOther(request.rel_url.with_query(number=number, code=code))


async def _form(request: web.Request) -> Mapping[str, str]:
    try:
        sent = await request.post()
    except (ValueError, LookupError) as error:
        raise InvalidRequest("提交的内容无法读取") from error
    return {name: value for name, value in sent.items() if isinstance(value, str)}


def _step_of(given: Mapping[str, str]) -> bytes:
    """Return a form as the step that the API takes."""
    if given.get("action") not in set(_ASKED):
        raise InvalidRequest("此处不能执行该操作")
    fields: dict[str, Any] = {name: given[name] for name in ("action", "text", "reason") if name in given}
    if given["action"] == Action.RATE:
        score = given.get("score", "")
        fields |= {
            "solved": given.get("solved") == YES,
            "satisfied": given.get("satisfied") == YES,
            "score": int(score) if score in {"1", "2", "3", "4", "5"} else None,
        }
    return msgspec.json.encode(fields)


def _signature(hub: Hub, number: str, made: str) -> str:
    return hub.database.keyring.digest(f"me:{number}:{made}".encode(errors="replace")).hex()[:32]


def _page(request: web.Request, content: str, status: int = 200) -> web.Response:
    city = escape(request.app[HUB].city.name)
    head = f"<header><h1>{city}12345 · 我的诉求</h1></header>"
    foot = '<section class="muted">紧急情况请直接拨打 110、119、120、122。</section>'
    return page("我的诉求", f'{head}<main class="narrow">{content}{foot}</main>', status=status)


def _told(words: str) -> str:
    return f'<section class="error">{escape(words)}</section>'


def _search(number: str) -> str:
    return f"""<section><h2>查询进度</h2><form method="get" action="/me">
<label>工单号<input name="number" value="{escape(number[:20])}" inputmode="numeric" autocomplete="off" required></label>
<label>查询码（见短信）<input name="code" inputmode="numeric" autocomplete="off" required></label>
<button>查询</button></form></section>"""


def _progress(request: web.Request, found: dict[str, Any], code: str) -> str:
    state = found.get("merged_state") or found["state"]
    state = TicketState.CLOSED if state is TicketState.ARCHIVED else state
    reached = WAY.index(state) if state in WAY else -1
    steps = "".join(
        f'<li class="{"on" if n == reached else "" if n < reached else "off"}">{STATES[one]}</li>'
        for n, one in enumerate(WAY)
    )
    incident = found.get("incident") or {"title": None, "answer": None}
    rows = {
        "突发事件": incident["title"],
        "统一答复": incident["answer"],
        "状态": STATES[found["state"]],
        "诉求": found["text"],
        "事项": found["category"]["name"],
        "主办单位": found["lead"]["name"] if found["lead"] else "待确定",
        "其他系统编号": "、".join(f"{one['name']} {one['number']}" for one in found["external_ids"]),
        "登记时间": day(found["registered_at"]),
        "承诺答复": f"{due_day(found['promised_at'], is_provisional=found['is_provisional'])}前",
        "答复": found["reply"],
        "您的评价": _rating(found["rating"]),
    }
    shown = "".join(f"<dt>{name}</dt><dd>{escape(words)}</dd>" for name, words in rows.items() if words)
    way = f'<ol class="way">{steps}</ol>' if reached >= 0 else ""
    return f"""<section><h2>工单 {found["number"]}</h2>{way}</section><section><dl>{shown}</dl></section>
{_forms(request, found, code)}"""


def _rating(rating: dict[str, Any] | None) -> str | None:
    if rating is None:
        return None
    solved, satisfied = "已解决" if rating["solved"] else "未解决", "满意" if rating["satisfied"] else "不满意"
    return f"{solved}，{satisfied}" + (f"，{rating['score']}分" if rating["score"] is not None else "")


def _forms(request: web.Request, found: dict[str, Any], code: str) -> str:
    number = found["number"]
    token = request.app[FORMS].token(request.app[HUB], number, time.time())
    # What is passed on must be possible there too; to take a request back concerns nobody else.
    states = [TicketState(found[name]) for name in ("state", "merged_state") if name in found]
    allowed = [
        action
        for action in _ASKED
        if all(ticket_allows(state, action) for state in states[: 1 if action is Action.WITHDRAW else 2])
    ]
    if found["rating"] is not None:
        allowed = [action for action in allowed if action is not Action.RATE]
    forms = "".join(
        f'<details><summary>{LABELS["action"][action]}</summary><form method="post" action="/me">'
        f'<input type="hidden" name="number" value="{number}"><input type="hidden" name="code" value="{escape(code)}">'
        f'<input type="hidden" name="form" value="{token}"><input type="hidden" name="action" value="{action}">'
        f"{_ASKED[action]}<button>提交</button></form></details>"
        for action in allowed
    )
    return f"<section><h2>我要</h2>{forms}</section>" if forms else ""
