"""紧急转接: 110, 119, 120, 122, 12356. Never a refusal; tracked until the other side confirms.

Source: 国办发〔2022〕12号. What is left for the city stays a ticket. One key begins it during a call (一键转接), before there is
a ticket or on one; how long it took to reach the other side, and until they confirmed, is measured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline.fields import Code, HandoffNumber, Reason, Remark, required
from hotline.handing_off import BY_PERSON, HANDOFF_SUBJECT, UNCONFIRMED, new_handoff, start_handoff
from hotline.step import PROGRAM, run
from models.errors import Conflict, Forbidden, InvalidRequest
from models.lifecycle import SEATS, Action
from models.store import handoffs, interactions
from models.store.handoffs import Handoff, ThreeWayNote, row_of
from models.vocabulary import Channel, Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.database import Session
    from models.ticket import Actor

# Whose system may confirm over its own channel: 122 is a desk of the police too.
POLICE_NUMBERS: Final = frozenset({"110", "122"})


class HandOff(Struct, kw_only=True):
    """紧急转接: `remainder` says that something is left for the city, so the ticket goes on."""

    number: HandoffNumber
    reason: Reason
    remainder: bool = True


class ConfirmHandoff(Struct, kw_only=True):
    """确认转接: the other side has it, under its own number."""

    number: HandoffNumber
    outside_number: Code | None = None
    remark: Remark = ""


class HandoffStep(Struct, kw_only=True):
    """`offer`: the other side's telephone rings. `confirm`: they have it, under their number. `note`: 三方通话, who was on and
    what was agreed.
    """

    action: Literal["offer", "confirm", "note"]
    outside_number: Code | None = None
    parties: Annotated[list[Code], Meta(max_length=8)] = []
    agreed: Remark = ""


async def hand_off(step: Step, fields: HandOff) -> None:
    """Hand over by a person at the seat or the desk."""
    reason = required(fields.reason, "转接原因")
    if not fields.remainder and step.live_parts:
        raise Conflict("已派单的工单转接后仍须办结，请保留剩余事项（remainder）")
    opened = await handoffs.newest(step.session, step.ticket.id, fields.number)
    if opened is not None and opened.confirmed_at is None:
        raise Conflict(f"向{fields.number}的转接正在等待确认，请先核实确认")
    await start_handoff(step, fields.number, BY_PERSON, reason, remainder=fields.remainder)
    if not fields.remainder:
        await step.tell_all("handed_off", target=fields.number)


async def begun_on_call(step: Step, numbers: set[str]) -> dict[str, Handoff]:
    """Take over what the seat began during the call that a new ticket comes of.

    Returns what goes to numbers that the rules name too: `start_handoff` takes those over.
    """
    found: dict[str, Handoff] = {}
    if step.ticket.interaction is None:
        return found
    for one in await handoffs.of_interaction(step.session, step.ticket.interaction):
        if one.ticket_id is None and one.number in numbers and one.number not in found:
            found[one.number] = one
        elif one.ticket_id is None:
            await take_over(step, one)
    return found


async def take_over(step: Step, begun: Handoff) -> None:
    """Put a handoff that was begun during the call on the ticket's trail."""
    await start_handoff(step, begun.number, begun.flag, "通话中已一键转接", remainder=True, begun=begun, by=PROGRAM)


async def confirm_handoff(step: Step, fields: ConfirmHandoff) -> None:
    """The other side confirmed; the watch ends."""
    opened = await handoffs.newest(step.session, step.ticket.id, fields.number)
    if opened is None:
        raise Conflict(f"该工单没有向{fields.number}的转接")
    _confirm(step, opened, fields.outside_number)


