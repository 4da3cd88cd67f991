"""拆单: each further matter of a letter becomes a ticket of its own, read as intake reads a request."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from hotline import clocks
from hotline.duplicates import kept_text
from hotline.fields import Reason, required
from hotline.handing_off import start_handoff
from hotline.outgoing import place_told
from hotline.own_due import promise_facts, promised_since
from hotline.proposal import KEPT_IN_DOUBT, accepted, accused_told, propose
from hotline.pushing import push_by_rule
from hotline.request import kept_reading
from hotline.step import PROGRAM, Step
from models.errors import Conflict
from models.lifecycle import Action, TicketState
from models.store import events, steps
from models.ticket import GENESIS, number_of
from models.vocabulary import Disclosure, Kind
from nlu.reading import Request

if TYPE_CHECKING:
    from hotline.proposal import Proposal
    from models.ticket import Ticket
    from models.trail import TicketEvent
    from models.understanding import Understanding
    from routing.jurisdiction import Jurisdiction

MOST: Final = 9
# What has come to pass on the whole's way is not of its part.
_NOTHING_DONE: Final[dict[str, Any]] = {
    "lead": None,
    "auto_category": None,
    "copied": (),
    "dispatch_count": 0,
    "send_back_count": 0,
    "reopen_count": 0,
    "urge_count": 0,
    "supervision_level": 0,
    "is_disputed": False,
    "merged_into": None,
    "stage_by": None,
    "reply_by": None,
    "first_reply_by": None,
    "closed_at": None,
    "event_count": 0,
    "head_hash": GENESIS,
}


class Split(Struct, kw_only=True):
    """拆单: the words of each further matter; the ticket itself keeps the first."""

    briefs: list[Reason]
    reason: Reason


async def split(step: Step, fields: Split) -> list[str]:
    """Make a ticket of each further matter: it waits on the desk with what is proposed for it, as registered with the whole."""
    reason = required(fields.reason, "拆单理由")
    if not 1 <= len(fields.briefs) <= MOST:
        raise Conflict(f"请填写1至{MOST}条拆出的事项摘要")
    briefs = [required(words, "拆出的事项摘要") for words in fields.briefs]
    trail = await events.of_ticket(step.session, step.ticket.id)
    await steps.ensure_month(step.session, step.at)
    numbers = [await _register(step, words, trail) for words in briefs]
    step.take(Action.SPLIT, into=numbers, reason=reason)
    return numbers


async def _register(step: Step, words: str, trail: list[TicketEvent]) -> str:
    """Register one matter; returns its number."""
    hub, whole = step.hub, await step.text()
    read = await hub.readings(
        None, Request(words, step.ticket.received_at, line=step.ticket.line, caller_name=whole.caller_name)
    )
    proposal = _proposed(step, read)
    ticket_id = await hub.numbers.take(step.session, step.at)
    ticket = _part_of(step, proposal, ticket_id, whole.caller_name)
    part = Step(hub, step.session, step.actor, step.at, ticket, [])
    content = replace(
        whole,
        text=words,
        brief=await step.as_told(words),
        query_code=f"{secrets.randbelow(10**8):08d}",
        masked_text=read.masked_text,
        reading=kept_reading(read, hub.reader.names.without_somebody),
        answer=None,
    )
    part.use_text(content)
    part.change.texts.append(kept_text(ticket_id, content, read))
    _promise(part, step.ticket, proposal, trail)
    await _lay_on_desk(part, step.ticket, proposal)
    await part.write()
    return number_of(ticket_id)


def _proposed(step: Step, read: Understanding) -> Proposal:
    """Route one matter: from its own place where it names one, else from the whole's; who stood aside still does."""
    hub, whole = step.hub, step.ticket
    line = hub.city.lines.get(whole.line) if whole.line else None
    where = _own_place(step, read) or hub.jurisdiction(whole)
    proposal = propose(hub, read, where, on=hub.today(), accused=None, line=line, recused=whole.recused)
    return proposal if whole.police_number is None else accepted(proposal)


def _own_place(step: Step, read: Understanding) -> Jurisdiction | None:
    """Return where a matter says that it lies; the whole's district without a street says less than the whole's place."""
    where = step.hub.atlas.by_place(read.place) if read.place is not None else None
    is_own = where is not None and (where.street is not None or where.district != step.ticket.district)
    return where if is_own else None


