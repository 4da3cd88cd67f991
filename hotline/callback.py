"""A department calls back: whose signature, which ticket, which step. Applied once for each webhook-id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hotline import webhook
from models.errors import NotFound
from models.store import endpoints
from models.ticket import Actor
from models.vocabulary import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hotline.hub import Hub


async def verified(
    hub: Hub, department: str, headers: Mapping[str, str], body: bytes, wall_now: int
) -> tuple[Actor, str]:
    """Return the department as the actor and the message id; raises NotFound or BadSignature."""
    if hub.city.party(department) is None:
        raise NotFound(f"没有代码为“{department[:64]}”的承办单位")
    endpoint = await hub.database.read(lambda session: endpoints.get(session, department))
    if endpoint is None:
        raise NotFound("该单位尚未登记接口，请先登记（PUT /api/v1/departments/…/endpoint）")
    message_id = webhook.verify(headers, body, endpoint.callback_secrets, wall_now)
    return Actor(Role.DEPARTMENT, department, department), message_id
