"""登记: the one way in. Understood, routed, timed and written in one transaction, idempotent by the client's key."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from hotline import clocks, confirming, patrol, photo
from hotline.answer import answered_already
from hotline.attaching import attach, leading
from hotline.dispatch import Designees, give
from hotline.duplicates import alike, kept_text, link_of
from hotline.external_id import at_intake
from hotline.fitting import fitting, hits
from hotline.handing_off import start_handoff
from hotline.handoff import begun_on_call, take_over
from hotline.outgoing import brief_told, place_told
from hotline.proposal import Proposal, accepted, accused_told, outside, propose
from hotline.pushing import push_by_rule
from hotline.receipt import receipt_body
from hotline.request import Caller, Location, Register, cleaned, dialled, kept_reading, phone_digits
from hotline.step import Step
from models.clocks import Matter
from models.errors import IdempotencyMismatch, InvalidRequest, Unavailable
from models.lifecycle import Action, TicketState
from models.store import attachments, idempotency, steps
from models.ticket import Actor, Ticket, TicketText
from models.understanding import Place, Understanding
from models.vocabulary import Channel, Disclosure, Identity, Role
from nlu.reading import Request

if TYPE_CHECKING:
    from datetime import datetime

    from hotline.hub import Hub
    from models.errors import HotlineError
    from models.line import Line
    from models.store.database import Session
    from models.store.handoffs import Handoff
    from routing.jurisdiction import Jurisdiction

PROGRAM: Final = Actor(Role.PROGRAM, "intake")
SHORT_TEXT: Final = 200


class Receipt(Struct, frozen=True):
    """The answer to an intake: the body as it was sent and whether the ticket is new."""

    body: bytes
    is_new: bool


async def register(
    hub: Hub, actor: Actor, key: str, raw: bytes, request: Register, report: patrol.Report | None = None
) -> Receipt:
    """Register a request, or what a patrol reported. The same key again gives the same answer; with another body IdempotencyMismatch."""
    line = dialled(hub, actor, request)
    confirming.check(hub, actor, request)
    request = await confirming.with_phone(hub, actor, cleaned(request, hub.mask))
    digest = hub.database.keyring.digest(raw)
    caller = request.caller or Caller(identity=Identity.ANONYMOUS)
    proposal = await proposed(hub, request, line, report.ground if report else None)
    if request.police_number is not None or _channel(actor, request) is Channel.POLICE:
        proposal = accepted(proposal)

    async def attempt(session: Session) -> Receipt:
        at = hub.now()
        await confirming.check_call(session, request.interaction)
        step = _begin(hub, session, actor, at, request, caller, proposal, await hub.numbers.take(session, at))
        found = await at_intake(step, request, await alike(hub, session, step.ticket, proposal.understanding))
        step.change.links += link_of(step.ticket, found)
        fits = None
        if request.incident is None:
            step.change.hits += hits(hub, step.ticket, proposal.understanding)
            fits = await fitting(hub, session, proposal, caller=step.ticket.caller_index, at=at)
        begun = await begun_on_call(step, {rule.number for rule in proposal.handoffs})
        if request.incident is not None:
            await _attach(step, proposal, int(request.incident), begun)
        elif request.answer is not None:
            await answered_already(step, proposal, len(request.answer), request.cites)
        else:
            await _decide(step, proposal, begun)
        await push_by_rule(step, step.ticket.flags)
        await attachments.belong_to(session, request.attachments, step.ticket.id)
        step.actor = actor
        for seen in report.photos if report else ():
            await photo.take(step, seen, "before", None)
        body = receipt_body(hub, step, proposal, found, fits)
        step.change.remembered.append(
            steps.Remembered(channel=_holder(actor), key=key, request_digest=digest, status=201, response=body.decode())
        )
        await step.write_new()
        return Receipt(body, is_new=True)

    # One statement writes a ticket and is its own transaction; where there is more to write there are two.
    is_more = request.has_more or report or set(proposal.flags) & set(hub.policy.handoff.clues)
    lend = hub.database.write if is_more else hub.database.read_loosely
    try:
        return await lend(attempt)
    except (steps.KeyAlreadyUsed, InvalidRequest) as error:
        # The files of a repeated request belong to the ticket that the first one made.
        refused = error if isinstance(error, InvalidRequest) else Unavailable("相同请求正在处理，请稍后重试")
        return await hub.database.read(lambda session: _again(session, actor, key, digest, refused))


async def proposed(hub: Hub, request: Register, line: Line | None, ground: Jurisdiction | None = None) -> Proposal:
    """Read and route a cleaned request; on whose `ground` it is, where whoever reports it has one."""
    as_read, at = await _understand(hub, request, line), request.location
    read = confirming.confirmed(as_read, request)
    by_point = hub.atlas.by_point(at.lat, at.lon) if at else None
    by_words = hub.atlas.by_place(read.place) if read.place is not None else None
    proposal = propose(
        hub,
        read,
        ground or by_point or by_words,
        on=hub.today(),
        accused=request.accused,
        line=line,
        as_read=as_read,
    )
    return outside(proposal) if at is not None and by_point is None else proposal


async def _understand(hub: Hub, request: Register, line: Line | None) -> Understanding:
    given = Request(
        request.text,
        request.received_at or hub.now(),
        title=request.title,
        line=line.number if line else None,
        caller_name=request.caller.name if request.caller else None,
        accused=request.accused,
        address=request.address,
    )
    return await hub.readings(None, given)


def _begin(
    hub: Hub,
    session: Session,
    actor: Actor,
    at: datetime,
    request: Register,
    caller: Caller,
    proposal: Proposal,
    ticket_id: int,
) -> Step:
    """Make the ticket and register it."""
    read, where, way = proposal.understanding, proposal.jurisdiction, proposal.route
    place = read.place or Place(span="")
    matter = Matter(read.kind, read.urgency, read.detail or read.categories[0].code)
    promised_at, counted = clocks.promise(hub, matter, at, way.lead.department if way.lead else None)
    is_anonymous = caller.identity is Identity.ANONYMOUS
    disclosure = Disclosure.CONFIDENTIAL if is_anonymous else caller.disclosure
    location = request.location or Location(place.lat or 0, place.lon or 0)
    has_location = request.location is not None or place.lat is not None
    ticket = Ticket(
        city_code=session.city_code,
        id=ticket_id,
        state=TicketState.REGISTERED,
        kind=read.kind,
        urgency=read.urgency,
        category=read.categories[0].code,
        detail=read.detail,
        channel=_channel(actor, request),
        line=request.line,
        identity=caller.identity,
        disclosure=disclosure,
        caller_index=hub.database.keyring.blind_index(phone_digits(caller.phone)) if caller.phone else None,
        place=place_told(place.name or place.span or request.address or "", read.masked_text, caller.name, disclosure),
        lat=location.lat if has_location else None,
        lon=location.lon if has_location else None,
        grid=where.grid if where else None,
        street=where.street if where else None,
        district=where.district if where else None,
        flags=proposal.flags,
        lead=None,
        because=way.because,
        duty=f"{way.duty.id}@{way.duty.version}" if way.duty else None,
        accused=accused_told(hub, request.accused or read.accused, way.recused),
        recused=way.recused,
        grassroots=way.grassroots,
        want_reply=request.want_reply,
        desk_reason=None,
        registered_at=at,
        received_at=request.received_at or at,
        occurred_at=request.occurred_at or read.occurred_at,
        promised_at=promised_at,
        first_promised_at=promised_at,
        interaction=request.interaction,
        police_number=request.police_number,
    )
    step = Step(hub, session, actor, at, ticket, [])
    content = TicketText(
        text=f"{request.title}\n{request.text}" if request.title else request.text,
        brief=_brief(request, read, ticket, caller.name),
        query_code=f"{secrets.randbelow(10**8):08d}",
        masked_text=read.masked_text,
        caller_name=caller.name,
        caller_phone=caller.phone,
        reading=kept_reading(proposal.as_read, hub.reader.names.without_somebody),
        answer=request.answer,
    )
    step.use_text(content)
    step.change.texts.append(kept_text(ticket_id, content, read))
    step.record(
        Action.REGISTER,
        channel=ticket.channel,
        line=ticket.line,
        kind=ticket.kind,
        urgency=ticket.urgency,
        category=ticket.category,
        p=round(proposal.as_read.sure, 4),
        flags=ticket.flags,
        model=read.model_version,
        promised_at=promised_at,
        **counted,
    )
    confirming.record(step, proposal.as_read)
    return step


async def _attach(step: Step, proposal: Proposal, incident_id: int, begun: dict[str, Handoff]) -> None:
    """并入事件; a danger that the incident's lead does not tell of, and what accuses somebody, goes its own way."""
    incident, lead = await leading(step.session, incident_id)
    if step.ticket.recused or any(rule.flag not in lead.flags for rule in proposal.handoffs):
        await _decide(step, proposal, begun)
    else:
        for one in begun.values():
            await take_over(step, one)
        await attach(step, incident, lead)


