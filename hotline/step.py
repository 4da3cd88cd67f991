"""One step of a ticket: lock it, advance it by the tables, append the event, set timers, queue deliveries.

Nothing else writes tickets, assignments or the trail. A use case gets a Step, says what happens, and everything it
said is written in one transaction: all of it or nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from msgspec.structs import replace

from hotline import clocks
from hotline.trail import Trail
from models.errors import Forbidden, NotFound, StaleVersion
from models.lifecycle import LIVE_ASSIGNMENT, TICKET_ENDS, Action, AssignmentState, TicketState, advance
from models.store import disputes, erasures, steps, supervisions, tickets
from models.ticket import Actor, Assignment, Ticket, Timer
from models.vocabulary import AssignmentRole, Role

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from hotline.hub import Hub
    from models.sla import Policy
    from models.store.database import Session
    from routing.route import Designee

T = TypeVar("T")
CLOCK: Final = Actor(Role.CLOCK, "clock")
PROGRAM: Final = Actor(Role.PROGRAM, "program")
NOTHING_KEPT: Final = steps.Remembered(channel="", key="", request_digest=b"", status=204, response="")
TICKET_SUBJECT: Final = "ticket"
DECISION_SUBJECT: Final = "decision:"


class Step(Trail):
    """One ticket, locked, in the hands of one actor."""

    def __init__(
        self, hub: Hub, session: Session, actor: Actor, at: datetime, ticket: Ticket, parts: list[Assignment]
    ) -> None:
        super().__init__(hub, session, actor, at, ticket)
        self.parts = {part.ordinal: part for part in parts}
        self._state_before: TicketState | None = ticket.state if ticket.event_count else None
        self._touched: set[int] = set()
        self._ends_supervisions = False
        self._ends_dispute = False
        self._waited_for = {part.ordinal: part.waits_for for part in parts}

    @property
    def lead(self) -> Assignment:
        """The live lead assignment; raises NotFound where nobody leads now."""
        for part in self.parts.values():
            if part.is_lead and part.is_live:
                return part
        raise NotFound("该工单目前没有主办单位")

    @property
    def policy(self) -> Policy:
        """The SLA policy that the city runs by."""
        return self.hub.policy

    @property
    def live_parts(self) -> list[Assignment]:
        """Every part that is still owed."""
        return [part for part in self.parts.values() if part.is_live]

    def part(self, ordinal: int | None) -> Assignment:
        """Return the part that a request names; a department that names none means its own live one.

        Raises NotFound, Forbidden where it is another department's.
        """
        own = self.actor.department
        if ordinal is None:
            mine = [p for p in self.live_parts if own is None or p.department == own]
            mine = [p for p in mine if p.is_lead] if own is None else mine
            if not mine:
                raise NotFound("该工单没有可操作的承办任务，请指明 assignment")
            return mine[0]
        part = self.parts.get(ordinal)
        if part is None:
            raise NotFound(f"该工单没有编号为{ordinal}的承办任务")
        if own is not None and part.department != own:
            raise Forbidden("这是其他单位的承办任务，本单位不能操作")
        return part

    # What happens

    def move_part(
        self, part: Assignment, action: Action, to: AssignmentState | None = None, **values: Any
    ) -> Assignment:
        """Advance one part by its table and change its columns. Raises IllegalTransition."""
        state = advance(part.state, action, to)
        if state not in LIVE_ASSIGNMENT:
            values.setdefault("ended_at", self.at)
        return self.set_part(part, state=state, **values)

    def set_part(self, part: Assignment, **values: Any) -> Assignment:
        """Change columns of one part."""
        changed = replace(self.parts[part.ordinal], **values)
        self.parts[part.ordinal] = changed
        self._touched.add(part.ordinal)
        return changed

    async def assign(
        self,
        designee: Designee,
        role: AssignmentRole,
        action: Action,
        *,
        parent: int | None = None,
        factor: float = 1.0,
        is_designated: bool = False,
        **told: Any,
    ) -> Assignment:
        """Give a department a part with clocks of its own, and queue the webhook that tells it, with `told` beside."""
        started, kept = clocks.start(self.hub, self.ticket, designee.department, self.at, factor)
        part = Assignment(
            city_code=self.session.city_code,
            ticket_id=self.ticket.id,
            ordinal=max(self.parts, default=0) + 1,
            parent=parent,
            role=role,
            state=AssignmentState.DISPATCHED,
            department=designee.department,
            because=designee.because,
            is_designated=is_designated or action is Action.DESIGNATE,
            dispatched_at=self.at,
            counted_from=self.at,
            acknowledge_by=started.acknowledge_by,
            contact_by=started.contact_by,
            reply_by=started.reply_by,
            send_back_by=started.send_back_by,
            first_acknowledge_by=started.acknowledge_by,
            first_contact_by=started.contact_by,
            first_reply_by=started.reply_by,
        )
        self.parts[part.ordinal] = part
        self._touched.add(part.ordinal)
        self.record("clock_started", assignment=part.ordinal, role=role, department=part.department, **kept)
        kind = "ticket.designated" if part.is_designated else "ticket.dispatched"
        await self.deliver(part, "ticket.reopened" if action is Action.REOPEN else kind, **told)
        return part

    async def end_part(self, part: Assignment, event: str, **fields: Any) -> None:
        """Take a live part away from its department and tell it why; whom the ticket accuses `deliver` tells nothing of it."""
        await self.deliver(self.move_part(part, Action.RECALL), event, **fields)

    def below(self, part: Assignment) -> list[Assignment]:
        """Return every live part that was delegated under this one, at any depth: they end with it."""
        children = [other for other in self.live_parts if other.parent == part.ordinal]
        return [other for child in children for other in (child, *self.below(child))]

    def wait(self, subject: str, kind: str, due_at: datetime) -> None:
        """Set the next moment at which the clock acts on a part of this ticket."""
        self.change.timers.append(
            Timer(
                city_code=self.session.city_code,
                ticket_id=self.ticket.id,
                subject=subject,
                kind=kind,
                due_at=due_at,
            )
        )

    # The end of it

    async def write(self, remember: Callable[[], steps.Remembered | None] = lambda: None) -> None:
        """Write everything that was said, with the answer to keep; nobody sees half of it."""
        self._settle()
        if self._ends_supervisions:
            await supervisions.end_all(self.session, self.ticket.id, self.actor.name, self.at)
        if self._ends_dispute:
            await disputes.end_open(self.session, self.ticket.id, self.at, "工单已结束，会商终止")
        kept = remember()
        if kept is not None:
            self.change.remembered.append(kept)
        await steps.write(self.session, self.change)

    def _settle(self) -> None:
        """Draw the conclusions of what was said: timers, stage, the lead's dates."""
        self._set_part_timers()
        self._set_stage()
        result = next((part.result for part in reversed(list(self.parts.values())) if part.is_lead), None)
        self.tell_police(self._state_before, result)
        live_lead = next((part for part in self.live_parts if part.is_lead), None)
        self.set(
            lead=live_lead.department if live_lead else self.ticket.lead,
            reply_by=live_lead.reply_by if live_lead else None,
            first_reply_by=live_lead.first_reply_by if live_lead else None,
        )
        self.change.tickets.append(self.ticket)
        self.change.assignments += [self.parts[ordinal] for ordinal in sorted(self._touched)]

    async def write_new(self) -> None:
        """Write a ticket that did not exist before: by itself in a transaction of its own, else with others."""
        self._settle()
        if self.session.connection.is_in_transaction():
            await steps.write_new(self.session, self.change)
        else:
            await self.hub.new_tickets(self.session, self.change)

    async def write_if_changed(self, remember: Callable[[], steps.Remembered | None]) -> None:
        """Write the step; one that said nothing writes nothing."""
        if self.change.events:
            await self.write(remember)

    def _set_part_timers(self) -> None:
        for ordinal in self._touched:
            self._set_decision(self.parts[ordinal])
            mark = clocks.next_mark(self.hub, self.parts[ordinal])
            if mark is None:
                self.change.dropped_timers.append(str(ordinal))
            else:
                self.wait(str(ordinal), mark.key, mark.at)

    def _set_decision(self, part: Assignment) -> None:
        """A request that waits for a decision has a due time and a timer until it is decided or settled."""
        what, subject = part.waits_for, f"{DECISION_SUBJECT}{part.ordinal}"
        if what == self._waited_for.get(part.ordinal):
            return
        if what is None:
            self.set_part(part, decide_by=None)
            self.change.dropped_timers.append(subject)
        else:
            decide_by = clocks.decide_by(self.hub, what, self.at)[0]
            self.set_part(part, decide_by=decide_by)
            self.wait(subject, what, decide_by)

    def _set_stage(self) -> None:
        """A state of the hotline's own has a due time and a timer; every other has none."""
        if self.ticket.state is self._state_before:
            return
        if self.ticket.state in TICKET_ENDS:
            self._ends_dispute = self.ticket.is_disputed
            self.set(closed_at=self.ticket.closed_at or self.at, is_disputed=False)
            # Most tickets were never supervised, and cost nothing more.
            self._ends_supervisions = self.ticket.supervision_level > 0
        self.set(stage_by=self.stage.due_by if self.stage else None)
        if self.stage is None:
            self.change.dropped_timers.append(TICKET_SUBJECT)
        else:
            self.wait(TICKET_SUBJECT, self.stage.kind, self.stage.wake_at)


