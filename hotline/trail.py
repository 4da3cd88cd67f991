"""What a step says of its ticket (全程留痕): nothing is said without an event on the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from hotline import clocks
from hotline.outgoing import SUPERVISION_EVENTS, Outgoing
from models.errors import Forbidden
from models.labels import LABELS
from models.lifecycle import Action, TicketState, advance_ticket, may
from models.store import steps, tickets
from models.trail import ACCUSATION_HEARD, link
from models.vocabulary import SupervisionLevel

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor, Assignment, Ticket


class Trail(Outgoing):
    """The ticket in the hands of one actor, and the events that this step appends to its trail."""

    def __init__(self, hub: Hub, session: Session, actor: Actor, at: datetime, ticket: Ticket) -> None:
        super().__init__(hub, session, actor, at, ticket)
        self.stage: clocks.Stage | None = None

    def take(self, action: Action, *, to: TicketState | None = None, actor: Actor | None = None, **fields: Any) -> None:
        """Take a step of the ticket: who may, from where, to where, and the event. Raises Forbidden, Conflict.

        `actor` is who takes it where it is not the step's own; `fields` are `record`'s, `words` among them.
        """
        self.check(action, actor)
        state, before = advance_ticket(self.ticket.state, action, to), self.ticket.state
        self.set(state=state)
        if state is not before:
            fields |= self.staged()
        self.record(action, actor=actor, **fields)

    def staged(self) -> dict[str, Any]:
        """Begin a stage of the hotline's own where the ticket has come to one; returns what the event of it keeps."""
        self.stage = clocks.stage(self.hub, self.ticket, self.at)
        return {} if self.stage is None or self.stage.fact is None else {"stage_due": self.stage.fact}

    def check(self, action: Action, actor: Actor | None = None) -> None:
        """Raise Forbidden or IllegalTransition where this actor may not take this step now."""
        role = (actor or self.actor).role
        if not may(action, role):
            raise Forbidden(f"{LABELS['role'][role]}无权执行“{LABELS['action'][action]}”")
        advance_ticket(self.ticket.state, action, self.ticket.state)

    def record(
        self, event_type: str, /, *, words: dict[str, str] | None = None, actor: Actor | None = None, **fields: Any
    ) -> None:
        """Append an event to the trail: `fields` are references and values, never personal data.

        `words` are what a person wrote: sealed beside the event, which only names the fields that there are.
        """
        if words:
            seq = self.ticket.event_count + 1
            self.change.words.append(steps.EventWords(ticket_id=self.ticket.id, seq=seq, words=words))
            fields["words"] = sorted(words)
        by = actor or self.actor
        suite = self.session.keyring.suite
        event = link(self.session.city_code, self.ticket, event_type, self.at, by, fields, suite)
        self.change.events.append(event)
        self.set(event_count=event.seq, head_hash=event.hash)

    def set(self, **values: Any) -> None:
        """Change columns of the ticket."""
        self.ticket = replace(self.ticket, **values)

    async def set_brief(self, brief: str) -> None:
        """Replace the department's brief; the trail keeps that it changed, not its words."""
        text, masked = await self.text(), await self.as_told(brief)
        await tickets.set_brief(self.session, self.ticket.id, masked)
        self._text = replace(text, brief=masked)
        self.record("brief_edited", length=len(masked))

    def supervise(
        self,
        action: Action,
        department: str | None,
        reason: str,
        *,
        owner: str = "",
        deadline: datetime | None = None,
        level: SupervisionLevel | None = None,
        answer_by: datetime | None = None,
    ) -> None:
        """Record a reminder, a supervision or an escalation: a record, never a state; it excuses nothing.

        With `answer_by` it is a letter that the department answers in writing.
        """
        level = level if level is not None else self.level_of(action)
        self.record(action, department=department, reason=reason, deadline=deadline, level=level, answer_by=answer_by)
        self.set(supervision_level=max(int(level), self.ticket.supervision_level))
        self._supervised(action, level, department, reason, owner=owner, deadline=deadline, answer_by=answer_by)

    def call_a_person(self, reason: str, **fields: Any) -> None:
        """Escalate to the hotline alone what the citizen says of whoever has the ticket (回避).

        No department reads the event (KEPT_BACK), and it raises no level that one would see.
        """
        level = self.level_of(Action.ESCALATE)
        self.record(ACCUSATION_HEARD, reason=reason, level=level, **fields)
        self._supervised(Action.ESCALATE, level, None, reason)

    def _supervised(
        self,
        action: Action,
        level: SupervisionLevel,
        department: str | None,
        reason: str,
        *,
        owner: str = "",
        deadline: datetime | None = None,
        answer_by: datetime | None = None,
    ) -> None:
        self.change.supervisions.append(
            {
                "ticket_id": self.ticket.id,
                "seq": self.ticket.event_count,
                "action": action,
                "level": level,
                "department": department,
                "owner": owner or self.actor.name,
                "reason": reason,
                "at": self.at,
                "deadline": deadline,
                "answer_by": answer_by,
            }
        )

    async def press(
        self,
        part: Assignment,
        action: Action,
        reason: str,
        *,
        owner: str = "",
        deadline: datetime | None = None,
        level: SupervisionLevel | None = None,
        **told: Any,
    ) -> None:
        """Record it and tell the department, which answers a supervision in writing: by its deadline, else by its level's time."""
        level = level if level is not None else self.level_of(action)
        answer_by = deadline
        if answer_by is None and level is not SupervisionLevel.REMINDED:
            within = self.hub.city.oversight.supervision.terms_of(level).answer_within
            answer_by = clocks.answer_by(self.hub, part.department, within, self.at)
        self.supervise(
            action, part.department, reason, owner=owner, deadline=deadline, level=level, answer_by=answer_by
        )
        shown = {"reason": reason, "deadline": deadline, "level": level, "answer_by": answer_by, **told}
        await self.deliver(part, SUPERVISION_EVENTS[action], **shown)

    def level_of(self, action: Action) -> SupervisionLevel:
        """Return the level of a step that names none: what this actor's role may issue, else what the step is."""
        terms = self.hub.city.oversight.supervision
        if action is Action.REMIND:
            return SupervisionLevel.REMINDED
        return terms.lightest(self.actor.role, terms.supervise if action is Action.SUPERVISE else terms.escalate)
