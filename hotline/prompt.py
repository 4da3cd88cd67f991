"""是否开启事件: a wave, or callers who tell of one sort of incident in one district, ask for a person's decision.

The program only asks. A shift lead or a supervisor opens an incident, and the whole pile-up is attached to its lead, or dismisses
it with a reason; what was dismissed asks again only when it has doubled.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import structlog
from msgspec import Meta, Struct
from msgspec.structs import replace

from hotline import holding, incident
from hotline.fields import Grounds, Moment, required
from hotline.fitting import are_apart
from hotline.incident import Opening, Told
from hotline.merging import Merge, merge
from hotline.step import run
from hotline.waves import said_of
from models.errors import Conflict, HotlineError
from models.incident_rules import span
from models.lifecycle import Action
from models.store import incidents, prompts, tickets
from models.store.prompts import Counted, Pile, Prompt, Said, Settled
from models.ticket import Actor, id_of, number_of
from models.vocabulary import Role

if TYPE_CHECKING:
    from hotline.hub import Hub
    from hotline.step import Step
    from models.incident_rules import KeywordRule
    from models.store.database import Session
    from models.store.incidents import Incident
    from models.store.waves import Member
    from models.ticket import Ticket

LOG = structlog.get_logger()
HITS_AT_ONCE: Final = 500
WAVES_AT_ONCE: Final = 10
# So many of the newest tickets are read to say what it is about, and again whenever there are a fifth more.
READ: Final = 24
GROWN: Final = 1.2
DOUBLED: Final = 2
ATTACHED_AT_ONCE: Final = 100
OPEN, OPENED, DISMISSED = "open", "opened", "dismissed"
MOST_OPEN: Final = 100
LEAST_TITLE, MOST_TITLE = 4, 60


class PromptOpening(Struct, kw_only=True):
    """Open an incident on the proposed lead, or on `ticket`; without a title the program's own is taken.

    With `into` none is opened: the pile-up is attached to that open incident.
    """

    ticket: Annotated[str, Meta(pattern="^[0-9]{14,17}$")] | None = None
    title: Annotated[str, Meta(max_length=60)] = ""
    answer: Told = ""
    expires_at: Moment | None = None
    into: Annotated[str, Meta(pattern="^[0-9]{1,18}$")] | None = None


class Dismissal(Struct, kw_only=True):
    """Why it is no incident."""

    reason: Grounds


class Attaching(Struct, frozen=True, kw_only=True):
    """What became of a pile-up's tickets; `left` tells that the worker goes on with the others."""

    attached: list[str]
    refused: dict[str, str]
    left: bool


class _Rule(Struct, frozen=True):
    callers: int
    within: timedelta


async def gather(hub: Hub) -> int:
    """Look at what has grown and ask where it is enough; attach what was opened. Returns how much was done."""
    asked = await hub.database.write(lambda session: _gather(hub, session))
    opened = await hub.database.read(lambda session: prompts.attaching(session, 1))
    for prompt in opened:
        await attach(hub, prompt.id)
    return asked + len(opened)


async def open_on(hub: Hub, actor: Actor, prompt_id: int, fields: PromptOpening) -> tuple[int, Attaching]:
    """Open an incident on a pile-up, or go on with the one that was opened on it, and attach its tickets to the lead.

    Raises NotFound, Conflict, InvalidRequest. Returns the incident's id.
    """
    prompt = await hub.database.read(lambda session: prompts.get(session, prompt_id))
    before = await _into(hub, fields.into) if fields.into else await _open_incident(hub, prompt)
    lead = before.lead if before else await _lead(hub, prompt, fields.ticket)

    async def work(step: Step) -> int:
        asked = await _asked(step.session, prompt_id)
        counted = await prompts.count(step.session, asked.pile)
        title = fields.title.strip() or title_of(hub, asked)
        wanted = Opening(ticket=number_of(lead), title=title, answer=fields.answer, expires_at=fields.expires_at)
        opened = before or await incident.open_on(step, wanted)
        if before is not None:
            step.record("incident_grown", incident=before.id, tickets=counted.tickets)
        settled = Settled(state=OPENED, by=step.actor.name, role=step.actor.role, at=step.at, incident=opened.id)
        await prompts.settle(step.session, prompt_id, settled, after=max(counted.newest, asked.after))
        return opened.id

    incident_id = await run(hub, actor, lead, work)
    hub.open_incidents = None
    return incident_id, await attach(hub, prompt_id)