async def _decide(step: Step, proposal: Proposal, begun: dict[str, Handoff]) -> None:
    """Hand off what is an emergency, dispatch what is sure, leave the rest to the desk with a proposal."""
    step.actor = PROGRAM
    rules = {rule.number: rule for rule in reversed(proposal.handoffs)}
    remains = not rules or any(rule.remainder for rule in proposal.handoffs)
    for number, rule in rules.items():
        is_left = remains or number != list(rules)[-1]
        because = f"命中“{rule.flag}”规则"
        await start_handoff(step, number, rule.flag, because, remainder=is_left, begun=begun.get(number))
    if not remains:
        await step.tell("handed_off", target="、".join(rules))
        return
    step.take(Action.ACCEPT)
    way = proposal.route
    own = await patrol.settled_by(step, proposal) if step.ticket.channel is Channel.PATROL else None
    if own is not None:
        await give(step, Action.DISPATCH, Designees(own, (), ()))
        patrol.count_as_contacted(step)
    elif proposal.desk_reasons or way.lead is None:
        reasons = "；".join(proposal.desk_reasons or (way.because,))
        step.set(desk_reason=reasons)
        step.record("proposed", lead=way.lead.department if way.lead else None, reasons=reasons)
    else:
        await give(step, Action.DISPATCH, Designees(way.lead, way.assisting, way.copy))
        step.set(auto_category=step.ticket.category)
    await step.tell("registered")


async def _again(session: Session, actor: Actor, key: str, digest: bytes, refused: HotlineError) -> Receipt:
    kept = await idempotency.find(session, _holder(actor), key)
    if kept is None:
        raise refused
    if kept.request_digest != digest:
        raise IdempotencyMismatch("同一 Idempotency-Key 对应的内容不同：重发请保持内容一致，新诉求请换新的键")
    return Receipt(kept.response.encode(), is_new=False)


def _brief(request: Register, read: Understanding, ticket: Ticket, caller_name: str | None) -> str:
    """Return the department's brief; where nothing could be drawn from a few open words, the words themselves."""
    brief = request.brief or read.brief
    if not brief and ticket.disclosure is Disclosure.OPEN:
        return read.masked_text[:SHORT_TEXT]
    return brief_told(brief, read, caller_name, ticket.disclosure)


def _holder(actor: Actor) -> str:
    """Return whose keys they are: a person may bear a channel's name."""
    return f"{actor.role}:{actor.name}"


def _channel(actor: Actor, request: Register) -> Channel:
    return request.channel or (Channel(actor.name) if actor.role is Role.CHANNEL else Channel.PHONE)
