"""并单: one matter on one ticket, every caller with an answer and a rating of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from hotline import guards
from hotline.attaching import tell_answer
from hotline.fields import Code, Reason, required
from hotline.passing_on import beside
from models.errors import Conflict, Forbidden
from models.lifecycle import OPEN_TICKET, Action
from models.store import incidents, tickets
from models.ticket import id_of

if TYPE_CHECKING:
    from hotline.step import Step
    from models.store.incidents import Incident
    from models.ticket import Ticket


class Merge(Struct, kw_only=True):
    """并单 into another ticket that is open (国办函〔2025〕66号: 重复诉求原则上并单处理)."""

    into: Code
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
