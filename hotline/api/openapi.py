"""OpenAPI 3.1, generated from the route table: what it promises is what the code decodes and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline.api import seen
from hotline.api.errors import Problem
from hotline.fields import IN_CITY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hotline.api.url import Endpoint
    from models.city import City

WEBSOCKET: Final = "websocket"
# Pages are for people, and OpenAPI has no words for a WebSocket: docs/api.md describes it.
UNDESCRIBED: Final = frozenset({"text/html", WEBSOCKET})
REF: Final = "#/components/schemas/{name}"
# No text of ours holds NUL: PostgreSQL keeps none.
NO_NUL: Final = r"^[^\u0000]*$"
ABOUT: Final = (
    "登记诉求和来话时未列出的字段会被拒绝，其他请求中不予理会。时间为带时区的 RFC 3339；整数 53 与 53.0 相同；文字不含空字符（NUL）。"
    "错误均为 RFC 9457 问题详情，code 稳定，detail 为中文。列表按游标翻页。"
)
_WORDS: Final = {
    401: "没有凭证，或凭证无效",
    403: "无权进行此操作",
    404: "没有此对象",
    409: "当前状态下不能进行此操作，或版本已过期",
    413: "请求内容过大",
    422: "请求内容不符合要求",
    429: "提交过于频繁",
    502: "对方系统没有应答",
    503: "暂时不可用，请用同一请求重试",
}
_HEADERS: Final[dict[str, dict[str, Any]]] = {
    "Idempotency-Key": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "X-File-Name": {"type": "string", "maxLength": 600, "pattern": "^[!-~]*$"},
    seen.HEADER: {"type": "string", "pattern": seen.PATTERN},
    "webhook-id": {"type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[!-~]+$"},
    "webhook-timestamp": {"type": "string", "pattern": "^[0-9]{1,12}$"},
    "webhook-signature": {"type": "string", "minLength": 1, "pattern": "^[!-~ ]+$"},
}


def describe(endpoints: Sequence[Endpoint], city: City) -> dict[str, Any]:
    """Return the whole description for a city: its departments, lines and categories are the codes that it takes."""
    bodies = [kind for one in endpoints for kind in (one.body, one.beside) if isinstance(kind, type)]
    steps = [case.fields for one in endpoints if isinstance(one.body, dict) for case in one.body.values()]
    answers = [one.answer for one in endpoints if one.answer is not None]
    kinds = list(dict.fromkeys([*bodies, *steps, Problem]))
    schemas, components = msgspec.json.schema_components([*kinds, *answers], ref_template=REF)
    answered = dict(zip(map(id, answers), schemas[len(kinds) :], strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        if one.media_type in UNDESCRIBED:
            continue
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one, answered.get(id(one.answer)))
    described: dict[str, Any] = _tell(
        {
            "openapi": "3.1.0",
            "info": {"title": f"{city.name}12345热线服务中枢", "version": "1.0.0", "description": ABOUT},
            "paths": paths,
            "components": {
                "schemas": components,
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer"},
                    "session": {"type": "apiKey", "in": "cookie", "name": "hotline_session"},
                },
            },
        }
    )
    described["components"]["schemas"] |= {
        "DepartmentCode": {"type": "string", "enum": sorted(city.departments)},
        "PartyCode": {"type": "string", "enum": sorted([*city.departments, *city.grid_units])},
        "LineNumber": {"type": "string", "enum": sorted(city.lines)},
        "CategoryCode": {"type": "string", "enum": sorted(city.categories)},
        "SeatGroupCode": {"type": "string", "enum": sorted(city.seats.groups)},
    }
    return described


def _operation(one: Endpoint, answer: dict[str, Any] | None) -> dict[str, Any]:
    media_types = one.downloads or (one.media_type,)
    success = {str(status): _success(media_types, answer) for status in one.answers}
    problems = {str(status): _problem(status) for status in one.all_problems}
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": _parameters(one),
        "responses": {**success, **problems},
    }
    if one.body is not None:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _schema(one)}}}
    if one.uploads:
        content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in one.uploads}
        found["requestBody"] = {"required": True, "content": content}
    if one.roles is not None:
        found["security"] = [{"bearer": []}, {"session": []}]
    return found


def _parameters(one: Endpoint) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": pattern}}
        for name, pattern in one.path_patterns.items()
    ]
    in_query = [
        {
            "name": name,
            "in": "query",
            "required": name in one.required_query,
            "schema": schema,
            **({"explode": False} if schema["type"] == "array" else {}),
        }
        for name, schema in one.query.items()
    ]
    in_header = [
        {"name": name, "in": "header", "required": name in one.required_headers, "schema": _HEADERS[name]}
        for name in (*one.headers, *((seen.HEADER,) if one.is_far else ()))
    ]
    return [*in_path, *in_query, *in_header]


def _schema(one: Endpoint) -> dict[str, Any]:
    if isinstance(one.body, type):
        return {"$ref": REF.format(name=one.body.__name__)}
    beside = {"$ref": REF.format(name=one.beside.__name__)} if one.beside else {}
    return {
        "oneOf": [
            {
                "allOf": [
                    {"$ref": REF.format(name=case.fields.__name__)},
                    beside,
                    {"type": "object", "required": ["action"], "properties": {"action": {"const": str(action)}}},
                ]
            }
            for action, case in one.body.items()
        ]
    }


def _success(media_types: Sequence[str], answer: dict[str, Any] | None) -> dict[str, Any]:
    schema = {"schema": answer or {"type": "string"}}
    return {"description": "成功", "content": dict.fromkeys(media_types, schema)}


def _problem(status: int) -> dict[str, Any]:
    return {
        "description": _WORDS[status],
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
    }


def _tell(node: Any) -> Any:
    """Add to every schema what its type alone does not say: the city's codes, and that texts hold no NUL."""
    if isinstance(node, list):
        return [_tell(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    if IN_CITY in node:
        return {"$ref": REF.format(name=node[IN_CITY])}
    told = {name: _tell(inner) for name, inner in node.items()}
    if node.get("type") == "string" and not node.keys() & {"pattern", "enum", "const", "format"}:
        told["pattern"] = NO_NUL
    return told