async def run(
    hub: Hub, actor: Actor, ticket_id: int, work: Callable[[Step], Awaitable[T]], *, is_citizens: bool = False
) -> T:
    """Lock a ticket, do the work of a use case on it, and write what it said; returns what the work returned.

    A citizen's step on a merged ticket is passed on to the common one, which is locked first (hotline.passing_on).
    """

    async def attempt(session: Session) -> T:
        step = await _locked(hub, session, actor, ticket_id, is_citizens=is_citizens)
        result = await work(step)
        await step.write_if_changed(lambda: None)
        return result

    return await hub.database.write(attempt)


async def run_once(
    hub: Hub,
    actor: Actor,
    ticket_id: int,
    work: Callable[[Step], Awaitable[T]],
    *,
    version: int | None,
    remember: Callable[[Step, T], steps.Remembered],
    is_citizens: bool = False,
) -> steps.Remembered:
    """The same for a step that a client may send again; returns its answer, kept under the client's key. Raises StaleVersion."""

    async def attempt(session: Session) -> steps.Remembered:
        step = await _locked(hub, session, actor, ticket_id, is_citizens=is_citizens)
        if version is not None and version != step.ticket.version:
            raise StaleVersion(version, step.ticket.version)
        result = await work(step)
        await step.write_if_changed(lambda: remember(step, result))
        return step.change.remembered[-1] if step.change.remembered else NOTHING_KEPT

    return await hub.database.write(attempt)


async def _locked(hub: Hub, session: Session, actor: Actor, ticket_id: int, *, is_citizens: bool) -> Step:
    if is_citizens:
        await tickets.lock_common(session, ticket_id)
    ticket = await tickets.lock(session, ticket_id)
    parts = await tickets.assignments(session, ticket_id)
    if actor.department is not None and not hub.may_know(actor.department, ticket, parts):
        raise NotFound(f"没有编号为“{ticket.number}”的工单，请核对工单号")
    if ticket.closed_at is not None and actor.role not in {Role.CLOCK, Role.PROGRAM}:
        await erasures.check_kept(session, ticket_id)
    return Step(hub, session, actor, hub.now(), ticket, parts)