def _part_of(step: Step, proposal: Proposal, ticket_id: int, caller_name: str | None) -> Ticket:
    """Return the ticket of one matter: the whole's caller, channel and dates of coming in, and what was read of it alone.

    What protects whoever informs is kept: a tip-off's part is one too until a person says otherwise, and accuses whom the whole does.
    """
    whole, read, way = step.ticket, proposal.understanding, proposal.route
    kept = (flag for flag in whole.flags if flag in KEPT_IN_DOUBT and flag not in proposal.flags)
    return replace(
        whole,
        id=ticket_id,
        parent=whole.id,
        state=TicketState.REGISTERED,
        kind=Kind.TIP_OFF if whole.kind is Kind.TIP_OFF else read.kind,
        urgency=read.urgency,
        category=read.categories[0].code,
        detail=read.detail,
        flags=(*proposal.flags, *kept),
        accused=accused_told(step.hub, read.accused or whole.accused, way.recused),
        recused=way.recused,
        because=way.because,
        duty=f"{way.duty.id}@{way.duty.version}" if way.duty else None,
        grassroots=way.grassroots,
        occurred_at=read.occurred_at or whole.occurred_at,
        **_NOTHING_DONE,
        **_place(step, read, caller_name),
    )


def _place(step: Step, read: Understanding, caller_name: str | None) -> dict[str, Any]:
    """Return what a ticket keeps of a matter's own place, nothing where it is the whole's."""
    where, place = _own_place(step, read), read.place
    if where is None or place is None:
        return {}
    return {
        "place": place_told(place.name or place.span, read.masked_text, caller_name, step.ticket.disclosure),
        "lat": place.lat,
        "lon": place.lon,
        "grid": where.grid,
        "street": where.street,
        "district": where.district,
    }


def _promise(part: Step, whole: Ticket, proposal: Proposal, trail: list[TicketEvent]) -> None:
    """Register it with its own matter's dates, counted from when the whole came in or was taken up again.

    Where they have passed already the citizen keeps the whole's, which is what they were told.
    """
    lead = proposal.route.lead.department if proposal.route.lead else None
    first, counted_first = clocks.promised_again(part.hub, part.ticket, whole.registered_at, lead)
    since = promised_since(trail) or whole.registered_at
    promised, counted = clocks.promised_again(part.hub, part.ticket, since, lead)
    facts = {**counted, "first_promise": counted_first["promise"]}
    if promised <= part.at:
        promised, first, facts = whole.promised_at, whole.first_promised_at, promise_facts(trail)
    part.set(promised_at=promised, first_promised_at=first)
    ticket, read = part.ticket, proposal.understanding
    part.record(
        Action.REGISTER,
        split_from=whole.number,
        kind=ticket.kind,
        urgency=ticket.urgency,
        category=ticket.category,
        p=round(read.sure, 4),
        flags=ticket.flags,
        model=read.model_version,
        promised_at=promised,
        first_promised_at=first,
        **facts,
    )


async def _lay_on_desk(part: Step, whole: Ticket, proposal: Proposal) -> None:
    """Lay it before a person with what is proposed; a danger that the whole does not tell of is handed off at once."""
    fresh = [rule for rule in proposal.handoffs if rule.flag not in whole.flags]
    for rule in {rule.number: rule for rule in reversed(fresh)}.values():
        because = f"命中“{rule.flag}”规则"
        await start_handoff(part, rule.number, rule.flag, because, remainder=True, by=PROGRAM)
    lead, reasons = proposal.route.lead, "；".join((f"由{whole.number}拆出", *proposal.desk_reasons))
    part.set(state=TicketState.ON_DESK, desk_reason=reasons)
    part.record(Action.ACCEPT, **part.staged())
    part.record("proposed", lead=lead.department if lead else None, reasons=reasons)
    await push_by_rule(part, [flag for flag in part.ticket.flags if flag not in whole.flags])
    is_open = part.ticket.disclosure is Disclosure.OPEN
    topic = f"“{part.hub.category_name(part.ticket.category)}”" if is_open else "另一事项"
    await part.tell("split_off", whole=whole.number, topic=topic)