async def press(hub: Hub, actor: Actor, interaction: int, number: HandoffNumber) -> str:
    """一键转接 of a call that has no ticket yet; returns the handoff's id. Raises InvalidRequest, Conflict."""
    opened = new_handoff(hub, hub.now(), number, BY_PERSON, actor.name, interaction)

    async def work(session: Session) -> None:
        if not await interactions.is_known(session, interaction):
            raise InvalidRequest(f"没有编号为{interaction}的来话，请核对 interaction")
        await interactions.lock(session, interaction)
        before = await handoffs.of_interaction(session, interaction)
        if any(one.number == number and one.confirmed_at is None for one in before):
            raise Conflict(f"该来话向{number}的转接正在等待确认，请先核实确认")
        await handoffs.open_on_call(session, opened, f"{HANDOFF_SUBJECT}{opened.id}", UNCONFIRMED)

    await hub.database.write(work)
    return opened.id


async def press_on_ticket(hub: Hub, actor: Actor, ticket_id: int, fields: HandOff) -> str:
    """一键转接 of a ticket; returns the handoff's id. Raises NotFound, Conflict, Forbidden."""

    async def work(step: Step) -> str:
        await hand_off(step, fields)
        return str(step.change.handoffs[0]["id"])

    return await run(hub, actor, ticket_id, work)


async def move(hub: Hub, actor: Actor, handoff_id: str, fields: HandoffStep) -> None:
    """Offer, confirm or note. Raises NotFound, Conflict, Forbidden, InvalidRequest."""

    async def on_call(session: Session) -> int | None:
        current = await handoffs.lock(session, handoff_id)
        check_actor(actor, current, fields)
        if current.ticket_id is None:
            await handoffs.change(session, _moved(hub, actor, current, fields))
        return current.ticket_id

    async def on_ticket(step: Step) -> None:
        current = await handoffs.lock(step.session, handoff_id)
        if fields.action == "confirm":
            _confirm(step, current, fields.outside_number)
            return
        # The words of a note are sealed with the handoff; the trail says that there is one.
        step.record(f"handoff_{fields.action}", handoff=current.id, number=current.number)
        await handoffs.change(step.session, _moved(hub, actor, current, fields))

    ticket_id = await hub.database.write(on_call)
    if ticket_id is not None:
        await run(hub, actor, ticket_id, on_ticket)


def check_actor(actor: Actor, opened: Handoff, fields: HandoffStep) -> None:
    """Raise Forbidden: a seat does everything, the telephone system offers, 110's own system confirms what went to it."""
    if actor.role in SEATS | {Role.SUPERVISOR}:
        return
    is_police = actor.name == Channel.POLICE
    may_confirm = is_police and fields.action == "confirm" and opened.number in POLICE_NUMBERS
    may_offer = actor.name == Channel.PHONE and fields.action == "offer"
    if not (may_confirm or may_offer):
        raise Forbidden("该凭证不能办这一步：电话系统只报振铃（offer），110只确认转给110、122的（confirm）")


def _moved(hub: Hub, actor: Actor, current: Handoff, fields: HandoffStep) -> Handoff:
    at = hub.now()
    if fields.action == "note":
        agreed = required(hub.mask(fields.agreed), "商定的内容", 4)
        if len(fields.parties) < 2:
            raise InvalidRequest("三方通话记录须写明参加通话的各方（parties，至少两方）")
        note = ThreeWayNote(parties=[hub.mask(one) for one in fields.parties], agreed=agreed, by=actor.name, at=at)
        return replace(current, note=note, outside_number=fields.outside_number or current.outside_number)
    if current.confirmed_at is not None:
        raise Conflict(f"向{current.number}的转接已确认")
    # Who confirms has been reached: at the latest now.
    offered = replace(current, offered_at=current.offered_at or at)
    if fields.action == "offer":
        return offered
    return replace(
        offered,
        confirmed_at=at,
        confirmed_by=actor.name,
        outside_number=fields.outside_number or current.outside_number,
    )


def _confirm(step: Step, opened: Handoff, outside_number: str | None) -> None:
    fields = HandoffStep(action="confirm", outside_number=outside_number)
    confirmed = _moved(step.hub, step.actor, opened, fields)
    step.take(Action.CONFIRM_HANDOFF, number=opened.number, outside_number=confirmed.outside_number, handoff=opened.id)
    step.change.handoffs.append(row_of(replace(confirmed, ticket_id=step.ticket.id)))
    step.change.dropped_timers.append(f"{HANDOFF_SUBJECT}{opened.number}")
