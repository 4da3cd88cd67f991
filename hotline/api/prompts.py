"""是否开启事件: pile-ups that wait for a person's decision."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Literal

from msgspec import Struct

from hotline import prompt as use_case
from hotline.api import body
from hotline.api.incidents import IncidentPage, NotAttached, incident_page
from hotline.api.shapes import Count, Cursor, Named, Number
from hotline.fitting import ProposedIncident, of_ticket
from hotline.keys import HUB
from models.errors import InvalidRequest
from models.store import incidents, prompts
from models.ticket import number_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.store.prompts import Prompt
    from models.ticket import Actor

STATES: Final = ("open", "opened", "dismissed", "covered", "over")


class PromptLine(Struct, kw_only=True):
    """A pile-up: `keyword` is its sort of incident, null for a wave's. `tickets` and `callers` are those that lie by themselves.

    `lead` is the proposed lead, the gravest and of those the earliest, null where none is open. `incident` is the one that was
    opened on it, `fits` an open one that it seems to belong to: `into` attaches it there. `covered`: another prompt's incident
    has taken its tickets; `over`: it was settled and has ended.
    """

    id: str
    state: Literal["open", "opened", "dismissed", "covered", "over"]
    keyword: Named | None
    title: str
    sentence: str
    place: str | None
    district: Named | None
    category: Named
    tickets: Count
    callers: Count
    first_at: datetime
    last_at: datetime
    raised_at: datetime
    representative: Number
    lead: Number | None
    newest: list[Number]
    incident: str | None
    fits: ProposedIncident | None
    settled_by: str | None
    settled_at: datetime | None
    reason: str | None


class Prompts(Struct, kw_only=True):
    """One page of prompts, the newest first."""

    prompts: list[PromptLine]
    cursor: Cursor


class PromptOpened(Struct, kw_only=True):
    """The incident and what was attached at once; `left`: there are more, which follow within seconds."""

    incident: IncidentPage
    attached: list[Number]
    refused: list[NotAttached]
    left: bool


async def listed(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/prompts."""
    hub = request.app[HUB]
    size, before = body.page_size(request), body.read_cursor(request, tuple[int])
    state = body.query(request, "state") or use_case.OPEN
    if state not in STATES:
        raise InvalidRequest(f"参数 state 应为 {'、'.join(STATES)} 之一")

    async def work(session: Session) -> dict[str, Any]:
        found = await prompts.page(session, state, before[0] if before else None, size)
        cursor = body.make_cursor(found[-1].id) if len(found) == size else None
        return {"prompts": [await _line(hub, session, one) for one in found], "cursor": cursor}

    return body.answer(await hub.database.read(work), Prompts)


async def open_incident(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/prompts/{prompt}/open."""
    hub = request.app[HUB]
    _, fields = await body.read_body(request, use_case.PromptOpening)
    incident_id, done = await use_case.open_on(hub, actor, int(request.match_info["prompt"]), fields)
    opened = await hub.database.read(lambda session: incidents.get(session, incident_id))
    refused = [{"number": number, "reason": reason} for number, reason in done.refused.items()]
    content = {"incident": incident_page(hub, opened), "attached": done.attached, "refused": refused, "left": done.left}
    return body.answer(content, PromptOpened, status=201)


async def dismiss(request: web.Request, actor: Actor) -> web.Response:
    """POST /api/v1/prompts/{prompt}/dismiss."""
    hub, prompt_id = request.app[HUB], int(request.match_info["prompt"])
    _, fields = await body.read_body(request, use_case.Dismissal)
    await use_case.dismiss(hub, actor, prompt_id, fields)

    async def work(session: Session) -> dict[str, Any]:
        return await _line(hub, session, await prompts.get(session, prompt_id))

    return body.answer(await hub.database.read(work), PromptLine)


async def _line(hub: Hub, session: Session, one: Prompt) -> dict[str, Any]:
    rule = hub.city.incidents.keyword(one.keyword or "")
    lead = await prompts.lead(session, one.pile)
    fits = await of_ticket(hub, session, one.representative) if one.state == use_case.OPEN else None
    return {
        **{name: getattr(one, name) for name in one.__struct_fields__},
        "id": str(one.id),
        "keyword": {"code": one.keyword, "name": rule.name if rule else one.keyword} if one.keyword else None,
        "title": use_case.title_of(hub, one),
        "district": {"code": one.district, "name": hub.department_name(one.district)} if one.district else None,
        "category": {"code": one.category, "name": hub.category_name(one.category)},
        "representative": number_of(one.representative),
        "lead": number_of(lead) if lead else None,
        "newest": [number_of(member.id) for member in reversed(await prompts.newest(session, one.pile, 10))],
        "incident": str(one.incident) if one.incident else None,
        "fits": fits,
    }
