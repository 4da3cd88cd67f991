"""OpenAPI 3.1, generated from the route table: what it promises is what the code decodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from hotline.api.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hotline.api.routes import Endpoint
    from hotline.api.steps import UseCase
    from models.lifecycle import Action

REF: Final = "#/components/schemas/{name}"
_PARAMETERS: Final[dict[str, dict[str, Any]]] = {
    "number": {"type": "string", "pattern": "^[0-9]{14,17}$"},
    "id": {"type": "string", "pattern": "^[A-Za-z0-9_]+$"},
    "code": {"type": "string", "pattern": "^[a-z0-9_-]+$"},
    "department": {"type": "string", "pattern": "^[a-z0-9_-]+$"},
    "line": {"type": "string", "pattern": "^[0-9]+$"},
    "external_id": {"type": "string", "pattern": "^[A-Za-z0-9_-]+$"},
}
_WORDS: Final = {
    401: "没有凭证，或凭证无效",
    403: "无权进行此操作",
    404: "没有此对象",
    409: "当前状态下不能进行此操作，或版本已过期",
    413: "请求内容过大",
    422: "请求内容不符合要求",
    502: "对方系统没有应答",
    503: "暂时不可用，请用同一请求重试",
}


def describe(endpoints: Sequence[Endpoint], title: str) -> dict[str, Any]:
    """Return the whole description."""
    bodies = [one.body for one in endpoints if isinstance(one.body, type)]
    steps = [case.fields for one in endpoints if isinstance(one.body, dict) for case in one.body.values()]
    kinds = list(dict.fromkeys([*bodies, *steps, Problem]))
    _, components = msgspec.json.schema_components(kinds, ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for one in endpoints:
        paths.setdefault(one.path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": "1.0.0"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "hotline_session"},
            },
        },
    }


def _operation(one: Endpoint) -> dict[str, Any]:
    problems = {str(status): _problem(_WORDS[status]) for status in one.problems}
    success: dict[str, Any] = {str(status): _success(one.media_type) for status in one.answers}
    found: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": _parameters(one),
        "responses": {**success, **problems},
    }
    if one.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _schema(one.body)}},
        }
    if one.roles is not None:
        found["security"] = [{"bearer": []}, {"session": []}]
    return found


def _parameters(one: Endpoint) -> list[dict[str, Any]]:
    in_path = [
        {"name": name, "in": "path", "required": True, "schema": _PARAMETERS[name]}
        for name in _PARAMETERS
        if f"{{{name}}}" in one.path
    ]
    in_query = [{"name": name, "in": "query", "schema": schema} for name, schema in one.query.items()]
    in_header = [
        {"name": name, "in": "header", "required": one.needs_key, "schema": {"type": "string", "minLength": 1,
         "maxLength": 200, "pattern": "^[!-~]+$"}}
        for name in one.headers
    ]  # fmt: skip
    return [*in_path, *in_query, *in_header]


def _schema(body: type[Struct] | Mapping[Action, UseCase]) -> dict[str, Any]:
    if isinstance(body, type):
        return {"$ref": REF.format(name=body.__name__)}
    return {
        "oneOf": [
            {
                "allOf": [
                    {"$ref": REF.format(name=case.fields.__name__)},
                    {
                        "type": "object",
                        "required": ["action", "version"],
                        "properties": {
                            "action": {"const": str(action)},
                            "version": {"type": "integer", "minimum": 0},
                        },
                    },
                ]
            }
            for action, case in body.items()
        ]
    }


def _success(media_type: str) -> dict[str, Any]:
    schema = {"type": "object"} if media_type == "application/json" else {"type": "string"}
    return {"description": "成功", "content": {media_type: {"schema": schema}}}


def _problem(words: str) -> dict[str, Any]:
    return {
        "description": words,
        "content": {"application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}}},
    }
