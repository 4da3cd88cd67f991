"""hotline audit verify | recompute, backlog, deliveries replay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from hotline import clocks
from hotline.commands.installation import with_hub
from models.clocks import recompute
from models.store import backlog as backlog_store
from models.store import deliveries, events, tickets
from models.ticket import broken_link, id_of, number_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.store.database import Session


def verify(settings: Settings, number: str | None) -> int:
    """Walk the trails; print the first broken link of every ticket that has one."""

    async def job(hub: Hub) -> int:
        checked = broken = 0
        async with hub.database.session() as session:
            async for ticket_id in _ids(session, number):
                ticket = await tickets.get(session, ticket_id)
                said = broken_link(await events.of_ticket(session, ticket_id), ticket)
                checked += 1
                if said is not None:
                    broken += 1
                    print(f"{ticket.number}\t{said}")
        print(f"核对{checked}件工单的留痕，{broken}件有问题")
        return 1 if broken else 0

    return with_hub(settings, job)


def recompute_all(settings: Settings, number: str | None) -> int:
    """Compare every stored due time with the one that the trail gives."""

    async def job(hub: Hub) -> int:
        checked = wrong = 0
        async with hub.database.session() as session:
            async for ticket_id in _ids(session, number):
                trail = await events.of_ticket(session, ticket_id)
                for part in await tickets.assignments(session, ticket_id):
                    times = recompute(clocks.facts_of(trail, part.ordinal), hub.calendars)
                    checked += 1
                    if (times.acknowledge_by, times.contact_by, times.reply_by) != (
                        part.acknowledge_by,
                        part.contact_by,
                        part.reply_by,
                    ):
                        wrong += 1
                        print(f"{number_of(ticket_id)}\t第{part.ordinal}项承办的时限与留痕不符")
        print(f"重算{checked}项承办的时限，{wrong}项不符")
        return 1 if wrong else 0

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


async def _ids(session: Session, number: str | None) -> AsyncIterator[int]:
    if number is not None:
        yield id_of(number)
        return
    async for ticket_id in events.ticket_ids(session):
        yield ticket_id
