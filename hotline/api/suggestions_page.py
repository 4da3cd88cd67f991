"""/suggestions: what citizens suggested, for anybody to read and to support with one tap."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from aiohttp import web

from hotline.api import body
from hotline.api.auth import check_origin, is_by_tls
from hotline.api.frame import SIGNED_IN, page
from hotline.api.suggestions import by_visitor, count, new_visitor, page_of
from hotline.keys import HUB
from models.calendar import CHINA_TIME
from models.errors import HotlineError, InvalidRequest
from models.labels import LABELS
from models.store import suggestions
from models.vocabulary import SuggestionState

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from hotline.hub import Hub

PATH: Final = "/suggestions"
COOKIE: Final = "hotline_visitor"
# A year, in seconds: so long a browser supports each suggestion once.
KEPT_FOR_S: Final = 365 * 24 * 3600
SIZE: Final = 20
STATES: Final = LABELS["suggestion_state"]
OPEN: Final = frozenset({SuggestionState.PUBLISHED, SuggestionState.UNDER_STUDY})
ORDERS: Final = {"most_supported": "最受支持", "newest": "最新"}
STYLE: Final = """<style>
nav{display:flex;flex-wrap:wrap;gap:8px}
nav a{border-radius:18px;padding:6px 14px;background:var(--tint);color:var(--link);text-decoration:none}
nav a.on{background:var(--blue);color:#fff}article{border-top:1px solid var(--line);padding:14px 0}
article:first-of-type{border:0;padding-top:0}
article h2{margin:0 0 4px}article p{margin:4px 0}.state.adopted,.state.partly_adopted,.state.done{background:var(--mint);color:var(--green)}
.state.declined{background:var(--soft);color:var(--muted)}.state.under_study{background:var(--warm);color:var(--amber)}
.answer{background:var(--soft);border-radius:8px;padding:8px 12px}.foot{display:flex;align-items:center;gap:12px;margin-top:8px}
.foot form{display:block;margin-left:auto}.foot button{width:auto;min-height:44px;padding:8px 22px}.foot b{font-size:20px}
.done-note{background:var(--mint);border-left:4px solid #2e8b57;padding:10px 18px}
</style>"""


async def show(request: web.Request) -> web.Response:
    """GET /suggestions: a page of them, by support or by age, of one state or all."""
    try:
        return await _shown(request)
    except HotlineError as error:
        return _page(request.app[HUB], _told(error.detail), error.status)


async def support(request: web.Request) -> web.Response:
    """POST /suggestions: support one, by this page's own form; then the page again."""
    hub = request.app[HUB]
    try:
        # Another site's page must not let its visitors support what they have not seen.
        check_origin(request)
        try:
            sent = await request.post()
        except (ValueError, LookupError) as error:
            raise InvalidRequest("提交的内容无法读取") from error
        given = str(sent.get("suggestion", ""))
        if not (given.isascii() and given.isdigit() and len(given) <= 18):
            raise InvalidRequest("请从本页面选择要支持的建议")
        token = request.cookies.get(COOKIE) or new_visitor(request)
        is_new = await count(request.app, int(given), by_visitor(hub, token))
    except HotlineError as error:
        return _page(hub, _told(error.detail), error.status)
    answer = web.HTTPSeeOther(f"{PATH}?supported={'new' if is_new else 'before'}#s{given}")
    answer.set_cookie(
        COOKIE, token, httponly=True, samesite="Lax", secure=is_by_tls(request), max_age=KEPT_FOR_S, path=PATH
    )
    raise answer


async def _shown(request: web.Request) -> web.Response:
    hub = request.app[HUB]
    order = "newest" if request.query.get("order") == "newest" else "most_supported"
    state = request.query.get("state")
    state = state if state in set(SuggestionState) else None
    after = body.read_cursor(request, tuple[int, int])
    if after is not None and not all(0 <= part < 2**63 for part in after):
        raise InvalidRequest("参数 cursor 无效，请从头开始")
    if order == "newest":
        found = await hub.database.read(
            lambda session: suggestions.newest(session, state, after[1] if after else None, SIZE)
        )
    else:
        found = await hub.database.read(lambda session: suggestions.most_supported(session, state, after, SIZE))
    cards = "".join(_card(page_of(hub, one)) for one in found) or '<p class="muted">还没有公开的建议。</p>'
    more = ""
    if len(found) == SIZE:
        cursor = body.make_cursor(found[-1].supports, found[-1].id)
        more = f'<p><a href="{PATH}?{escape(_query(order, state, cursor))}">更多</a></p>'
    thanks = {"new": "已记下您的支持。", "before": "您已支持过这条建议。"}.get(request.query.get("supported", ""))
    told = f'<section class="done-note">{thanks}</section>' if thanks else ""
    return _page(hub, f"{told}<section>{_choices(order, state)}</section><section>{cards}{more}</section>", 200)


def _choices(order: str, state: str | None) -> str:
    orders = "".join(_link(name, _query(one, state), is_on=one == order) for one, name in ORDERS.items())
    states = _link("全部", _query(order, None), is_on=state is None)
    states += "".join(_link(name, _query(order, one), is_on=one == state) for one, name in STATES.items())
    return f'<nav aria-label="排序">{orders}</nav><nav aria-label="办理状态" style="margin-top:8px">{states}</nav>'


def _link(name: str, query: str, *, is_on: bool) -> str:
    return f'<a href="{PATH}?{escape(query)}"{" class=on" if is_on else ""}>{name}</a>'


def _query(order: str, state: str | None, cursor: str | None = None) -> str:
    return urlencode({name: value for name, value in (("order", order), ("state", state), ("cursor", cursor)) if value})


def _card(one: dict[str, Any]) -> str:
    answer = f'<p class="answer"><b>答复</b>　{escape(one["answer"])}</p>' if one["answer"] else ""
    done = f'<p class="answer"><b>落实</b>　{escape(one["done"])}</p>' if one["done"] else ""
    button = (
        f'<form method="post" action="{PATH}"><input type="hidden" name="suggestion" value="{one["id"]}">'
        f'<button aria-label="支持：{escape(one["title"])}">支持</button></form>'
        if one["state"] in OPEN
        else ""
    )
    return f"""<article id="s{one["id"]}"><h2>{escape(one["title"])}</h2>
<p><span class="state {one["state"]}">{STATES[one["state"]]}</span> <span class="muted">
{escape(one["topic"]["name"])} · {_date(one["published_at"])}公开</span></p><p>{escape(one["brief"])}</p>{answer}{done}
<div class="foot"><span><b>{one["supports"]}</b> 人支持</span>{button}</div></article>"""


def _date(at: datetime) -> str:
    local = at.astimezone(CHINA_TIME)
    return f"{local.year}年{local.month}月{local.day}日"


def _told(words: str) -> str:
    return f'<section class="error">{escape(words)}</section><section><a href="{PATH}">返回建议列表</a></section>'


def _page(hub: Hub, content: str, status: int) -> web.Response:
    about = "<span>经本人同意、隐去个人信息后公开</span><a href='/me'>查询进度</a>"
    head = f"<header><h1>{escape(hub.city.name)}12345 · 市民建议</h1>{about}</header>"
    whole = f'{head}<main class="narrow">{content}</main>'
    return page("市民建议", whole, head=STYLE, status=status, headers=SIGNED_IN)
