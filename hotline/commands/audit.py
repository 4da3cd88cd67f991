"""What hotline audit verify | recompute, backlog and deliveries replay do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from hotline.anchoring import Anchored, look_back, open_anchor
from hotline.commands.installation import with_hub
from hotline.recount import History, problems
from models.anchor import broken_promise
from models.errors import NotFound
from models.store import backlog as backlog_store
from models.store import deliveries, events, handoffs, tickets
from models.ticket import id_of, number_of
from models.trail import broken_link

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from hotline.config import Settings
    from hotline.hub import Hub
    from models.anchor import Held
    from models.store.database import Session
    from models.trail import TicketEvent

T = TypeVar("T")
AT_A_TIME: Final = 200


class Walked(NamedTuple):
    """A ticket whose trail was walked: its events, where an anchor is compared, and what is wrong with the first broken link."""

    ticket_id: int
    trail: list[TicketEvent]
    said: str | None


class _Findings:
    """Prints what is wrong, tickets in order; what an anchor holds of tickets that are not walked tells which are gone."""

    def __init__(self, held: Anchored | None, only: int | None) -> None:
        self.broken = 0
        self._held = held
        self._only = only
        self._gone: set[int] = set()

    def add(self, walked: Walked) -> None:
        """Take the next ticket."""
        mine = self._before(walked.ticket_id)
        said = walked.said
        if said is None and self._held is not None:
            said = broken_promise(mine, walked.trail) or self._held.added_later(mine, walked.trail)
        if said is not None:
            self._say(walked.ticket_id, said)

    def end(self, without_ticket: dict[int, int]) -> None:
        """No more tickets come; these are gone while their events are there."""
        self._before(None)
        for ticket_id, count in without_ticket.items():
            if ticket_id not in self._gone:
                self._say(ticket_id, f"工单已不在库中，留痕尚有{count}条")

    def _before(self, ticket_id: int | None) -> list[Held]:
        """Say which tickets are gone before this one, and return what anchors hold of this one."""
        for found, held in self._held.until(ticket_id) if self._held else ():
            if found == ticket_id:
                return held
            if self._only in {None, found}:
                self._gone.add(found)
                self._say(found, f"工单已不在库中，第{held[-1].number}号锚定时留痕有{held[-1].seq}条")
        return []

    def _say(self, ticket_id: int, said: str) -> None:
        self.broken += 1
        print(f"{number_of(ticket_id)}\t{said}")


def verify(settings: Settings, number: str | None, anchor: Path | None = None, public_key: Path | None = None) -> int:
    """Walk the trails, beside what an anchor holds of them; print the first broken link of every ticket that has one."""

    async def read(session: Session, ticket_id: int) -> Walked:
        ticket = await tickets.get(session, ticket_id)
        trail = await events.of_ticket(session, ticket_id)
        said = broken_link(trail, ticket)
        damaged = await events.damaged_words(session, ticket_id) if said is None else None
        if damaged is not None:
            said = f"第{damaged}条留痕所附的文字被改动，无法打开"
        return Walked(ticket_id, trail if anchor else [], said)

    async def job(hub: Hub) -> int:
        held = None if anchor is None else _opened(settings, hub, anchor, public_key)
        found = _Findings(held, only=None if number is None else id_of(number))
        checked = 0
        missing: NotFound | None = None
        try:
            async for walked in _each(hub, number, read):
                checked += 1
                found.add(walked)
        except NotFound as error:
            missing = error
        # What is not there may be what an anchor holds.
        found.end({} if number is not None else await hub.database.read(events.without_ticket))
        if missing is not None and not found.broken:
            raise missing
        by = "" if held is None else f"，对照{held.count}个锚定"
        print(f"核对{checked}件工单的留痕{by}，{found.broken}件有问题")
        return 1 if found.broken or (held is not None and held.problems) else 0

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


def _opened(settings: Settings, hub: Hub, path: Path, public_key: Path | None) -> Anchored:
    """Read an anchor and all before it, from beside it or else from our own; say what of them is not to be used."""
    ours = settings.anchors_dir
    signed, key = open_anchor(path, public_key, ours, hub.city.code)
    held = Anchored(signed, [path.absolute().parent, ours], look_back(hub), key)
    for problem in held.problems:
        print(problem)
    return held


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
