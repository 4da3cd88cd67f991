"""Answers that last as long as the process: encoded once, sent again only to whoever has an older one."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec
from aiohttp import web
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_MODIFIED: Final = 304


class Lasting(Struct, frozen=True):
    """An encoded answer, plain and zipped, and the tag by which a browser asks whether it still has it."""

    content: bytes
    zipped: bytes
    tag: str


LASTING: Final = web.AppKey("LASTING", dict[str, asyncio.Task[Lasting]])


def lasting(content: Any, kind: Any) -> Lasting:
    """Encode an answer of a declared shape; raises msgspec.ValidationError where it is not what it promises."""
    encoded = msgspec.json.encode(msgspec.json.decode(msgspec.json.encode(content), type=kind))
    return Lasting(encoded, gzip.compress(encoded, mtime=0), hashlib.sha256(encoded).hexdigest()[:32])


async def kept(app: web.Application, name: str, make: Callable[[], Lasting]) -> Lasting:
    """Return the answer of a name, made once beside other requests, however many ask for it first."""
    known = app[LASTING]
    if name not in known:
        known[name] = asyncio.create_task(asyncio.to_thread(make))
    # Who asked first may go away: the others wait for it still.
    return await asyncio.shield(known[name])


def answer_lasting(request: web.Request, answer: Lasting, *, is_public: bool) -> web.Response:
    """Return it, or 304 where whoever asks has it; they ask each time, so that a new version of the city is seen at once."""
    headers = {
        "cache-control": f"{'public' if is_public else 'private'}, no-cache",
        "etag": f'"{answer.tag}"',
        "vary": "accept-encoding",
    }
    if any(known.value in {answer.tag, "*"} for known in request.if_none_match or ()):
        return web.Response(status=NOT_MODIFIED, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return web.Response(body=answer.content, headers=headers, content_type="application/json")
    headers["content-encoding"] = "gzip"
    return web.Response(body=answer.zipped, headers=headers, content_type="application/json")
