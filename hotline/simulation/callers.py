"""Callers: the phone rings on some line, somebody answers or nobody, and requests come of it."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hotline.simulation.door import Door

LINES: Final = ("12345", "12345", "12345", "12315", "12319", "12328", "12333")


async def call(door: Door, texts: list[str], calls: float) -> None:
    """Ring `calls` times a real second; some hang up, some say nothing, most have a request."""
    token = door.access.channels["phone"]
    n = 0
    while True:
        chance = door.chance("call", n)
        line, phone = chance.choice(LINES), f"138{chance.randrange(10**8):08d}"
        offered = {"line": line, "caller": {"phone": phone}}
        _, arrived = await door.send("POST", "/api/v1/interactions", token, json=offered)
        fate = chance.random()
        if fate < 0.08:
            await _tell(door, token, arrived["id"], event="abandoned")
        else:
            await _tell(door, token, arrived["id"], event="answered", agent="demo-agent")
            if fate < 0.12:
                await _tell(door, token, arrived["id"], event="ended", outcome="silent")
            else:
                content = {"text": chance.choice(texts), "line": line, "interaction": arrived["id"],
                           "caller": {"phone": phone, "name": "市民"}}  # fmt: skip
                await door.send(
                    "POST", "/api/v1/tickets", token, json=content, headers={"idempotency-key": secrets.token_hex(8)}
                )
                await _tell(door, token, arrived["id"], event="ended", outcome="new_ticket")
        n += 1
        await asyncio.sleep(1 / max(calls, 0.01))


async def _tell(door: Door, token: str, interaction: int, **content: Any) -> None:
    await door.send("POST", f"/api/v1/interactions/{interaction}/events", token, json=content)
