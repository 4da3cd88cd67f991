"""Sends messages to citizens (短信告知) through whatever provider the city has; nothing here knows which."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from models.store import notices

if TYPE_CHECKING:
    from hotline.hub import Hub
    from models.store.notices import Claimed, Message

LOG = structlog.get_logger()
BATCH: Final = 100
LONGEST_PAUSE_S: Final = 3600
SEND_WITHIN_S: Final = 10.0
CHAT_KINDS: Final = frozenset({"chat_sms", "chat_wechat"})


class Provider(Protocol):
    """A short-message provider."""

    async def send(self, message: Message) -> None:
        """Hand over one message, whose id stays the same when it is tried again. Raises where it is not taken."""


class ShownOnPage:
    """The demo's provider: the console shows what was sent, and nothing leaves the house."""

    async def send(self, message: Message) -> None:
        """Take it."""


async def send_notices(hub: Hub, provider: Provider, *, is_wechat: bool) -> int:
    """Hand one batch of messages to the provider; returns how many. One that fails does not stop the others.

    What is said in a chat goes in its order, and waits behind what failed. `is_wechat` picks those by WeChat, or all but them.
    """
    claimed = await hub.database.read(
        lambda session: notices.claim(session, datetime.now(UTC), BATCH, is_wechat=is_wechat)
    )
    chats: dict[str, list[Claimed]] = {}
    for one in claimed:
        chats.setdefault(_queue_of(one), []).append(one)
    outcomes = await asyncio.gather(*(_send_all(hub, provider, queue) for queue in chats.values()))
    went = [(queue, n) for queue, (n, _) in zip(chats.values(), outcomes, strict=True)]
    sent = [one.id for queue, n in went for one in queue[:n]]
    if sent:
        await hub.database.write(lambda session: notices.sent(session, sent, hub.now()))
    for queue, (n, failure) in zip(chats.values(), outcomes, strict=True):
        if failure is not None:
            await _put_off(hub, queue[n:], failure)
    return len(claimed)


def _queue_of(one: Claimed) -> str:
    """Return what keeps its order: the messages of one conversation, whose ids begin alike."""
    return one.id.rpartition("_")[0] if one.kind in CHAT_KINDS else one.id


async def _send_all(hub: Hub, provider: Provider, queue: list[Claimed]) -> tuple[int, BaseException | None]:
    """Return how many of a queue went, and what the next failed with."""
    for n, one in enumerate(queue):
        [failure] = await asyncio.gather(_send(hub, provider, one), return_exceptions=True)
        if failure is not None:
            return n, failure
    return len(queue), None


async def _send(hub: Hub, provider: Provider, one: Claimed) -> None:
    async with asyncio.timeout(SEND_WITHIN_S):
        await provider.send(notices.opened(hub.database.keyring, one))


async def _put_off(hub: Hub, queue: list[Claimed], failure: BaseException) -> None:
    """Try the first of a queue again later, and what comes after it then too."""
    one, reason = queue[0], repr(failure)[:200]
    LOG.warning("message not sent", notice=one.id, attempts=one.attempts, reason=reason)
    until = datetime.now(UTC) + timedelta(seconds=min(5 * 2**one.attempts, LONGEST_PAUSE_S))
    ids = [each.id for each in queue]
    await hub.database.write(lambda session: notices.failed(session, ids, reason, until))
