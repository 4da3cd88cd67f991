"""What people wait for without looking on (报表, 导出): made one after the other, by whichever worker takes it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

import structlog

from models.errors import HotlineError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from hotline.hub import Hub
    from models.store.database import Session

LOG = structlog.get_logger()


class Waiting(Protocol):
    """Something that somebody is to make."""

    @property
    def id(self) -> int:
        """Its number in the table where it waits."""


W = TypeVar("W", bound=Waiting)


class Queue(NamedTuple, Generic[W]):
    """The table where it waits: take one (wall time), keep what was made (hub's time), or say why it was not (wall time)."""

    name: str
    claim: Callable[[Session, datetime], Awaitable[W | None]]
    keep: Callable[[Session, int, bytes, datetime], Awaitable[None]]
    fail: Callable[[Session, int, str, datetime], Awaitable[None]]


async def turn(hub: Hub, queue: Queue[W], make: Callable[[Hub, W], Awaitable[bytes]]) -> int:
    """Make one thing that waits; returns how many were made."""
    wanted = await hub.database.write(lambda session: queue.claim(session, datetime.now(UTC)))
    if wanted is None:
        return 0
    try:
        content = await make(hub, wanted)
    except Unavailable as error:
        # The database is away; the claim lapses, and whoever is there then makes it.
        LOG.warning("making waits", queue=queue.name, id=wanted.id, reason=error.detail)
        return 0
    except Exception as error:
        LOG.exception("making failed", queue=queue.name, id=wanted.id)
        why = error.detail if isinstance(error, HotlineError) else type(error).__name__
        await hub.database.write(lambda session: queue.fail(session, wanted.id, why, datetime.now(UTC)))
        return 0
    await hub.database.write(lambda session: queue.keep(session, wanted.id, content, hub.now()))
    return 1
