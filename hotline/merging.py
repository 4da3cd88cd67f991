"""并单 and 拆单: one matter on one ticket, every caller with an answer and a rating of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from hotline import guards
from hotline.attaching import tell_answer
from hotline.fields import Code, Reason, Words, required
from hotline.own_due import promise_facts
from hotline.passing_on import beside
from hotline.step import Step
from models.errors import Conflict, Forbidden
from models.lifecycle import OPEN_TICKET, Action, TicketState
from models.store import events, incidents, steps, tickets
from models.ticket import GENESIS, id_of, number_of

if TYPE_CHECKING:
    from models.store.incidents import Incident
    from models.ticket import Ticket


class Merge(Struct, kw_only=True):
    """并单 into another ticket that is open (国办函〔2025〕66号: 重复诉求原则上并单处理)."""

    into: Code
    reason: Reason


class Split(Struct, kw_only=True):
    """拆单: the words of each further matter; the ticket itself keeps the first."""

    briefs: list[Words]
    reason: Reason


async def merge(step: Step, fields: Merge, *, incident: Incident | None = None) -> None:
    """End this ticket in another; its own merged callers follow. Never where the accused would get it.

    Into the lead of an `incident` the caller is told its one answer with it.
    """
    target_id = id_of(fields.into)
    reason = required(fields.reason, "并单理由")
    if target_id == step.ticket.id:
        raise Conflict("不能并入自身")
    led = await incidents.of_lead(step.session, step.ticket.id)
    if led is not None:
        raise Conflict(f"该工单是事件“{led.title}”的主件，不能并入其他工单；请把其他工单并入本件")
    # Both directions at once would deadlock: PostgreSQL ends one of them, which is then tried again and refused.
    target = await tickets.lock(step.session, target_id)
    if target.state not in OPEN_TICKET:
        raise Conflict(f"工单{target.number}已结束，不能并入")
    other = await beside(step, target)
    children = [
        await tickets.lock(step.session, one) for one in await tickets.merged_into(step.session, step.ticket.id)
    ]
    step.check(Action.MERGE)
    guards.check_decided(step, Action.MERGE)
    await guards.check_handed_off(step, "并单")
    for ticket in (step.ticket, *children):
        _keep_from_accused(step, ticket, other)
    of_incident: dict[str, Any] = {} if incident is None else {"incident": incident.id}
    step.take(Action.MERGE, into=target.number, reason=reason, **of_incident)
    step.set(merged_into=target.id)
    for part in step.live_parts:
        await step.end_part(part, "ticket.merged", into=target.number, reason=reason)
    await _press(step.ticket, other)
    for ticket in children:
        child = await beside(step, ticket)
        child.record("merge_followed", into=target.number)
        child.set(merged_into=target.id)
        await child.write()
    await other.write()
    if incident is None:
        await step.tell("merged")
    else:
        await tell_answer(step, incident)


async def _press(ticket: Ticket, other: Step) -> None:
    """Say on the common ticket who has come to it: a caller's own repeat (重复诉求) urges it, as do the urgings of what ends here."""
    caller = ticket.caller_index
    is_repeat = caller is not None and (
        caller == other.ticket.caller_index or await tickets.has_merged_caller(other.session, other.ticket.id, caller)
    )
    other.record("merged_in", ticket=ticket.number, relation="repeat" if is_repeat else "same_event")
    pressure = ticket.urge_count + is_repeat
    if pressure:
        other.set(urge_count=other.ticket.urge_count + pressure)
        for part in other.live_parts:
            await other.deliver(part, "ticket.urged", count=other.ticket.urge_count)


async def split(step: Step, fields: Split) -> list[str]:
    """Make a ticket of each further matter; they wait on the desk with the parent's dates to the citizen."""
    reason = required(fields.reason, "拆单理由")
    if not 1 <= len(fields.briefs) <= 9:
        raise Conflict("请填写1至9条拆出的事项摘要")
    text = await step.text()
    numbers, promise = [], promise_facts(await events.of_ticket(step.session, step.ticket.id))
    await steps.ensure_month(step.session, step.at)
    for brief in fields.briefs:
        ticket_id = await step.hub.numbers.take(step.session, step.at)
        child = Step(step.hub, step.session, step.actor, step.at, _child_of(step.ticket, ticket_id), [])
        content = replace(text, brief=await step.as_told(brief))
        child.use_text(content)
        child.change.texts.append(
            steps.NewText(
                ticket_id=ticket_id,
                content=content,
                tokens=step.hub.reader.search_tokens(content.masked_text),
                bands=(),
                fingerprint=b"",
            )
        )
        child.record(
            Action.REGISTER,
            split_from=step.ticket.number,
            promised_at=step.ticket.promised_at,
            first_promised_at=step.ticket.first_promised_at,
            **promise,
        )
        child.set(state=TicketState.ON_DESK, desk_reason=f"由{step.ticket.number}拆出")
        child.record(Action.ACCEPT, **child.staged())
        await child.tell("registered")
        await child.write()
        numbers.append(number_of(ticket_id))
    step.take(Action.SPLIT, into=numbers, reason=reason)
    return numbers


def _keep_from_accused(step: Step, ticket: Ticket, other: Step) -> None:
    """Refuse to merge what accuses into what the accused handle, and let no part of `other` go to them later.

    Raises Forbidden where whoever merges may not merge an accusation at all, Conflict.
    """
    hub = step.hub
    barred = guards.recused(hub, ticket)
    if guards.is_accusation(hub, ticket) and step.actor.role not in guards.MERGES_ACCUSATIONS:
        raise Forbidden("举报件和作风投诉的并单，须由班长或督办员办理")
    if barred is None:
        return
    # What was reviewed has no live part, and comes back to its lead when it is reopened.
    for code in dict.fromkeys((*(part.department for part in other.live_parts), other.ticket.lead)):
        if code is not None and barred.bars(hub.city, code):
            raise Conflict(
                f"被举报方及其下属单位须回避：工单{other.ticket.number}由{hub.department_name(code)}承办，不能并入"
            )
    other.set(recused=tuple(dict.fromkeys((*other.ticket.recused, *barred.units))))


def _child_of(parent: Ticket, ticket_id: int) -> Ticket:
    return replace(
        parent,
        id=ticket_id,
        state=TicketState.REGISTERED,
        lead=None,
        copied=(),
        parent=parent.id,
        dispatch_count=0,
        send_back_count=0,
        reopen_count=0,
        urge_count=0,
        supervision_level=0,
        is_disputed=False,
        merged_into=None,
        stage_by=None,
        reply_by=None,
        first_reply_by=None,
        closed_at=None,
        event_count=0,
        head_hash=GENESIS,
    )
