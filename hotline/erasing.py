"""删除个人信息 of a ticket: what must stay and why, and what is erased; asked for by a person, or because its time is over."""

from __future__ import annotations

import asyncio
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from hotline.step import Step
from models.lifecycle import OPEN_TICKET, TicketState
from models.store import erasures, tickets
from models.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from hotline.hub import Hub
    from models.retention import KeptTickets
    from models.store.database import Session
    from models.ticket import Actor, Ticket

ERASED: Final = "erased"
FILES_AT_ONCE: Final = 100


class Because(StrEnum):
    """Why what was said is not there any more, as everybody is told who looks for it."""

    ASKED = "应当事人要求已删除个人信息"
    OVER = "保存期满，个人信息已删除"


def kept(hub: Hub, ticket: Ticket) -> KeptTickets | None:
    """Return how long a ticket is kept; None where the city has not said so."""
    terms = hub.city.retention
    return None if terms is None else terms.of_tickets(is_tip_off=ticket.kind is Kind.TIP_OFF)


async def must_stay(session: Session, ticket: Ticket) -> str | None:
    """Return in Chinese why a ticket is needed as it is, however old; None where it is not."""
    if ticket.state in OPEN_TICKET:
        return "尚未办结"
    if ticket.state is TicketState.CLOSED:
        return "办结后尚未归档，仍可申请重办"
    if await erasures.is_needed(session, ticket.id):
        return "所并入的工单或所牵头的事件尚未了结"
    return None


async def erase(
    hub: Hub,
    session: Session,
    actor: Actor,
    ids: Sequence[int],
    because: Because,
    *,
    at: datetime,
    second: str | None = None,
) -> None:
    """Erase what is personal of some tickets, locked in order; the trail of each tells by whom and why."""
    for ticket_id in sorted(ids):
        ticket = await tickets.lock(session, ticket_id)
        step = Step(hub, session, actor, at, ticket, await tickets.assignments(session, ticket_id))
        step.record(ERASED, because=because, second=second)
        await step.write()
    await erasures.erase_tickets(session, ids, because, at)


async def remove_files(hub: Hub, folder: Path) -> int:
    """Delete the files that nothing is known of any more; returns how many. Where the folder is not, nothing is done."""

    async def work(session: Session) -> int:
        ids = await erasures.removed_files(session, FILES_AT_ONCE)
        if not ids or not await asyncio.to_thread(_unlink, folder, ids):
            return 0
        await erasures.forget_files(session, ids)
        return len(ids)

    return await hub.database.write(work)


def _unlink(folder: Path, ids: Sequence[str]) -> bool:
    if not folder.is_dir():
        return False
    for name in ids:
        (folder / name).unlink(missing_ok=True)
    return True
