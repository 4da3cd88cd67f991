"""Every URL on one page: who may call it, what it takes, what it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline.api import (
    attachments,
    body,
    callbacks,
    citizen_page,
    departments,
    health,
    interactions,
    openapi,
    pages,
    session,
    steps,
    tickets,
    track,
    waiting,
)
from hotline.api.auth import INTAKE, READERS, STAFF, actor_of
from hotline.request import Register
from models.lifecycle import TicketState
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import web

    from models.ticket import Actor

    Open = Callable[[web.Request], Awaitable[web.StreamResponse]]
    Guarded = Callable[[web.Request, Actor], Awaitable[web.StreamResponse]]

SYSTEM: Final = frozenset({Role.ADMINISTRATOR})
OPERATORS: Final = frozenset({Role.ADMINISTRATOR, Role.SUPERVISOR, Role.SHIFT_LEAD, Role.DEPARTMENT})
TELEPHONY: Final = frozenset({Role.CHANNEL, Role.AGENT, Role.SHIFT_LEAD})
LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": 100}
CURSOR: Final = {"type": "string"}
KEY: Final = ("Idempotency-Key",)


class Endpoint(Struct, frozen=True, kw_only=True):
    """One URL and method. `roles` None means that nobody needs to sign in."""

    method: str
    path: str
    handler: Any
    summary: str
    roles: frozenset[Role] | None = None
    body: Any = None
    answers: tuple[int, ...] = (200,)
    problems: tuple[int, ...] = ()
    query: dict[str, Any] = {}
    headers: tuple[str, ...] = ()
    needs_key: bool = True
    media_type: str = "application/json"

    @property
    def name(self) -> str:
        """A unique name for generated clients."""
        words = self.path.replace("/api/v1", "").replace("{", "").replace("}", "").replace(".", "_").split("/")
        return "_".join([self.method.lower(), *(word for word in words if word)])


def _get(path: str, handler: Open | Guarded, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="GET", path=path, handler=handler, summary=summary, **more)


def _post(path: str, handler: Open | Guarded, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="POST", path=path, handler=handler, summary=summary, **more)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    _get("/healthz", health.healthz, "进程存活"),
    _get("/readyz", health.readyz, "是否就绪：数据库、结构、模型、后台进程", answers=(200, 503)),
    _get("/metrics", health.metrics, "Prometheus 指标", media_type="text/plain"),
    _get("/api/v1/labels", health.labels, "所有枚举的中文名称"),
    _get("/api/v1/backlog", health.zero_backlog, "零积压：毛值与净值", roles=STAFF, problems=(401, 403)),
    _post("/api/v1/tickets", tickets.create, "登记诉求", roles=INTAKE, body=Register, answers=(201, 200),
          problems=(401, 403, 413, 422, 503), headers=KEY),
    _post("/api/v1/understand", tickets.understood, "只理解、不登记", roles=INTAKE | READERS, body=Register,
          problems=(401, 403, 413, 422)),
    _get("/api/v1/tickets", tickets.listed, "工单列表、队列与检索", roles=READERS, problems=(401, 403, 404, 422), query={
        "state": {"type": "string", "enum": [str(state) for state in TicketState]},
        "department": CURSOR, "category": CURSOR, "line": CURSOR, "overdue": {"type": "string", "enum": ["true", "false"]},
        "q": CURSOR, "cursor": CURSOR, "limit": LIMIT}),
    _get("/api/v1/tickets/{number}", tickets.one, "一件工单", roles=READERS, problems=(401, 403, 404)),
    _get("/api/v1/tickets/{number}/trail", tickets.trail, "全程留痕", roles=READERS | {Role.AUDITOR},
         problems=(401, 403, 404)),
    _get("/api/v1/tickets/{number}/clock", tickets.clock, "每个时限及其由来", roles=READERS, problems=(401, 403, 404, 409)),
    _post("/api/v1/tickets/{number}/steps", steps.take_step, "办一步", roles=STAFF, body=steps.STEPS,
          problems=(401, 403, 404, 409, 413, 422, 503), headers=KEY),
    _get("/api/v1/decisions", waiting.decisions, "待热线裁决的退单、延期、挂账", roles=READERS - {Role.DEPARTMENT},
         problems=(401, 403, 422), query={"cursor": CURSOR, "limit": LIMIT}),
    _get("/api/v1/handoffs", waiting.handoffs, "待确认的紧急转接", roles=READERS - {Role.DEPARTMENT},
         problems=(401, 403, 422), query={"cursor": CURSOR, "limit": LIMIT}),
    _post("/api/v1/session", session.create, "登录", body=session.SignIn, answers=(201,), problems=(401, 403, 413, 422)),
    _get("/api/v1/session", session.show, "当前登录", roles=STAFF, problems=(401, 403)),
    Endpoint(method="DELETE", path="/api/v1/session", handler=session.delete, summary="退出", problems=(403,)),
    _post("/api/v1/attachments", attachments.create, "上传附件", roles=INTAKE | {Role.DEPARTMENT}, answers=(201,),
          problems=(401, 403, 413, 422)),
    _post("/api/v1/interactions", interactions.offer, "来话到达", roles=TELEPHONY, body=interactions.Offer,
          answers=(201,), problems=(401, 403, 413, 422)),
    _get("/api/v1/interactions/missed", interactions.missed, "待回拨的漏接来电", roles=TELEPHONY,
         problems=(401, 403, 422), query={"limit": LIMIT}),
    _post("/api/v1/interactions/{id}/events", interactions.event, "来话进展", roles=TELEPHONY,
          body=interactions.InteractionEvent, problems=(401, 403, 404, 409, 413, 422)),
    Endpoint(method="PUT", path="/api/v1/feeds/{line}/{external_id}", handler=interactions.put_feed,
             summary="分中心镜像记录", roles=frozenset({Role.CHANNEL}), body=interactions.FeedRecord,
             problems=(401, 403, 413, 422)),
    _get("/api/v1/track/{number}", track.show, "诉求人查询进度", problems=(404, 422), query={"code": CURSOR}),
    _post("/api/v1/track/{number}/steps", track.step, "诉求人补充、催促、撤诉、评价、申请重办", body=steps.CITIZEN_STEPS,
          problems=(403, 404, 409, 413, 422, 503), headers=KEY, needs_key=False, query={"code": CURSOR}),
    _post("/api/v1/callbacks/{department}", callbacks.receive, "承办单位签名回调", body=steps.DEPARTMENT_STEPS,
          problems=(401, 403, 404, 409, 413, 422, 503)),
    Endpoint(method="PUT", path="/api/v1/departments/{code}/endpoint", handler=departments.put_endpoint,
             summary="登记承办单位接口（先验证归属）", roles=SYSTEM | {Role.DEPARTMENT}, body=departments.EndpointRequest,
             problems=(401, 403, 404, 409, 413, 422, 502)),
    _get("/api/v1/deliveries", departments.list_deliveries, "投递记录", roles=OPERATORS, problems=(401, 403, 404, 422),
         query={"state": {"type": "string", "enum": ["waiting", "delivered", "dead"]}, "department": CURSOR,
                "ticket": CURSOR, "cursor": CURSOR, "limit": LIMIT}),
    _post("/api/v1/deliveries/{id}/replay", departments.replay, "重新投递", roles=OPERATORS - {Role.DEPARTMENT},
          problems=(401, 403, 404)),
    _get("/", pages.live, "运行情况", media_type="text/html"),
    _get("/me", citizen_page.show, "诉求人页面", media_type="text/html", answers=(200, 404, 422), problems=(503,),
         query={"number": CURSOR, "code": CURSOR}),
    _post("/me", citizen_page.step, "诉求人页面的表单", media_type="text/html",
          answers=(303, 403, 404, 409, 422, 429), problems=(413, 503)),
)  # fmt: skip


def add_routes(app: web.Application) -> None:
    """Hang every endpoint on the application."""
    description = msgspec.json.encode(openapi.describe(ENDPOINTS, "12345 热线服务中枢"))

    async def described(request: web.Request) -> web.Response:
        """GET /api/openapi.json."""
        return body.raw_answer(description, 200)

    app[citizen_page.FORMS] = citizen_page.Forms()
    for endpoint in ENDPOINTS:
        handler = endpoint.handler if endpoint.roles is None else _guarded(endpoint.handler, endpoint.roles)
        app.router.add_route(endpoint.method, endpoint.path, handler)
    app.router.add_get("/api/openapi.json", described)


def _guarded(handler: Guarded, roles: frozenset[Role]) -> Open:
    async def guarded(request: web.Request) -> web.StreamResponse:
        return await handler(request, await actor_of(request, roles))

    return guarded
