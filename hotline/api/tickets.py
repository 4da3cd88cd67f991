"""Tickets: register, read, list, trail and clock."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hotline.allowed_actions import allowed_actions
from hotline.api import body, shapes
from hotline.api.view import (
    attached,
    elsewhere,
    held_by,
    may_have_attachment,
    readable,
    ticket_line,
    ticket_page,
    word_of,
)
from hotline.fitting import fitting
from hotline.intake import proposed, register
from hotline.keys import HUB
from hotline.reply_check import checked
from hotline.request import Register, cleaned, dialled, phone_digits
from models.errors import InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import attachments, events, external_ids, handoffs, holds, tickets
from models.store.tickets import Filter
from models.ticket import id_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from models.line import Line
    from models.store.database import Session
    from models.store.events import Said
    from models.ticket import Actor, Assignment, Ticket, TicketText

QUEUES: Final = {TicketState.REGISTERED, TicketState.ON_DESK, TicketState.IN_REVIEW, TicketState.FOLLOW_UP}


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/tickets."""
    key = body.idempotency_key(request)
    raw, wanted = await body.read_body(request, Register)
    receipt = await register(request.app[HUB], actor, key, raw, wanted)
    return body.raw_answer(receipt.body, 201 if receipt.is_new else 200)


async def understood(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/understand: what intake would decide, storing nothing."""
    hub = request.app[HUB]
    wanted, _, found = await read_request(request, actor)
    phone = wanted.caller.phone if wanted.caller else None
    caller = hub.database.keyring.blind_index(phone_digits(phone)) if phone else None
    fits = await hub.database.read(lambda session: fitting(hub, session, found, caller=caller, at=hub.now()))
    way = found.route
    content = msgspec.to_builtins(found.understanding)
    del content["fingerprint"], content["bands"], content["tokens"]
    named = [{**guess, "name": hub.category_name(guess["code"])} for guess in content["categories"]]
    return body.answer(
        {
            **content,
            "categories": named,
            "flags": found.flags,
            "lead": _designee(hub, way.lead.department) if way.lead else None,
            "assisting": [_designee(hub, one.department) for one in way.assisting],
            "copied": [_designee(hub, one.department) for one in way.copy],
            "because": way.because,
            "duty": way.duty,
            "jurisdiction": found.jurisdiction,
            "handoff": [{"number": rule.number, "script": rule.script} for rule in found.handoffs],
            "auto": not found.desk_reasons,
            "desk_reasons": found.desk_reasons,
            "incident": fits,
        },
        shapes.Understood,
    )


async def read_request(request: web.Request, actor: Actor) -> tuple[Register, Line | None, Proposal]:
    """Return a request made fit to be kept, its dialled line, and what intake would propose for it."""
    hub = request.app[HUB]
    _, given = await body.read_body(request, Register)
    wanted = cleaned(given, hub.mask)
    line = dialled(hub, actor, given)
    return wanted, line, await proposed(hub, wanted, line)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets/{number}."""
    hub, number = request.app[HUB], request.match_info["number"]
    found = await hub.database.read(lambda session: page_of(session, hub, actor, number))
    return body.answer(found, shapes.TicketPage)


async def page_of(session: Session, hub: Hub, actor: Actor, number: str) -> dict[str, Any]:
    """Return the whole of a ticket as this actor may see it; raises NotFound."""
    ticket, parts = await visible(session, hub, actor, number)
    text = await tickets.text(session, ticket.id)
    said = await events.words_of_ticket(session, ticket.id)
    page = ticket_page(hub, actor, ticket, text, parts, readable(hub, actor, parts, said, text.caller_name))
    files = await attachments.of_ticket(session, ticket.id)
    page["attachments"] = [
        attached(hub, file, text.caller_name) for file in files if may_have_attachment(actor, ticket, file)
    ]
    page["held_by"] = held_by(actor, await holds.of_ticket(session, ticket.id, hub.now()))
    page["allowed_actions"] = await allowed_actions(hub, session, actor, ticket, parts)
    page["external_ids"] = elsewhere(hub, await external_ids.of_ticket(session, ticket.id))
    page["handoffs"] = await handoffs.of_ticket(session, ticket.id)
    page["replies"] = [_reply(session, hub, ticket, part, text, said) for part in parts if part.reply is not None]
    return page


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets: a department's worklist, a queue of the hotline, a search, or a filtered list."""
    hub = request.app[HUB]
    size = body.page_size(request)
    department = body.query(request, "department")
    if actor.role is Role.DEPARTMENT:
        department = scope_of(hub, actor, department)
    fits = _filter(request, hub, department)
    states = set(fits.states or ())
    other = fits.category or fits.line or fits.late_at or fits.tokens

    async def work(session: Session) -> dict[str, Any]:
        if len(states) == 1 and states <= QUEUES and not department and not other:
            after = body.read_cursor(request, tuple[datetime, int])
            rows = await tickets.desk(session, next(iter(states)), after, size)
            last = rows[-1].ticket if len(rows) == size else None
            cursor = body.make_cursor(last.stage_by, last.id) if last else None
        elif states == {TicketState.ASSIGNED} and department and not other:
            after = body.read_cursor(request, tuple[datetime, int])
            rows = await tickets.worklist(session, department, after, size)
            full = len(rows) == size
            cursor = body.make_cursor(rows[-1].part_reply_by, rows[-1].ticket.id) if full else None
        else:
            below = body.read_cursor(request, tuple[int])
            rows = await tickets.page(session, fits, below[0] if below else None, size)
            cursor = body.make_cursor(rows[-1].ticket.id) if len(rows) == size else None
        is_department = actor.role is Role.DEPARTMENT
        briefs = await tickets.briefs(session, [row.ticket.id for row in rows]) if is_department else None
        return {"tickets": [ticket_line(hub, row, briefs) for row in rows], "cursor": cursor}

    return body.answer(await hub.database.read(work), shapes.Tickets)


async def visible(session: Session, hub: Hub, actor: Actor, number: str) -> tuple[Ticket, list[Assignment]]:
    """Return a ticket that this actor may know of; a department's are those that it or one below it has a part in."""
    ticket = await tickets.get(session, id_of(number))
    parts = await tickets.assignments(session, ticket.id)
    if actor.department is not None and not hub.is_party(actor.department, parts):
        raise NotFound(f"没有编号为“{number}”的工单，请核对工单号")
    return ticket, parts


def scope_of(hub: Hub, actor: Actor, asked: str | None) -> str:
    """Return whose tickets a department may list: its own, or those of one that stands under it."""
    own = actor.department or ""
    if asked is None or asked == own:
        return own
    if hub.city.party(asked) is not None and hub.city.is_under(asked, own):
        return asked
    raise NotFound("只能查看本单位及下级单位的工单")


def _filter(request: web.Request, hub: Hub, department: str | None) -> Filter:
    words = body.query(request, "q")
    try:
        states = [TicketState(text) for text in (body.query(request, "state") or "").split(",") if text]
    except ValueError as error:
        raise InvalidRequest("参数 state 含有未知的工单状态，见 /api/v1/labels") from error
    return Filter(
        states=states or None,
        departments=[department] if department else None,
        category=body.query(request, "category"),
        line=body.query(request, "line"),
        late_at=hub.now() if body.yes_no(request, "overdue") else None,
        tokens=hub.reader.search_tokens(words) or (words,) if words else None,
    )


def _reply(
    session: Session, hub: Hub, ticket: Ticket, part: Assignment, text: TicketText, said: list[Said]
) -> dict[str, Any]:
    place = f"{part.ticket_id}/{part.ordinal}"
    reply = session.keyring.unseal(part.reply or b"", "assignments", "reply", place)
    law_basis = word_of(said, part, "law_basis", part.replied_at) or ""
    return {
        "assignment": part.ordinal,
        "text": hub.mask(reply, text.caller_name),
        "result": part.result,
        "replied_at": part.replied_at,
        "findings": checked(hub, ticket, text, reply, law_basis).findings,
    }


def _designee(hub: Hub, code: str) -> dict[str, str]:
    return {"code": code, "name": hub.department_name(code)}
