"""The URLs of a hotline's day: calls, lines, incidents, knowledge, forecasts; one table for each."""

from __future__ import annotations

from typing import Final

from hotline import asking, handoff, incident, knowledge_entry, prompt, risk_clue, seat, shift_change, storm
from hotline.api import (
    books,
    call_backs,
    figure_routes,
    follow_ups,
    forecast,
    ground_routes,
    handoff_figures,
    handoffs,
    incidents,
    interactions,
    knowledge,
    knowledge_figures,
    line_routes,
    openapi,
    oversight_routes,
    police,
    prompts,
    risk_clues,
    seat_stream,
    seats,
    shift_changes,
)
from hotline.api import storm as storm_page
from hotline.api.auth import READERS, STAFF
from hotline.api.url import (
    ASKERS,
    CLUE_STATE,
    ENTRY_KIND,
    HOTLINE,
    LIMIT,
    MOMENT,
    ON_LINE,
    OVER,
    PAGE,
    PROMPT_STATE,
    QUERY_WORDS,
    RUNG,
    SERIES,
    SHIFT,
    STAFF_COUNT,
    TASK_KIND,
    TELEPHONY,
    TEXT,
    WITHIN,
    WRITERS,
    YES_NO,
    Endpoint,
    get,
    post,
)
from hotline.giving import AGENTS
from hotline.receipt import TicketReceipt
from models.lifecycle import DESK
from models.lifecycle import SEATS as SEATED
from models.vocabulary import Role

