"""溢出与转接: a call goes from the line that was dialled to another line's seats, and callers are referred by script.

By itself it goes on where the line is closed or nobody answers in time; by a person's hand where it is another line's
business. Who was dialled never changes, so that calls can be counted both ways.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from hotline import giving
from models.errors import Conflict, InvalidRequest
from models.line import open_line
from models.store import external_ids, interactions, lines, seats, timers
from models.vocabulary import Integration

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from hotline.hub import Hub
    from models.line import Line
    from models.store.database import Session
    from models.store.interactions import Interaction
    from models.store.lines import Handled
    from models.ticket import Timer

SUBJECT: Final = "overflow:"
CLOSED: Final = "closed"
FULL: Final = "full"
REFERRED: Final = "referred"
# Why a person passes a call on: it is the other line's business, the caller needs its skill, or asks for it.
Reason = Literal["theirs", "skill", "asked"]
_OWN_SEATS: Final = frozenset({Integration.ABSORBED, Integration.PARALLEL})
COUNTED: Final = ("offered", "answered", "abandoned", "unanswered", "waiting")


class Further(Struct, frozen=True):
    """Where a call is passed on to and why, or where its caller was referred to."""

    line: str
    reason: Reason | None = None


def line_of(hub: Hub, number: str) -> Line:
    """Return a line of the city; raises InvalidRequest."""
    line = hub.city.lines.get(number)
    if line is None:
        raise InvalidRequest(f"没有登记号码为“{number}”的热线，请核对 line")
    return line


async def begin(hub: Hub, session: Session, interaction: int, dialled: Line, handling: Line, at: datetime) -> None:
    """Record whose seats handle a call that has just arrived, and set when it goes on if nobody answers."""
    if handling.number != dialled.number:
        await lines.transfer(session, interaction, dialled.number, handling, CLOSED, None, at)
    await _wait(hub, session, interaction, handling, at)


async def go_on(hub: Hub, session: Session, timer: Timer) -> None:
    """Nobody may have answered in time: the call goes on to where its line overflows, if that is open."""
    call = await interactions.lock(session, int(timer.subject.removeprefix(SUBJECT)))
    await timers.drop(session, timer)
    handling = hub.city.lines.get(call.handling_line or "")
    further = hub.city.lines.get(handling.overflow_to or "") if handling else None
    if call.answered_at is not None or call.ended_at is not None or handling is None or further is None:
        return
    await seats.lock(session)
    at, work = hub.now(), await seats.work(session, call.id)
    if work is not None and work.agent is not None:
        # Somebody is just being given it.
        await _wait(hub, session, call.id, handling, at)
        return
    to = open_line(hub.city.lines, further, at)
    if not to.is_open(at) or to is handling:
        return
    await lines.transfer(session, call.id, handling.number, to, FULL, None, at)
    if work is not None:
        await giving.put_back(hub, session, replace(work, seat_group=to.seat_group))
    await _wait(hub, session, call.id, to, at)


async def transfer(
    hub: Hub, session: Session, call: Interaction, further: Further | None, by: str | None
) -> Interaction:
    """A seat passes a call that it has answered to another line's seats. Raises InvalidRequest, Conflict.

    What telephony gives out, telephony gives on; what our seats were given waits for one of the other line's.
    """
    if further is None or further.reason is None:
        raise InvalidRequest("转接（transferred）请用 line 填写转给哪个号码，用 reason 填写原因")
    line, at = line_of(hub, further.line), hub.now()
    if line.integration not in _OWN_SEATS:
        raise Conflict(f"{line.number}{line.name}没有本平台的席组，请按话术告知，并以结果 referred（转介）结束来话")
    if call.answered_at is None:
        raise Conflict("该来话尚未接听，由程序按溢出规则转接")
    if line.number == call.handling_line:
        raise Conflict(f"该来话已在{line.number}{line.name}的席组")
    if not line.is_open(at):
        raise Conflict(f"{line.number}{line.name}的服务时间为{line.hours}，现在无人接听，请登记后派单")
    await lines.transfer(session, call.id, call.handling_line, line, further.reason, by or call.agent, at)
    await seats.lock(session)
    work = await seats.work(session, call.id)
    await giving.ended(hub, session, call.id)
    if work is not None:
        waiting = replace(work, seat_group=line.seat_group, agent=None, given_at=None, taken_at=None, waits_from=at)
        await giving.ask(hub, session, waiting)
    return replace(call, handling_line=line.number, seat_group=line.seat_group, agent=None)


async def refer(hub: Hub, session: Session, call: Interaction, further: Further | None, by: str | None) -> None:
    """Record that a caller was told by script to turn elsewhere (转介). Raises InvalidRequest, Conflict."""
    if further is None:
        raise InvalidRequest("结果为 referred（转介）时，请用 line 填写告知的号码")
    line = line_of(hub, further.line)
    if not line.script:
        raise Conflict(f"{line.number}{line.name}由本平台受理，不是转介号码，请登记诉求或转接席组")
    await lines.refer(session, call.id, line, by or call.agent, hub.now())


async def _wait(hub: Hub, session: Session, interaction: int, handling: Line, at: datetime) -> None:
    if handling.overflow_to is not None:
        due_at = at + timedelta(seconds=hub.city.line_rule.overflow_after_s)
        await lines.overflow_at(session, f"{SUBJECT}{interaction}", due_at)


async def figures(hub: Hub, since: datetime, until: datetime) -> dict[str, Any]:
    """Count the calls of a time by the line that was dialled, by the line that handled them, and all together.

    With them the tickets that came by lines whose records are elsewhere, and how many have their number there.
    """
    elsewhere = [line.number for line in hub.city.lines.values() if line.record_elsewhere]

    async def work(session: Session) -> dict[str, Any]:
        found = await lines.handled(session, since, until)
        return {
            "since": since,
            "until": until,
            "total": _counted(found),
            "dialled": _by_line("dialled", found),
            "handling": _by_line("handling", found),
            "transferred": await lines.transferred(session, since, until),
            "referred": await lines.referred(session, since, until),
            "elsewhere": await external_ids.numbered(session, elsewhere, since, until),
        }

    return await hub.database.read_together(work)


def _by_line(name: str, found: Iterable[Handled]) -> list[dict[str, Any]]:
    rows = list(found)
    numbers = dict.fromkeys(sorted((getattr(row, name) for row in rows), key=lambda number: number or ""))
    return [{"line": number, **_counted(row for row in rows if getattr(row, name) == number)} for number in numbers]


def _counted(found: Iterable[Handled]) -> dict[str, int]:
    rows = list(found)
    return {name: sum(getattr(row, name) for row in rows) for name in COUNTED}