async def dismiss(hub: Hub, actor: Actor, prompt_id: int, fields: Dismissal) -> None:
    """Say why a pile-up is no incident; it asks again when it has doubled. Raises NotFound, Conflict, InvalidRequest."""
    reason = hub.mask(required(fields.reason, "不开启事件的理由", 4))

    async def work(session: Session) -> None:
        asked = await _asked(session, prompt_id)
        settled = Settled(state=DISMISSED, by=actor.name, role=actor.role, at=hub.now(), reason=reason)
        await prompts.settle(session, prompt_id, settled, after=asked.after)

    await hub.database.write(work)


async def attach(hub: Hub, prompt_id: int) -> Attaching:
    """Attach the next tickets of an opened pile-up to its lead, as whoever opened it; each is a step of its own.

    What tells of a danger that the lead does not or of another sort of incident, accuses, or has gone on meanwhile, stays by itself.
    """
    prompt = await hub.database.read(lambda session: prompts.get(session, prompt_id))
    opened = await _open_incident(hub, prompt)
    if opened is None:
        await hub.database.write(lambda session: prompts.attached(session, prompt.id, prompt.after))
        return Attaching(attached=[], refused={}, left=False)
    lead = await hub.database.read(lambda session: tickets.get(session, opened.lead))
    told = await hub.database.read(lambda session: tickets.text(session, opened.lead))
    sort = hub.city.incidents.keyword_of(told.masked_text, lead.flags)
    ids = await hub.database.read(lambda session: prompts.attachable(session, prompt, lead.id, ATTACHED_AT_ONCE))
    actor = Actor(Role(prompt.settled_role or Role.SHIFT_LEAD), prompt.settled_by or "")
    attached, refused = [], {}
    for ticket_id in ids:
        try:
            await run(hub, actor, ticket_id, partial(_attach, opened=opened, lead=lead, sort=sort))
        except HotlineError as error:
            refused[number_of(ticket_id)] = error.detail
        else:
            attached.append(number_of(ticket_id))
    left = len(ids) == ATTACHED_AT_ONCE
    await hub.database.write(lambda session: prompts.attached(session, prompt.id, ids[-1] if left else prompt.after))
    if not left:
        await hub.database.write(lambda session: _cover(hub, session, opened.id))
    return Attaching(attached=attached, refused=refused, left=left)


def title_of(hub: Hub, prompt: Prompt) -> str:
    """Return what an incident on a pile-up is called where nobody says."""
    district = hub.city.departments.get(prompt.district)
    where = prompt.place or (district.name if district else "")
    rule = hub.city.incidents.keyword(prompt.keyword or "")
    said = f"{where}{rule.name if rule else hub.category_name(prompt.category)}"[:MOST_TITLE]
    return said if len(said) >= LEAST_TITLE else f"{said}突发事件"


async def _attach(step: Step, opened: Incident, lead: Ticket, sort: KeywordRule | None) -> None:
    own = [rule for rule in step.hub.city.handoffs if rule.flag in step.ticket.flags and rule.flag not in lead.flags]
    if own:
        raise Conflict(f"另有“{own[0].flag}”危险，须单独办理")
    told = step.hub.city.incidents.keyword_of((await step.text()).masked_text, step.ticket.flags)
    if told is not None and are_apart(told, sort):
        raise Conflict(f"说的是“{told.name}”，不是同一类事件")
    # One click attaches many: what somebody of the desk has open is left to them.
    await holding.check(step, Action.MERGE)
    wanted = Merge(into=lead.number, reason=f"属于事件“{opened.title}”")
    await merge(step, wanted, incident=opened)


