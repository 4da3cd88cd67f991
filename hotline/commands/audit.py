"""hotline audit verify | recompute, backlog, deliveries replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from hotline.commands.installation import with_hub
from hotline.recount import History, problems
from models.store import backlog as backlog_store
from models.store import deliveries, events, handoffs, tickets
from models.ticket import id_of, number_of
from models.trail import broken_link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Ticket

T = TypeVar("T")
AT_A_TIME: Final = 200


def verify(settings: Settings, number: str | None) -> int:
    """Walk the trails; print the first broken link of every ticket that has one."""

    async def read(session: Session, ticket_id: int) -> tuple[Ticket, str | None]:
        ticket = await tickets.get(session, ticket_id)
        said = broken_link(await events.of_ticket(session, ticket_id), ticket)
        damaged = await events.damaged_words(session, ticket_id) if said is None else None
        return ticket, said if damaged is None else f"第{damaged}条留痕所附的文字被改动，无法打开"

    async def job(hub: Hub) -> int:
        checked = broken = 0
        async for ticket, said in _each(hub, number, read):
            checked += 1
            if said is not None:
                broken += 1
                print(f"{ticket.number}\t{said}")
        gone = {} if number is not None else await hub.database.read(events.without_ticket)
        for ticket_id, count in gone.items():
            broken += 1
            print(f"{number_of(ticket_id)}\t工单已不在库中，留痕尚有{count}条")
        print(f"核对{checked}件工单的留痕，{broken}件有问题")
        return 1 if broken else 0

    return with_hub(settings, job)


def recompute_all(settings: Settings, number: str | None) -> int:
    """Compare every stored due time with the one that the trail gives; print all that differ."""

    async def read(session: Session, ticket_id: int) -> History:
        return History(
            await tickets.get(session, ticket_id),
            await tickets.assignments(session, ticket_id),
            await events.of_ticket(session, ticket_id),
            await handoffs.of_ticket(session, ticket_id),
        )

    async def job(hub: Hub) -> int:
        checked = parts = wrong = bad = 0
        async for history in _each(hub, number, read):
            said = problems(history, hub.calendars)
            checked += 1
            parts += len(history.parts)
            wrong += len(said)
            bad += bool(said)
            for words in said:
                print(f"{history.ticket.number}\t{words}")
        print(f"重算{parts}项承办的时限，{wrong}项不符（{checked}件工单，{bad}件有问题）")
        return 1 if bad else 0

    return with_hub(settings, job)


def backlog(settings: Settings, *, as_json: bool) -> None:
    """Print the zero-backlog figures."""

    async def job(hub: Hub) -> int:
        found = await hub.database.read(lambda session: backlog_store.figures(session, hub.now()))
        if as_json:
            print(msgspec.json.encode(found).decode())
            return 0
        net, gross = found["backlog"]["net"], found["backlog"]["gross"]
        print(f"在办 {found['open']}，一天内到期 {found['due_within_a_day']}，已批延期 {found['overdue_excused']}")
        print(f"积压 净 {net} / 毛 {gross}，派单台超时 {found['on_desk_past_limit']}")
        for row in found["departments"]:
            name = hub.department_name(row["department"])
            print(f"  {name}\t在办 {row['open']}\t净 {row['backlog_net']}\t毛 {row['backlog_gross']}")
        return 0

    with_hub(settings, job)


def replay_dead(settings: Settings, department: str | None) -> None:
    """Send every dead letter again."""

    async def job(hub: Hub) -> int:
        woken = await hub.database.write(lambda session: deliveries.replay_dead(session, department, hub.now()))
        print(f"已重新投递{woken}件死信")
        return 0

    with_hub(settings, job)


async def _each(hub: Hub, number: str | None, read: Callable[[Session, int], Awaitable[T]]) -> AsyncIterator[T]:
    """Read one ticket or all of them, a batch in one snapshot: the hub goes on writing meanwhile."""
    after = 0
    while True:
        async with hub.database.snapshot() as session:
            ids = [id_of(number)] if number is not None else await events.ticket_ids(session, after, AT_A_TIME)
            found = [await read(session, ticket_id) for ticket_id in ids]
        for one in found:
            yield one
        if number is not None or not ids:
            return
        after = ids[-1]
