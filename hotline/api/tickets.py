"""Tickets: register, read, list, trail and clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast, get_args

import msgspec

from hotline import confirming, worklist
from hotline.allowed_actions import allowed_actions
from hotline.api import body, shapes
from hotline.api.view import (
    attached,
    elsewhere,
    held_by,
    kept_back,
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
from hotline.worklist import ListFields, Sort
from models.errors import InvalidRequest, NotFound
from models.lifecycle import TicketState
from models.store import attachments, events, external_ids, handoffs, holds, incidents, tickets
from models.ticket import id_of
from models.vocabulary import Kind, Role

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.fitting import ProposedIncident
    from hotline.hub import Hub
    from hotline.proposal import Proposal
    from models.line import Line
    from models.store.database import Session
    from models.store.events import Said
    from models.ticket import Actor, Assignment, Ticket, TicketText


class TicketsInOrder(shapes.Tickets, kw_only=True):
    """One page of tickets, the order in which they come, and every order in which this list may be asked for."""

    sort: Sort
    sorts: list[Sort]


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
    fits = await hub.database.read(lambda session: _fits(session, hub, actor, wanted, found))
    way = found.route
    content = msgspec.to_builtins(found.understanding)
    del content["fingerprint"], content["bands"], content["tokens"]
    # What the seat says decides where it goes; what the program reads is still told beside.
    named = [{"code": one.code, "p": one.p, "name": hub.category_name(one.code)} for one in found.as_read.categories]
    return body.answer(
        {
            **content,
            "categories": named,
            "detail": found.as_read.detail,
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


async def _fits(session: Session, hub: Hub, actor: Actor, wanted: Register, found: Proposal) -> ProposedIncident | None:
    """Return the incident that a request seems to be about; to a department none that accuses it."""
    phone = wanted.caller.phone if wanted.caller else None
    caller = hub.database.keyring.blind_index(phone_digits(phone)) if phone else None
    fits = await fitting(hub, session, found, caller=caller, at=hub.now())
    if fits is None or actor.department is None:
        return fits
    lead = (await incidents.get(session, int(fits.id))).lead
    return None if await is_kept_from(session, hub, actor, lead) else fits


async def read_request(request: web.Request, actor: Actor) -> tuple[Register, Line | None, Proposal]:
    """Return a request made fit to be kept, its dialled line, and what intake would propose for it."""
    hub = request.app[HUB]
    _, given = await body.read_body(request, Register)
    line = dialled(hub, actor, given)
    confirming.check(hub, actor, given)
    wanted = await confirming.with_phone(hub, actor, cleaned(given, hub.mask))
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
    if actor.department is not None:
        heard = kept_back(await events.of_ticket(session, ticket.id), hub, actor.department, parts)
        page["flags"] = [flag for flag in ticket.flags if flag not in heard]
    page["external_ids"] = elsewhere(hub, await external_ids.of_ticket(session, ticket.id))
    page["handoffs"] = await handoffs.of_ticket(session, ticket.id)
    page["replies"] = [_reply(session, hub, ticket, part, text, said) for part in parts if part.reply is not None]
    return page


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/tickets: a department's worklist, a queue of the hotline, a search, or a filtered list."""
    hub, size = request.app[HUB], body.page_size(request)
    fields = _list_fields(request)
    wanted = worklist.asked(hub, actor, fields)
    told = {"sort": worklist.sort_of(wanted.order), "sorts": worklist.sorts(fields, wanted)}
    after = body.read_cursor(request, worklist.CURSORS[wanted.order])

    async def work(session: Session) -> dict[str, Any]:
        rows = await worklist.page(session, wanted, after, size)
        ids = [row.ticket.id for row in rows]
        briefs = await tickets.briefs(session, ids) if actor.role is Role.DEPARTMENT else None
        held = await holds.of_tickets(session, ids, hub.now())
        lines = [ticket_line(hub, row, briefs, actor=actor, hold=held.get(row.ticket.id)) for row in rows]
        cursor = body.make_cursor(*worklist.mark(wanted.order, rows[-1])) if len(rows) == size else None
        return {"tickets": lines, "cursor": cursor, **told}

    return body.answer(await hub.database.read(work), TicketsInOrder)


async def visible(session: Session, hub: Hub, actor: Actor, number: str) -> tuple[Ticket, list[Assignment]]:
    """Return a ticket that this actor may know of; a department's are those that it or one below it has a part in."""
    ticket = await tickets.get(session, id_of(number))
    parts = await tickets.assignments(session, ticket.id)
    if actor.department is not None and not hub.may_know(actor.department, ticket, parts):
        raise NotFound(f"没有编号为“{number}”的工单，请核对工单号")
    return ticket, parts


async def is_kept_from(session: Session, hub: Hub, actor: Actor, ticket_id: int) -> bool:
    """Tell whether nothing of a ticket is told to this actor: it accuses their department, which has it in hand no more."""
    if actor.department is None:
        return False
    ticket = await tickets.get(session, ticket_id)
    live = [part.department for part in await tickets.assignments(session, ticket_id) if part.is_live]
    return hub.is_kept_from(actor.department, ticket.recused, live)


def _list_fields(request: web.Request) -> ListFields:
    try:
        states = [TicketState(text) for text in (body.query(request, "state") or "").split(",") if text]
    except ValueError as error:
        raise InvalidRequest("参数 state 含有未知的工单状态，见 /api/v1/labels") from error
    kind, sort = body.one_of(request, "kind", tuple(Kind)), body.one_of(request, "sort", get_args(worklist.Sort))
    return ListFields(
        state=states,
        department=body.query(request, "department"),
        category=body.query(request, "category"),
        line=body.query(request, "line"),
        overdue=body.yes_no(request, "overdue") or False,
        q=body.query(request, "q"),
        kind=Kind(kind) if kind else None,
        urgency=body.whole_number(request, "urgency", 0, 1, 4) or None,
        district=body.query(request, "district"),
        since=body.moment(request, "since"),
        until=body.moment(request, "until"),
        sort=cast("worklist.Sort | None", sort),
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
