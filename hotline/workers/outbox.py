"""Sends what was written with the steps: webhooks to departments, messages to citizens."""

from __future__ import annotations

import asyncio
import random
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from hotline import webhook
from hotline.http_client import UnreachableDepartment
from models.errors import HotlineError
from models.store import deliveries, endpoints, notices
from models.store.deliveries import Claimed, Settled

if TYPE_CHECKING:
    from hotline.http_client import HttpClient
    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.endpoints import Endpoint

LOG = structlog.get_logger()
BATCH: Final = 100
# 5 s, 10 s, 20 s … up to 8 hours between tries: fifteen tries are about three days.
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=8)
MOST_ATTEMPTS: Final = 20
GONE: Final = 410


async def send_deliveries(hub: Hub, client: HttpClient) -> int:
    """Send one batch of webhooks; returns how many were tried."""
    wall_now = datetime.now(UTC)

    async def claim(session: Session) -> tuple[list[Claimed], dict[str, Endpoint]]:
        claimed = await deliveries.claim(session, hub.now(), wall_now, BATCH)
        return claimed, await endpoints.every(session) if claimed else {}

    claimed, known = await hub.database.read(claim)
    if not claimed:
        return 0
    settled = await asyncio.gather(*(_send(hub, client, one, known[one.department]) for one in claimed))
    tried = dict(zip([one.id for one in claimed], claimed, strict=True))

    async def settle(session: Session) -> None:
        await deliveries.settle(session, settled)
        answered = {tried[one.id].department for one in settled if one.state == "delivered"}
        failed = {tried[one.id].department for one in settled if one.state != "delivered"}
        if answered:
            await endpoints.succeeded(session, sorted(answered))
        for department in sorted(failed - answered):
            await endpoints.failed(session, department, datetime.now(UTC))

    await hub.database.write(settle)
    return len(claimed)


async def send_notices(hub: Hub) -> int:
    """Hand one batch of messages to the provider; returns how many. The demo's provider shows them on a page."""
    wall_now = datetime.now(UTC)

    async def work(session: Session) -> int:
        claimed = await notices.claim(session, wall_now, BATCH)
        if claimed:
            await notices.sent(session, [one.id for one in claimed], hub.now())
        return len(claimed)

    return await hub.database.write(work)


async def _send(hub: Hub, client: HttpClient, one: Claimed, endpoint: Endpoint) -> Settled:
    headers = webhook.sign(one.id, int(time.time()), one.content, endpoint.webhook_secrets)
    try:
        answer = await client.post(endpoint.url or "", one.content, headers)
    except UnreachableDepartment as error:
        return _again(hub, one, error.detail, None)
    except HotlineError as error:
        return Settled(id=one.id, state="dead", next_at=hub.now(), last_error=error.detail)
    if answer.is_taken:
        now = hub.now()
        return Settled(id=one.id, state="delivered", next_at=now, delivered_at=now)
    if answer.status == GONE:
        return Settled(id=one.id, state="dead", next_at=hub.now(), last_error="对方答复 410，接口已停用")
    return _again(hub, one, f"对方答复 {answer.status}", answer.retry_after)


def _again(hub: Hub, one: Claimed, error: str, retry_after: float | None) -> Settled:
    """Wait longer after every failure, with jitter so that a recovering system is not hit by all at once."""
    attempt = one.attempts + 1
    if attempt >= MOST_ATTEMPTS:
        LOG.warning("delivery dead", delivery=one.id, department=one.department)
        return Settled(id=one.id, state="dead", next_at=hub.now(), last_error=error)
    pause = min(FIRST_PAUSE * 2 ** (attempt - 1), LONGEST_PAUSE) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter
    if retry_after is not None:
        pause = max(pause, timedelta(seconds=min(retry_after, LONGEST_PAUSE.total_seconds())))
    return Settled(id=one.id, state="waiting", next_at=hub.now() + pause, last_error=error)
