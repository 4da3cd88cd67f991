"""POST /api/v1/callbacks/{department}: a signed department callback."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec import Struct

from hotline.api import body
from hotline.api.shapes import Number
from hotline.api.steps import DEPARTMENT_STEPS, carry_out
from hotline.callback import verified
from hotline.keys import HUB

if TYPE_CHECKING:
    from aiohttp import web


class OfTicket(Struct, kw_only=True):
    """Which ticket a callback is about; the action and its own fields stand beside it."""

    ticket: Number


async def receive(request: web.Request) -> web.Response:
    """Verify, then take the step, once for each webhook-id."""
    raw = await body.read(request)
    actor, message_id = await verified(
        request.app[HUB], request.match_info["department"], request.headers, raw, int(time.time())
    )
    named = body.decode(raw, OfTicket)
    return await carry_out(
        request,
        actor,
        DEPARTMENT_STEPS,
        raw,
        channel=f"callback:{actor.name}",
        key=message_id,
        ticket_number=named.ticket,
    )
