"""Sends the webhooks that were written with the steps; every attempt is settled by itself, none waits for another."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog

from hotline import webhook
from hotline.http_client import UnreachableDepartment
from models.errors import HotlineError, Unavailable
from models.store import deliveries, endpoints
from models.store.deliveries import LEASE, Claimed, Room, Settled
from models.store.endpoints import Report
from models.ticket import number_of

if TYPE_CHECKING:
    from hotline.http_client import Answer, HttpClient
    from hotline.hub import Hub
    from hotline.tracer import Tracer
    from models.store.database import Session

LOG = structlog.get_logger()
# Under way at the same time: in all, and to one endpoint, so that some that hang leave room for the others.
AT_ONCE: Final = 256
AT_ONCE_EACH: Final = 8
# 5 s, 10 s, 20 s … at most 8 hours between tries: twenty-two tries take about three days.
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=8)
MOST_ATTEMPTS: Final = 22
JITTER: Final = (0.5, 1.5)
GONE: Final = 410
FINISH_WITHIN_S: Final = 3.0


class Outbox:
    """The deliveries that this process has under way.

    Pauses between tries and open circuits are counted on the hub's clock, claims on the wall clock.
    """

    def __init__(self, hub: Hub, client: HttpClient, tracer: Tracer | None = None) -> None:
        self._hub = hub
        self._client = client
        self._tracer = tracer
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._finished: list[tuple[str, Settled]] = []

    async def turn(self, wall_now: datetime) -> int:
        """Record what has come back, claim what there is room for and start it; returns how many were started."""
        finished = list(self._finished)
        now = self._hub.now()
        room = Room(
            batch=AT_ONCE - len(self._under_way), each=AT_ONCE_EACH, under_way=Counter(self._under_way.values())
        )

        async def work(session: Session) -> list[Claimed]:
            await deliveries.settle(session, [settled for _, settled in finished])
            await endpoints.report(session, _reports(finished), now)
            return await deliveries.claim(session, now, wall_now, now + LEASE * self._hub.clock.speed, room)

        claimed = await self._hub.database.write(work)
        del self._finished[: len(finished)]
        for one in claimed:
            task = asyncio.create_task(self._send(one))
            self._under_way[task] = one.department
            task.add_done_callback(self._under_way.pop)
        return len(claimed)

    async def finish(self) -> None:
        """Wait until nothing is under way."""
        if self._under_way:
            await asyncio.wait(list(self._under_way))

    async def close(self) -> None:
        """Give what is under way a moment, record what came of it, drop the rest: its claims lapse."""
        if self._under_way:
            await asyncio.wait(list(self._under_way), timeout=FINISH_WITHIN_S)
        dropped = list(self._under_way)
        for task in dropped:
            task.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)

        async def work(session: Session) -> None:
            await deliveries.settle(session, [settled for _, settled in self._finished])
            await endpoints.report(session, _reports(self._finished), self._hub.now())

        try:
            await self._hub.database.write(work)
        except Unavailable as error:
            LOG.warning("deliveries not recorded", deliveries=len(self._finished), reason=error.detail)

    async def _send(self, one: Claimed) -> None:
        try:
            settled = await self._attempt(one)
        except UnreachableDepartment as error:
            settled = self._again(one, error.detail, None)
        except HotlineError as error:
            # It cannot be opened, signed or may not be sent there: trying again changes nothing until a person acts.
            settled = self._dead(one, error.detail)
        except Exception as error:
            # One poisoned delivery must not stop the others.
            LOG.exception("delivery failed", delivery=one.id)
            settled = self._again(one, f"系统内部错误：{type(error).__name__}", None)
        self._finished.append((one.department, settled))

    async def _attempt(self, one: Claimed) -> Settled:
        keyring = self._hub.database.keyring
        content = deliveries.content(keyring, one)
        secrets = endpoints.secrets(keyring, one.webhook_secrets, "webhook_secrets", one.department)
        answer = await self._post(one, content, webhook.sign(one.id, int(time.time()), content, secrets))
        if answer.is_taken:
            now = self._hub.now()
            return Settled(id=one.id, state="delivered", next_at=now, delivered_at=now, claimed_until=one.claimed_until)
        if answer.status == GONE:
            return self._dead(one, "对方答复 410，接口已停用")
        return self._again(one, f"对方答复 {answer.status}", answer.retry_after)

    async def _post(self, one: Claimed, content: bytes, headers: dict[str, str]) -> Answer:
        if self._tracer is None:
            return await self._client.post(one.url, content, headers)
        with self._tracer.delivery(one.traceparent, number_of(one.ticket_id), one.department) as kept:
            answer = await self._client.post(one.url, content, {**headers, **kept.headers})
            kept.by(answer.status)
            return answer

    def _dead(self, one: Claimed, error: str) -> Settled:
        LOG.warning("delivery dead", delivery=one.id, department=one.department, reason=error)
        return Settled(
            id=one.id, state="dead", next_at=self._hub.now(), last_error=error, claimed_until=one.claimed_until
        )

    def _again(self, one: Claimed, error: str, retry_after: float | None) -> Settled:
        attempt = one.attempts + 1
        if attempt >= MOST_ATTEMPTS:
            return self._dead(one, error)
        wait = pause(attempt) * random.uniform(*JITTER)  # noqa: S311 - chance, not a secret
        if retry_after is not None:
            asked = min(timedelta(seconds=retry_after), LONGEST_PAUSE)
            wait = max(wait, asked * self._hub.clock.speed)
        return Settled(
            id=one.id,
            state="waiting",
            next_at=self._hub.now() + wait,
            last_error=error,
            claimed_until=one.claimed_until,
        )


def pause(attempt: int) -> timedelta:
    """Return how long to wait after the nth failed try, before jitter.

    The jitter keeps a system that recovers from being met by everything at once.
    """
    return min(FIRST_PAUSE * float(2 ** (attempt - 1)), LONGEST_PAUSE)


def _reports(finished: list[tuple[str, Settled]]) -> list[Report]:
    """Sum up in which order each endpoint answered and failed: what counts are the failures since its last answer."""
    found: dict[str, Report] = {}
    for department, settled in finished:
        is_answer = settled.state == "delivered"
        before = found.get(department)
        found[department] = Report(
            department=department,
            has_answered=is_answer or (before is not None and before.has_answered),
            failures=0 if is_answer else 1 + (before.failures if before else 0),
        )
    return list(found.values())
