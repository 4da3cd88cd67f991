"""GET /api/v1/models: which model reads requests, which could, how requests drift, what there is to learn from."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Count
from hotline.keys import HUB, SETTINGS
from hotline.shadow import agreement
from models.store import examples
from nlu import registry
from nlu.registry import Drift, Entry, Turn

if TYPE_CHECKING:
    from aiohttp import web

    from models.store.database import Session
    from models.ticket import Actor


class ReadAlike(Struct, kw_only=True):
    """Counts of requests: read by both, read alike, labelled by a person since, and who of the two was right there."""

    read: Count
    same_category: Count
    same_kind: Count
    same_urgency: Count
    confirmed: Count
    candidate_right: Count
    present_right: Count


class ReadsAlong(Struct, kw_only=True):
    """影子: a candidate beside the model in use (`present`); `categories` by what the latter reads."""

    version: str
    present: str
    since: datetime
    total: ReadAlike
    categories: dict[str, ReadAlike]


class Models(Struct, kw_only=True):
    """模型登记册; `in_use` is the version that reads requests in this process now, promoted or shipped."""

    in_use: str
    is_shipped: bool
    models: list[Entry]
    turns: list[Turn]
    shadow: ReadsAlong | None
    drift: Drift | None
    examples: dict[str, Count]


async def models(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/models."""
    hub = request.app[HUB]
    found = await asyncio.to_thread(registry.read, request.app[SETTINGS].models_dir)
    present, shadow = hub.reader.model_version, found.shadow

    async def work(session: Session) -> dict[str, Any]:
        told = None
        if shadow is not None:
            told = {"since": shadow.since, **await agreement(session, shadow.version, present)}
        return {"shadow": told, "examples": await examples.counts(session)}

    content = {
        "in_use": present,
        "is_shipped": hub.model_in_use == registry.SHIPPED,
        "models": list(found.models.values()),
        "turns": found.turns,
        "drift": hub.drift,
        **await hub.database.read(work),
    }
    return body.answer(content, Models)
