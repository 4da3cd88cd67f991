"""Every URL: who may call it, what it takes, what it answers; those of a hotline's day are on pages of their own."""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Final

import msgspec

from hotline.api import (
    assignments,
    attachments,
    auto_dispatch,
    backlog_routes,
    body,
    calendars,
    callbacks,
    chat_page,
    chat_routes,
    chats,
    citizen_page,
    citizen_request,
    console,
    day_routes,
    departments,
    explanation,
    health,
    installation_routes,
    learning,
    look_up_routes,
    metrics,
    notices,
    openapi,
    page_form,
    seen,
    session,
    shapes,
    steps,
    story_routes,
    stream,
    suggestions,
    tickets,
    tokens,
    track,
    trail,
    trust_routes,
    waiting,
    waves,
    worklist_routes,
)
from hotline.api.auth import INTAKE, KNOWN_TOKENS, READERS, STAFF, KnownTokens, actor_of
from hotline.api.limiter import Limiter
from hotline.api.token_pace import PACE, Pace
from hotline.api.url import (
    DELIVERY_STATE,
    HOTLINE,
    KEY,
    LIMIT,
    MOMENT,
    OPERATORS,
    OWES,
    PAGE,
    QUERY_CODE,
    SIGNED,
    SORT,
    STATES,
    SYSTEM,
    TEXT,
    TICKET_KIND,
    URGENCY,
    YES_NO,
    Endpoint,
    get,
    post,
)
from hotline.explanation import Explained
from hotline.keys import HUB
from hotline.receipt import TicketReceipt
from hotline.request import Register
from models.errors import NotFound
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.api.url import Open

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    get("/healthz", health.healthz, "进程存活", answer=health.Alive),
    get("/readyz", health.readyz, "是否就绪：数据库、结构、模型、后台进程", answers=(200, 503), answer=health.Ready),
    get("/metrics", metrics.metrics, "Prometheus 指标", media_type="text/plain"),
    get("/api/v1/labels", health.labels, "所有枚举的中文名称", answer=health.Labels),
    get("/api/v1/backlog", health.zero_backlog, "零积压：毛值与净值", roles=STAFF, answer=health.Backlog, is_far=True),
    get("/api/v1/models", learning.models, "理解模型：在用、候选、影子、漂移", roles=STAFF, answer=learning.Models),
    post("/api/v1/tickets", tickets.create, "登记诉求", roles=INTAKE, body=Register, answers=(201, 200),
         answer=TicketReceipt, problems=(404, 409), headers=KEY, required_headers=KEY),
    post("/api/v1/understand", tickets.understood, "只理解、不登记", roles=INTAKE | READERS, body=Register,
         answer=shapes.Understood, problems=(409,)),
    post("/api/v1/explain", explanation.explained, "只理解、不登记，并说明依据", roles=HOTLINE, body=Register,
         answer=Explained, problems=(409,)),
    get("/api/v1/tickets", tickets.listed, "工单列表、队列与检索", roles=READERS, answer=tickets.TicketsInOrder, problems=(404,),
        query={"state": STATES, "department": TEXT, "category": TEXT, "line": TEXT, "overdue": YES_NO, "q": TEXT,
               "kind": TICKET_KIND, "urgency": URGENCY, "district": TEXT, "since": MOMENT, "until": MOMENT, "sort": SORT, **PAGE},
        is_far=True),
    get("/api/v1/tickets/{number}", tickets.one, "一件工单", roles=READERS, answer=shapes.TicketPage,
        problems=(409,)),
    get("/api/v1/tickets/{number}/trail", trail.show, "全程留痕", roles=READERS | {Role.AUDITOR}, answer=trail.Trail,
        problems=(409,)),
    get("/api/v1/tickets/{number}/clock", trail.clock, "每个时限及其由来", roles=READERS, answer=trail.TicketClock,
        problems=(409,)),
    get("/api/v1/tickets/{number}/explain", explanation.of_number, "一件工单的分类、派单依据", roles=HOTLINE,
        answer=Explained, problems=(409,)),
    post("/api/v1/tickets/{number}/steps", steps.take_step, "办一步", roles=STAFF, body=steps.STEPS,
         beside=steps.OnVersion, answers=(200, 202), answer=steps.StepAnswer, problems=(409,), headers=KEY,
         required_headers=KEY),
    get("/api/v1/decisions", waiting.decisions, "待热线裁决的退单、延期、挂账", roles=HOTLINE,
        answer=shapes.Tickets, problems=(404,), query=PAGE),
    get("/api/v1/assignments", assignments.owed, "本单位（或下级单位）的承办件：现在欠什么，近的在前", roles=frozenset({Role.DEPARTMENT}),
        answer=assignments.Owed, problems=(404,),
        query={"owes": OWES, "department": TEXT, "kind": TICKET_KIND, "urgency": URGENCY, "category": TEXT, "district": TEXT,
               "overdue": YES_NO, **PAGE}),
    get("/api/v1/waves", waves.listed, "群体、热点：成批反映的同一事项", roles=HOTLINE, answer=waves.Waves, problems=(404,),
        query=PAGE),
    get("/api/v1/auto-dispatch", auto_dispatch.show, "自动派单：各类开关、把握线、覆盖与差错",
        roles=READERS - {Role.DEPARTMENT} | SYSTEM, answer=auto_dispatch.AutoDispatch),
    Endpoint(method="PUT", path="/api/v1/auto-dispatch/{category}", handler=auto_dispatch.put, summary="开通或停用一类的自动派单",
             roles=frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}), body=auto_dispatch.Wanted,
             answer=auto_dispatch.CategoryLine, patterns={"category": "^[0-9]{4}$"}),
    post("/api/v1/session", session.create, "登录", body=session.SignIn, answers=(201,), answer=session.SignedIn,
         problems=(401, 403, 429)),
    get("/api/v1/session", session.show, "当前登录：角色、可用功能、是否须改密码", roles=STAFF, answer=session.SignedIn,
        before_change=True),
    Endpoint(method="PUT", path="/api/v1/session/password", handler=session.change_password, summary="改自己的密码",
             roles=STAFF, body=session.NewPassword, answer=session.PasswordChanged, problems=(409, 429),
             before_change=True),
    Endpoint(method="DELETE", path="/api/v1/session", handler=session.delete, summary="退出", answer=session.SignedOut,
             problems=(403,)),
    post("/api/v1/attachments", attachments.create, "上传附件", roles=INTAKE | {Role.DEPARTMENT}, answers=(201,),
         answer=attachments.Attached, uploads=attachments.MEDIA_TYPES, headers=("X-File-Name",)),
    get("/api/v1/attachments/{id}", attachments.show, "下载附件", roles=READERS, downloads=attachments.MEDIA_TYPES,
        patterns={"id": "^[0-9a-f]{32}$"}),
    get("/api/v1/track/{number}", track.show, "诉求人查询进度", answer=track.Tracked, problems=(429,),
        query={"code": QUERY_CODE}, required_query=("code",)),
    post("/api/v1/track/{number}/steps", track.step, "诉求人补充、催促、撤诉、评价、申请重办", body=steps.CITIZEN_STEPS,
         beside=track.WithCode, answer=steps.StepAnswer, problems=(403, 409, 429), headers=KEY, query={"code": TEXT}),
    post("/api/v1/callbacks/{department}", callbacks.receive, "承办单位签名回调", body=steps.DEPARTMENT_STEPS,
         beside=callbacks.OfTicket, answer=steps.StepAnswer, problems=(401, 403, 409), headers=SIGNED,
         required_headers=SIGNED),
    Endpoint(method="PUT", path="/api/v1/departments/{code}/endpoint", handler=departments.put_endpoint,
             summary="登记承办单位接口（先验证归属）", roles=SYSTEM | {Role.DEPARTMENT}, body=departments.EndpointRequest,
             answer=departments.EndpointAnswer, problems=(409, 502)),
    get("/api/v1/deliveries", departments.list_deliveries, "投递记录", roles=OPERATORS, answer=departments.Deliveries,
        problems=(404,), query={"state": DELIVERY_STATE, "department": TEXT, "ticket": TEXT, **PAGE}),
    post("/api/v1/deliveries/{id}/replay", departments.replay, "重新投递", roles=OPERATORS - {Role.DEPARTMENT},
         answer=departments.Replayed),
    get("/api/v1/notices", notices.listed, "短信告知，新的在前", roles=HOTLINE | OPERATORS - {Role.DEPARTMENT},
        answer=notices.NoticeLines, query={"limit": LIMIT}),
    *backlog_routes.ENDPOINTS,
    *story_routes.ENDPOINTS,
    *day_routes.ENDPOINTS,
    *installation_routes.ENDPOINTS,
    *worklist_routes.ENDPOINTS,
    *look_up_routes.ENDPOINTS,
    *chat_routes.ENDPOINTS,
    *trust_routes.ENDPOINTS,
    get("/api/v1/stream", stream.listen, "实时事件（WebSocket，可续传）", roles=READERS, media_type=openapi.WEBSOCKET,
        query={"after": TEXT}),
    get("/", console.show, "网页工作台", media_type="text/html", answers=(200, 503)),
    # Files of a page, no part of the interface: described no more than the page is.
    get("/favicon.svg", console.icon, "网页工作台的图标", media_type="text/html"),
    get("/assets/{name}", console.asset, "网页工作台的文件", media_type="text/html",
        patterns={"name": r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$"}),
    get("/me", citizen_page.show, "诉求人页面", media_type="text/html", answers=(200, 404, 422, 429)),
    post("/me", citizen_page.step, "诉求人页面的表单", media_type="text/html",
         answers=(303, 403, 404, 409, 413, 422, 429)),
    get("/me/script.js", citizen_page.script, "诉求人页面的脚本", media_type="text/html"),
    get("/me/request", citizen_request.show, "诉求人提交诉求的页面", media_type="text/html"),
    get("/me/chat", chat_page.show, "诉求人与机器人、人工坐席对话的页面", media_type="text/html"),
    get("/me/chat.js", chat_page.script, "对话页面的脚本", media_type="text/html"),
    post("/me/request", citizen_request.hand_in, "提交诉求的表单，答以登记回执", media_type="text/html",
         answers=(201, 403, 409, 413, 422, 429)),
)  # fmt: skip


def add_routes(app: web.Application) -> None:
    """Hang every endpoint on the application."""
    description = msgspec.json.encode(openapi.describe(ENDPOINTS, app[HUB].city))

    async def described(request: web.Request) -> web.Response:
        """GET /api/openapi.json."""
        return body.raw_answer(description, 200)

    app[page_form.FORMS] = page_form.Forms()
    app[citizen_request.REQUESTS] = Limiter(citizen_request.MOST_A_MINUTE, page_form.TOO_OFTEN)
    app[track.WRONG_CODES] = Limiter(track.MOST_WRONG_A_MINUTE, "查询码多次不正确，请一分钟后再试")
    app[track.WRONG_FROM_ALL] = Limiter(track.MOST_WRONG_FROM_ALL, "查询码多次不正确，请一分钟后再试")
    app[track.WRONG_OF_ONE] = Limiter(track.MOST_WRONG_OF_ONE, "查询码多次不正确，请一分钟后再试")
    app[suggestions.NEW_VISITORS] = Limiter(suggestions.MOST_VISITORS_A_MINUTE, "访问过于频繁，请一分钟后再试")
    app[suggestions.SUPPORTS] = Limiter(suggestions.MOST_A_MINUTE, "操作过于频繁，请一分钟后再试")
    app[KNOWN_TOKENS] = KnownTokens()
    app[PACE] = Pace()
    app[session.MAY] = {
        role: [f"{one.method} {one.path}" for one in ENDPOINTS if one.roles is None or role in one.roles]
        for role in STAFF
    }
    app[tokens.PROGRAMS] = {
        role: frozenset(f"{one.method} {one.path}" for one in ENDPOINTS if one.roles and role in one.roles)
        for role in (Role.CHANNEL, Role.DEPARTMENT)
    }
    look_up_routes.prepare(app)
    chats.prepare(app)
    app[explanation.EXAMPLES] = {}
    app[calendars.TRIALS] = asyncio.Lock()
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, endpoint.path, _opened(endpoint))
    app.router.add_get("/api/openapi.json", described)


def _opened(endpoint: Endpoint) -> Open:
    """Let in who may come, to a path that can exist."""
    patterns = {name: re.compile(pattern.strip("^$")) for name, pattern in endpoint.path_patterns.items()}

    async def opened(request: web.Request) -> web.StreamResponse:
        actor = None
        if endpoint.roles is not None:
            actor = await actor_of(request, endpoint.roles, before_change=endpoint.before_change)
        for name, pattern in patterns.items():
            if pattern.fullmatch(request.match_info[name]) is None:
                raise NotFound("没有这个地址：编号或代码的写法不对，请核对")
        arguments = (request,) if actor is None else (request, actor)
        with seen.reading(request, actor) if endpoint.is_far else contextlib.nullcontext():
            response: web.StreamResponse = await endpoint.handler(*arguments)
        await seen.tell(request, actor, response)
        return response

    return opened
