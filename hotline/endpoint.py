"""A department's endpoint is registered: who owns it proves so by answering a signed challenge."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Final

import msgspec

from hotline import webhook
from hotline.ladder import AUTO_CALL
from models.errors import Conflict, NotFound
from models.store import endpoints
from models.store.endpoints import Endpoint
from models.vocabulary import Integration

if TYPE_CHECKING:
    from hotline.http_client import HttpClient
    from hotline.hub import Hub
    from models.store.database import Session

LIVE_SECRETS: Final = 2
# Whoever carries short messages, in and out.
SMS: Final = "sms"


class Challenged(msgspec.Struct):
    """What the endpoint must answer: the challenge that it was sent."""

    challenge: str


async def register(hub: Hub, client: HttpClient, department: str, url: str, *, rotate: bool) -> Endpoint:
    """Challenge the URL and keep it; raises Conflict where the answer is not the challenge.

    With `rotate` new secrets are made, and the old ones live on beside them until the next rotation.
    """
    if hub.city.party(department) is None and not _is_linked(hub, department):
        raise NotFound(f"没有代码为“{department[:64]}”的承办单位、联动热线、自动外呼系统或短信网关")
    client.check(url)
    known = await hub.database.read(lambda session: endpoints.get(session, department))
    webhook_secrets = _live(known.webhook_secrets if known else [], rotate=rotate)
    callback_secrets = _live(known.callback_secrets if known else [], rotate=rotate)
    challenge = secrets.token_urlsafe(24)
    content = {
        "type": "endpoint.challenge",
        "timestamp": hub.now(),
        "schema_version": 1,
        "data": {"challenge": challenge},
    }
    raw = msgspec.json.encode(content)
    headers = webhook.sign(f"msg_challenge_{secrets.token_hex(8)}", int(time.time()), raw, webhook_secrets)
    answer = await client.post(url, raw, headers)
    if not answer.is_taken or _echoed(answer.body) != challenge:
        said = "答复中的 challenge 不符" if answer.is_taken else answer.words
        raise Conflict(f'接口未通过验证（{said}）：收到 endpoint.challenge 后应以 2xx 返回 {{"challenge": 收到的值}}')
    endpoint = Endpoint(
        department=department,
        url=url,
        webhook_secrets=webhook_secrets,
        callback_secrets=callback_secrets,
        verified_at=hub.now(),
    )
    await hub.database.write(lambda session: endpoints.put(session, endpoint))
    return endpoint


async def prepare(session: Session, department: str) -> Endpoint:
    """Return a department's endpoint, making its secrets where it has none yet (demo access, up)."""
    known = await endpoints.get(session, department)
    if known is not None:
        return known
    fresh = Endpoint(
        department=department,
        url=None,
        webhook_secrets=[webhook.new_secret()],
        callback_secrets=[webhook.new_secret()],
    )
    await endpoints.put(session, fresh)
    return fresh


def _is_linked(hub: Hub, number: str) -> bool:
    """Tell whether it is a linked line (联动, 110 …), whose system hears of its orders, or what makes calls or carries messages."""
    line = hub.city.lines.get(number)
    return number in {AUTO_CALL, SMS} or (line is not None and line.integration is Integration.LINKED)


def _live(known: list[str], *, rotate: bool) -> list[str]:
    if known and not rotate:
        return known
    return [webhook.new_secret(), *known][:LIVE_SECRETS]


def _echoed(body: bytes) -> str | None:
    try:
        return msgspec.json.decode(body, type=Challenged).challenge
    except msgspec.DecodeError:
        return None
