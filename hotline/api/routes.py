"""Every URL on one page: who may call it, what it takes, what it answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline import incident, knowledge_entry
from hotline.api import (
    attachments,
    auto_dispatch,
    body,
    callbacks,
    citizen_page,
    departments,
    explanation,
    forecast,
    health,
    incidents,
    interactions,
    knowledge,
    learning,
    metrics,
    openapi,
    pages,
    session,
    shapes,
    steps,
    stream,
    tickets,
    track,
    trail,
    waiting,
    waves,
)
from hotline.api.auth import INTAKE, KNOWN_TOKENS, READERS, STAFF, KnownTokens, actor_of
from hotline.api.limiter import Limiter
from hotline.explanation import Explained
from hotline.keys import HUB
from hotline.receipt import TicketReceipt
from hotline.request import Register
from models.errors import NotFound
from models.lifecycle import DESK, TicketState
from models.red_proof import SPANS
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
HOTLINE: Final = READERS - {Role.DEPARTMENT}
ASKERS: Final = INTAKE | STAFF
WRITERS: Final = frozenset({Role.KNOWLEDGE, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.DEPARTMENT})
ON_LINE: Final = frozenset({Role.CHANNEL})
PATTERNS: Final = {
    "number": "^[0-9]{14,17}$",
    "id": "^[A-Za-z0-9_]{1,80}$",
    "code": "^[a-z0-9_-]{1,64}$",
    "department": "^[a-z0-9_-]{1,64}$",
    "line": "^[0-9]{1,16}$",
    "entry": "^[A-Za-z0-9_-]{1,32}$",
    "external_id": "^[A-Za-z0-9_-]{1,200}$",
}
TEXT: Final = {"type": "string"}
STATES: Final = {"type": "array", "items": {"type": "string", "enum": [str(state) for state in TicketState]}}
QUERY_WORDS: Final = {"type": "string", "minLength": 1}
ENTRY_KIND: Final = {"type": "string", "enum": ["article", "guide", ""]}
TASK_KIND: Final = {"type": "string", "enum": [*knowledge.KINDS, ""]}
DELIVERY_STATE: Final = {"type": "string", "enum": ["waiting", "delivered", "dead", ""]}
SERIES: Final = {"type": "string", "enum": [*forecast.KINDS, ""]}
OVER: Final = {"type": "string", "enum": [*forecast.OVER, ""]}
WITHIN: Final = {"type": "integer", "enum": list(SPANS)}
YES_NO: Final = {"type": "string", "enum": ["true", "false", ""]}
MOMENT: Final = {"type": "string", "format": "date-time"}
QUERY_CODE: Final = {"type": "string", "minLength": 1}
LIMIT: Final = {"type": "integer", "minimum": 1, "maximum": body.MOST_ON_A_PAGE}
PAGE: Final = {"cursor": TEXT, "limit": LIMIT}
KEY: Final = ("Idempotency-Key",)
SIGNED: Final = ("webhook-id", "webhook-timestamp", "webhook-signature")


class Endpoint(Struct, frozen=True, kw_only=True):
    """One URL and method. `roles` None means that nobody needs to sign in.

    `body` is what is decoded (for steps: by action), `beside` the fields that stand beside an action's own, `answer`
    what is encoded, or `downloads` the media types of a file; `patterns` say what a part of the path may look like, where
    that is not what its name says.
    """

    method: str
    path: str
    handler: Any
    summary: str
    roles: frozenset[Role] | None = None
    body: Any = None
    beside: type[Struct] | None = None
    uploads: tuple[str, ...] = ()
    answer: Any = None
    answers: tuple[int, ...] = (200,)
    problems: tuple[int, ...] = ()
    patterns: dict[str, str] = {}
    query: dict[str, Any] = {}
    required_query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    required_headers: tuple[str, ...] = ()
    media_type: str = "application/json"
    downloads: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """A unique name for generated clients."""
        words = self.path.replace("/api/v1", "").replace("{", "").replace("}", "").replace(".", "_").split("/")
        return "_".join([self.method.lower(), *(word for word in words if word)])

    @property
    def all_problems(self) -> list[int]:
        """Every status that this can fail with: by its credential, its path, its body, its query, or the database."""
        found = {503, *self.problems}
        found |= {401, 403} if self.roles is not None else set()
        found |= {404} if self.path_patterns else set()
        found |= {413, 422} if self.body is not None or self.uploads else set()
        found |= {422} if self.query or self.headers else set()
        return sorted(found - set(self.answers))

    @property
    def path_patterns(self) -> dict[str, str]:
        """What every part of the path in braces may look like."""
        return {name: self.patterns.get(name) or PATTERNS[name] for name in re.findall(r"{(\w+)}", self.path)}


def _get(path: str, handler: Open | Guarded, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="GET", path=path, handler=handler, summary=summary, **more)


def _post(path: str, handler: Open | Guarded, summary: str, **more: Any) -> Endpoint:
    return Endpoint(method="POST", path=path, handler=handler, summary=summary, **more)


ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    _get("/healthz", health.healthz, "进程存活", answer=health.Alive),
    _get("/readyz", health.readyz, "是否就绪：数据库、结构、模型、后台进程", answers=(200, 503), answer=health.Ready),
    _get("/metrics", metrics.metrics, "Prometheus 指标", media_type="text/plain"),
    _get("/api/v1/labels", health.labels, "所有枚举的中文名称", answer=health.Labels),
    _get("/api/v1/backlog", health.zero_backlog, "零积压：毛值与净值", roles=STAFF, answer=health.Backlog),
    _get("/api/v1/models", learning.models, "理解模型：在用、候选、影子、漂移", roles=STAFF, answer=learning.Models),
    _post("/api/v1/tickets", tickets.create, "登记诉求", roles=INTAKE, body=Register, answers=(201, 200),
          answer=TicketReceipt, problems=(409,), headers=KEY, required_headers=KEY),
    _post("/api/v1/understand", tickets.understood, "只理解、不登记", roles=INTAKE | READERS, body=Register,
          answer=shapes.Understood, problems=(409,)),
    _post("/api/v1/explain", explanation.explained, "只理解、不登记，并说明依据", roles=HOTLINE, body=Register,
          answer=Explained, problems=(409,)),
    _get("/api/v1/tickets", tickets.listed, "工单列表、队列与检索", roles=READERS, answer=shapes.Tickets, problems=(404,),
         query={"state": STATES, "department": TEXT, "category": TEXT, "line": TEXT, "overdue": YES_NO, "q": TEXT, **PAGE}),
    _get("/api/v1/tickets/{number}", tickets.one, "一件工单", roles=READERS, answer=shapes.TicketPage,
         problems=(409,)),
    _get("/api/v1/tickets/{number}/trail", trail.show, "全程留痕", roles=READERS | {Role.AUDITOR}, answer=trail.Trail,
         problems=(409,)),
    _get("/api/v1/tickets/{number}/clock", trail.clock, "每个时限及其由来", roles=READERS, answer=trail.TicketClock,
         problems=(409,)),
    _get("/api/v1/tickets/{number}/explain", explanation.of_number, "一件工单的分类、派单依据", roles=HOTLINE,
         answer=Explained, problems=(409,)),
    _post("/api/v1/tickets/{number}/steps", steps.take_step, "办一步", roles=STAFF, body=steps.STEPS,
          beside=steps.OnVersion, answer=steps.StepAnswer, problems=(409,), headers=KEY, required_headers=KEY),
    _get("/api/v1/decisions", waiting.decisions, "待热线裁决的退单、延期、挂账", roles=HOTLINE,
         answer=shapes.Tickets, problems=(404,), query=PAGE),
    _get("/api/v1/handoffs", waiting.handoffs, "待确认的紧急转接", roles=HOTLINE,
         answer=waiting.Handoffs, problems=(404,), query=PAGE),
    _get("/api/v1/waves", waves.listed, "群体、热点：成批反映的同一事项", roles=HOTLINE, answer=waves.Waves, problems=(404,),
         query=PAGE),
    _get("/api/v1/incidents", incidents.listed, "突发、群体事件", roles=ASKERS, answer=incidents.Incidents, problems=(404,),
         query={"open": YES_NO, **PAGE}),
    _post("/api/v1/incidents", incidents.create, "以一件工单为主件开启事件", roles=DESK, body=incident.Opening,
          answers=(201,), answer=incidents.IncidentPage, problems=(404, 409)),
    _get("/api/v1/incidents/{incident}", incidents.one, "一起事件", roles=ASKERS, answer=incidents.IncidentPage,
         patterns={"incident": "^[0-9]{1,18}$"}),
    _post("/api/v1/incidents/{incident}/steps", incidents.move, "统一口径、报告领导、结束并群发告知", roles=DESK,
          body=incident.IncidentStep, answer=incidents.IncidentPage, problems=(409,), patterns={"incident": "^[0-9]{1,18}$"}),
    _post("/api/v1/incidents/{incident}/attach", incidents.attach, "把已登记的工单并入事件", roles=DESK | {Role.AGENT},
          body=incidents.Attach, answer=incidents.AttachedTickets, patterns={"incident": "^[0-9]{1,18}$"}),
    _get("/api/v1/forecast", forecast.show, "预测：未来七天来件、红牌、办理能力", roles=STAFF, answer=forecast.Forecast,
         problems=(404,), query={"kind": SERIES}),
    _get("/api/v1/forecast/red", forecast.red, "可能变红的承办件，可能性大的在前", roles=READERS, answer=forecast.RedParts,
         problems=(404,), query={"within": WITHIN, "department": TEXT, **PAGE}),
    _get("/api/v1/forecast/surges", forecast.surges, "当日、本周热点：超出预期的来件与群体诉求", roles=HOTLINE,
         answer=forecast.Surges, problems=(404,), query={"over": OVER}),
    _get("/api/v1/knowledge", knowledge.found, "检索知识：在用且在有效期内的条目", roles=ASKERS, answer=knowledge.Hits,
         query={"q": QUERY_WORDS, "kind": ENTRY_KIND, "category": TEXT, "limit": LIMIT}, required_query=("q",)),
    _post("/api/v1/knowledge", knowledge.create, "起草知识条目（可由工单答复生成）", roles=WRITERS,
          body=knowledge_entry.EntryFields, answers=(201,), answer=knowledge.EntryPage, problems=(404, 409)),
    _post("/api/v1/knowledge/answer", knowledge.drafted, "拟一份注明出处的答复", roles=ASKERS, body=knowledge.Asked,
          answer=knowledge.AnswerDraft),
    _post("/api/v1/knowledge/gaps", knowledge.missing, "登记查不到答案的问题", roles=ASKERS, body=knowledge.Asked,
          answer=knowledge.Kept),
    _get("/api/v1/knowledge/drafts", knowledge.waiting, "待审核的知识条目", roles=WRITERS, answer=knowledge.Versions),
    _get("/api/v1/knowledge/tasks", knowledge.tasks, "知识待办：纠错、确认、缺口", roles=WRITERS, answer=knowledge.Tasks,
         problems=(404,), query={"kind": TASK_KIND, **PAGE}),
    _post("/api/v1/knowledge/tasks/{id}/close", knowledge.close, "办结一项知识待办", roles=WRITERS, body=knowledge.Outcome,
          answer=knowledge.Kept, patterns={"id": "^[0-9]{1,18}$"}),
    _get("/api/v1/knowledge/{entry}", knowledge.one, "一个知识条目的各个版本", roles=STAFF, answer=knowledge.Versions),
    _post("/api/v1/knowledge/{entry}/versions", knowledge.revise, "起草知识条目的新版本", roles=WRITERS,
          body=knowledge_entry.EntryFields, answers=(201,), answer=knowledge.EntryPage, problems=(409,)),
    _post("/api/v1/knowledge/{entry}/steps", knowledge.move, "审核、退回、下架、确认、纠错", roles=STAFF,
          body=knowledge_entry.EntryStep, answer=knowledge.Versions, problems=(409,)),
    _get("/api/v1/auto-dispatch", auto_dispatch.show, "自动派单：各类开关、把握线、覆盖与差错",
         roles=READERS - {Role.DEPARTMENT}, answer=auto_dispatch.AutoDispatch),
    Endpoint(method="PUT", path="/api/v1/auto-dispatch/{category}", handler=auto_dispatch.put, summary="开通或停用一类的自动派单",
             roles=frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}), body=auto_dispatch.Wanted,
             answer=auto_dispatch.CategoryLine, patterns={"category": "^[0-9]{4}$"}),
    _post("/api/v1/session", session.create, "登录", body=session.SignIn, answers=(201,), answer=session.SignedIn,
          problems=(401, 403)),
    _get("/api/v1/session", session.show, "当前登录", roles=STAFF, answer=session.SignedIn),
    Endpoint(method="DELETE", path="/api/v1/session", handler=session.delete, summary="退出", answer=session.SignedOut,
             problems=(403,)),
    _post("/api/v1/attachments", attachments.create, "上传附件", roles=INTAKE | {Role.DEPARTMENT}, answers=(201,),
          answer=attachments.Attached, uploads=attachments.MEDIA_TYPES, headers=("X-File-Name",)),
    _get("/api/v1/attachments/{id}", attachments.show, "下载附件", roles=READERS, downloads=attachments.MEDIA_TYPES,
         patterns={"id": "^[0-9a-f]{32}$"}),
    _post("/api/v1/interactions", interactions.offer, "来话到达", roles=TELEPHONY, body=interactions.Offer,
          answers=(201,), answer=interactions.Offered),
    _get("/api/v1/interactions/missed", interactions.missed, "待回拨的漏接来电", roles=TELEPHONY,
         answer=interactions.MissedCalls, query={"limit": LIMIT}),
    _get("/api/v1/interactions/figures", interactions.figures, "来话数量：按结果、按热线",
         roles=HOTLINE, answer=interactions.Figures, query={"since": MOMENT}),
    _post("/api/v1/interactions/{id}/events", interactions.event, "来话进展", roles=TELEPHONY,
          body=interactions.InteractionEvent, answer=interactions.Happened, problems=(409,),
          patterns={"id": "^[0-9]{1,18}$"}),
    Endpoint(method="PUT", path="/api/v1/feeds/{line}/{external_id}", handler=interactions.put_feed,
             summary="分中心镜像记录", roles=ON_LINE, body=interactions.FeedRecord, answer=interactions.FeedKept),
    _get("/api/v1/track/{number}", track.show, "诉求人查询进度", answer=track.Tracked, problems=(429,),
         query={"code": QUERY_CODE}, required_query=("code",)),
    _post("/api/v1/track/{number}/steps", track.step, "诉求人补充、催促、撤诉、评价、申请重办", body=steps.CITIZEN_STEPS,
          beside=track.WithCode, answer=steps.StepAnswer, problems=(403, 409, 429), headers=KEY, query={"code": TEXT}),
    _post("/api/v1/callbacks/{department}", callbacks.receive, "承办单位签名回调", body=steps.DEPARTMENT_STEPS,
          beside=callbacks.OfTicket, answer=steps.StepAnswer, problems=(401, 403, 409), headers=SIGNED,
          required_headers=SIGNED),
    Endpoint(method="PUT", path="/api/v1/departments/{code}/endpoint", handler=departments.put_endpoint,
             summary="登记承办单位接口（先验证归属）", roles=SYSTEM | {Role.DEPARTMENT}, body=departments.EndpointRequest,
             answer=departments.EndpointAnswer, problems=(409, 502)),
    _get("/api/v1/deliveries", departments.list_deliveries, "投递记录", roles=OPERATORS, answer=departments.Deliveries,
         problems=(404,), query={"state": DELIVERY_STATE, "department": TEXT, "ticket": TEXT, **PAGE}),
    _post("/api/v1/deliveries/{id}/replay", departments.replay, "重新投递", roles=OPERATORS - {Role.DEPARTMENT},
          answer=departments.Replayed),
    _get("/api/v1/stream", stream.listen, "实时事件（WebSocket，可续传）", roles=READERS, media_type=openapi.WEBSOCKET,
         query={"after": TEXT}),
    _get("/", pages.live, "运行情况", media_type="text/html"),
    _get("/me", citizen_page.show, "诉求人页面", media_type="text/html", answers=(200, 404, 422, 429)),
    _post("/me", citizen_page.step, "诉求人页面的表单", media_type="text/html",
          answers=(303, 403, 404, 409, 422, 429)),
)  # fmt: skip


def add_routes(app: web.Application) -> None:
    """Hang every endpoint on the application."""
    description = msgspec.json.encode(openapi.describe(ENDPOINTS, app[HUB].city))

    async def described(request: web.Request) -> web.Response:
        """GET /api/openapi.json."""
        return body.raw_answer(description, 200)

    app[citizen_page.FORMS] = citizen_page.Forms()
    app[track.WRONG_CODES] = Limiter(track.MOST_WRONG_A_MINUTE, "查询码多次不正确，请一分钟后再试")
    app[KNOWN_TOKENS] = KnownTokens()
    app[explanation.EXAMPLES] = {}
    for endpoint in ENDPOINTS:
        app.router.add_route(endpoint.method, endpoint.path, _opened(endpoint))
    app.router.add_get("/api/openapi.json", described)


def _opened(endpoint: Endpoint) -> Open:
    """Let in who may come, to a path that can exist."""
    patterns = {name: re.compile(pattern.strip("^$")) for name, pattern in endpoint.path_patterns.items()}

    async def opened(request: web.Request) -> web.StreamResponse:
        actor = None if endpoint.roles is None else await actor_of(request, endpoint.roles)
        for name, pattern in patterns.items():
            if pattern.fullmatch(request.match_info[name]) is None:
                raise NotFound("没有这个地址：编号或代码的写法不对，请核对")
        arguments = (request,) if actor is None else (request, actor)
        response: web.StreamResponse = await endpoint.handler(*arguments)
        return response

    return opened