async def _gather(hub: Hub, session: Session) -> int:
    at = hub.now()
    keywords = await prompts.piles(session, HITS_AT_ONCE)
    rule = _Rule(hub.city.waves.callers, timedelta(days=hub.city.waves.within_days))
    waves = await prompts.grown_waves(session, at - rule.within, WAVES_AT_ONCE)
    for keyword, district in keywords:
        known = hub.city.incidents.keyword(keyword)
        if known is not None:
            fits = _Rule(known.callers, span(known.within))
            await _look(hub, session, Pile(keyword=keyword, district=district, since=at - fits.within), fits)
    for wave in waves:
        await _look(hub, session, Pile(wave=wave, since=at - rule.within), rule)
    return len(keywords) + len(waves)


async def _look(hub: Hub, session: Session, pile: Pile, rule: _Rule) -> None:
    """Ask about a pile-up that has grown where it is enough, or keep how far it has gone."""
    at = hub.now()
    known = await prompts.of_pile(session, pile)
    needed = rule.callers
    if known is not None and known.last_at >= at - rule.within:
        pile = known.pile
        needed = max(rule.callers, DOUBLED * known.settled_callers) if known.state == DISMISSED else rule.callers
    elif known is not None:
        pile = replace(pile, after=known.after)
        await prompts.renew(session, pile, at)
    counted = await prompts.count(session, pile)
    is_open = known is not None and known.state == OPEN
    is_enough = counted.callers >= needed or (is_open and counted.tickets > 0)
    members = await prompts.newest(session, pile, READ) if is_enough else []
    if not members or (not is_open and await _is_known(session, members, pile)):
        await prompts.saw(session, pile, counted.last_at or at)
        return
    await prompts.ask(session, pile, counted, await _said(hub, members, counted, known if is_open else None), at=at)
    if not is_open:
        LOG.info("incident prompted", subject=pile.subject, callers=counted.callers)


async def _is_known(session: Session, members: list[Member], pile: Pile) -> bool:
    """Tell whether most of a pile-up is asked about already, as a wave or as a keyword's, or was dismissed as that."""
    return 2 * await prompts.known(session, [one.id for one in members], pile) > len(members)


async def _said(hub: Hub, members: list[Member], counted: Counted, known: Prompt | None) -> Said:
    if known is not None and counted.tickets < GROWN * known.described:
        return Said(**{name: getattr(known, name) for name in Said.__struct_fields__})
    told = await asyncio.to_thread(said_of, hub, members, counted.tickets)
    return Said(
        described=counted.tickets,
        sentence=told.sentence,
        place=told.place,
        category=told.category,
        representative=told.representative,
    )


async def _cover(hub: Hub, session: Session, incident_id: int) -> None:
    """Let prompts ask no more that an incident has taken (nearly) all the tickets of."""
    taken = []
    for other in await prompts.page(session, OPEN, None, MOST_OPEN):
        rule = hub.city.incidents.keyword(other.keyword or "")
        counted = await prompts.count(session, other.pile)
        if counted.callers < (rule.callers if rule else hub.city.waves.callers):
            taken.append(other.id)
    await prompts.cover(session, taken, incident_id, hub.now())


async def _asked(session: Session, prompt_id: int) -> Prompt:
    prompt = await prompts.lock(session, prompt_id)
    if prompt.state != OPEN:
        raise Conflict("该提示已处理，请刷新")
    return prompt


async def _into(hub: Hub, incident_id: str) -> Incident:
    found = await hub.database.read(lambda session: incidents.get(session, int(incident_id)))
    if found.closed_at is not None:
        raise Conflict(f"事件“{found.title}”已结束，请去掉 into 另行开启")
    return found


async def _open_incident(hub: Hub, prompt: Prompt) -> Incident | None:
    """Return the incident that was opened on a pile-up before, where it has not ended."""
    incident_id = prompt.incident
    if incident_id is None:
        return None
    found = await hub.database.read(lambda session: incidents.get(session, incident_id))
    return found if found.closed_at is None else None


async def _lead(hub: Hub, prompt: Prompt, named: str | None) -> int:
    """Return the ticket that is to lead; raises Conflict where none can."""
    wanted = id_of(named) if named else None
    lead = await hub.database.read(lambda session: prompts.lead(session, prompt.pile, wanted))
    if lead is None:
        raise Conflict("指定的主件不在该批未办结的诉求中" if named else "该批诉求都已办结，没有可作主件的工单")
    return lead
