"""A span for each request, where traces are collected; none for what probes ask, nor for sockets, which stay open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aiohttp import hdrs, web

from hotline.api.request_times import address

if TYPE_CHECKING:
    from aiohttp.typedefs import Middleware

    from hotline.api.errors import Handler
    from hotline.tracer import Tracer

PROBES: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def traced(tracer: Tracer) -> Middleware:
    """Return the middleware that keeps requests."""

    @web.middleware
    async def keep(request: web.Request, handler: Handler) -> web.StreamResponse:
        route, method = address(request)
        if route in PROBES or hdrs.UPGRADE in request.headers:
            return await handler(request)
        with tracer.request(method, route) as kept:
            try:
                answer = await handler(request)
            except web.HTTPException as redirect:
                answer = redirect
            kept.by(answer.status)
        if isinstance(answer, web.HTTPException):
            raise answer
        return answer

    return keep