CALLS: Final = (
    post("/api/v1/interactions", interactions.offer, "来话到达", roles=TELEPHONY, body=interactions.Offer,
         answers=(201,), answer=interactions.Offered),
    get("/api/v1/interactions/missed", interactions.missed, "待回拨的漏接来电", roles=TELEPHONY,
        answer=interactions.MissedCalls, query={"limit": LIMIT}),
    get("/api/v1/interactions/missed/figures", call_backs.figures, "漏接回拨统计：回拨与否、是否按时，按席组", roles=HOTLINE,
        answer=call_backs.CallBackFiguresPage, query={"since": MOMENT, "until": MOMENT}, is_far=True),
    get("/api/v1/interactions/figures", interactions.figures, "来话指标：接通率、15秒接通率等，按结果、热线、席组",
        roles=HOTLINE, answer=interactions.Figures, query={"since": MOMENT, "until": MOMENT}, is_far=True),
    post("/api/v1/interactions/{id}/events", interactions.event, "来话进展", roles=TELEPHONY,
         body=interactions.InteractionEvent, answer=interactions.Happened, problems=(409,),
         patterns={"id": "^[0-9]{1,18}$"}),
)  # fmt: skip
SEATS: Final = (
    get("/api/v1/seat", seats.own, "自己的坐席，以及分来的会话或回拨", roles=AGENTS, answer=seats.OwnSeat),
    post("/api/v1/seat/steps", seats.move, "签入、示闲、离席、签出", roles=AGENTS, body=seat.SeatStep,
         answer=seats.OwnSeat, problems=(404, 409)),
    post("/api/v1/seat/take", seats.take, "接起分来的会话或回拨", roles=AGENTS, answer=seats.OwnSeat, problems=(409,)),
    get("/api/v1/seat/stream", seat_stream.listen, "自己的坐席有变即告知（WebSocket），连接期间视为在席", roles=AGENTS,
        media_type=openapi.WEBSOCKET),
    get("/api/v1/seats", seats.listed, "各坐席的状态", roles=HOTLINE, answer=seats.SeatList, query=PAGE),
    get("/api/v1/seat_groups", seats.groups, "席组：话务员状态与排队", roles=HOTLINE, answer=seats.SeatGroups),
    post("/api/v1/interactions/{id}/call_back", interactions.call_back, "回拨结果", roles=AGENTS,
         body=interactions.CallBack, answer=interactions.CalledBack, problems=(409,), patterns={"id": "^[0-9]{1,18}$"}),
)  # fmt: skip
SHIFT_CHANGES: Final = (
    get("/api/v1/drafts", shift_changes.drafts_listed, "自己和所在席组的登记草稿", roles=AGENTS, answer=shift_changes.Drafts,
        query=PAGE),
    Endpoint(method="PUT", path="/api/v1/drafts/{draft}", handler=shift_changes.write_draft, summary="保存登记草稿",
             roles=AGENTS, body=shift_change.DraftFields, answer=shift_changes.DraftPage, problems=(404, 409),
             patterns={"draft": "^[0-9a-f]{32}$"}),
    Endpoint(method="DELETE", path="/api/v1/drafts/{draft}", handler=shift_changes.drop_draft, summary="删除登记草稿",
             roles=AGENTS, answer=shift_changes.DraftDropped, patterns={"draft": "^[0-9a-f]{32}$"}),
    get("/api/v1/shift_changes", shift_changes.listed, "交接班记录", roles=AGENTS | {Role.SUPERVISOR},
        answer=shift_changes.ShiftChanges, query=PAGE),
    post("/api/v1/shift_changes", shift_changes.hand_over, "交接班：草稿和未结束的会话交给他人或席组", roles=AGENTS,
         body=shift_change.Handing, answers=(201,), answer=shift_changes.ShiftChangePage, problems=(404, 409)),
    post("/api/v1/shift_changes/{id}/accept", shift_changes.accept, "接班", roles=AGENTS,
         answer=shift_changes.ShiftChangePage, problems=(409,), patterns={"id": "^[0-9]{1,18}$"}),
)  # fmt: skip
HANDOFFS: Final = (
    get("/api/v1/handoffs/figures", handoff_figures.show, "12345与110双向统计：转接、警单、线索", roles=HOTLINE,
        answer=handoff_figures.HandoffFigures, query={"since": MOMENT, "until": MOMENT}, is_far=True),
    get("/api/v1/handoffs", handoffs.listed, "紧急转接：待确认的，或按对方单号（警单号）查", roles=HOTLINE,
        answer=handoffs.Handoffs, problems=(404,), query={"outside_number": TEXT, **PAGE}),
    post("/api/v1/handoffs", handoffs.create, "一键转接：通话中或就一件工单", roles=SEATED, body=handoffs.Press, answers=(201,),
         answer=handoffs.HandoffPage, problems=(404, 409)),
    get("/api/v1/handoffs/{id}", handoffs.one, "一次紧急转接", roles=HOTLINE, answer=handoffs.HandoffPage),
    post("/api/v1/handoffs/{id}/steps", handoffs.move, "报振铃、确认接手、记三方通话", roles=TELEPHONY | SEATED | {Role.SUPERVISOR},
         body=handoff.HandoffStep, answer=handoffs.HandoffPage, problems=(409,)),
)  # fmt: skip
INCIDENTS: Final = (
    get("/api/v1/incidents", incidents.listed, "突发、群体事件", roles=ASKERS, answer=incidents.Incidents, problems=(404,),
        query={"open": YES_NO, **PAGE}),
    post("/api/v1/incidents", incidents.create, "以一件工单为主件开启事件", roles=DESK, body=incident.Opening,
         answers=(201,), answer=incidents.IncidentPage, problems=(404, 409)),
    get("/api/v1/incidents/{incident}", incidents.one, "一起事件", roles=ASKERS, answer=incidents.IncidentPage,
        patterns={"incident": "^[0-9]{1,18}$"}),
    post("/api/v1/incidents/{incident}/steps", incidents.move, "统一口径、报告领导、结束并群发告知", roles=DESK,
         body=incident.IncidentStep, answer=incidents.IncidentPage, problems=(409,), patterns={"incident": "^[0-9]{1,18}$"}),
    get("/api/v1/incidents/{incident}/candidates", incidents.candidates, "可能属于该事件、尚未并入的工单", roles=HOTLINE,
        answer=incidents.Candidates, patterns={"incident": "^[0-9]{1,18}$"}),
    post("/api/v1/incidents/{incident}/attach", incidents.attach, "把已登记的工单并入事件", roles=DESK | {Role.AGENT},
         body=incidents.Attach, answer=incidents.AttachedTickets, patterns={"incident": "^[0-9]{1,18}$"}),
)  # fmt: skip
PROMPTS: Final = (
    get("/api/v1/prompts", prompts.listed, "是否开启事件：成批诉求的提示", roles=HOTLINE, answer=prompts.Prompts,
        problems=(404,), query={"state": PROMPT_STATE, **PAGE}),
    post("/api/v1/prompts/{prompt}/open", prompts.open_incident, "就一批诉求开启事件，其余一并并入", roles=SHIFT,
         body=prompt.PromptOpening, answers=(201,), answer=prompts.PromptOpened, problems=(409,),
         patterns={"prompt": "^[0-9]{1,18}$"}),
    post("/api/v1/prompts/{prompt}/dismiss", prompts.dismiss, "不开启事件", roles=SHIFT, body=prompt.Dismissal,
         answer=prompts.PromptLine, problems=(409,), patterns={"prompt": "^[0-9]{1,18}$"}),
)  # fmt: skip
STORM: Final = (
    get("/api/v1/storm", storm_page.show, "风暴模式：是否进入、因何、暂停什么", roles=HOTLINE, answer=storm_page.StormNow),
    post("/api/v1/storm", storm_page.switch, "班长手动进入或解除风暴模式", roles=SHIFT, body=storm.Switching,
         answer=storm_page.StormNow, problems=(409,)),
)  # fmt: skip
FOLLOW_UPS: Final = (
    get("/api/v1/follow-ups", follow_ups.listed, "待回访的诉求人（含并单的），按梯次", roles=HOTLINE, answer=follow_ups.Asks,
        problems=(404,), query={"rung": RUNG, **PAGE}),
    get("/api/v1/follow-ups/figures", follow_ups.figures, "回访统计：按梯次、按答复", roles=HOTLINE, answer=follow_ups.AskFigures,
        query={"since": MOMENT, "until": MOMENT}, is_far=True),
    get("/api/v1/follow-ups/capacity", follow_ups.capacity, "今日回访需要多少人工", roles=HOTLINE, answer=follow_ups.AskCapacity,
        query={"staff": STAFF_COUNT}),
    get("/api/v1/follow-ups/{number}", follow_ups.one, "一位待回访的诉求人：话术、时段、不满意时怎么办", roles=HOTLINE,
        answer=follow_ups.AskPage),
    post("/api/v1/follow-ups/{number}/call", follow_ups.call, "人工回访拨打哪个电话（留痕）", roles=frozenset({Role.FOLLOW_UP}),
         answer=follow_ups.AskCall, problems=(409,)),
    post("/api/v1/follow-ups/{number}/answers", follow_ups.answer, "人工回访一位诉求人的结果", roles=frozenset({Role.FOLLOW_UP}),
         body=asking.Said, answer=follow_ups.AskEnded, problems=(409,)),
    post("/api/v1/follow-ups/calls/{id}/result", follow_ups.result, "自动外呼的结果（外呼系统回报按键）", roles=ON_LINE,
         body=asking.CallResult, answer=follow_ups.AskEnded, problems=(409,)),
)  # fmt: skip
POLICE_ORDERS: Final = (
    Endpoint(method="PUT", path="/api/v1/police-orders/{police_number}", handler=police.put, summary="110推送警单（首接负责，立即受理）",
             roles=ON_LINE, body=police.PoliceOrder, answers=(201, 200), answer=TicketReceipt, problems=(409,),
             patterns={"police_number": police.POLICE_NUMBER}),
    get("/api/v1/police-orders/{police_number}", police.one, "按警单号查工单", roles=HOTLINE | ON_LINE, answer=police.PoliceTickets,
        patterns={"police_number": police.POLICE_NUMBER}),
)  # fmt: skip
RISK_CLUES: Final = (
    get("/api/v1/risk-clues", risk_clues.listed, "推送110的影响社会稳定线索", roles=HOTLINE, answer=risk_clues.Clues, problems=(404,),
        query={"state": CLUE_STATE, **PAGE}),
    post("/api/v1/risk-clues", risk_clues.create, "把一件工单作为线索推送110", roles=DESK, body=risk_clue.Push, answers=(201,),
         answer=risk_clues.CluePage, problems=(404, 409)),
    get("/api/v1/risk-clues/{id}", risk_clues.one, "一条线索", roles=HOTLINE, answer=risk_clues.CluePage),
    post("/api/v1/risk-clues/{id}/steps", risk_clues.move, "确认或撤回线索", roles=DESK | ON_LINE, body=risk_clue.ClueStep,
         answer=risk_clues.CluePage, problems=(409,)),
)  # fmt: skip
FORECASTS: Final = (
    get("/api/v1/forecast", forecast.show, "预测：未来七天来件、红牌、办理能力", roles=STAFF, answer=forecast.Forecast,
        problems=(404,), query={"kind": SERIES}, is_far=True),
    get("/api/v1/forecast/red", forecast.red, "可能变红的承办件，可能性大的在前", roles=READERS, answer=forecast.RedParts,
        problems=(404,), query={"within": WITHIN, "department": TEXT, **PAGE}, is_far=True),
    get("/api/v1/forecast/surges", forecast.surges, "当日、本周热点：超出预期的来件与群体诉求", roles=HOTLINE,
        answer=forecast.Surges, problems=(404,), query={"over": OVER}, is_far=True),
)  # fmt: skip
KNOWLEDGE: Final = (
    get("/api/v1/knowledge", knowledge.found, "检索知识：在用且在有效期内的条目", roles=ASKERS, answer=knowledge.Hits,
        query={"q": QUERY_WORDS, "kind": ENTRY_KIND, "category": TEXT, "limit": LIMIT}, required_query=("q",)),
    post("/api/v1/knowledge", knowledge.create, "起草知识条目（可由工单答复生成）", roles=WRITERS,
         body=knowledge_entry.EntryFields, answers=(201,), answer=knowledge.EntryPage, problems=(404, 409)),
    post("/api/v1/knowledge/answer", knowledge.drafted, "拟一份注明出处的答复", roles=ASKERS, body=knowledge.Asked,
         answer=knowledge.AnswerDraft),
    post("/api/v1/knowledge/gaps", knowledge.missing, "登记查不到答案的问题", roles=ASKERS, body=knowledge.Asked,
         answer=knowledge.Kept),
    get("/api/v1/knowledge/drafts", knowledge.waiting, "待审核的知识条目", roles=WRITERS, answer=knowledge.Versions),
    get("/api/v1/knowledge/figures", knowledge_figures.show, "知识待办统计：各单位在用条目、未办结、超期", roles=HOTLINE | WRITERS,
        answer=knowledge_figures.KnowledgeFigures, query={"since": MOMENT}, is_far=True),
    get("/api/v1/knowledge/tasks", knowledge.tasks, "知识待办：纠错、确认、缺口", roles=WRITERS, answer=knowledge.Tasks,
        problems=(404,), query={"kind": TASK_KIND, **PAGE}),
    post("/api/v1/knowledge/tasks/{id}/close", knowledge.close, "办结一项知识待办", roles=WRITERS, body=knowledge.Outcome,
         answer=knowledge.Kept, patterns={"id": "^[0-9]{1,18}$"}),
    get("/api/v1/knowledge/{entry}", knowledge.one, "一个知识条目的各个版本", roles=STAFF, answer=knowledge.Versions),
    post("/api/v1/knowledge/{entry}/versions", knowledge.revise, "起草知识条目的新版本", roles=WRITERS,
         body=knowledge_entry.EntryFields, answers=(201,), answer=knowledge.EntryPage, problems=(409,)),
    post("/api/v1/knowledge/{entry}/steps", knowledge.move, "审核、退回、下架、确认、纠错", roles=STAFF,
         body=knowledge_entry.EntryStep, answer=knowledge.Versions, problems=(409,)),
)  # fmt: skip
BOOKS: Final = (
    get("/api/v1/books", books.show, "账目：来话、工单、承办、留痕、投递各自相平", roles=HOTLINE, answer=books.Books,
        query={"since": MOMENT, "until": MOMENT}, is_far=True),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (
    *BOOKS,
    *CALLS,
    *SEATS,
    *SHIFT_CHANGES,
    *line_routes.ENDPOINTS,
    *INCIDENTS,
    *PROMPTS,
    *STORM,
    *FORECASTS,
    *figure_routes.ENDPOINTS,
    *KNOWLEDGE,
    *oversight_routes.ENDPOINTS,
    *ground_routes.ENDPOINTS,
    *HANDOFFS,
    *FOLLOW_UPS,
    *POLICE_ORDERS,
    *RISK_CLUES,
)
