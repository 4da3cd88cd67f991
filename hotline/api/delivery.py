"""GET /api/v1/deliveries/{id}: what a webhook says, masked, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import structs

from hotline.api import body
from hotline.api.auth import READERS
from hotline.api.departments import DeliveryLine
from hotline.api.view import masked_name, masked_phone
from hotline.keys import HUB
from models.store import deliveries, tickets
from models.ticket import number_of

if TYPE_CHECKING:
    from aiohttp import web

    from hotline.hub import Hub
    from models.store.database import Session
    from models.ticket import Actor

# What a program wrote and no mask may touch: digits of a number, a code or a time are no phone.
PLAIN: Final = frozenset(
    {"type", "ticket", "department", "code", "grid", "police_number", "handoff", "clue", "call", "timestamp"}
)
PHONE: Final = "phone"
CALLER: Final = "caller"


class DeliveryPage(DeliveryLine, kw_only=True):
    """A webhook with its body, in which the caller and what else tells who it is are masked: what was sent is not.

    `body` is null for whoever may not read tickets. `last_error` is what the last try that failed was answered.
    """

    body: dict[str, Any] | None


async def one(request: web.Request, actor: Actor) -> web.Response:
    """GET /api/v1/deliveries/{id}."""
    hub, delivery_id = request.app[HUB], request.match_info["id"]

    async def work(session: Session) -> dict[str, Any]:
        found, content = await deliveries.get(session, delivery_id)
        shown = None
        if actor.role in READERS:
            name = (await tickets.text(session, found.ticket_id)).caller_name
            shown = _masked(hub, msgspec.json.decode(content), name)
        return {**structs.asdict(found), "ticket": number_of(found.ticket_id), "body": shown}

    return body.answer(await hub.database.read(work), DeliveryPage)


def _masked(hub: Hub, told: Any, name: str | None, key: str = "") -> Any:
    """Return a part of a body with every word masked but for what a program wrote."""
    match told:
        case {"name": str() | None as caller, "phone": str() | None as phone} if key == CALLER:
            return {"name": masked_name(caller), "phone": phone and masked_phone(phone)}
        case dict():
            return {inner: _masked(hub, value, name, inner) for inner, value in told.items()}
        case list():
            return [_masked(hub, value, name, key) for value in told]
        case str() if key == PHONE:
            return masked_phone(told)
        case str() if key not in PLAIN and not key.endswith(("_at", "_by")):
            return hub.mask(told, name)
    return told
