"""The URLs by which departments, seats and callers are watched: supervision, deferrals, inspection, callers' limits."""

from __future__ import annotations

from typing import Final

from hotline import caller_limit, inspection, supervision
from hotline.api import caller_limits, deferrals, inspections, supervisions
from hotline.api.auth import READERS
from hotline.api.url import HOTLINE, LEVEL, MOMENT, PAGE, SEQ, TEXT, YES_NO, Endpoint, get, post
from hotline.fields import GroundsFields
from models.lifecycle import SEATS
from models.vocabulary import Role

LIMIT_READERS: Final = SEATS | {Role.SUPERVISOR, Role.QUALITY, Role.AUDITOR}
INSPECTED: Final = SEATS | inspections.READS_ALL | {Role.DEPARTMENT, Role.REVIEWER, Role.FOLLOW_UP}
INSPECTION_STATE: Final = {"type": "string", "enum": [*inspections.STATES, ""]}
SUBJECT: Final = {"type": "string", "enum": [*inspections.SUBJECTS, ""]}
DAY: Final = {"type": "string", "format": "date"}
LIMIT_STATE: Final = {"type": "string", "enum": [*caller_limits.STATES, ""]}

SUPERVISIONS: Final = (
    get("/api/v1/supervisions", supervisions.listed, "未终结的督办单：按级别、单位、是否逾期", roles=READERS,
        answer=supervisions.Supervisions, problems=(404,),
        query={"level": LEVEL, "department": TEXT, "late": YES_NO, **PAGE}),
    get("/api/v1/supervisions/figures", supervisions.figures, "督办单数量：按级别、单位", roles=HOTLINE,
        answer=supervisions.SupervisionFigures, query={"since": MOMENT}, is_far=True),
    post("/api/v1/supervisions/{number}/{seq}/steps", supervisions.move, "被督办单位书面回复；督办终结",
         roles=frozenset({Role.SUPERVISOR, Role.LEADER, Role.DEPARTMENT}), body=supervision.SupervisionStep,
         answer=supervisions.SupervisionPage, problems=(409,), patterns={"seq": SEQ}),
    get("/api/v1/supervisions/{number}/{seq}/letter", supervisions.read_letter, "督办通知书", roles=READERS,
        media_type="text/html", problems=(409,), patterns={"seq": SEQ}),
)  # fmt: skip
DEFERRALS: Final = (
    get("/api/v1/deferrals", deferrals.listed, "挂账事项，约定期限近的在前", roles=READERS, answer=deferrals.Deferrals,
        problems=(404,), query={"department": TEXT, "waiting": YES_NO, **PAGE}),
    post("/api/v1/deferrals/{number}/{assignment}/reviews", deferrals.review, "提前复核一项挂账",
         roles=frozenset({Role.SUPERVISOR, Role.REVIEWER}), body=GroundsFields, answers=(201,),
         answer=deferrals.ReviewCalled, problems=(409,), patterns={"assignment": "^[0-9]{1,4}$"}),
    get("/api/v1/deferrals/figures", deferrals.figures, "挂账数量、复核结果", roles=HOTLINE,
        answer=deferrals.DeferralFigures, query={"since": MOMENT}, is_far=True),
)  # fmt: skip
CALLER_LIMITS: Final = (
    get("/api/v1/caller-limits", caller_limits.listed, "来电人限制", roles=LIMIT_READERS, answer=caller_limits.CallerLimits,
        problems=(404,), query={"state": LIMIT_STATE, **PAGE}),
    post("/api/v1/caller-limits", caller_limits.create, "申请限制一位来电人", roles=SEATS, body=caller_limit.AskLimit,
         answers=(201,), answer=caller_limits.CallerDossier, problems=(404, 409)),
    get("/api/v1/caller-limits/figures", caller_limits.figures, "来电人限制数量", roles=LIMIT_READERS,
        answer=caller_limits.CallerLimitFigures, query={"since": MOMENT}, is_far=True),
    get("/api/v1/caller-limits/{id}", caller_limits.one, "一项限制及来电人档案", roles=LIMIT_READERS,
        answer=caller_limits.CallerDossier, patterns={"id": "^[0-9]{1,18}$"}),
    post("/api/v1/caller-limits/{id}/steps", caller_limits.move, "另一人审批限制；提前解除",
         roles=frozenset({Role.SHIFT_LEAD, Role.SUPERVISOR}), body=caller_limit.LimitStep,
         answer=caller_limits.CallerDossier, problems=(409,), patterns={"id": "^[0-9]{1,18}$"}),
)  # fmt: skip
INSPECTIONS: Final = (
    get("/api/v1/inspections", inspections.listed, "质检：待评、已评、申诉；坐席、单位看自己的", roles=INSPECTED,
        answer=inspections.Inspections, problems=(404,),
        query={"state": INSPECTION_STATE, "of": SUBJECT, "agent": TEXT, "department": TEXT, **PAGE}),
    post("/api/v1/inspections", inspections.create, "指定质检一件来话或工单", roles=inspection.INSPECTORS,
         body=inspection.Pick, answers=(201,), answer=inspections.InspectionLine, problems=(404, 409)),
    get("/api/v1/inspections/sheets", inspections.sheets, "评分表", roles=INSPECTED, answer=inspections.ScoreSheets),
    get("/api/v1/inspections/figures", inspections.figures, "质检得分：按坐席、席组、单位", roles=inspections.READS_ALL,
        answer=inspections.InspectionFigures, query={"from": DAY, "to": DAY}, is_far=True),
    get("/api/v1/inspections/{id}", inspections.one, "一件质检", roles=INSPECTED, answer=inspections.InspectionLine,
        patterns={"id": "^[0-9]{1,18}$"}),
    post("/api/v1/inspections/{id}/steps", inspections.move, "评分；申诉；复核", roles=INSPECTED,
         body=inspection.InspectionStep, answer=inspections.InspectionLine, problems=(409,),
         patterns={"id": "^[0-9]{1,18}$"}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*SUPERVISIONS, *DEFERRALS, *CALLER_LIMITS, *INSPECTIONS)
