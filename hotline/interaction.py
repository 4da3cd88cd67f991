"""来话/会话: offered, answered, ended or abandoned; 0..n tickets come of it, and some need none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from msgspec import Struct
from msgspec.structs import replace
from prometheus_client import Counter

from hotline import at_hand, clocks, giving, overflow
from models.errors import Conflict, Forbidden, InvalidRequest
from models.line import open_line
from models.store import interactions, seats
from models.store.seats import SeatWork
from models.vocabulary import Channel, Role

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.line import Line
    from models.store.database import Session
    from models.store.interactions import Interaction
    from models.store.seats import WorkKind
    from models.ticket import Actor

# 直办, progress queries and silent calls are counted and never routed.
Outcome = Literal[
    "new_ticket",
    "answered",
    "progress_query",
    "supplement",
    "urging",
    "withdrawal",
    "silent",
    "wrong_number",
    "harassment",
    "referred",
]
Happening = Literal["offered", "takeover", "answered", "ended", "abandoned", "transcript", "transferred"]
ABANDONED: Final = "abandoned"
# Ended, and nobody said how.
UNSTATED: Final = "unstated"
REACHED: Final = "reached"
UNREACHED: Final = "unreached"
ENDED: Final = Counter("hotline_interactions_ended", "来话按结果计数（本进程）", ["outcome"])
for _outcome in (*get_args(Outcome), ABANDONED, UNSTATED):
    ENDED.labels(_outcome)


class Arrival(Struct, frozen=True, kw_only=True):
    """What arrives: `phone` are digits, `wants_agent` says that one of our seats must take it, whoever is free first."""

    channel: Channel
    line: str | None = None
    phone: str | None = None
    language: str | None = None
    wants_agent: bool = False


async def offer(hub: Hub, actor: Actor, arrival: Arrival) -> int:
    """Record an arriving interaction with its seat group; returns its id. Raises InvalidRequest, Forbidden."""
    at_hand.check_channel(actor, arrival.channel)
    typed_by = actor.name if actor.role is not Role.CHANNEL else None
    at = hub.now()
    dialled = overflow.line_of(hub, arrival.line) if arrival.line is not None else None
    handling = open_line(hub.city.lines, dialled, at) if dialled else None
    seat_group = _seat_group(hub, arrival, handling)
    # Whoever calls wants a person; telephony gives the call to one, or says that it has none.
    asked_at = at if arrival.wants_agent or arrival.channel is Channel.PHONE else None

    async def work(session: Session) -> int:
        made = await interactions.offer(
            session,
            arrival.channel,
            arrival.line,
            seat_group,
            arrival.phone,
            at=at,
            asked_at=asked_at,
            typed_by=typed_by,
        )
        if typed_by is not None and arrival.phone is not None:
            await at_hand.note_typed(session, actor, made, arrival.phone, at)
        if dialled is not None and handling is not None:
            await overflow.begin(hub, session, made, dialled, replace(handling, seat_group=seat_group), at)
        if arrival.wants_agent:
            await giving.ask(hub, session, _work(made, _kind(arrival.channel), seat_group, at))
        return made

    return await hub.database.write(work)


async def happen(
    hub: Hub,
    actor: Actor,
    interaction_id: int,
    event: Happening,
    *,
    agent: str | None,
    outcome: str | None,
    text: str,
    further: overflow.Further | None = None,
) -> Interaction:
    """Record what happened; a call abandoned before it was answered is called back, once for each phone.

    `further` is where a call is transferred to, or its caller was referred to. Raises Forbidden where it is not this actor's.
    """
    if further is not None:
        # Whatever happened: a line that nobody knows is a slip.
        overflow.line_of(hub, further.line)

    async def work(session: Session) -> Interaction:
        current = await interactions.lock(session, interaction_id)
        await at_hand.check(session, actor, current)
        if current.ended_at is not None:
            raise Conflict("该来话已结束")
        if event == "transferred":
            return await overflow.transfer(hub, session, current, further, agent)
        if event == "ended" and outcome == overflow.REFERRED:
            await overflow.refer(hub, session, current, further, agent)
        return await _happens(hub, session, current, event, agent=agent, outcome=outcome, text=text)

    return _counted(await hub.database.write(work))


async def take(hub: Hub, actor: Actor) -> None:
    """An agent takes what was given to their seat: a call or a chat is answered by that. Raises Conflict."""

    async def work(session: Session) -> None:
        seat = await seats.get(session, actor.name)
        if seat is None or seat.interaction is None:
            raise Conflict("没有分给您的来话，请等待下一个")
        current, given = await interactions.lock(session, seat.interaction), await seats.work(session, seat.interaction)
        if given is None or given.kind == "call_back":
            await giving.answered(hub, session, current.id, actor.name, is_taking=True)
        else:
            changed = _changed(hub, current, "answered", agent=actor.name, outcome=None, text="")
            await _answer(hub, session, changed, is_taking=True)
            await interactions.change(session, changed)

    await hub.database.write(work)


async def call_back(hub: Hub, actor: Actor, interaction_id: int, *, is_reached: bool) -> Interaction:
    """Say whether a missed caller was reached (漏接回拨); who was not is tried again, so often as the city wants.

    Raises Conflict where nobody is to be called back any more, Forbidden where another agent has it.
    """

    async def work(session: Session) -> Interaction:
        current = await interactions.lock(session, interaction_id)
        await seats.lock(session)
        todo = await seats.work(session, interaction_id)
        if todo is None or todo.kind != "call_back":
            raise Conflict("该来话不需要回拨，或已经回拨")
        if todo.taken_at is None or todo.agent != actor.name:
            raise Forbidden("该回拨不在您的坐席上，请先接起分给您的回拨")
        rule, at, attempts = hub.city.seats.rule, hub.now(), current.call_back_attempts + 1
        is_over = is_reached or attempts >= rule.call_back_attempts
        await giving.ended(hub, session, interaction_id)
        if not is_over:
            later = at + timedelta(seconds=rule.call_back_again_s)
            await giving.ask(hub, session, replace(todo, waits_from=later, agent=None, given_at=None, taken_at=None))
        changed = replace(
            current,
            call_back_attempts=attempts,
            call_back_outcome=(REACHED if is_reached else UNREACHED) if is_over else None,
            called_back_at=at if is_over else None,
        )
        await interactions.tried(session, changed)
        return changed

    return await hub.database.write(work)


async def _happens(
    hub: Hub,
    session: Session,
    current: Interaction,
    event: Happening,
    *,
    agent: str | None,
    outcome: str | None,
    text: str,
) -> Interaction:
    changed = _changed(hub, current, event, agent=agent, outcome=outcome, text=text)
    if changed.ended_at is not None and changed.outcome is None and await interactions.has_tickets(session, current.id):
        changed = replace(changed, outcome="new_ticket")
    if event == "offered":
        await _ring(hub, session, current, agent)
    elif event == "takeover":
        await _take_over(hub, session, current)
    elif event == "answered":
        await _answer(hub, session, changed)
    elif changed.ended_at is not None:
        changed = await _end(hub, session, changed)
    await interactions.change(session, changed)
    return changed


async def _answer(hub: Hub, session: Session, answered: Interaction, *, is_taking: bool = False) -> None:
    """Somebody speaks to the caller: what that caller was to be called back for is settled."""
    if answered.caller_index is not None:
        for missed in await interactions.called_back(session, answered.caller_index, hub.now()):
            if missed != answered.id:
                await giving.ended(hub, session, missed)
    await giving.answered(hub, session, answered.id, answered.agent, is_taking=is_taking)


async def _end(hub: Hub, session: Session, ending: Interaction) -> Interaction:
    """Nobody has it any more; who was to be spoken to and was not is called back."""
    call_back_by = None
    if ending.outcome == ABANDONED and ending.answered_at is None and ending.caller_index is not None:
        waiting, call_back_by = await interactions.missed(session, ending, clocks.call_back_by(hub, hub.now()))
        agent = await giving.ended(hub, session, ending.id)
        if waiting == ending.id:
            await giving.ask(hub, session, _work(ending.id, "call_back", ending.seat_group, hub.now()))
    else:
        todo = await seats.work(session, ending.id)
        # Who chatted and is owed a call is owed it still.
        is_owed = todo is not None and todo.kind == "call_back"
        agent = None if is_owed else await giving.left(hub, session, ending)
    # Who had it last is who it was handed to in a change of shift.
    return replace(ending, agent=agent or ending.agent, call_back_by=call_back_by)


async def _ring(hub: Hub, session: Session, current: Interaction, agent: str | None) -> None:
    """Telephony chose the seat itself: it rings there, and is taken there as whatever the hub gives."""
    if current.answered_at is not None:
        raise Conflict("该来话已由话务员接听")
    if agent is None:
        raise InvalidRequest("振铃（offered）请用 agent 填写振铃的话务员")
    kind, at = _kind(Channel(current.channel)), current.asked_at or hub.now()
    await giving.ring(hub, session, _work(current.id, kind, current.seat_group, at), agent)


async def _take_over(hub: Hub, session: Session, current: Interaction) -> None:
    """转人工: whoever spoke to a program, or waits in vain with telephony, wants an agent of ours; asked twice it is one wish."""
    if current.answered_at is not None:
        raise Conflict("该来话已由话务员接听")
    if await seats.work(session, current.id) is None:
        kind = _kind(Channel(current.channel))
        await giving.ask(hub, session, _work(current.id, kind, current.seat_group, current.asked_at or hub.now()))


def _changed(
    hub: Hub, current: Interaction, event: Happening, *, agent: str | None, outcome: str | None, text: str
) -> Interaction:
    if event == "transcript":
        return replace(current, transcript=f"{current.transcript}{text}\n")
    if event == "offered":
        return current
    asked_at = current.asked_at or hub.now()
    if event == "takeover":
        return replace(current, asked_at=asked_at)
    if event == "answered":
        return replace(current, answered_at=current.answered_at or hub.now(), asked_at=asked_at, agent=agent)
    # Who hangs up on an agent was answered all the same.
    ended = ABANDONED if event == "abandoned" and current.answered_at is None else outcome
    return replace(current, ended_at=hub.now(), outcome=ended or current.outcome)


def _counted(changed: Interaction) -> Interaction:
    if changed.ended_at is not None:
        # Once for each: what has ended takes no more events.
        ENDED.labels(changed.outcome or UNSTATED).inc()
    return changed


def _seat_group(hub: Hub, arrival: Arrival, line: Line | None) -> str:
    """Return who answers for a line: its group, or one that speaks the language asked for. Raises InvalidRequest."""
    found = (line.seat_group if line else "") or hub.city.seats.host_group
    if arrival.language is None:
        return found
    speaking = hub.city.seats.speaking(found, arrival.language)
    if speaking is None:
        raise InvalidRequest(f"没有会说“{arrival.language}”的席组，请核对 language")
    return speaking


def _kind(channel: Channel) -> WorkKind:
    return "call" if channel is Channel.PHONE else "chat"


def _work(interaction_id: int, kind: WorkKind, seat_group: str, since: datetime) -> SeatWork:
    return SeatWork(interaction=interaction_id, kind=kind, seat_group=seat_group, waiting_since=since, waits_from=since)
