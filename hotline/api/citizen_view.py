"""What /me looks like: its frame in two sizes of type, the way of a request, its news, and the forms of its steps."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from hotline.api.auth import is_by_tls
from hotline.api.frame import SECURITY, page
from hotline.keys import HUB
from hotline.notice import day, due_day
from models.errors import InvalidRequest
from models.labels import LABELS
from models.lifecycle import Action, TicketState, ticket_allows

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.api.citizen_story import News, Stage, Story

PATH: Final = "/me"
REQUEST: Final = "/me/request"
CHAT: Final = "/me/chat"
SCRIPT: Final = "/me/script.js"
# The size of the type, kept for a year, in seconds.
TYPE: Final = "hotline_type"
KEPT_FOR_S: Final = 365 * 24 * 3600
LARGE: Final = "large"
MOST_PHOTOS: Final = 4
HEADERS: Final = {
    **SECURITY,
    "content-security-policy": f"{SECURITY['content-security-policy']}; script-src 'self'; connect-src 'self'; "
    "img-src 'self' blob:",
}
_EMERGENCIES: Final = "、".join(
    f'<a class="target" href="tel:{number}">{number}</a>' for number in ("110", "119", "120", "122")
)
STATES: Final = LABELS["ticket_state"]
SUGGESTION_STATES: Final = LABELS["suggestion_state"]
PHOTOS: Final = (
    '<label for="{id}">照片（可选，最多{most}张，JPEG 或 PNG，合计不超过8兆字节）</label>'
    '<input id="{id}" type="file" name="photo" accept="image/jpeg,image/png" multiple data-photos{more}>'
    '<div class="shown" data-shown></div>'
)
STYLE: Final = f"<style>{(Path(__file__).parent / 'citizen.css').read_text(encoding='utf-8')}</style>"
_ASKED: Final = {
    Action.RATE: """<fieldset><legend>是否解决</legend><label class="choice"><input type="radio" name="solved" value="yes" checked>已解决
</label><label class="choice"><input type="radio" name="solved" value="no">未解决</label></fieldset>
<fieldset><legend>是否满意</legend><label class="choice"><input type="radio" name="satisfied" value="yes" checked>满意</label>
<label class="choice"><input type="radio" name="satisfied" value="no">不满意</label></fieldset>
<label for="score">评分（可选）</label><select id="score" name="score"><option value="">不评分</option><option value="5">5分</option>
<option value="4">4分</option><option value="3">3分</option><option value="2">2分</option><option value="1">1分</option></select>""",
    Action.ASK_REOPEN: '<label for="reason">为什么要重办</label><textarea id="reason" name="reason" rows="3" required>{reason}</textarea>',
    Action.SUPPLEMENT: '<label for="added">补充内容</label><textarea id="added" name="text" rows="3" required>{text}</textarea>'
    + PHOTOS.format(id="added-photo", most=MOST_PHOTOS, more=""),
    Action.URGE: "<p>我们会转告承办单位。</p>",
    Action.WITHDRAW: "<p>撤回后不再办理，如有需要请重新提交。</p>",
}
STEPS: Final = frozenset(_ASKED)
DONE: Final = {
    Action.RATE: "感谢您的评价。",
    Action.ASK_REOPEN: "已收到您的重办申请。",
    Action.SUPPLEMENT: "已补充到您的诉求。",
    Action.URGE: "您的催促已转告经办人员。",
    Action.WITHDRAW: "您的诉求已撤回。",
}


def citizen_page(
    request: web.Request, title: str, content: str, status: int = 200, *, is_fault: bool = False, head: str = ""
) -> web.Response:
    """Return a page of /me in the size of type that the citizen chose; a choice in the address is kept."""
    chosen = request.query.get("type")
    is_large = (chosen or request.cookies.get(TYPE)) == LARGE
    other = [(name, value) for name, value in request.query.items() if name not in {"type", "done"}]
    switch = f"{request.path}?{urlencode([*other, ('type', 'normal' if is_large else LARGE)])}"
    links = (
        f'<a href="{path}"{" aria-current=page" if path == request.path else ""}>{name}</a>'
        for path, name in ((REQUEST, "我要反映"), (CHAT, "在线对话"), (PATH, "查询进度"), ("/suggestions", "市民建议"))
    )
    whole = (
        f'<a class="skip" href="#main">跳到正文</a><header><h1>{escape(request.app[HUB].city.name)}12345 · {title}</h1>'
        f'<nav aria-label="页面">{"".join(links)}<a href="{escape(switch)}">{"标准字号" if is_large else "大字版"}</a></nav></header>'
        f'<main class="narrow" id="main">{content}<section><p class="hint">紧急情况请直接拨打 '
        f"{_EMERGENCIES}。</p></section></main>"
    )
    head = f'{STYLE}<script src="{SCRIPT}" defer></script>{head}'
    shown = f"{'出错：' if is_fault else ''}{title}"
    answer = page(shown, whole, head=head, status=status, headers=HEADERS, body_class=LARGE if is_large else "")
    if chosen:
        answer.set_cookie(
            TYPE,
            LARGE if is_large else "normal",
            max_age=KEPT_FOR_S,
            path=PATH,
            samesite="Lax",
            secure=is_by_tls(request),
        )
    return answer


def told(words: str) -> str:
    """Return what went wrong, for the eye and for a screen reader."""
    return f'<section class="error" role="alert">{escape(words)}</section>'


def search(number: str) -> str:
    """Return the form by which a request is found again."""
    return f"""<section><h2>查询进度</h2><form method="get" action="{PATH}"><label for="number">工单号</label>
