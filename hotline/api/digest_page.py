"""/suggestions/digest: the quarter's suggestions as those who decide read them, on a screen or printed."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

from hotline.api import body, identity
from hotline.api.auth import actor_of
from hotline.api.digest import digest_of
from hotline.api.frame import SIGNED_IN, page
from hotline.api.session import sign_in_by_form
from hotline.api.url import HOTLINE
from hotline.keys import HUB
from models.errors import Forbidden, HotlineError, InvalidRequest, Unauthorized
from models.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiohttp import web

    from hotline.hub import Hub

PATH: Final = "/suggestions/digest"
STATES: Final = LABELS["suggestion_state"]
COUNTS: Final = {
    "received": "收到",
    "published": "公开",
    "adopted": "采纳",
    "partly_adopted": "部分采纳",
    "declined": "未采纳",
    "pending": "在办",
    "unsaid": "未表态",
}
STYLE: Final = """<style>header a{color:#fff}.bar{display:flex;height:14px;border-radius:7px;overflow:hidden;
background:var(--line);margin:10px 0 4px}
.bar i{display:block}.adopted{background:#2e8b57}.partly_adopted{background:#8cc7a3}.declined{background:#8796a8}
.pending{background:#f0c75e}.unsaid{background:#dfe3e8}.key{display:flex;flex-wrap:wrap;gap:4px 16px;color:var(--muted)}.key i{
display:inline-block;width:12px;height:12px;border-radius:3px;margin-right:5px}td.r,th.r{text-align:right}@media(max-width:700px){td.r,th.r{padding-right:6px}
table.figures{font-size:13px}table.figures th,table.figures td{padding:5px 3px}table.figures th{white-space:normal}}</style>"""
PARTS: Final = ("adopted", "partly_adopted", "declined", "pending", "unsaid")


async def show(request: web.Request) -> web.Response:
    """GET /suggestions/digest: of ?quarter=, the present one without; the form to sign in for who has not."""
    return await _shown(request)


async def sign_in(request: web.Request) -> web.Response:
    """POST /suggestions/digest: this page's form to sign in."""
    try:
        try:
            sent = await request.post()
        except (ValueError, LookupError) as error:
            raise InvalidRequest("提交的内容无法读取") from error
        await sign_in_by_form(request, {name: value for name, value in sent.items() if isinstance(value, str)}, PATH)
    except HotlineError as error:
        return _signed_out(request, error.detail, error.status)


async def _shown(request: web.Request) -> web.Response:
    hub = request.app[HUB]
    try:
        await actor_of(request, HOTLINE)
        digest = await digest_of(hub, body.query(request, "quarter"))
    except Unauthorized:
        return _signed_out(request, None, 200)
    except Forbidden as error:
        return _signed_out(request, error.detail, error.status)
    except HotlineError as error:
        return _page(hub, "", f'<section class="error">{escape(error.detail)}</section>', error.status)
    before = digest["before"]
    earlier = f'<a href="{PATH}?quarter={before["quarter"]}">看上一季度</a>'
    quarter = f"{_named(digest['quarter'])}　{earlier}"
    content = (
        f"<section><h2>总览</h2>{_cards(digest['totals'])}{_bar(digest['totals'])}</section>"
        f"<section><h2>按主题</h2>{_topics(digest['topics'])}</section>"
        f"<section><h2>最受支持</h2>{_supported(digest['most_supported'])}</section>"
        f"<section><h2>上季公开的建议现在怎样<small>{_named(before['quarter'])} · {before['published']}件</small></h2>"
        f"{_states(before['states'])}{_supported(before['most_supported']) if before['most_supported'] else ''}</section>"
    )
    return _page(hub, quarter, content, 200)


def _cards(totals: dict[str, Any]) -> str:
    share = totals["adopted_share"]
    shown = {name: str(totals[key]) for key, name in COUNTS.items()}
    shown["采纳比例"] = "—" if share is None else f"{share:.0%}"
    cards = "".join(f'<div class="card"><b>{number}</b>{name}</div>' for name, number in shown.items())
    return f'<div class="cards">{cards}</div>'


def _bar(totals: dict[str, Any]) -> str:
    if not totals["received"]:
        return ""
    parts = "".join(
        f'<i class="{part}" style="width:{100 * totals[part] / totals["received"]:.2f}%"></i>' for part in PARTS
    )
    key = "".join(f'<span><i class="{part}"></i>{COUNTS[part]}</span>' for part in PARTS)
    return f'<div class="bar">{parts}</div><div class="key">{key}</div>'


def _topics(topics: list[dict[str, Any]]) -> str:
    if not topics:
        return '<p class="muted">本季还没有建议。</p>'
    heads = "<th>主题</th>" + "".join(f'<th class="r">{name}</th>' for name in COUNTS.values())
    lines = "".join(
        f"<tr><td>{escape(one['topic']['name'])}</td>"
        + "".join(f'<td class="r">{one[key]}</td>' for key in COUNTS)
        + "</tr>"
        for one in topics
    )
    return f'<table class="figures"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'


def _supported(found: Iterable[dict[str, Any]]) -> str:
    lines = "".join(
        f'<tr><td class="all"><b>{escape(one["title"])}</b><br>{escape(one["done"] or one["answer"] or one["brief"])}</td>'
        f'<td class="n">{one["supports"]}人（实名{one["verified"]}）</td>'
        f'<td><span class="state">{STATES[one["state"]]}</span></td></tr>'
        for one in found
    )
    if not lines:
        return '<p class="muted">本季还没有公开的建议。</p>'
    heads = "<thead><tr><th>建议与去向</th><th>支持</th><th>状态</th></tr></thead>"
    return f'<table class="wide">{heads}<tbody>{lines}</tbody></table>'


def _states(states: list[dict[str, Any]]) -> str:
    cards = "".join(f'<div class="card"><b>{one["suggestions"]}</b>{one["name"]}</div>' for one in states)
    return f'<div class="cards">{cards}</div>'


def _named(quarter: str) -> str:
    return f"{quarter[:4]}年第{'一二三四'[int(quarter[5]) - 1]}季度"


def _signed_out(request: web.Request, told: str | None, status: int) -> web.Response:
    error = f'<section class="error">{escape(told)}</section>' if told else ""
    form = f"""<section><h2>登录</h2><form method="post" action="{PATH}">
<label>账号<input name="username" autocomplete="username" autocapitalize="none" maxlength="64" required></label>
<label>密码<input name="password" type="password" autocomplete="current-password" maxlength="200" required></label>
<label>动态口令（启用了的填写）<input name="code" autocomplete="one-time-code" maxlength="40"></label>
<button>登录</button></form></section>"""
    head = f"<header><h1>{escape(request.app[HUB].city.name)}12345 · 建议季报</h1></header>"
    whole = f'{head}<main class="narrow">{error}{identity.button(request, PATH)}{form}</main>'
    return page("建议季报", whole, status=status, headers=SIGNED_IN)


def _page(hub: Hub, quarter: str, content: str, status: int) -> web.Response:
    head = f"<header><h1>{escape(hub.city.name)}12345 · 建议季报</h1><span>{quarter}</span></header>"
    whole = f'{head}<main style="max-width:1000px">{content}</main>'
    return page("建议季报", whole, head=STYLE, status=status, headers=SIGNED_IN)
