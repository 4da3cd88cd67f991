"""突发/群体事件: opened by a person, one answer for all, callers attached in one click."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct

from hotline import fitting, holding
from hotline import incident as use_case
from hotline.api import body
from hotline.api.shapes import Count, Cursor, Number
from hotline.api.tickets import is_kept_from
from hotline.keys import HUB
from hotline.merging import Merge, merge
from hotline.step import run
from models.errors import HotlineError, NotFound
from models.lifecycle import Action
from models.store import incidents
from models.ticket import id_of, number_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from hotline.step import Step
    from models.store.database import Session
    from models.store.incidents import Candidate, Incident
    from models.ticket import Actor

MOST_AT_ONCE: Final = 100
CUT: Final = 120
Numbers = Annotated[list[Number], Meta(min_length=1, max_length=MOST_AT_ONCE)]


class IncidentPage(Struct, kw_only=True):
    """One incident. `answer` is what every caller is told, null where nothing is said or it has expired; `answered_by` keeps it."""

    id: str
    lead: Number
    title: str
    answer: str | None
    answer_version: Count
    answered_by: str | None
    expires_at: datetime | None
    is_expired: bool
    attached: Count
    report_by: datetime | None
    is_report_late: bool
    reports: Count
    late_reports: Count
    opened_by: str
    opened_at: datetime
    closed_by: str | None
    closed_at: datetime | None


class Incidents(Struct, kw_only=True):
    """One page of incidents, the newest first."""

    incidents: list[IncidentPage]
    cursor: Cursor


class CandidateLine(Struct, kw_only=True):
    """A ticket that seems to be about the incident; its words are masked and cut."""

    number: Number
    text: str
    place: str | None
    registered_at: datetime
    confidence: Annotated[float, Meta(ge=0, le=1)]


class Candidates(Struct, kw_only=True):
    """Tickets that came without being attached, the surest first: so many as are attached in one click."""

    candidates: list[CandidateLine]


class Attach(Struct, kw_only=True):
    """Tickets that are about the incident."""

    tickets: Numbers


class NotAttached(Struct, kw_only=True):
    """A ticket that was not attached, and why."""

    number: Number
    reason: str


class AttachedTickets(Struct, kw_only=True):
    """What became of each ticket."""

    attached: list[Number]
    refused: list[NotAttached]


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/incidents."""
    hub = request.app[HUB]
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    is_open = body.yes_no(request, "open") or False
    found = await hub.database.read(
        lambda session: incidents.page(
            session, before[0] if before else None, size, is_open=is_open, barred=hub.barring(actor.department)
        )
    )
    cursor = body.make_cursor(found[-1].id) if len(found) == size else None
    return body.answer({"incidents": [incident_page(hub, one) for one in found], "cursor": cursor}, Incidents)


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/incidents/{incident}."""
    hub, incident_id = request.app[HUB], int(request.match_info["incident"])

    async def check(session: Session) -> None:
        found = await incidents.get(session, incident_id)
        if await is_kept_from(session, hub, actor, found.lead):
            raise NotFound(f"没有编号为{incident_id}的事件")

    await hub.database.read(check)
    return await _shown(request, incident_id)


async def candidates(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/incidents/{incident}/candidates."""
    hub, incident_id = request.app[HUB], int(request.match_info["incident"])

    async def work(session: Session) -> list[tuple[Candidate, float]]:
        await incidents.get(session, incident_id)
        return await fitting.candidates(hub, session, incident_id)

    found = [
        {
            "number": number_of(one.id),
            "text": one.told.masked_text[:CUT],
            "place": one.told.place,
            "registered_at": one.told.registered_at,
            "confidence": sure,
        }
        for one, sure in (await hub.database.read(work))[:MOST_AT_ONCE]
    ]
    return body.answer({"candidates": found}, Candidates)


async def create(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/incidents."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, use_case.Opening)
    opened = await run(hub, actor, id_of(fields.ticket), lambda step: use_case.open_on(step, fields))
    hub.open_incidents = None
    return await _shown(request, opened.id, status=201)


async def move(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/incidents/{incident}/steps."""
    hub, incident_id = request.app[HUB], int(request.match_info["incident"])
    _, fields = await body.read_body(request, use_case.IncidentStep)
    incident = await hub.database.read(lambda session: incidents.get(session, incident_id))

    async def work(step: Step) -> None:
        await use_case.move(step, incident_id, fields)

    await run(hub, actor, incident.lead, work)
    hub.open_incidents = None
    return await _shown(request, incident_id)


async def attach(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/incidents/{incident}/attach: one click for what has come in before, one ticket after the other."""
    hub, incident_id = request.app[HUB], int(request.match_info["incident"])
    _, fields = await body.read_body(request, Attach)
    incident = await hub.database.read(lambda session: incidents.get(session, incident_id))
    wanted = Merge(into=number_of(incident.lead), reason=f"属于事件“{incident.title}”")
    attached, refused = [], []

    async def work(step: Step) -> None:
        # What somebody of the desk has open is left to them.
        await holding.check(step, Action.MERGE)
        await merge(step, wanted, incident=incident)

    for number in dict.fromkeys(fields.tickets):
        try:
            await run(hub, actor, id_of(number), work)
        except HotlineError as error:
            refused.append({"number": number, "reason": error.detail})
        else:
            attached.append(number)
    return body.answer({"attached": attached, "refused": refused}, AttachedTickets)


async def _shown(request: web.Request, incident_id: int, *, status: int = 200) -> web.Response:
    hub = request.app[HUB]
    found = await hub.database.read(lambda session: incidents.get(session, incident_id))
    return body.answer(incident_page(hub, found), IncidentPage, status=status)


def incident_page(hub: Hub, incident: Incident) -> dict[str, Any]:
    """Return an incident as it is shown."""
    now = hub.now()
    answer = incident.answer_at(now)
    return {
        **{name: getattr(incident, name) for name in incident.__struct_fields__},
        "id": str(incident.id),
        "lead": number_of(incident.lead),
        "answer": answer,
        "is_expired": incident.answer is not None and answer is None,
        "is_report_late": incident.report_by is not None and incident.report_by < now,
    }
