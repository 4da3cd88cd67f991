"""How long each answer took, by the address as the table of URLs names it: what stands in a real one is nobody's figure."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from aiohttp import web
from prometheus_client import Histogram

if TYPE_CHECKING:
    from collections.abc import Callable

    from hotline.api.errors import Handler

SECONDS: Final = Histogram(
    "hotline_request_seconds",
    "应答用时，按地址、方法和状态（本进程）",
    ("route", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
# What is asked for where there is nothing, by whatever method, is one: strangers would make figures without end.
NOWHERE: Final = ("none", "any")
SWITCHED: Final = 101

_observers: dict[tuple[str, str, int], Callable[[float], None]] = {}


@web.middleware
async def timed(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count an answer and how long it took to make; sockets, which stay open, are not counted."""
    began = time.perf_counter()
    try:
        answer = await handler(request)
    except web.HTTPException as redirect:
        _count(request, redirect.status, began)
        raise
    _count(request, answer.status, began)
    return answer


def address(request: web.Request) -> tuple[str, str]:
    """Return the address that is asked for as the table of URLs names it, and the method."""
    resource = request.match_info.route.resource
    return NOWHERE if resource is None else (resource.canonical, request.method)


def _count(request: web.Request, status: int, began: float) -> None:
    if status == SWITCHED:
        return
    key = (*address(request), status // 100)
    observe = _observers.get(key)
    if observe is None:
        observe = _observers[key] = SECONDS.labels(key[0], key[1], f"{key[2]}xx").observe
    observe(time.perf_counter() - began)
