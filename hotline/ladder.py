"""回访梯次: how everybody is asked how it ended. A link first, then an automatic call, then a person; who, the policy says.

Each caller of a merged matter is asked for themselves. A rung that brings no answer in its time passes to the next by timer;
quiet hours and the number of tries hold over all rungs. The automatic call is ordered by webhook from whatever system is
registered under `auto_call`; where none is, a person calls.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from hotline import clocks
from models.store import endpoints, follow_up_asks, follow_ups, tickets
from models.store.follow_up_asks import Ask
from models.ticket import Timer
from models.vocabulary import Disclosure

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.step import Step
    from models.sla import LadderTerms, Rung
    from models.ticket import Ticket

AUTO_CALL: Final = "auto_call"
ASK_SUBJECT: Final = "ask"
# What the voice says; the citizen answers by a key.
SCRIPT: Final = (
    "您好，这里是{city}12345热线回访。您反映的诉求（尾号{tail}）已办理完毕。"
    "已解决并且满意请按1，已解决但不满意请按2，没有解决请按3。"
)
KEYS: Final = {"1": (True, True), "2": (True, False), "3": (False, False)}


async def open_asks(step: Step) -> None:
    """Begin to ask the citizen and every merged caller, each on their first rung: the reply has been approved."""
    text = await step.text()
    everybody = [(step.ticket, text.caller_phone)]
    everybody += [(one.ticket, one.phone) for one in await tickets.merged_callers(step.session, step.ticket.id)]
    asks = []
    for ticket, phone in everybody:
        rung = _first_rung(step, ticket, phone)
        asks.append(
            Ask(
                ticket_id=ticket.id,
                round=step.ticket.reopen_count,
                common=step.ticket.id,
                first_rung=rung,
                rung=rung,
                opened_at=step.at,
            )
        )
        _wait(step, asks[-1], rung)
    await follow_up_asks.open_all(step.session, asks)


async def climb(step: Step, timer: Timer) -> None:
    """A rung has brought no answer in its time, or the moment for the automatic call has come."""
    ask = await follow_up_asks.current(step.session, step.ticket.id)
    if ask is None:
        step.record("timer_ignored", kind=timer.kind)
        step.change.dropped_timers.append(ASK_SUBJECT)
    elif timer.kind == "ask_person":
        step.record("follow_up_silent", round=ask.round)
        await silent(step)
    elif ask.rung == "sms" or timer.kind == "ask_call":
        await _call_or_person(step, ask)
    else:
        await to_person(step, ask)


async def to_person(step: Step, ask: Ask) -> None:
    """A person calls next."""
    await _come_to(step, ask, "person", None)
    if ask.common == ask.ticket_id:
        step.change.dropped_timers.append(ASK_SUBJECT)
    _wait(step, ask, "person")


async def attempts(step: Step, ask: Ask) -> list[datetime]:
    """Return when this caller was tried in this round, oldest first."""
    if ask.common == ask.ticket_id:
        return await follow_ups.attempts(step.session, ask.ticket_id, ask.round)
    return list(ask.tries)


async def answered(step: Step, way: str, *, solved: bool, satisfied: bool) -> None:
    """The caller of this ticket has said how it ended."""
    step.change.dropped_timers.append(ASK_SUBJECT)
    await follow_up_asks.end(step.session, step.ticket.id, step.at, "answered", way, solved=solved, satisfied=satisfied)


async def silent(step: Step) -> None:
    """Nobody asks the caller of this ticket any more; where they have answered, that stands."""
    step.change.dropped_timers.append(ASK_SUBJECT)
    await follow_up_asks.end(step.session, step.ticket.id, step.at, "silent")


async def overtaken(step: Step) -> None:
    """The matter is taken up again: who was not asked yet will be when it is done."""
    step.change.dropped_timers.append(ASK_SUBJECT)
    await follow_up_asks.overtake(step.session, step.ticket.id, step.at)


async def _call_or_person(step: Step, ask: Ask) -> None:
    terms = step.policy.follow_up.ladder
    known = await endpoints.get(step.session, AUTO_CALL)
    phone = (await step.text()).caller_phone
    when = clocks.next_attempt(step.hub, step.at, await attempts(step, ask))
    if AUTO_CALL not in terms.rungs or known is None or known.verified_at is None or phone is None or when is None:
        await to_person(step, ask)
    elif when > step.at:
        await _come_to(step, ask, AUTO_CALL, None)
        step.wait(ASK_SUBJECT, "ask_call", when)
    else:
        call = f"call_{secrets.token_hex(12)}"
        await _come_to(step, ask, AUTO_CALL, call)
        told = {
            "call": call,
            "phone": phone,
            "script": SCRIPT.format(city=step.hub.city.name, tail=step.ticket.number[-4:]),
            "keys": {"1": "已解决且满意", "2": "已解决但不满意", "3": "没有解决"},
        }
        step.order_call(AUTO_CALL, "follow_up.call", told)
        step.wait(ASK_SUBJECT, "ask_called", clocks.rung_until(step.hub, AUTO_CALL, step.at))


async def _come_to(step: Step, ask: Ask, rung: Rung, call: str | None) -> None:
    step.record("follow_up_rung", rung=rung, round=ask.round)
    await follow_up_asks.climb(step.session, ask, rung, call)


def _first_rung(step: Step, ticket: Ticket, phone: str | None) -> Rung:
    """Return how a caller is asked first: by a person where the policy says so, or no message reaches them or is wanted."""
    terms = step.policy.follow_up.ladder
    if phone is None or not ticket.want_reply or _is_for_person(terms, step, ticket):
        return "person"
    return terms.rungs[0]


def _is_for_person(terms: LadderTerms, step: Step, ticket: Ticket) -> bool:
    is_confidential = ticket.disclosure is Disclosure.CONFIDENTIAL
    return (
        ticket.kind in terms.person_kinds
        or not set(terms.person_flags).isdisjoint(ticket.flags)
        or (terms.person_reopened and step.ticket.reopen_count > 0)
        or (terms.person_confidential and is_confidential)
    )


def _wait(step: Step, ask: Ask, rung: Rung) -> None:
    """Set when the clock looks again: a person's silence is the common ticket's to end, and a merged caller's its own."""
    kind = f"ask_{rung}"
    due: Any = None
    if rung == "sms":
        due = clocks.rung_until(step.hub, rung, step.at)
    elif rung == AUTO_CALL:
        due, kind = clocks.next_attempt(step.hub, step.at, []), "ask_call"
    elif ask.common != ask.ticket_id:
        due = clocks.link_until(step.hub, step.at)
    if due is not None:
        step.change.timers.append(
            Timer(city_code=step.session.city_code, ticket_id=ask.ticket_id, subject=ASK_SUBJECT, kind=kind, due_at=due)
        )
