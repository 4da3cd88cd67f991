"""How far a department's permission reaches (单位范围): beside `Endpoint.roles` the one source of docs/permissions.md.

A role says whether somebody may call an address at all; what a department finds there is its own and that of the units
below it, never another's. An address that lets departments in and is not named here fails a test.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Reach(StrEnum):
    """What a department finds at an address."""

    CITY = "city"
    SELF = "self"
    PART = "part"
    UNIT = "unit"
    GROUND = "ground"


NAMES: Final = {
    Reach.CITY: "全市一致",
    Reach.SELF: "仅本账号",
    Reach.PART: "本单位及下级承办的工单",
    Reach.UNIT: "本单位及下级",
    Reach.GROUND: "本辖区",
}
MEANINGS: Final = {
    Reach.CITY: "目录、规则、知识、不涉个案的全市数据，谁看都一样",
    Reach.SELF: "只见自己账号的：登录、常用视图、导出；上传的附件挂到工单之前谁也不能下载",
    Reach.PART: "本单位或下级单位承办过的工单；工单反映到本单位或上级的，除手上未了结的承办件外，一律不可见",
    Reach.UNIT: "属于本单位的；查阅时含下级单位的，办理时只限本单位的；涉及本单位被反映的工单除外",
    Reach.GROUND: "本网格、街道、区县地面上的巡查上报；反映本单位或上级的除外",
}

_CITY: Final = (
    "GET /api/v1/backlog",
    "GET /api/v1/models",
    "POST /api/v1/understand",
    "GET /api/v1/forecast",
    "GET /api/v1/indicators/definitions",
    "GET /api/v1/knowledge",
    "POST /api/v1/knowledge",
    "POST /api/v1/knowledge/answer",
    "POST /api/v1/knowledge/gaps",
    "GET /api/v1/knowledge/drafts",
    "GET /api/v1/knowledge/figures",
    "GET /api/v1/knowledge/tasks",
    "POST /api/v1/knowledge/tasks/{id}/close",
    "GET /api/v1/knowledge/{entry}",
    "POST /api/v1/knowledge/{entry}/versions",
    "POST /api/v1/knowledge/{entry}/steps",
    "GET /api/v1/inspections/sheets",
    "GET /api/v1/catalogue",
    "GET /api/v1/catalogue/versions",
    "GET /api/v1/policies",
    "GET /api/v1/calendars",
    "GET /api/v1/city",
)
_SELF: Final = (
    "GET /api/v1/session",
    "PUT /api/v1/session/password",
    "GET /api/v1/session/second-factor",
    "POST /api/v1/session/second-factor",
    "PUT /api/v1/session/second-factor",
    "POST /api/v1/session/second-factor/end",
    "POST /api/v1/attachments",
    "POST /api/v1/photos",
    "GET /api/v1/views",
    "PUT /api/v1/views/{name}",
    "DELETE /api/v1/views/{name}",
    "GET /api/v1/exports",
    "POST /api/v1/exports",
    "GET /api/v1/exports/{export}",
    "GET /api/v1/exports/{export}/file",
)
_PART: Final = (
    "GET /api/v1/tickets",
    "GET /api/v1/tickets/{number}",
    "GET /api/v1/tickets/{number}/trail",
    "GET /api/v1/tickets/{number}/clock",
    "GET /api/v1/tickets/{number}/file",
    "POST /api/v1/tickets/{number}/steps",
    "POST /api/v1/tickets/{number}/photos",
    "GET /api/v1/attachments/{id}",
    "POST /api/v1/replies/check",
    "GET /api/v1/stream",
)
_UNIT: Final = (
    "GET /api/v1/assignments",
    "PUT /api/v1/departments/{code}/endpoint",
    "GET /api/v1/departments",
    "GET /api/v1/deliveries",
    "GET /api/v1/forecast/red",
    "GET /api/v1/indicators",
    "GET /api/v1/indicators/leagues/{class}",
    "GET /api/v1/exclusions",
    "POST /api/v1/exclusions",
    "GET /api/v1/supervisions",
    "POST /api/v1/supervisions/{number}/{seq}/steps",
    "GET /api/v1/supervisions/{number}/{seq}/letter",
    "GET /api/v1/deferrals",
    "GET /api/v1/inspections",
    "GET /api/v1/inspections/{id}",
    "POST /api/v1/inspections/{id}/steps",
    "POST /api/v1/suggestions/{suggestion}/steps",
)
# 突发事件 are told to all who may be called upon; one that a unit is accused in is not.
_EVENTS: Final = ("GET /api/v1/incidents", "GET /api/v1/incidents/{incident}")
_GROUND: Final = ("GET /api/v1/patrols", "POST /api/v1/patrols")

REACH: Final[dict[str, Reach]] = {
    **dict.fromkeys((*_CITY, *_EVENTS), Reach.CITY),
    **dict.fromkeys(_SELF, Reach.SELF),
    **dict.fromkeys(_PART, Reach.PART),
    **dict.fromkeys(_UNIT, Reach.UNIT),
    **dict.fromkeys(_GROUND, Reach.GROUND),
}
