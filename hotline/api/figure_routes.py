"""The URLs of figures: indicators, leagues within a class, exclusions, reports."""

from __future__ import annotations

from typing import Final

from hotline import exclusion
from hotline.api import exclusions, indicators, reports
from hotline.api.auth import READERS, STAFF
from hotline.api.url import HOTLINE, PAGE, TEXT, Endpoint, get, post
from models.report import KINDS, MEDIA_TYPES
from models.vocabulary import Role

ASK_EXCLUSIONS: Final = frozenset({Role.DEPARTMENT, Role.SHIFT_LEAD, Role.SUPERVISOR, Role.QUALITY})
ASK_REPORTS: Final = frozenset({Role.SUPERVISOR, Role.SHIFT_LEAD, Role.ANALYST, Role.LEADER, Role.ADMINISTRATOR})
AXIS: Final = {"type": "string", "enum": [*indicators.AXES, ""]}
EXCLUSION_STATE: Final = {"type": "string", "enum": [*exclusions.STATES, ""]}
REPORT_KIND: Final = {"type": "string", "enum": [*KINDS, ""]}
DAY: Final = {"type": "string", "format": "date"}
DAYS: Final = {"from": DAY, "to": DAY}

INDICATORS: Final = (
    get("/api/v1/indicators", indicators.show, "指标：按时间段，全市或按单位、分类、区县、热线等", roles=STAFF,
        answer=indicators.IndicatorLines, problems=(404,), query={"by": AXIS, "key": TEXT, **DAYS, **PAGE}, is_far=True),
    get("/api/v1/indicators/definitions", indicators.definitions, "指标口径、目标、三率权重、单位分类、剔除事由", roles=STAFF,
        answer=indicators.Definitions),
    get("/api/v1/indicators/leagues/{class}", indicators.standings, "同类单位的三率比较（没有全体排名）", roles=STAFF,
        answer=indicators.League, query=DAYS, patterns={"class": "^[a-z][a-z0-9_]{1,39}$"}, is_far=True),
)  # fmt: skip
EXCLUSIONS: Final = (
    get("/api/v1/exclusions", exclusions.listed, "剔除申请", roles=READERS, answer=exclusions.Exclusions, problems=(404,),
        query={"state": EXCLUSION_STATE, "department": TEXT, **PAGE}),
    post("/api/v1/exclusions", exclusions.create, "申请不计入统计（须有证据）", roles=ASK_EXCLUSIONS, body=exclusion.ExclusionAsked,
         answers=(201,), answer=exclusions.ExclusionPage, problems=(404, 409)),
    get("/api/v1/exclusions/figures", exclusions.figures, "剔除公示：各单位各事由剔除了多少", answer=exclusions.PublicCount,
        query=DAYS),
    post("/api/v1/exclusions/{exclusion}/steps", exclusions.move, "由第二人审定或撤销剔除", roles=exclusion.DECIDERS,
         body=exclusion.ExclusionStep, answer=exclusions.ExclusionPage, problems=(409,), patterns={"exclusion": "^[0-9]{1,18}$"}),
)  # fmt: skip
REPORTS: Final = (
    get("/api/v1/reports", reports.listed, "报表：日报、周报、月报", roles=HOTLINE | ASK_REPORTS, answer=reports.Reports,
        query={"kind": REPORT_KIND, **PAGE}),
    post("/api/v1/reports", reports.create, "编制一份报表（后台编制）", roles=ASK_REPORTS, body=reports.ReportAsked,
         answers=(202,), answer=reports.ReportLine),
    get("/api/v1/reports/{report}", reports.one, "一份报表编制到哪里了", roles=HOTLINE | ASK_REPORTS, answer=reports.ReportLine,
        patterns={"report": "^[0-9]{1,18}$"}),
    get("/api/v1/reports/{report}/file", reports.file, "下载报表", roles=HOTLINE | ASK_REPORTS,
        downloads=tuple(MEDIA_TYPES.values()), patterns={"report": "^[0-9]{1,18}$"}),
)  # fmt: skip

ENDPOINTS: Final[tuple[Endpoint, ...]] = (*INDICATORS, *EXCLUSIONS, *REPORTS)