<input id="number" name="number" value="{escape(number[:20])}" inputmode="numeric" autocomplete="off" required>
<label for="code">查询码（见短信或登记回执）</label><input id="code" name="code" inputmode="numeric" autocomplete="off" required>
<button>查询</button></form></section><section><h2>有事要反映</h2><p>咨询、求助、投诉、举报、建议都可以在这里提交，不需要注册。</p>
<a class="button" href="{REQUEST}">我要反映</a> <a class="button" href="{CHAT}">在线对话</a></section>"""


def progress(found: dict[str, Any], story: Story) -> str:
    """Return where a request stands: the common answer first, then the way, the answer and the news."""
    incident = found.get("incident")
    rows = {
        "状态": STATES[found["state"]],
        "承诺答复": _promise(found, story),
        "主办单位": found["lead"]["name"] if found["lead"] else "待确定",
        "诉求": found["text"],
        "事项": found["category"]["name"],
        "其他系统编号": "、".join(f"{one['name']} {one['number']}" for one in found["external_ids"]),
        "登记时间": day(found["registered_at"]),
        "您的评价": _rating(found["rating"]),
    }
    shown = "".join(f"<dt>{name}</dt><dd>{escape(words)}</dd>" for name, words in rows.items() if words)
    reply = found["reply"]
    parts = [
        f'<section class="alarm"><h2>突发事件：{escape(incident["title"])}</h2><p class="told">'
        f"{escape(incident['answer'] or '正在统一处理，有进展会告知您。')}</p></section>"
        if incident
        else "",
        f"<section><h2>工单 {found['number']}</h2>{_way(story.stages)}<dl>{shown}</dl></section>",
        f'<section><h2>答复</h2><p class="told">{escape(reply)}</p></section>' if reply else "",
        _suggestion(story),
        f'<section><h2>办理经过</h2><ol class="news">{"".join(map(_news, story.news))}</ol></section>'
        if story.news
        else "",
    ]
    return "".join(parts)


def _promise(found: dict[str, Any], story: Story) -> str:
    promised = f"{due_day(found['promised_at'], is_provisional=found['is_provisional'])}前"
    is_moved = story.first_promised_at != found["promised_at"]
    return f"{promised}（原为{day(story.first_promised_at)}前）" if is_moved else promised


def _way(stages: list[Stage]) -> str:
    shown = "".join(
        f'<li class="{"now" if one.is_now else "past" if one.is_past else "ahead"}"{" aria-current=step" if one.is_now else ""}>{one.name}'
        f"{f'<time>{day(one.at)}</time>' if one.at else ''}</li>"
        for one in stages
    )
    return f'<ol class="stages">{shown}</ol>' if shown else ""


def _news(one: News) -> str:
    reason = f"：{escape(one.reason)}" if one.reason else ""
    return f"<li><time>{day(one.at)}</time>{one.words}{reason}</li>"


def _suggestion(story: Story) -> str:
    if story.suggestion is None:
        return ""
    one = story.suggestion
    return (
        f'<section><h2>您的建议已公开</h2><p><a href="/suggestions#s{one.id}">{escape(one.title)}</a>：'
        f"{SUGGESTION_STATES[one.state]}，{one.supports}人支持</p></section>"
    )


def _rating(rating: dict[str, Any] | None) -> str | None:
    if rating is None:
        return None
    solved, satisfied = "已解决" if rating["solved"] else "未解决", "满意" if rating["satisfied"] else "不满意"
    return f"{solved}，{satisfied}" + (f"，{rating['score']}分" if rating["score"] is not None else "")


def step_forms(found: dict[str, Any], code: str, token: str, typed: dict[str, str]) -> str:
    """Return a form for each step that is open to the citizen; one that was refused is open, with what was `typed`."""
    number = found["number"]
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
        f"<details{' open' if typed.get('action') == action else ''}><summary>{LABELS['action'][action]}</summary>"
        f'<form method="post" action="{PATH}" enctype="multipart/form-data"><input type="hidden" name="number" value="{number}">'
        f'<input type="hidden" name="code" value="{escape(code)}"><input type="hidden" name="form" value="{token}">'
        f'<input type="hidden" name="action" value="{action}">{_filled(action, typed)}'
        f"<button>{LABELS['action'][action]}</button></form></details>"
        for action in allowed
    )
    return f"<section><h2>我要</h2>{forms}</section>" if forms else ""


def _filled(action: Action, typed: dict[str, str]) -> str:
    given = typed if typed.get("action") == action else {}
    words = {name: escape(given.get(name, "")) for name in ("text", "reason")}
    return _ASKED[action].format(**words) if action in {Action.ASK_REOPEN, Action.SUPPLEMENT} else _ASKED[action]


def check_step(given: dict[str, str]) -> None:
    """Raise InvalidRequest for what is no step of the citizen's."""
    if given.get("action") not in STEPS:
        raise InvalidRequest("此处不能执行该操作")
