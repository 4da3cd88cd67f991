"""RFC 9457 problem details: every error has a stable `code` and a Chinese `detail` that a person can act on."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import msgspec
import structlog
from aiohttp import web

from models.errors import HotlineError, TooManyRequests
from models.store.database import PASSING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

LOG = structlog.get_logger()
AGAIN_AFTER_S: Final = 2
DETAILS: Final = {
    404: "没有这个地址，请查看 /api/openapi.json",
    405: "该地址不支持这种方法",
    413: "请求内容过大",
}


class Problem(msgspec.Struct, kw_only=True):
    """The body of an error."""

    title: str
    status: int
    code: str
    detail: str
    type: str = "about:blank"


def problem(status: int, code: str, detail: str, *, retry_after_s: int | None = None) -> web.Response:
    """Return an error answer; where we cannot serve now it says when to ask again."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, code=code, detail=detail)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        retry_after_s = AGAIN_AFTER_S
    headers = None if retry_after_s is None else {"retry-after": str(retry_after_s)}
    return web.Response(
        body=msgspec.json.encode(body), status=status, content_type="application/problem+json", headers=headers
    )


@web.middleware
async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a problem; a fault of our own is logged and told without its insides."""
    try:
        return await handler(request)
    except HotlineError as error:
        if error.status >= 500:
            LOG.exception("request failed", code=error.code)
        wait = error.retry_after_s if isinstance(error, TooManyRequests) else None
        return problem(error.status, error.code, error.detail, retry_after_s=wait)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        answer = problem(error.status, HTTPStatus(error.status).name.lower(), DETAILS.get(error.status, "请求无法处理"))
        if isinstance(error, web.HTTPMethodNotAllowed):
            answer.headers["allow"] = ", ".join(sorted(error.allowed_methods))
        return answer
    except PASSING:
        return problem(503, "unavailable", "数据库暂时不可用，请稍后重试")
    except Exception:
        LOG.exception("unexpected", path=request.match_info.route.resource and str(request.rel_url.path))
        return problem(500, "internal", "系统内部错误，已记录；请稍后重试")
